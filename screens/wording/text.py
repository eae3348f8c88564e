"""How rows read on screen. Everything a person typed becomes Text or Content, never markup."""

from __future__ import annotations

from dispatch.inputs.due_times import WEEKDAYS
from models.clock import from_text, local_offset, to_local
from models.errors import DeskError

# Middle tones: legible on dark and on light ground.
GOOD, CARE, BAD = "#3f9142", "#b7791f", "#d04040"


def short(text: str, length: int = 40) -> str:
    """A name that fits into a line with others."""
    return text if len(text) <= length else text[: length - 1] + "…"


def refusal(error: DeskError) -> str:
    """What the desk refused, and what to do about it."""
    return f"{error.message}: {error.hint}" if error.hint else error.message


def money(units: float | None) -> str:
    """An amount with two places, or a dash."""
    return "–" if units is None else f"{units:,.2f}"


def moment(text: str | None) -> str:
    """A stored time in the terminal's zone, to the minute."""
    return to_local(text) if text else ""


def short_moment(text: str | None) -> str:
    """Month, day, hour and minute: for lists, where the year is the desk's own."""
    return to_local(text)[5:] if text else ""


def day_and_moment(text: str) -> str:
    """A stored time with its day of the week: Tue 2082-11-24 09:00."""
    day = (from_text(text) + local_offset()).weekday()
    return f"{WEEKDAYS[day][:3].capitalize()} {moment(text)}"
