"""Undo rules of agents: a new agent leaves, unless there is work to reassign first."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dispatch import queries
from dispatch.agents.presence import DRAIN, due_by_calendar
from dispatch.agents.unattended import pass_on
from dispatch.desk.commands import Command
from dispatch.desk.undo_rules import UndoRules
from models.agents import GONE, Agent
from models.base import Json, tuples
from models.bookings import Booking
from models.errors import Refused
from models.issues import HELD, Issue


class AgentUndo(UndoRules[Agent]):
    def is_surely_untouched(self, row: Agent, after: Json) -> bool:
        """Return whether a command only said when the agent is due to change: that is worked out again."""
        return after.keys() == {"due_at"}

    def check(
        self, row: Agent, before: Json | None, among: Collection[str], agents: Mapping[int, Json]
    ) -> None:
        """Refuse an undo by which an agent with newer work would leave."""
        if row.left_at is not None or not (before is None or before.get("left_at")):
            return
        issues = Issue.select(Issue.issue_id).where(Issue.agent_id == row.agent_id, Issue.status.in_(HELD))
        keys = [f"{Booking._meta.table_name}:{number}" for number in queries.pending_ids(row.agent_id)]
        keys += [f"{Issue._meta.table_name}:{number}" for (number,) in tuples(issues)]
        if any(key not in among for key in keys):
            raise Refused(
                "holds_work",
                f"{row.name} ({row.agent_id}) has been given work since",
                "reassign it first",
            )

    def restore(self, row: Agent, before: Json) -> None:
        super().restore(row, before)
        row.refresh_rating()

    def retire(self, running: Command, row: Agent) -> None:
        row.left_at = running.now

    def finish(self, running: Command, row: Agent) -> int | None:
        """Hand unclaimed work of an absent agent to others, as when an agent goes away."""
        agent = Agent.lock(row.agent_id)
        agent.due_at = due_by_calendar(agent, running.now, running.desk.settings[DRAIN])
        agent.save()
        if row.presence in GONE and row.left_at is None:
            pass_on(running, [row.agent_id])
        return None
