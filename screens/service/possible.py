"""Which of an issue's verbs can be done now, as its row in a list shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dispatch.service.escalation.levels import TOP_LEVEL
from dispatch.service.issues.state_machine import BY_WORD
from dispatch.service.row_types import IssueRow
from models.issues import ASSIGNED, CLOSED, IN_PROGRESS, NEW, OPEN, PENDING_CUSTOMER


def _is_open(row: IssueRow) -> bool:
    return row["status"] in OPEN


def _is_held(row: IssueRow) -> bool:
    return _is_open(row) and row["agent_id"] is not None


def _can_wait(row: IssueRow) -> bool:
    following = BY_WORD[row["status"]]
    return PENDING_CUSTOMER in following or (IN_PROGRESS in following and row["status"] != ASSIGNED)


def _is_escalated(row: IssueRow) -> bool:
    return row["escalation_level"] > 0


RULES: Mapping[str, Callable[[IssueRow], bool]] = {
    "claim": lambda row: row["status"] in (NEW, ASSIGNED),
    "reply": _is_open,
    "resolve": _is_held,
    "escalate": lambda row: _is_open(row) and row["escalation_level"] < TOP_LEVEL,
    "wait": _can_wait,
    "reassign": _is_open,
    "acknowledge": lambda row: _is_escalated(row) and not row["escalation_acknowledged"],
    "settle": _is_escalated,
    "close_issue": lambda row: CLOSED in BY_WORD[row["status"]],
    "reopen": lambda row: not _is_open(row),
    "rate": lambda row: not _is_open(row),
    "go_to_booking": lambda row: row["booking_id"] is not None,
    "customer": lambda row: row["customer_id"] is not None,
}
"""By action; the others can be done with every issue."""
