"""Erasing a customer: nothing of the person is left in any file, and everything else is as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, customers, privacy, queries
from dispatch.bookings import editing
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import doctor, undo
from dispatch.queries import customer_index
from dispatch.reporting import booking_figures
from dispatch.service.issues import conversation, escalation_commands, lifecycle, surveys
from dispatch.service.issues import editing as issue_editing
from dispatch.service.issues.intake import open_issue
from models.audit import ERASED_TEXT, Event
from models.bookings import Booking
from models.customers import Customer, Lead
from models.errors import NotFound, Refused
from models.issues import Issue
from tests.dispatch.privacy.conftest import TRIP, WORDS

Look = Callable[..., Any]
HeldIn = Callable[[], list[str]]


def wrong(desk: Desk) -> dict[str, str]:
    with desk.reading():
        checks = doctor.examine(desk)["checks"]
    return {row["check"]: row["detail"] for row in checks if not row["ok"] and not row["warning"]}


def figures(desk: Desk) -> Any:
    with desk.reading():
        agents = [{**row, "email": ""} for row in queries.list_agents()]
        return booking_figures.by_kind(), booking_figures.by_agent(desk), agents


@pytest.mark.on_file
def test_the_person_is_everywhere_before(desk: Desk, person: int, held_in: HeldIn) -> None:
    assert held_in() == list(WORDS)
    assert wrong(desk) == {}


@pytest.mark.on_file
@pytest.mark.parametrize("is_indexed", [True, False])
def test_nothing_of_an_erased_person_is_left(
    desk: Desk, person: int, held_in: HeldIn, is_indexed: bool
) -> None:
    if is_indexed:
        customer_index.catch_up(desk)
    privacy.forget(desk, person)
    assert privacy.compact(desk)
    desk.close()
    assert held_in() == []


def test_the_desk_is_sound_after_it(desk: Desk, person: int) -> None:
    before = figures(desk)
    erased = privacy.forget(desk, person)
    assert erased["customers"] == [1, 4]
    assert erased["rows"]["bookings"] == 3
    assert figures(desk) == before
    assert wrong(desk) == {}, "the chain of events, too"


def test_others_are_left_alone(desk: Desk, person: int, look: Look) -> None:
    other = look(customers.card, 2), look(customers.card, 3)
    privacy.forget(desk, person)
    seen = look(customers.card, 2), look(customers.card, 3)
    for one in (*other, *seen):
        one.pop("events")
    assert seen == other
    shared = next(row for row in look(event_log.events) if row["command"] == "lead.add_all")
    assert shared["after"]["customers:3"]["name"] == "Another One"
    assert shared["after"]["new_customer:3"]["customer_name"].keys() == {"erased"}


def test_rows_say_that_they_were_erased(desk: Desk, person: int, look: Look) -> None:
    privacy.forget(desk, person)
    row = look(lambda: Customer.get_by_id(1))
    assert (row.name, row.phone, row.email) == (ERASED_TEXT, None, None)
    booking = look(queries.booking, 1)
    assert (booking["customer_name"], booking["status"]) == (ERASED_TEXT, "Confirmed")
    assert look(lambda: Lead.get_by_id(1)).requests is None
    assert look(lambda: Issue.get_by_id(1)).description == ERASED_TEXT
    newest = look(event_log.events)[0]
    assert (newest["command"], newest["customer_id"]) == ("customer.forget", 1)


def test_nobody_is_erased_while_work_is_open(desk: Desk, person: int, look: Look) -> None:
    intake.receive(desk, name="Quillon Vexforth", phone="+49 711 8273645", **TRIP)
    with pytest.raises(Refused, match="open work: booking 6") as refusal:
        privacy.forget(desk, person)
    assert "cancel" in refusal.value.hint
    with pytest.raises(Refused):
        look(privacy.preview_erasure, person)
    bookings.cancel(desk, 6, "no")
    issue_id = open_issue(desk, "my invoice is wrong", customer_id=1)["issue_id"]
    with pytest.raises(Refused, match=f"issue {issue_id}"):
        privacy.forget(desk, person)
    lifecycle.resolve(desk, issue_id, "corrected")
    assert privacy.forget(desk, person)


def test_a_merged_customer_is_erased_with_the_one_kept(desk: Desk, person: int, look: Look) -> None:
    with pytest.raises(Refused, match="merged into customer 1"):
        privacy.forget(desk, 4)
    privacy.forget(desk, person)
    assert look(lambda: Customer.get_by_id(4)).name == ERASED_TEXT


def test_one_whose_merge_was_undone_leaves_nothing_with_the_other(desk: Desk, look: Look) -> None:
    intake.receive(desk, name="Keeper", **TRIP)
    intake.receive(desk, name="Other", phone="+49 711 5556667", **TRIP)
    customers.merge(desk, 1, 2)
    undo.undo(desk)
    bookings.cancel(desk, 2, "no")
    privacy.forget(desk, 2)
    assert not any("5556667" in str(event) for event in look(event_log.events))
    assert wrong(desk) == {}


def test_an_erasure_is_repeated_with_its_request_id(desk: Desk, person: int) -> None:
    with desk.request("e1"):
        first = privacy.forget(desk, person)
        assert privacy.forget(desk, person) == first
    with pytest.raises(Refused, match="customer 1 was erased"):
        privacy.forget(desk, person)
    with pytest.raises(NotFound):
        privacy.forget(desk, 99)


def test_the_preview_changes_nothing(desk: Desk, person: int, look: Look) -> None:
    before = look(event_log.events)
    preview = look(privacy.preview_erasure, person)
    assert look(event_log.events) == before
    erased = privacy.forget(desk, person)
    assert {**erased, "events": 0} == {**preview, "events": 0}
    assert erased["events"] <= preview["events"], "some of them hold no text of the person"


WRITTEN_ABOUT: list[Callable[[Desk], object]] = [
    lambda desk: bookings.note(desk, 1, "again"),
    lambda desk: bookings.reopen(desk, 1),
    lambda desk: editing.edit(desk, 1, name="Quillon"),
    lambda desk: bookings.rate(desk, 5, 1),
    lambda desk: issue_editing.edit(desk, 1, title="Quillon again"),
    lambda desk: issue_editing.edit(desk, 1, customer_id=2),
    lambda desk: surveys.rate(desk, 1, 4, "says Quillon"),
    lambda desk: escalation_commands.escalate(desk, 1, "Quillon"),
    lambda desk: escalation_commands.settle(desk, 1, "Quillon"),
    lambda desk: customers.edit(desk, 1, name="Quillon"),
    lambda desk: customers.merge(desk, 2, 1),
    lambda desk: conversation.reply(desk, 1, "hello", author="customer"),
    lambda desk: conversation.note(desk, 1, "hello"),
    lambda desk: lifecycle.reopen(desk, 1, "again"),
    lambda desk: open_issue(desk, "hello", customer_id=1),
    lambda desk: open_issue(desk, "hello", booking_id=1),
    lambda desk: intake.receive(desk, 1, name="Quillon", **TRIP),
]


@pytest.mark.parametrize("command", WRITTEN_ABOUT)
def test_nothing_new_is_written_about_an_erased_person(
    desk: Desk, person: int, command: Callable[[Desk], object]
) -> None:
    privacy.forget(desk, person)
    with pytest.raises(Refused, match=r"customer 1 was erased|issue 1 is"):
        command(desk)


def test_no_event_of_an_erased_person_is_undone_or_redone(desk: Desk, person: int, look: Look) -> None:
    bookings.rate(desk, 1, 5)
    undo.undo(desk)
    privacy.forget(desk, person)
    before = look(lambda: [row.__data__ for row in Booking.select()])
    for event in look(event_log.events):
        is_about = event["customer_id"] == 1 or event["booking_id"] == 1 or event["issue_id"] == 1
        if is_about and event["after"]:
            with pytest.raises(Refused):
                undo.undo(desk, event["event_id"])
            with pytest.raises(Refused):
                undo.redo(desk, event["event_id"])
    assert look(lambda: [row.__data__ for row in Booking.select()]) == before


def test_the_same_person_comes_back_as_somebody_new(desk: Desk, person: int, look: Look) -> None:
    privacy.forget(desk, person)
    row = intake.receive(desk, name="Quillon Vexforth", phone="+49 711 8273645", **TRIP)
    assert look(lambda: Lead.get_by_id(row["lead_id"])).customer_id == 5


@pytest.mark.on_file
def test_the_log_is_append_only_again(desk: Desk, person: int) -> None:
    privacy.forget(desk, person)
    desk.close()
    file = sqlite3.connect(desk.database.file)
    try:
        for statement in (
            "UPDATE events SET detail = NULL",
            "UPDATE interactions SET text = 'x' WHERE text <> ''",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                file.execute(statement)
    finally:
        file.close()


def test_a_refused_erasure_erases_nothing(
    desk: Desk, person: int, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.privacy.erasure.erase", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        privacy.forget(desk, person)
    assert look(customers.card, 1)["name"] == "Quillon Vexforth-Jastrow"
    assert look(lambda: Event.select().where(Event.command == "customer.forget").count()) == 0
    assert wrong(desk) == {}


def test_the_doctor_knows_what_a_rewriting_is_still_owed(desk: Desk, person: int, clock: Any) -> None:
    def leftovers() -> bool:
        with desk.reading():
            checks = {row["check"]: row for row in doctor.examine(desk)["checks"]}
        return not checks["leftovers"]["ok"]

    assert not leftovers()
    privacy.forget(desk, person)
    assert leftovers()
    clock.advance(minutes=1)
    privacy.compact(desk)
    assert not leftovers()
