"""The desk's settings: typed, with defaults, versioned, the same for every terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from peewee import SQL, fn

from models.agents import Agent
from models.audit import Event
from models.base import CompiledQuery, Json, parameter
from models.errors import DatabaseUnavailable, InvalidInput, Refused
from models.hints import act
from models.settings import Setting

VERSION_KEY = "settings_version"
DESK_ID = "desk_id"
"""Kept beside the settings: the same in the desk's file and all its copies, different in every other desk."""
WINDOWS_END_AT, DRAIN_AT = "timed_windows_at", "timed_drain_at"
"""Kept beside the settings: when the next window of a cap ends, and when waiting work goes out to the agents
who have signed on (drain_seconds)."""

FORMER_NAMES = {"returning": "owner"}
"""Settings by a name that they had before, under which they are still set and shown."""


class Unread(ValueError):
    """A text that is no value of a setting; ``near`` is what may have been meant."""

    def __init__(self, text: str, near: str) -> None:
        super().__init__(text)
        self.near = near


@dataclass(frozen=True)
class Definition:
    """A setting: its purpose, default and parser; ``first`` is what a new desk begins with instead."""

    key: str
    default: Any
    help: str
    parse: Callable[[str], Any]
    accepted: str
    fixed: bool = False
    first: Any = None


_rows = CompiledQuery(lambda: Setting.select(Setting.key, Setting.value))
_row_of = CompiledQuery(lambda: Setting.select(Setting.value).where(Setting.key == parameter("key")))
# one query at the beginning of every command: three would slow down a lead noticeably
_next_due = Agent.select(fn.MIN(Agent.due_at)).where(Agent.due_at.is_null(False))
_listing = Agent.select(Agent.agent_id).where(Agent.skills.is_null(False) | Agent.locations.is_null(False))
_kept = Setting.alias()
_next_timed = _kept.select(fn.MIN(_kept.value)).where(_kept.key.between(SQL("'timed_'"), SQL("'timed_~'")))
_last_event = Event.select(fn.MAX(Event.event_id))
_at_the_start = CompiledQuery(
    lambda: Setting.select(Setting.value, fn.EXISTS(_listing), _next_due, _next_timed, _last_event).where(
        Setting.key == parameter("key")
    )
)


def described(value: Any) -> str:
    """Format a setting's value as it can be typed."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


class Settings:
    """The settings as of their last version; ``refresh()`` is one indexed read.

    ``begin()`` also reads what every choice needs: ``due_at``, the next stored time at which the clock
    changes a presence, ends a cap's window or gives out waiting work, and ``some_listing``, whether any
    agent lists skills or locations. Stored values
    that this version cannot read are ``unreadable``: their defaults apply until they are set again.
    ``changed`` is called when another version was read.
    """

    def __init__(self, definitions: Mapping[str, Definition], changed: Callable[[], object]) -> None:
        self.definitions = definitions
        self.version = -1
        self.desk_id: str | None = None
        self.due_at: str | None = None
        self.some_listing = True
        self.unreadable: dict[str, str] = {}
        self._values: Json = {}
        self._changed = changed
        self._in_doubt = False

    def refresh(self) -> None:
        """Read what another terminal has set since."""
        self._take_over(*_present(_row_of(key=VERSION_KEY)))

    def begin(self) -> int:
        """Do the same at the start of a command, or of a choice outside of one; return the newest event."""
        version, self.some_listing, turn, timed, newest = _present(_at_the_start.first(key=VERSION_KEY))
        self.due_at = turn if timed is None or (turn is not None and turn < timed) else timed
        self._take_over(version)
        return newest or 0

    def _take_over(self, stored_version: str) -> None:
        version = int(stored_version) if str(stored_version).isdecimal() else _refuse_version()
        if version != self.version or self._in_doubt:
            self._in_doubt = False
            stored = dict(_rows())
            self._values, self.unreadable = _read(self.definitions, stored)
            self.desk_id = stored.get(DESK_ID)
            self.version = version
            self._changed()

    def forget(self) -> None:
        """Reread them next time: what a transaction set was rolled back with it."""
        self._in_doubt = True

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def items(self) -> list[tuple[str, Any]]:
        return sorted(self._values.items())


def _present(rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return rows[0] if rows else _refuse_version()


def _refuse_version() -> NoReturn:
    """Refuse a desk whose decisions could not name their settings."""
    raise DatabaseUnavailable(
        "damaged", f"the settings have no {VERSION_KEY}", f"{act('restore')} restores a backup"
    )


def _read(definitions: Mapping[str, Definition], stored: dict[str, str]) -> tuple[Json, dict[str, str]]:
    """Return every setting's value, and the stored texts that cannot be read."""
    values: Json = {}
    unreadable: dict[str, str] = {}
    for key, definition in definitions.items():
        values[key] = definition.default
        if key in stored:
            try:
                values[key] = definition.parse(stored[key])
            except ValueError:  # a value of another version, or a slip in hand-written SQL
                unreadable[key] = stored[key]
    return values, unreadable


def parse_setting(definitions: Mapping[str, Definition], key: str, text: str) -> Any:
    """Return a setting's value from text. Raises InvalidInput and Refused."""
    definition = definitions.get(key)
    if definition is None:
        raise InvalidInput("setting", f"no setting {key!r}", "accepted: " + ", ".join(sorted(definitions)))
    if definition.fixed:
        raise Refused("fixed_setting", f"{key} is fixed once the desk is created")
    return _parsed(definition, text)


def _parsed(definition: Definition, text: str) -> Any:
    try:
        return definition.parse(text)
    except ValueError as error:
        near = error.near if isinstance(error, Unread) else ""
        meant = f"did you mean {near}? " if near else ""
        raise InvalidInput(
            "setting", f"{definition.key} cannot be {text!r}", f"{meant}accepted: {definition.accepted}"
        ) from None


def first_values(definitions: Mapping[str, Definition], given: Mapping[str, str | None]) -> dict[str, str]:
    """Return what a new desk begins with, fixed settings too, as it is stored. Raises InvalidInput."""
    return {key: str(_parsed(definitions[key], text)) for key, text in given.items() if text is not None}


def store(key: str, value: Any) -> None:
    """Write a value and raise the version, so that every decision names the settings behind it."""
    _write(key, str(value))
    raise_version()


def raise_version() -> None:
    """Let every terminal read the settings, and the caps beside them, again."""
    _write(VERSION_KEY, str(int(_present(_row_of(key=VERSION_KEY))[0]) + 1))


def calm(settings: Settings) -> Json:
    """Put what a new desk begins with back to its defaults, unless somebody has set it; return what changed.

    A desk whose work comes from elsewhere is to stay as it was there.
    """
    changed = {
        key: definition.default
        for key, definition in settings.definitions.items()
        if definition.first is not None and settings[key] == definition.first
    }
    for key, value in changed.items():
        store(key, value)
    settings.refresh()
    return changed


def remember(key: str, value: str) -> None:
    """Keep a value of the desk's own beside the settings, without a new version."""
    _write(key, value)


def forget(key: str) -> None:
    """Drop a value kept by ``remember``."""
    Setting.delete().where(Setting.key == key).execute()


def recall(key: str) -> str | None:
    """Return the value kept by ``remember``."""
    rows = _row_of(key=key)
    return rows[0][0] if rows else None


def exist() -> bool:
    """Return whether the desk has settings already."""
    return bool(_row_of(key=VERSION_KEY))


def create(year_shift: int, definitions: Mapping[str, Definition], given: Mapping[str, str]) -> None:
    """Write the first settings of a new desk, ``given`` ones as they are stored."""
    first = {key: described(one.first) for key, one in definitions.items() if one.first is not None}
    for key, value in ({"year_shift": str(year_shift)} | first | dict(given)).items():
        _write(key, value)
    _write(VERSION_KEY, "1")
    _write(DESK_ID, new_desk_id())


def new_desk_id() -> str:
    """Return a random id for a desk: 16 hexadecimal digits."""
    return os.urandom(8).hex()


def _write(key: str, value: str) -> None:
    row = Setting.lock_or_none(key) or Setting(key=key)
    row.value = value
    row.save()
