"""The one doorway: `record` writes a fact and all that follows from it, or nothing."""

from academy.achievements.actions import Outcome, record

__all__ = ["Outcome", "record"]
