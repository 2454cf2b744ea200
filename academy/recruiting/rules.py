"""The ways into a recruiting group, what may become of an application, and for how long it is kept. Pure."""

from datetime import date, timedelta

POOL, CAMPAIGN, POLICY = WAYS = ("pool", "campaign", "policy")

APPLIED, ACCEPTED, DECLINED, WITHDRAWN, JOINED = STATES = ("applied", "accepted", "declined", "withdrawn", "joined")
OPEN = (APPLIED, ACCEPTED)
"""What she may withdraw."""
DECIDABLE = (APPLIED, ACCEPTED, DECLINED)
"""What staff may decide, also anew; whether she withdraws or joins is hers."""
CHANGEABLE = (APPLIED, WITHDRAWN)
"""What she may write anew."""

KEPT_DAYS = 90


def forgotten_on(today: date) -> date:
    """The last day whose decisions are forgotten today; an application without one counts from the day it was sent."""
    return today - timedelta(days=KEPT_DAYS)


def over(accepted: int, taken: int, capacity: int) -> int:
    """By how many those accepted outnumber the seats that are left."""
    return max(accepted - (capacity - taken), 0)
