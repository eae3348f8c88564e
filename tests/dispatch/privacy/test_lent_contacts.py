"""Contacts that another customer had for a time, through merges undone since, are erased there, too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import bookings, customers, privacy
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import undo
from dispatch.service.issues import editing as issue_editing
from dispatch.service.issues.intake import open_issue
from models.audit import Event
from tests.dispatch.privacy.conftest import TRIP
from tests.dispatch.privacy.test_erasure import wrong

Look = Callable[..., Any]
NUMBER = "+49 711 5556667"


def come_in(desk: Desk, *phones: str) -> None:
    """One customer for each phone, with cancelled bookings."""
    for booking_id, phone in enumerate(phones, start=1):
        intake.receive(desk, name=f"Person {booking_id}", phone=phone, **TRIP)
        bookings.cancel(desk, booking_id, "no")


def has_number(desk: Desk) -> bool:
    """Whether any file of the desk still has the number."""
    assert wrong(desk) == {}
    assert privacy.compact(desk)
    desk.close()
    files = [Path(f"{desk.database.file}{ending}") for ending in ("", "-wal", "-shm")]
    return any(b"5556667" in file.read_bytes() for file in files if file.exists())


@pytest.mark.on_file
def test_through_a_chain_of_merges(desk: Desk) -> None:
    come_in(desk, "", "", NUMBER)
    customers.merge(desk, 2, 3)
    customers.merge(desk, 1, 2)
    undo.undo(desk)
    undo.undo(desk)
    privacy.forget(desk, 3)
    assert not has_number(desk)


@pytest.mark.on_file
def test_from_a_merge_that_was_redone_to_its_last_undo(desk: Desk) -> None:
    come_in(desk, "", NUMBER)
    customers.merge(desk, 1, 2)
    undo.undo(desk)
    undo.redo(desk)
    customers.edit(desk, 1, name="Somebody")
    undo.undo(desk)
    undo.undo(desk)
    privacy.forget(desk, 2)
    assert not has_number(desk)


@pytest.mark.on_file
def test_of_a_merge_that_was_redone_and_stands(desk: Desk) -> None:
    come_in(desk, "", NUMBER)
    customers.merge(desk, 1, 2)
    undo.undo(desk)
    undo.redo(desk)
    privacy.forget(desk, 1)
    assert not has_number(desk)


@pytest.mark.on_file
def test_in_what_happened_before_the_undo(desk: Desk, look: Look) -> None:
    come_in(desk, "", NUMBER)
    customers.merge(desk, 1, 2)
    customers.edit(desk, 1, phone="+49 30 111222", name="Somebody")
    undo.undo(desk)
    undo.undo(desk)
    privacy.forget(desk, 2)
    edited = next(row for row in look(event_log.events) if row["command"] == "customer.edit")
    assert edited["after"]["customers:1"]["name"] == "Somebody", "the other one's own"
    assert not has_number(desk)


def test_who_got_no_contact_keeps_everything(desk: Desk, look: Look) -> None:
    come_in(desk, NUMBER, "")
    customers.merge(desk, 1, 2)
    undo.undo(desk)
    customers.edit(desk, 1, phone="+49 711 5556667 1")
    before = next(row for row in look(event_log.events) if row["command"] == "customer.edit")
    privacy.forget(desk, 2)
    after = next(row for row in look(event_log.events) if row["command"] == "customer.edit")
    assert after == before
    assert wrong(desk) == {}


def test_an_export_has_nothing_of_the_other_but_the_merge(desk: Desk, look: Look) -> None:
    come_in(desk, "", NUMBER)
    customers.merge(desk, 1, 2)
    customers.edit(desk, 1, phone="+49 30 111222")
    undo.undo(desk)
    undo.undo(desk)
    events = look(privacy.export, desk, 2)["events"]
    assert [row["command"] for row in events][-2:] == ["customer.merge", "undo"]
    assert not any("111222" in str(row) for row in events)


def test_an_issue_that_was_theirs_for_a_time_names_nobody(desk: Desk, look: Look) -> None:
    come_in(desk, "", "")
    open_issue(desk, "my invoice is wrong", customer_id=1)
    with desk.request("r1"):
        issue_editing.edit(desk, 1, booking_id=2)
    undo.undo(desk)
    privacy.forget(desk, 2)
    results = look(lambda: [row.result for row in Event.select().where(Event.result.is_null(False))])
    assert not any("Person 2" in text for text in results)
    assert wrong(desk) == {}
