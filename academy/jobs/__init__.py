"""Work that outlives a request: a durable row first, then steps that commit with their progress."""
