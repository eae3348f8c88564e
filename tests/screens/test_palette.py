"""The palette and help: found by what is typed, run by enter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from screens.base.theme import CURSOR
from screens.customers.card import CustomerCard
from screens.shell.help import Help
from screens.shell.jumps import find_jumps
from screens.shell.palette import Palette
from screens.widgets.movable import Options
from tests.screens.key_checks.registry import at_booking, booking, place, shown_now
from tests.screens.picture import text_of
from tests.screens.scenes import leave, press


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("7", ("queue", "booking_id", 7)),
        ("#7", ("queue", "booking_id", 7)),
        ("issue 2", ("service", "issue_id", 2)),
        ("i 2", ("service", "issue_id", 2)),
        ("nova", ("roster", "agent_id", 2)),
        ("agent 2", ("roster", "agent_id", 2)),
    ],
)
async def test_a_number_or_a_name_leads_there(
    golden_file: Path, running: Any, text: str, there: tuple[str, str, int]
) -> None:
    name, number, wanted = there
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f2", "ctrl+p", *text, "enter")
        assert place(app) == name
        assert shown_now(app)[number] == wanted


async def test_a_customer_is_found_by_name_and_opened(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "ctrl+p", *"customer ines", "enter")
        assert isinstance(app.screen, CustomerCard)
        assert "Ines Costa" in text_of(app)


async def test_an_entry_takes_one_line_with_its_key_on_the_right(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "ctrl+p", *"claim")
        lines = [line.split("│")[1].rstrip() for line in text_of(app).splitlines() if line.count("│") > 1]
        claim = next(line for line in lines if line.strip().startswith("Claim"))
        keep = next(line for line in lines if line.strip().startswith("Keep claim"))
        assert "Take it on for its agent" in claim
        assert (claim[-1], keep[-1]) == ("c", "K")
        assert len(claim) == len(keep)
        await press(app, *" zzz")
        assert "No matches. ^f finds customers, also by phone" in text_of(app)
        await press(app, "enter")
        assert isinstance(app.screen, Palette)


async def test_what_was_run_last_comes_first(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(
            app, "f4", "escape", "ctrl+p", *"columns", "enter", "escape", "ctrl+p", *"roster", "enter"
        )
        await press(app, "f4", "ctrl+p")
        options = app.screen.query_one(Options)
        first, second = (str(options.get_option_at_index(place).prompt) for place in (0, 1))
        assert first.startswith("Roster")
        assert second.startswith("Columns")


async def test_a_theme_is_shown_under_the_cursor_and_only_kept_by_enter(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(golden_file, size=(80, 24), preferences=Preferences()) as (app, _):
        kept: list[str] = []
        monkeypatch.setattr(app, "_remember", lambda _, value: kept.append(value))
        await press(app, "escape", "ctrl+p", *"theme: astra-")
        assert app.theme == "astra-contrast"
        await press(app, "down", "down")
        assert app.theme == "astra-light"
        await press(app, "escape")
        assert (app.theme, kept) == ("astra-dark", [])
        await press(app, "ctrl+p", *"theme: astra-light", "enter")
        assert (app.theme, kept) == ("astra-light", ["astra-light"])


async def test_palette_and_help_are_left_by_the_key_of_a_place(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        for opening in ("ctrl+p", "f1"):
            await press(app, "f4", opening, *"claim", "f3")
            assert (place(app), len(app.screen_stack)) == ("roster", 1), opening


async def test_jumps_survive_any_text(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        desk = app.backend.desk
        for text in (
            "",
            "9" * 12,
            "[/b]",
            "x" * 10_000,
            "issue 99",
            "'",
            "(",
            "山田",
            "agent 999",
            "\x1b[31m",
        ):
            found = await app.backend.read(lambda text=text: find_jumps(desk, text))
            assert [jump.kind for jump in found if jump.kind == "booking"] == []
        await press(app, "ctrl+p", *"[/b] (nobody", "enter")
        assert isinstance(app.screen, Palette)


# help


async def test_help_narrows_to_what_is_typed_and_enter_runs_it(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await at_booking(app, 9)
        await press(app, "f1", *"claim")
        assert "Take it on for its agent" in text_of(app)
        assert "Give it to another agent" not in text_of(app)
        await press(app, "down", "up", "enter")
        await leave(app)
        assert (await booking(app, 9))["claimed_at"]
        await press(app, "f1", *"no such thing", "enter")
        assert isinstance(app.screen, Help)
        assert "Nothing found for “no such thing”" in text_of(app)
        assert "^p looks in" in text_of(app)


@pytest.mark.parametrize(("width", "columns"), [(80, 1), (99, 1), (112, 2), (200, 2)])
async def test_help_has_two_columns_where_there_is_room(
    golden_file: Path, running: Any, width: int, columns: int
) -> None:
    async with running(golden_file, size=(width, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "question_mark")
        first, others = "The booking under the cursor", ("The list", "This place", "Anywhere")
        lines = [line for line in text_of(app).splitlines() if first in line]
        beside = [line for line in lines if any(other in line for other in others)]
        assert len(beside) == columns - 1
        assert app.focused is app.screen.query_one("#text", Input)
        here = []
        for _ in range(40):
            text = app.screen.text
            here += [text.plain[span.start : span.end] for span in text.spans if span.style == CURSOR]
            await press(app, "down")
        assert len(set(here)) > 25, "the cursor goes through all of them"


@pytest.mark.parametrize("text", ["fair", "leads", "share"])
async def test_the_palette_finds_who_got_how_many_leads(golden_file: Path, running: Any, text: str) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "f2", "ctrl+p", *text)
        for title in ("Who got how many leads", "Caps", "Policy"):
            assert any(line.split("│")[1].startswith(f" {title}  ") for line in framed(app)), title
        own = [line for line in framed(app) if line.split("│")[1].startswith((" Who got", " Caps "))]
        assert "…" not in "".join(own)


@pytest.mark.parametrize(("text", "told"), [("how many", "7 days"), ("caps", "No caps yet")])
async def test_the_panels_of_fairness_open_anywhere(
    golden_file: Path, running: Any, text: str, told: str
) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "ctrl+p", *text, "enter")
        assert told in text_of(app)


def framed(app: AstraApp) -> list[str]:
    return [line for line in text_of(app).splitlines() if line.count("│") > 1]
