"""Every key has a name, words that explain it, and does what they say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from dispatch import queries
from dispatch.agents.handover import claimed_of
from dispatch.assignment.policies import POLICIES
from dispatch.desk import event_log
from dispatch.desk.event_filter import EventFilter
from dispatch.queries.row_types import BookingRow
from dispatch.service.issues import queries as issue_queries
from dispatch.service.row_types import IssueDetails
from models.issues import CATEGORIES
from screens.app.first_steps import FirstSteps
from screens.app.import_files import ImportFiles
from screens.app.tour import Tour
from screens.base import keys
from screens.customers.card import CustomerCard
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.dispatch.lead_form import LeadForm
from screens.shell import key_catalogue
from screens.shell.desk_screen import Place
from screens.shell.help import verbs
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, leave, press

PLACES: dict[str, list[Binding]] = {
    "dispatch": [*keys.FORM, *keys.MATCH, *keys.WHY_SHOWN, *keys.BOOKING],
    "roster": [*keys.ROSTER, *keys.LIST],
    "queue": [*keys.BOOKING, *keys.QUEUE, *keys.LIST, *keys.WHY],
    "my-desk": [*keys.MY_DESK, *keys.WHY],
    "service": [*keys.SERVICE],
    "insights": [*keys.INSIGHTS],
    "log": [*keys.LOG],
}
INSTEAD = {"log.undo": "undo.letter"}
"""What a place's key does instead of the application's, on purpose."""
MODALS: list[Binding] = [
    binding for modal in key_catalogue.modals() for binding in key_catalogue.bindings_of(modal)
]
ALL = [*keys.APP, *(binding for bindings in PLACES.values() for binding in bindings), *MODALS]
Check = Callable[[AstraApp], Awaitable[None]]
CHECKS: dict[str, Check] = {}
PARTS: dict[str, list[Check]] = {}
"""Side by side, each in an application of its own; inside one, a check finds what those before it left."""


def part(name: str) -> None:
    """The checks from here on are this part's."""
    PARTS[name] = []


def check(*identifiers: str) -> Callable[[Check], Check]:
    """Mark what checks the keys of these ids, as the next of its part."""

    def mark(function: Check) -> Check:
        CHECKS.update(dict.fromkeys(identifiers, function))
        [*PARTS.values()][-1].append(function)
        return function

    return mark


# the words


@pytest.mark.parametrize("binding", ALL, ids=lambda binding: binding.id)
def test_a_key_has_an_id_and_is_explained(binding: Binding) -> None:
    assert binding.id
    assert binding.description
    assert binding.tooltip
    assert binding.tooltip[0].isupper()


def test_an_id_means_one_thing() -> None:
    meanings: dict[str | None, set[str]] = {}
    for binding in ALL:
        meanings.setdefault(binding.id, set()).add(binding.action)
    assert {name: actions for name, actions in meanings.items() if len(actions) > 1} == {}


@pytest.mark.parametrize("place", PLACES)
def test_no_key_of_a_place_means_two_things(place: str) -> None:
    instead = {INSTEAD.get(binding.id or "") for binding in PLACES[place]}
    apps = [binding for binding in keys.APP if binding.id not in instead]
    taken = [key for binding in [*apps, *PLACES[place]] for key in binding.key.split(",")]
    assert sorted(taken) == sorted(set(taken))


def test_the_same_verb_has_the_same_key_everywhere() -> None:
    by_id: dict[str | None, set[str]] = {}
    for binding in ALL:
        by_id.setdefault(binding.id, set()).add(binding.key)
    assert {name: bound for name, bound in by_id.items() if len(bound) > 1} == {}


def test_every_key_is_checked_below() -> None:
    assert set(CHECKS) == {binding.id for binding in ALL}


# what they do


async def at_booking(app: AstraApp, number: int) -> None:
    """Go to the queue, and put the cursor on a booking."""
    await press(app, "f4", "escape")
    table = app.screen.query_one(LiveTable)
    table.move_cursor(row=table.get_row_index(str(number)))
    await app.settle()


async def booking(app: AstraApp, number: int) -> BookingRow:
    return await app.backend.read(lambda: queries.booking(number))


def shown_now(app: AstraApp) -> Any:
    """The row under the cursor."""
    row = app.screen.query_one(LiveTable).current
    assert row is not None
    return row


def place(app: AstraApp) -> str:
    screen = app.screen
    return screen.NAME if isinstance(screen, Place) else type(screen).__name__


part("places")


@check("help", "help.letter")
async def help_lists_every_key(app: AstraApp) -> None:
    for name in PLACES:
        app.go(name)
        await app.settle()
        for key in ("f1",) if name == "dispatch" else ("f1", "question_mark"):
            await press(app, key)
            panel = app.screen
            assert isinstance(panel, Panel)
            said = " ".join(panel._text.plain.split())
            assert [one.id for one in [*keys.APP, *PLACES[name]] if one.tooltip not in said] == []
            await leave(app)


@check(*(f"place.{name}" for name in keys.PLACES))
async def keys_of_the_places(app: AstraApp) -> None:
    for name, number in [*keys.PLACES.items(), ("dispatch", 1)]:
        await press(app, f"f{number + 1}")
        assert place(app) == name
    await press(app, "f3", "6")
    assert place(app) == "insights"
    await press(app, "f2")
    await press(app, "2")  # the customer's name is in focus
    assert place(app) == "dispatch"
    assert app.screen.query_one("#customer", Input).value == "2"
    app.screen.query_one("#customer", Input).value = ""
    await press(app, "f3", "3", "4", "5", "2")
    assert place(app) == "roster"


@check("undo", "undo.letter", "booking.claim", "booking.release")
async def claim_release_undo(app: AstraApp) -> None:
    await at_booking(app, 9)
    for key, is_claimed in (("c", True), ("l", False), ("ctrl+z", True), ("u", False)):
        await press(app, key)
        assert bool((await booking(app, 9))["claimed_at"]) is is_claimed, key


@check("filter", "back")
async def filter_lists(app: AstraApp) -> None:
    await press(app, "f4", "slash", *"kate", "enter")
    assert [row["customer_name"] for row in app.screen.query_one(LiveTable).rows_shown] == ["Kate Nguyen"]
    await press(app, "escape")
    assert len(app.screen.query_one(LiveTable).rows_shown) == 12
    await press(app, "slash", *"13")
    assert app.screen.query_one("#filter", Input).value == "13"
    await press(app, "escape", "f3", "slash", *"zion", "enter")
    assert [row["agent_id"] for row in app.screen.query_one(LiveTable).rows_shown] == [6]
    await press(app, "escape")
    assert len(app.screen.query_one(LiveTable).rows_shown) == 6


@check("find", "find.take", "find.close", "card.close", "card.booking", "customer.copy", "customer.edit")
async def find_a_customer(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+f", *"kate", "escape")
    assert place(app) == "dispatch"
    await press(app, "ctrl+f", *"kate", "enter")
    assert isinstance(app.screen, CustomerCard)
    await press(app, "e")
    await fill_in(app, phone="+49 711 1234")
    await press(app, "f9", "y")
    assert app.clipboard == "+497111234"
    await press(app, "escape")
    assert place(app) == "dispatch"
    await press(app, "ctrl+f", *"711 1234", "enter", "enter")
    assert place(app) == "queue"
    assert shown_now(app)["booking_id"] == 1


@check("booking.customer", "customer.merge", "merge.swap")
async def merge_two_customers(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "i", "m", *"ines", "enter", "s", "s", "f9")
    assert (await booking(app, 10))["customer_id"] == 9
    await press(app, "u")
    assert (await booking(app, 10))["customer_id"] == 10


@check("log", "booking.log", "log.undo", "log.booking")
async def read_the_log(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "n", *"hello", "f9", "H")
    assert place(app) == "log"
    assert app.screen.query_one("#filter", Input).value == "booking:9"
    assert shown_now(app)["command"] == "booking.note"
    await press(app, "u")
    assert shown_now(app)["undone_by"] is not None
    await press(app, "enter")
    assert (place(app), shown_now(app)["booking_id"]) == ("queue", 9)
    await press(app, "f3", "h", "escape", "escape")
    assert place(app) == "roster"


@check("why", "why.letter", "panel.close", "panel.copy")
async def why_and_its_panel(app: AstraApp) -> None:
    for start, key, close in (("f2", "f8", "escape"), ("f5", "w", "enter"), ("f4", "f8", "q")):
        await press(app, start, key)
        assert isinstance(app.screen, Panel)
        assert app.screen._heading.startswith("Why booking ")
        await press(app, "y", close)
        assert "settings version 1" in app.clipboard
        assert isinstance(app.screen, Place)


part("bookings")


@check("booking.contact", "booking.note", "booking.edit", "form.submit")
async def contact_note_edit(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "t", "n", "enter", *"voicemail", "enter", *"fri 9")
    assert "= Fri 2082-03-06 09:00" in text_of(app)
    await press(app, "enter")
    row = await booking(app, 9)
    assert (row["last_outcome"], row["follow_up_at"]) == ("no_answer", "2082-03-06 09:00:00")
    await press(app, "t", "f9")
    assert (await booking(app, 9))["contacted_at"]
    await press(app, "n", *"late", "f9")
    await press(app, "e")
    await fill_in(app, name="Emil [/] Kovacs", requests="")
    await press(app, "f9")
    assert (await booking(app, 9))["customer_name"] == "Emil [/] Kovacs"
    assert (await booking(app, 9))["requests"] is None
    events = await app.backend.read(lambda: event_log.events(booking_id=9, limit=3))
    assert [event["command"] for event in events] == ["booking.edit", "booking.note", "booking.contact"]
    (_, voicemail) = await app.backend.read(lambda: event_log.page(EventFilter(9, command="booking.contact")))
    assert voicemail["detail"]["text"] == "voicemail"


@check("booking.confirm", "booking.rate", "booking.reopen", "form.close")
async def confirm_rate_reopen(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "f", "escape")
    assert (await booking(app, 9))["status"] == "Pending"
    await press(app, "f")
    await fill_in(app, destination_revenue="100", package_revenue="20.5")
    await press(app, "f9", "s", "4", "enter")
    assert (await booking(app, 9))["status"] == "Confirmed"
    assert (await booking(app, 9))["total_revenue"] == 120.5
    assert (await booking(app, 9))["score"] == 4
    await press(app, "o")
    assert (await booking(app, 9))["status"] == "Pending"


@check("booking.cancel", "booking.decline", "booking.reassign")
async def cancel_decline_reassign(app: AstraApp) -> None:
    await at_booking(app, 10)
    await press(app, "r", *"zion", "enter", *"asked", "enter")
    assert (await booking(app, 10))["agent_id"] == 6
    await press(app, "d", *"no", "enter")
    assert (await booking(app, 10))["agent_id"] != 6
    await press(app, "x", *"ill", "enter")
    assert (await booking(app, 10))["status"] == "Cancelled"
    await at_booking(app, 12)
    await press(app, "x", *"nobody", "enter")


@check("booking.follow_up")
async def set_and_clear_a_follow_up(app: AstraApp) -> None:
    await at_booking(app, 8)
    await press(app, "g", *"tomorow")
    assert "'tomorow' is not a future time" in text_of(app)
    await press(app, "f9")
    assert (await booking(app, 8))["follow_up_at"] is None
    assert "understood: tomorrow 9:00" in text_of(app)
    await fill_in(app, at="tomorrow 17:30")
    assert "= Thu 2082-03-05 17:30" in text_of(app)
    await press(app, "enter")
    assert (await booking(app, 8))["follow_up_at"] == "2082-03-05 17:30:00"
    await leave(app)
    assert "Thu 2082-03-05 17:30" in text_of(app)  # in the pane
    await press(app, "g", "f9")  # as it was: nothing to do
    assert isinstance(app.screen, Place)
    await press(app, "g", "backspace")
    assert "no follow-up any more" in text_of(app)
    await press(app, "enter")
    assert (await booking(app, 8))["follow_up_at"] is None


@check("booking.next")
async def the_next_step(app: AstraApp) -> None:
    await at_booking(app, 4)
    await press(app, "m")
    assert (await booking(app, 4))["claimed_at"]
    await press(app, "m", "f9")
    assert (await booking(app, 4))["last_outcome"] == "reached"
    await press(app, "m")
    await fill_in(app, destination_revenue="1", package_revenue="2")
    await press(app, "f9")
    assert (await booking(app, 4))["status"] == "Confirmed"
    await press(app, "m")
    assert "Booking 4 is Confirmed: nothing comes next" in text_of(app)
    await press(app, "u")
    assert (await booking(app, 4))["status"] == "Pending"


@check("copy")
async def copy_what_reaches_the_customer(app: AstraApp) -> None:
    await at_booking(app, 1)
    await press(app, "y")
    phone = (await booking(app, 1))["phone"]
    assert app.clipboard == phone
    assert f"Copied the phone of Kate Nguyen: {phone}" in text_of(app)
    await at_booking(app, 8)
    await press(app, "y")
    assert app.clipboard == (
        "Booking 8, Priya Chukwu: Venus from Dubai Interplanetary Hub, Pending, Soren Baker"
    )
    await press(app, "f3", "home", "y")
    assert app.clipboard.startswith("Agent 2, Nova Singh")


@check("match.parts")
async def parts_of_a_score(app: AstraApp) -> None:
    await press(app, "f2")
    app.screen.query_one("#candidates").focus()
    await press(app, "equals_sign")
    assert "No lead to score yet" in text_of(app)
    await fill_in(app, **LEAD)
    app.screen.query_one("#candidates").focus()
    await press(app, "down", "equals_sign")
    assert isinstance(app.screen, Panel)
    said = app.screen._text.plain
    await press(app, "escape", "enter")
    assert isinstance(app.screen, Panel)
    assert app.screen._text.plain == said
    assert "Of 6 agents the lowest sum" in said
    await press(app, "escape", "f2", "ctrl+l")


part("lists")


@check("insights.view", "insights.open", "insights.train", "insights.use", "insights.report")
async def keys_of_insights(app: AstraApp) -> None:
    await press(app, "f7", "down", "enter")
    assert (place(app), app.screen.query_one("#filter", Input).value) == ("queue", "status:Pending")
    await press(app, "escape", "f7", "v", "v", "v")
    assert shown_in(app, "weights")["name"] == "published"
    await press(app, "enter")
    assert "+92.220" in text_of(app)
    await press(app, "escape", "p")
    assert "The score weighs by published" in text_of(app)
    await press(app, "t")
    assert "decided assignments are too few" in " ".join(text_of(app).split())
    await press(app, "r")
    assert app.screen.query_one("#folder", Input).value == "astra-report"
    assert isinstance(app.screen, FormModal)
    latest = await app.backend.read(lambda: queries.list_bookings(queries.BookingFilter(sort="id"), limit=1))
    assert app.screen.values()["destination"] == latest[0]["destination"]
    await fill_in(app, folder="")
    await press(app, "f9")
    assert "no folder is named" in text_of(app)


def shown_in(app: AstraApp, table: str) -> Any:
    row = app.screen.query_one(f"#{table}", LiveTable).current
    assert row is not None
    return row


@check("retry")
async def read_anew(app: AstraApp) -> None:
    await press(app, "f3")
    table = app.screen.query_one(LiveTable)
    before = table.rows_shown
    table.show_rows([])  # as if something had gone wrong
    await press(app, "ctrl+r")
    assert table.rows_shown == before != []


@check("sort", "sort.reverse", "queue.view")
async def sort_and_view(app: AstraApp) -> None:
    await press(app, "f4", "escape", *"vvvv")
    rows = app.screen.query_one(LiveTable).rows_shown
    assert [row["booking_id"] for row in rows] == [2]
    assert "Confirmed  1 shown" in text_of(app)
    await press(app, "escape", "greater_than_sign")
    assert [row["booking_id"] for row in app.screen.query_one(LiveTable).rows_shown] == list(range(12, 0, -1))
    await press(app, "less_than_sign")
    assert [row["booking_id"] for row in app.screen.query_one(LiveTable).rows_shown] == list(range(1, 13))
    await press(app, *("greater_than_sign",) * 5, "f3", "greater_than_sign")
    names = [row["name"] for row in app.screen.query_one(LiveTable).rows_shown]
    assert names == sorted(names, key=str.lower)
    await press(app, "less_than_sign")
    assert [row["name"] for row in app.screen.query_one(LiveTable).rows_shown] == names[::-1]


@check("agent.add", "agent.edit", "agent.leave", "agent.bookings", "roster.left")
async def keys_of_the_roster(app: AstraApp) -> None:
    await press(app, "f3", "a")
    await fill_in(
        app, first_name="Zoë", last_name="[/]", department="Luxury Voyages", job_title="Space Travel Agent"
    )
    await press(app, "f9", "slash", *"zo", "enter", "e")
    await fill_in(app, capacity="3", skills="mars, titan")
    await press(app, "f9")
    (row,) = app.screen.query_one(LiveTable).rows_shown
    assert (row["agent_id"], row["name"], row["capacity"]) == (7, "Zoë [/]", 3)
    assert row["skills"] == ["Mars", "Titan"]
    await press(app, "x")
    assert app.screen.query_one(LiveTable).rows_shown == []
    await press(app, "v", "x", "v")
    assert len(app.screen.query_one(LiveTable).rows_shown) == 1
    await press(app, "b")
    assert place(app) == "queue"
    assert app.screen.query_one("#filter", Input).value == "agent:7"
    assert app.screen.query_one(LiveTable).rows_shown == []


@check(
    "columns",
    "columns.toggle",
    "columns.earlier",
    "columns.later",
    "columns.sort",
    "columns.reset",
    "columns.close",
)
async def choose_columns(app: AstraApp) -> None:
    await press(app, "f3", "escape", "comma", *("down",) * 10, "space", "minus", "minus", "plus", "s")
    table = app.screen_stack[0].query_one(LiveTable)
    usual = ["rank", "name", "department", "job_title", "load", "years_of_service", "rating"]
    usual += ["match_score", "presence"]
    assert list(table.chosen) == [*usual, "email", "agent_id"]
    assert app.recall("roster.sort", "") == "email"
    await press(app, "r", "s")
    assert list(table.chosen) == [*usual, "agent_id"]
    assert app.recall("roster.sort", "") == "rank"
    await press(app, "escape")
    assert place(app) == "roster"


@check("first_steps", "start.close", "start.up", "start.down", "start.take", "import.close", "import.go")
async def fill_the_desk(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+n", "escape", "ctrl+n")
    assert isinstance(app.screen, FirstSteps)
    await press(app, "down", "up", "enter")
    assert isinstance(app.screen, ImportFiles)
    await press(app, "f9")
    assert "no file is named" in text_of(app)
    await press(app, "escape", "ctrl+n", "down", "enter")
    assert isinstance(app.screen, FormModal)
    assert app.screen._heading == "Add an agent"


@check("tour.next", "tour.back", "tour.skip")
async def take_the_tour(app: AstraApp) -> None:
    app.action_tour()
    await press(app, "enter", "right", "left")
    assert isinstance(app.screen, Tour)
    assert "2 of " in text_of(app)
    await press(app, "escape")
    assert isinstance(app.screen, Place)


@check("desk.agent", "pick.close", "pick.take")
async def choose_whose_desk(app: AstraApp) -> None:
    await press(app, "f5", "a", *"nova", "escape")
    assert app.my_agent_id == 1
    await press(app, "a", *"nova", "enter")
    assert app.my_agent_id == 2
    assert "Nova Singh (2)" in str(app.screen.query_one(".headline", Static).visual)


async def at_issue(app: AstraApp, number: int) -> None:
    """Go to the service desk, and put the cursor on an issue."""
    app.show_issue(number)
    await app.settle()
    assert shown_now(app)["issue_id"] == number


async def issue(app: AstraApp, number: int) -> IssueDetails:
    desk = app.backend.desk
    return await app.backend.read(lambda: issue_queries.issue(desk, number))


part("service")


@check("issue.claim", "issue.reply", "issue.note", "issue.wait")
async def talk_about_an_issue(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "c")
    assert (await issue(app, 6))["status"] == "in_progress"
    await press(app, "t", *"Try [/b] now")
    await fill_in(app, then="They have to answer")
    await press(app, "f9")
    assert (await issue(app, 6))["status"] == "pending_customer"
    await press(app, "p")
    assert (await issue(app, 6))["status"] == "in_progress"
    await press(app, "n", *"vip", "f9")
    spoken = await app.backend.read(lambda: issue_queries.interactions(6))
    assert [one["text"] for one in spoken if one["kind"] != "status"] == ["Try [/b] now", "vip"]
    assert "In progress: issue 6" not in text_of(app)  # the note's toast has taken its place


@check("issue.escalate", "issue.acknowledge", "issue.settle")
async def escalate_and_settle(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "exclamation_mark", *"a director", "f9")
    assert (await issue(app, 6))["escalation_level"] == 1
    assert "ESCALATED 1" in text_of(app)
    await press(app, "k")
    assert (await issue(app, 6))["escalations"][-1]["acknowledged_by"] == "kim"
    await press(app, "K", *"calmed down", "f9")
    assert (await issue(app, 6))["escalation_level"] == 0


@check("issue.reassign", "issue.edit", "issue.why")
async def hand_over_and_edit_an_issue(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "r", *"zion", "enter", *"knows it", "enter")
    assert (await issue(app, 6))["agent_id"] == 6
    await press(app, "e")
    await fill_in(app, title="[/] Locked out", booking="1", priority="LOW")
    await press(app, "f9")
    row = await issue(app, 6)
    assert (row["title"], row["booking_id"], row["priority"]) == ("[/] Locked out", 1, "LOW")
    for key in ("w", "f8"):
        await press(app, key)
        assert isinstance(app.screen, Panel)
        assert "by hand" in app.screen._text.plain or "set by kim" in app.screen._text.plain
        await press(app, "escape")
    await press(app, "y")
    assert app.clipboard.startswith("Issue 6, Kate Nguyen: [/] Locked out, LOW account access")


@check("issue.booking", "issue.customer", "issue.log")
async def go_from_an_issue(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "i")
    assert isinstance(app.screen, CustomerCard)
    await press(app, "escape", "H")
    assert place(app) == "log"
    assert shown_now(app)["command"] == "issue.edit"
    await press(app, "enter")
    assert (place(app), shown_now(app)["issue_id"]) == ("service", 6)
    await press(app, "b")
    assert (place(app), shown_now(app)["booking_id"]) == ("queue", 1)


@check("issue.resolve", "issue.close", "issue.reopen", "issue.rate")
async def end_an_issue(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "f", *"all good", "f9")
    assert (await issue(app, 6))["status"] == "resolved"
    await at_issue(app, 6)
    await press(app, "s", *"6", "f9")
    assert isinstance(app.screen, FormModal)
    await fill_in(app, score="4")
    await press(app, "f9")
    survey = (await issue(app, 6))["survey"]
    assert survey is not None
    assert survey["score"] == 4
    await press(app, "x")
    assert (await issue(app, 6))["status"] == "closed"
    await press(app, "o", *"again", "f9")
    assert (await issue(app, 6))["status"] == "in_progress"


@check("issue.category", "category.close", "category.take", *(f"category.{number}" for number in range(1, 8)))
async def correct_the_category(app: AstraApp) -> None:
    await at_issue(app, 4)
    await press(app, "g", "escape")
    assert (await issue(app, 4))["unsure"]
    await press(app, *(key for number in range(1, 8) for key in ("g", str(number))))
    events = await app.backend.read(lambda: event_log.events(issue_id=4, limit=7))
    chosen = [event["after"]["issues:4"].get("category") for event in events]
    assert chosen[::-1][:6] == list(CATEGORIES[:6])
    assert not (await issue(app, 4))["unsure"]
    await press(app, "g", "up", "enter")
    assert (await issue(app, 4))["category"] == CATEGORIES[-2]


@check("issue.open", "new.close", "new.open", "new.customer")
async def open_an_issue(app: AstraApp) -> None:
    await press(app, "f6", "a", "escape")
    assert place(app) == "service"
    await press(app, "a", *"I was charged twice, please send $300 back", "ctrl+f", *"kate", "enter")
    assert "Kate Nguyen" in text_of(app)
    await press(app, "escape", "f9")
    row = await issue(app, 7)
    assert (row["customer_name"], row["category"], row["channel"]) == (
        "Kate Nguyen",
        "billing_dispute",
        "web_form",
    )
    assert shown_now(app)["issue_id"] == 7


@check("booking.issue")
async def open_an_issue_about_a_booking(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "I", *"refund my trip please", "f9")
    row = await issue(app, 8)
    assert (row["booking_id"], row["customer_id"]) == (9, 9)
    assert place(app) == "queue"


@check("service.board", "service.view")
async def views_and_figures_of_the_service_desk(app: AstraApp) -> None:
    await press(app, "f6", "escape", "v")
    assert {row["agent_id"] for row in app.screen.query_one("#service", LiveTable).rows_shown} == {1}
    await press(app, "v", "v")
    assert [row["issue_id"] for row in app.screen.query_one("#service", LiveTable).rows_shown] == [1]
    await press(app, "d")
    assert app.screen.query_one("#figures").has_focus
    await press(app, "d")
    assert app.screen.query_one("#service").has_focus


part("leads")


@check("form.assign", "form.clear")
async def assign_from_any_field(app: AstraApp) -> None:
    await press(app, "f2")
    await fill_in(app, **LEAD)
    await press(app, "ctrl+l")
    assert app.screen.query_one(LeadForm).is_empty
    await fill_in(app, **(LEAD | {"customer": "Nora Quist"}))
    await press(app, "f9")
    assert (await booking(app, 13))["customer_name"] == "Nora Quist"


@check("known.back", "known.same", "known.open", "known.enter")
async def whose_lead_it_is(app: AstraApp) -> None:
    await press(app, "f2")
    await fill_in(app, **LEAD)
    await press(app, "f9", "escape", "f9", "2")
    assert place(app) == "queue"
    await press(app, "f2", "f9", "1")
    assert (await booking(app, 14))["customer_id"] == 1
    await fill_in(app, **LEAD)
    await press(app, "f9", "3")
    assert (await booking(app, 15))["customer_id"] == 14


@check("form.several", "several.assign", "several.close")
async def several_at_once(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+t", "escape")
    assert place(app) == "dispatch"
    line = "Text,Organic,Mars,Sydney Stellar Port"
    await press(app, "ctrl+t", *f"Bo,{line}", "enter", *f"Ida,{line}", "f9", "escape")
    assert [(await booking(app, number))["customer_name"] for number in (16, 17)] == ["Bo", "Ida"]
    assert place(app) == "dispatch"


@check("mark", "mark.range", "mark.all")
async def mark_several(app: AstraApp) -> None:
    await press(app, "f4", "escape", "home", "space", "down", "down", "M")
    assert "4 marked ✓" in text_of(app)
    await press(app, "home", "space")  # once more: not any longer
    assert "3 marked ✓" in text_of(app)
    await press(app, "escape")
    assert "marked" not in text_of(app)
    await press(app, "v", "A")
    pending = len(app.screen.query_one(LiveTable).rows_shown)
    assert f"{pending} marked ✓" in text_of(app)
    assert f"Marked {pending} bookings" in text_of(app)
    await press(app, "escape", "escape")


@check("booking.keep")
async def still_on_it(app: AstraApp) -> None:
    await at_booking(app, 16)
    await press(app, "k")
    assert "booking 16 is not claimed" in text_of(app)
    await press(app, "c", "k")
    (event,) = await app.backend.read(lambda: event_log.events(booking_id=16, limit=1))
    assert event["command"] == "booking.keep"
    await press(app, "u", "u")


@check("why.not")
async def why_not_them(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "W", *"singh", "enter")
    assert isinstance(app.screen, Panel)
    assert app.screen._heading == "Booking 9: why not Nova Singh?"
    told = app.screen._text.plain
    assert "Were it given out now" in told
    assert all(policy in told for policy in POLICIES)


@check("agent.presence", "agent.handover", "agent.shift")
async def who_is_at_work(app: AstraApp) -> None:
    first, *others = await app.backend.read(lambda: queries.pending_ids(1))
    await at_booking(app, first)
    await press(app, *([] if shown_now(app)["claimed_at"] else ["c"]))
    await press(app, "f3", "slash", *"baker", "enter")
    held = shown_now(app)["load"]
    assert held == 1 + len(others)
    await press(app, "p", "o")
    claimed = len(await app.backend.read(lambda: claimed_of(1)))
    assert "with Soren Baker, claimed and unattended" in " ".join(text_of(app).split())
    await press(app, "f9")
    assert (shown_now(app)["presence"], shown_now(app)["unattended"]) == ("offline", claimed)
    assert f"! {claimed} unattended" in text_of(app)
    await press(app, "t", "f9")
    assert shown_now(app)["load"] == 0
    await press(app, "s")
    await fill_in(app, hours="daily 8-9")
    assert "= daily 08:00-09:00 +00:00" in text_of(app)
    await press(app, "f9")
    assert shown_now(app)["hours"] == "daily 08:00-09:00 +00:00"
    await press(app, "u", "u", "u")
    assert (shown_now(app)["load"], shown_now(app)["presence"]) == (held, "available")
    await press(app, "escape")


@check("quit", "leaving.stay", "leaving.quit")
async def quit_astra(app: AstraApp) -> None:
    await press(app, "f2", *"Kate", "ctrl+q", "escape")
    assert not app._exit
    await press(app, "ctrl+q", "ctrl+q")
    assert app._exit


@pytest.mark.parametrize("name", PARTS)
async def test_every_key_does_what_it_says(golden_file: Path, running: Any, name: str) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.my_agent_id = 1
        for function in PARTS[name]:
            await function(app)
            await leave(app)


# where they work


async def test_under_a_modal_only_its_own_keys_work(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f4", "x")
        before = await booking(app, 12)
        await press(app, "f3", "f1", "ctrl+z", "f8", "ctrl+f", *"123?ucxw")
        assert isinstance(app.screen, FormModal), text_of(app)
        assert len(app.screen_stack) == 2
        assert app.screen.values() == {"reason": "123?ucxw"}
        assert await booking(app, 12) == before


async def test_letters_in_the_form_never_touch_a_booking(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        logged = await app.backend.read(lambda: event_log.events(limit=1))
        for field in ("customer", "phone", "method", "source", "destination", "launch", "requests"):
            app.screen.query_one(f"#{field}").focus()
            await press(app, *"cfxrlwuq4")
        assert place(app) == "dispatch"
        assert len(app.screen_stack) == 1
        assert app.screen.query_one("#requests", Input).value == "cfxrlwuq4"
        assert await app.backend.read(lambda: event_log.events(limit=1)) == logged


async def test_the_palette_lists_what_can_be_done_and_does_it(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.my_agent_id = 1
        for name, bindings in PLACES.items():
            app.go(name)
            await app.settle()
            offered = {command.title for command in app.get_system_commands(app.screen)}
            wanted = {one.description for one in [*bindings, *keys.APP]}
            assert wanted <= offered, name
        told = {command.title: command.help for command in app.get_system_commands(app.screen)}
        assert told["Queue"] == "Go to Queue; the number works outside inputs (f4 3)"
        await press(app, "f4", "escape", "down", "ctrl+p", *"claim", "enter")
        assert (await booking(app, 8))["claimed_at"]
        await press(app, "ctrl+p", *"undo", "enter")
        assert not (await booking(app, 8))["claimed_at"]
        await press(app, "ctrl+p", *"my desk", "enter")
        await leave(app)
        assert place(app) == "my-desk"


async def test_keys_of_ones_own(golden_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Preferences(
        keymap={"booking.claim": "j", "help": "f12", "queue.view": "g"}, agent=1, theme="astra-light"
    )
    app = AstraApp(
        database=golden_file,
        clock=standing_still,
        actor="kim",
        preferences=wanted,
        problems=["config.toml, line 3: [/] no such key id"],
    )
    async with app.run_test(size=(80, 24), notifications=True):
        await app.settle()
        assert "line 3: [/] no such key id" in " ".join(text_of(app).split())
        assert app.theme == "astra-light"
        await at_booking(app, 9)
        assert "f12 Help" in text_of(app)
        assert "j Claim" in text_of(app)
        assert "g view" in text_of(app)
        await press(app, "c")
        assert not (await booking(app, 9))["claimed_at"]
        await press(app, "j")
        assert (await booking(app, 9))["claimed_at"]
        shown = {verb.binding.action: verb.keys for verb in verbs(app.screen)}
        assert (shown["claim"], shown["help"]) == (["j"], ["?", "f12"])
        await press(app, "f12")
        assert isinstance(app.screen, Panel)
        assert "agent. g changes what is listed" in app.screen._text.plain
