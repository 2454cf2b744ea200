"""Where the brand makes badges, gives them by hand, and has honours announced."""
