"""Several processes at one desk: nothing is lost or done twice, and nobody is locked out."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from models.bookings import Booking
from tests.by_hand import as_file
from tests.races.conftest import found_by_doctor
from verify.checker import Checker

AddAgent = Callable[..., dict[str, Any]]
Race = Callable[..., list[dict[str, Any]]]
Ask = Callable[[str], list[tuple[Any, ...]]]
CONFLICTS = {
    "already_claimed",
    "not_pending",
    "not_the_holder",
    "same_agent",
    "nothing_to_undo",
    "changed_since",
}
FIELDS = ("name", "method", "source", "destination", "launch")


@pytest.fixture(autouse=True)
def five_agents(desk: Desk, add_agent: AddAgent) -> None:
    for years in range(5):
        add_agent(years=years, capacity=10_000)
    desk.close()


def lead_file(folder: Path, name: str, lines: int) -> Path:
    target = folder / f"{name}.csv"
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(FIELDS)
        for line in range(lines):
            writer.writerow((f"{name} {line}", "Text", "Organic", "Mars", "Sydney Stellar Port"))
    return target


def only_agent_5(path: Path) -> None:
    """Every lead goes to agent 5: the others have left."""
    desk = open_desk(path, actor="lee")
    for agent_id in range(1, 5):
        agents.leave(desk, agent_id)
    desk.close()


def describe_waits(results: list[dict[str, Any]]) -> str:
    """Waiting times, shown with -s or on a failure."""
    return ", ".join(f"p99 {row['p99'] * 1000:.1f} ms, max {row['max'] * 1000:.0f} ms" for row in results)


@pytest.mark.parametrize("lines", [75, pytest.param(1500, marks=pytest.mark.stress)])
def test_eight_processes_take_in_leads_one_by_one(
    race: Race, ask: Ask, check: Callable[[], None], lines: int
) -> None:
    print(describe_waits(race(*[("leads", lines, f"Desk {number}") for number in range(8)])))  # noqa: T201
    assert ask("SELECT count(*), count(DISTINCT customer_name) FROM new_customer") == [(8 * lines, 8 * lines)]
    assert ask("SELECT DISTINCT load FROM space_travel_agents") == [(8 * lines // 5,)]
    check()


@pytest.mark.parametrize("lines", [150, pytest.param(3000, marks=pytest.mark.stress)])
def test_eight_processes_take_in_files(
    tmp_path: Path, race: Race, ask: Ask, check: Callable[[], None], lines: int
) -> None:
    files = [lead_file(tmp_path, f"File {number}", lines) for number in range(8)]
    for result in race(*[("file", file) for file in files]):
        assert (result["accepted"], result["rejected"]) == (lines, [])
    assert ask("SELECT count(*), count(DISTINCT customer_name) FROM new_customer") == [(8 * lines, 8 * lines)]
    check()


@pytest.mark.parametrize("number", [250, pytest.param(3000, marks=pytest.mark.stress)])
def test_four_processes_do_everything_at_once(
    race: Race, ask: Ask, check: Callable[[], None], number: int
) -> None:
    race(("leads", 20, "First"))
    results = race(*[("mixed", number, seed) for seed in range(4)])
    print(describe_waits(results))  # noqa: T201
    outcomes: Counter[str] = sum((Counter(result["outcomes"]) for result in results), Counter())
    assert sum(outcomes.values()) == 4 * number
    done = sum(count for outcome, count in outcomes.items() if ":" not in outcome)
    assert ask("SELECT count(*) FROM events WHERE actor LIKE 'mixed%'") == [(done - outcomes["sweep"],)], (
        "one event per command"
    )
    for command in ("claim", "confirm", "cancel", "reassign", "decline", "undo"):
        assert outcomes[command], f"no {command} succeeded"
        assert any(outcome.startswith(f"{command}:") for outcome in outcomes) or command == "undo"
    check()


@pytest.mark.parametrize(
    ("clients", "number"),
    [(4, 40), pytest.param(8, 1000, marks=(pytest.mark.stress, pytest.mark.timeout(7200)))],
)
def test_clients_mix_the_commands_of_a_team(
    path: Path | str,
    race: Race,
    ask: Ask,
    check: Callable[[], None],
    tmp_path: Path,
    clients: int,
    number: int,
) -> None:
    """No error but conflicts in words, every choice the best when worked out again, and a fair lock."""
    race(("leads", 20, "First"))
    results = race(*[("everything", number, tmp_path, seed) for seed in range(clients)])
    outcomes: Counter[str] = sum((Counter(result["outcomes"]) for result in results), Counter())
    first = min(result["moments"][-1] for result in results)
    done = [sum(moment <= first for moment in result["moments"]) for result in results]
    print(f"least of {clients} against the most: {min(done) / max(done):.2f}", dict(outcomes))  # noqa: T201
    assert sum(outcomes.values()) == clients * number
    codes = {outcome.partition(": ")[2] for outcome in outcomes} - {""}
    assert codes <= CONFLICTS
    check()
    assert found_by_doctor(path) == []
    report = Checker(as_file(path, tmp_path / "rows.db")).run()
    assert report["ok"], report["first_fault"]
    assert report["checked"]["decisions"] >= outcomes["lead"]


@pytest.mark.parametrize("beside", [4000, pytest.param(20_000, marks=pytest.mark.stress)])
def test_a_terminal_works_beside_a_file(
    tmp_path: Path, race: Race, ask: Ask, check: Callable[[], None], beside: int
) -> None:
    file = lead_file(tmp_path, "Bulk", beside)
    result, terminal = race(("file", file), ("leads", beside // 4, "Terminal"))
    print(describe_waits([terminal]))  # noqa: T201
    assert result["accepted"] == beside
    assert terminal["max"] < 5, "it was never locked out"
    assert ask("SELECT count(*) FROM new_customer") == [(beside + beside // 4,)]
    check()


def test_one_of_two_concurrent_claims_wins_and_the_other_names_the_winner(
    path: Path, race: Race, ask: Ask
) -> None:
    only_agent_5(path)
    race(("leads", 30, "Contested"))
    first, second = race(("claim", 5, 30), ("claim", 5, 30))
    for pair in zip(first["codes"], second["codes"], strict=True):
        assert sorted(pair) == ["already_claimed", "done"]
    assert all("claimed booking" in message for message in first["messages"] + second["messages"])
    assert ask("SELECT count(*), count(DISTINCT booking_id) FROM events WHERE command = 'booking.claim'") == [
        (30, 30)
    ]
    assert ask("SELECT DISTINCT version FROM bookings") == [(2,)]


@pytest.mark.parametrize("number", [200, pytest.param(2000, marks=pytest.mark.stress)])
def test_eight_processes_claim_the_same_bookings_for_random_agents(
    path: Path, race: Race, ask: Ask, check: Callable[[], None], number: int
) -> None:
    """The first one gets it, by a pull or as the holder; the others are refused."""
    race(("leads", number, "Contested"))
    desk = open_desk(path)
    configuration.set_value(desk, "pull", "on")
    desk.close()
    results = race(*[("scramble", 5, number, seed) for seed in range(8)])
    outcomes: Counter[str] = sum((Counter(result["outcomes"]) for result in results), Counter())
    assert outcomes["done"] == number
    assert sum(outcomes.values()) == 8 * number
    assert set(outcomes) <= {"done", "not_the_holder", "already_claimed"}
    assert ask("SELECT count(*) FROM bookings WHERE claimed_at IS NULL") == [(0,)]
    assert ask("SELECT sum(load) FROM space_travel_agents") == [(number,)]
    check()


def test_eight_terminals_sweep_and_each_claim_is_asked_about_once(
    path: Path, race: Race, ask: Ask, check: Callable[[], None]
) -> None:
    race(("leads", 30, "Silent"))
    desk = open_desk(path)
    with desk.reading():
        rows = queries.list_bookings(queries.BookingFilter())
    for row in rows:
        bookings.claim(desk, row["booking_id"], row["agent_id"] or 0)
    with desk.transaction():
        Booking.update(progress_at="2000-01-01 00:00:00").execute()
    desk.close()
    results = race(*[("sweeps", 4) for _ in range(8)])
    assert sum(result["done"].get("asked", 0) for result in results) == 30
    assert ask("SELECT count(*) FROM events WHERE command = 'booking.ask' AND actor = 'sweeper'") == [(30,)]
    check()


def test_concurrent_claims_and_reassignments_run_one_after_the_other(
    path: Path, race: Race, ask: Ask, check: Callable[[], None]
) -> None:
    only_agent_5(path)
    race(("leads", 30, "Contested"))
    desk = open_desk(path)
    agents.come_back(desk, 1)
    desk.close()
    claims, _ = race(("claim", 5, 30), ("reassign", 1, 30))
    assert set(claims["codes"]) <= {"done", "not_the_holder"}
    assert ask("SELECT DISTINCT agent_id, claimed_at FROM bookings") == [(1, None)]
    check()


@pytest.mark.parametrize("number", [15, pytest.param(100, marks=pytest.mark.stress)])
def test_short_commands_never_find_the_file_locked(
    race: Race, ask: Ask, check: Callable[[], None], number: int
) -> None:
    """The last one to close the file merges its log while others are opening it."""
    race(*[("visits", number, f"Visitor {visitor}") for visitor in range(6)])
    assert ask("SELECT count(*) FROM new_customer") == [(6 * number,)]
    check()


@pytest.mark.parametrize("number", [150, pytest.param(1500, marks=pytest.mark.stress)])
def test_a_busy_desk_never_seems_to_drift(race: Race, number: int) -> None:
    """Bookings and loads read at two moments would not agree."""
    race(("leads", 20, "First"))
    race(("mixed", number, 1), ("mixed", number, 2), ("watch", number // 7))


def test_one_request_id_from_eight_processes_is_one_lead(
    race: Race, ask: Ask, check: Callable[[], None]
) -> None:
    results = race(*[("request", "the same") for _ in range(8)])
    assert all(result == results[0] for result in results)
    assert ask("SELECT count(*) FROM new_customer") == [(1,)]
    assert ask("SELECT count(*) FROM events WHERE request_id = 'the same'") == [(1,)]
    check()


# -- kill -9


@pytest.mark.parametrize(
    "kills", [(3, 17, 31), pytest.param(tuple(range(1, 60, 3)), marks=pytest.mark.stress)]
)
def test_a_killed_batch_is_completed_by_the_same_requests(
    start: Callable[..., Any], ask: Ask, check: Callable[[], None], kills: tuple[int, ...]
) -> None:
    """Killed during a commit or half-way through a batch: the rerun adds exactly the rest."""
    for kill_at in kills:
        worker = start("batch", 60, 7)
        while worker.read() < kill_at:
            pass
        worker.kill()
        count = ask("SELECT count(*) FROM new_customer")[0][0]
        assert count % 7 == 0 or count == 60, "a batch is written whole or not at all"
        check()
    start("batch", 60, 7).result()
    assert ask("SELECT count(*), count(DISTINCT customer_name) FROM new_customer") == [(60, 60)]
    assert ask("SELECT count(*) FROM events WHERE request_id LIKE 'line:%'") == [(60,)]
    check()


def test_a_killed_file_is_completed_by_the_same_command(
    tmp_path: Path, start: Callable[..., Any], ask: Ask, check: Callable[[], None]
) -> None:
    lines = 4000  # many commits, however fast the machine
    file = lead_file(tmp_path, "Killed", lines)
    worker = start("file", file)
    for _ in range(2):
        assert worker.read()[0] > 0
    worker.kill()
    before = ask("SELECT count(*) FROM new_customer")[0][0]
    assert 0 < before < lines
    result = start("file", file).result()
    assert (result["accepted"], result["rejected"], result["repeated"]) == (lines, [], before)
    assert ask("SELECT count(*), count(DISTINCT customer_name) FROM new_customer") == [(lines, lines)]
    check()


def test_a_file_is_taken_in_while_other_processes_are_killed(
    tmp_path: Path, start: Callable[..., Any], ask: Ask, check: Callable[[], None]
) -> None:
    first = start("file", lead_file(tmp_path, "Survivor", 1000))
    for number in range(4):
        victim = start("batch", 1000, 5)
        while victim.read() < 8 + number:
            pass
        victim.kill()
    assert first.result()["accepted"] == 1000
    assert ask("SELECT count(*) FROM new_customer WHERE customer_name LIKE 'Survivor%'") == [(1000,)]
    check()
