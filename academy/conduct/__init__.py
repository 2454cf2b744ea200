"""Conduct (违规): what a trainee broke, on whose word, and what was lifted again."""
