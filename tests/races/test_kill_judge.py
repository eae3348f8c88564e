"""The judge of killed commands finds what a kill must never leave."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.races.killing.judge import copied
from tests.races.killing.kinds import file_in
from tests.races.killing.soundness import RULES, broken_rules
from tests.races.killing.trials import Killing, Trials

MOST_KILLS = 30  # until one lands where the fault shows; usually the first or second does
NO_TRIGGERS = "DROP TRIGGER events_keep; DROP TRIGGER events_stay; DROP TRIGGER interactions_keep;"
NO_TRIGGERS += " DROP TRIGGER interactions_stay;"
LEAD_AGAIN = (
    "INSERT INTO new_customer (customer_id, customer_name, method, source, destination, launch_location,"
    " received_at) SELECT customer_id, customer_name, method, source, destination, launch_location,"
    " received_at FROM new_customer WHERE lead_id = 20;"
)
BREAKS = {
    "sla_warnings are numbered without gaps": (
        "INSERT INTO sla_warnings VALUES (5, 1, 'resolution', 50, '2082-03-01 09:00:00')"
    ),
    "an agent's load is the number of the agent's Pending bookings": (
        "UPDATE space_travel_agents SET load = load + 1 WHERE agent_id = 1"
    ),
    "an agent's issue load is the number of the agent's open issues": (
        "UPDATE space_travel_agents SET issue_load = issue_load + 1 WHERE agent_id = 1"
    ),
    "an agent's scores are those of bookings and surveys": (
        "UPDATE space_travel_agents SET score_sum = score_sum + 1 WHERE agent_id = 1"
    ),
    "every booking has its lead, and every lead its customer": (
        "UPDATE new_customer SET customer_id = 999 WHERE lead_id = 1"
    ),
    "every customer has a lead or an issue": (
        "INSERT INTO customers (name, created_at) VALUES ('Half', '2082-03-01 09:00:00')"
    ),
    "a lead without a booking was at least given to somebody": LEAD_AGAIN,
    "every lead has its assignment, unless it waits or waited until it ended": (
        "DELETE FROM assignment_history WHERE lead_id = 1"
    ),
    "an assignment is with its booking's agent": (
        "UPDATE assignment_history SET agent_id = 6 WHERE assignment_id = 1"
    ),
    "the tallies hold what the bookings say": "DELETE FROM match_tallies WHERE kind = 'source'",
    "the tallies hold nothing else": "UPDATE match_tallies SET closed = closed + 1 WHERE kind = 'all'",
    "every issue has two clocks": "DELETE FROM sla_clocks WHERE clock_id = 1",
    "every issue is watched": "DELETE FROM issue_watch WHERE issue_id = 1",
    "an issue's status is the last one of its conversation": (
        f"{NO_TRIGGERS} DELETE FROM interactions WHERE status_to = 'closed'"
    ),
    "the log has the blocks of events that are full, and nothing else": (
        "INSERT INTO events_log SELECT event_id, at, 'nobody', command, agent_id FROM events"
        " WHERE event_id = (SELECT max(event_id) FROM events)"
    ),
    "an event's further bookings exist": "INSERT INTO event_bookings VALUES (1, 999)",
    "every lead that was decided on came in by an event": (
        f"{NO_TRIGGERS} DELETE FROM events WHERE event_id = (SELECT max(event_id) FROM events)"
    ),
    "nobody is entered twice by one file": "UPDATE new_customer SET customer_name = 'Line 1'",
    "the settings have a version": "DELETE FROM settings WHERE key = 'settings_version'",
} | {
    f"{table} are numbered without gaps": (
        f"{NO_TRIGGERS} UPDATE {table} SET {key} = {key} + 100 WHERE {key} = 1"
    )
    for table, key in (
        ("customers", "customer_id"),
        ("new_customer", "lead_id"),
        ("decisions", "decision_id"),
        ("events", "event_id"),
        ("issues", "issue_id"),
        ("interactions", "interaction_id"),
        ("sla_clocks", "clock_id"),
        ("escalations", "escalation_id"),
        ("surveys", "survey_id"),
    )
}


def change(database: Path, sql: str) -> None:
    """Change a desk by hand, against all of its rules."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(sql)


@pytest.fixture(scope="module")
def lead(trials: Trials) -> Killing:
    return Killing(trials, "lead")


@pytest.mark.on_file
def test_a_lead_that_nobody_killed_passes(trials: Trials, lead: Killing) -> None:
    told = trials.act("lead")
    assert lead.reference.verdict(trials.folder, told) == ("after", [])
    with copied(file_in(trials.folder)) as connection:
        assert broken_rules(connection) == []


@pytest.mark.on_file
@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("DELETE FROM bookings WHERE booking_id = 20", "bookings: [] instead of [(20,"),
        (LEAD_AGAIN, "new_customer: [(21,"),
        ("UPDATE settings SET value = '2' WHERE key = 'settings_version'", "settings: ["),
        ("DROP INDEX bookings_status", "schema: [] instead of [('bookings_status'"),
        ("UPDATE bookings SET agent_id = 99 WHERE booking_id = 20", "dangling reference"),
    ],
)
def test_half_a_lead_or_two_are_found(trials: Trials, lead: Killing, sql: str, found: str) -> None:
    told = trials.act("lead")
    change(file_in(trials.folder), sql)
    state, wrong = lead.reference.verdict(trials.folder, told)
    assert state == "partly"
    assert any(found in one for one in wrong), wrong
    assert any(found in one for one in lead.reference.verdict_again(trials.folder, state, told))


def test_a_lost_lead_is_found_if_it_was_answered(trials: Trials, lead: Killing) -> None:
    told = trials.act("lead")
    trials.begin("lead")
    state, wrong = lead.reference.verdict(trials.folder, told)
    assert (state, wrong[0]) == ("before", "what was answered is lost")
    assert lead.reference.verdict(trials.folder, told | {"answered": False}) == ("before", [])


def test_a_wrong_answer_is_found(trials: Trials, lead: Killing) -> None:
    told = trials.act("lead") | {"answer": {"booking_id": 21}}
    assert lead.reference.verdict(trials.folder, told)[1][0].startswith("it answered {'booking_id': 21}")


@pytest.mark.on_file
def test_a_torn_file_and_a_stray_one_are_found(trials: Trials, lead: Killing) -> None:
    told = trials.act("lead")
    (trials.folder / "desk.db.v1.bak").touch()
    with file_in(trials.folder).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    _, wrong = lead.reference.verdict(trials.folder, told)
    assert any("malformed" in one or "Tree" in one or "page" in one for one in wrong), wrong
    assert "desk.db.v1.bak is left behind" in wrong


@pytest.fixture(scope="module")
def sound_desk(trials: Trials, tmp_path_factory: pytest.TempPathFactory) -> Path:
    trials.act("lead")
    return Path(shutil.copy(file_in(trials.folder), tmp_path_factory.mktemp("sound")))


@pytest.mark.on_file
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_a_sound_desk_can_be_broken(sound_desk: Path, tmp_path: Path, rule: str) -> None:
    database = Path(shutil.copy(sound_desk, tmp_path))
    change(database, BREAKS[rule])
    with copied(database) as connection:
        assert any(rule in one for one in broken_rules(connection))


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("in two commits", "the desk is neither as before nor as after"),
        ("answered too early", "what was answered is lost"),
        ("without a request id", "run again, it does not end as it should"),
    ],
)
def test_a_command_with_a_fault_is_found(trials: Trials, fault: str, found: str) -> None:
    killing, chance = Killing(trials, fault), Random(1)
    for _ in range(MOST_KILLS):
        killing.at_random(1, chance)
        if killing.wrong:
            break
    assert any(found in one for one in killing.wrong), killing.landed
