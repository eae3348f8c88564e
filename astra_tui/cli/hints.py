"""Hints as the shell says them: what they propose becomes a command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from models.errors import DeskError
from models.hints import rendered

COMMANDS = {
    "absence.list": "astra absence list",
    "absence.return": "astra absence return {AGENT}",
    "agent.handover": "astra agent handover {AGENT} --to desk",
    "agent.leave": "astra agent return {AGENT}",
    "agent.presence": "astra agent presence {AGENT} available",
    "agent.edit": "astra agent set {AGENT}",
    "backup": "astra backup",
    "booking.cancel": "astra booking cancel {BOOKING} --reason TEXT",
    "booking.claim": "astra booking claim {BOOKING} --agent {AGENT}",
    "booking.reassign": "astra booking reassign {BOOKING} --to {AGENT} --reason TEXT",
    "booking.reopen": "astra booking reopen {BOOKING}",
    "cap.list": "astra cap list",
    "compact": "astra compact",
    "contact.anyway": "astra booking contact {BOOKING} --anyway",
    "demo": "astra demo",
    "desk.copy": "astra copy FILE ADDRESS",
    "disposition.list": "astra disposition list",
    "doctor": "astra doctor",
    "doctor.repair": "astra doctor --repair",
    "find": "astra customer find",
    "first_steps": "astra import",
    "holiday.set": "astra holiday set REGION",
    "issue.claim": "astra issue claim {ISSUE} --agent {AGENT}",
    "issue.close": "astra issue close {ISSUE}",
    "issue.escalate": "astra issue escalate {ISSUE} --reason TEXT",
    "issue.open": "astra issue open",
    "issue.reassign": "astra issue reassign {ISSUE} --to {AGENT} --reason TEXT",
    "issue.reopen": "astra issue reopen {ISSUE} --reason TEXT",
    "issue.resolve": "astra issue resolve {ISSUE}",
    "issue.settle": "astra issue settle {ISSUE} --reason TEXT",
    "lead.from": "astra lead add --from FILE",
    "lead.on_open": "astra lead add --on-open owner",
    "log": "astra log",
    "log.redo": "astra redo {EVENT}",
    "log.undo": "astra undo {EVENT}",
    "login": "astra login",
    "new": "astra new FILE",
    "package.add": "astra package add",
    "place.queue": "astra booking list",
    "place.roster": "astra agent list",
    "place.service": "astra issue list",
    "restore": "astra restore FILE",
    "set": "astra set KEY VALUE",
    "set.to": "astra set {KEY} {VALUE}",
    "shuffle": "astra shuffle",
    "sweep": "astra sweep",
    "user.add": "astra user add NAME",
    "user.grants": "astra user grants",
    "user.list": "astra user list",
    "user.set": "astra user set {NAME}",
    "value.add": "astra {LIST} add NAME",
    "view.list": "astra view list",
    "weights.list": "astra weights list",
}
"""The command for each thing that a hint proposes; words in braces are filled from the hint."""
BLANK = re.compile(r"\{(\w+)\}")


def _command(identifier: str, arguments: list[str]) -> str | None:
    if identifier not in COMMANDS:
        return None
    given = iter(arguments)
    return BLANK.sub(lambda found: next(given, found[1]), COMMANDS[identifier])


def hint_of(hint: str) -> str:
    """Return the desk's hint with commands: ``astra booking reopen 416 makes it Pending``."""
    return rendered(hint, _command)


def error_json(error: DeskError) -> dict[str, str]:
    """Return a refusal as JSON, its hint with commands."""
    return error.as_json() | {"hint": hint_of(error.hint)}


def with_commands(rows: Iterable[Any]) -> list[Any]:
    """Return rows of JSON whose ``hint``, or whose error's, has commands."""
    return [_with_commands(row) for row in rows]


def _with_commands(row: Any) -> Any:
    found = dict(row)
    if isinstance(found.get("hint"), str):
        found["hint"] = hint_of(found["hint"])
    if isinstance(found.get("error"), dict):
        found["error"] = _with_commands(found["error"])
    return found
