"""Undo of issue commands: restore the row, and keep conversation and clocks consistent with it.

Whether a command can be undone stands with the command: that of a reply is in conversation.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from dispatch.assignment.agent_checks import working_agent
from dispatch.desk.commands import Command
from dispatch.desk.undo_rules import UndoRules
from dispatch.service.escalation import escalations, monitor
from dispatch.service.issues import waking
from dispatch.service.issues.command_support import save
from dispatch.service.issues.state_machine import enter
from dispatch.service.sla import clocks
from models.audit import Event
from models.base import Json
from models.errors import Refused
from models.hints import act
from models.issues import ASSIGNED, CLOSED, Issue

LEFT_AS_THEY_ARE = ("changed_at", "version", "status")


class IssueUndo(UndoRules[Issue]):
    def check(
        self, row: Issue, before: Json | None, among: Collection[str], agents: Mapping[int, Json]
    ) -> None:
        """Refuse to give an issue back to an agent who has left, or an unstarted one to one not there.

        Nor is an issue taken back whose conversation has continued.
        """
        if before is None or before.get("voided"):
            _refuse_conversation(row)
        if before is None or before.get("agent_id") is None:
            return
        holder = working_agent(before["agent_id"])
        is_absent = waking.absence_of(holder) and "presence" not in agents.get(holder.agent_id, {})
        if is_absent and before.get("status", row.status) == ASSIGNED:
            raise Refused(
                "agent_away",
                f"issue {row.issue_id} would return to {holder.name}, who is {holder.presence}",
                f"{act('agent.presence', holder.agent_id)} makes them available",
            )

    def put_back(self, running: Command, row: Issue, before: Json | None) -> None:
        """Leave a status the way it was entered: by an interaction, and with the clocks."""
        ended_at = (row.closed_at or row.resolved_at) if row.status in clocks.ENDED else None
        if before is None:
            self.retire(running, row)
        else:
            for column, value in before.items():
                if column not in LEFT_AS_THEY_ARE:
                    setattr(row, column, value)
            enter(running, row, before.get("status", row.status))
            for column in ("assigned_at", "resolved_at", "closed_at", "waiting_since"):
                setattr(row, column, before.get(column, getattr(row, column)))
        if row.priority != row.was("priority"):
            clocks.follow_priority(row, running.desk.settings)
        if before is not None and "status" in before and "agent_id" not in before:
            waking.find_present(running, row)  # its holder may have gone since
        save(running, row)
        if ended_at is not None and row.status not in clocks.ENDED:
            escalations.revive(running, row, ended_at)
        monitor.examine(running.desk, running.now, [row.issue_id])

    def retire(self, running: Command, row: Issue) -> None:
        row.voided = True
        enter(running, row, CLOSED)


def _refuse_conversation(row: Issue) -> None:
    """Refuse to take back an issue that has more messages and notes than it came in with."""
    opened: Event | None = (
        Event.select().where(Event.issue_id == row.issue_id).order_by(Event.event_id).first()
    )
    brought = json.loads(opened.detail or "{}").get("messages", 0) if opened is not None else 0
    if sum(one.text is not None for one in clocks.interactions_of(row.issue_id)) > brought:
        raise Refused(
            "changed_since",
            f"issue {row.issue_id} has new messages since it was opened",
            "resolve it instead",
        )
