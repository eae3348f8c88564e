"""Opening a desk with all of its rules: the one module that knows them all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dispatch.agents import absence as _absence  # noqa: F401
from dispatch.agents import presence
from dispatch.assignment.decisions import choose_for_new_lead
from dispatch.assignment.waiting_list import drain_waiting, what_waits
from dispatch.desk.commands import Command
from dispatch.desk.desk import Desk
from dispatch.desk.rules import Rules
from dispatch.operations.setting_definitions import DEFINITIONS
from dispatch.queries.customer_index import keep_up
from dispatch.service.issues.queue import settle
from models import issue_triggers as _service_triggers  # noqa: F401
from models import shares as _shares  # noqa: F401
from models import tallies as _tallies  # noqa: F401
from models import triggers as _triggers  # noqa: F401


def assign_waiting(running: Command) -> None:
    """Assign what waits, at the end of a command that may have freed somebody, to whoever may take it."""
    bookings, issues = what_waits()
    if bookings:
        drain_waiting(running)
    settle(running, is_any_waiting=issues)


RULES = Rules(choose_for_new_lead, presence.catch_up, assign_waiting, keep_up, DEFINITIONS)


def open_desk(path: str | Path, **given: Any) -> Desk:
    """Open a desk, creating or migrating it if needed. Raises DatabaseUnavailable."""
    return Desk.open(path, rules=RULES, **given)
