"""Wording of rows."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from dispatch.assignment.policies import POLICIES
from dispatch.inputs.amounts import money_cents
from dispatch.inputs.times import due_times
from dispatch.queries import wording
from dispatch.queries.wording import money, short_moment
from models.calendars import Calendar
from models.errors import InvalidInput, Refused
from screens.base.keys import refusal, said
from screens.bookings import forms as booking_forms
from screens.bookings.forms import MOMENT_HINT
from screens.customers import forms as customer_forms
from screens.dialogs.form import Field
from screens.fields.agent_picker import agent_lines
from screens.fields.values import as_typed
from screens.roster import agent_forms
from screens.wording.agents import load_bar, load_style
from screens.wording.bookings import state
from screens.wording.events import event_line
from screens.wording.reasons import policy_word
from screens.wording.text import BAD, CARE, GOOD, short

PENDING: Any = {"voided": False, "status": "Pending", "agent_id": 1, "claimed_at": None}


ERASED = {"erased": "9f" * 16}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "unclaimed"),
        ({"claimed_at": "2082-03-04 12:00:00"}, "claimed"),
        ({"agent_id": None}, "waiting"),
        ({"status": "Confirmed"}, "confirmed"),
        ({"status": "Cancelled"}, "cancelled"),
        ({"status": "Cancelled", "voided": True}, "undone"),
    ],
)
def test_a_state_is_a_word(changes: dict[str, Any], words: str) -> None:
    assert state(PENDING | changes).plain == words


@pytest.mark.parametrize(
    ("load", "issues", "capacity", "shown"),
    [
        (0, 0, 10, "▁ 0/10"),
        (10, 0, 10, "█ 10/10"),
        (10, 2, 10, "█ 10+2/10!"),
        (0, 0, 0, "█ 0/0"),
        (3, 2, 10, "▅ 3+2/10"),
    ],
)
def test_a_load_is_a_bar_and_a_number(load: int, issues: int, capacity: int, shown: str) -> None:
    row: Any = {"load": load, "issue_load": issues, "capacity": capacity}
    assert load_bar(row).plain == shown


@pytest.mark.parametrize("held", [0, 5, 9])
def test_a_load_with_room_left_is_no_warning(held: int) -> None:
    assert load_style(held, 10) == GOOD


def test_a_full_load_warns_and_one_above_the_capacity_is_loud() -> None:
    assert load_style(10, 10) == CARE
    assert load_style(11, 10) == f"bold {BAD}"


def test_an_amount_in_a_field_has_separators_and_is_understood_as_it_is() -> None:
    assert as_typed(132000.0) == "132,000.00"
    assert money_cents(as_typed(132000.0), "package_revenue") == 13_200_000


def test_every_moment_that_a_field_suggests_is_understood() -> None:
    for example in MOMENT_HINT.split(", "):
        due_times.understand(example, "2082-03-04 12:00:00", Calendar(UTC, 0))


def test_policies_are_told_apart_by_their_words() -> None:
    assert len({policy_word(name) for name in POLICIES}) == len(POLICIES)
    assert "Balanced load" in map(policy_word, POLICIES)


def test_agents_to_choose_from_are_in_columns() -> None:
    row: Any = {"agent_id": 1, "name": "Ann", "load": 0, "issue_load": 0, "capacity": 10, "rank": 3}
    other = {"agent_id": 27, "name": "Ronan Young", "load": 10, "issue_load": 2, "rank": 12}
    present = [row | each | {"presence": "available"} for each in ({}, other)]
    one, two, busy = (line.plain for line in agent_lines([*present, row | {"presence": "busy"}]))
    assert one.index("0/10") == two.index("10+2/10")
    assert one.index("rank") == two.index("rank") == busy.index("◐")
    assert len(one) == len(two)


def test_amounts_have_two_places_or_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "_currency", "")
    assert [money(None), money(0), money(1234567.5)] == ["–", "0.00", "1,234,567.50"]


def test_times_are_in_the_terminals_zone() -> None:
    assert [short_moment(None), short_moment("2082-03-04 12:34:56")] == ["", "4 Mar 12:34"]


def test_a_long_name_is_cut() -> None:
    assert [short("Kate"), short("x" * 41)] == ["Kate", "x" * 39 + "…"]


def test_a_refusal_is_shown_with_its_hint() -> None:
    app: App[None] = App()
    assert refusal(app, Refused("no", "it is claimed")) == "It is claimed"
    assert refusal(app, Refused("no", "none.csv: no such file")) == "none.csv: no such file"
    assert refusal(app, InvalidInput("x", "it is missing", "give one")) == "It is missing: give one"
    closed = Refused("no", "it is Cancelled", "{booking.reopen 416} makes it Pending; {doctor.repair} helps")
    assert refusal(app, closed) == "It is Cancelled: o in Queue makes it Pending"
    away = Refused("no", "Kai is away", "{agent.presence 3} makes them available")
    assert refusal(app, away) == "Kai is away: p in Roster makes them available"


@pytest.mark.parametrize("forms", [booking_forms, agent_forms, customer_forms])
def test_a_refusal_calls_a_field_what_its_label_says(forms: Any) -> None:
    """The label said Trip revenue, the refusal destination revenue."""
    for name, check in forms.CHECKS.items():
        field = Field(name, forms.LABELS[name], check=check)
        told = field.refusal(App[None](), "\u202e")
        assert field.noun.lower() in told.lower(), told
        assert told[0] in "'" or told[0].isupper()
    assert said(
        InvalidInput("destination_revenue", "'destination revenue' is not a destination revenue"), "price"
    ) == ("'destination revenue' is not a price")


def test_the_desks_refusals_are_shown_as_sentences_by_one_function() -> None:
    screens = Path(__file__).parents[2] / "screens"
    raw = [path.name for path in screens.rglob("*.py") if "error.message" in path.read_text()]
    assert raw == ["keys.py"]


@pytest.mark.parametrize(
    ("command", "detail", "undone_by", "line"),
    [
        ("booking.claim", {}, None, " 4 Mar 12:00  claimed for Soren Baker  (kim)"),
        ("booking.reassign", {"reason": "no"}, None, " 4 Mar 12:00  reassigned to Soren Baker: no  (kim)"),
        (
            "booking.decline",
            {"declined_by": 9, "reason": "ill"},
            None,
            " 4 Mar 12:00  declined by Nova Singh: ill  (kim)",
        ),
        ("booking.lapse", {"not_claimed_by": 8}, None, " 4 Mar 12:00  not claimed in time by agent 8  (kim)"),
        ("booking.note", {"text": "[/] call"}, None, " 4 Mar 12:00  note: [/] call  (kim)"),
        ("booking.contact", {"outcome": "no_answer"}, None, " 4 Mar 12:00  contact: no answer  (kim)"),
        (
            "booking.contact",
            {"outcome": "no_answer", "text": "voicemail", "follow_up_at": "2082-03-05 09:00:00"},
            None,
            " 4 Mar 12:00  contact: no answer, voicemail, follow-up 5 Mar 09:00  (kim)",
        ),
        ("booking.follow_up", {"follow_up_at": None}, None, " 4 Mar 12:00  follow-up: removed  (kim)"),
        ("booking.cancel", {"reason": "no"}, 9, " 4 Mar 12:00  cancelled: no  (kim)  [undone]"),
        ("booking.cancel", {"reason": ERASED}, None, " 4 Mar 12:00  cancelled: erased  (kim)"),
        (
            "undo",
            {"command": "booking.claim"},
            None,
            " 4 Mar 12:00  undid the claim on 12 for Soren Baker  (kim)",
        ),
        (
            "undo",
            {"command": "booking.claim"},
            9,
            " 4 Mar 12:00  undid the claim on 12 for Soren Baker  (kim)  [redone]",
        ),
        (
            "redo",
            {"command": "booking.claim"},
            9,
            " 4 Mar 12:00  redid the claim on 12 for Soren Baker  (kim)  [undone]",
        ),
        (
            "setting.set",
            {"key": "pull", "old": False, "new": True},
            None,
            " 4 Mar 12:00  setting: pull is on  (kim)",
        ),
        ("later.command", {}, None, " 4 Mar 12:00  later.command  (kim)"),
    ],
)
def test_an_event_is_a_line(command: str, detail: dict[str, Any], undone_by: int | None, line: str) -> None:
    event: Any = {
        "at": "2082-03-04 12:00:00",
        "actor": "kim",
        "agent_id": 6,
        "booking_id": 12,
        "issue_id": None,
        "customer_id": None,
        "customer_name": "Ann",
        "command": command,
        "detail": detail,
        "before": {},
        "after": {},
    }
    assert event_line(event | {"undone_by": undone_by}, {6: "Soren Baker", 9: "Nova Singh"}) == line


def test_an_event_about_something_else_names_it() -> None:
    event: Any = {"at": "2082-03-04 12:00:00", "actor": "kim", "command": "issue.resolve", "undone_by": None}
    line = event_line(event | {"agent_id": None, "detail": {}}, {}, "issue 2")
    assert line == " 4 Mar 12:00  issue 2 resolved  (kim)"
