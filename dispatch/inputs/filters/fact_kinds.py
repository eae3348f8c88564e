"""Kinds of filter keys for the facts of a trip: a calendar day, and a name of several spellings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dispatch.inputs.filters.filter_language import Pair
from dispatch.inputs.filters.filter_reader import EQUAL, Kind, Reading
from dispatch.inputs.times import date_ranges
from dispatch.inputs.trip_facts import day
from dispatch.inputs.validation import excerpt, required_text
from models.clock import from_text
from models.errors import InvalidInput

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class Day(Kind):
    """A calendar day without a time: ``:`` finds those of a day, week or month, ``<`` earlier ones."""

    expects = "a day, week or month"
    ordered = True

    def read(self, pair: Pair, reading: Reading) -> tuple[str, str]:
        """Return the first day, and the first one after."""
        if found := MONTH.fullmatch(pair.value.strip()):
            first = date(int(found[1]), int(found[2]), 1)
            return str(first), str((first + timedelta(days=31)).replace(day=1))
        try:
            start, end = date_ranges.period(pair.value, reading.now, reading.clock)
            first, last = (reading.clock.here(from_text(at)).date() for at in (start, end))
        except InvalidInput:
            first = last = self._day(pair, reading)
        return str(first), str(max(last, first + timedelta(days=1)))

    @staticmethod
    def _day(pair: Pair, reading: Reading) -> date:
        try:
            return date.fromisoformat(day(pair.value, pair.key, reading.now, reading.clock))
        except InvalidInput:
            problem = f"{excerpt(f'{pair.key}{pair.operator}{pair.value}')} is not a day"
            raise InvalidInput(pair.key, problem, "such as 2083-03-12, 2083-03, next month") from None

    def holds(self, subject: Any, operator: str, value: Any) -> Any:
        first, after = value
        if operator in EQUAL:
            return (subject >= first) & (subject < after)
        if operator in ("<", "<="):
            return subject < (first if operator == "<" else after)
        return subject >= (after if operator == ">" else first)


@dataclass(frozen=True)
class Named(Kind):
    """A name, compared as ``meaning`` spells it."""

    meaning: Callable[[str | None], str | None]
    expects: str = "its name or code"

    def read(self, pair: Pair, reading: Reading) -> Any:
        return self.meaning(required_text(pair.value, pair.key))
