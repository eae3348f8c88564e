"""Undo of issue commands: restore the row, and keep conversation and clocks consistent with it.

Whether a command can be undone stands with the command: that of a reply is in conversation.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dispatch.assignment.agent_checks import working_agent
from dispatch.desk.commands import Command
from dispatch.desk.undo_rules import UndoRules
from dispatch.service.escalation import escalations, monitor
from dispatch.service.issues.command_support import save
from dispatch.service.issues.state_machine import enter
from dispatch.service.sla import clocks
from models.base import Json
from models.errors import Refused
from models.issues import CLOSED, Issue

LEFT_AS_THEY_ARE = ("changed_at", "version", "status")


class IssueUndo(UndoRules[Issue]):
    def check(
        self, row: Issue, before: Json | None, among: Collection[str], agents: Mapping[int, Json]
    ) -> None:
        """Refuse to give an issue back to an agent who has left."""
        if before is not None and before.get("agent_id") is not None:
            working_agent(before["agent_id"])

    def put_back(self, running: Command, row: Issue, before: Json | None) -> None:
        """Leave a status the way it was entered: by an interaction, and with the clocks."""
        if before is None or before.get("voided"):
            self._refuse_conversation(row)
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
        save(running, row)
        if ended_at is not None and row.status not in clocks.ENDED:
            escalations.revive(running, row, ended_at)
        monitor.examine(running.desk, running.now, [row.issue_id])

    def _refuse_conversation(self, row: Issue) -> None:
        """Refuse to take back an issue whose conversation has continued since."""
        if any(one.text is not None for one in clocks.interactions_of(row.issue_id)):
            raise Refused(
                "changed_since",
                f"issue {row.issue_id} has new messages since it was opened",
                "resolve it instead",
            )

    def retire(self, running: Command, row: Issue) -> None:
        row.voided = True
        enter(running, row, CLOSED)
