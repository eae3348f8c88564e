"""``astra booking``, ``why``, ``log`` and ``undo``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.astra_tui.conftest import Run, check_refused, words
from tests.by_hand import rows_of

PROMISED = {
    *("booking_id", "assignment_id", "customer_name", "agent_id", "destination"),
    *("launch_location", "status", "claimed_at", "version"),
}
QUOTE = ("--package", "Luxury Dome Stay", "--destination-revenue", "1200.50", "--package-revenue", "80")


def test_a_row_has_the_documented_keys(booked: Run) -> None:
    (row,) = booked("booking", "list", "--json").json
    assert row.keys() >= PROMISED
    assert (row["customer_name"], row["agent_id"], row["claimed_at"]) == ("Kate Nguyen", 2, None)


def test_a_change_prints_the_booking_as_it_is_afterwards(booked: Run) -> None:
    claimed = booked("booking", "claim", 1, "--agent", 2, "--json").json
    assert claimed == booked("booking", "list", "--json").json[0]
    assert claimed["claimed_at"]
    assert booked("booking", "release", 1, "--json").json["claimed_at"] is None


def test_text_output_is_one_line(booked: Run) -> None:
    ended = booked("booking", "claim", 1, "--agent", 2)
    assert ended.out == "Booking 1: Kate Nguyen, Mars, Pending, claimed, Grace Hopper (2)\n"


def test_a_listing_reads_as_on_screen_and_json_is_raw(booked: Run) -> None:
    assert "Pending, unclaimed" in booked("booking", "list").out
    assert "Pending, unclaimed" in booked("booking", "show", 1).out
    row = booked("booking", "list", "--json").json[0]
    assert (row["status"], "due" in row, "next" in row) == ("Pending", False, False)


def test_confirm_and_reopen(booked: Run) -> None:
    row = booked("booking", "confirm", 1, *QUOTE, "--json").json
    assert (row["status"], row["total_revenue"], row["claimed_at"]) == (
        "Confirmed",
        1280.5,
        row["completed_at"],
    )
    assert booked("agent", "show", 2, "--json").json["load"] == 0
    row = booked("booking", "reopen", 1, "--json").json
    assert (row["status"], row["package"], row["agent_id"]) == ("Pending", "Luxury Dome Stay", 2)


def test_cancel_contact_note_and_rate_are_in_the_history(booked: Run) -> None:
    assert booked("booking", "show", 1, "--json").json["next_action"] == "claim"
    booked("booking", "contact", 1, "--outcome", "reached")
    booked("booking", "note", 1, "--text", "wants\ntwo windows")
    booked("booking", "cancel", 1, "--reason", "too far")
    booked("booking", "rate", 1, "--score", 4)
    row = booked("booking", "show", 1, "--json").json
    told = ["lead.add", "booking.contact", "booking.note", "booking.cancel", "booking.rate"]
    assert [event["command"] for event in row["history"]] == told
    assert (row["status"], row["cancel_reason"], row["score"]) == ("Cancelled", "too far", 4)
    assert row["next_action"] is None
    shown = booked("booking", "show", 1).out
    assert "kim  added a note to 1 (Kate Nguyen): wants\\ntwo windows" in shown


def test_reassign_and_decline_change_the_agent(booked: Run) -> None:
    assert (
        booked("booking", "reassign", 1, "--to", 1, "--reason", "speaks Martian", "--json").json["agent_id"]
        == 1
    )
    assert booked("booking", "decline", 1, "--reason", "on leave", "--json").json["agent_id"] == 2
    assert booked("booking", "decline", 1, "--reason", "too", "--json").json["agent_id"] is None
    assert len(booked("booking", "list", "--waiting", "--json").json) == 1


def test_edit_changes_only_the_given_fields(booked: Run) -> None:
    row = booked("booking", "edit", 1, "--name", "Kate Ng", "--destination", "Venus", "--json").json
    assert (row["customer_name"], row["destination"], row["method"]) == ("Kate Ng", "Venus", "Text")


@pytest.mark.parametrize("status", ["Pending", "pending", "PENDING", " pEnDiNg "])
def test_a_status_is_accepted_in_any_case(booked: Run, status: str) -> None:
    assert len(booked("booking", "list", "--status", status, "--json").json) == 1


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--status", "confirmed"], 0),
        (["--agent", "2"], 1),
        (["--agent", "1"], 0),
        (["--destination", "mars"], 1),
        (["--destination", "Venus"], 0),
        (["--unclaimed"], 1),
        (["--waiting"], 0),
        (["--text", "nguy"], 1),
        (["--text", "nobody"], 0),
        (["--limit", "0"], 0),
        (["--sort", "customer", "--ascending"], 1),
    ],
    ids=words,
)
def test_filters(booked: Run, filters: list[str], found: int) -> None:
    assert len(booked("booking", "list", *filters, "--json").json) == found


@pytest.mark.parametrize(
    ("filters", "code", "word"),
    [
        (["--status", "open"], 2, "Pending, Confirmed, Cancelled"),
        (["--destination", "Moon"], 2, "Europa, Ganymede, Mars"),
        (["--sort", "beauty"], 2, "changed, id"),
        (["--agent", "77"], 1, "astra agent list"),
    ],
    ids=words,
)
def test_an_invalid_filter_names_the_accepted_values(
    booked: Run, filters: list[str], code: int, word: str
) -> None:
    ended = booked("booking", "list", *filters, "--json")
    assert ended.code == code
    assert word in ended.error["hint"]


def test_order_and_limit(booked: Run, add_lead: Callable[..., Any]) -> None:
    add_lead("Ann Able")
    ids = [row["booking_id"] for row in booked("booking", "list", "--sort", "id", "--json").json]
    assert ids == [2, 1]
    (row,) = booked("booking", "list", "--sort", "customer", "--ascending", "--limit", 1, "--json").json
    assert row["customer_name"] == "Ann Able"


def test_why_gives_the_reason_and_the_runners_up(booked: Run) -> None:
    row = booked("why", 1, "--json").json
    assert (row["agent_id"], row["policy"]) == (2, "rank")
    assert [candidate["agent_id"] for candidate in (row["winner"], *row["next"])] == [2, 1]
    told = booked("why", 1).out
    assert "most years (9)" in told
    assert "Ada Byron" in told


def test_log_shows_who_did_what(booked: Run) -> None:
    booked("booking", "claim", 1, "--agent", 2, "--as", "lee")
    assert [event["command"] for event in booked("log", "--json").json] == [
        *("booking.claim", "lead.add", "agent.add", "agent.add")
    ]
    assert [event["actor"] for event in booked("log", "--booking", 1, "--json").json] == ["lee", "kim"]
    assert len(booked("log", "--actor", "lee", "--json").json) == 1
    assert len(booked("log", "--limit", 2, "--json").json) == 2
    assert re.search(r"lee \(\S+\) +claimed 1 \(Kate Nguyen\) for Grace Hopper", booked("log").out)
    assert booked("log", "--booking", 9).code == 1


def test_undo_reverses_the_actors_last_command_or_the_named_one(booked: Run) -> None:
    booked("booking", "claim", 1, "--agent", 2)
    booked("destination", "add", "Io", "--as", "lee")
    undone = booked("undo", "--json").json
    assert (undone["command"], undone["booking"]["claimed_at"]) == ("booking.claim", None)
    lead_event = booked("log", "--booking", 1, "--json").json[-1]["event_id"]
    assert (
        booked("undo", lead_event).out
        == f"Undone: the addition of booking 1 (Kate Nguyen) (event {lead_event})\n"
    )
    ended = booked("undo", lead_event, "--json")
    assert (ended.code, ended.error["code"]) == (1, "already_undone")


def test_a_dry_run_says_what_would_be_undone_and_writes_nothing(booked: Run) -> None:
    logged = booked("log", "--json").out
    shown = booked("undo", "--dry-run").out
    assert shown.startswith("Would undo: the addition of booking 1 (Kate Nguyen) (event ")
    assert booked("undo", "--dry-run", "--json").json["rows"] == ["booking 1"]
    assert booked("log", "--json").out == logged
    booked("undo")
    assert booked("redo", "--dry-run").out.startswith(
        "Would redo: the addition of booking 1 (Kate Nguyen) (event "
    )


def test_an_undo_of_several_says_what_stays_and_why(booked: Run, add_lead: Callable[..., Any]) -> None:
    add_lead()
    booked("booking", "cancel", "1,2", "--reason", "mistake")
    number = booked("log", "--json").json[0]["event_id"]
    booked("booking", "reopen", 1, "--as", "lee")
    by = f"by event {number + 1}, booking.reopen of lee"
    why = f"Booking 1 stays: booking 1 has changed since event {number} {by}"
    would, *stays = booked("undo", "--dry-run").out.splitlines()
    assert would.startswith("Would undo: the cancellation of booking 2; booking 1 stays (event")
    assert stays == [why]
    assert booked("undo", "--dry-run", "--json").json["refused"][0]["error"]["hint"] == (
        "undo the later command first; astra log shows it"
    )
    assert booked("undo").out == f"Undone: the cancellation of 1 booking (event {number})\n{why}\n"


def test_redo_does_the_undone_again(booked: Run) -> None:
    booked("booking", "claim", 1, "--agent", 2)
    booked("undo")
    booked("undo")
    assert booked("redo").out == "Redone: the addition of booking 1 (Kate Nguyen) (event 6)\n"
    redone = booked("redo", "--json").json
    assert (redone["redone"], redone["command"]) == (True, "booking.claim")
    assert redone["booking"]["claimed_at"]
    log = booked("log", "--booking", 1).out
    assert "redid the claim on 1 (Kate Nguyen) for Grace Hopper (event 5)" in log
    assert "undid the claim on 1 (Kate Nguyen) for Grace Hopper (event 4, redone by event 8)" in log
    ended = booked("redo", "--json")
    assert (ended.code, ended.error["code"]) == (1, "nothing_to_redo")
    assert booked("log", "--undone", "--json").code == 0


@pytest.mark.parametrize(
    ("verb", "arguments", "code", "exit_code"),
    [
        ("claim", ["--agent", "2"], "not_found", 1),
        ("confirm", [], "not_found", 1),
        ("cancel", ["--reason", "x"], "not_found", 1),
        ("note", ["--text", "x"], "not_found", 1),
        ("edit", ["--name", "x"], "not_found", 1),
        ("rate", ["--score", "5"], "not_found", 1),
        ("show", [], "not_found", 1),
    ],
)
def test_a_booking_that_does_not_exist(
    booked: Run, path: Path, verb: str, arguments: list[str], code: str, exit_code: int
) -> None:
    before = rows_of(path)
    ended = booked("booking", verb, 77, *arguments, "--json")
    assert (ended.code, ended.error["code"]) == (exit_code, code)
    assert "77" in ended.error["message"]
    assert rows_of(path) == before


@pytest.mark.parametrize(
    ("arguments", "exit_code", "named"),
    [
        (["claim", "1", "--agent", "77"], 1, "77"),
        (["claim", "1", "--agent", "1"], 1, "Ada Byron"),
        (["release", "1"], 1, "not claimed"),
        (["reopen", "1"], 1, "Pending"),
        (["rate", "1", "--score", "5"], 1, "not finished"),
        (["rate", "1", "--score", "6"], 2, "'6'"),
        (["rate", "1", "--score", "good"], 2, "'good'"),
        (["reassign", "1", "--to", "2", "--reason", "x"], 1, "already"),
        (["reassign", "1", "--to", "1", "--reason", " "], 2, "reason"),
        (["contact", "1", "--outcome", "perhaps"], 2, "perhaps"),
        (["note", "1", "--text", "\x1b[2J"], 2, "U+001B"),
        (["note", "1", "--text", ""], 2, "text"),
        (["cancel", "1", "--reason", "x" * 10_001], 2, "10,001"),
        (["confirm", "1"], 2, "--package and --destination-revenue"),
        (["confirm", "1", "--package", "Moon Picnic"], 2, "Moon Picnic"),
        (["edit", "1"], 2, "nothing to change"),
        (["edit", "1", "--email", "nobody"], 2, "'nobody'"),
        (["edit", "1", "--phone", "call me"], 2, "'call me'"),
    ],
    ids=words,
)
def test_impossible_commands_are_refused_and_change_nothing(
    booked: Run, path: Path, arguments: list[str], exit_code: int, named: str
) -> None:
    check_refused(booked, path, ["booking", *arguments], exit_code, named)


@pytest.mark.parametrize(
    "amount", ["-1", "nan", "inf", "1e12", "1e999999", "0.001", "much", "", "1,00", "1.234"]
)
def test_an_amount_that_is_not_money_is_refused(booked: Run, path: Path, amount: str) -> None:
    before = rows_of(path)
    revenue = ("--destination-revenue", amount, "--package-revenue", "1")
    ended = booked("booking", "confirm", 1, "--package", "Luxury Dome Stay", *revenue, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_destination_revenue")
    assert ended.error["hint"]
    assert rows_of(path) == before


def test_amounts_are_typed_as_people_write_them_and_shown_in_the_currency(booked: Run) -> None:
    revenue = ("--destination-revenue", "150k", "--package-revenue", "25,000")
    booked("booking", "confirm", 1, "--package", "Luxury Dome Stay", *revenue)
    assert booked("booking", "show", 1, "--json").json["total_revenue"] == 175_000.0
    for currency, shown in (("USD", "175,000.00 USD"), ("€", "€175,000.00"), ("off", "175,000.00")):
        booked("set", "currency", currency)
        lines = booked("booking", "show", 1).out.splitlines()
        assert [line.split("  ")[-1].strip() for line in lines if line.startswith("total revenue")] == [shown]
    found = booked("booking", "list", "--filter", "revenue>=150k revenue<1.2m", "--json").json
    assert [row["booking_id"] for row in found] == [1]


def test_a_closed_booking_is_not_closed_twice(booked: Run, path: Path) -> None:
    booked("booking", "cancel", 1, "--reason", "too far")
    before = rows_of(path)
    for verb in (["confirm", 1, *QUOTE], ["cancel", 1, "--reason", "x"], ["claim", 1, "--agent", 2]):
        ended = booked("booking", *verb, "--json")
        assert (ended.code, ended.error["code"]) == (1, "not_pending")
    assert rows_of(path) == before
