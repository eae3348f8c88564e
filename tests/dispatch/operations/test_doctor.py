"""The doctor finds what a bad disk, another program or a hand can do to a desk, and names the rows."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dispatch.assignment.policies import POLICIES
from dispatch.desk.desk import Desk
from dispatch.operations import doctor
from dispatch.operations.integrity import history
from dispatch.service.escalation import triggers
from models.errors import DatabaseUnavailable
from models.inspection import conditions
from models.sqlite.checkup import sqlite_itself
from tests.dispatch.operations.conftest import examined

Break = Callable[..., Path]


def test_a_busy_desk_is_sound(broken: Break) -> None:
    assert examined(broken()) == {}


WOUNDS: dict[str, list[tuple[str, str, str]]] = {
    "schema": [
        ("DROP TRIGGER events_stay", "schema", "trigger events_stay is missing"),
        ("DROP INDEX events_request", "schema", "index events_request is missing"),
        ("DROP INDEX bookings_agent", "schema", "index bookings_agent is missing"),
        (
            "DROP VIEW agents_here; CREATE VIEW agents_here AS SELECT 1",
            "schema",
            "view agents_here is different",
        ),
        (
            "CREATE TRIGGER spy AFTER INSERT ON bookings BEGIN SELECT 1; END",
            "schema",
            "trigger spy is unknown",
        ),
        ("CREATE TABLE notes (text)", "schema", "table notes is unknown"),
        ("ALTER TABLE customers ADD COLUMN mood TEXT", "schema", "table customers is different"),
    ],
    "lost tables": [
        ("DROP TABLE sla_warnings", "schema", "table sla_warnings is missing"),
        ("DROP VIEW bookings_in_wait", "schema", "view bookings_in_wait is missing"),
        ("ALTER TABLE surveys DROP COLUMN comment", "schema", "table surveys is different"),
        ("ALTER TABLE decisions RENAME COLUMN reason TO why", "values", "decisions cannot be checked"),
    ],
    "types": [
        (
            "UPDATE space_travel_agents SET load = 'many' WHERE agent_id = 7",
            "types",
            "space_travel_agents 7: load",
        ),
        (
            "UPDATE bookings SET package_revenue_cents = 1.5 WHERE booking_id = 30",
            "types",
            "bookings 30: package",
        ),
        ("UPDATE sla_clocks SET allowed_s = x'00' WHERE clock_id = 2", "types", "sla_clocks 2: allowed_s"),
        (
            "UPDATE issues SET priority = 7 WHERE issue_id = 3",
            "types",
            "issues 3: not priority BETWEEN 1 AND 5",
        ),
        ("UPDATE customers SET name = '' WHERE customer_id = 21", "types", "customers 21: not length(name)"),
        ("UPDATE customers SET tier = 'tin' WHERE customer_id = 22", "types", "customers 22: not tier IN"),
        (
            "UPDATE bookings SET cancelled_at = '2082-01-01 00:00:00' WHERE status = 'Pending'",
            "types",
            " more: not",
        ),
        ("UPDATE launch_locations SET name = NULL WHERE name LIKE 'Tokyo%'", "types", "name is not text"),
    ],
    "times": [
        (
            "UPDATE bookings SET changed_at = 'yesterday' WHERE booking_id = 17",
            "values",
            "bookings 17: changed_at",
        ),
        (
            "UPDATE new_customer SET received_at = '' WHERE lead_id = 18",
            "values",
            "new_customer 18: received_at",
        ),
        (
            "UPDATE customers SET created_at = '2082-02-30 00:00:00' WHERE customer_id = 5",
            "values",
            "customers 5: crea",
        ),
        (
            "UPDATE bookings SET created_at = '2090-01-01 00:00:00' WHERE booking_id = 40",
            "bookings",
            "bookings 18, 40",
        ),
        ("UPDATE issues SET opened_at = '12:00' WHERE issue_id = 4", "values", "issues 4: opened_at"),
        (
            "UPDATE surveys SET asked_at = '2082-01-01T00:00:00' WHERE survey_id = 2",
            "values",
            "surveys 2: asked_at",
        ),
        (
            "UPDATE bookings SET completed_at = '2081-01-01 00:00:00' WHERE booking_id = 66",
            "values",
            "40, 66: dates are impossible",
        ),
        (
            "UPDATE sla_warnings SET at = '2081-01-01 00:00:00' WHERE warning_id = 6",
            "issues",
            "warnings 6: given before",
        ),
    ],
    "values": [
        (
            "UPDATE space_travel_agents SET presence = 'asleep' WHERE agent_id = 6",
            "values",
            "agents 6: presence",
        ),
        ("UPDATE space_travel_agents SET hours = 'late' WHERE agent_id = 5", "values", "shift hours: 5"),
        (
            "UPDATE space_travel_agents SET skills = 'Mars;Io' WHERE agent_id = 9",
            "values",
            "agents 9: skills",
        ),
        (
            "UPDATE space_travel_agents SET languages = '[1]' WHERE agent_id = 9",
            "values",
            "agents 9: languages",
        ),
        (
            "UPDATE space_travel_agents SET department = 'Post' WHERE agent_id = 2",
            "values",
            "agents 2: department",
        ),
        ("UPDATE customers SET phone = 'ring' WHERE customer_id = 50", "values", "customers 50: phone"),
        ("UPDATE customers SET email = 'A@b' WHERE customer_id = 51", "values", "customers 51: email"),
        ("UPDATE new_customer SET method = 'Fax' WHERE lead_id = 70", "values", "new_customer 70: method"),
        (
            "UPDATE bookings SET destination = 'Nowhere' WHERE booking_id = 80",
            "values",
            "bookings 80: destination",
        ),
        (
            "UPDATE bookings SET last_outcome = 'maybe' WHERE booking_id = 81",
            "values",
            "bookings 81: last_outcome",
        ),
        ("UPDATE bookings SET score = 5 WHERE booking_id = 82", "values", "bookings 82: a score without"),
        ("UPDATE issues SET sentiment = '{}' WHERE issue_id = 2", "values", "issues 2: sentiment"),
        ("UPDATE issues SET category = 'gossip' WHERE issue_id = 5", "values", "issues 5: category"),
        ("UPDATE escalations SET steps = '[' WHERE escalation_id = 1", "values", "escalations 1: steps"),
        (
            "UPDATE new_customer SET customer_name = char(27) || ']0;x' WHERE lead_id = 90",
            "values",
            "new_customer 90",
        ),
        ("UPDATE decisions SET candidates = '' WHERE decision_id = 3", "values", "decisions 3: candidates"),
        (
            "INSERT INTO learned_weights_table VALUES"
            " (1, 'trained', '2082-01-01 00:00:00', 1, NULL, NULL, 1, '{oh', '{}', '{}')",
            "values",
            "unreadable versions of weights: 1",
        ),
        (
            "UPDATE round_robin_pointers SET agent_id = 999 WHERE pointer_id = 1",
            "values",
            "round_robin_pointers 1: points to an agent",
        ),
    ],
    "bookings": [
        (
            "UPDATE bookings SET assignment_id = NULL WHERE booking_id = 100",
            "values",
            "bookings 100: with an agent but no assignment",
        ),
        (
            "UPDATE bookings SET assignment_id = 3 WHERE booking_id = 110",
            "bookings",
            "bookings 110, 120: the assignment",
        ),
        (
            "UPDATE bookings SET package = 'Ringside Cruise' WHERE booking_id = 413",
            "values",
            "bookings 413: package",
        ),
        (
            "UPDATE bookings SET destination_revenue_cents = 5 WHERE status = 'Confirmed'",
            "tallies",
            "wrong: all of",
        ),
        ("UPDATE bookings SET lead_id = 99999 WHERE booking_id = 120", "references", "row 120 of bookings"),
        (
            "UPDATE assignment_history SET agent_id = 998 WHERE assignment_id = 12",
            "references",
            "row 12 of assignment",
        ),
        (
            "UPDATE assignment_history SET source = 'Bought' WHERE source = 'Organic'",
            "bookings",
            "method or source",
        ),
        ("DELETE FROM bookings WHERE booking_id = 130", "origins", "missing: booking 130"),
        ("DELETE FROM bookings WHERE booking_id = 420", "origins", ", booking 420"),
        ("DELETE FROM decisions WHERE decision_id = 4", "numbers", "decisions 4: missing"),
    ],
    "customers": [
        ("UPDATE customers SET merged_into = 12 WHERE customer_id = 12", "customers", "customers 12"),
        (
            "UPDATE customers SET merged_into = customer_id + 1 WHERE customer_id IN (30, 31)",
            "customers",
            "30, 31",
        ),
        (
            "UPDATE customers SET merged_into = 30 WHERE customer_id = 32",
            "customers",
            "30, 31, 32: merged in a circle",
        ),
        ("UPDATE new_customer SET customer_id = 461 WHERE lead_id = 1", "customers", "of a merged customer"),
        ("DELETE FROM customers WHERE customer_id = 77", "numbers", "customers 77: missing"),
        ("DELETE FROM new_customer WHERE lead_id = 78", "numbers", "new_customer 78: missing"),
        ("UPDATE customer_search SET words = 'zz' WHERE rowid = 15", "search", "15"),
    ],
    "agents": [
        ("UPDATE space_travel_agents SET load = 0", "loads", "wrong: agent 1 has load 0"),
        (
            "UPDATE space_travel_agents SET issue_load = issue_load + 1 WHERE agent_id = 6",
            "issue loads",
            "agent 6 has",
        ),
        ("UPDATE space_travel_agents SET rating = 1.0 WHERE agent_id = 7", "ratings", "agent 7 has 1.0"),
        ("UPDATE space_travel_agents SET score_count = 40 WHERE agent_id = 10", "ratings", "agent 10 has"),
        (
            "UPDATE space_travel_agents SET left_at = '2082-03-01 00:00:00' WHERE agent_id = 11",
            "agents",
            "agents 11",
        ),
        ("DELETE FROM match_tallies WHERE agent_id = 3", "tallies", "of agent 3"),
        (
            "INSERT INTO space_travel_agents (agent_id, first_name, last_name, job_title, department, load,"
            " capacity, years_of_service, rating, prior_rating, prior_answers, score_sum, score_count,"
            " presence)"
            " SELECT 99, first_name, last_name, job_title, department, 0, 10, 1, 4, 4, 20, 0, 0, 'available'"
            " FROM space_travel_agents WHERE agent_id = 1",
            "origins",
            "1 rows of space_travel_agents have no event",
        ),
    ],
    "issues": [
        ("DELETE FROM sla_clocks WHERE clock_id = 1", "issues", "issues 1: not one clock of each kind"),
        (
            "UPDATE sla_clocks SET due_at = '2099-01-01 00:00:00' WHERE clock_id = 22",
            "clocks",
            "resolution of issue 11",
        ),
        ("DELETE FROM issue_watch WHERE issue_id = 8", "issues", "issues 8: never checked again"),
        ("UPDATE issue_watch SET next_check_at = NULL WHERE issue_id = 9", "watch", "9"),
        ("DELETE FROM interactions WHERE interaction_id = 5", "numbers", "interactions 5: missing"),
        (
            "UPDATE interactions SET status_from = 'closed' WHERE interaction_id = 1",
            "issues",
            "interactions 1: out of",
        ),
        ("UPDATE surveys SET agent_id = 29 WHERE survey_id = 1", "issues", "surveys 1: about an agent"),
        (
            "UPDATE escalations SET closed_at = NULL, close_reason = NULL WHERE escalation_id = 2",
            "issues",
            "open, though",
        ),
        (
            "UPDATE issues SET status = 'pending_customer' WHERE status = 'in_progress'",
            "issues",
            "the status differs",
        ),
    ],
    "events": [
        ("DELETE FROM events WHERE event_id = 62", "numbers", "events 62: missing"),
        ("UPDATE events SET actor = 'somebody else' WHERE event_id = 32", "log", "log lines 32"),
        ("UPDATE events SET after = '{broken' WHERE event_id = 54", "events", "unreadable: 54"),
        ("UPDATE events SET command = 'redo' WHERE command = 'undo'", "log", "a redo of another"),
        ("UPDATE events SET at = 'noon' WHERE event_id = 55", "values", "events 55: at is no time"),
        ("DELETE FROM events_log WHERE event_id = 22", "log", "events 22: without their line"),
        ("DELETE FROM event_bookings", "events", "their bookings are not those they changed"),
        ("UPDATE bookings SET claimed_at = NULL WHERE booking_id = 413", "history", "booking 413 claimed_at"),
        ("UPDATE bookings SET score = 2 WHERE booking_id = 417", "history", "booking 417 score"),
        ("UPDATE bookings SET voided = 1 WHERE status = 'Cancelled'", "history", "voided (no event)"),
        (
            "UPDATE customers SET merged_into = NULL WHERE customer_id = 461",
            "history",
            "customer 461 merged_into",
        ),
    ],
    "settings": [
        ("UPDATE settings SET value = 'nonsense' WHERE key = 'policy'", "settings", "policy is 'nonsense'"),
        ("DELETE FROM settings WHERE key = 'year_shift'", "settings", "year_shift is missing"),
    ],
    "year shift": [
        ("UPDATE settings SET value = '0' WHERE key = 'year_shift'", "settings", "year_shift is 0")
    ],
    "texts": [
        ("REPLACE INTO wish_search (rowid, words) VALUES (16, 'zz')", "search", "wishes not found by their"),
        (
            "REPLACE INTO note_search (rowid, words) VALUES (9, 'zz')",
            "search",
            "notes not found by their words",
        ),
    ],
    "emptied index": [("DELETE FROM customer_search", "search", "the index of customers was emptied")],
    "lowered schema": [
        ("PRAGMA user_version = 7", "refused", "claims schema 7, but its tables are of schema")
    ],
    "no settings": [("DELETE FROM settings", "refused", "the settings have no settings_version")],
    "odd version": [
        (
            "UPDATE settings SET value = 'x' WHERE key = 'settings_version'",
            "refused",
            "have no settings_version",
        )
    ],
    "not text": [
        ("UPDATE match_tallies SET value = x'ff' WHERE agent_id = 2 AND kind = 'all'", "tallies", "")
    ],
}
"""What was done, the check that finds it, and its words: independent of each other within a kind."""


@pytest.mark.parametrize("kind", WOUNDS)
def test_every_wound_is_found(broken: Break, kind: str) -> None:
    wounds = WOUNDS[kind]
    found = examined(broken("; ".join(sql for sql, _, _ in wounds), keeps_triggers=kind == "schema"))
    missed = [(sql, found.get(check)) for sql, check, words in wounds if words not in found.get(check, "-")]
    assert not missed


def test_the_doctor_knows_every_policy_and_trigger() -> None:
    """It reads below the rules that define them."""
    assert set(conditions.DECIDED_BY) == {*POLICIES, "by hand", "pull", "shuffle"}
    assert conditions.TRIGGERS == triggers.TRIGGERS


def test_the_last_event_is_missed(broken: Break) -> None:
    """It leaves no gap in the numbers, but rows that it had changed."""
    last = "SELECT max(event_id) FROM events"
    found = examined(
        broken(
            f"DELETE FROM event_bookings WHERE event_id = ({last}); DELETE FROM events"
            f" WHERE event_id = ({last})"
        )
    )
    assert "booking" in found["history"]


def test_a_large_desk_is_compared_with_its_events_in_parts(
    broken: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "WINDOW", 50)
    assert examined(broken()) == {}
    changed = broken(
        "UPDATE bookings SET claimed_at = NULL WHERE booking_id = 413; UPDATE bookings SET"
        " follow_up_at = changed_at WHERE booking_id = 414"
    )
    found = examined(changed)["history"]
    assert "booking 413 claimed_at" in found
    assert "booking 414 follow_up_at" in found


def test_at_most_ten_rows_are_named(broken: Break) -> None:
    found = examined(broken("UPDATE customers SET phone = 'x'"))
    assert "customers 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and " in found["values"]


@pytest.mark.parametrize(
    ("version", "is_faulty"), [((3, 51, 2), True), ((3, 51, 3), False), ((3, 6, 9), False)]
)
def test_a_faulty_sqlite_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], is_faulty: bool
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    found = sqlite_itself()
    assert (bool(found.problems), found.is_warning) == (is_faulty, True)


def corrupted(path: Path, seed: int) -> Path:
    """Overwrite one page of a file, in a way that follows from the seed."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    with path.open("r+b") as file:
        file.seek(size * chance.randrange(pages) + chance.choice((0, 0, size // 2)))
        file.write(chance.choice((bytes(size // 2), chance.randbytes(size // 2), b"\xff" * 16)))
    return path


@pytest.mark.parametrize("seed", range(12))
def test_a_broken_page_is_told_in_words(broken: Break, seed: int) -> None:
    examined(corrupted(broken(), seed))


def test_a_row_that_claims_to_be_endless_is_a_damaged_desk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless() -> None:
        raise MemoryError

    with pytest.raises(DatabaseUnavailable, match="is damaged"), desk.reading():
        endless()
    monkeypatch.setattr("dispatch.operations.integrity.derived.loads", endless)
    with desk.reading():
        checks = {row["check"]: row["detail"] for row in doctor.examine(desk)["checks"]}
    assert checks["loads"] == "cannot be checked: a row is longer than the memory"


@pytest.mark.stress
@pytest.mark.parametrize("seed", range(12, 212))
def test_any_broken_page_is_told_in_words(broken: Break, seed: int) -> None:
    examined(corrupted(broken(), seed))
