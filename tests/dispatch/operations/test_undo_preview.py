"""What an undo would take back is said without writing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings
from dispatch.agents import presence, roster
from dispatch.assignment.caps import remove_cap, set_cap
from dispatch.bookings import bulk_actions
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import undo
from dispatch.operations.command_list import describe_target, describe_undone
from dispatch.reporting.event_sentences import sentence
from dispatch.views import desk_views
from models.errors import Refused

Look = Callable[..., Any]
AddAgent = Callable[..., Any]


def test_a_lead_is_named_with_its_customer(desk: Desk, lead: LeadResult, look: Look) -> None:
    before = look(event_log.events)
    found = undo.preview(desk)
    assert (found["command"], found["redone"]) == ("lead.add", False)
    assert describe_target(found) == "the addition of booking 1 (Kate Nguyen)"
    assert look(event_log.events) == before


def test_one_row_is_named_by_what_was_done_to_it(desk: Desk, lead: LeadResult) -> None:
    bookings.claim(desk, 1, 1)
    found = undo.preview(desk)
    assert (found["rows"], describe_target(found)) == (["booking 1"], "the claim on booking 1")


def test_a_note_changes_no_row_but_is_about_one(desk: Desk, lead: LeadResult) -> None:
    bookings.note(desk, 1, "hello")
    assert undo.preview(desk)["rows"] == ["booking 1"]


def test_several_rows_are_counted(desk: Desk, lead: LeadResult, add_lead: Callable[..., LeadResult]) -> None:
    add_lead()
    bulk_actions.cancel(desk, [1, 2], "no money")
    found = undo.preview(desk)
    assert sorted(found["rows"]) == ["booking 1", "booking 2"]
    assert describe_target(found) == "the cancellation of 2 bookings"


def test_a_redo_is_previewed_too(desk: Desk, lead: LeadResult) -> None:
    undo.undo(desk)
    found = undo.preview(desk, redo=True)
    assert (found["redone"], describe_target(found)) == (True, "the addition of booking 1 (Kate Nguyen)")
    assert undo.preview(desk, found["undone_event_id"])["redone"]


def test_what_undo_would_refuse_the_preview_refuses(desk: Desk, lead: LeadResult) -> None:
    bookings.claim(desk, 1, 1)
    with pytest.raises(Refused) as caught:
        undo.preview(desk, undo.preview(desk)["undone_event_id"] - 1)
    assert "has changed since" in caught.value.message


def test_a_command_that_is_never_undone_is_told_apart(desk: Desk, lead: LeadResult, look: Look) -> None:
    rows = look(event_log.events)
    assert look(lambda: undo.is_undoable(rows[0]["event_id"]))
    assert not look(lambda: undo.is_undoable(99_999))


def test_what_is_no_row_of_a_list_is_named(desk: Desk) -> None:
    desk_views.save(desk, "Titan", "queue", "to:titan", (), "id")
    assert describe_target(undo.preview(desk)) == "the saving of the view “Titan”"
    set_cap(desk, 5, "hour")
    assert describe_target(undo.preview(desk)) == "the cap of at most 5 leads an hour for each agent"


def test_undo_redo_and_the_log_say_what_was_changed(desk: Desk, add_agent: AddAgent, look: Look) -> None:
    """The words "a change of caps" left open which cap."""
    add_agent("Ada")
    for act, noun in (
        (lambda: set_cap(desk, 20, "day", 1), "the cap of at most 20 leads a day for Ada Byron"),
        (lambda: remove_cap(desk, 1), "the removal of the cap of at most 20 leads a day for Ada Byron"),
        (lambda: desk_views.delete(desk, "Titan"), "the deletion of the view “Titan”"),
        (lambda: roster.change(desk, 1, weight=2), "the edit of Ada Byron: weight"),
        (lambda: presence.set_presence(desk, 1, "break"), "Ada Byron's change of presence to break"),
    ):
        if "deletion" in noun:
            desk_views.save(desk, "Titan", "queue", "to:titan", (), "id")
        act()
        assert describe_target(undo.preview(desk)) == noun
        assert describe_undone(undo.undo(desk)) == noun
        assert describe_target(undo.preview(desk, redo=True)) == noun
        assert describe_undone(undo.redo(desk)) == noun
        (event,) = look(lambda: event_log.events(limit=1))
        assert sentence(event, {1: "Ada Byron"}) == f"redid {noun}"
