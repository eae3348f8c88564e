"""``astra lead add``, one lead at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.astra_tui.conftest import LEAD, Run, words
from tests.by_hand import rows_of

PROMISED = [
    "lead_id",
    "assignment_id",
    "booking_id",
    "agent_id",
    "agent_name",
    "assigned_at",
    "policy",
    "reason",
    "customer_id",
    "other_customer_id",
    "known",
    "do_not_contact",
    "priority",
    "customer_note",
]


def with_value(option: str, value: str) -> list[str]:
    """The lead with one value replaced."""
    given = dict(zip(LEAD[::2], LEAD[1::2], strict=True)) | {option: value}
    return [part for pair in given.items() for part in pair]


def test_the_result_has_the_documented_keys(staffed: Run) -> None:
    row = staffed("lead", "add", *LEAD, "--json").json
    assert list(row) == PROMISED
    assert (row["agent_id"], row["agent_name"], row["policy"]) == (2, "Grace Hopper", "rank")


def test_text_output_names_the_agent(staffed: Run) -> None:
    result = staffed("lead", "add", *LEAD).out
    assert result == "Lead 1 goes to Grace Hopper (2), booking 1: fewest bookings (0), then most years (9)\n"


def test_a_lead_that_waits_is_accepted(astra: Run) -> None:
    ended = astra("lead", "add", *LEAD, "--json")
    assert ended.code == 0
    assert (ended.json["agent_id"], ended.json["assignment_id"], ended.json["booking_id"]) == (None, None, 1)


@pytest.mark.parametrize(
    "name",
    [
        "[/]",
        "[@click=app.quit]x[/]",
        "[bold]Kate[/bold]",
        "{0} %s $(id) `id` '; --",
        "Zoë 👩‍🚀",
        "🧑🏽‍🚀",
        "שרה כהן",
        "محمد",
        "李小龍",
        "-x",
        "x" * 100,
    ],
)
def test_any_name_is_accepted_and_shown_literally(staffed: Run, name: str) -> None:
    assert staffed("lead", "add", *with_value("--name", name)).code == 0
    assert staffed("booking", "list", "--json").json[0]["customer_name"] == name
    assert name in staffed("booking", "list").out
    assert name in staffed("booking", "show", 1).out


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--name", "", "invalid_customer_name"),
        ("--name", " \t ", "invalid_customer_name"),
        ("--name", "\u200d", "invalid_customer_name"),
        ("--name", "x" * 101, "invalid_customer_name"),
        ("--name", "x" * 10_000, "invalid_customer_name"),
        ("--name", "Kate\nNguyen", "invalid_customer_name"),
        ("--name", "\x1b[31mKate\x1b[0m", "invalid_customer_name"),
        ("--name", "\x1b]0;owned\x07", "invalid_customer_name"),
        ("--name", "Kate\u202enuyugN", "invalid_customer_name"),
        ("--name", "\u2066Kate\u2069", "invalid_customer_name"),
        ("--name", "Kate\udcff", "invalid_customer_name"),
        ("--name", "Kate\x9b31m", "invalid_customer_name"),
        ("--method", "Fax", "invalid_method"),
        ("--method", "", "invalid_method"),
        ("--source", "radio", "invalid_source"),
        ("--destination", "Moon", "invalid_destination"),
        ("--launch", "\x1b[31m", "invalid_launch"),
        ("--phone", "call me", "invalid_phone"),
        ("--email", "kate", "invalid_email"),
        ("--policy", "best", "invalid_policy"),
        ("--requests", "a\x00b", "invalid_requests"),
        ("--requests", "x" * 10_001, "invalid_requests"),
    ],
)
def test_a_bad_value_is_named_and_writes_nothing(
    staffed: Run, path: Path, option: str, value: str, code: str
) -> None:
    before = rows_of(path)
    ended = staffed("lead", "add", *with_value(option, value), "--json")
    assert (ended.code, ended.error["code"]) == (2, code)
    assert ended.error["hint"]
    result = staffed("lead", "add", *with_value(option, value))
    assert result.code == 2
    assert len(result.err.splitlines()) == 2
    assert all(character.isprintable() or character == "\n" for character in result.err)
    assert rows_of(path) == before


def test_commands_take_the_words_that_files_may_use(staffed: Run) -> None:
    """`sms` was refused in a command, and taken in a file."""
    said = ["--method", "sms", "--source", "paid", "--destination", "mars", "--launch", "london"]
    assert staffed("lead", "add", "--name", "Kate Nguyen", *said).code == 0
    row = staffed("booking", "show", "1", "--json").json
    where = row["destination"], row["launch_location"]
    assert (row["method"], row["source"], *where) == ("Text", "Bought", "Mars", "London Ascension Platform")
    edited = staffed("booking", "edit", "1", "--method", "telephone", "--destination", "TITAN", "--json").json
    assert (edited["method"], edited["destination"]) == ("Phone Call", "Titan")
    for listing, found in (("method:voice", 1), ("method:sms", 0), ("from:london source:paid", 1)):
        assert len(staffed("booking", "list", "--filter", listing, "--json").json) == found
    assert staffed("booking", "edit", "1", "--launch", "d", "--json").code == 2


def test_the_accepted_values_are_named(staffed: Run) -> None:
    ended = staffed("lead", "add", *with_value("--destination", "Moon"))
    assert "'Moon'" in ended.err
    assert "Europa, Ganymede, Mars, Titan, Venus" in ended.err


@pytest.mark.parametrize(
    "extra", [["--from", "x.csv"], ["--again"], ["--run", "x"], ["--from", "-", "--customer", "1"]], ids=words
)
def test_one_lead_and_a_file_exclude_each_other(staffed: Run, extra: list[str]) -> None:
    ended = staffed("lead", "add", *LEAD, *extra, "--json")
    assert (ended.code, ended.error["code"]) == (2, "usage")


def test_a_lead_can_name_an_existing_customer(booked: Run) -> None:
    ended = booked("lead", "add", *with_value("--name", "K. Nguyen"), "--customer", 1, "--json")
    assert list(ended.json) == PROMISED
    assert [row["booking_id"] for row in booked("customer", "show", 1, "--json").json["bookings"]] == [2, 1]
    booked("lead", "add", *LEAD)  # a script is never asked: the name alone adds a new customer
    assert booked("customer", "merge", 2, 1, "--json").code == 0
    booked("lead", "add", *LEAD, "--customer", 1)
    assert len(booked("customer", "show", 2, "--json").json["bookings"]) == 4


def test_another_person_at_a_known_phone_is_said(staffed: Run) -> None:
    staffed("lead", "add", *with_value("--name", "Kim One"), "--phone", "+49 171 0000001")
    note = "new customer 2: +491710000001 is also Kim One's (customer 1)"
    lea = [*with_value("--name", "Lea Two"), "--phone", "0049 171 0000001", "--email", "lea@example.com"]
    ended = staffed("lead", "add", *lea, "--json")
    assert (ended.json["customer_note"], ended.err) == (note, f"{note}\n")
    assert [row["email"] for row in staffed("customer", "find", "Kim One", "--json").json] == [None]


def test_somebody_of_the_same_name_can_be_a_new_customer(staffed: Run) -> None:
    who = [*LEAD, "--phone", "4711"]
    staffed("lead", "add", *who)
    assert staffed("lead", "add", *who, "--new-customer", "--json").json["customer_note"] is None
    assert len(staffed("customer", "find", "4711", "--json").json) == 2
    for other in (["--customer", "1"], ["--from", "-"]):
        assert staffed("lead", "add", *other, "--new-customer", "--json").error["code"] == "usage"


def test_what_is_open_is_told_and_decided_without_a_question(staffed: Run) -> None:
    who = [*LEAD, "--phone", "4711"]
    first = staffed("lead", "add", *who, "--json").json
    assert first["known"] is None
    ended = staffed("lead", "add", *who, "--json")
    assert ended.json["known"] == {"customer_id": 1, "open": [1], "owner": first["agent_id"]}
    assert ended.json["agent_id"] == first["agent_id"]
    assert ended.err == f"customer 1 has booking 1 open, owner: agent {first['agent_id']}\n"
    assert staffed("lead", "add", *who, "--on-open", "assign", "--json").json["agent_id"] == 1
    refused = staffed("lead", "add", *who, "--on-open", "refuse", "--json")
    assert (refused.code, refused.error["code"]) == (1, "open_booking")
    assert refused.error["message"] == "customer 1 has bookings 3, 2, 1 open, owner: agent 1"
    assert staffed("lead", "add", *who, "--on-open", "ask", "--json").error["code"] == "invalid_on_open"


@pytest.mark.parametrize(
    ("customer", "code", "named"),
    [("9", 1, "not_found"), ("0", 2, "usage"), ("kate", 2, "usage"), ("", 2, "usage")],
)
def test_an_unknown_customer_is_refused(
    booked: Run, path: Path, customer: str, code: int, named: str
) -> None:
    before = rows_of(path)
    ended = booked("lead", "add", *LEAD, "--customer", customer, "--json")
    assert (ended.code, ended.error["code"]) == (code, named)
    assert rows_of(path) == before
