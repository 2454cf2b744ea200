"""Today, and the front door for those who have no account."""
