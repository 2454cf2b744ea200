"""The register of certificates (登记册): designs, what was issued, and what became of it."""
