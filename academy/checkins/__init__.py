"""Check-ins and runs of them."""
