"""The ramp: few leads an hour for agents who are new or were away for days (docs/rules.md, Caps)."""

from __future__ import annotations

import re
from typing import NamedTuple

RAMP_ID = 0
"""Of the ramp among the caps, whose numbers begin with 1."""
ACCEPTED = "off, or such as 2/h for 4h after 3d: 1 to 1000 leads, 365 days, no more hours than the absence"
MOST_LEADS, MOST_DAYS, HOURS_A_DAY = 1000, 365, 24

_FORM = re.compile(r"([0-9]{1,4}) ?/ ?h for ([0-9]{1,4}) ?h after ([0-9]{1,3}) ?d")


class Ramp(NamedTuple):
    """``leads`` an hour in the first ``hours`` after an absence of more than ``days``."""

    leads: int
    hours: int
    days: int

    def __str__(self) -> str:
        return f"{self.leads}/h for {self.hours}h after {self.days}d"


def parse_ramp(text: str) -> Ramp | None:
    """Parse the setting: ``2/h for 4h after 3d``; None for off. Raises ValueError."""
    words = " ".join(text.casefold().split())
    if words in ("", "off"):
        return None
    match = _FORM.fullmatch(words)
    if match is None:
        raise ValueError(text)
    ramp = Ramp(*map(int, match.groups()))
    is_known = 1 <= ramp.leads <= MOST_LEADS and 1 <= ramp.days <= MOST_DAYS
    if not is_known or not 1 <= ramp.hours <= ramp.days * HOURS_A_DAY:
        raise ValueError(text)
    return ramp
