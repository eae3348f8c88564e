"""What saves time in tests of screens hides nothing from them."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, RenderResult
from textual.css.stylesheet import Stylesheet, StylesheetParseError
from textual.screen import ModalScreen
from textual.widgets import Static

from tests.screens.picture import text_of
from tests.screens.scenes import press


class Unpaintable(Exception):
    """What a widget raises that cannot be painted."""


class Broken(Static):
    """Fails as it is painted, from the moment it should."""

    fails = True

    def render(self) -> RenderResult:
        if self.fails:
            raise Unpaintable
        return "whole"


async def _settles(app: Any, broken: Broken) -> None:
    await app.settle()


async def _ends(app: Any, broken: Broken) -> None:
    await app.quiet()


async def _is_covered(app: Any, broken: Broken) -> None:
    await app.quiet()
    await app.push_screen(ModalScreen())
    broken.fails = False


async def _is_replaced(app: Any, broken: Broken) -> None:
    await app.quiet()
    app.go("queue")
    broken.fails = False


async def _breaks_later(app: Any, broken: Broken) -> None:
    broken.fails = False
    await app.settle()
    assert "whole" in text_of(app)
    broken.fails = True
    broken.refresh()
    await press(app, "f1")


@pytest.mark.parametrize("then", [_settles, _ends, _is_covered, _is_replaced, _breaks_later])
async def test_a_widget_that_cannot_be_painted_fails_the_test(
    running: Any, monkeypatch: pytest.MonkeyPatch, then: Any
) -> None:
    monkeypatch.setattr(App, "_fatal_error", App._close_messages_no_wait)  # with no page of coloured source
    broken = Broken()
    broken.styles.height = 1

    async def scene() -> None:
        async with running() as (app, _):
            await app.screen.mount(broken)
            await then(app, broken)

    with pytest.raises(Unpaintable):
        await scene()


def _rules(sheet: Stylesheet, css: str) -> list[str]:
    sheet.add_source(css, read_from=("", "here"))
    return [rule.styles.color.hex for rule in sheet.rules]


def test_style_sheets_share_what_has_the_same_variables_only() -> None:
    css = "Label { color: $ink }"
    first, second = (Stylesheet(variables={"ink": "#ff0000"}) for _ in range(2))
    assert _rules(first, css) == _rules(second, css) == ["#FF0000"]
    assert first.rules[0] is second.rules[0]
    second.set_variables({"ink": "#00ff00"})
    second.reparse()
    assert (first.rules[0].styles.color.hex, second.rules[0].styles.color.hex) == ("#FF0000", "#00FF00")
    first.set_variables({"ink": "#00ff00"})
    first.reparse()
    assert first.rules[0] is second.rules[0]


def test_a_wrong_style_sheet_is_found_every_time() -> None:
    for _ in range(2):
        sheet = Stylesheet()
        sheet.add_source("Label { colour: red }", read_from=("", "wrong"))
        with pytest.raises(StylesheetParseError):
            sheet.parse()
