"""What makes applications under test cheaper: style sheets parsed once a process, and no frame for nobody.

The style sheets are the same for every application of a process. And an application paints many frames that
are replaced before the test goes on: here it paints once it has settled, before another screen covers or
replaces the one in sight, and as it ends. So whatever a test can look at has been painted, and a widget that
cannot be painted still ends the application, and fails the test.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from textual._context import visible_screen_stack
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.events import ScreenSuspend
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen

from astra_tui.app import AstraApp

Parsed = defaultdict[frozenset[tuple[str, str]], dict[Any, Any]]


def share_styles() -> None:
    """Let all style sheets of the process with the same variables parse each source once.

    Textual keeps what it parsed too, but for one application, and not when it parses again for a new theme.
    """
    parsed: Parsed = defaultdict(dict)
    begin, set_variables = Stylesheet.__init__, Stylesheet.set_variables

    def share(sheet: Any) -> None:
        sheet._parse_cache = parsed[frozenset(sheet._variables.items())]

    def begin_shared(sheet: Stylesheet, **given: Any) -> None:
        begin(sheet, **given)
        share(sheet)

    def set_shared(sheet: Any, variables: dict[str, str]) -> None:
        sheet._parse_cache = {}  # Textual empties it
        set_variables(sheet, variables)
        share(sheet)

    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]  # its own is the same, in Python
    Stylesheet.__init__ = begin_shared  # type: ignore[method-assign,assignment]
    Stylesheet.set_variables = set_shared  # type: ignore[method-assign,assignment]


_paint: Callable[[Screen[Any]], None] = Screen._compositor_refresh


def hold_painting(patch: pytest.MonkeyPatch) -> None:
    """Paint an application only where a test can look at it; what is to be painted adds up until then."""
    settle, end, post = AstraApp.settle, AstraApp._shutdown, Screen.post_message

    def hold(screen: Screen[Any]) -> None:
        if isinstance(screen.app, AstraApp) and screen is screen.app.screen:
            screen._dirty_widgets.clear()
            screen.app._update_mouse_over(screen)
        else:
            _paint(screen)

    async def settle_and_paint(app: AstraApp) -> None:
        await settle(app)
        paint(app)

    async def paint_and_end(app: AstraApp) -> None:
        paint(app)
        await end(app)

    def paint_and_post(screen: Screen[Any], message: Message) -> bool:
        if isinstance(message, ScreenSuspend) and isinstance(screen.app, AstraApp):
            _paint_held(screen.app, screen)
        return post(screen, message)

    patch.setattr(Screen, "_compositor_refresh", hold)
    patch.setattr(Screen, "post_message", paint_and_post)
    patch.setattr(AstraApp, "settle", settle_and_paint)
    patch.setattr(AstraApp, "_shutdown", paint_and_end)


def paint(app: AstraApp) -> None:
    """Paint what is held back of the screen in sight."""
    if app.screen_stack:
        _paint_held(app, app.screen)


def _paint_held(app: AstraApp, screen: Screen[Any]) -> None:
    """An error ends the application, as one does that is met at Textual's own time."""
    if app._batch_count or app._exit or not screen._compositor._dirty_regions:
        return
    compositor = screen._compositor
    crop = Region.from_union([*compositor._dirty_regions]).intersection(compositor.size.region)
    compositor._dirty_regions.clear()
    with screen._context():
        visible_screen_stack.set(app._background_screens)
        try:
            for _ in compositor._get_renders(crop):  # only putting them together is left out
                pass
        except Exception as error:  # noqa: BLE001  # run_test raises it
            app._handle_exception(error)
