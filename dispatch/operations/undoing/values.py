"""Undo and redo of a change to a list of accepted values: the opposite, if nobody has changed it since."""

from __future__ import annotations

import json

from dispatch.desk.commands import Command
from dispatch.operations.lists.changing import ADD, RENAME, RETIRE, Change, made
from models.audit import Event
from models.errors import Refused
from models.hints import act

COMMANDS = (ADD, RETIRE, RENAME)
OPPOSITES = {ADD: RETIRE, RETIRE: ADD, RENAME: RENAME}


def planned(event: Event) -> list[str]:
    """Name the value that the undo or redo of an event would change. Raises Refused."""
    return [_inverse(event).words]


def reverse(running: Command, event: Event) -> None:
    """Change the value back, or again. Raises Refused."""
    made(running, _inverse(event))


def _inverse(event: Event) -> Change:
    """Return the change that an undo or redo is. Raises Refused if the value is not as the event left it."""
    told = json.loads(event.detail or "{}")
    done = Change(
        told.get("did", event.command),
        told["kind"],
        told["name"],
        told.get("destination"),
        told.get("to_name"),
    )
    change = done.back(OPPOSITES[done.command])
    if not change.is_possible():
        raise Refused(
            "changed_since",
            f"{change.words} has changed since event {event.event_id}",
            f"{act('log')} shows the later commands",
        )
    return change
