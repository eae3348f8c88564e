"""Every theme, and no colour: no text is invisible, and no state is shown by colour alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.style import Style

from astra_tui.app import AstraApp
from screens.base.theme import CONTRAST, DARK, LIGHT, THEMES
from tests.screens.picture import text_of, visible_text
from tests.screens.scenes import MODALS, PLACES, leave, press

SCENES = {name: (PLACES | MODALS)[name] for name in ("lead", "roster", "queue", "log", "confirm", "customer")}
READABLE = {DARK.name: 2.5, LIGHT.name: 2.5, CONTRAST.name: 3}
"""The least contrast of a text in sight; placeholders are meant to be faint."""


def luminance(colour: Any) -> float:
    """Relative luminance (WCAG 2)."""
    red, green, blue = (
        part / 12.92 if (part := value / 255) <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for value in colour.get_truecolor()
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def contrast(style: Style) -> float:
    """From 1 (invisible) to 21."""
    assert style.color is not None
    assert style.bgcolor is not None
    one, other = luminance(style.color), luminance(style.bgcolor)
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def faint_texts(app: AstraApp, least: float) -> list[str]:
    """Text of low contrast on a screen without a modal; below one the place is dimmed on purpose."""
    return [
        f"{text.strip()} ({contrast(style):.1f})"
        for text, style in visible_text(app)
        if contrast(style) < least and not set(text.strip()) <= set("╭─╮│╰╯▔▁▂▃▄▅▆▇█ ")
    ]


async def test_every_text_can_be_read(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        for name, scene in SCENES.items():
            await scene(app)
            is_modal = len(app.screen_stack) > 1
            for theme in THEMES:
                app.theme = theme.name
                await app.settle()
                least = 1.05 if is_modal else READABLE[theme.name]
                assert faint_texts(app, least) == [], (name, theme.name)
            await leave(app)


async def test_a_place_comes_back_in_the_present_theme_and_size(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, pilot):
        await press(app, "f4", "escape", "home", "f3")
        app.theme = LIGHT.name
        await pilot.resize_terminal(120, 36)
        await press(app, "f4")
        seen = [*visible_text(app)]
        app.stylesheet.update(app.screen)
        await app.settle()
        assert [*visible_text(app)] == seen
        assert faint_texts(app, READABLE[LIGHT.name]) == []


async def test_without_colour_everything_is_said_in_words(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(golden_file, size=(80, 24)) as (app, _):
        for name, scene in SCENES.items():
            await scene(app)
            assert faint_texts(app, 1.05 if len(app.screen_stack) > 1 else 2) == [], name
            assert all(
                len(set(colour.get_truecolor())) == 1
                for _, style in visible_text(app)
                for colour in (style.color, style.bgcolor)
                if colour is not None
            ), name
            await leave(app)
        await SCENES["queue"](app)
        for word in ("Waiting", "Cancelled", "Confirmed", "Pending, claimed", "Pending, unclaimed"):
            assert word in text_of(app)
        await SCENES["lead"](app)
        assert "◉ Text" in text_of(app)
        assert "○ Phone Call" in text_of(app)


def test_without_colour_what_is_urgent_is_not_a_faint_grey() -> None:
    """In a process of its own: styles are chosen when they are imported."""
    program = "from screens.wording.issues import PRIORITY_STYLES; print(PRIORITY_STYLES['CRITICAL'].strip())"
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
    assert shown == {"": "bold #d04040", "1": "bold"}


async def test_without_colour_the_focused_list_is_recognisable(
    golden_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(golden_file, size=(80, 24)) as (app, _):
        label = app.screen.query_one("#destination #label")
        before = label.rich_style.bgcolor
        app.screen.query_one("#destination").focus()
        await app.settle()
        assert contrast(Style(color=before, bgcolor=label.rich_style.bgcolor)) > 2
