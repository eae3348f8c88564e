"""Hours of an agent's shift: "mon-fri 09:00-17:00", read in a zone and applied by the desk's clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from dispatch.inputs import validation
from models.clock import from_text, to_text
from models.errors import InvalidInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EXAMPLES = "mon-fri 09:00-17:00; daily 8-16; mon,wed 22:00-06:00; a zone may follow: +02:00 or UTC"
_CLOCK = r"([0-9]{1,2})(?::([0-9]{2}))?"
_FORM = re.compile(rf"(?P<days>[a-z,\- ]+?) ?(?P<since>{_CLOCK}) ?- ?(?P<until>{_CLOCK})(?: ?(?P<zone>\S+))?")
_ZONE = re.compile(r"(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2})")


@dataclass(frozen=True)
class Shift:
    """Working hours on some days of the week, in a zone that is ``offset`` ahead of UTC.

    A shift that ends before it begins ends on the next day.
    """

    days: tuple[int, ...]
    since: time
    until: time
    offset: timedelta

    def __str__(self) -> str:
        minutes = int(self.offset.total_seconds()) // 60
        sign = "-" if minutes < 0 else "+"
        zone = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
        return f"{_format_days(self.days)} {self.since:%H:%M}-{self.until:%H:%M} {zone}"

    def is_on(self, now: str) -> bool:
        """Return whether the shift is on at a stored time."""
        here = self._here(now)
        return any(begin <= here < end for begin, end in self._around(here))

    def next_turn(self, now: str) -> str:
        """Return the next stored time after ``now`` at which the shift begins or ends."""
        here = self._here(now)
        turns = [turn for shift in self._around(here) for turn in shift if turn > here]
        return to_text(min(turns) - self.offset)

    def _here(self, now: str) -> datetime:
        return from_text(now) + self.offset

    def _around(self, here: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the shifts from the day before to a week later."""
        for ahead in range(-1, 9):
            day = (here + timedelta(days=ahead)).replace(hour=0, minute=0, second=0)
            if day.weekday() in self.days:
                begin = day.replace(hour=self.since.hour, minute=self.since.minute)
                end = day.replace(hour=self.until.hour, minute=self.until.minute)
                yield begin, end if end > begin else end + timedelta(days=1)


def understand(text: str, offset: timedelta) -> Shift:
    """Parse hours, in a zone ``offset`` ahead of UTC unless one is named. Raises InvalidInput."""
    typed = validation.stripped(text, "hours")
    match = _FORM.fullmatch(re.sub(r"\s+", " ", typed.casefold()).replace("–", "-"))
    try:
        if match is None:
            raise ValueError(typed)
        days = _days(match["days"])
        since, until = _clock(match["since"]), _clock(match["until"])
        shift = Shift(days, since, until, _offset(match["zone"], offset))
    except ValueError:
        raise InvalidInput("hours", f"{validation.excerpt(typed)} is not a time range", EXAMPLES) from None
    if since == until:
        raise InvalidInput("hours", f"{validation.excerpt(typed)} starts and ends at the same time", EXAMPLES)
    return shift


def stored(text: str) -> Shift:
    """Return the hours stored in an agent's row."""
    return understand(text, timedelta())


def _days(words: str) -> tuple[int, ...]:
    if words.strip() == "daily":
        return tuple(range(7))
    found: set[int] = set()
    for part in words.replace(" ", ",").split(","):
        if part:
            first, _, last = part.partition("-")
            begin, end = _day(first), _day(last or first)
            found.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    if not found:
        raise ValueError(words)
    return tuple(sorted(found))


def _day(word: str) -> int:
    if len(word) < 3:
        raise ValueError(word)
    return DAYS.index(word[:3])


def _clock(word: str) -> time:
    hour, _, minute = word.partition(":")
    return time(int(hour) % 24 if hour == "24" else int(hour), int(minute or 0))


def _offset(zone: str | None, offset: timedelta) -> timedelta:
    if zone is None:
        return offset
    if zone in ("utc", "z"):
        return timedelta()
    match = _ZONE.fullmatch(zone)
    if match is None or int(match["hours"]) > 14:
        raise ValueError(zone)
    ahead = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return -ahead if match["sign"] == "-" else ahead


def _format_days(days: tuple[int, ...]) -> str:
    if days == tuple(range(7)):
        return "daily"
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[run[0]] + (f"-{DAYS[run[-1]]}" if len(run) > 1 else "") for run in runs)
