"""What happened: facts, and the projections that are sums over them."""
