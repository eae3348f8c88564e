"""The facts of a trip that is asked for: departure, return, travellers, budget and language.

Days are the customer's calendar days, without a time or a zone: ``2083-03-12``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from dispatch.inputs import validation
from dispatch.inputs.amounts import money_cents
from dispatch.inputs.languages import language
from dispatch.inputs.times import due_times
from dispatch.inputs.times.moments import moment
from models.calendars import Calendar, terminal
from models.clock import from_text
from models.customers import Lead
from models.errors import InvalidInput

FACTS = ("departs", "returns", "travellers", "budget", "language")
"""What a lead's facts are called where they are given; the stored columns are in COLUMNS."""
COLUMNS = {
    "departs": "departs_on",
    "returns": "returns_on",
    "travellers": "travellers",
    "budget": "budget_cents",
    "language": "language",
}
ANY_TIME = "2000-01-01 00:00:00"  # whether a text is a day does not depend on it
MOST_TRAVELLERS = 10_000
DATED = re.compile(r"\d+[-./ ]+(\d+|[^\W\d]+)[-./, ]+\d{2,4}|[^\W\d]+ \d+,? \d{4}")
EXAMPLES = "2083-03-12, 12.3., 12 March 2083, in 3 weeks"


def day(text: str, field: str, now: str, clock: Calendar) -> str:
    """Return the day that a text means. Raises InvalidInput, also for what could be read in two ways."""
    typed = validation.stripped(text, field)
    if DATED.fullmatch(typed):
        return moment(typed, field)[:10]
    try:
        return clock.here(from_text(due_times.understand(typed, now, clock))).date().isoformat()
    except InvalidInput:
        problem = f"{validation.excerpt(typed)} is not a day"
        raise InvalidInput(field, problem, f"such as {EXAMPLES}") from None


def read(
    given: Mapping[str, Any], now: str, currency: str = "", clock: Calendar | None = None
) -> dict[str, Any]:
    """Return the columns of the facts given, None for one that an empty text clears. Raises InvalidInput."""
    here = clock or terminal()
    kinds: dict[str, Callable[[str], Any]] = {
        "departs": lambda text: day(text, "departs", now, here),
        "returns": lambda text: day(text, "returns", now, here),
        "travellers": lambda text: validation.whole(text, "travellers", 1, MOST_TRAVELLERS),
        "budget": lambda text: money_cents(text, "budget", currency),
        "language": language,
    }
    found = {}
    for name, value in given.items():
        text = "" if value is None else str(value).strip()
        if value is not None:
            found[COLUMNS[name]] = kinds[name](text) if text else None
    return found


def unread(name: str, text: str) -> str:
    """Return a remark for a file's text that is no such fact, "" for one that is."""
    try:
        read({name: text}, ANY_TIME)
    except InvalidInput:
        return f"{name}: {text}"
    return ""


def put(lead: Lead, given: Mapping[str, Any], now: str, currency: str = "") -> None:
    """Put the facts given into a lead, yet to be saved. Raises InvalidInput."""
    if unknown := given.keys() - set(FACTS):
        raise InvalidInput("field", f"a lead has no {min(unknown)}", "accepted: " + ", ".join(FACTS))
    for column, value in read(given, now, currency).items():
        setattr(lead, column, value)
    check_order(lead.departs_on, lead.returns_on)


def check_order(departs_on: str | None, returns_on: str | None) -> None:
    """Refuse a return before the departure. Raises InvalidInput."""
    if departs_on and returns_on and returns_on < departs_on:
        raise InvalidInput(
            "returns",
            f"the return {returns_on} is before the departure {departs_on}",
            f"departure {returns_on} and return {departs_on}, if they were swapped",
        )


def past_departure(departs_on: str | None, now: str) -> str | None:
    """Say that a departure is in the past; None for any other."""
    if departs_on is None or date.fromisoformat(departs_on) >= date.fromisoformat(now[:10]):
        return None
    return f"The departure {departs_on} is in the past"
