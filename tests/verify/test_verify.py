"""``astra verify``: nothing is found on a sound desk, and whatever is changed behind the desk's back is."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from astra_tui.cli.commands.verify import verified
from dispatch import agents, bookings
from dispatch.agents.presence import set_presence
from dispatch.assignment import caps
from dispatch.bootstrap import open_desk
from dispatch.desk import event_chain, event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration, undo
from dispatch.privacy.erasure import forget
from dispatch.queries.caps import list_caps
from models.audit import Event
from models.base import tuples
from screens.wording import events
from seeds.importing.importer import import_files
from tests.conftest import TestClock
from tests.verify.corruptions import CORRUPTIONS, Vandal
from tests.verify.random_work import Work
from verify.checker import Checker

COMMANDS = 300
NEW: dict[str, Any] = {"last_name": "New", "department": "Luxury Voyages", "job_title": "Space Travel Agent"}
CASES = [
    (name, seed) for seed, names in ((1, list(CORRUPTIONS)), (2, list(CORRUPTIONS)[:16])) for name in names
]


def staffed(desk: Desk) -> Desk:
    for number in range(6):
        agents.add(
            desk,
            first_name=f"Agent {number}",
            last_name="Byron",
            department=("Premium Bookings", "Luxury Voyages")[number % 2],
            job_title="Space Travel Agent",
            years=number,
            rating=4.0,
            capacity=5,
        )
    return desk


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, empty_desk_file: Path) -> Path:
    """A desk at which six agents have worked for a while, in all the policies that are worked out again."""
    path = Path(shutil.copy(empty_desk_file, tmp_path_factory.mktemp("sound") / "desk.db"))
    clock = TestClock()
    desk = staffed(open_desk(path, clock=clock, actor="kim"))
    work = Work(desk, clock, 11, policies=("rank", "round_robin", "balanced", "share"))
    configuration.set_value(desk, "absence_credit", "3")
    for _ in range(4):
        work.next_policy()
        work.run(COMMANDS // 4)
    for change in ({"capacity": 9}, {"weight": 2}):  # each kind of event that is altered in a copy
        agents.change(desk, work.agent_id("left_at IS NULL"), **change)
    with desk.reading():
        in_force = list_caps()
    for cap in in_force:
        caps.remove_cap(desk, cap["cap_id"])
    configuration.set_value(desk, "policy", "share")
    for number in range(3):  # in the end some are members, and one is at a cap
        agents.add(desk, first_name=f"Last {number}", capacity=40, **NEW)
    caps.set_cap(desk, 1, "week", agent_id=work.agent_id("capacity = 40"))
    for _ in range(3):
        intake.receive(desk, **work.fields() | {"language": None})
    undo.undo(desk)
    event_chain.seal(desk)
    desk.close()
    return path


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "copy.db"))


def found(path: Path) -> dict[str, Any]:
    desk = open_desk(path, clock=TestClock(), actor="kim")
    with closing(desk):
        return verified(desk)


def test_a_sound_desk_follows_from_its_log(sound: Path) -> None:
    report = found(sound)
    assert report["first_fault"] is None
    assert report["ok"]
    assert report["checked"]["decisions"] > COMMANDS // 2
    assert report["checked"]["events"] > COMMANDS // 2
    named = "decisions by hand or by the shuffle: an agent was named"
    assert report["not_checked"][named] < report["checked"]["decisions"] / 2


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_every_corruption_is_found(copy: Path, name: str, seed: int) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        done = CORRUPTIONS[name](Vandal(connection, seed))
    report = found(copy)
    assert not report["ok"], done
    assert report["first_fault"]["what"], done


def also(number: int, *cases: object) -> list[Any]:
    """The cases of every run, and as many more for the long one."""
    return [*cases, *(pytest.param(seed, marks=pytest.mark.stress) for seed in range(100, 100 + number))]


@pytest.mark.parametrize("seed", also(10, 1))
def test_nothing_is_found_after_random_commands(
    desk: Desk, clock: TestClock, challenge_data: Path, seed: int
) -> None:
    import_files(desk, sorted(challenge_data.glob("*.sql.txt")))
    Work(desk, clock, seed).run(200 if seed == 1 else 1000)
    assert Checker(desk.database.file).run()["first_fault"] is None


@pytest.mark.parametrize("seed", also(20, 1))
def test_nothing_is_found_on_a_busy_little_desk(desk: Desk, clock: TestClock, seed: int) -> None:
    Work(staffed(desk), clock, seed).run(400)
    assert Checker(desk.database.file).run()["first_fault"] is None


def test_a_lead_cancelled_while_it_waited_is_reopened(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    add_agent("Ada", capacity=0)
    add_lead()
    bookings.cancel(desk, 1, "no money")
    agents.change(desk, 1, capacity=5)
    assert bookings.reopen(desk, 1)["agent_id"] == 1
    assert Checker(desk.database.file).run()["first_fault"] is None


def test_only_an_unusual_order_is_in_an_event(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    add_agent("Ada", capacity=2)
    add_agent("Bob", capacity=1)
    for _ in range(4):
        add_lead()  # the last one waits
    bookings.decline(desk, 1, "full")
    set_presence(desk, 1, "away")
    with desk.reading():
        details = dict(tuples(Event.select(Event.event_id, Event.detail)))
    unusual = [number for number, detail in details.items() if "steps" in json.loads(detail or "{}")]
    assert unusual == [8]  # what Ada had is passed on, and an order of rows and decisions came of it
    assert Checker(desk.database.file).run()["first_fault"] is None


def test_an_erased_customer_leaves_the_order_of_events(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    for name in ("Ada", "Bob"):
        add_agent(name)
    for _ in range(2):
        add_lead(requests="a window seat")
    set_presence(desk, 1, "away")
    bookings.cancel(desk, 1, "no money")
    forget(desk, 1)
    with desk.reading():
        (detail,) = next(iter(tuples(Event.select(Event.detail).where(Event.command == "agent.presence"))))
    assert json.loads(detail)["steps"][0][0] == "space_travel_agents:1"
    assert Checker(desk.database.file).run()["first_fault"] is None


def test_the_order_of_steps_is_for_programs_only(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    for name in ("Ada", "Bob"):
        add_agent(name)
    add_lead()
    set_presence(desk, 1, "away")
    with desk.reading():
        (newest,) = event_log.events(limit=1)
    assert "steps" in newest["detail"]
    assert "steps" not in dict(events.details(newest))
