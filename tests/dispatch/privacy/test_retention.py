"""Retention: whom the setting erases, and when the sweep does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings, customers, privacy
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations.configuration import set_value
from dispatch.operations.sweep import sweep
from dispatch.service.issues import lifecycle
from dispatch.service.issues.intake import open_issue
from models.audit import ERASED_TEXT
from models.customers import Customer
from models.errors import Refused
from tests.dispatch.privacy.conftest import TRIP

Look = Callable[..., Any]


@pytest.fixture
def old(desk: Desk, two: None, clock: Any) -> Desk:
    """Customers of ten days ago: 1 done, 2 with an open booking, 3 with an open issue, 4 merged into 1."""
    for number in range(1, 5):
        intake.receive(desk, name=f"Customer {number}", phone=f"+49 711 10{number}", **TRIP)
    for booking_id in (1, 3, 4):
        bookings.cancel(desk, booking_id, "no")
    open_issue(desk, "my invoice is wrong", customer_id=3)
    customers.merge(desk, 1, 4)
    clock.advance(days=10)
    return desk


def numbers(desk: Desk, days: int) -> list[int]:
    with desk.reading():
        return [row["customer_id"] for row in privacy.expired(desk, days)]


def test_only_customers_without_open_work_expire(old: Desk) -> None:
    assert numbers(old, 9) == [1]
    assert numbers(old, 11) == []
    with old.reading():
        (row,) = privacy.expired(old, 9)
    assert row == {
        "customer_id": 1,
        "name": "Customer 1",
        "last_at": "2082-03-01 09:00:00",
        "bookings": 2,
        "issues": 0,
    }


def test_anything_new_keeps_a_customer(old: Desk, clock: Any) -> None:
    bookings.rate(old, 1, 4)
    assert numbers(old, 9) == []
    clock.advance(days=10)
    assert numbers(old, 9) == [1]
    agents.change(old, 1, level=5)
    issue_id = open_issue(old, "my invoice is wrong", customer_id=1)["issue_id"]
    lifecycle.resolve(old, issue_id, "corrected")
    assert numbers(old, 9) == []


def test_the_sweep_erases_only_when_the_setting_says_so(old: Desk, look: Look, clock: Any) -> None:
    assert sweep(old)["erased"] == []
    set_value(old, "retention_days", "9")
    assert sweep(old)["erased"] == [1]
    assert look(lambda: Customer.get_by_id(1)).name == ERASED_TEXT
    assert look(lambda: Customer.get_by_id(2)).name == "Customer 2"
    assert numbers(old, 9) == []


def test_the_sweep_looks_once_a_day_when_nobody_is_left(old: Desk, clock: Any) -> None:
    set_value(old, "retention_days", "11")
    assert sweep(old)["erased"] == []
    clock.advance(hours=23)
    assert sweep(old)["erased"] == []
    clock.advance(days=1)
    assert sweep(old)["erased"] == [1]


def test_many_are_erased_in_several_sweeps(
    desk: Desk, two: None, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.privacy.retention.AT_ONCE", 2)
    for number in range(1, 4):
        intake.receive(desk, name=f"Customer {number}", **TRIP)
        bookings.cancel(desk, number, "no")
    clock.advance(days=10)
    set_value(desk, "retention_days", "9")
    assert sweep(desk)["erased"] == [1, 2]
    assert sweep(desk)["erased"] == [3]
    assert sweep(desk)["erased"] == []


@settings(max_examples=15, deadline=None)
@given(
    people=st.lists(
        st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=3), min_size=1, max_size=5
    ),
    days=st.integers(1, 30),
)
def test_the_list_agrees_with_a_plain_model(
    people: list[list[tuple[int, bool]]], days: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each customer has bookings that came in some days ago, open or cancelled at once."""
    desk = open_desk(tmp_path_factory.mktemp("retention") / "desk.db", create=True, actor="kim")
    wanted = []
    try:
        for number, leads in enumerate(people, 1):
            for age, is_open in leads:
                with desk.earlier(timedelta(days=age, minutes=1)):
                    row = intake.receive(desk, name="Kim", phone=f"+49 711 10{number}", **TRIP)
                    if not is_open:
                        bookings.cancel(desk, row["booking_id"], "no")
            if not any(is_open for _, is_open in leads) and min(age for age, _ in leads) >= days:
                wanted.append(number)
        assert numbers(desk, days) == wanted
    finally:
        desk.close()


def test_one_who_cannot_be_erased_is_not_looked_for_in_every_sweep(
    old: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_value(old, "retention_days", "9")
    looked: list[int] = []

    def refuse(_: Desk, customer_id: int) -> None:
        looked.append(customer_id)
        raise Refused("work_open", "there is open work")

    monkeypatch.setattr("dispatch.privacy.retention.forget", refuse)
    for _ in range(3):
        assert sweep(old)["erased"] == []
    assert looked == [1]
