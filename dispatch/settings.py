"""The desk's settings: typed, with defaults, versioned, the same for every terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dispatch.service import hours, sla
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


DEFINITIONS = {
    definition.key: definition
    for definition in (
        Definition("policy", "rank", "who gets the next lead", _policy, "a policy's name (astra policy)"),
        Definition(
            "rating_prior_answers",
            20,
            "answers that an imported average rating counts as",
            _whole(0, 100_000),
            "a whole number from 0 to 100000",
        ),
        Definition(
            "default_capacity",
            10,
            "capacity of a new agent, in Pending bookings",
            _whole(0, 100_000),
            "a whole number from 0 to 100000",
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
        Definition(
            "reopen_days",
            14,
            "days after its end in which an issue can be taken up again",
            _whole(0, 3650),
            "a whole number from 0 to 3650",
        ),
        Definition(
            "escalation_contact",
            "head of service",
            "who is told of an escalation at level 3",
            _contact,
            "a name of 1 to 100 characters",
        ),
        Definition(
            "year_shift",
            56,
            "years that the desk lives ahead of today; fixed when the desk is made",
            _whole(0, 1000),
            "a whole number from 0 to 1000",
            fixed=True,
        ),
    )
}

_rows = CompiledQuery(lambda: Setting.select(Setting.key, Setting.value))
_version_row = CompiledQuery(lambda: Setting.select(Setting.value).where(Setting.key == parameter("key")))


class Settings:
    """The settings as of their last version; ``refresh()`` is one indexed read."""

    def __init__(self) -> None:
        self.version = -1
        self._values: dict[str, Any] = {}
        self._in_doubt = False

    def refresh(self) -> None:
        """Take over what another terminal has set since."""
        version = int(_version_row(key=VERSION_KEY)[0][0])
        if version != self.version or self._in_doubt:
            self._in_doubt = False
            stored = dict(_rows())
            self._values = {
                key: definition.parse(stored[key]) if key in stored else definition.default
                for key, definition in DEFINITIONS.items()
            }
            self.version = version

    def forget(self) -> None:
        """Read them anew next time: what a transaction set was rolled back with it."""
        self._in_doubt = True

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def items(self) -> list[tuple[str, Any]]:
        return sorted(self._values.items())


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
    _write(VERSION_KEY, str(int(_version_row(key=VERSION_KEY)[0][0]) + 1))


def exist() -> bool:
    """Is this a desk already?"""
    return bool(_version_row(key=VERSION_KEY))


def create(year_shift: int) -> None:
    """The first settings of a new desk."""
    _write("year_shift", str(year_shift))
    _write(VERSION_KEY, "1")


def _write(key: str, value: str) -> None:
    row = Setting.lock_or_none(key) or Setting(key=key)
    row.value = value
    row.save()
