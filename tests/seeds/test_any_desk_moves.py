"""Whatever was done at a desk: moved as files, it is the same afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings, customers, queries
from dispatch.agents import handover, presence
from dispatch.bookings import editing, follow_ups
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import undo
from models.agents import PRESENCES
from models.errors import DeskError
from models.priorities import PRIORITIES
from seeds.importing.importer import import_files
from tests.conftest import TestClock
from tests.seeds.moved import FORMS, listings, move
from tests.steady import examples

TRIP = {
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}
NUMBERS = st.integers(1, 6)
TEXTS = st.text(st.sampled_from("=+-@'\"\n\t,;| aé李") | st.characters(codec="utf-8"), min_size=1, max_size=8)
STEPS = st.lists(st.tuples(st.integers(0, 20), NUMBERS, NUMBERS, TEXTS), min_size=5, max_size=25)


def step(desk: Desk, kind: int, one: int, two: int, text: str) -> None:
    """Do something to a booking, customer or agent ``one``; the desk may refuse it."""
    steps: tuple[Callable[[], object], ...] = (
        lambda: intake.receive(desk, name=text, requests=text, priority=PRIORITIES[two % 5], **TRIP),
        lambda: intake.receive(desk, name=text, phone=f"+4971155{one}", email=f"{two}@example.com", **TRIP),
        lambda: bookings.claim(desk, one, two),
        lambda: bookings.contact(desk, one, ("reached", "no_answer")[two % 2], text, "tomorrow 9:00"),
        lambda: bookings.confirm(desk, one, "Luxury Dome Stay", f"{two}.05", "0"),
        lambda: bookings.cancel(desk, one, text),
        lambda: bookings.reopen(desk, one),
        lambda: bookings.rate(desk, one, min(two, 5)),
        lambda: bookings.decline(desk, one, text),
        lambda: bookings.release(desk, one),
        lambda: bookings.reassign(desk, one, two, text),
        lambda: follow_ups.follow_up(desk, one, "in 2 hours"),
        lambda: agents.add(desk, first_name=text, **(AGENT | {"last_name": text, "license": text})),
        lambda: agents.change(desk, one, skills="Mars,Venus", level=two, capacity=two, languages=text),
        lambda: agents.leave(desk, one, hand_over=two > 2),
        lambda: presence.set_presence(desk, one, PRESENCES[two % 5], "in 3 hours", text),
        lambda: presence.set_hours(desk, one, "mon-fri 9-17"),
        lambda: handover.hand_over(desk, one, handover.DESK),
        lambda: customers.merge(desk, one, two),
        lambda: undo.undo(desk),
        lambda: editing.edit(desk, one, priority=PRIORITIES[two % 5]),
    )
    with suppress(DeskError):
        steps[kind]()


AGENT = {"department": "Premium Bookings", "job_title": "Space Travel Agent"}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=examples(40), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_desk_moves(
    form: str,
    steps: list[tuple[int, int, int, str]],
    tmp_path_factory: pytest.TempPathFactory,
    empty_desk_file: Path,
) -> None:
    folder = tmp_path_factory.mktemp("moves")
    clock = TestClock()
    desks = [
        open_desk(shutil.copy(empty_desk_file, folder / name), clock=clock, actor="kim")
        for name in ("one.db", "two.db")
    ]
    try:
        for name in ("Ada", "Bob"):
            agents.add(desks[0], first_name=name, last_name="Byron", capacity=2, **AGENT)
        for one in steps:
            step(desks[0], *one)
            clock.advance(minutes=7)
        move(desks[0], desks[1], folder / form)
        assert listings(desks[1]) == listings(desks[0])
        for desk in desks:  # what it has already is neither new nor changed
            again = import_files(desk, [folder / form], dry_run=True)
            assert again["quarantined"] == []
            assert again["different"] == again["conflicts"] == []
            assert sum(again[kind] for kind in ("agents", "assignments", "bookings", "leads")) == 0
        with desks[1].reading():
            assert queries.count_totals().drift == ()
    finally:
        for desk in desks:
            desk.close()
