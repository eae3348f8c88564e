"""The queue's filter language."""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest
from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch import bookings
from dispatch.bootstrap import open_desk
from dispatch.desk.accepted_values import FIRST_VALUES
from dispatch.inputs.filters.filter_language import Pair, format_filter
from dispatch.inputs.filters.filter_reader import Reading
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.bookings import BookingFilter
from dispatch.service.row_types import IssueRow
from dispatch.service.wording import status_words
from models.calendars import Calendar
from models.errors import InvalidInput
from models.issues import ISSUE_STATUSES
from screens.customers.card import CustomerCard
from screens.filters.bookings import VIEWS, parse_filter, view_of, without_view
from screens.filters.issues import VIEWS as ISSUE_VIEWS
from screens.filters.issues import parse_issue_filter
from screens.widgets.filter_bar import LAST_VALID
from screens.widgets.live_table import LiveTable
from screens.wording.bookings import SHORT, STYLES
from screens.wording.issues import short_state
from screens.wording.text import no_matches
from tests.screens.conftest import standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import press

HOLIDAYS = {"destination": ("Alpha Centauri", "Mars", "Mars Base")}
ZONE = Calendar(timezone(timedelta(hours=1)), 0)
READING = Reading(
    "2082-11-24 09:02:03",
    lambda kind: (HOLIDAYS | FIRST_VALUES | HOLIDAYS)[kind],
    6,
    Calendar(timezone(timedelta(hours=1)), 0),
)


def parsed(said: str, view: str = "All", **order: Any) -> BookingFilter:
    return parse_filter(said, view, READING, **order)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}),
        ("kate  nguyen ", {"text": "kate nguyen"}),
        ("status:pending", {"status": "Pending"}),
        ("STATUS:Confirmed", {"status": "Confirmed"}),
        ("stat:conf", {"status": "Confirmed"}),
        ("agent:6 kate", {"agent_id": 6, "text": "kate"}),
        ("to:mars", {"destination": "Mars"}),  # all of a name, though another begins so
        ('to:"Alpha Centauri" source:bought', {"destination": "Alpha Centauri", "source": "Bought"}),
        ('method:"Phone Call" kate', {"method": "Phone Call", "text": "kate"}),
        (format_filter(Pair("to", ":", "Mars Base")), {"destination": "Mars Base"}),
        ("is:unclaimed", {"unclaimed": True}),
        ("is:waiting", {"waiting": True}),
        ("is:due", {"due_until": "2082-11-24 09:02:03"}),
        ("is:asked", {"asked": True}),
        ("is:waiting status:cancelled", {"status": "Cancelled", "waiting": True}),
        ("customer:kate", {"customer": "kate"}),
        ("customer:12", {"customer": 12}),
        ("12:30 [/] #12", {"text": "12:30 [/] #12"}),
        ('"a:b"', {"text": "a:b"}),
        ("kate and", {"text": "kate and"}),
        ("agent:soren", {"where": Pair("agent", ":", "soren")}),
        ("agent:\u0666", {"where": Pair("agent", ":", "\u0666")}),  # a digit of another script is a name
        ("status:pending status:confirmed", {"status": "Pending", "where": Pair("status", ":", "Confirmed")}),
    ],
)
def test_what_a_text_asks_for(text: str, wanted: dict[str, Any]) -> None:
    assert parsed(text) == BookingFilter(**wanted)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("status:lost", "unknown status 'lost': accepted: Pending, Confirmed, Cancelled"),
        ("status:", "status has no value: accepted: Pending, Confirmed, Cancelled"),
        ("status:c", "ambiguous status 'c': accepted: Confirmed, Cancelled"),
        (
            "to:mors",
            "unknown destination 'mors': did you mean mars? accepted: Alpha Centauri, Mars, Mars Base",
        ),
        ("stauts:pending", "unknown key 'stauts': did you mean status? accepted: status, is, agent,"),
        ("a:b", "ambiguous key 'a': accepted: agent, attempts"),
        ("status<pending", "status has no <: it takes : and !="),
        ("number:x", "'number:x' is not a whole number"),
        ("created:soon", "'created:soon' is not a time: today, 9:00, -2h"),
        ("created:-2h", "'created:-2h' is not a day: use created>=-2h"),
        ("(kate", "unmatched ("),
        ("kate)", "unmatched )"),
        ("()", "empty parentheses"),
        ('""', "empty quotes"),
        ("a\u202eb", "filter 'a\\u202eb' contains the control character"),
        ("x " * 101, "the filter has 101 parts"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_can(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed(text)
    assert f"{caught.value.message}: {caught.value.hint}".startswith(told)


@pytest.mark.parametrize("key", ["status", "is"])
def test_words_of_the_screen_are_accepted_where_they_are_typed(key: str) -> None:
    """The words of the state column and of the tabs were refused: ``status:unclaimed``, ``is:claimed``."""
    states = {SHORT.get(words, words) for words in STYLES}
    for word in {*states, *VIEWS}:
        parsed(format_filter(Pair(key, ":", word)))
    rows = [
        cast(IssueRow, {"escalation_level": 0, "escalation_acknowledged": False, "status": status})
        for status in ISSUE_STATUSES
    ]
    issue_states = {short_state(row).plain.lstrip("!▲‖○◐✓✗ ") for row in rows} | set(
        map(status_words, ISSUE_STATUSES)
    )
    for word in {*issue_states, *ISSUE_VIEWS}:
        parse_issue_filter(format_filter(Pair(key, ":", word)), "Open", READING)
    assert parsed(f"{key}:claimed", "Unclaimed") == BookingFilter(claimed=True)
    assert parsed(f"{key}:uncl", "Pending") == BookingFilter(unclaimed=True)
    assert parsed(f"{key}:all", "Pending") == BookingFilter()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("unclaimed", "is:unclaimed"),
        ("mars Unclaimed", "is:unclaimed"),
        ("call again", 'status:"call again"'),
        ("confirmed", "status:Confirmed"),
        ("kate to:mars", ""),
    ],
)
def test_a_bare_word_for_a_state_that_finds_nothing_is_told_as_a_filter(text: str, meant: str) -> None:
    assert no_matches(text, BOOKING_KEYS) == (
        f"No matches. Did you mean {meant}?" if meant else "No matches. Esc clears the filter"
    )


def test_order_and_view_stay_unless_the_text_says_otherwise() -> None:
    order: dict[str, Any] = {"sort": "customer", "descending": False}
    assert parsed("new", "Unclaimed", **order) == BookingFilter(**order, unclaimed=True, text="new")
    assert parsed("status:pending", "Unclaimed", **order) == BookingFilter(**order, status="Pending")
    assert not parsed("to:mars or status:pending", "Unclaimed").unclaimed
    assert parsed("to:mars or agent:6", "Unclaimed").unclaimed


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("kate status:pending", "kate"),
        ("is:unclaimed", ""),
        ("is:due is:waiting to:mars", "is:due to:mars"),
        ('not status:pending "a b" (agent:6 or is:unclaimed)', "a b"),
        ("to:mars", "to:mars"),
    ],
)
def test_words_in_the_place_of_the_view_leave_with_it(text: str, rest: str) -> None:
    assert without_view(text, READING) == rest


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_known_by_its_parts(name: str) -> None:
    assert view_of(BookingFilter(**VIEWS[name], text="kate", agent_id=2)) == name


def test_what_is_no_view_is_called_mixed() -> None:
    assert view_of(BookingFilter(status="Confirmed", unclaimed=True)) == "Mixed"


async def test_a_refused_text_is_told_and_the_list_stays(golden_file: Path, running: Any) -> None:
    other = open_desk(golden_file, clock=standing_still, actor="lee")
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape")
        everything = await listed(app, "")
        assert await listed(app, "status:lost") == everything
        assert "Unknown status 'lost': accepted: Pending, Confirmed, Cancelled" in text_of(app)
        assert LAST_VALID in text_of(app)
        bookings.note(other, 9, "what others do comes in meanwhile")
        await app.settle()
        assert "Unknown status 'lost'" in text_of(app)
        mars_or_waiting = await listed(app, "(to:mars or is:waiting) not status:cancelled")
        assert 0 < len(mars_or_waiting) < len(everything)
        assert LAST_VALID not in text_of(app)
        assert "unknown" not in text_of(app)
        await press(app, "slash", "enter", "A")
        assert f"{len(mars_or_waiting)} marked" in text_of(app)
        await press(app, "escape", "escape")
        assert await listed(app, "to:") == everything
        assert "Destination has no value: accepted: Europa" in text_of(app)
        await press(app, "escape")
        assert " All 12 " in text_of(app)
    other.close()


async def test_the_roster_and_the_finder_read_the_same(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="roster") as (app, _):
        await press(app, "f3")
        everybody = await listed(app, "", "agent_id")
        assert await listed(app, "load>0 or zion", "agent_id") != everybody
        some = await listed(app, "not presence:available", "agent_id")
        assert await listed(app, "load>x", "agent_id") == some
        assert "'load>x' is not a whole number" in text_of(app)
        assert LAST_VALID in text_of(app)
        await press(app, "ctrl+f", *"kate open>0", "enter")
        assert isinstance(app.screen, CustomerCard)
        await press(app, "escape", "ctrl+f", *"tier:tin")
        assert "Unknown tier 'tin': accepted: bronze, silver" in text_of(app)


async def listed(app: AstraApp, text: str, number: str = "booking_id") -> list[int]:
    app.screen.query_one("#filter", Input).value = text
    await app.settle()
    return [row[number] for row in app.screen.query_one(LiveTable).rows_shown]
