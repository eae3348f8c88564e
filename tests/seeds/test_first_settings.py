"""What a desk begins with: offers and the shuffle are on where it is made, and off where it is imported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration
from dispatch.operations.setting_definitions import DEFINITIONS
from dispatch.operations.sweep import sweep
from seeds.demo.demo import make_demo
from seeds.importing.importer import import_files
from tests.old_desk import ROWS, make_old

ON, OFF = (15, 300), (0, 0)
LEAD = {
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}


def switched(desk: Desk) -> tuple[int, int]:
    with desk.reading():
        return desk.settings["offer_minutes"], desk.settings["shuffle_seconds"]


@pytest.fixture
def made(tmp_path: Path, clock: Any) -> Iterator[Desk]:
    """A desk as a command or the application makes it."""
    desk = open_desk(tmp_path / "new.db", create=True, clock=clock, actor="kim")
    yield desk
    desk.close()


def test_a_new_desk_begins_with_both_on(made: Desk) -> None:
    assert switched(made) == ON
    with made.reading():
        assert made.settings.version == 1


def test_a_demo_has_both_on_and_nothing_of_it_moves(made: Desk, clock: Any) -> None:
    make_demo(made)
    assert switched(made) == ON
    with made.reading():
        before = queries.list_agents()
    for _ in range(30):
        clock.advance(minutes=1)
        done = sweep(made)
        assert (done["lapsed"], done["moves"]) == ([], [])
    with made.reading():
        assert [row["rank"] for row in queries.list_agents()] == [row["rank"] for row in before]


def test_nothing_lapses_within_ten_minutes(made: Desk, clock: Any) -> None:
    for name in ("Ada", "Bob"):
        agents.add(
            made,
            first_name=name,
            last_name="B",
            department="Premium Bookings",
            job_title="Space Travel Agent",
        )
    for number in range(4):
        intake.receive(made, name=f"Kate {number}", **LEAD)
    bookings.cancel(made, 2, "no money")
    bookings.cancel(made, 4, "no money")  # so the loads are uneven
    for _ in range(10):
        clock.advance(minutes=1)
        done = sweep(made)
        assert (done["lapsed"], done["moves"]) == ([], [])
    for _ in range(6):
        clock.advance(minutes=1)
        done = sweep(made)
        if done["lapsed"] or done["moves"]:
            return
    pytest.fail("nothing has moved after 16 minutes")


def test_files_imported_into_a_new_desk_switch_both_off(made: Desk, files: Any) -> None:
    import_files(made, files.three())
    assert switched(made) == OFF
    assert {DEFINITIONS[key].default for key in ("offer_minutes", "shuffle_seconds")} == {0}
    with made.reading():
        (head,) = [event for event in event_log.events() if event["command"] == "import"]
    assert head["detail"]["settings"] == {"offer_minutes": 0, "shuffle_seconds": 0}


def test_what_somebody_has_set_stays(made: Desk, files: Any) -> None:
    configuration.set_value(made, "offer_minutes", "20")
    import_files(made, files.three())
    assert switched(made) == (20, 0)


def test_an_import_into_a_desk_at_work_changes_nothing(made: Desk, files: Any) -> None:
    make_demo(made, agents=2, bookings=0)
    more = {"AgentID": 40, "SpaceLicenseNumber": "L-40"}
    assert import_files(made, [files.sql("space_travel_agents", more)])["agents"] == 1
    assert switched(made) == ON


def test_a_dry_run_and_a_file_without_rows_change_nothing(made: Desk, files: Any) -> None:
    import_files(made, files.three(), dry_run=True)
    assert switched(made) == ON


def test_a_desk_of_an_earlier_version_stays_as_it_is(tmp_path: Path) -> None:
    with closing(open_desk(make_old(tmp_path, 16, ROWS))) as desk:
        assert switched(desk) == OFF
