"""What is said is on one line, in at most one toast, never over a modal, and can be looked up."""

from __future__ import annotations

import re
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch.desk.desk import Desk
from models.errors import Refused
from screens.app.messages import ANSWER_WITHIN_S
from screens.base.message_log import ANSWER, Message, MessageLog, News, ranges
from screens.dialogs.form import FormModal
from screens.widgets.message_line import MessageLine, MessageToast, SpeakingLine
from tests.screens.key_checks.registry import at_booking
from tests.screens.picture import text_of, widths
from tests.screens.scenes import press, said
from tests.screens.test_knowing import lead


def toast(app: AstraApp) -> str:
    """The text of the toast in sight, or ""."""
    found = [one for one in app.screen.query(MessageToast) if one.region]
    return str(found[0].visual) if found else ""


def bottom(app: AstraApp) -> str:
    return text_of(app).splitlines()[-1]


def new(*numbers: int) -> News:
    return News("new", f"New for you: {numbers[0]}", "new for you", numbers)


def news_message(*numbers: int) -> Message:
    return Message("12:00", new(*numbers).text, kind="new", news=new(*numbers))


def test_numbers_that_follow_one_another_are_joined() -> None:
    assert ranges([421, 418, 419, 420, 430]) == "418-421, 430"
    assert ranges([7]) == "7"


def test_news_of_a_kind_are_one_message_as_long_as_it_is_shown() -> None:
    now = [0.0]
    log = MessageLog(lambda: now[0])
    for number in (418, 419, 420, 421):
        log.add(news_message(number), is_loud=True, waits=False)
    assert [one.text for one in log.kept] == ["4 new for you: 418-421"]
    now[0] = 11.0
    assert log.loud == []
    log.add(news_message(422), is_loud=True, waits=False)
    assert [one.text for one in log.kept] == ["4 new for you: 418-421", "New for you: 422"]


def test_a_refusal_is_over_with_the_next_act_and_news_is_not() -> None:
    log = MessageLog(lambda: 1.0)
    log.add(Message("12:00", "no", kind=ANSWER), is_loud=True, waits=False)
    log.add(news_message(1), is_loud=True, waits=False)
    assert [one.text for one in log.loud] == ["no", "New for you: 1"]
    log.add(Message("12:00", "Claimed 413"), is_loud=False, waits=False)
    assert [one.text for one in log.loud] == ["New for you: 1"]
    shown = log.newest(is_loud_too=False)
    assert shown is not None
    assert shown.text == "Claimed 413"


def test_what_waits_for_a_modal_is_shown_for_its_whole_time_afterwards() -> None:
    now = [0.0]
    log = MessageLog(lambda: now[0])
    log.add(news_message(1), is_loud=True, waits=True)
    now[0] = 100.0
    assert len(log.loud) == 1
    log.resume()
    assert log.next_change_s == 10.0
    now[0] = 111.0
    assert log.loud == []
    assert not log.next_change_s


def test_the_last_fifty_are_kept() -> None:
    log = MessageLog(lambda: 0.0)
    for number in range(70):
        log.add(Message("12:00", str(number)), is_loud=False, waits=False)
    assert [one.text for one in log.kept] == [str(number) for number in range(20, 70)]


async def test_others_news_is_one_toast_of_one_line_above_the_line(
    running: Any, other_terminal: Desk
) -> None:
    async with running(size=(80, 24)) as (app, _):
        app.my_agent_id = 6
        await app.settle()
        numbers = []
        for name in ("Ann", "Bob", "Cid", "Dan"):
            numbers.append(lead(other_terminal, name, 6))
            await app.settle()
        assert toast(app) == f"4 new for you: {numbers[0]}-{numbers[-1]}"
        region = app.screen.query_one(MessageToast).region
        assert (region.height, region.bottom, region.right) == (1, 23, 80)
        assert widths(app) == {80}


async def test_no_message_covers_a_form_and_news_waits_until_it_is_closed(
    running: Any, other_terminal: Desk
) -> None:
    """Four toasts of news covered 16 of 24 rows, over the fields of an open form."""
    async with running(size=(80, 24), at="queue") as (app, _):
        app.my_agent_id = 6
        await press(app, "f4", "escape", "home", "r")
        assert isinstance(app.screen, FormModal)
        before = text_of(app).splitlines()
        number = lead(other_terminal, "Ann", 6)
        await app.settle()
        assert toast(app) == ""
        # the list below may have changed; the form and its frame have not
        frame = app.screen.query_one(".frame").region
        after = text_of(app).splitlines()
        assert [line[frame.x : frame.right] for line in before[frame.y : frame.bottom]] == [
            line[frame.x : frame.right] for line in after[frame.y : frame.bottom]
        ]
        assert bottom(app).endswith(f"New for you: {number} Ann, Mars")
        await press(app, "escape")
        assert toast(app) == f"New for you: {number} Ann, Mars"


async def test_the_keys_give_at_most_half_of_the_line_to_a_message(running: Any) -> None:
    async with running(size=(80, 24)) as (app, pilot):
        app.tell("x" * 100, key="u undo")
        await app.settle()
        line = app.screen.query_one(MessageLine).region
        assert (line.width, line.right, line.y) == (40, 80, 23)
        assert bottom(app).endswith("… · u undo")
        assert bottom(app).startswith("f9 Assign")
        await pilot.resize_terminal(200, 60)
        await app.settle()
        assert app.screen.query_one(MessageLine).region.width == 100
        app.clear_notifications()
        await app.settle()
        assert "pending" in bottom(app)
        assert not app.screen.query_one(MessageLine).region


async def test_a_refusal_is_readable_with_its_hint_in_a_place_and_in_a_modal(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        error = Refused("x", "Booking 413 is Confirmed and cannot be claimed", "o reopens it")
        app.report(error)
        await app.settle()
        assert toast(app) == "Booking 413 is Confirmed and cannot be claimed\no reopens it"
        await press(app, "f4", "escape", "home", "r")
        app.report(error)
        await app.settle()
        assert toast(app) == ""
        assert bottom(app).endswith("Booking 413 is Confirmed and cannot be claimed: o reopens it")


def words_in_sight(app: AstraApp) -> list[str]:
    """The numbered words of a message that can be read, in their order."""
    return re.findall("w[0-9]+", toast(app) or bottom_lines(app))


def bottom_lines(app: AstraApp) -> str:
    line = app.screen.query_one(MessageLine).region
    return "\n".join(row[line.x : line.right] for row in text_of(app).splitlines()[line.y : line.bottom])


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_nothing_that_is_said_is_cut(running: Any, size: tuple[int, int]) -> None:
    """What a choice, a tip or a question asked to do next ended in an ellipsis."""
    async with running(size=size) as (app, _):
        for in_a_modal in (False, True):
            if in_a_modal:
                await press(app, "f4", "escape", "ctrl+p")
            for count in (3, 9, 14, 24, 40, 65):
                words = [f"w{number}" for number in range(count)]
                for severity in ("information", "warning"):
                    app.tell(" ".join(words), severity=severity)
                    await app.settle()
                    assert words_in_sight(app) == words, (in_a_modal, severity)
                app.ask_again("undo", " ".join(words), lambda: None)
                await app.settle()
                assert words_in_sight(app) == words, (in_a_modal, "question")
                app.clear_notifications()
                await app.settle()
                assert app.screen.query_one(SpeakingLine).region.height == 1


async def test_a_key_answers_its_question_for_ten_seconds(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(size=(80, 24)) as (app, _):
        late, done = [0.0], list[str]()
        monkeypatch.setattr("screens.app.messages.ANSWER_WITHIN_S", ANSWER_WITHIN_S)
        monkeypatch.setattr("screens.app.messages.monotonic", lambda: monotonic() + late[0])
        for seconds in (9.0, 10.5):
            app.ask_again("undo", "all", lambda: done.append("all"))
            app.before_typed()
            late[0] += seconds
            app.ask_again("undo", "all", lambda: done.append("all"))
        assert done == ["all"]


async def test_what_is_about_a_row_goes_when_a_dialog_opens_over_it(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        app.screen.say("Booking 8 left this list; now on 9. Press again", severity="warning")
        await app.settle()
        assert "left this list" in toast(app)
        await press(app, "r")
        assert isinstance(app.screen, FormModal)
        assert "left this list" not in text_of(app)
        app.screen.say("Paste works in fields only")
        await app.settle()
        assert "Paste works in fields only" in text_of(app)


async def test_a_short_refusal_needs_no_toast(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        app.tell("Nothing to open here", severity="warning")
        await app.settle()
        assert (toast(app), said(app)) == ("", ["Nothing to open here"])
        assert bottom(app).endswith("Nothing to open here")
        await press(app, "f4", "escape", "slash", *"zzz", "enter", "c")
        assert "No booking selected: move to one first" in said(app)
        await press(app, "f3")
        assert "No booking selected: move to one first" not in said(app)  # it lingered in every other place


async def test_the_last_messages_are_looked_up_anywhere_and_by_a_click(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(80, 24)) as (app, pilot):
        app.tell("first [/b] one")
        app.report(Refused("x", "second " * 30, "with a hint"))
        await press(app, "f2")
        app.screen.query_one("#customer", Input).focus()
        await press(app, "ctrl+o")
        shown = text_of(app)
        assert "12:00  first [/b] one" in shown
        assert shown.index("second second") < shown.index("first [/b]")
        assert "with a hint" in shown
        await press(app, "ctrl+o", "escape")
        assert len(app.screen_stack) == 1
        await at_booking(app, 9)
        await press(app, "r", "ctrl+o")
        assert "first [/b] one" in text_of(app)
        await press(app, "escape")
        assert isinstance(app.screen, FormModal)
        await press(app, "escape")
        app.tell("click me")
        await app.settle()
        await pilot.click(MessageLine)
        await app.settle()
        assert "first [/b] one" in text_of(app)


@pytest.mark.parametrize("text", ["[/b] [red]x", "a\x1b]0;x\x07", "👩‍🚀 שרה " * 20])
async def test_any_text_can_be_said(running: Any, text: str) -> None:
    async with running(size=(80, 24)) as (app, _):
        app.tell(text)
        app.tell(text, hint=text, severity="error")
        await press(app, "ctrl+o")
        assert widths(app) == {80}


async def test_leads_of_several_lines_promise_no_letter_where_letters_are_typed(running: Any) -> None:
    async with running(size=(80, 24)) as (app, _):
        app.screen.action_several("Kate,Text,Organic,Mars,Sydney Stellar Port\n")
        await app.settle()
        await press(app, "f9")
        assert "1 lead assigned" in text_of(app)
        assert "(u" not in text_of(app)
        await press(app, "escape")
        assert bottom(app).endswith("1 lead assigned · ^z undo")


async def test_at_80_columns_the_words_are_shortened_and_not_cut(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f4", "escape")
        app.is_undoable = True
        app.tell_done("Scored: issue 12, High billing", "Scored issue 12")
        await app.settle()
        assert "Scored issue 12 · u undo" in text_of(app)
        app.tell_done("Scored: issue 1, High tech", "Scored issue 1")
        await app.settle()
        assert "Scored: issue 1, High tech · u undo" in text_of(app), "there is room for all of it"
