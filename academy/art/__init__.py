"""Drawings of the academy as SVG text: pure functions, no web framework, no files."""

from academy.art.badge import badge
from academy.art.certificate import certificate
from academy.art.confetti import confetti
from academy.art.emblem import emblem
from academy.art.feather import fan, feather
from academy.art.mascot import deer
from academy.art.palette import FEATHERS, METALS
from academy.art.seal import seal
from academy.art.talk import talk

__all__ = [
    "FEATHERS",
    "METALS",
    "badge",
    "certificate",
    "confetti",
    "deer",
    "emblem",
    "fan",
    "feather",
    "seal",
    "talk",
]
