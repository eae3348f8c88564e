"""The one way in which hours of work are written, for an agent's shift and for the desk (models/hours.py).

``mon-fri 09:00-12:00 13:00-17:00, sat 10-14 Europe/Berlin except 2082-12-25``: days, then one or more times,
again and again; ``daily``; ``odd`` or ``even`` weeks; dates with hours of their own, or ``off``; a zone, as a
name or a distance from UTC; days off behind ``except``. Or ``24x7``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from zoneinfo import available_timezones

from dispatch.inputs import validation
from models.calendars import terminal, terminal_zone, zone_of
from models.database import database_at_work
from models.errors import InvalidInput
from models.hours import EVEN, MIDNIGHT, ODD, Hours, Minutes, Span, WorkingTime

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY, WEEKDAYS, ROUND_THE_CLOCK, EXCEPT, OFF = "daily", "weekdays", "24x7", "except", "off"
EXAMPLES = (
    "mon-fri 09:00-17:00; daily 8-16; mon,wed 22:00-06:00; mon-fri 9-12 13-17, sat 10-14; odd weeks mon 9-17;"
    " a zone may follow: Europe/Berlin, +02:00 or UTC"
)
UTC_OFFSET = "+00:00"
ALWAYS = WorkingTime(Hours(), 0)
"""Round the clock, on any calendar."""

_LETTERS = "[A-Za-z]{3,9}"
_TOKEN = re.compile(
    rf"""(?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})
    |(?P<times>[0-9]{{1,2}}(?::[0-9]{{2}})?\ ?[-–]\ ?[0-9]{{1,2}}(?::[0-9]{{2}})?)(?![\w:])
    |(?P<offset>[+-][0-9]{{2}}:[0-9]{{2}})
    |(?P<days>{_LETTERS}(?:\ ?[-–]\ ?{_LETTERS})?)(?![\w/+-])
    |(?P<word>[^\s,;]+)""",
    re.VERBOSE,
)
_SEPARATORS = re.compile(r"[\s,;]+")


class _UnknownZone(ValueError):
    """A word where a zone may stand."""


@dataclass
class _Reader:
    """What has been read so far."""

    spans: list[Span] = field(default_factory=list)
    zone: str = ""
    days_off: set[date] = field(default_factory=set)
    dated: dict[date, list[Minutes]] = field(default_factory=dict)
    days: set[int] = field(default_factory=set)
    dates: list[date] = field(default_factory=list)
    weeks: str = ""
    has_times: bool = False
    """Whether the group of days that is being read has some: then the next day begins another."""
    is_excepting: bool = False

    def read(self, kind: str, text: str) -> None:
        """Take the next token. Raises ValueError."""
        word = text.casefold()
        if word == EXCEPT:
            self.is_excepting = True
        elif kind == "date":
            self._date(date.fromisoformat(text))
        elif self.zone or self.is_excepting:  # only days off follow
            raise ValueError(text)
        elif kind == "times":
            self._times(_minutes(text))
        elif word in (ODD, EVEN):
            self._begin()
            self.weeks = word
        elif word in ("week", "weeks") and self.weeks and not self.days:
            return
        elif word == OFF and self.dates and not self.has_times:
            self.days_off.update(self.dates)
            self.has_times = True
        elif kind == "days" and (days := _days(word)):
            self._begin()
            self.days |= days
        else:
            self.zone = zone(text)

    def _begin(self) -> None:
        """Begin another group of days, if the last one has its times."""
        if self.has_times or self.dates:
            self._end_group()

    def _end_group(self) -> None:
        self._check_ended()
        self.days, self.dates, self.weeks, self.has_times = set(), [], "", False

    def _date(self, day: date) -> None:
        if self.is_excepting:
            self.days_off.add(day)
            return
        if self.zone:
            raise ValueError(day)
        if self.has_times or self.days:
            self._end_group()
        self.dates.append(day)

    def _times(self, minutes: Minutes) -> None:
        if self.dates:
            for day in self.dates:
                self.dated.setdefault(day, []).append(minutes)
        elif self.days:
            self.spans.append(Span(tuple(sorted(self.days)), minutes, self.weeks))
        else:
            raise ValueError(minutes)
        self.has_times = True

    def _check_ended(self) -> None:
        if not self.has_times:
            raise ValueError("days without times")

    def hours(self) -> Hours:
        """Return what was read. Raises ValueError for nothing, or half of something."""
        self._check_ended()
        if not self.spans and not self.dated:
            raise ValueError("no times")
        dated = {day: tuple(times) for day, times in sorted(self.dated.items())}
        return Hours(tuple(self.spans), self.zone, frozenset(self.days_off), dated)


def understand(text: str, here: str = "", what: str = "hours") -> Hours:
    """Read hours; ``here`` is the zone that they get if they name none. Raises InvalidInput.

    ``what`` is the field's name in the refusal.
    """
    typed = validation.stripped(text, what)
    try:
        return parsed(typed, here)
    except _UnknownZone as error:
        problem = f"{validation.excerpt(str(error))} is no day, time or zone"
        raise InvalidInput(what, problem, _nearest(str(error))) from None
    except _SameTime:
        problem = f"{validation.excerpt(typed)} starts and ends at the same time"
        raise InvalidInput(what, problem, EXAMPLES) from None
    except ValueError:
        raise InvalidInput(what, f"{validation.excerpt(typed)} is not a time range", EXAMPLES) from None


def of_a_shift(text: str) -> str:
    """Return an agent's hours as stored: in the terminal's zone if they name none. Raises InvalidInput."""
    return written(understand(text, terminal_zone()))


def of_a_clock(week: str, holidays: str, zone_of_desk: str, off: Iterable[date] = ()) -> str:
    """Return the hours of an SLA clock by the desk's three settings, and the days ``off`` of its calendar.

    A clock keeps what it starts with.
    """
    hours = parsed(week, "" if zone_of_desk == "UTC" else zone_of_desk)
    if hours.is_round_the_clock:
        return ROUND_THE_CLOCK
    days_off = {*hours.days_off, *map(date.fromisoformat, holidays.split()), *off}
    return written(replace(hours, days_off=frozenset(days_off)))


@lru_cache(maxsize=256)
def parsed(text: str, here: str = "") -> Hours:
    """Read hours, typed or stored. Raises ValueError."""
    week, _, excepted = text.casefold().partition(f" {EXCEPT} ")
    if week.strip() == ROUND_THE_CLOCK:  # no day off stops the clock
        return Hours(days_off=frozenset(map(date.fromisoformat, _SEPARATORS.sub(" ", excepted).split())))
    reader = _Reader()
    for kind, token in _tokens(text):
        reader.read(kind, token)
    hours = reader.hours()
    return hours if hours.zone or not here else replace(hours, zone=zone(here))


def stored(text: str) -> WorkingTime:
    """Return stored hours on the calendar of the desk at work. Raises ValueError."""
    return ALWAYS if text == ROUND_THE_CLOCK else on_calendar(text, database_at_work().year_shift)


def in_sight(text: str) -> WorkingTime:
    """Return stored hours on the calendar of the desk that the terminal shows. Raises ValueError."""
    return on_calendar(text, terminal().year_shift)


@lru_cache(maxsize=512)
def on_calendar(text: str, year_shift: int) -> WorkingTime:
    """Return stored hours on the calendar of a desk so many years ahead. Raises ValueError."""
    return WorkingTime(parsed(text), year_shift)


def written(hours: Hours) -> str:
    """Return hours as they are stored and shown; ``parsed`` reads them back."""
    if hours.is_round_the_clock:
        return ROUND_THE_CLOCK
    groups = [*_weekly(hours.spans), *(f"{day} {_times(times)}" for day, times in hours.dated.items())]
    off = f" {EXCEPT} {' '.join(map(str, sorted(hours.days_off)))}" if hours.days_off else ""
    return ", ".join(groups) + (f" {hours.zone}" if hours.zone else "") + off


def zone(name: str) -> str:
    """Return a zone's name as it is stored; in any case, as people type it. Raises ValueError."""
    if name.casefold() in ("utc", "z", "etc/utc", UTC_OFFSET):
        return UTC_OFFSET
    try:
        zone_of(name)
    except ValueError:
        known = _zones().get(name.casefold())
        if known is None:
            raise _UnknownZone(name) from None
        return known
    return name


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        if separator := _SEPARATORS.match(text, place):
            place = separator.end()
            continue
        token = _TOKEN.match(text, place)
        assert token is not None  # a word is anything else
        yield str(token.lastgroup), token[0]
        place = token.end()


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


def _nearest(word: str) -> str:
    """Name the zones that a word may mean; else what is accepted."""
    ends = {name.rpartition("/")[2]: known for name, known in _zones().items()}
    wanted = word.casefold()
    near = difflib.get_close_matches(wanted, [*_zones(), *ends], n=3, cutoff=0.75)
    names = dict.fromkeys(_zones().get(name) or ends[name] for name in near)
    return f"did you mean {' or '.join(names)}?" if names else f"accepted: {EXAMPLES}"


def _days(words: str) -> set[int]:
    """The days of ``mon``, ``mon-fri`` or ``daily``; none for another word."""
    if words == DAILY:
        return set(range(7))
    if words == WEEKDAYS:
        return set(range(5))
    first, _, last = re.sub(r" ?[-–] ?", "-", words).partition("-")
    begin, end = _day(first), _day(last or first)
    if begin is None or end is None:
        return set()
    return {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}


_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _day(word: str) -> int | None:
    return next((number for number, name in enumerate(_NAMES) if name.startswith(word)), None)


class _SameTime(ValueError):
    """Hours of no length."""


def _minutes(text: str) -> Minutes:
    since, until = re.split("[-–]", text)
    begin, end = _clock(since) % MIDNIGHT, _clock(until)
    if begin == end:
        raise _SameTime(text)
    return begin, end


def _clock(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    number = int(hour) * 60 + int(minute or 0)
    if number > MIDNIGHT or int(minute or 0) > 59:
        raise ValueError(text)
    return number


def _weekly(spans: Iterable[Span]) -> Iterator[str]:
    """The groups of days with the same times behind them: ``mon-fri 09:00-12:00 13:00-17:00``."""
    groups: dict[tuple[str, tuple[int, ...]], list[Minutes]] = {}
    for span in spans:
        groups.setdefault((span.weeks, span.days), []).append(span.minutes)
    for (weeks, days), times in groups.items():
        yield f"{f'{weeks} weeks ' if weeks else ''}{_format_days(days)} {_times(times)}"


def _times(times: Iterable[Minutes]) -> str:
    return " ".join(f"{_format_clock(begin)}-{_format_clock(end)}" for begin, end in times)


def _format_clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _format_days(days: tuple[int, ...]) -> str:
    if days == tuple(range(7)):
        return DAILY
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[run[0]] + (f"-{DAYS[run[-1]]}" if len(run) > 1 else "") for run in runs)
