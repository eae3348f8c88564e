"""Whose a known customer's lead is: of the agent of an open booking, or of the last seller."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment import caps, explanations
from dispatch.assignment.counterfactuals import why_not
from dispatch.assignment.customer_owner import ON_OPEN, OWNERS, known_of
from dispatch.bootstrap import open_desk
from dispatch.customers import merging
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads import intake
from dispatch.leads.file_intake import receive_file
from dispatch.operations import configuration, doctor, undo
from dispatch.operations.sweep import sweep
from models.agents import Agent
from models.customers import Customer, Lead
from models.errors import InvalidInput, Refused
from tests.conftest import TestClock
from tests.plain_distribution import plain_owner
from tests.query_cost import FEW, add_bookings, extra_steps
from verify.checker import Checker

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
KATE = "+49 711 4711"


@pytest.fixture
def hers(two: None, desk: Desk, add_lead: AddLead) -> int:
    """Kate's booking 1, open with Bob (2), whom the policy would choose last."""
    number: int = add_lead(phone=KATE)["booking_id"]
    bookings.reassign(desk, number, 2, "hers")
    return number


def busy(desk: Desk, agent_id: int, load: int) -> None:
    """Give an agent so much to do with issues."""
    with desk.transaction():
        Agent.update(issue_load=load).where(Agent.agent_id == agent_id).execute()


def sold(desk: Desk, agent_id: int, booking_id: int) -> None:
    bookings.reassign(desk, booking_id, agent_id, "hers")
    bookings.confirm(desk, booking_id, "Luxury Dome Stay", 1, 1)


# -- an open booking


def test_the_agent_of_an_open_booking_gets_the_next_lead(hers: int, desk: Desk, add_lead: AddLead) -> None:
    result = add_lead(phone=KATE)
    assert result["agent_id"] == 2
    assert result["reason"] == (
        "Bob Byron has booking 1 of this customer open (load ratio 0.01, the best 0.00)"
    )
    assert result["known"] == {"customer_id": 1, "open": [1], "owner": 2}
    assert add_lead(phone=KATE)["known"] == {"customer_id": 1, "open": [2, 1], "owner": 2}
    assert add_lead("Bo Li")["known"] is None
    assert add_lead("Bo Li")["agent_id"] == 1


def test_however_busy_as_long_as_they_may_take_it(hers: int, desk: Desk, add_lead: AddLead) -> None:
    busy(desk, 2, 98)
    assert add_lead(phone=KATE)["agent_id"] == 2
    result = add_lead(phone=KATE)
    assert result["agent_id"] == 1
    assert result["reason"].endswith(
        "; not Bob Byron, who has booking 2 of this customer open: full (100/100)"
    )


def test_off_leaves_it_to_the_policy_and_tells_what_is_open(hers: int, desk: Desk, add_lead: AddLead) -> None:
    configuration.set_value(desk, "owner", "off")
    result = add_lead(phone=KATE)
    assert (result["agent_id"], result["known"]["open"]) == (1, [1])
    assert "Bob" not in result["reason"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda desk: set_presence(desk, 2, "break", "in 20 min"), "on a break"),
        (lambda desk: agents.change(desk, 2, skills="Titan"), "does not cover Mars"),
        (lambda desk: agents.change(desk, 2, capacity=1), "full (1/1)"),
        (lambda desk: caps.set_cap(desk, 1, "day", agent_id=2), "has 1 of 1 lead today, until 00:00"),
        (
            lambda desk: caps.set_cap(desk, 1, "week", agent_id=2, destination="Mars"),
            "has 1 of 1 lead to Mars this week, until 00:00",
        ),
    ],
)
def test_an_owner_who_may_not_take_it_is_passed_over_and_the_reason_says_why(
    hers: int, desk: Desk, add_lead: AddLead, change: Callable[[Desk], object], why: str
) -> None:
    bookings.claim(desk, hers, 2)
    change(desk)
    result = add_lead(phone=KATE)
    assert result["agent_id"] == 1
    told = f"; not Bob Byron, who has booking 1 of this customer open: {why}"
    assert result["reason"].endswith(told)


def test_who_has_declined_it_is_not_offered_it_again(
    hers: int, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    assert add_lead(phone=KATE)["agent_id"] == 2
    assert bookings.decline(desk, 2, "no time")["agent_id"] == 1
    why = look(explanations.why, 2)["reason"]
    assert why.endswith("not Bob Byron, who has booking 1 of this customer open: declined it")


def test_a_waiting_lead_goes_to_the_owner_who_comes_back(
    hers: int, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    bookings.claim(desk, hers, 2)
    for number in (1, 2):
        set_presence(desk, number, "break", "in 20 min")
    assert add_lead(phone=KATE)["agent_id"] is None
    set_presence(desk, 2, "available")
    assert look(queries.booking, 2)["agent_id"] == 2
    assert "has booking 1 of this customer open" in look(explanations.why, 2)["reason"]


def test_neither_a_closed_nor_a_waiting_booking_nor_its_own_has_an_owner(
    two: None, desk: Desk, add_lead: AddLead
) -> None:
    """A declined booking was with its agent itself, who is no reason to give it back."""
    add_lead(phone=KATE)
    assert bookings.decline(desk, 1, "no time")["agent_id"] == 2
    bookings.cancel(desk, 1, "no money")
    result = add_lead(phone=KATE)
    assert (result["agent_id"], result["known"]) == (1, {"customer_id": 1, "open": [], "owner": None})
    undo.undo(desk)
    assert add_lead(phone=KATE)["known"]["open"] == [], "what was undone is not open"


def test_the_newest_of_several_open_bookings_counts(hers: int, desk: Desk, add_lead: AddLead) -> None:
    add_lead(phone=KATE)
    bookings.reassign(desk, 2, 1, "his")
    assert add_lead(phone=KATE)["agent_id"] == 1


def test_work_handed_over_stays_together(
    hers: int, desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    """Each booking went its own way, as the newest was still with the agent who went away."""
    add_agent("Cid", years=7, capacity=100)
    for _ in range(3):
        assert add_lead(phone=KATE)["agent_id"] == 2
    set_presence(desk, 2, "away")
    assert {look(queries.booking, number)["agent_id"] for number in (1, 2, 3, 4)} == {1}


def test_customers_merged_have_one_owner(hers: int, desk: Desk, add_lead: AddLead) -> None:
    other = add_lead("Kate N", email="kate@example.com")
    assert other["agent_id"] == 1
    merging.merge(desk, 1, other["customer_id"])
    assert add_lead(email="kate@example.com")["agent_id"] == 1, "the newest booking is with Ada"
    bookings.cancel(desk, 3, "no money")
    bookings.cancel(desk, 2, "no money")
    assert add_lead(email="kate@example.com")["agent_id"] == 2


def test_why_another_agent_did_not_get_it(hers: int, desk: Desk, add_lead: AddLead) -> None:
    number = add_lead(phone=KATE)["booking_id"]
    assert why_not(desk, number, 1)["because"].startswith("Bob Byron has booking 1 of this customer open")


def test_a_preview_of_a_known_customers_lead_has_the_owner_first(hers: int, desk: Desk, look: Look) -> None:
    seen = look(explanations.preview, desk, lead=Lead(customer_id=1, destination="Mars"))
    assert seen["candidates"][0]["agent_id"] == 2
    assert seen["reason"].startswith("Bob Byron has booking 1 of this customer open")


@pytest.mark.on_file
def test_an_owner_costs_the_same_among_many_bookings(hers: int, desk: Desk, look: Look) -> None:
    lead = Lead(customer_id=1, destination="Mars")

    def preview() -> object:
        return explanations.preview(desk, lead=lead), known_of(1)

    def add_others() -> None:
        with desk.transaction():
            Customer(name="Bo Li", created_at=desk.now()).save()
        add_bookings(desk, customer_id=2)
        add_bookings(desk, customer_id=2, status="Cancelled", cancelled_at=desk.now())

    assert extra_steps(desk, preview, add_others) < FEW


# -- the last seller


@pytest.mark.parametrize(("load", "agent_id"), [(0, 2), (3, 2), (4, 1)])
def test_a_customer_goes_to_the_last_seller_unless_too_busy(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, load: int, agent_id: int
) -> None:
    configuration.set_value(desk, "owner", "seller")
    add_agent("Ada", years=9)
    add_agent("Bob", years=1)
    first = add_lead(phone=KATE)
    sold(desk, 2, first["booking_id"])
    for _ in range(load):
        bookings.reassign(desk, add_lead()["booking_id"], 2, "busy")
    result = add_lead(phone=KATE)
    assert result["agent_id"] == agent_id
    assert result["reason"].startswith("Bob Byron sold this customer the last trip") is (agent_id == 2)
    passed = "; not Bob Byron, who sold this customer the last trip: load ratio 0.40, the best 0.00"
    assert result["reason"].endswith(passed) is (agent_id == 1)


def test_issues_count_in_how_busy_the_last_seller_is(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead
) -> None:
    """Bookings and issues share one capacity: three bookings and an issue are 0.4 above the best."""
    configuration.set_value(desk, "owner", "seller")
    add_agent("Ada", years=9)
    add_agent("Bob", years=1)
    sold(desk, 2, add_lead(phone=KATE)["booking_id"])
    for _ in range(3):
        bookings.reassign(desk, add_lead()["booking_id"], 2, "busy")
    busy(desk, 2, 1)
    assert add_lead(phone=KATE)["agent_id"] == 1


def test_an_open_booking_comes_before_the_last_seller(two: None, desk: Desk, add_lead: AddLead) -> None:
    configuration.set_value(desk, "owner", "seller")
    sold(desk, 2, add_lead(phone=KATE)["booking_id"])
    add_lead(phone=KATE)
    bookings.reassign(desk, 2, 1, "his")
    assert add_lead(phone=KATE)["reason"].startswith("Ada Byron has booking 2 of this customer open")
    for number in (2, 3):
        bookings.claim(desk, number, 1)
    agents.change(desk, 1, capacity=2)
    result = add_lead(phone=KATE)
    assert result["agent_id"] == 2
    assert result["reason"].startswith("Bob Byron sold this customer the last trip")
    assert result["reason"].endswith("; not Ada Byron, who has booking 3 of this customer open: full (2/2)")


def test_a_seller_who_has_left_is_told(two: None, desk: Desk, add_lead: AddLead) -> None:
    configuration.set_value(desk, "owner", "seller")
    sold(desk, 2, add_lead(phone=KATE)["booking_id"])
    agents.leave(desk, 2)
    result = add_lead(phone=KATE)
    assert result["reason"].endswith("; not Bob Byron, who sold this customer the last trip: has left")


def test_the_last_seller_owns_nothing_at_first(two: None, desk: Desk, add_lead: AddLead) -> None:
    sold(desk, 2, add_lead(phone=KATE)["booking_id"])
    result = add_lead(phone=KATE)
    assert (result["agent_id"], result["known"]["owner"]) == (1, 2)


# -- the setting


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("returning", "on", "seller"),
        ("returning", "off", "off"),
        ("owner", "yes", "seller"),
        ("owner", "Open", "open"),
    ],
)
def test_the_former_switch_is_still_set(desk: Desk, key: str, typed: str, value: str) -> None:
    assert desk.settings["owner"] == "open"
    done = configuration.set_value(desk, key, typed)
    assert (done["key"], done["value"], desk.settings["owner"]) == ("owner", value, value)


def test_another_word_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="owner cannot be 'mine'"):
        configuration.set_value(desk, "owner", "mine")


# -- what the entry says


def test_the_entry_decides_whatever_the_setting(hers: int, desk: Desk, add_lead: AddLead) -> None:
    assert add_lead(phone=KATE, on_open="assign")["agent_id"] == 1
    bookings.cancel(desk, 2, "no money")
    configuration.set_value(desk, "owner", "off")
    result = add_lead(phone=KATE, on_open="owner")
    assert result["agent_id"] == 2
    assert result["reason"].startswith("Bob Byron has booking 1 of this customer open")
    assert desk.settings["owner"] == "off"


def test_assign_is_as_of_somebody_unknown_for_the_last_seller_too(
    hers: int, desk: Desk, add_lead: AddLead
) -> None:
    configuration.set_value(desk, "owner", "seller")
    sold(desk, 2, add_lead(phone=KATE, on_open="assign")["booking_id"])
    assert add_lead(phone=KATE, on_open="assign")["agent_id"] == 1
    bookings.cancel(desk, 1, "no money")
    bookings.cancel(desk, 3, "no money")
    assert add_lead(phone=KATE, on_open="assign")["agent_id"] == 2, "nothing is open: the setting holds"


def test_refuse_names_the_bookings_and_writes_nothing(
    hers: int, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    def everything() -> Any:
        return queries.list_bookings(queries.BookingFilter()), event_log.events(), Customer.get_by_id(1).email

    before = look(everything)
    with pytest.raises(Refused) as refused:
        add_lead(phone=KATE, email="kate@example.com", on_open="refuse")
    assert (refused.value.code, refused.value.exit_code) == ("open_booking", 1)
    assert refused.value.message == "customer 1 has booking 1 open, owner: agent 2"
    assert look(everything) == before
    bookings.cancel(desk, 1, "no money")
    assert add_lead(phone=KATE, on_open="refuse")["booking_id"] == 2


def test_an_unknown_word_is_refused(hers: int, add_lead: AddLead) -> None:
    with pytest.raises(InvalidInput, match="no such answer: 'ask'"):
        add_lead(phone=KATE, on_open="ask")


FILE = """name,phone,email,method,source,destination,launch
Kate Nguyen,+49 711 4711,kate@example.com,Text,Organic,Mars,Sydney Stellar Port
Bo Li,+49 711 99,,Text,Organic,Mars,Sydney Stellar Port
Bo Li,+49 711 99,,Text,Organic,Titan,Sydney Stellar Port
"""


@pytest.mark.parametrize("on_open", [None, *ON_OPEN])
def test_a_file_decides_and_tells_the_same(hers: int, desk: Desk, look: Look, on_open: str | None) -> None:
    with open_leads(io.BytesIO(FILE.encode()), "leads.csv") as leads:
        result = receive_file(desk, leads, on_open=on_open)
    told = [(row["line"], row["booking_id"], row["agent_id"], row["open"]) for row in result["with_open"]]
    if on_open == "refuse":
        assert [row["error"] for row in result["rejected"]] == [
            "customer 1 has booking 1 open, owner: agent 2",
            "customer 2 has booking 2 open, owner: agent 1",
        ]
        assert (result["accepted"], told) == (1, [])
        assert look(Customer.get_by_id, 1).email is None
    else:
        kate, bo = (1, 2) if on_open == "assign" else (2, 1)
        assert told == [(2, 2, kate, [1]), (4, 4, bo, [3])]
        assert (result["accepted"], result["rejected"]) == (3, [])


def test_a_file_refuses_an_unknown_word_before_anything_is_in(hers: int, desk: Desk, look: Look) -> None:
    with open_leads(io.BytesIO(FILE.encode()), "leads.csv") as leads, pytest.raises(InvalidInput):
        receive_file(desk, leads, on_open="ask")
    assert len(look(event_log.events)) == 4


# -- beside it


def test_an_owners_lead_stays_with_them(hers: int, desk: Desk, add_lead: AddLead, look: Look) -> None:
    number = add_lead(phone=KATE)["booking_id"]
    configuration.set_value(desk, "offer_minutes", "5")
    assert look(queries.booking, number)["pinned_at"] == desk.now()
    sweep(desk)
    assert look(queries.booking, number)["agent_id"] == 2


def test_the_doctor_counts_customers_with_several_agents(
    hers: int, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    def counted() -> dict[str, Any]:
        return next(one for one in look(doctor.examine, desk)["checks"] if one["check"] == "owners")

    add_lead(phone=KATE)
    assert counted()["detail"] == "0 customers with open bookings at several agents"
    add_lead(phone=KATE, on_open="assign")
    assert counted()["ok"]
    assert counted()["detail"] == "1 customer with open bookings at several agents (customers: 1)"


STEPS = st.tuples(
    st.sampled_from(["lead", "lead", "lead", "confirm", "cancel", "decline", "move", "break", "back", "set"]),
    st.integers(0, 99),
)


@pytest.mark.on_file  # astra verify reads a file
@given(steps=st.lists(STEPS, max_size=40))
@settings(max_examples=40, deadline=None)
def test_every_lead_goes_to_the_owner_that_plain_code_finds(empty_desk_file: Path, steps: Any) -> None:
    with TemporaryDirectory() as folder:
        path = shutil.copy(empty_desk_file, Path(folder) / "desk.db")
        desk = open_desk(path, clock=TestClock(), actor="kim")
        for years in range(4):
            agents.add(
                desk,
                first_name=f"Agent {years}",
                last_name="Byron",
                department="Premium Bookings",
                job_title="Space Travel Agent",
                years=years,
                rating=4.0,
                capacity=6,
            )
        for what, number in steps:
            _step(desk, what, number)
        assert Checker(desk.database.file).run()["first_fault"] is None
        desk.close()


def _step(desk: Desk, what: str, number: int) -> None:
    agent_id, booking_id = 1 + number % 4, _pending(desk, number)
    if what == "lead":
        said = (None, None, *ON_OPEN)[number % 5]
        _compared(desk, f"+49 711 00{number % 3}", said)
    elif what == "set":
        configuration.set_value(desk, "owner", OWNERS[number % 3])
    elif what in ("break", "back"):
        set_presence(desk, agent_id, "break" if what == "break" else "available")
    elif booking_id is None:
        return
    elif what == "confirm":
        bookings.confirm(desk, booking_id, "Luxury Dome Stay", 1, 1)
    elif what == "cancel":
        bookings.cancel(desk, booking_id, "no money")
    elif what == "decline":
        bookings.decline(desk, booking_id, "no time")
    elif _held(desk, booking_id) != agent_id and what == "move":
        bookings.reassign(desk, booking_id, agent_id, "asked for")


def _compared(desk: Desk, phone: str, said: str | None) -> None:
    expected = plain_owner(desk, phone, said)
    trip = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
    try:
        got: int | str | None = intake.receive(desk, name="Kate Nguyen", phone=phone, on_open=said, **trip)[
            "agent_id"
        ]
    except Refused:
        got = "refused"
    assert got == expected


def _rows(desk: Desk, sql: str) -> list[Any]:
    with desk.reading():
        found: list[Any] = desk.database.run(sql, ()).fetchall()
    return found


def _pending(desk: Desk, number: int) -> int | None:
    held = "SELECT booking_id FROM bookings WHERE status = 'Pending' AND agent_id IS NOT NULL ORDER BY 1"
    rows = _rows(desk, held)
    return rows[number % len(rows)][0] if rows else None


def _held(desk: Desk, booking_id: int) -> int:
    return _rows(desk, f"SELECT agent_id FROM bookings WHERE booking_id = {booking_id}")[0][0]  # type: ignore[no-any-return]
