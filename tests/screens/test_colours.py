"""Every theme, and no colour: no text is invisible, and no state is shown by colour alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color
from rich.style import Style

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from screens.base.contrast import BLACK, FRAMES, RGB, WHITE, contrast, readable
from screens.base.theme import CONTRAST, DARK, LIGHT, OFFERED, THEMES, problem_of
from tests.screens.picture import own_text, text_of, visible_text
from tests.screens.scenes import MODALS, PLACES, Scene, leave, press, pressed

SCENES = {name: (PLACES | MODALS)[name] for name in ("lead", "roster", "queue", "log", "confirm", "customer")}
LEAST = 4.5
"""The contrast of every text, placeholders and keys that do nothing included."""
FEW_THEMES = (*(theme.name for theme in THEMES), "solarized-dark")
"""Astra's own, and the one whose own colours are the least readable."""


def contrast_of(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    return contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor())


def faint_texts(app: AstraApp) -> list[str]:
    """Text of low contrast on the current screen; a place below a modal is dimmed on purpose."""
    return [
        f"{text.strip()} ({contrast_of(style):.1f})"
        for text, style in own_text(app)
        if contrast_of(style) < LEAST and not FRAMES.issuperset(text)
    ]


async def look_at(app: AstraApp, scenes: Mapping[str, Scene], themes: Iterable[str]) -> None:
    for name, scene in scenes.items():
        await scene(app)
        for theme in themes:
            app.theme = theme
            await app.settle()
            assert faint_texts(app) == [], (name, theme)
        await leave(app)


async def test_every_text_can_be_read(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await look_at(app, SCENES, FEW_THEMES)


@pytest.mark.stress
async def test_every_text_can_be_read_in_each_theme(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(100, 30)) as (app, _):
        await look_at(app, SCENES, app.available_themes)


@pytest.mark.stress
async def test_every_text_can_be_read_everywhere(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(100, 30)) as (app, _):
        await look_at(app, PLACES | MODALS, FEW_THEMES)


async def test_what_is_below_a_modal_stays_dimmed(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await SCENES["confirm"](app)
        below = {text.strip(): contrast_of(style) for text, style in visible_text(app)}
        assert 1.5 < below["Dispatch"] < LEAST


@pytest.mark.parametrize(("drawn_by", "sign"), [("LiveTable", "C! "), ("Static", "↑ Critical")])
async def test_what_needs_somebody_has_the_colour_of_the_present_theme(
    golden_file: Path, running: Any, drawn_by: str, sign: str
) -> None:
    async with running(golden_file, size=(120, 36), at="service") as (app, _):
        await press(app, "f6", "escape", "home")
        for theme in (LIGHT, CONTRAST, DARK):
            app.theme = theme.name
            await app.settle()
            red, green, blue = Color.parse(theme.error).get_truecolor()
            shown = [style for text, style in own_text(app, drawn_by) if text.strip().startswith(sign)]
            colours = [style.color.get_truecolor() for style in shown if style.color]
            # Textual rounds down the colours that it mixes
            assert any(max(abs(r - red), abs(g - green), abs(b - blue)) <= 1 for r, g, b in colours), colours


async def test_a_cursor_has_full_ink_whatever_its_row_says(golden_file: Path, running: Any) -> None:
    """A quiet or coloured word on the bar would be neither what it means nor readable."""
    scenes = {
        "queue": pressed("f4", "escape", "home", "down", "down"),
        "roster": pressed("f3", "home", "down"),
        "policy": (PLACES | MODALS)["policy"],
        "reassign": (PLACES | MODALS)["reassign"],
        "help": pressed("f3", "f1"),
        "palette": pressed("f3", "ctrl+p"),
    }
    async with running(golden_file, size=(100, 30)) as (app, _):
        for name, scene in scenes.items():
            await scene(app)
            for theme in THEMES:
                app.theme = theme.name
                await app.settle()
                bar = Color.parse(theme.primary).get_truecolor()
                ground = Color.parse(theme.background or "").get_truecolor()  # the ink of the place's own tab
                inks = {
                    style.color.get_truecolor()
                    for text, style in own_text(app)
                    if style.color and style.bgcolor and not FRAMES.issuperset(text)
                    if style.bgcolor.get_truecolor() == bar
                }
                assert inks, (name, theme.name)
                assert inks <= {WHITE, BLACK, ground}, (name, theme.name, inks)
            await leave(app)


def test_themes_in_the_terminals_own_colours_are_not_offered() -> None:
    app = AstraApp(database="unopened.db", preferences=Preferences(theme="ansi-dark"))
    assert app.theme == THEMES[0].name
    assert {*app.available_themes} == {theme.name for theme in OFFERED}
    assert "there is no theme 'ansi-dark'" in problem_of("ansi-dark")


COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@given(COLOURS, COLOURS, st.sampled_from([3, LEAST, 7]))
def test_a_colour_is_moved_until_it_can_be_read(colour: RGB, ground: RGB, least: float) -> None:
    moved = readable(colour, ground, least)
    reached = contrast(moved, ground)
    assert reached >= least or reached == max(contrast(WHITE, ground), contrast(BLACK, ground))
    assert readable(moved, ground, least) == moved
    if contrast(colour, ground) >= least:
        assert moved == colour


def test_a_light_text_stays_light_where_it_can() -> None:
    red, dark, bright = (208, 64, 64), (34, 36, 48), (122, 162, 247)
    assert min(a - b for a, b in zip(readable(red, dark), red, strict=True)) > 0
    assert contrast(readable(red, dark), dark) < LEAST + 0.5
    assert contrast(readable((200, 208, 240), bright), BLACK) < contrast(bright, BLACK)


async def test_a_place_comes_back_in_the_present_theme_and_size(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="queue") as (app, pilot):
        await press(app, "f4", "escape", "home", "f3")
        app.theme = LIGHT.name
        await pilot.resize_terminal(120, 36)
        await press(app, "f4")
        seen = [*visible_text(app)]
        app.stylesheet.update(app.screen)
        await app.settle()
        assert [*visible_text(app)] == seen
        assert faint_texts(app) == []


async def test_without_colour_everything_is_said_in_words(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(golden_file, size=(80, 24)) as (app, _):
        for name, scene in SCENES.items():
            await scene(app)
            assert faint_texts(app) == [], name
            assert all(
                len(set(colour.get_truecolor())) == 1
                for _, style in visible_text(app)
                for colour in (style.color, style.bgcolor)
                if colour is not None
            ), name
            await leave(app)
        await SCENES["queue"](app)
        for word in ("! seen by all", "✗ cancelled", "✓ confirmed", "◐ claimed", "○ unclaimed"):
            assert word in text_of(app)
        await SCENES["lead"](app)
        assert "◉ (T)ext" in text_of(app)
        assert "○ (P)hone Call" in text_of(app)


def test_without_colour_what_is_urgent_is_not_a_faint_grey() -> None:
    """In a process of its own: styles are chosen when they are imported."""
    program = "from screens.wording.priorities import STYLES; print(STYLES['CRITICAL'].strip())"
    shown = {
        no_color: subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "NO_COLOR": no_color},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for no_color in ("", "1")
    }
    assert shown == {"": "bold $error", "1": "bold"}


async def test_without_colour_the_focused_list_is_recognisable(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(golden_file, size=(80, 24)) as (app, _):
        label = app.screen.query_one("#destination #label")
        before = label.rich_style.bgcolor
        app.screen.query_one("#destination").focus()
        await app.settle()
        assert contrast_of(Style(color=before, bgcolor=label.rich_style.bgcolor)) > 2
