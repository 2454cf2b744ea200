"""What tiers wear on pages."""

from academy.catalog.queries import on_page
from academy.tiers.rules import ladder


def look_of(key: str) -> tuple[str, int] | None:
    """The metal and the feathers of a published tier; None for what is no tier."""
    catalog = on_page()
    tiers = ladder(catalog).tiers if catalog.release else ()
    return next(((tier.metal, tier.feathers) for tier in tiers if tier.key == key), None)
