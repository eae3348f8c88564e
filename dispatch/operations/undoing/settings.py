"""Undo and redo of a changed setting: it gets its earlier value again, unless somebody has set it since."""

from __future__ import annotations

import json

from dispatch.desk import undo_chain
from dispatch.desk.commands import Command
from dispatch.desk.desk import Desk
from dispatch.desk.settings import FORMER_NAMES, described
from dispatch.operations import configuration
from dispatch.operations.configuration import SETTING
from dispatch.operations.row_types import SettingChange
from dispatch.operations.undoing.rows import Ahead
from models.audit import Event
from models.base import tuples
from models.errors import Refused
from models.hints import act
from models.sql import json_text


def planned(desk: Desk, event: Event, ahead: Ahead | None = None) -> SettingChange:
    """Return what the undo or redo of an event would do to its setting, ``ahead`` counting as done.

    Raises Refused if somebody has set it since, even if to the same value.
    """
    change = _inverse(desk, event)
    key, ahead = change["key"], ahead or Ahead()
    current = ahead.settings.get(key, desk.settings[key])
    later = [number for number in _set_later(event, key) if (number, key) not in ahead.undone]
    if later or current != change["old"]:
        by = f" by event {later[0]}" if later else ""
        raise Refused(
            "changed_since",
            f"setting {key} has changed since event {event.event_id}{by}",
            f"{act('log')} shows the later commands",
        )
    return change


def reverse(running: Command, event: Event) -> SettingChange:
    """Set the earlier value again. Raises Refused, and InvalidInput if it is not accepted any more."""
    change = planned(running.desk, event)
    configuration.put(running, change["key"], str(change["new"]))
    return change


def _inverse(desk: Desk, event: Event) -> SettingChange:
    """Return the change back, in the words of today for a setting that had another name then."""
    told = json.loads(event.detail or "{}")
    key, old, new = told["key"], told["old"], told["new"]
    if key in FORMER_NAMES:
        key = FORMER_NAMES[key]
        old, new = (desk.settings.definitions[key].parse(described(value)) for value in (old, new))
    return {"key": key, "old": new, "new": old}


def _set_later(event: Event, key: str) -> list[int]:
    """Return later commands that set the same setting and stand."""
    names = [key, *(former for former, present in FORMER_NAMES.items() if present == key)]
    same = (Event.command == SETTING) & json_text(Event.detail, "key").in_(names)
    query = Event.select(Event.event_id).where(Event.event_id > event.event_id, same)
    later = [number for (number,) in tuples(query.order_by(Event.event_id))]
    undone = undo_chain.undone_by(later)
    return [number for number in later if number not in undone]
