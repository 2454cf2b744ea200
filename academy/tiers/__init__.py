"""The ladder: which tier follows which, and on what condition. It decides and records nothing."""
