"""By what somebody invented is known. Pure."""

HOST = "sample.invalid"
"""Where nobody has an e-mail address: RFC 2606 keeps `.invalid` for that."""
