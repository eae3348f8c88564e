"""The desk's settings: typed, with defaults, versioned, the same for every terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from dispatch.service import hours, sla
from models.agents import Agent
from models.base import CompiledQuery, parameter
from models.errors import InvalidInput, Refused
from models.settings import Setting

VERSION_KEY = "settings_version"
LONGEST_CONTACT = 100


@dataclass(frozen=True)
class Definition:
    """One setting: what it is for, its default, and how text becomes its value."""

    key: str
    default: Any
    help: str
    parse: Callable[[str], Any]
    accepted: str
    fixed: bool = False


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return parse


def _week(text: str) -> str:
    hours.calendar(text)
    if " except " in text:
        raise ValueError(text)
    return " ".join(text.lower().split())


def _days(text: str) -> str:
    return " ".join(sorted({date.fromisoformat(day).isoformat() for day in text.replace(",", " ").split()}))


def _contact(text: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST_CONTACT or not text.isprintable():
        raise ValueError(text)
    return text.strip()


def _policy(text: str) -> str:
    from dispatch.policies import POLICIES  # policies are dispatch's own, and import nothing from here

    if text not in POLICIES:
        raise ValueError(text)
    return text


def _switch(text: str) -> bool:
    word = text.strip().casefold()
    if word not in SWITCHES:
        raise ValueError(text)
    return SWITCHES[word]


def _departments(text: str) -> str:
    from dispatch.eligibility import department_map  # likewise

    if text.strip().casefold() in ("", "off"):
        return ""
    return "; ".join(f"{name}={department}" for name, department in department_map(text).items())


def _number(key: str, default: int, low: int, high: int, help: str, *, fixed: bool = False) -> Definition:
    return Definition(key, default, help, _whole(low, high), f"a whole number from {low} to {high}", fixed)


SWITCHES = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
MOST_MINUTES = 100_000  # ten weeks


def _weights(text: str) -> str:
    if text not in ("published", "learned") and not re.fullmatch("[1-9][0-9]{0,17}", text):
        raise ValueError(text)
    return text


DEFINITIONS = {
    definition.key: definition
    for definition in (
        Definition("policy", "rank", "who gets the next lead", _policy, "a policy's name (astra policy)"),
        Definition(
            "match_weights",
            "learned",
            "what the match score weighs by (astra weights); learned: the newest version",
            _weights,
            "published, learned, or a version's number (astra weights list)",
        ),
        Definition(
            "sla_first_response_minutes",
            sla.FIRST_RESPONSE_MINUTES,
            "minutes to the first answer of an issue, CRITICAL to LOW; for issues from now on",
            sla.parse_minutes,
            "five whole numbers, none smaller than the one before: 5 15 60 240 480",
        ),
        Definition(
            "sla_resolution_minutes",
            sla.RESOLUTION_MINUTES,
            "minutes to an issue's resolution, CRITICAL to LOW; for issues from now on",
            sla.parse_minutes,
            "five whole numbers, none smaller than the one before: 15 120 480 1440 4320",
        ),
        Definition(
            "sla_hours",
            hours.ROUND_THE_CLOCK,
            "when the clocks of issues run, in UTC or the zone given; for issues from now on",
            _week,
            hours.ACCEPTED,
        ),
        Definition(
            "sla_holidays",
            "",
            "days on which no clock runs, where sla_hours has hours; for issues from now on",
            _days,
            "days such as 2082-12-25 2082-12-26, or an empty text",
        ),
        _number("reopen_days", 14, 0, 3650, "days after its end in which an issue can be taken up again"),
        _number("close_after_days", 14, 0, 3650, "days after which a resolved issue is closed; 0: never"),
        Definition(
            "escalation_contact",
            "head of service",
            "who is told of an escalation at level 3",
            _contact,
            "a name of 1 to 100 characters",
        ),
        _number("rating_prior_answers", 20, 0, 100_000, "answers that an imported average rating counts as"),
        _number("default_capacity", 10, 0, 100_000, "capacity of a new agent, in open bookings and issues"),
        _number(
            "year_shift",
            56,
            0,
            1000,
            "years that the desk lives ahead of today; fixed when the desk is made",
            fixed=True,
        ),
        Definition(
            "departments",
            "",
            "which department gets a destination or package; empty: any",
            _departments,
            "off, or pairs such as Mars=Premium Bookings; Ringside Cruise=Luxury Voyages",
        ),
        Definition(
            "returning",
            False,
            "returning customers go to the agent of the last trip",
            _switch,
            "on or off",
        ),
        Definition("pull", False, "agents may claim unclaimed work of one another", _switch, "on or off"),
        _number(
            "decline_minutes", 30, 0, MOST_MINUTES, "minutes in which declined work is not offered again"
        ),
        _number(
            "offer_minutes",
            0,
            0,
            MOST_MINUTES,
            "minutes to claim a booking before the next agent gets it; 0: any",
        ),
        _number("contact_hours", 4, 0, 2_000, "hours in which a claimed customer is called; 0: any"),
        _number("keep_minutes", 30, 1, MOST_MINUTES, "minutes to answer that before the claim is released"),
        _number("contact_within_minutes", 60, 1, MOST_MINUTES, "minutes in which a contact is a success"),
        _number("shuffle_seconds", 0, 0, 1_000_000, "seconds between two shuffles; 0: only by hand"),
        _number("dwell_minutes", 10, 0, MOST_MINUTES, "minutes before the shuffle may move a booking"),
        _number("cooldown_minutes", 60, 0, MOST_MINUTES, "minutes before it may move the same one again"),
    )
}

_rows = CompiledQuery(lambda: Setting.select(Setting.key, Setting.value))
_row_of = CompiledQuery(lambda: Setting.select(Setting.value).where(Setting.key == parameter("key")))
# one query at the beginning of every command: three would be felt in the time of a lead
_next_due = Agent.select(fn.MIN(Agent.due_at)).where(Agent.due_at.is_null(False))
_listing = Agent.select(Agent.agent_id).where(Agent.skills.is_null(False) | Agent.locations.is_null(False))
_at_the_start = CompiledQuery(
    lambda: Setting.select(Setting.value, _next_due, fn.EXISTS(_listing)).where(
        Setting.key == parameter("key")
    )
)


class Settings:
    """The settings as of their last version; ``refresh()`` is one indexed read.

    ``begin()`` looks with it for what every choice has to know: ``due_at``, the next stored time at
    which the clock changes a presence, and ``some_listing``, whether any agent lists skills or locations.
    What is stored and this version cannot read is ``unreadable``: its default holds until it is set anew.
    """

    def __init__(self) -> None:
        self.version = -1
        self.due_at: str | None = None
        self.some_listing = True
        self.unreadable: dict[str, str] = {}
        self._values: dict[str, Any] = {}
        self._in_doubt = False

    def refresh(self) -> None:
        """Take over what another terminal has set since."""
        self._take_over(_row_of(key=VERSION_KEY)[0][0])

    def begin(self) -> None:
        """The same at the start of a command, or of a choice outside of one."""
        version, self.due_at, self.some_listing = _at_the_start(key=VERSION_KEY)[0]
        self._take_over(version)

    def _take_over(self, stored_version: str) -> None:
        version = int(stored_version)
        if version != self.version or self._in_doubt:
            self._in_doubt = False
            self._values, self.unreadable = _read(dict(_rows()))
            self.version = version

    def forget(self) -> None:
        """Read them anew next time: what a transaction set was rolled back with it."""
        self._in_doubt = True

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def items(self) -> list[tuple[str, Any]]:
        return sorted(self._values.items())


def _read(stored: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Every setting's value, and what is stored of those that cannot be read."""
    values: dict[str, Any] = {}
    unreadable: dict[str, str] = {}
    for key, definition in DEFINITIONS.items():
        values[key] = definition.default
        if key in stored:
            try:
                values[key] = definition.parse(stored[key])
            except ValueError:  # another version's word, or a slip of somebody's own SQL
                unreadable[key] = stored[key]
    return values, unreadable


def parse_setting(key: str, text: str) -> Any:
    """The value that a text means for a setting. Raises InvalidInput and Refused."""
    definition = DEFINITIONS.get(key)
    if definition is None:
        raise InvalidInput(
            "setting", f"there is no setting {key!r}", "accepted: " + ", ".join(sorted(DEFINITIONS))
        )
    if definition.fixed:
        raise Refused("fixed_setting", f"{key} was fixed when the desk was made")
    try:
        return definition.parse(text)
    except ValueError:
        raise InvalidInput(
            "setting", f"{text!r} is no value for {key}", f"accepted: {definition.accepted}"
        ) from None


def store(key: str, value: Any) -> None:
    """Write a value and raise the version, so that every decision names the settings it was made by."""
    _write(key, str(value))
    _write(VERSION_KEY, str(int(_row_of(key=VERSION_KEY)[0][0]) + 1))


def remember(key: str, value: str) -> None:
    """Keep something of the desk's own beside the settings; it makes no new version of them."""
    _write(key, value)


def recall(key: str) -> str | None:
    """What was kept by ``remember``."""
    rows = _row_of(key=key)
    return rows[0][0] if rows else None


def exist() -> bool:
    """Is this a desk already?"""
    return bool(_row_of(key=VERSION_KEY))


def create(year_shift: int) -> None:
    """The first settings of a new desk."""
    _write("year_shift", str(year_shift))
    _write(VERSION_KEY, "1")


def _write(key: str, value: str) -> None:
    row = Setting.lock_or_none(key) or Setting(key=key)
    row.value = value
    row.save()
