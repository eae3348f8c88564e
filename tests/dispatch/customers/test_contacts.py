"""Several numbers and addresses a person, in the desk's country; merges and erasures take all along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, customers, privacy, queries
from dispatch.bookings import lifecycle
from dispatch.customers import contacts
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration, undo
from dispatch.queries.bookings import BookingFilter
from models.customer_index import documents
from models.customers import Customer
from models.errors import DeskError, InvalidInput, NotFound, Refused

AddLead = Callable[..., intake.LeadResult]
Look = Callable[..., Any]

NOTATIONS = ["+49 171 0000001", "0049 171 0000001", "+49 (0)171 0000001", "0171 0000001", "(0171) 000-00-01"]


@pytest.fixture
def germany(two: None, desk: Desk) -> None:
    configuration.set_value(desk, "country", "DE")


def reach(look: Look, customer_id: int) -> list[str]:
    return [row["value"] for row in look(customers.card, customer_id)["contacts"]]


def refused(refusal: type[DeskError], command: Any, *args: Any, **given: Any) -> tuple[str, str, str]:
    with pytest.raises(refusal) as error:
        command(*args, **given)
    return error.value.code, error.value.message, error.value.hint


def test_a_number_in_five_notations_is_one_customer(germany: None, add_lead: AddLead, look: Look) -> None:
    made = [add_lead("Kim One", phone=number) for number in NOTATIONS]
    assert {result["customer_id"] for result in made} == {made[0]["customer_id"]}
    (row,) = look(customers.find, "0171 0000001")
    assert (row["phone"], row["phone_typed"]) == ("+491710000001", NOTATIONS[0])
    assert look(customers.find, "+49 171 0000001") == [row]


def test_a_number_stored_without_its_country_is_found_with_it(
    two: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    old = add_lead("Kim One", phone="0171 0000001")["customer_id"]
    configuration.set_value(desk, "country", "Germany")
    assert add_lead("Kim One", phone="+49 171 0000001")["customer_id"] == old
    assert [row["customer_id"] for row in look(customers.find, "0171 0000001")] == [old]


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("0171-CALL-ME", "'0171-CALL-ME' is not a phone number", "4-20 digits, no letters"),
        ("123", "'123' is not a phone number", "4-20 digits"),
    ],
)
def test_what_is_no_number_is_refused(
    germany: None, desk: Desk, add_lead: AddLead, text: str, problem: str, hint: str
) -> None:
    number = add_lead("Kim One")["customer_id"]
    for given in ({"phone": text}, {"add": [text]}):
        assert refused(InvalidInput, customers.edit, desk, number, **given) == (
            "invalid_phone",
            problem,
            hint,
        )


def test_a_country_that_is_none_is_refused_with_the_nearest(desk: Desk) -> None:
    _, problem, hint = refused(InvalidInput, configuration.set_value, desk, "country", "Germny")
    assert problem == "country cannot be 'Germny'"
    assert hint.startswith("did you mean Germany? accepted: ")


def test_a_person_is_known_by_each_of_several_contacts(
    germany: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    kim = add_lead("Kim One", phone="0171 0000001")["customer_id"]
    customers.edit(desk, kim, add=["work: 030 1234567", "KIM@Work.example"])
    assert reach(look, kim) == ["+491710000001", "kim@work.example", "+49301234567"]
    assert add_lead("Kim One", phone="030/1234567")["customer_id"] == kim
    assert add_lead("Kim One", email="ｋｉｍ@work.example")["customer_id"] == kim
    assert [row["customer_id"] for row in look(customers.find, "030 1234567")] == [kim]
    known = add_lead("Kim One", email="kim@work.example", phone="0172 2222222")
    assert reach(look, kim)[-1] == "+491722222222"
    undo.undo(desk)
    assert known["customer_id"] == kim
    assert "+491722222222" not in reach(look, kim)


def test_the_first_further_contact_follows_the_main_one(
    germany: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    kim = add_lead("Kim One", phone="0171 0000001")["customer_id"]
    customers.edit(desk, kim, add=["030 1234567", "030 7654321"])
    row = customers.edit(desk, kim, remove=["+49 171 0000001"])
    assert (row["phone"], reach(look, kim)) == ("+49301234567", ["+49301234567", "+49307654321"])
    undo.undo(desk)
    assert reach(look, kim) == ["+491710000001", "+49301234567", "+49307654321"]
    assert refused(NotFound, customers.edit, desk, kim, remove=["030 99"])[0] == "not_found"
    customers.edit(desk, kim, further="030 7654321, kim@example.com")
    assert reach(look, kim) == ["+491710000001", "kim@example.com", "+49307654321"]


def test_a_number_of_two_customers_is_refused_unless_it_is_a_familys(
    germany: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    kim = add_lead("Kim One", phone="0171 0000001")["customer_id"]
    lea = add_lead("Lea Two", phone="0172 0000002")["customer_id"]
    code, problem, hint = refused(Refused, customers.edit, desk, lea, add=["0171 0000001"])
    assert (code, problem) == ("shared_contact", f"+491710000001 is Kim One's (customer {kim})")
    assert hint == "merge the two if they are one person; 'family: +491710000001' lets both have it"
    customers.edit(desk, lea, add=["family: 0171 0000001"])
    assert add_lead("Lea Two", phone="0171 0000001")["customer_id"] == lea
    assert add_lead("Kim One", phone="0171 0000001")["customer_id"] == kim
    assert refused(Refused, customers.edit, desk, lea, add=["0171 0000001"])[0] == "known_contact"


def test_a_merge_keeps_every_contact_and_its_undo_gives_them_back(
    germany: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    kim = add_lead("Kim One", phone="0171 0000001", email="kim@example.com")["customer_id"]
    other = add_lead("Kim One", phone="0172 0000002", email="one@example.com")["customer_id"]
    third = add_lead("Kim One", phone="0173 0000003")["customer_id"]
    customers.edit(desk, other, add=["030 1234567"], tier="gold")
    customers.edit(desk, kim, tier="silver")
    customers.merge(desk, other, third)
    assert look(customers.preview_merge, kim, other)["asks"] == {
        "phone": "+491720000002",
        "email": "one@example.com",
    }
    row = customers.merge(desk, kim, other, ["phone"])
    assert (row["phone"], row["email"], row["tier"]) == ("+491720000002", "kim@example.com", "gold")
    assert set(reach(look, kim)) == {
        *("+491720000002", "kim@example.com", "+491710000001"),
        *("one@example.com", "+49301234567", "+491730000003"),
    }
    for number in ("0171 0000001", "0172 0000002", "0173 0000003", "030 1234567"):
        assert add_lead("Kim One", phone=number)["customer_id"] == kim
        assert [found["customer_id"] for found in look(customers.find, number)] == [kim]
        undo.undo(desk)
    undo.undo(desk, event_of(look, "customer.merge"))
    assert reach(look, kim) == ["+491710000001", "kim@example.com"]
    assert set(reach(look, other)) == {*("+491720000002", "one@example.com"), "+49301234567", "+491730000003"}
    assert [found["customer_id"] for found in look(customers.find, "030 1234567")] == [other]


def event_of(look: Look, command: str) -> int:
    from dispatch.desk import event_log

    events = look(event_log.events)
    return int(next(row["event_id"] for row in events if row["command"] == command))


def test_an_erased_customer_leaves_no_contact(
    germany: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    kim = add_lead("Kim One", phone="0171 0000001")
    number = kim["customer_id"]
    customers.edit(desk, number, add=["work: 030 1234567"])
    held = look(privacy.export, desk, number)["rows"]["contact_points"]
    assert [(row["value"], row["typed"], row["note"]) for row in held] == [
        ("+49301234567", "030 1234567", "work")
    ]
    lifecycle.cancel(desk, kim["booking_id"], "moved")
    privacy.forget(desk, number)
    assert reach(look, number) == []
    assert look(customers.find, "030 1234567") == []
    assert "1234567" not in str(look(lambda: [*queries.each_lead()])) + str(look(all_events))


def all_events() -> Any:
    from dispatch.desk import event_log

    return event_log.events()


def test_two_who_are_kept_apart_are_not_offered_again(
    germany: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    one = add_lead("Lea Two", phone="0173 1111111")["customer_id"]
    other = add_lead("Lea Two", email="lea@example.com")["customer_id"]
    (pair,) = look(customers.duplicates)
    assert (pair["pair"], pair["reasons"]) == (f"{one}-{other}", ["same name"])
    customers.keep_apart(desk, other, one)
    assert look(customers.duplicates) == []
    assert [row["customer_id"] for row in look(customers.similar, one)] == []
    assert look(customers.card, one)["apart"] == [other]
    assert refused(Refused, customers.keep_apart, desk, one, other)[0] == "nothing_to_do"
    customers.keep_apart(desk, one, other, apart=False)
    assert len(look(customers.duplicates)) == 1
    undo.undo(desk)
    assert look(customers.duplicates) == []


def test_a_customer_who_must_not_be_contacted(
    germany: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    kim = add_lead("Kim One", phone="0171 0000001")["customer_id"]
    customers.edit(desk, kim, do_not_contact=True)
    made = intake.receive_noted(
        desk,
        name="Kim One",
        method="Text",
        source="Organic",
        destination="Mars",
        launch="Sydney Stellar Port",
        phone="0171 0000001",
    )
    assert made["do_not_contact"]
    assert made["agent_id"]
    assert made["customer_note"] == f"customer {kim} must not be contacted"
    booking = made["booking_id"]
    code, _, hint = refused(Refused, bookings.contact, desk, booking, "reached")
    assert code == "do_not_contact"
    assert hint.endswith(" records it all the same")
    assert bookings.contact(desk, booking, "reached", anyway=True)["do_not_contact"]
    marked = look(queries.list_bookings, BookingFilter(do_not_contact=True))
    assert booking in [row["booking_id"] for row in marked]
    assert {row["customer_id"] for row in marked} == {kim}


def test_a_circle_of_merges_in_a_damaged_desk_ends(desk: Desk, two: None, add_lead: AddLead) -> None:
    for name in ("Ann Low", "Ben Low"):
        add_lead(name)
    with desk.transaction():
        Customer.update(merged_into=3 - Customer.customer_id).execute()
        assert contacts.standing(1) in (1, 2)
        assert contacts.with_merged([1]) == [1, 2]
        assert dict(documents(1, 2)) == {1: "", 2: ""}
