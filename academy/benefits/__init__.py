"""What each tier brings: the table that the brand publishes, as staff edit it and as a trainee reads it."""
