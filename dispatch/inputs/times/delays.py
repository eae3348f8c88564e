"""Delays in working time, as typed and as kept: ``30m``, ``4h``, ``2d``."""

from __future__ import annotations

import re
from typing import NamedTuple

from dispatch.inputs import validation
from models.clock import from_text, to_text
from models.errors import InvalidInput
from models.hours import WorkingTime

NONE = "none"
EXAMPLES = f"30 min, 4 hours, 2 days, or {NONE}; they are working time"
UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
}
MOST = {"m": 6_000, "h": 1_000, "d": 365}
SECONDS = {"m": 60, "h": 3_600}
WORDS = {"m": "working minute", "h": "working hour", "d": "working day"}

_DELAY = re.compile(r"(?:in )?(?P<number>[0-9]{1,6}|an?) ?(?:working )?(?P<unit>[a-z]+)")
_BACK = re.compile(r"yesterday|-.*|.* ago")


class Delay(NamedTuple):
    """A number of working minutes, hours or days (``m``, ``h``, ``d``)."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"

    @property
    def words(self) -> str:
        """``4 working hours``."""
        return f"{self.number:,} {WORDS[self.unit]}" + ("s" if self.number != 1 else "")

    def after(self, now: str, hours: WorkingTime) -> str:
        """Return the stored time at which it is over. Raises InvalidInput if the hours never get there."""
        moment = from_text(now)
        try:
            if self.unit == "d":
                return to_text(hours.days_after(moment, self.number))
            return to_text(hours.after(moment, self.number * SECONDS[self.unit]))
        except (ValueError, OverflowError) as error:
            hint = "give the time of the follow-up, or change the desk's sla_hours"
            raise InvalidInput("delay", f"no {self.words} within ten years", hint) from error


def understand(text: str | None) -> Delay | None:
    """Return the delay that a text means; None for ``none`` or nothing. Raises InvalidInput."""
    typed = validation.stripped(text, "delay")
    words = " ".join(typed.casefold().split())
    if words in ("", NONE, "off"):
        return None
    found = _DELAY.fullmatch({"tomorrow": "1 day"}.get(words, words))
    unit = UNITS.get(found["unit"]) if found else None
    if found is None or unit is None:
        problem = "lies in the past" if _BACK.fullmatch(words) else "is not a delay"
        raise InvalidInput("delay", f"{validation.excerpt(typed)} {problem}", f"such as {EXAMPLES}")
    number = 1 if found["number"] in ("a", "an") else int(found["number"])
    if not 1 <= number <= MOST[unit]:
        problem = f"{validation.excerpt(typed)} is not a delay"
        raise InvalidInput("delay", problem, f"1 to {MOST[unit]:,} {WORDS[unit]}s, or {NONE}")
    return Delay(number, unit)


def kept(text: str | None) -> Delay | None:
    """Return a delay as the desk keeps it."""
    return Delay(int(text[:-1]), text[-1]) if text else None
