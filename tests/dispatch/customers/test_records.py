"""Customers: search order, possible duplicates, merges, edits and their undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, customers, queries
from dispatch.bookings import bulk_actions, editing
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.leads.intake import LeadResult
from dispatch.operations import undo
from dispatch.queries import customer_index
from dispatch.service.issues.intake import open_issue
from models.base import tuples
from models.bookings import Assignment
from models.customer_index import CustomerSearch
from models.customers import Customer, Lead
from models.errors import InvalidInput, NotFound, Refused
from models.issues import Issue

AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]


@pytest.fixture(params=["indexed", "not indexed"])
def people(request: pytest.FixtureRequest, desk: Desk, two: None, add_lead: AddLead) -> None:
    """Five customers and six bookings: 1 Kate Nguyen (two), 2 Ana Kate, 3 katherine, 4 Kate Nguyen, 5 Bo."""
    add_lead("Kate Nguyen", phone="+49 711 1234", email="kate@example.com")
    add_lead("Ana Kate", phone="0711 99")
    add_lead("katherine Élan")
    add_lead("Kate Nguyen")
    add_lead("Bo Li", email="info@example.com")
    add_lead("K. Nguyen", phone="+49 711 1234")
    if request.param == "indexed":
        assert customer_index.catch_up(desk) == 0


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["customer_id"] for row in rows]


def everything() -> list[list[tuple[Any, ...]]]:
    """The rows that a merge or an edit touches, and their documents."""
    queries: list[Any] = [Customer.select(), Lead.select(), Assignment.select(), CustomerSearch.select()]
    return [sorted(tuples(query)) for query in queries]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kate", [4, 1, 2]),
        ("KAT", [4, 3, 1, 2]),
        ("kate nguyen", [4, 1]),
        ("nguyen kate", [4, 1]),
        ("k. ng", [1]),
        ("elan", [3]),
        ("li", [5]),
        ("711 12", [1]),
        ("0711/99", [2]),
        ("+497111234", [1]),
        ("example.com", [5, 1]),
        ("KATE@example.com", [1]),
        ("5", [5]),
        ("#6", [1]),
        ("#7", []),
        ("nobody", []),
        ("  ", []),
        ("9" * 40, []),
        ('"*', []),
    ],
)
def test_customers_are_found_best_first(people: None, look: Look, text: str, expected: list[int]) -> None:
    assert ids(look(customers.find, text)) == expected


def test_a_row_has_the_open_bookings_and_the_last_one(
    people: None, desk: Desk, look: Look, clock: Any
) -> None:
    bookings.cancel(desk, 1, "no money")
    row = look(customers.find, "k. nguyen")[0]
    assert (row["name"], row["open_bookings"], row["last_booking_id"]) == ("Kate Nguyen", 1, 6)
    assert row["last_booking_at"] == desk.now()


def test_a_search_is_limited(people: None, look: Look) -> None:
    assert ids(look(customers.find, "kate", 2)) == [4, 1]
    assert look(customers.find, "kate", 0) == []


def test_a_card_has_all_of_a_customer_newest_first(people: None, desk: Desk, look: Look) -> None:
    bookings.note(desk, 1, "likes Mars")
    customers.edit(desk, 1, email="k@example.com")
    card = look(customers.card, 1)
    assert [row["booking_id"] for row in card["bookings"]] == [6, 1]
    assert [row["customer_name"] for row in card["leads"]] == ["K. Nguyen", "Kate Nguyen"]
    assert [row["command"] for row in card["events"]] == [
        "customer.edit",
        "booking.note",
        "lead.add",
        "lead.add",
    ]
    assert [row["command"] for row in look(customers.card, 1, 2)["events"]] == [
        "customer.edit",
        "booking.note",
    ]


def test_a_customer_who_does_not_exist_is_not_found(people: None, desk: Desk, look: Look) -> None:
    for function in (customers.card, customers.standing):
        with pytest.raises(NotFound):
            look(function, 99)
    with pytest.raises(NotFound):
        customers.merge(desk, 1, 99)
    with pytest.raises(NotFound):
        customers.edit(desk, 2**70, name="Kate")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "Kate Nguyen"}, [(4, "name", False), (1, "name", False)]),
        ({"name": "nguyen KATE"}, [(4, "name", False), (1, "name", False)]),
        ({"name": "Katie Nguyen"}, [(4, "similar name", False), (1, "similar name", False)]),
        ({"name": "Kate Nguyem"}, [(4, "similar name", False), (1, "similar name", False)]),
        ({"name": "Catherine Elan"}, []),
        ({"name": "Katherin Elan"}, [(3, "similar name", False)]),
        ({"name": "Bo Li"}, [(5, "name", False)]),
        ({"name": "Bo", "phone": "+49 711 1234"}, [(1, "phone", True)]),
        ({"name": "Kate Nguyen", "email": "kate@EXAMPLE.com"}, [(1, "e-mail", True), (4, "name", False)]),
        ({"name": "", "phone": "12", "email": "kate@"}, []),
    ],
)
def test_possible_duplicates_are_listed(
    people: None, look: Look, given: dict[str, str], expected: list[tuple[int, str, bool]]
) -> None:
    rows = look(customers.suspects, **given)
    assert [(row["customer_id"], row["because"], row["same"]) for row in rows] == expected


def test_possible_duplicates_have_their_open_bookings(people: None, desk: Desk, look: Look) -> None:
    bookings.cancel(desk, 6, "no money")
    rows = look(customers.suspects, "Kate Nguyen")
    assert [[one["booking_id"] for one in row["bookings"]] for row in rows] == [[4], [1]]


def test_a_merge_moves_everything_to_the_kept_customer(people: None, desk: Desk, look: Look) -> None:
    row = customers.merge(desk, 4, 1)
    assert (row["customer_id"], row["phone"], row["open_bookings"]) == (4, "+497111234", 3)
    assert ids(look(customers.find, "nguyen")) == [4]
    assert ids(look(customers.find, "k. n")) == [4]
    assert ids(look(customers.find, "kate@example.com")) == [4]
    assert look(customers.card, 4)["merged"] == [1]
    gone = look(customers.card, 1)
    assert (gone["merged_into"], gone["phone"], gone["leads"]) == (4, "+497111234", [])
    assert look(event_log.page, EventFilter(command="customer.merge"))[0]["detail"] == {
        "customer_id": 4,
        "merged_customer_id": 1,
    }


def test_a_merge_overwrites_nothing_of_the_kept_customer(people: None, desk: Desk) -> None:
    row = customers.merge(desk, 2, 1)
    assert (row["phone"], row["email"]) == ("071199", "kate@example.com")


@pytest.mark.parametrize(
    ("keep", "other", "code"), [(1, 1, "same_customer"), (2, 4, "merged"), (4, 2, "merged")]
)
def test_an_impossible_merge_is_refused(
    people: None, desk: Desk, look: Look, keep: int, other: int, code: str
) -> None:
    customers.merge(desk, 1, 4)
    before = look(everything)
    with pytest.raises(Refused) as caught:
        customers.merge(desk, keep, other)
    assert caught.value.code == code
    assert look(everything) == before


def test_a_merged_customer_cannot_be_edited(people: None, desk: Desk) -> None:
    customers.merge(desk, 1, 4)
    with pytest.raises(Refused, match="merged into customer 1"):
        customers.edit(desk, 4, name="Kate")


@pytest.mark.parametrize(("keep", "other"), [(1, 4), (4, 1), (2, 5), (5, 1)])
def test_a_merge_is_undone_exactly(people: None, desk: Desk, look: Look, keep: int, other: int) -> None:
    before = look(everything)
    customers.merge(desk, keep, other)
    assert look(everything) != before
    assert undo.undo(desk)["customer_id"] == keep
    assert look(everything) == before


def test_merges_are_undone_in_turn(people: None, desk: Desk, look: Look) -> None:
    before = look(everything)
    customers.merge(desk, 1, 4)
    customers.merge(desk, 2, 1)
    undo.undo(desk)
    undo.undo(desk)
    assert look(everything) == before


def test_an_issue_opened_since_goes_back_with_its_booking(people: None, desk: Desk, look: Look) -> None:
    customers.merge(desk, 4, 1)
    merge = look(event_log.page, EventFilter(command="customer.merge"))[0]["event_id"]
    open_issue(desk, "my invoice is wrong", booking_id=1)
    open_issue(desk, "my invoice is wrong", customer_id=4)
    undo.undo(desk, merge)
    owners = look(lambda: [row.customer_id for row in Issue.select().order_by(Issue.issue_id)])
    assert owners == [1, 4], "of the booking's customer, and of the one who was named"


@pytest.mark.parametrize("change", ["merge", "edit"])
def test_a_merge_is_not_undone_after_a_later_change(
    people: None, desk: Desk, look: Look, change: str
) -> None:
    customers.merge(desk, 4, 1)
    event = look(event_log.page, EventFilter(command="customer.merge"))[0]["event_id"]
    if change == "merge":
        customers.merge(desk, 2, 4)
    else:
        customers.edit(desk, 4, phone="0711 55 55")
    with pytest.raises(Refused) as caught:
        undo.undo(desk, event)
    assert caught.value.code == "changed_since"


def test_a_lead_of_a_merged_customer_goes_to_the_kept_one(
    people: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    customers.merge(desk, 2, 1)
    customers.merge(desk, 5, 2)
    made = add_lead("Cathy Nguyen", phone="+49 711 1234")
    assert look(queries.booking, made["booking_id"])["customer_id"] == 5
    assert ids(look(customers.find, "cathy")) == [5]
    assert look(Customer.select().count) == 5
    assert ids(look(customers.suspects, "", "+49 711 1234")) == [5]


def test_a_corrected_name_changes_the_leads_with_the_wrong_one(people: None, desk: Desk, look: Look) -> None:
    before = look(everything)
    row = customers.edit(desk, 1, name="Zoë Nguyen", phone="", email="Z@example.com")
    assert (row["name"], row["phone"], row["email"]) == ("Zoë Nguyen", None, "z@example.com")
    names = [look(queries.booking, booking_id)["customer_name"] for booking_id in (1, 6)]
    assert names == ["Zoë Nguyen", "K. Nguyen"]
    assert ids(look(customers.find, "zoe")) == [1]
    assert ids(look(customers.find, "kate nguyen")) == [4]
    undo.undo(desk)
    assert look(everything) == before


@pytest.mark.parametrize(
    "given", [{}, {"name": "Kate Nguyen"}, {"name": " "}, {"phone": "no"}, {"email": "no"}]
)
def test_an_empty_or_invalid_edit_is_refused(
    people: None, desk: Desk, look: Look, given: dict[str, Any]
) -> None:
    before = look(everything)
    with pytest.raises(InvalidInput):
        customers.edit(desk, 1, **given)
    assert look(everything) == before


def test_a_name_edited_on_the_booking_is_found(people: None, desk: Desk, look: Look) -> None:
    editing.edit(desk, 5, name="Beau Li")
    assert ids(look(customers.find, "beau")) == [5]
    assert ids(look(customers.find, "bo li")) == []


def test_the_log_is_filtered_by_every_field(people: None, desk: Desk, look: Look, clock: Any) -> None:
    start = desk.now()
    clock.advance(hours=1)
    desk.actor = "lee"
    bookings.claim(desk, 1, 1)
    later = desk.now()
    for which, commands in (
        (EventFilter(command="booking.claim"), ["booking.claim"]),
        (EventFilter(actor="lee", since=later), ["booking.claim"]),
        (EventFilter(actor="lee", until=later), []),
        (EventFilter(agent_id=1, command="lead.add"), ["lead.add"] * 4),
        (EventFilter(booking_id=1), ["booking.claim", "lead.add"]),
        (EventFilter(since=start, until=later, booking_id=2), ["lead.add"]),
    ):
        assert [row["command"] for row in look(event_log.page, which)] == commands
    assert len(look(event_log.page, EventFilter(command="lead.add"), 2)) == 2


def test_a_history_has_what_was_done_to_several_bookings(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    numbers = [add_lead("Kate Nguyen")["booking_id"], add_lead("Bo Li")["booking_id"]]
    bulk_actions.cancel(desk, numbers, "launch is off")
    for number in numbers:
        customer = look(queries.booking, number)["customer_id"]
        found = [event["event_id"] for event in look(customers.card, customer)["events"]]
        of_booking = [event["event_id"] for event in look(event_log.events, booking_id=number)]
        assert found == of_booking
        assert len(found) == 2
