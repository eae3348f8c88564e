"""Service: live lists, literal text, and conflicting answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Static, TextArea

from astra_tui.app import AstraApp
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import Group, Pair
from dispatch.inputs.filters.filter_reader import Reading
from dispatch.queries.wording import span
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import conversation, escalation_commands, intake, ownership, queries
from dispatch.service.issues.issue_filter_keys import NOBODY
from dispatch.service.issues.queries import IssueFilter
from models.errors import InvalidInput
from models.issues import NEW, RESOLVED
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.filters.issues import parse_issue_filter, view_of
from screens.service.new_issue import NewIssue
from screens.service.screen import Service
from screens.shell.desk_screen import Place
from screens.widgets.live_table import LiveTable
from screens.widgets.steady_text import hanging
from screens.wording import issues as issue_words
from screens.wording.issues import clock_line, short_state, urgency
from tests.conftest import TestClock
from tests.screens.conftest import NOON
from tests.screens.picture import text_of, widths
from tests.screens.scenes import fill_in, leave, press, said

HOSTILE = "[/] [b]x[/b] [@click=app.quit]y[/] 👩‍👩‍👧 مرحبا \\x1b[31m $name"


@pytest.fixture
def clock() -> TestClock:
    clock = TestClock()
    clock.moment = NOON
    return clock


@pytest.fixture
def colleague(demo_file: Path, clock: TestClock) -> Iterator[Desk]:
    """Another user at the same desk at the same time."""
    desk = open_desk(demo_file, clock=clock, actor="lee")
    yield desk
    desk.close()


# words and filters


def parsed(text: str, view: str, me: int | None) -> IssueFilter:
    return parse_issue_filter(text, view, Reading("2082-11-24 09:02:03", lambda _: (), me))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", {}),
        ("status:res", {"statuses": (RESOLVED,)}),
        ("is:waiting", {"statuses": (NEW,)}),
        ("is:escalated is:mine", {"escalated": True, "agent_id": 6}),
        ("is:unsure category:refund", {"unsure": True, "category": "refund_request"}),
        ("priority:Urgent agent:12 [/] due", {"priority": 4, "agent_id": 12, "text": "[/] due"}),
        (
            "not status:new",
            {"statuses": (), "where": Group("not", (Pair("status", ":", (("statuses", (NEW,)),)),))},
        ),
    ],
)
def test_a_filter_text_is_understood(text: str, parts: dict[str, Any]) -> None:
    assert parsed(text, "Open", 6) == IssueFilter(**parts)


@pytest.mark.parametrize("text", ["category:x", "status:", "re:x", "priority:5"])
def test_what_is_no_value_of_a_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parsed(text, "Open", 6)


def test_views_have_names() -> None:
    assert view_of(IssueFilter(), 6) == "Open"
    assert view_of(IssueFilter(agent_id=6), 6) == "Mine"
    assert view_of(IssueFilter(agent_id=7), 6) == "Mixed"
    assert view_of(IssueFilter(ids=(1,)), 6) == "Figure"
    nobodys = parsed("is:mine", "Open", None)
    assert (nobodys.agent_id, view_of(nobodys, None)) == (NOBODY, "Mine")
    kept = parsed("word", "Waiting", 6)
    assert (kept.statuses, kept.text) == ((NEW,), "word")


@pytest.mark.parametrize(
    ("clock", "told"),
    [
        ({"left_minutes": 12.0, "used_percent": 20.0}, "▇▁▁▁ ▲ due 12m"),
        ({"left_minutes": 125.0, "used_percent": 20.0}, "▇▁▁▁ due 2h 05"),
        ({"left_minutes": 2.0, "used_percent": 80.0}, "▇▇▇▇ ▲ due 2m"),
        ({"left_minutes": -130.0, "used_percent": 300.0, "breached": True}, "▇▇▇▇ ! overdue 2h 10"),
        ({"left_minutes": 90.0, "used_percent": 50.0, "paused_at": "x"}, "▇▇▁▁ ‖ paused 1h 30"),
        ({"left_minutes": 5.0, "used_percent": 50.0, "met_at": "x"}, "▇▇▁▁ ✓ done in time"),
        ({"left_minutes": -5.0, "used_percent": 150.0, "met_at": "x", "breached": True}, "▇▇▇▇ ! done late"),
    ],
)
def test_time_left_is_shown_by_a_sign_and_words_too(clock: dict[str, Any], told: str) -> None:
    usual: Any = {"paused_at": None, "met_at": None, "breached": False}
    assert clock_line(usual | clock, "due").plain == told


@pytest.mark.parametrize(
    ("clock", "level", "told"),
    [
        ({"left_minutes": 125.0, "used_percent": 45.0}, 0, "C  ▇▇▁▁ 2h 05"),
        ({"left_minutes": 140.0, "used_percent": 80.0}, 0, "C▲ ▇▇▇▇ 2h 20"),
        ({"left_minutes": 2.0, "used_percent": 45.0}, 0, "C▲ ▇▇▁▁ 2m"),
        ({"left_minutes": 2.0, "used_percent": 80.0}, 1, "C! ▇▇▇▇ 2m"),
        ({"left_minutes": -59.0, "used_percent": 300.0, "breached": True}, 0, "C! ▇▇▇▇ 59m late"),
        ({"left_minutes": -565.0, "used_percent": 300.0, "breached": True}, 3, "C! ▇▇▇▇ 9h late"),
        ({"left_minutes": 90.0, "used_percent": 0.0, "paused_at": "x"}, 0, "C‖ ▁▁▁▁ 1h 30"),
        ({"left_minutes": 5.0, "used_percent": 50.0, "met_at": "x"}, 0, "C✓ ▇▇▁▁ done"),
    ],
)
def test_urgency_is_a_letter_and_a_bar_with_a_sign(clock: dict[str, Any], level: int, told: str) -> None:
    usual: Any = {"paused_at": None, "met_at": None, "breached": False}
    sla = {"next": "resolution", "resolution": usual | clock}
    row: Any = {
        "escalation_level": level,
        "escalation_acknowledged": False,
        "priority": "CRITICAL",
        "sla": sla,
    }
    assert urgency(row).plain == told
    signs = set(told) & {"!", "▲"}
    assert bool(signs) is any("bold" in str(span.style) for span in urgency(row).spans[1:]), "loud has a sign"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"status": "new"}, "○ waiting"),
        ({"status": "assigned"}, "○ assigned"),
        ({"status": "in_progress"}, "◐ in progress"),
        ({"status": "pending_customer"}, "‖ paused"),
        ({"status": "resolved"}, "✓ resolved"),
        ({"status": "closed", "voided": True}, "– undone"),
        ({"status": "assigned", "escalation_level": 2}, "! escalated 2"),
        ({"status": "in_progress", "escalation_level": 3, "escalation_acknowledged": True}, "◐ acknowledged"),
    ],
)
def test_a_state_has_a_sign_and_fits_its_column(changes: dict[str, Any], shown: str) -> None:
    row: Any = {"escalation_level": 0, "escalation_acknowledged": False, "voided": False} | changes
    assert short_state(row).plain == shown
    column = next(each for each in Service.COLUMNS if each.key == "state")
    assert len(shown) <= column.width


SAID: Any = {
    "at": "2082-03-04 08:40:00",
    "kind": "message",
    "agent_name": "Soren Baker",
    "answer_needed": False,
    "status_from": None,
    "status_to": None,
}


TO_CUSTOMER = {"status_from": "assigned", "status_to": "pending_customer"}


def test_a_conversation_sets_the_customer_left_and_frames_notes() -> None:
    spoken = [
        SAID | {"author": "customer", "text": "It shows [/] an error"},
        SAID | {"author": "desk", "text": "We look into it"},
        SAID | {"author": "desk", "kind": "note", "text": "crashes for everybody"},
        SAID
        | {"author": "desk", "kind": "status", "status_from": "assigned", "status_to": "pending_customer"},
    ]
    assert hanging(issue_words.conversation(spoken, None), 24).plain.splitlines() == [
        "Customer  4 Mar 08:40",
        "It shows [/] an error",
        "    Soren Baker  4 Mar 08:40",
        "    We look into it",
        "    Soren Baker, note  4 Mar 08:40",
        "    ┃ crashes for",
        "    ┃ everybody",
        "    4 Mar 08:40  Soren",
        "    Baker: assigned →",
        "    waiting for customer",
    ]


async def test_the_subject_has_room_on_a_small_screen(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        await press(app, "f6")
        widths = dict(app.screen.query_one("#service", LiveTable)._shown)
        assert widths["title"] >= 25
        assert {"time", "issue_id", "customer_name", "state"} <= widths.keys()
        assert widths["customer_name"] >= 12, "the agent is in the pane instead of two cut names"
        assert "_" not in pane(app).split("What triage read")[0]


def test_spans_read_well() -> None:
    assert [span(minutes) for minutes in (0.5, 59, 60, 125, 640, 3000)] == [
        "30 s",
        "59 min",
        "1 h",
        "2 h 05",
        "10 h",
        "2 d",
    ]


# on screen


async def at(app: AstraApp, number: int) -> None:
    app.show_issue(number)
    await app.settle()
    row = app.screen.query_one(LiveTable).current
    assert row is not None
    assert row["issue_id"] == number


def pane(app: AstraApp) -> str:
    return str(app.screen.query_one("Service DetailPane > Static", Static).visual)


async def test_the_list_is_live_and_text_is_shown_literally(
    demo_file: Path, running: Any, colleague: Desk, clock: TestClock
) -> None:
    numbers = [
        intake.open_issue(colleague, f"{HOSTILE} number {number}", tier="gold")["issue_id"]
        for number in range(30)
    ]
    async with running(demo_file, size=(80, 24), clock=clock, at="service") as (app, _):
        await press(app, "f6")
        assert widths(app) == {80}
        assert HOSTILE in pane(app)
        await at(app, numbers[20])
        table = app.screen.query_one(LiveTable)
        top = table.scroll_y
        clock.advance(minutes=2)
        await app.settle()
        before = {row["issue_id"]: row["sla"]["first_response"]["left_minutes"] for row in table.rows_shown}
        clock.advance(minutes=3)
        intake.open_issue(colleague, "the app crashes, urgent", tier="enterprise")
        await app.settle()
        after = {row["issue_id"]: row["sla"]["first_response"]["left_minutes"] for row in table.rows_shown}
        assert after[numbers[3]] == before[numbers[3]] - 3
        assert table.rows_shown[0]["priority"] == "CRITICAL"
        assert table.current is not None
        assert table.current["issue_id"] == numbers[20]
        assert table.scroll_y in (top, top + 1)
        await _huge_text(app, colleague)


async def _huge_text(app: AstraApp, colleague: Desk) -> None:
    number = intake.open_issue(colleague, "[/] " + "long story " * 9_000)["issue_id"]
    await at(app, number)
    assert "characters more: enter shows all" in pane(app)
    await press(app, "enter")
    assert isinstance(app.screen, Panel)
    assert app.screen.text.plain.partition("Conversation")[2].count("long story") == 9_000
    await leave(app)


async def test_concurrent_answers_are_reported(
    demo_file: Path, running: Any, colleague: Desk, clock: TestClock
) -> None:
    number, _ = (
        intake.open_issue(colleague, text)["issue_id"]
        for text in ("I was charged twice for my booking", "Where is my refund?")
    )
    async with running(demo_file, clock=clock) as (app, _):
        await at(app, number)
        await press(app, "t", *"from me")
        conversation.reply(colleague, number, "from lee [/]")
        await press(app, "f9")
        assert isinstance(app.screen, FormModal)
        assert "Somebody replied" in text_of(app)
        assert "“from lee [/]”" in str(app.screen.query_one("#problem", Static).visual)
        assert app.screen.values()["text"] == "from me"
        await press(app, "f9")
        assert isinstance(app.screen, Place)
        spoken = await app.backend.read(lambda: queries.interactions(number))
        assert [one["text"] for one in spoken if one["kind"] == "message"] == ["from lee [/]", "from me"]
        await press(app, "t", *"draft", "escape")
        assert "Close again to discard what you typed" in text_of(app)
        await press(app, "escape")
        await press(app, "x")
        assert "cannot go from" in text_of(app)
        await press(app, "exclamation_mark", "f9")
        assert isinstance(app.screen, FormModal), "a reason is needed"
        await press(app, "escape")
        await press(app, "f", "f9", "t")
        following = app.screen.query_one(LiveTable).current["issue_id"]  # type: ignore[index]
        text = f"Issue {number} left this list; now on {following}. Press again"
        assert (said(app)[0], isinstance(app.screen, Place)) == (text, True)  # another one was answered
        await press(app, "s")
        assert said(app)[0].startswith(f"Issue {following} is ")
        await press(app, "up", "down", "exclamation_mark")
        assert isinstance(app.screen, FormModal)


async def test_a_new_issue_is_analysed_while_typing(demo_file: Path, running: Any, clock: TestClock) -> None:
    async with running(demo_file, size=(80, 24), clock=clock, at="service") as (app, _):
        await press(app, "f6", "I", "f9")
        modal = app.screen
        assert isinstance(modal, NewIssue)
        assert "Message is required" in text_of(app)
        text = "I'm unable to access my account after the recent update. This is urgent, [/] $300 today."
        modal.query_one("#text", TextArea).text = text
        await fill_in(app, tier="gold", booking="12345678")
        shown = " ".join(str(modal.query_one("#triage", Static).visual).split())
        assert "account access" in shown
        assert "Critical" in shown
        assert "+1 step: account access" in shown
        assert "(already Critical)" in shown
        assert "Priority ↑ Critical" in shown
        assert "money $300" in shown
        await press(app, "f9")
        assert "booking 12345678" in text_of(app)
        assert modal.text == text, "a refusal loses nothing"
        await fill_in(app, booking="x")
        await press(app, "f9")
        assert isinstance(app.screen, NewIssue)
        await press(app, "escape")
        assert "Close again to discard what you typed" in text_of(app)
        await _unsure_issues(app, modal)


async def _unsure_issues(app: AstraApp, modal: NewIssue) -> None:
    modal.query_one("#text", TextArea).text = "hm"
    await fill_in(app, booking="")
    await press(app, "f9")
    assert "Choose a category, or press f9 again to leave it unsure" in text_of(app)
    left = " ".join(str(modal.query_one("#triage", Static).visual).split())
    assert "If unsure general inquiry, High" in left, "gold counts"
    await fill_in(app, category="refund request")
    await press(app, "f9")
    row = app.screen.query_one(LiveTable).current
    assert row is not None
    assert (row["title"], row["category"], row["unsure"]) == ("hm", "refund_request", False)
    await press(app, "I", *"er", "f9", "f9")
    row = app.screen.query_one(LiveTable).current
    assert row is not None
    assert (row["category"], row["unsure"]) == ("general_inquiry", True), "as the line promised"


async def test_new_work_for_the_agent_is_announced_once(
    demo_file: Path, running: Any, colleague: Desk, clock: TestClock
) -> None:
    numbers = [intake.open_issue(colleague, f"[/] question {number}")["issue_id"] for number in (1, 2)]
    async with running(demo_file, clock=clock) as (app, _):
        app.my_agent_id = 3
        await app.settle()
        ownership.reassign(colleague, numbers[0], 3, "knows it")
        await app.settle()
        assert told(app) == [f"New for you: issue {numbers[0]}, Medium general inquiry, –"]
        app.clear_notifications()
        escalation_commands.escalate(colleague, numbers[1], "for all to know", 2)
        escalation_commands.escalate(colleague, numbers[0], "for the agent", 1)
        await app.settle()
        assert sorted(line[:11] for line in told(app)) == ["Escalated 1", "Escalated 2"]
        app.clear_notifications()
        clock.advance(hours=25)
        sweep_issues(colleague)
        await app.settle()
        lines = told(app)
        assert f"Late: issue {numbers[0]}, " in "\n".join(lines)
        app.clear_notifications()
        sweep_issues(colleague)
        await app.settle()
        assert told(app) == []
        await press(app, "f5")
        issues = app.screen.query_one("#my-issues", LiveTable)
        assert numbers[0] in [row["issue_id"] for row in issues.rows_shown]
        issues.focus()
        await press(app, "c")
        assert "No booking selected" in text_of(app)
        await press(app, "enter")
        assert isinstance(app.screen, Service)


def told(app: AstraApp) -> list[str]:
    return [line for one in said(app) for line in one.splitlines()]


TYPED = {
    "active.CRITICAL": "priority:critical",
    "sla_breaches": "number:1 or number:6",
    "escalations": "number:1",
    "mean_satisfaction": "number:2",
    "opened": "opened>=-30d",
    "category.feature_request": "resolved>=-30d category:feature_request",
}


async def test_every_figure_lists_its_rows(golden_file: Path, running: Any) -> None:
    async with running(golden_file, at="service") as (app, _):
        await press(app, "f6", "B")
        figures = app.screen.query_one("#figures", LiveTable)
        for key, listed in (
            ("active.CRITICAL", {1, 6}),
            ("sla_breaches", {1, 6}),
            ("escalations", {1}),
            ("mean_satisfaction", {2}),
            ("opened", {1, 2, 3, 4, 5, 6}),
            ("category.feature_request", {2}),
        ):
            figures.move_cursor(row=figures.get_row_index(key))
            await press(app, "enter")
            assert app.screen.query_one("#filter", Input).value == TYPED[key]
            table = app.screen.query_one("#service", LiveTable)
            assert {row["issue_id"] for row in table.rows_shown} == listed, key
            await press(app, "B")
        figures.move_cursor(row=0)
        await press(app, "enter")
        assert app.screen.query_one("#figures").has_focus, "a heading has no rows"
        await press(app, "tab", "enter")
        assert {row["agent_id"] for row in app.screen.query_one("#service", LiveTable).rows_shown} == {1}
        await press(app, "slash", *"is:unsure", "enter")
        assert app.screen.query_one("#filter", Input).value == "is:unsure"
        assert [row["issue_id"] for row in app.screen.query_one("#service", LiveTable).rows_shown] == [4]
