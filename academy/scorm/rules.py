"""The data model of SCORM 1.2: what a SCO may tell, what we keep of it, and what it comes to. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NORMAL, REVIEW, BROWSE = MODES = ("normal", "review", "browse")
"""How a package is played: for credit, once more after it was completed, and by staff who try it."""

NEW = "not attempted"
STATUSES = ("passed", "completed", "failed", "incomplete", "browsed", NEW)
DONE = ("passed", "completed")

MOST_BODY = 128 * 1024
MOST_KEPT = 128 * 1024
"""Bytes that a SCO may send at once, and characters that are kept of it."""
MOST_OF_A_KIND = 250
"""Objectives, and interactions."""
LONGEST_SESSION = 24 * 3600

STATUS, SCORE, EXIT, SESSION = "cmi.core.lesson_status", "cmi.core.score", "cmi.core.exit", "cmi.core.session_time"
MASTERY = "cmi.student_data.mastery_score"

_TEXT, _LONG = r"(?s:.{0,255})", r"(?s:.{0,4096})"
_NUMBER = r"-?\d{0,10}(\.\d{0,10})?"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,2})?"
_SPAN = r"\d{2,4}:\d{2}:\d{2}(\.\d{1,2})?"
_STATUS = "|".join(STATUSES)
_POINTS = r"(100(\.0*)?|\d{0,2}(\.\d*)?)"
_N = r"\.(\d{1,3})\."

_KEPT = {
    re.escape(STATUS): _STATUS,
    re.escape("cmi.core.lesson_location"): _TEXT,
    re.escape(EXIT): "time-out|suspend|logout|",
    re.escape(SCORE) + r"\.(raw|min|max)": _POINTS,
    re.escape(SESSION): _SPAN,
    r"cmi\.suspend_data": _LONG,
    r"cmi\.comments": _LONG,
    r"cmi\.student_preference\.language": _TEXT,
    r"cmi\.student_preference\.(audio|speed|text)": r"-?\d{0,3}",
    rf"cmi\.objectives{_N}id": _TEXT,
    rf"cmi\.objectives{_N}status": f"{_STATUS}|",
    rf"cmi\.objectives{_N}score\.(raw|min|max)": _POINTS,
    rf"cmi\.interactions{_N}id": _TEXT,
    rf"cmi\.interactions{_N}objectives{_N}id": _TEXT,
    rf"cmi\.interactions{_N}time": f"{_TIME}|",
    rf"cmi\.interactions{_N}type": "true-false|choice|fill-in|matching|performance|sequencing|likert|numeric|",
    rf"cmi\.interactions{_N}correct_responses{_N}pattern": _TEXT,
    rf"cmi\.interactions{_N}weighting": _NUMBER,
    rf"cmi\.interactions{_N}student_response": _TEXT,
    rf"cmi\.interactions{_N}result": rf"correct|wrong|unanticipated|neutral|{_NUMBER}",
    rf"cmi\.interactions{_N}latency": f"{_SPAN}|",
}
"""What a SCO may write, and what may stand there."""

_OURS = re.compile(
    r"cmi\.(_version|launch_data|comments_from_lms|core\.(student_id|student_name|credit|entry|total_time|lesson_mode)"
    r"|student_data\..+|.*_(children|count)|(objectives|interactions)(\.\d+\.(objectives|correct_responses))?)"
)
"""What we tell, and what only structures; it comes back with the rest, and is not kept."""

READ_ONLY, UNKNOWN, WRONG_TYPE = 403, 401, 405
"""Error codes of SCORM 1.2."""


class Wrong(ValueError):
    """What can't be kept: the element, and why as an error code of SCORM 1.2."""

    def __init__(self, element: str, code: int) -> None:
        super().__init__(element, code)
        self.element = element
        self.code = code


def taken(told: object) -> dict[str, str]:
    """What is kept of what a SCO told, by element. Raises `Wrong`."""
    if not isinstance(told, dict):
        raise Wrong("", WRONG_TYPE)
    found = {}
    for element, value in told.items():
        if _OURS.fullmatch(element):
            continue
        allowed = next((values for name, values in _PATTERNS if name.fullmatch(element)), None)
        if allowed is None or any(int(n) >= MOST_OF_A_KIND for n in re.findall(r"\.(\d+)\.", element)):
            raise Wrong(element[:255], UNKNOWN)
        if not isinstance(value, str) or "\0" in value or not allowed.fullmatch(value):
            raise Wrong(element, WRONG_TYPE)
        found[element] = value
    return found


_PATTERNS = [(re.compile(name), re.compile(values)) for name, values in _KEPT.items()]


@dataclass(frozen=True)
class Told:
    """What a SCO told: in which of the launch's saves, in which of its sessions, and whether that is over."""

    number: int
    position: int
    session: int
    ended: bool
    data: dict[str, str]


def told(body: object) -> Told | None:
    """What was sent to be saved; None for nothing, which only asks for more time. Raises `Wrong`."""
    if body == {}:
        return None
    if not isinstance(body, dict) or not isinstance(body.get("ended"), bool):
        raise Wrong("", WRONG_TYPE)
    number, position, session = numbers = [body.get(name, -1) for name in ("number", "position", "session")]
    if not all(type(n) is int and 0 <= n < 2**31 for n in numbers):
        raise Wrong("", WRONG_TYPE)
    return Told(number, position, session, body["ended"], taken(body.get("cmi")))


def seconds(span: str) -> int:
    """A time span such as 0000:05:30.20, as whole seconds; a session lasts no longer than a day."""
    hours, minutes, rest = span.split(":") if span else ("0", "0", "0")
    return min(int(hours) * 3600 + int(minutes) * 60 + int(float(rest)), LONGEST_SESSION)


def span(seconds: int) -> str:
    """The same the other way round."""
    return f"{min(seconds // 3600, 9999):04}:{seconds // 60 % 60:02}:{seconds % 60:02}.00"


def score(data: Mapping[str, str]) -> float | None:
    """The score of 0 to 100 that a SCO told; None for none."""
    raw, low, high = (_number(data.get(f"{SCORE}.{part}", "")) for part in ("raw", "min", "max"))
    if raw is None:
        return None
    low, high = low or 0, 100 if high is None else high
    return max(0.0, min((raw - low) * 100 / (high - low), 100.0)) if high > low else raw


def _number(text: str) -> float | None:
    return float(text) if text.strip(".") else None


def judged(data: Mapping[str, str], ended: bool) -> str:
    """The status of a part: what the SCO says, unless a mastery score is set; then the score decides.

    A SCO may say that it is completed before it tells the score, so without one nothing is decided before it ends.
    """
    said, raw, mastery = data.get(STATUS, NEW), _number(data.get(f"{SCORE}.raw", "")), _number(data.get(MASTERY, ""))
    if mastery is None or not (ended or said in (*DONE, "failed")):
        return said
    if raw is not None:
        return "passed" if raw >= mastery else "failed"
    return said if ended or said not in DONE else "incomplete"


def over(status: str, data: Mapping[str, str], ended: bool) -> bool:
    """Whether a part is done with; one that was failed is not while its SCO keeps what was tried so far."""
    return status in DONE or (status == "failed" and ended and data.get(EXIT) != "suspend")


def total(scores: Iterable[float | None]) -> int | None:
    """The score of a whole package: the mean of those parts that have one."""
    known = [score for score in scores if score is not None]
    return round(sum(known) / len(known)) if known else None


def played(seconds_before: int, data: Mapping[str, str]) -> int:
    """How long a part was played in all."""
    return seconds_before + seconds(data.get(SESSION, ""))


def first(item: Mapping[str, Any]) -> dict[str, str]:
    """What is kept of a part before it was played."""
    return {MASTERY: f"{item['mastery']:g}"} if "mastery" in item else {}


def beginning(
    item: Mapping[str, Any], kept: Mapping[str, str], past: int, mode: str, student: tuple[str, str]
) -> dict[str, str]:
    """What a SCO finds when it begins: what we tell it, and what it left."""
    told = {
        "cmi.core.student_id": student[0],
        "cmi.core.student_name": student[1],
        "cmi.core.credit": "credit" if mode == NORMAL else "no-credit",
        "cmi.core.lesson_mode": mode,
        "cmi.core.entry": "resume" if kept.get(EXIT) == "suspend" else "" if STATUS in kept else "ab-initio",
        "cmi.core.total_time": span(past),
        "cmi.launch_data": item.get("launch", ""),
        "cmi.student_data.max_time_allowed": item.get("max_time", ""),
        "cmi.student_data.time_limit_action": item.get("limit", ""),
    }
    left = {element: value for element, value in kept.items() if element not in (EXIT, SESSION)}
    return {element: value for element, value in (told | left).items() if value}
