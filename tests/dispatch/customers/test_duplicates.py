"""The customer of a lead: found by phone and e-mail, chosen by the dispatcher, or asked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, customers, queries
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import undo
from dispatch.service.issues.intake import open_issue
from models.errors import InvalidInput, NotFound

AddLead = Callable[..., intake.LeadResult]
Look = Callable[..., Any]
LEAD = {
    "name": "Kate Nguyen",
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}


@pytest.fixture
def people(desk: Desk, two: None, add_lead: AddLead) -> None:
    """1 Kate Nguyen, open, with a phone; 2 Kate Nguyen, closed; 3 Bo Li, closed, with an e-mail."""
    add_lead("Kate Nguyen", phone="+49 711 1234")
    add_lead("Kate Nguyen")
    add_lead("Bo Li", email="bo@example.com")
    for number in (2, 3):
        bookings.cancel(desk, number, "changed their mind")


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        (("Kate Nguyen",), [1]),
        (("nguyen KATE",), [1]),
        (("Kate Nguyen", "+49 711 1234"), [1]),
        (("Somebody", "+49 711 1234"), [1]),
        (("Kate Nguyen", "0800 4711"), [1]),  # an unknown number identifies nobody
        (("Kate Nguyen", "", "bo@example.com"), []),  # the e-mail belongs to another customer
        (("Bo Li",), []),  # nothing open
        (("Bo Li", "", "bo@example.com"), []),
        (("Kate Nguyem",), []),  # nearly
        (("Kate",), []),
        (("",), []),
    ],
)
def test_open_bookings_with_the_same_name_phone_or_email_are_asked_about(
    people: None, look: Look, who: tuple[str, ...], asked: list[int]
) -> None:
    found = look(customers.suspects, *who)
    assert [row["customer_id"] for row in customers.in_question(found)] == asked


@pytest.mark.parametrize(
    ("who", "suggested"),
    [
        (("ka ng",), [1, 2]),
        (("n kate",), [1, 2]),
        (("kate",), [1, 2]),  # as long as few have it
        (("ate ng",), []),
        (("k k",), []),  # one word of a name answers one that is typed
        (("x", "0171 1234567"), [3]),
        (("x", "171/123 45 67"), [3]),
        (("x", "0 1234567"), []),  # too few digits without its zero
        (("x", "1234567"), []),
    ],
)
def test_whoever_is_typed_in_part_is_suggested_and_never_taken_for_the_same(
    people: None, desk: Desk, look: Look, who: tuple[str, ...], suggested: list[int]
) -> None:
    customers.edit(desk, 3, phone="+49 171 1234567")
    found = look(customers.suggestions, *who)
    assert [row["customer_id"] for row in found] == suggested
    assert not any(row["same"] for row in found)
    assert not customers.in_question(found)


def test_nobody_is_suggested_of_whom_nothing_is_left(
    people: None, desk: Desk, look: Look, add_lead: AddLead
) -> None:
    """The name of a lead that was undone came back as a customer known from before."""

    def suggested(*who: str) -> list[int]:
        return [row["customer_id"] for row in look(customers.suggestions, *who)]

    add_lead("Ola Zed", phone="+49 30 5551234")
    assert suggested("Ola Zed") == suggested("", "+49 30 5551234") == suggested("ol ze") == [4]
    undo.undo(desk)
    for who in (("Ola Zed",), ("", "+49 30 5551234"), ("ol ze",)):
        assert suggested(*who) == [], who
    undo.redo(desk)
    assert suggested("Ola Zed") == [4]
    undo.undo(desk)
    open_issue(desk, "Where is my refund?", customer_id=4)
    assert suggested("Ola Zed") == [4], "there is an issue"
    undo.undo(desk)
    assert suggested("Ola Zed") == []
    intake.receive(desk, 2, **LEAD)
    undo.undo(desk)
    assert suggested("Kate Nguyen") == [1, 2], "an earlier lead of theirs stands"
    customers.merge(desk, 4, 3)
    assert suggested("Ola Zed") == [4], "what another customer brought counts"


def test_the_dispatcher_can_choose_the_customer(people: None, desk: Desk, look: Look) -> None:
    result = intake.receive(desk, 3, **LEAD, phone="0800 4711", email="new@example.com")
    row = look(queries.booking, result["booking_id"])
    assert (row["customer_id"], row["customer_name"]) == (3, "Kate Nguyen")
    assert (row["phone"], row["email"]) == ("08004711", "bo@example.com")
    assert [one["customer_id"] for one in look(customers.find, "kate")] == [3, 2, 1]
    undo.undo(desk)
    assert look(customers.card, 3)["phone"] is None


def test_contacts_of_another_customer_stay_theirs(people: None, desk: Desk, look: Look) -> None:
    result = intake.receive(desk, 2, **LEAD, phone="+49 711 1234")
    assert look(queries.booking, result["booking_id"])["customer_id"] == 2
    assert [look(customers.card, number)["phone"] for number in (1, 2)] == ["+497111234", None]


def test_a_merged_customer_counts_as_the_one_kept(people: None, desk: Desk, look: Look) -> None:
    customers.merge(desk, 1, 2)
    customers.merge(desk, 3, 1)
    result = intake.receive(desk, 2, **LEAD)
    assert look(queries.booking, result["booking_id"])["customer_id"] == 3


def test_an_unknown_customer_is_refused_and_nothing_is_written(
    people: None, desk: Desk, counts: Callable[[], dict[str, int]]
) -> None:
    before = counts()
    for number in (0, -1, 99, 2**62):
        with pytest.raises(NotFound):
            intake.receive(desk, number, **LEAD)
    assert counts() == before


def test_a_repeat_for_another_customer_is_a_different_request(people: None, desk: Desk) -> None:
    with desk.request("r1"):
        first = intake.receive(desk, 1, **LEAD)
        assert intake.receive(desk, 1, **LEAD) == first
        with pytest.raises(Exception, match="was used for another"):
            intake.receive(desk, 2, **LEAD)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 101),
        ("phone", "12"),
        ("email", "kate"),
        ("method", "Fax"),
        ("source", ""),
        ("destination", "Pluto"),
        ("launch", "X"),
        ("requests", "x" * 10_001),
        ("requests", "fine"),
        ("phone", " "),
    ],
)
def test_problems_shown_beforehand_match_the_refusals(
    two: None, desk: Desk, look: Look, field: str, value: str
) -> None:
    given = LEAD | {field: value}
    answer = look(intake.problems, given, desk.values)
    if answer:
        with pytest.raises(InvalidInput) as refused:
            intake.receive(desk, **given)
        assert {name: str(problem) for name, problem in answer.items()} == {field: str(refused.value)}
    else:
        intake.receive(desk, **given)


def test_a_long_pasted_text_is_nobodys_name(people: None, look: Look) -> None:
    for text in ("Mia Wong " * 15, "a " * 49, "Mia Wong " * 3_000, "x" * 10_000):
        assert look(customers.suspects, text) == []
        assert look(customers.find, text) == []
