"""The demo desk: invented agents with ten weeks of history, of any size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.operations import import_record
from dispatch.operations.import_record import DIGEST, Made, Run
from dispatch.operations.row_types import DemoResult
from dispatch.queries.totals import is_unused
from models.base import Json
from models.errors import Refused
from seeds.bulk_writer import Batch, in_batches, new_agents, write_all
from seeds.demo.agents import THIRTY, WALKTHROUGH_LOADS, roster
from seeds.demo.history import Story, generate
from seeds.demo.issues import CASES, make_issues
from seeds.importing.importer import Progress, no_progress

AGENTS, BOOKINGS, SEED = 30, 412, 2082
MOST_AGENTS, MOST_BOOKINGS = 30_000, 1_000_000
PENDING_SHARE = 20 / 412
BATCH_ROWS = 1000  # larger commits halve the writing, and nobody waits for a desk being created
MOST_PENDING = 2  # per agent
MOST_SLOTS_TAKEN = 2 / 3  # so that loads differ, and ranks with them
DEMO = "demo"  # in place of a digest: a desk has one demo at most


def make_demo(
    desk: Desk,
    *,
    agents: int = AGENTS,
    bookings: int = BOOKINGS,
    seed: int = SEED,
    skill_sd: float = 0.0,
    with_issues: bool = False,
    progress: Progress | None = None,
) -> DemoResult:
    """Fill an empty desk with agents and the ten weeks up to now; deterministic for a seed and time.

    The default size reproduces docs/rules.md, Published walkthrough. ``skill_sd`` makes agents differ: it is
    the standard deviation of their effect on the log-odds of a sale. A demo that was interrupted is finished
    as it was begun, whatever the arguments. Raises Refused if the desk already has agents or history, and
    InvalidInput for a size out of range.
    """
    validation.whole(agents, "agents", 1, MOST_AGENTS)
    validation.whole(bookings, "bookings", 0, MOST_BOOKINGS)
    with desk.reading():
        known = import_record.newest(DEMO)
        if known is not None and known.is_unfinished:
            plan = known.plan
        elif is_unused():
            plan = _plan(agents, bookings, seed, skill_sd, with_issues)
        else:
            problem = "the desk is not empty"
            raise Refused("not_empty", problem, "a demo needs an empty desk")
        run = import_record.begin(desk, plan, known)
        written, report = run.head.written["assignments"], progress or no_progress
        write_all(run, _batches(run), lambda more: report(written + more, plan["assignments"], "writing"))
    made = DemoResult(
        agents=plan["agents"],
        assignments=plan["assignments"],
        bookings=plan["bookings"],
        pending=plan["pending"],
        resumed=run.head.event_id if run.is_resumed else None,
    )
    return made | {"issues": len(CASES)} if plan["issues"] else made


def _plan(agents: int, bookings: int, seed: int, skill_sd: float, with_issues: bool) -> Json:
    """Return what the demo's event holds: all that its rows follow from, beside the event's time."""
    story = Story(agents, bookings, (), "")
    return {
        "demo": True,
        DIGEST: DEMO,
        "agents": agents,
        "assignments": story.assignments,
        "bookings": bookings,
        "pending": len(_pending(agents, bookings, Random())),
        "issues": with_issues,
        "seed": seed,
        "skill_sd": skill_sd,
    }


def _batches(run: Run) -> Iterator[Batch]:
    """Yield the commits that are missing; generated from the start, as each row follows from those before."""
    plan, written = run.head.plan, run.head.written
    rng = Random(plan["seed"])
    pending = _pending(plan["agents"], plan["bookings"], rng)
    story = Story(plan["agents"], plan["bookings"], pending, run.head.at, plan["skill_sd"], plan["seed"])
    agents = new_agents(run.desk, roster(plan["agents"], rng))
    history = generate(story, rng)
    missing = islice(history, written["assignments"], None)
    yield from in_batches(agents[written["agents"] :], missing, BATCH_ROWS)
    if plan["issues"]:

        def write_issues() -> Made:
            make_issues(run.desk)
            return {}

        yield Batch(0, write_issues)


def _pending(agents: int, bookings: int, rng: Random) -> tuple[int, ...]:
    """Choose the agent of each open booking: the walkthrough's loads, or at most two per agent."""
    if (agents, bookings) == (len(THIRTY), BOOKINGS):
        return tuple(agent_id for agent_id, load in WALKTHROUGH_LOADS.items() for _ in range(load))
    slots = [agent_id for agent_id in range(1, agents + 1) for _ in range(MOST_PENDING)]
    number = min(round(len(slots) * MOST_SLOTS_TAKEN), round(bookings * PENDING_SHARE))
    return tuple(rng.sample(slots, number))
