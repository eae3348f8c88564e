"""What each agent got of the leads of a period, and was entitled to (docs/rules.md, Fairness)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Final

from peewee import JOIN, fn

from dispatch.assignment.policies import POLICIES
from dispatch.desk.desk import Desk
from dispatch.queries.agents import names_of
from dispatch.queries.wording import plural
from dispatch.reporting.daily_figures import midnights
from dispatch.reporting.entitlement import entitled
from dispatch.reporting.row_types import Fairness, FairShare, Starvation
from models.agents import AVAILABLE, Agent
from models.base import tuples
from models.bookings import Assignment, Booking
from models.hints import act

TODAY = "today"
WINDOWS: Final[Mapping[str, int]] = {TODAY: 1, "7d": 7, "30d": 30}
"""Days of each window, the present one included: they begin at midnight in the terminal's zone."""

EACH = 10  # leads an agent, by which starving is judged
MOST_LEADS = 10_000  # looked at for it
ENOUGH = EACH / 2  # leads somebody was entitled to, who got none of them

EVEN = "balanced"  # the policy to try instead of one that starves
Given = tuple[str, int]
"""A lead: when it was given out, and to which agent."""


def fairness(desk: Desk, window: str = TODAY) -> Fairness:
    """Return what everybody got within a window; call it inside ``desk.reading()``.

    The agents who are owed most come first. Agents who have left are listed if the window was theirs, too.
    """
    return every_fairness(desk, [window])[window]


def every_fairness(desk: Desk, windows: Iterable[str] = WINDOWS) -> dict[str, Fairness]:
    """Return what everybody got within each of some windows, in one pass over the leads and the log."""
    starts = {window: window_start(desk.now(), window) for window in windows}
    leads = _given(min(starts.values()))
    owed = entitled([at for at, _ in leads], starts.values())
    return {
        window: _within(window, since, [lead for lead in leads if lead[0] >= since], owed[since])
        for window, since in starts.items()
    }


def _within(window: str, since: str, leads: list[Given], owed: Mapping[int, float]) -> Fairness:
    agents = _shares(leads, owed)
    got = [agent["received"] for agent in agents if agent["received"] or agent["entitled"]]
    return {
        "window": window,
        "since": since,
        "leads": len(leads),
        "jain": round(jain(got), 4),
        "busiest_share": round(max(got) / sum(got), 4) if any(got) else 0.0,
        "got_nothing": [row["agent_id"] for row in agents if row["entitled"] and not row["received"]],
        "agents": agents,
    }


def summary(found: Fairness) -> str:
    """Say how even a window was: ``12 leads; evenness 0.86; the busiest agent got 50%``."""
    parts = [plural(found["leads"], "lead")]
    if found["leads"]:
        parts += [f"evenness {found['jain']:.2f}", f"the busiest agent got {found['busiest_share']:.0%}"]
    if found["got_nothing"]:
        parts.append(f"{len(found['got_nothing']):,} of {len(found['agents']):,} got nothing")
    return "; ".join(parts)


def window_start(now: str, window: str) -> str:
    """Return the stored time at which a window of WINDOWS begins."""
    return midnights(now, WINDOWS[window])[0]


def jain(received: Iterable[int]) -> float:
    """Return Jain's index: (sum x)^2 / (n sum x^2), 1 if all got the same number; 1 as well for none."""
    numbers = list(received)
    squares = len(numbers) * sum(number * number for number in numbers)
    return sum(numbers) ** 2 / squares if squares else 1.0


def starved(desk: Desk) -> Starvation | None:
    """Tell whether the policy in force keeps agents without leads: None if all of the eligible got some.

    Judged by the last ten leads an agent, of which somebody was entitled to five or more and got none.
    """
    here = Agent.select(Agent.agent_id).where(Agent.presence == AVAILABLE, Agent.left_at.is_null())
    eligible = {agent_id for (agent_id,) in tuples(here)}
    wanted = min(EACH * len(eligible), MOST_LEADS)
    leads = _given(limit=wanted)
    if len(leads) < wanted or len(eligible) < 2:
        return None
    since = leads[0][0]
    owed = entitled([at for at, _ in leads], [since])[since]
    known = [row for row in _shares(leads, owed) if row["agent_id"] in eligible]
    without = [row["agent_id"] for row in known if not row["received"] and row["entitled"] >= ENOUGH]
    if not without:
        return None
    policy = desk.settings["policy"]
    return {
        "policy": policy,
        "agent_ids": sorted(without),
        "eligible": len(eligible),
        "leads": len(leads),
        "instead": "" if POLICIES[policy].shares_out else EVEN,
    }


def newest_assignment() -> int:
    """Return the number of the newest assignment, 0 before the first."""
    return int(tuples(Assignment.select(fn.COALESCE(fn.MAX(Assignment.assignment_id), 0)))[0][0])


def words_of(found: Starvation) -> str:
    """Say who goes without: ``12 of 30 available agents got none of the last 300 leads under rank``."""
    number, of = len(found["agent_ids"]), found["eligible"]
    return (
        f"{number:,} of {of:,} available agents got none of the last {found['leads']:,} leads "
        f"under {found['policy']}"
    )


def advice(found: Starvation) -> str:
    """Say what to do about it, as a hint with placeholders."""
    if found["instead"]:
        return f"{act('set.to', 'policy', found['instead'])} gives everybody a turn"
    return f"{act('agent.edit')} changes the capacity, skills and locations that keep them out"


def _given(since: str = "", limit: int | None = None) -> list[Given]:
    """The leads given out since then, or the last ones, oldest first; undone ones are left out.

    A lead that moved counts for the agent who has it.
    """
    query = (
        Assignment.select(Assignment.assigned_at, Assignment.agent_id)
        .join(Booking, JOIN.LEFT_OUTER, on=(Booking.assignment_id == Assignment.assignment_id))
        .where(Assignment.assigned_at >= since, Assignment.agent_id.is_null(False))
        .where(Booking.voided.is_null() | ~Booking.voided)
    )
    return sorted(tuples(query.order_by(Assignment.assignment_id.desc()).limit(limit)), key=itemgetter(0))


def _shares(leads: list[Given], owed: Mapping[int, float]) -> list[FairShare]:
    received = Counter(agent_id for _, agent_id in leads)
    names = names_of(received.keys() | owed.keys())
    rows = [
        FairShare(
            agent_id=agent_id,
            agent_name=str(name),
            received=received[agent_id],
            entitled=round(owed.get(agent_id, 0.0), 1),
            owed=round(owed.get(agent_id, 0.0) - received[agent_id], 1) + 0.0,  # no -0.0
        )
        for agent_id, name in names.items()
        if agent_id is not None
    ]
    return sorted(rows, key=lambda row: (-row["owed"], row["agent_id"]))
