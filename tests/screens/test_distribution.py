"""Assignment on the screens: the sweeper, marks and batches, races, policies, and waiting work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from astra_tui.app import AstraApp
from dispatch import agents, bookings, queries
from dispatch.agents import presence
from dispatch.assignment.caps import set_cap
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.queries.caps import list_caps
from models.errors import InvalidInput
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import NOON, standing_still
from tests.screens.key_checks.registry import at_booking, booking
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, leave, press, said
from tests.screens.test_typing_is_safe import last_event


@pytest.fixture
def lee(golden_file: Path) -> Iterator[Desk]:
    """Another user at the small desk."""
    desk = open_desk(golden_file, clock=standing_still, actor="lee")
    yield desk
    desk.close()


def told(app: AstraApp) -> str:
    """The screen's text as one line."""
    return " ".join(text_of(app).split())


async def test_the_sweeper_runs_at_start_and_reports_an_error_once(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = NOON

    def clock() -> datetime:
        return moment

    async with running(golden_file, clock=clock, sweeps=True) as (app, _):
        assert (await booking(app, 12))["agent_id"] is not None, "declined half an hour ago: assigned"
        app.my_agent_id = 1
        await press(app, "f4", "escape", "f5")
        moment = NOON + timedelta(hours=3)  # the follow-up of booking 1 is overdue by more than four
        app.sweep()
        await app.settle()
        assert "1 still on it? K keeps it" in told(app)
        assert "still on it?" in text_of(app)
        app.screen.query_one(LiveTable).move_cursor(row=0)
        await press(app, "K")
        assert "still on it? K keeps it" not in told(app)

        def broken(desk: Desk) -> dict[str, Any]:
            raise RuntimeError("the clock [/] has stopped")

        monkeypatch.setattr("screens.base.backend.sweep", broken)
        for _ in range(2):
            app.sweep()
            await app.settle()
            assert isinstance(app.screen, Panel) or len(app.screen_stack) == 1
            await leave(app)
        assert app._last_error == "RuntimeError('the clock [/] has stopped')"


async def test_marked_bookings_are_changed_together(golden_file: Path, running: Any, lee: Desk) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home")
        table = app.screen.query_one(LiveTable)
        for number in (3, 8, 9):  # Cancelled, and two that are Pending
            table.move_cursor(row=table.get_row_index(str(number)))
            await press(app, "space")
        bookings.contact(lee, 10, "no_answer", "something else comes to the top")
        await app.settle()
        await press(app, "greater_than_sign", "less_than_sign")
        assert "3 marked ✓" in text_of(app), "marks survive refreshing and sorting"
        await press(app, "x")
        assert "2 of 3 bookings would be cancelled, 1 refused" in told(app)
        await press(app, *"no money", "f9")
        assert isinstance(app.screen, Panel)
        assert "2 of 3 bookings cancelled, 1 refused" in app.screen.text.plain
        assert "✗      3  already cancelled" in app.screen.text.plain
        await press(app, "escape")
        assert "1 marked ✓" in text_of(app), "refused bookings stay marked"
        await press(app, "u")
        assert "u again: undo the cancellation of 2 bookings" in told(app)
        await press(app, "u")
        assert [(await booking(app, number))["status"] for number in (8, 9)] == ["Pending", "Pending"]
        assert "Undone: the cancellation of 2 bookings" in told(app)


async def test_undoing_a_batch_leaves_what_has_changed_since(
    golden_file: Path, running: Any, lee: Desk
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home")
        table = app.screen.query_one(LiveTable)
        for number in (8, 9):
            table.move_cursor(row=table.get_row_index(str(number)))
            await press(app, "space")
        await press(app, "r", *"zion")
        assert "2 bookings would go to Zion Parker" in told(app)
        await press(app, "q")
        assert "No agent chosen" in told(app), "nobody is called Zionq"
        assert "would go to Zion Parker" not in told(app)
        await press(app, "backspace")
        await press(app, "enter", *"holiday", "enter")
        assert [(await booking(app, number))["agent_id"] for number in (8, 9)] == [6, 6]
        assert "Reassigned 2 bookings · u undo" in told(app)
        bookings.claim(lee, 9, 6)
        await app.settle()
        await press(app, "u")
        assert "u again: undo the reassignment of 2 bookings;" in told(app), (
            "8, and 12, which found an agent by it"
        )
        assert (await booking(app, 8))["agent_id"] == 6, "it asks first"
        await press(app, "u")
        assert (await booking(app, 8))["agent_id"] != 6
        assert (await booking(app, 9))["agent_id"] == 6


async def test_all_of_a_list_are_marked_up_to_a_limit(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "home")
        table = app.screen.query_one(LiveTable)
        await press(app, "A", "l")
        assert "bookings would be released" in told(app)
        await press(app, "escape", "escape")
        monkeypatch.setattr("screens.shell.marked_list.MOST_MARKED", 5)
        await press(app, "A")
        assert "Marked 5 bookings, the first 5 only" in said(app)
        table.move_cursor(row=table.row_count - 1)
        await press(app, "space")
        assert "At most 5 bookings can be marked at once" in told(app)
        assert "5 marked ✓" in text_of(app)


async def test_a_click_before_a_row_or_with_ctrl_marks_it(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, pilot):
        await press(app, "f4", "escape", "home")
        await pilot.click("#queue", offset=(0, 2))
        await pilot.click("#queue", offset=(20, 3), control=True)
        await app.settle()
        assert "2 marked ✓" in text_of(app)
        await pilot.click("#queue", offset=(0, 2))
        await app.settle()
        assert "1 marked ✓" in text_of(app)
        assert len(app.screen_stack) == 1, "a click that marks opens nothing"


async def test_two_applications_claim_the_same_booking(golden_file: Path, running: Any) -> None:
    async with running(golden_file, at="queue") as (mine, _):
        mine.my_agent_id = 6
        await at_booking(mine, 9)
        holder = (await booking(mine, 9))["agent_name"]
        theirs = AstraApp(database=golden_file, clock=standing_still, actor="lee")
        theirs.sweeps_by_itself = False
        async with theirs.run_test(size=(80, 24), notifications=True):
            await theirs.settle()
            await at_booking(theirs, 9)
            await press(theirs, "c")
            assert (await booking(theirs, 9))["claimed_at"]
        # my screen is out of date: the key is pressed regardless
        mine.screen.query_one(LiveTable).current.update(claimed_at=None)
        await press(mine, "c")
        assert f"{holder} claimed booking 9 at" in told(mine)
        assert "r reassigns it" in told(mine)


async def test_unclaimed_work_of_another_agent_is_pulled_if_the_desk_allows_it(
    golden_file: Path, running: Any, lee: Desk
) -> None:
    configuration.set_value(lee, "pull", "on")
    async with running(golden_file, at="queue") as (app, _):
        app.my_agent_id = 6
        await at_booking(app, 9)
        await press(app, "c")
        row = await booking(app, 9)
        assert (row["agent_id"], bool(row["claimed_at"])) == (6, True)
        await press(app, "enter")
        assert "Zion Parker pulled it from" in told(app)


async def test_the_candidates_panel_shows_who_is_excluded(golden_file: Path, running: Any, lee: Desk) -> None:
    presence.set_presence(lee, 1, "away", None, "ill")
    presence.set_presence(lee, 2, "break")
    agents.change(lee, 6, skills="Europa")
    async with running(golden_file, size=(80, 24)) as (app, _):
        shown = app.screen.query_one("#candidates", LiveTable)
        assert {row["agent_id"] for row in shown.rows_shown} == {3, 4, 5, 6}
        assert "2 ruled out: 1 away, 1 on a break" in told_reason(app)
        await fill_in(app, **LEAD)
        assert {row["agent_id"] for row in shown.rows_shown} == {3, 4, 5}, "of the destination typed"
        assert "1 not for the destination" in told_reason(app)
        for number in (3, 4, 5, 6):
            agents.change(lee, number, capacity="0")
        await app.settle()
        assert "! No agent can take it now: " in told_reason(app)
        assert "4 at capacity" in told_reason(app)
        await press(app, "ctrl+l")
        await fill_in(app, **(LEAD | {"customer": "Nora Quist"}))
        await press(app, "f9")
        assert (await booking(app, 13))["agent_id"] is None
        await at_booking(app, 13)
        await press(app, "enter")
        assert "no agent can take it yet: 1 away, 1 break, 4 full" in told(app)


def told_reason(app: AstraApp) -> str:
    return " ".join(str(app.screen.query_one("#reason", Static).visual).split())


async def test_policy_and_shuffle_are_previewed_first(golden_file: Path, running: Any, lee: Desk) -> None:
    agents.change(lee, 1, capacity="2")
    async with running(golden_file, at="roster") as (app, pilot):
        await press(app, "f3")
        await pilot.click(".info")
        await app.settle()
        assert isinstance(app.screen, FormModal)
        await press(app, "escape", "ctrl+p", *"policy: balanced", "enter")
        assert isinstance(app.screen, FormModal)
        assert "Of the last 12 leads, " in told(app)
        assert app.backend.desk.settings["policy"] == "rank"
        await press(app, "f9")
        assert app.backend.desk.settings["policy"] == "balanced"
        assert "Policy: Balanced load, at every" in told(app)
        loads = {row["agent_id"]: row["load"] for row in await app.backend.read(queries.list_agents)}
        await press(app, "ctrl+p", *"shuffle", "enter")
        assert "pinned by a person's decision: 8" in told(app)
        await press(app, "escape")
        bookings.claim(lee, 8, 1)
        bookings.release(lee, 8)
        await press(app, "ctrl+p", *"shuffle", "enter")
        assert "8 Priya Chukwu: Soren Baker → " in told(app)
        await press(app, "f9")
        assert (await booking(app, 8))["agent_id"] != 1
        assert "Moved 1 booking · u undo" in told(app)
        await press(app, "u", "u")
        assert {row["agent_id"]: row["load"] for row in await app.backend.read(queries.list_agents)} == loads
        with pytest.raises(InvalidInput):
            configuration.set_value(lee, "policy", "nosuch")


async def load_and_departure(app: AstraApp) -> tuple[int, bool]:
    agent = await app.backend.read(lambda: queries.agent(1))
    return agent["load"], bool(agent["left_at"])


async def test_an_agent_who_leaves_hands_over_and_one_put_on_away_is_back_with_one_key(
    golden_file: Path, running: Any, lee: Desk
) -> None:
    from dispatch.operations.timeouts.offers_and_claims import AWAY_REASON

    async with running(golden_file, size=(80, 24)) as (app, _):
        app.my_agent_id = 2
        presence.set_presence(lee, 2, "away", None, AWAY_REASON)
        await press(app, "f5")
        assert f"○ away, {AWAY_REASON} p: I'm back" in told(app)
        await press(app, "p")
        assert (await app.backend.read(lambda: queries.agent(2)))["presence"] == "available"
        assert "Nova Singh is available" in told(app)
        await press(app, "p", "b", "r")
        await fill_in(app, until="in 30 min", reason="tea [/]")
        assert "= Wed 4 Mar 2082 12:30, then available" in told(app)
        assert "No new work. " in told(app)
        await press(app, "f9")
        assert "◔ break until 12:30 (4 Mar), tea [/]" in told(app)

        await press(app, "f3")
        app.screen.query_one(LiveTable).choose(["name", "contact_rate"])
        app.screen.reload()
        await app.settle()
        assert re.search(r"Soren Baker +\d+% \(\d+%-\d+%\) of \d+", text_of(app)), (
            "rate, interval, number of leads"
        )
        app.screen.query_one(LiveTable).choose([])
        await press(app, "slash", *"baker", "enter", "X")
        assert "3 bookings go to others" in told(app)
        assert "3 issues go to others" in told(app)
        await press(app, "enter")
        assert await load_and_departure(app) == (3, False), "enter alone deactivates nobody"
        await press(app, "X", "f9", "escape")
        assert await load_and_departure(app) == (0, True)
        await press(app, "u", "u")
        assert await load_and_departure(app) == (3, False)


async def test_the_buttons_of_a_form_with_a_preview_are_in_sight(golden_file: Path, running: Any) -> None:
    for height in (24, 30, 36):
        async with running(golden_file, size=(100, height), at="queue") as (app, _):
            await press(app, "f4", "slash", *"is:unclaimed", "enter", "space", "space", "space", "r")
            await press(app, *"nova")
            assert "Reassign bookings Cancel" in told(app), height


async def test_a_handover_shows_the_issues_that_go_to_others(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="roster") as (app, _):
        holder = next(row for row in await app.backend.read(queries.list_agents) if row["issue_load"])
        await press(app, "f3", "slash", *holder["last_name"].lower(), "enter", "R")
        noun = "issue" if holder["issue_load"] == 1 else "issues"
        assert f"{holder['issue_load']} {noun} go" in told(app)
        assert "No bookings are affected" not in told(app)


async def test_a_break_is_announced_in_words(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="roster") as (app, _):
        await press(app, "f3", "slash", *"nova", "enter", "p", "b", "r")
        await fill_in(app, until="in 30 min")
        await press(app, "f9")
        assert "Nova Singh is on break until 12:30" in told(app)


async def test_an_open_application_makes_the_daily_backup(
    desk: Desk, path: Path, add_agent: Any, add_lead: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_agent()
    add_lead()
    desk.close()
    moment = NOON
    async with running(path, clock=lambda: moment) as (app, _):
        app.sweep()
        await app.settle()
        assert [file.name for file in path.with_name("backups").iterdir()] == ["desk-20260304-120000.db"]
        monkeypatch.setattr("dispatch.operations.backup.FOLDER", "desk.db")
        moment += timedelta(days=1)
        app.sweep()
        await app.settle()
        assert "The daily backup was not made" in text_of(app)


async def test_caps_are_set_and_removed_from_the_palette(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 40)) as (app, _):
        await press(app, "ctrl+p", *"cap: set", "enter")
        await press(app, "1", "2", "tab", "tab", "e")
        assert "at most 12 leads an hour for each agent" in told(app)
        assert "No caps yet" in told(app)
        await press(app, "f9")
        await app.settle()
        assert "Cap 1: at most 12 leads an hour for" in told(app)
        await press(app, "ctrl+p", *"cap: remove", "enter")
        await app.settle()
        assert "Bookings held back by this cap" in told(app)
        await press(app, "f9")
        await app.settle()
        assert "Removed cap 1" in told(app)


def field_here(app: AstraApp) -> str:
    """The field of a form that has the focus."""
    inside = app.focused.ancestors_with_self if app.focused is not None else ()
    return next((each.id for each in inside if each.id), "")


async def test_a_cap_for_everybody_is_named_before_enter_saves_it(golden_file: Path, running: Any) -> None:
    """Enter in the first field passed Per and For, and saved a cap for all agents."""
    async with running(golden_file, size=(100, 40)) as (app, _):
        agents = len(await app.backend.read(queries.list_agents))
        app.action_cap()
        await app.settle()
        ways = []
        await press(app, "5")
        for key in (*["enter"] * 2, *"e", *["enter"] * 2):
            ways.append(field_here(app))
            await press(app, key)
        assert ways == ["leads", "per", "whom", "whom", "destination"]
        assert f"Enter again: at most 5 leads an hour for each of {agents} agents" in told(app)
        assert await app.backend.read(list_caps) == []
        await press(app, "shift+tab", "b", "tab", "enter")
        assert f"at most 5 leads from Bought an hour for each of {agents} agents" in told(app)
        await press(app, "enter")
        (row,) = await app.backend.read(list_caps)
        assert (row["leads"], row["source"]) == (5, "Bought")


async def test_a_reassignment_warns_of_a_cap_that_a_person_overrides(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 40)) as (app, _):
        agent = await app.backend.read(lambda: queries.agent(2))
        await app.backend.run(lambda desk: set_cap(desk, 1, "week", 2))
        other = next(row for row in await app.backend.read(queries.list_agents) if row["agent_id"] != 2)
        warning = f"! {agent['name']} is at a cap: "
        await at_booking(app, 1)
        await press(app, "r")
        assert "Choose an agent" in told(app)
        await press(app, *"nova")
        await app.settle()
        assert f"Goes to {agent['name']}, unclaimed" in told(app)
        assert warning in told(app)
        assert "a person's" in told(app)
        await press(app, "escape", "escape")
        await leave(app)
        await at_booking(app, 1)
        await press(app, "space", "r", *"nova")
        await app.settle()
        assert warning in told(app)
        assert warning.replace(agent["name"], other["name"]) not in told(app)


@pytest.mark.parametrize("agent", [None, 1])
async def test_any_cap_is_undone_by_two_presses(golden_file: Path, running: Any, agent: int | None) -> None:
    """One of an agent in sight went with one press, against the README."""
    async with running(golden_file, size=(120, 36)) as (app, _):
        await press(app, "f3", "slash", *"baker", "enter")
        app.perform(lambda desk: set_cap(desk, 20, "day", agent), lambda row: app.tell_done(row["words"]))
        await app.settle()
        cap = "at most 20 leads a day for " + ("Soren Baker" if agent else "each agent")
        await press(app, "u")
        assert f"u again: undo the cap of {cap}" in told(app)
        assert len(await app.backend.read(list_caps)) == 1
        await press(app, "u")
        assert await app.backend.read(list_caps) == []
        assert f"Undone: the cap of {cap}" in told(app)


async def test_a_cap_for_one_agent_asks_which(golden_file: Path, running: Any) -> None:
    """Enter passed the list of agents, and the cap was the first one's."""
    async with running(golden_file, size=(100, 40)) as (app, _):
        app.action_cap()
        await app.settle()
        form = app.screen
        assert isinstance(form, FormModal)
        await press(app, "7", "tab", "tab", "o", "enter")
        assert (field_here(app), form.values()["agent"]) == ("agent", "")
        assert "Agent *" in told(app)
        await press(app, "enter")
        assert (field_here(app), form.line("agent").told) == ("agent", "Agent is required")
        await press(app, "f9")
        assert field_here(app) == "agent"
        assert await app.backend.read(list_caps) == []
        await press(app, *"soren", "enter")
        assert field_here(app) == "destination"
        await press(app, *"kai", "enter")
        assert form.line("destination").told == (
            "No destination begins with kai: Europa, Ganymede, Mars, Titan, Venus; backspace clears it"
        )
        await press(app, "shift+tab", "f9", "enter")
        assert field_here(app) == "destination", "nothing goes with an error in sight"
        assert await app.backend.read(list_caps) == []
        await press(app, "backspace", "enter")
        (row,) = await app.backend.read(list_caps)
        assert "Soren" in row["words"]
        app.action_cap()
        await app.settle()
        await press(app, "7", "enter", "enter", "d", "enter")
        assert field_here(app) == "department"
        assert app.screen.values()["department"] == ""
        assert "(d)epartment" in told(app)


async def test_enter_alone_caps_no_more_than_the_agent_under_the_cursor(
    golden_file: Path, running: Any
) -> None:
    """It was a cap for everybody; one for an agent asked for a name that the cursor was on."""
    async with running(golden_file, size=(100, 40)) as (app, _):
        for name in ("Soren Baker", "Nova Singh"):
            await press(app, "f3", "escape", "slash", *name.split()[1].lower(), "enter")
            await press(app, "ctrl+p", *"cap: set", "enter", "enter")
            form = app.screen
            assert isinstance(form, FormModal)
            assert form.line("leads").told == "Number of leads is required"
            ways = []
            await press(app, "5")
            while app.screen is form:
                ways.append(field_here(app))
                await press(app, "enter")
            assert ways == ["leads", "per", "whom", "agent", "destination"]
            row = (await app.backend.read(list_caps))[-1]
            assert row["words"] == f"at most 5 leads an hour for {name}"
        await press(app, "f4", "ctrl+p", *"cap: set", "enter", "5", "enter", "enter", "enter", "enter")
        assert isinstance(app.screen, FormModal)
        assert app.screen.line("agent").told == "Agent is required", "elsewhere there is no such cursor"
        assert len(await app.backend.read(list_caps)) == 2


async def test_there_is_nothing_to_hand_over(golden_file: Path, running: Any, lee: Desk) -> None:
    """The form said that no bookings are affected, and its enter wrote an event."""
    agent = agents.add(
        lee,
        first_name="Free",
        last_name="Bird",
        department="Luxury Voyages",
        job_title="Space Travel Agent",
        capacity="0",
    )
    async with running(golden_file, size=(100, 40)) as (app, _):
        before = await last_event(app)
        for keys in (["R"], ["ctrl+p", *"hand over", "enter"]):
            app.clear_notifications()
            await press(app, "f3", "escape", "slash", *"bird", "enter", *keys)
            assert app.screen is app.place
            assert said(app) == [f"There is nothing to hand over: {agent['name']} has no open work"]
        assert await last_event(app) == before


async def test_a_handover_to_an_agent_asks_which(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(100, 40), at="roster") as (app, _):
        await press(app, "f3", "slash", *"baker", "enter", "R")
        form = app.screen
        assert isinstance(form, FormModal)
        await press(app, "a", "f9")
        assert form.values() == {"to": "An agent", "agent": ""}
        assert (app.screen, form.line("agent").told) == (form, "Agent is required")
        await press(app, "shift+tab", "enter")
        assert field_here(app) == "agent"
        await press(app, "down")
        assert form.values()["agent"], "an arrow chooses"
        await press(app, "enter")
        assert app.screen is form, "the enter that chooses the agent moves no work"
        assert "Enter again: all of Soren Baker's work goes to " in " ".join(told(app).split())
        await press(app, "enter")
        assert app.screen is not form
        (text,) = [text for text in said(app) if text.startswith("Handed over")]
        assert " of Soren Baker → " in text
        assert "booking" in text


async def test_an_agents_panel_names_the_caps_that_bind(golden_file: Path, running: Any, lee: Desk) -> None:
    with lee.reading():
        taker = queries.list_agents()[0]["agent_id"]
    set_cap(lee, 1, "day", agent_id=taker)
    for number in range(1, 40):
        with lee.reading():
            row = queries.booking(number)
        if row["status"] == "Pending" and row["agent_id"] != taker:
            bookings.reassign(lee, number, taker, "asked")
            break
    async with running(golden_file, size=(120, 40), at="roster") as (app, _):
        app.show_agent(taker)
        await app.settle()
        pane = " ".join(line.split("│")[1].strip() for line in text_of(app).splitlines() if "│" in line)
        assert "! has 2 of 1 lead today, until 00:00" in pane
