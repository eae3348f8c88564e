"""What somebody new tries first: it works, or what is said names the right way."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from astra_tui.user import throw_away
from dispatch import queries
from dispatch.desk import event_log
from dispatch.service.issues import queries as issue_queries
from screens.app.import_files import ImportFiles
from screens.dialogs.quit_warning import Leaving
from screens.dispatch.lead_file import LeadFileForm
from screens.dispatch.several_leads import SeveralLeads
from screens.shell.command_line import CommandLine
from tests.screens.picture import text_of
from tests.screens.scenes import press, said
from tests.screens.test_command_line import keys_of
from tests.screens.test_command_line import told as line_told
from tests.screens.test_typing_is_safe import last_event


def words(app: AstraApp) -> str:
    return " ".join(text_of(app).split())


@pytest.mark.parametrize("sought", ["leads", "file", "csv"])
async def test_the_palette_finds_leads_from_a_file(golden_file: Path, running: Any, sought: str) -> None:
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "ctrl+p", *sought)
        assert "Leads from a file" in text_of(app)
        await press(app, *["backspace"] * len(sought), *keys_of("leads from"), "enter")
        assert isinstance(app.screen, LeadFileForm)


async def test_the_import_names_the_way_for_leads(golden_file: Path, running: Any, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Name,Going to\nKate,Mars\n")
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "ctrl+p", *"import", "enter")
        assert isinstance(app.screen, ImportFiles)
        app.screen.query_one("#paths", Input).value = str(path)
        await press(app, "f9")
        problem = str(app.screen.query_one("#problem", Static).visual)
        assert problem.endswith("look like those of leads: ^p, then Leads from a file, takes them in")
        assert "astra lead" not in text_of(app)


async def test_unknown_columns_of_pasted_lines_name_a_key_and_no_option(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(120, 36)) as (app, _):
        await press(app, "f2")
        app.post_message(events.Paste("Name,Phone,Whither\nKate,0711 1,Mars\nMia,0711 2,Mars\n"))
        await app.settle()
        assert isinstance(app.screen, SeveralLeads)
        assert "f8 says what the columns are: " in text_of(app)
        assert "lacks the column" in text_of(app)
        assert "--" not in text_of(app).replace("─", "")
        await press(app, "f8")
        assert isinstance(app.screen, LeadFileForm)


async def test_an_acknowledged_escalation_is_quiet(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        app.show_issue(6)
        await app.settle()
        await press(app, "exclamation_mark", *"a director", "f9")
        assert "Escalated: issue 6, level 1" in text_of(app)
        assert "! escalated 1" in text_of(app)
        await press(app, "K", "K")
        assert "! escalated 1" not in text_of(app)
        assert "acknowledged" in text_of(app)
        (line,) = (each for each in said(app) if each.startswith("Acknowledged"))
        assert len(line) < 40
        assert line in text_of(app), "not cut"
        row = await app.backend.read(lambda: issue_queries.issue(app.backend.desk, 6))
        assert (row["escalation_level"], row["escalation_acknowledged"]) == (1, True)
        written = await last_event(app)
        await press(app, "K")
        assert said(app)[0] == f"Issue {row['issue_id']} is already acknowledged"
        assert "K again" not in text_of(app)
        await press(app, "K")
        assert await last_event(app) == written


@pytest.mark.parametrize("way_out", ["enter", "escape"])
async def test_a_form_closed_with_nothing_done_says_so(golden_file: Path, running: Any, way_out: str) -> None:
    async with running(golden_file, size=(120, 36), at="roster") as (app, _):
        await press(app, "f3", "end", "X")
        name = app.place.chosen()["name"]
        before = await last_event(app)
        await press(app, way_out)
        assert await last_event(app) == before
        assert f"Nothing changed: {name} stays active" in said(app)
        await press(app, "f4", "escape", "home", "down", "n")
        await press(app, "escape")
        assert "Nothing changed" in said(app)
        await press(app, "n", *"seen", "f9")
        assert "Nothing changed" not in said(app)


async def test_enter_names_what_another_policy_changes_and_a_second_one_sets_it(
    golden_file: Path, running: Any
) -> None:
    """One enter on the form's only field switched the policy of all terminals."""
    async with running(golden_file, size=(80, 24), at="roster") as (app, _):
        await press(app, "f3")
        app.action_policy("balanced")
        await app.settle()
        await press(app, "enter")
        assert "Enter again: Balanced load at every terminal" in words(app)
        assert app.backend.desk.settings["policy"] == "rank"
        await press(app, "s")
        await press(app, "enter")
        assert "Enter again: Skill at every terminal" in words(app), "it was asked about another one"
        assert app.backend.desk.settings["policy"] == "rank"
        await press(app, "enter")
        assert app.backend.desk.settings["policy"] == "skill"


async def test_the_policy_in_force_would_change_nothing(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        app.action_policy("rank")
        await app.settle()
        assert "In force, so nothing would change. The last 12 leads:" in words(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_changed_policy_is_undone(golden_file: Path, running: Any, size: tuple[int, int]) -> None:
    async with running(golden_file, size=size, at="roster") as (app, _):
        await press(app, "f3")
        app.action_policy("balanced")
        await app.settle()
        await press(app, "f9")
        assert text_of(app).rstrip().endswith("· u undo")
        assert size[0] < 120 or "Policy: Balanced load, at every terminal · u undo" in text_of(app), "not cut"
        await press(app, "u")
        assert "u again: undo policy, back to Rank" in words(app)
        assert app.backend.desk.settings["policy"] == "balanced"
        await press(app, "u")
        assert app.backend.desk.settings["policy"] == "rank"
        assert "policy is Rank again" in words(app)
        await press(app, "U")
        assert app.backend.desk.settings["policy"] == "balanced"


async def test_escape_clears_the_filter_and_never_changes_the_tab(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36)) as (app, _):
        for key in ("f4", "f6", "f3"):
            await press(app, key, "escape", "escape", "v")
            chosen, first = app.place.view, app.place.VIEWS[0] if key != "f3" else "Active"
            await press(app, "slash", *"zion", "enter", "escape")
            assert (app.place.view, app.screen.query_one("#filter", Input).value) == (chosen, "")
            await press(app, "escape")
            assert app.place.view == chosen != first, "or the next keys would meet other rows"
            assert any(f" stays at {chosen}: " in text for text in said(app)), said(app)


async def test_what_would_be_refused_is_said_before_enter(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="queue") as (app, _):
        cancelled = await app.backend.read(
            lambda: queries.list_bookings(queries.BookingFilter(status="Cancelled"), 1)[0]["booking_id"]
        )
        before = await app.backend.read(lambda: event_log.events(limit=1)[0]["event_id"])
        await press(app, "f4", "escape", "ctrl+g", *keys_of(f"c {cancelled} 6"))
        assert line_told(app).startswith("Would be refused: ")
        await press(app, *["backspace"] * 2)
        await press(app, *keys_of(" 1"))
        assert isinstance(app.screen, CommandLine)
        assert line_told(app).startswith("Would be refused: ")
        assert await app.backend.read(lambda: event_log.events(limit=1)[0]["event_id"]) == before


async def test_quitting_a_throw_away_demo_asks_once(
    golden_file: Path, running: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = throw_away.new_file()
    assert throw_away.is_thrown_away(path)
    assert not throw_away.is_thrown_away(golden_file)
    Path(path).write_bytes(golden_file.read_bytes())
    async with running(Path(path), size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "ctrl+q")
        assert isinstance(app.screen, Leaving)
        assert "This demo is a throw-away desk" in words(app)
        await press(app, "ctrl+q")
        assert app.return_code == 0
