"""Lists of accepted values that grow and shrink: adding, renaming, retiring, and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.assignment.caps import set_cap
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.accepted_values import KINDS, LISTS
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import Reading, asked
from dispatch.leads import intake
from dispatch.operations import configuration, lists, undo
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.caps import list_caps
from dispatch.queries.row_types import BookingRow
from dispatch.views import desk_views
from models.errors import DeskError

Look = Callable[..., Any]
AddLead = Callable[..., intake.LeadResult]
PACKAGE = "package"
FIRST = {
    "destination": "Mars",
    "launch": "London Ascension Platform",
    "method": "Text",
    "source": "Bought",
    "department": "Luxury Voyages",
    "job_title": "Space Travel Agent",
    PACKAGE: "Luxury Dome Stay",
}


@pytest.fixture
def other(path: Path, desk: Desk) -> Iterator[Desk]:
    """A second terminal on the same desk."""
    other = open_desk(path, actor="lee")
    yield other
    other.close()


def place(kind: str) -> dict[str, str]:
    """A package is one of Mars."""
    return {"destination": "Mars"} if kind == PACKAGE else {}


def names(look: Look, kind: str) -> list[str]:
    return [row["name"] for row in look(lists.list_values, kind)]


def state(look: Look, kind: str, name: str) -> tuple[bool, str | None]:
    """Whether a value is retired, and what it is called now."""
    rows = [row for row in look(lambda: lists.list_values(kind, retired=True)) if row["name"] == name]
    return rows[0]["retired_at"] is not None, rows[0]["renamed_to"]


def refusal(run: Callable[[], object]) -> DeskError:
    with pytest.raises(DeskError) as caught:
        run()
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_shrinks_and_grows_again(desk: Desk, look: Look, kind: str) -> None:
    name = FIRST[kind]
    row = lists.retire_value(desk, kind, name.upper(), **place(kind))
    assert (row["name"], row["retired_at"]) == (name, desk.now())
    assert name not in names(look, kind)
    assert state(look, kind, name) == (True, None)
    row = lists.add_value(desk, kind, name.lower(), **place(kind))
    assert (row["name"], row["restored"]) == (name, True)
    assert name in names(look, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_renames_and_undo_renames_back(desk: Desk, look: Look, kind: str) -> None:
    name = FIRST[kind]
    row = lists.rename_value(desk, kind, name, "Something Else", **place(kind))
    assert (row["was"], row["name"]) == (name, "Something Else")
    assert {name, "Something Else"} & set(names(look, kind)) == {"Something Else"}
    assert state(look, kind, name) == (True, "Something Else")
    assert undo.undo(desk)["about"]["value"].endswith("Something Else")
    assert {name, "Something Else"} & set(names(look, kind)) == {name}
    undo.redo(desk)
    assert {name, "Something Else"} & set(names(look, kind)) == {"Something Else"}
    lists.rename_value(desk, kind, "Something Else", name, **place(kind))
    assert state(look, kind, "Something Else") == (True, name)


@pytest.mark.parametrize("kind", LISTS)
def test_the_last_value_of_a_list_stays(desk: Desk, look: Look, kind: str) -> None:
    first, *others = names(look, kind)
    for name in others:
        lists.retire_value(desk, kind, name)
    error = refusal(lambda: lists.retire_value(desk, kind, first))
    assert (error.code, names(look, kind)) == ("last_value", [first])
    assert "adds another first" in error.hint


def test_undo_takes_back_what_was_added_and_retired(desk: Desk, look: Look) -> None:
    lists.add_value(desk, "source", "Radio")
    undo.undo(desk)
    assert "Radio" not in names(look, "source")
    undo.redo(desk)
    assert "Radio" in names(look, "source")
    lists.retire_value(desk, "source", "Radio")
    with desk.reading():
        assert undo.preview(desk)["rows"] == ["lead source Radio"]
    undo.undo(desk)
    assert "Radio" in names(look, "source")


def test_undo_leaves_a_value_that_somebody_has_changed_since(desk: Desk) -> None:
    lists.retire_value(desk, "source", "Bought")
    with desk.acting_as("lee"):
        lists.add_value(desk, "source", "Bought")
    assert refusal(lambda: undo.undo(desk)).code == "changed_since"
    lists.rename_value(desk, "source", "Bought", "Paid")
    with desk.acting_as("lee"):
        lists.retire_value(desk, "source", "Paid")
    assert refusal(lambda: undo.undo(desk)).code == "changed_since"


def test_a_retired_value_is_refused_for_new_leads_and_stays_on_old_ones(
    desk: Desk, other: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    number = add_lead(destination="Mars")["booking_id"]
    lists.retire_value(other, "destination", "Mars")
    error = refusal(lambda: add_lead(destination="mars"))
    assert error.message == "'Mars' is retired: it is no longer an accepted destination"
    assert error.hint.startswith("accepted: Europa, Ganymede, Titan, Venus; ")
    bookings.confirm(desk, number, "Luxury Dome Stay", 1, 2)
    assert look(queries.booking, number)["destination"] == "Mars"
    lists.add_value(other, "destination", "Mars")
    assert add_lead(destination="mars")["booking_id"] == number + 1


def test_retiring_tells_what_has_the_value(desk: Desk, two: None, add_lead: AddLead) -> None:
    number = add_lead(destination="Mars")["booking_id"]
    bookings.cancel(desk, number, "no money")
    add_lead(destination="Mars")
    agents.change(desk, 1, skills="Mars, Titan")
    set_cap(desk, 5, "day", destination="Mars")
    configuration.set_value(desk, "departments", "Mars=Premium Bookings")
    desk_views.save(desk, "Red planet", "queue", "to:mars")
    assert desk.rehearse(lambda: lists.retire_value(desk, "destination", "Mars"))["used_by"] == {
        "open_bookings": 1,
        "agents": 1,
        "caps": [1],
        "settings": ["departments"],
        "views": ["Red planet"],
    }


def test_what_is_open_follows_a_new_name_and_what_is_closed_keeps_the_old(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    sold = add_lead(destination="Mars", name="Ann")["booking_id"]
    bookings.confirm(desk, sold, "Luxury Dome Stay", 1, 2)
    pending = add_lead(destination="Mars", name="Bea")["booking_id"]
    agents.change(desk, 1, skills="Mars, Titan")
    set_cap(desk, 5, "day", destination="Mars")
    configuration.set_value(desk, "departments", "Mars=Premium Bookings; Titan=Luxury Voyages")
    used = lists.rename_value(desk, "destination", "Mars", "Ares")["used_by"]
    assert (used["open_bookings"], used["agents"], used["caps"]) == (1, 1, [1])
    assert [look(queries.booking, one)["destination"] for one in (sold, pending)] == ["Mars", "Ares"]
    assert look(queries.agent, 1)["skills"] == ["Ares", "Titan"]
    assert [row["destination"] for row in look(list_caps)] == ["Ares"]
    assert desk.settings["departments"] == "Ares=Premium Bookings; Titan=Luxury Voyages"
    assert look(desk.values.packages, "Ares") == ("Luxury Dome Stay",)
    told = look(event_log.events)[0]
    assert (told["command"], told["detail"]["value"]) == ("value.rename", "destination Mars to Ares")


def test_the_former_name_is_understood_and_an_old_booking_reopens_under_the_new_one(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    sold = add_lead(destination="Mars", method="Text")["booking_id"]
    bookings.cancel(desk, sold, "no money")
    lists.rename_value(desk, "destination", "Mars", "Ares")
    lists.rename_value(desk, "method", "Text", "Chat")
    new = add_lead(destination="mars", method="Text")["booking_id"]
    assert look(queries.booking, new)["destination"] == "Ares"
    bookings.reopen(desk, sold)
    row = look(queries.booking, sold)
    assert (row["destination"], row["method"]) == ("Ares", "Chat")


@pytest.mark.parametrize(("name", "count"), [("Mars", 1), ("Ares", 1)])
def test_filters_find_bookings_by_both_names(
    desk: Desk, two: None, add_lead: AddLead, look: Look, name: str, count: int
) -> None:
    bookings.cancel(desk, add_lead(destination="Mars")["booking_id"], "no money")
    lists.rename_value(desk, "destination", "Mars", "Ares")
    add_lead(destination="Ares")

    def found() -> list[BookingRow]:
        reading = Reading(desk.now(), desk.values.of, known=desk.values.known)
        fields, _ = asked(parse(f"to:{name}"), BOOKING_KEYS, reading)
        return queries.list_bookings(queries.BookingFilter(**fields))

    assert len(look(found)) == count


def test_agents_follow_their_department_and_title(desk: Desk, two: None, look: Look) -> None:
    before = look(queries.agent, 1)
    lists.rename_value(desk, "department", before["department"], "Grand Tours")
    lists.rename_value(desk, "job_title", before["job_title"], "Guide")
    after = look(queries.agent, 1)
    assert (after["department"], after["job_title"]) == ("Grand Tours", "Guide")


@pytest.mark.parametrize(
    ("run", "code", "words"),
    [
        (lambda desk: lists.retire_value(desk, "destination", "Marz"), "invalid_name", "did you mean Mars?"),
        (lambda desk: lists.rename_value(desk, "source", "Bougth", "X"), "invalid_name", "mean Bought?"),
        (lambda desk: lists.add_value(desk, "destination", " mARS "), "exists", ""),
        (lambda desk: lists.add_value(desk, "method", "phone  call"), "exists", ""),
        (lambda desk: lists.rename_value(desk, "method", "Text", "phone call"), "exists", "retire 'Text'"),
        (lambda desk: lists.rename_value(desk, "method", "Text", "Text"), "invalid_new_name", "another"),
        (lambda desk: lists.rename_value(desk, "method", "Text", ""), "invalid_new_name", ""),
        (lambda desk: lists.retire_value(desk, "planet", "Mars"), "invalid_kind", "package"),
        (lambda desk: lists.retire_value(desk, "package", "Picnic", "Mars"), "invalid_name", "accepted"),
        (lambda desk: lists.retire_value(desk, "package", "Picnic", "Moon"), "invalid_destination", ""),
    ],
)
def test_refusals_name_the_nearest_and_what_there_is(
    desk: Desk, run: Callable[[Desk], object], code: str, words: str
) -> None:
    error = refusal(lambda: run(desk))
    assert error.code == code
    assert words in error.hint


def test_a_retired_name_is_not_given_to_another_value(desk: Desk) -> None:
    lists.retire_value(desk, "destination", "Venus")
    error = refusal(lambda: lists.rename_value(desk, "destination", "Mars", "venus"))
    assert (error.code, "brings it back" in error.hint) == ("exists", True)
    error = refusal(lambda: lists.retire_value(desk, "destination", "Venus"))
    assert (error.message, "brings it back" in error.hint) == ("'Venus' is retired already", True)
    lists.rename_value(desk, "destination", "Mars", "MARS")
    assert refusal(lambda: lists.add_value(desk, "destination", "mars")).code == "exists"


def test_a_quote_keeps_its_retired_package(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    number = add_lead(destination="Mars")["booking_id"]
    bookings.confirm(desk, number, "Luxury Dome Stay", 1, 2)
    bookings.reopen(desk, number)
    lists.retire_value(desk, "package", "Luxury Dome Stay", "Mars")
    other = add_lead(destination="Mars", name="Bea")["booking_id"]
    assert refusal(lambda: bookings.confirm(desk, other, "Luxury Dome Stay", 1, 2)).code == "invalid_package"
    bookings.confirm(desk, number, "Luxury Dome Stay", 3, 4)
    assert look(queries.booking, number)["package"] == "Luxury Dome Stay"
