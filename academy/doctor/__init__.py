"""The doctor: rebuilds every projection from facts, and names each difference."""
