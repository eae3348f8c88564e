"""Priorities of leads and bookings: set when they come in or later, one by one or together, and undone."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.bookings import bulk_actions, editing
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import Reading, asked
from dispatch.inputs.lead_files import open_leads
from dispatch.leads import file_intake, intake
from dispatch.operations import doctor
from dispatch.operations.undo import redo, undo
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.bookings import BookingFilter
from dispatch.reporting.event_sentences import sentence
from models.bookings import Booking
from models.errors import InvalidInput, Refused
from models.priorities import MEDIUM, PRIORITIES

AddLead = Callable[..., Any]
Look = Callable[..., Any]
HEAD = "name,method,source,destination,launch"
REST = "Text,Organic,Mars,Sydney Stellar Port"
ACCEPTED = "accepted: CRITICAL, URGENT, HIGH, MEDIUM, LOW"


def priorities(look: Look) -> list[str]:
    rows = look(queries.list_bookings, BookingFilter(sort="id", descending=False))
    return [row["priority"] for row in rows]


def is_sound(desk: Desk) -> bool:
    with desk.reading():
        return all(check["ok"] or check["warning"] for check in doctor.examine(desk)["checks"])


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        *((name, name) for name in PRIORITIES),
        (" high ", "HIGH"),
        ("", "MEDIUM"),
        ("  ", "MEDIUM"),
        (None, "MEDIUM"),
    ],
)
def test_a_lead_has_its_priority_and_medium_without_one(
    two: None, add_lead: AddLead, look: Look, given: str | None, stored: str
) -> None:
    assert add_lead(priority=given)["priority"] == stored
    assert look(queries.booking, 1)["priority"] == stored
    (lead,) = look(lambda: list(queries.each_lead()))
    assert lead["priority"] == stored


@pytest.mark.parametrize("wrong", ["soonish", "1", "P1", "HIGHER"])
def test_what_is_no_priority_is_refused_with_those_that_are(
    desk: Desk, lead: Any, add_lead: AddLead, look: Look, wrong: str
) -> None:
    runs: list[Callable[[], Any]] = [
        lambda: add_lead(priority=wrong),
        lambda: editing.edit(desk, 1, priority=wrong),
        lambda: bulk_actions.prioritise(desk, [1], wrong),
        lambda: bulk_actions.preview_prioritise(desk, [1], wrong),
    ]
    for run in runs:
        with pytest.raises(InvalidInput) as refused:
            run()
        assert (refused.value.message, refused.value.hint) == (f"'{wrong}' is not a priority", ACCEPTED)
    assert priorities(look) == ["MEDIUM"]
    with pytest.raises(InvalidInput):
        editing.edit(desk, 1, priority="")


def test_a_change_is_told_undone_and_done_again(desk: Desk, lead: Any, look: Look) -> None:
    with pytest.raises(InvalidInput, match="nothing to change"):
        editing.edit(desk, 1, priority="medium")
    assert editing.edit(desk, 1, priority="critical")["priority"] == "CRITICAL"
    event = look(event_log.events, booking_id=1)[0]
    assert (event["before"]["bookings:1"]["priority"], event["after"]["bookings:1"]["priority"]) == (2, 5)
    undo(desk)
    assert priorities(look) == ["MEDIUM"]
    redo(desk)
    assert priorities(look) == ["CRITICAL"]
    assert is_sound(desk)


def test_a_closed_booking_keeps_its_priority(desk: Desk, lead: Any, add_lead: AddLead) -> None:
    bookings.cancel(desk, 1, "no money")
    with pytest.raises(Refused, match="trip, quote and priority are fixed"):
        editing.edit(desk, 1, priority="low")
    result = bulk_actions.prioritise(desk, [1, add_lead()["booking_id"]], "low")
    assert (result["done"], result["refused"]) == (1, 1)


def test_several_at_once_are_one_event(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    for name in ("LOW", "HIGH", "MEDIUM"):
        add_lead(priority=name)
    result = bulk_actions.prioritise(desk, [1, 2, 3], "high")
    refused = [line["error"] for line in result["results"] if line["error"]]
    assert [error["message"] for error in refused if error] == ["booking 2 is already HIGH"]
    event = look(event_log.events)[0]
    assert sentence(event, {}) == "set the priority of 2 bookings to HIGH"
    undo(desk)
    assert priorities(look) == ["LOW", "HIGH", "MEDIUM"]


@pytest.fixture
def take_in(desk: Desk) -> Callable[..., Any]:
    def take_in(text: str, **choice: Any) -> Any:
        from dispatch.inputs.column_choice import ColumnChoice

        with open_leads(io.BytesIO(text.encode()), "leads.csv", choice=ColumnChoice(**choice)) as leads:
            return file_intake.receive_file(desk, leads)

    return take_in


@pytest.mark.parametrize("head", ["priority", "Lead Priority", "Urgency", "Priorität", "PRIO", "Severity"])
def test_files_have_a_column_of_priorities(
    two: None, take_in: Callable[..., Any], look: Look, head: str
) -> None:
    words = ["urgent", "Normal", "HIGH", "asap", "kritisch", "", "low"]
    rows = "".join(f"Kate {place},{REST},{word}\n" for place, word in enumerate(words))
    assert take_in(f"{HEAD},{head}\n{rows}")["rejected"] == []
    assert priorities(look) == ["URGENT", "MEDIUM", "HIGH", "URGENT", "CRITICAL", "MEDIUM", "LOW"]


def test_a_row_of_a_file_with_no_priority_is_refused_or_has_the_default(
    two: None, take_in: Callable[..., Any], look: Look
) -> None:
    """Numbers are not guessed: 1 is the highest for some programs, and the lowest for others."""
    result = take_in(
        f"{HEAD},priority\nAnn,{REST},1\nBob,{REST},\nCid,{REST},low\n", defaults={"priority": "high"}
    )
    (rejected,) = result["rejected"]
    assert rejected["error"] == f"'1' is not a priority ({ACCEPTED})"
    assert priorities(look) == ["HIGH", "LOW"]


def test_a_row_that_becomes_urgent_is_the_same_lead(
    two: None, take_in: Callable[..., Any], look: Look
) -> None:
    head = f"{HEAD},phone,priority"
    take_in(f"{head}\nAnn,{REST},0711 1,low\n")
    again = take_in(f"{head}\nAnn,{REST},0711 1,urgent\n")
    assert (again["accepted"], again["repeated"]) == (1, 1)
    assert priorities(look) == ["LOW"]


def found(desk: Desk, look: Look, text: str) -> list[int]:
    def read() -> list[int]:
        fields, _ = asked(parse(text), BOOKING_KEYS, Reading(desk.now(), desk.values.of))
        return queries.booking_ids(BookingFilter(sort="id", descending=False, **fields), 100)

    numbers: list[int] = look(read)
    return numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("priority:high", [3]),
        ("priority:h", [3]),
        ("priority>=high", [3, 4, 5]),
        ("priority<medium", [1]),
        ("priority!=medium", [1, 3, 4, 5]),
        ("priority>high or priority:low", [1, 4, 5]),
    ],
)
def test_the_filter_finds_them(
    desk: Desk, two: None, add_lead: AddLead, look: Look, text: str, expected: list[int]
) -> None:
    for name in PRIORITIES:
        add_lead(priority=name)
    assert found(desk, look, text) == expected


def test_a_lead_undone_and_redone_has_its_priority(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    add_lead(priority="URGENT")
    undo(desk)
    redo(desk)
    assert priorities(look) == ["URGENT"]
    assert is_sound(desk)


def test_the_doctor_sees_a_priority_that_nobody_set(desk: Desk, lead: Any) -> None:
    assert is_sound(desk)
    with desk.transaction():
        Booking.update(priority=MEDIUM + 1).execute()
    assert not is_sound(desk)


def test_pasted_lines_are_checked_by_the_same_rule(desk: Desk) -> None:
    with desk.reading():
        wrong = intake.problems({"name": "Ann", "priority": "soonish"}, desk.values)
        right = intake.problems({"name": "Ann", "priority": "low"}, desk.values)
    assert wrong.keys() - right.keys() == {"priority"}
