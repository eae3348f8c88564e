"""Whose lead it is: one number in several dresses, and several people at one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import customers, queries
from dispatch.customers.person_names import agree
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import Reading, read
from dispatch.leads.intake import NEW_CUSTOMER, LeadResult, noted, receive
from models.customers import Customer

AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]
MOBILE = "+49 171 0000001"


def said(result: LeadResult, look: Look) -> str | None:
    note: str | None = look(noted, result)["customer_note"]
    return note


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Kim", "Kim One", True),
        ("One, Kim", "Kim One", True),
        ("Mr. K. One", "kim ONE", True),
        ("Łukasz Żak", "Zak Lukasz", True),
        ("Kaet Nguyen-Smith", "Kate Nguyensmith", True),
        ("O'Brien", "O\u2019Brien", True),
        ("Stephan", "Stephen", False),
        ("Johnathan Livingston", "Jonathan Livingstone", True),
        ("K. O.", "Kim One", True),
        ("田中", "田中太郎", True),
        ("?", "Kim One", True),
        ("Kim One", "Lea Two", False),
        ("Mr. One", "Mr. Two", False),
        ("Dr. A. Two", "Dr. A. One", False),
        ("L. T.", "Kim One", False),
        ("李", "王", False),
    ],
)
def test_names_agree_by_a_word_whatever_order_titles_and_initials(one: str, other: str, same: bool) -> None:
    assert agree(one, other) is same
    assert agree(other, one) is same


@pytest.mark.parametrize(
    "dress", ["0049 171 0000001", "+49 (0)171 0000001", "+49 0171 0000001", "tel:+49-171-0000001"]
)
def test_one_number_in_another_dress_is_one_customer(
    two: None, add_lead: AddLead, look: Look, dress: str
) -> None:
    add_lead("Kim One", phone=MOBILE)
    add_lead("Kim One", phone=dress)
    assert look(Customer.select().count) == 1


@pytest.mark.parametrize("stored", ["00491710000001", "+4901710000001"])
def test_a_number_that_an_older_desk_stored_as_typed_is_the_same(
    two: None, desk: Desk, add_lead: AddLead, look: Look, stored: str
) -> None:
    add_lead("Kim One", phone="0711 1234")
    with desk.transaction():
        Customer.update(phone=stored).execute()
    add_lead("Kim One", phone=MOBILE)
    assert look(Customer.select().count) == 1
    assert [row["because"] for row in look(customers.suspects, "Kim", MOBILE)] == ["phone"]


def test_another_person_at_a_known_phone_is_a_new_customer(two: None, add_lead: AddLead, look: Look) -> None:
    assert said(add_lead("Kim One", phone=MOBILE), look) is None
    lea = add_lead("Lea Two", phone=MOBILE, email="lea@example.com")
    note = "new customer 2: +491710000001 is also Kim One's (customer 1)"
    assert said(lea, look) == note
    assert "Kim" not in str(lea), "a result is kept with its event, and must not outlive an erased customer"
    assert [
        (row["name"], row["phone"], row["email"])
        for row in (look(customers.card, number) for number in (1, 2))
    ] == [("Kim One", "+491710000001", None), ("Lea Two", "+491710000001", "lea@example.com")]


def test_each_of_several_people_at_a_phone_is_known_again(two: None, add_lead: AddLead, look: Look) -> None:
    def whose(**lead: str) -> tuple[int, str | None]:
        result = add_lead(**lead)
        return look(queries.booking, result["booking_id"])["customer_id"], said(result, look)

    add_lead("Kim One", phone=MOBILE)
    add_lead("Lea Two", phone=MOBILE)
    assert whose(name="Two, Lea", phone=MOBILE, email="lea@example.com") == (2, None)
    assert whose(name="Kim", phone=MOBILE) == (1, None)
    known = "filed under customer 2: lea@example.com is Lea Two's"
    assert whose(name="Kim One", email="lea@example.com") == (2, known)
    assert whose(name="Ann Three", phone=MOBILE, email="lea@example.com")[0] == 2, (
        "an address is one person's"
    )
    assert whose(name="Bo Four", phone=MOBILE)[0] == 3


def test_a_name_used_before_is_recognised(two: None, desk: Desk, add_lead: AddLead, look: Look) -> None:
    add_lead("Kim One", phone=MOBILE)
    add_lead("Lea Two")
    customers.merge(desk, 1, 2)
    result = add_lead("Lea Two", phone=MOBILE)
    assert look(queries.booking, result["booking_id"])["customer_id"] == 1
    assert said(result, look) is None


def test_somebody_else_of_the_same_name_can_be_entered_as_new(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    add_lead("Kim One", phone=MOBILE, email="kim@example.com")
    result = receive(
        desk,
        NEW_CUSTOMER,
        name="Kim One",
        phone=MOBILE,
        method="Text",
        source="Bought",
        destination="Mars",
        launch="Tokyo Spaceport Terminal",
    )
    assert look(queries.booking, result["booking_id"])["customer_id"] == 2


@pytest.mark.parametrize(
    "asked", ["0171 0000001", "+49 171 0000001", "0049 171 0000001", "+49 (0)171 0000001"]
)
def test_a_number_is_found_in_every_form(two: None, add_lead: AddLead, look: Look, asked: str) -> None:
    add_lead("Kim One", phone=MOBILE)
    add_lead("Lea Two", phone="0711 000 0002")
    assert [row["name"] for row in look(customers.find, asked)] == ["Kim One"]
    rows = look(queries.list_bookings, queries.BookingFilter(text=asked), 9)
    assert [row["customer_name"] for row in rows] == ["Kim One"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('phone:"0171 0000001"', ["Kim One"]),
        ("phone:0000", ["Lea Two", "Kim One"]),
        ("phone:711", ["Lea Two"]),
        ('phone="0049 171 0000001"', ["Kim One"]),
        ("phone=0171", []),
        ("phone:x", []),
    ],
)
def test_a_filter_takes_a_number_in_any_form(
    two: None, desk: Desk, add_lead: AddLead, look: Look, asked: str, found: list[str]
) -> None:
    add_lead("Kim One", phone=MOBILE)
    add_lead("Lea Two", phone="0711 0000 2")
    node = read(parse(asked), customers.CUSTOMER_KEYS, Reading("2082-01-01 00:00:00", desk.values.of))
    assert [row["name"] for row in look(customers.filtered, node)] == found
