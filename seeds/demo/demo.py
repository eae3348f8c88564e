"""The demo desk: invented agents with ten weeks of history, of any size."""

from __future__ import annotations

from random import Random

from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.operations import import_record
from dispatch.operations.row_types import DemoResult
from dispatch.queries.totals import is_unused
from models.errors import Refused
from seeds.bulk_writer import new_agents, write_agents, write_history
from seeds.demo.agents import THIRTY, WALKTHROUGH_LOADS, roster
from seeds.demo.history import Story, generate
from seeds.importing.importer import Progress, no_progress

AGENTS, BOOKINGS, SEED = 30, 412, 2082
MOST_AGENTS, MOST_BOOKINGS = 30_000, 1_000_000
PENDING_SHARE = 20 / 412
BATCH_ROWS = 1000  # larger commits halve the writing, and nobody waits for a desk being created
MOST_PENDING = 2  # per agent
MOST_SLOTS_TAKEN = 2 / 3  # so that loads differ, and ranks with them


def make_demo(
    desk: Desk,
    *,
    agents: int = AGENTS,
    bookings: int = BOOKINGS,
    seed: int = SEED,
    skill_sd: float = 0.0,
    progress: Progress | None = None,
) -> DemoResult:
    """Fill an empty desk with agents and the ten weeks up to now; deterministic for a seed and time.

    The default size reproduces docs/rules.md, Published walkthrough. ``skill_sd`` makes agents differ: it is
    the standard deviation of their effect on the log-odds of a sale. Raises Refused if the desk already has
    agents or history, and InvalidInput for a size out of range.
    """
    validation.whole(agents, "agents", 1, MOST_AGENTS)
    validation.whole(bookings, "bookings", 0, MOST_BOOKINGS)
    rng = Random(seed)
    with desk.reading():
        if not is_unused():
            problem = "the desk is in use already"
            raise Refused("not_empty", problem, "a demo needs a new database: choose another --db")
        pending = _pending(agents, bookings, rng)
        story = Story(agents, bookings, pending, desk.now(), skill_sd, seed)
        made = DemoResult(
            agents=agents, assignments=story.assignments, bookings=bookings, pending=len(pending)
        )
        write_agents(desk, new_agents(desk, roster(agents, rng)))
        detail = {**made, "demo": True, "seed": seed}
        report = progress or no_progress
        write_history(
            desk,
            generate(story, rng),
            done=lambda written: report(written, story.assignments, "writing"),
            last=lambda: import_record.record(desk, detail),
            batch_rows=BATCH_ROWS,
        )
    return made


def _pending(agents: int, bookings: int, rng: Random) -> tuple[int, ...]:
    """Choose the agent of each open booking: the walkthrough's loads, or at most two per agent."""
    if (agents, bookings) == (len(THIRTY), BOOKINGS):
        return tuple(agent_id for agent_id, load in WALKTHROUGH_LOADS.items() for _ in range(load))
    slots = [agent_id for agent_id in range(1, agents + 1) for _ in range(MOST_PENDING)]
    number = min(round(len(slots) * MOST_SLOTS_TAKEN), round(bookings * PENDING_SHARE))
    return tuple(rng.sample(slots, number))
