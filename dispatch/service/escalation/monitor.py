"""Examine issues: read their rows, write what is due, and record when to check next.

``examine`` serves a command's issue and the sweep's due ones; escalation/decisions.py decides what is due.
The caller holds the write lock; examining twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from peewee import Case, fn

from dispatch.desk.desk import DESK_ACTOR, Desk
from dispatch.service.escalation import decisions, escalations, triggers
from dispatch.service.escalation.decisions import Climb, Close, Raise, Rest, Warn
from dispatch.service.escalation.triggers import Watched
from dispatch.service.row_types import IssueAlarm
from dispatch.service.sla import clock_rows
from models.base import CompiledQuery, parameter, read_rows, tuples
from models.clock import from_text, to_text
from models.issues import CUSTOMER, STATUS, Escalation, Interaction, Issue, SlaWarning, Watch
from models.sql import count_if, listed


@dataclass
class Outcome:
    """The warnings and escalations of an examination, each with its issue."""

    examined: int = 0
    warnings: list[IssueAlarm] = field(default_factory=list)
    escalations: list[IssueAlarm] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.warnings or self.escalations)


def examine(desk: Desk, now: str, issue_ids: Sequence[int]) -> Outcome:
    """Write what is due for some issues, and when to check each one next."""
    outcome, moment = Outcome(examined=len(issue_ids)), from_text(now)
    for watched in gather(issue_ids):
        for action in decisions.decide(watched, moment):
            _write(desk, now, watched, action, outcome)
        _look_again(watched.issue.issue_id, decisions.next_check(watched, moment))
    return outcome


def _write(desk: Desk, now: str, watched: Watched, action: decisions.Action, outcome: Outcome) -> None:
    """Carry out an action and refresh the rows in hand."""
    issue = watched.issue
    match action:
        case Warn(kind, percent):
            SlaWarning(issue_id=issue.issue_id, kind=kind, percent=percent, at=now).save()
            watched.warned.add((kind, percent))
            outcome.warnings.append({"issue_id": issue.issue_id, "clock": kind, "percent": percent})
            return
        case Close(row):
            row = escalations.close(now, DESK_ACTOR, row.escalation_id, "work resumed")
        case Raise(fired, urgency):
            row = escalations.open_for(desk, now, issue, fired, urgency, _raised_by(issue))
        case Climb(row):
            row = escalations.climb(desk, now, issue, row.escalation_id)
        case Rest(row, until):
            row = escalations.rest(row.escalation_id, until)
    watched.escalations[row.escalation_id] = row
    if isinstance(action, Raise | Climb):
        outcome.escalations.append(
            {
                "issue_id": row.issue_id,
                "escalation_id": row.escalation_id,
                "trigger": row.trigger,
                "level": row.level,
                "urgency": row.urgency,
                "told": escalations.describe(row)["told"],
            }
        )


def _raised_by(issue: Issue) -> list[str]:
    """Return what makes an escalation start higher: the customer's tier, and a repeated problem."""
    raised = [triggers.HIGH_TIER] if issue.tier in triggers.HIGH_TIERS else []
    return raised + ([triggers.REPEATED] if is_repeated(issue) else [])


def is_repeated(issue: Issue) -> bool:
    """Return whether the customer had another issue of this category in the thirty days before."""
    if issue.customer_id is None:
        return False
    earliest = from_text(issue.opened_at) - timedelta(days=triggers.REPEATED_WITHIN_DAYS)
    earlier = Issue.select().where(
        Issue.customer_id == issue.customer_id,
        Issue.category == issue.category,
        Issue.opened_at.between(to_text(earliest), issue.opened_at),
        Issue.issue_id < issue.issue_id,
        ~Issue.voided,
    )
    return bool(earlier.exists())


def _look_again(issue_id: int, at: datetime | None) -> None:
    row = Watch.lock_or_none(issue_id) or Watch(issue_id=issue_id)
    row.next_check_at = to_text(at) if at else None
    row.save()


def gather(issue_ids: Sequence[int]) -> list[Watched]:
    """Read several issues and their rows at once."""
    ids = listed(issue_ids)
    timed = clock_rows.clocks_of(issue_ids)
    warned: dict[int, set[tuple[str, int]]] = defaultdict(set)
    columns = (SlaWarning.issue_id, SlaWarning.kind, SlaWarning.percent)
    for issue_id, kind, percent in tuples(SlaWarning.select(*columns).where(SlaWarning.issue_id.in_(ids))):
        warned[issue_id].add((kind, percent))
    raised: dict[int, dict[int, Escalation]] = defaultdict(dict)
    for row in escalations.of_issues(issue_ids):
        raised[row.issue_id][row.escalation_id] = row
    talk = _talk(issue_ids)
    found = []
    for issue in read_rows(Issue, Issue.select().where(Issue.issue_id.in_(ids)).order_by(Issue.issue_id)):
        key = issue.issue_id
        number, last = talk.get(key, (0, None))
        progress = max(last or issue.opened_at, issue.assigned_at or issue.opened_at)
        compounds = last_compounds(key) if number >= triggers.LAST_INTERACTIONS else ()
        found.append(Watched(issue, timed[key], warned[key], raised[key], number, progress, compounds))
    return found


def _talk(issue_ids: Sequence[int]) -> dict[int, tuple[int, str | None]]:
    """Return by issue the number of messages and notes, and the time of the desk's last action."""
    ours = (Interaction.author != CUSTOMER) | (Interaction.kind == STATUS)
    done = Case(None, [(ours, Interaction.at)], None)
    query = (
        Interaction.select(Interaction.issue_id, count_if(Interaction.kind != STATUS), fn.MAX(done))
        .where(Interaction.issue_id.in_(listed(issue_ids)))
        .group_by(Interaction.issue_id)
    )
    return {issue_id: (int(number), last) for issue_id, number, last in tuples(query)}


_last_compounds = CompiledQuery(
    lambda: (
        Interaction.select(Interaction.compound)
        .where(Interaction.issue_id == parameter("issue_id"), Interaction.compound.is_null(False))
        .order_by(Interaction.interaction_id.desc())
        .limit(triggers.LAST_INTERACTIONS)
    )
)


def last_compounds(issue_id: int) -> tuple[float, ...]:
    """Return the sentiments of the last scored interactions, newest last."""
    return tuple(compound for (compound,) in reversed(_last_compounds(issue_id=issue_id)))
