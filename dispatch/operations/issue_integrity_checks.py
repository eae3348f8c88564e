"""Integrity checks of the service desk: issue loads recounted, clocks recomputed from conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from peewee import fn

from dispatch.operations.integrity_checks import NAMED, Finding, miscounted
from dispatch.service.sla import clocks
from models.agents import Agent
from models.base import Json, tuples
from models.database import current_database
from models.issues import HELD, Interaction, Issue, SlaClock

REPAIRS = "astra doctor --repair corrects them"
SOME = 1000  # issues whose conversations are in memory at once


def issue_loads() -> Finding:
    """Check that every agent's issue load is the number of open issues held."""
    wrong = wrong_issue_loads()
    if not wrong:
        return Finding("issue loads", True, "every agent's issue load is the number of open issues held")
    named = ", ".join(f"agent {agent} has {load} and holds {held}" for agent, load, held in wrong[:NAMED])
    return Finding("issue loads", False, f"{len(wrong)} wrong: {named}", REPAIRS)


def clocks_agree() -> Finding:
    """Check that every stored clock agrees with its conversation."""
    wrong = list(wrong_clocks())
    if not wrong:
        number = int(SlaClock.select().count())
        return Finding("clocks", True, f"{number:,} clocks agree with the conversations")
    named = ", ".join(
        f"{clock.kind} of issue {clock.issue_id} has {_times(clock)}, should have {list(right.values())}"
        for clock, right in wrong[:NAMED]
    )
    return Finding("clocks", False, f"{len(wrong)} wrong: {named}", REPAIRS)


def repair() -> dict[str, list[Json]]:
    """Recount the issue loads, and reset wrong clocks from their conversations."""
    loads = []
    for agent_id, load, held in wrong_issue_loads():
        agent = Agent.lock(agent_id)
        agent.issue_load = held
        agent.save()
        loads.append({"agent_id": agent_id, "from": load, "to": held})
    corrected = []
    for wrong, right in list(wrong_clocks()):
        clock = SlaClock.lock(wrong.clock_id)
        for column, value in right.items():
            setattr(clock, column, value)
        clock.save()
        corrected.append({"issue_id": clock.issue_id, "clock": clock.kind, "due_at": clock.due_at})
    return {"issue_loads": loads, "clocks": corrected}


def wrong_issue_loads() -> list[tuple[int, int, int]]:
    """Agents whose issue load differs from their number of open issues: (agent, load, held)."""
    counts = (
        Issue.select(Issue.agent_id, fn.COUNT(Issue.issue_id))
        .where(Issue.status.in_(HELD))
        .group_by(Issue.agent_id)
    )
    return miscounted(Agent.issue_load, counts)


def wrong_clocks() -> Iterator[tuple[SlaClock, dict[str, str | int | None]]]:
    """Clocks that disagree with their conversation, each with the right values."""
    with current_database.atomic("DEFERRED"):
        last = 0
        while ids := _issues_after(last):
            last = ids[-1]
            timelines = dict(_timelines(ids))
            for clock in SlaClock.select().where(SlaClock.issue_id.in_(ids)).order_by(SlaClock.clock_id):
                right = clocks.recomputed(clock, timelines.get(clock.issue_id, clocks.Timeline()))
                if _times(clock) != list(right.values()):
                    yield clock, right


def _issues_after(last: int) -> list[int]:
    query = Issue.select(Issue.issue_id).where(Issue.issue_id > last).order_by(Issue.issue_id).limit(SOME)
    return [issue_id for (issue_id,) in tuples(query)]


def _timelines(issue_ids: list[int]) -> Iterator[tuple[int, clocks.Timeline]]:
    spoken: Iterable[Interaction] = (
        Interaction.select()
        .where(Interaction.issue_id.in_(issue_ids))
        .order_by(Interaction.issue_id, Interaction.interaction_id)
    )
    for issue_id, talk in groupby(spoken, key=lambda one: one.issue_id):
        yield issue_id, clocks.timeline_of(talk)


def _times(clock: SlaClock) -> list[str | int | None]:
    return [clock.due_at, clock.late_pause_s, clock.paused_at, clock.met_at]
