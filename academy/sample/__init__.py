"""Invented people: those of the demo, and a sample cohort that shows what the desk looks like and can be cleared."""
