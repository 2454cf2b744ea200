"""How the first page greets. Pure."""

# From which hour of the brand's day each greeting holds.
GREETINGS = ((5, "morning"), (11, "noon"), (13, "afternoon"), (18, "evening"), (23, "night"))


def greeting(hour: int) -> str:
    """The part of the day: morning, noon, afternoon, evening or night."""
    return next((name for start, name in reversed(GREETINGS) if hour >= start), "night")
