"""Private parts of the installed Textual work as Astra expects; other versions fail here first."""

from __future__ import annotations

import ast
import asyncio
import io
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from rich.segment import Segment
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import DataTable, Footer, Input, RadioButton, RadioSet, TextArea

from screens.base import textual_internals
from screens.base.textual_internals import (
    ENDING,
    SegmentTable,
    SteadyDriver,
    SteadyTerminal,
    TerminalFile,
    character_to_key,
    is_character,
)


class Drawn(SegmentTable):
    """Draws text in capitals, and counts how often."""

    drawn = 0

    def segments(self, cell: Text, width: int) -> list[Segment] | None:
        self.drawn += 1
        return None if "plain" in cell.plain else [Segment(cell.plain.upper().ljust(width))]


class Tried(App[None]):
    """A little of everything."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "bell", "Ring", id="ring")]

    def compose(self) -> ComposeResult:
        yield Drawn()
        yield RadioSet("one", "two", "three")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(Drawn)
        table.add_column("Name", width=8)
        table.add_rows([[Text("first")], [Text("plain")]])


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with Tried().run_test(notifications=True) as pilot:
        await pilot.pause()
        yield pilot


@pytest.fixture
async def driver(pilot: Pilot[None]) -> AsyncIterator[SteadyDriver]:
    """A driver that never draws; the signals are handled as before afterwards."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    driver = SteadyDriver(pilot.app)
    yield driver
    for number in (*ENDING, *handlers):
        asyncio.get_running_loop().remove_signal_handler(number)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def objects(pilot: Pilot[None], driver: SteadyDriver) -> dict[str, Any]:
    """The objects whose private names are checked, by their name in the module."""
    app = pilot.app
    table = app.query_one(Drawn)
    return {
        "app": app,
        "node.app": app,
        "screen": app.screen,
        "screen.app": app,
        "screen._update_timer": app.screen._update_timer,
        "app.screen": app.screen,
        "node": app.query_one(Footer),
        "ready": app._message_queue.ready_event,
        "field": Input(),
        "radio_set": app.query_one(RadioSet),
        "self": (table, app, app.screen, driver, TerminalFile(io.StringIO())),
        "self.app": app,
        "super()": (super(SegmentTable, table), app, app.screen),
    }


def private_names() -> set[tuple[str, str]]:
    """Each object's name and its private attribute, as textual_internals writes them."""
    files = Path(textual_internals.__file__).parent.glob("*.py")
    return {
        (ast.unparse(node.value), node.attr)
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and node.attr != "_styled"
    }


def has(found: object, name: str) -> bool:
    """Does the object, or one of several, have this attribute?"""
    return any(hasattr(one, name) for one in (found if isinstance(found, tuple) else (found,)))


def test_every_private_name_exists(objects: dict[str, Any]) -> None:
    names = private_names()
    assert len(names) > 15
    assert [name for name in sorted(names) if not has(objects[name[0]], name[1])] == []
    assert [name for owner, name in names if owner == "field" and not hasattr(TextArea, name)] == []


async def test_screens_below_others_and_of_other_modes_are_found(pilot: Pilot[None]) -> None:
    app = pilot.app
    first = app.screen
    await app.push_screen(Screen())
    app.add_mode("other", Screen)
    await app.switch_mode("other")
    found = textual_internals.all_screens(app)
    assert len(found) == 3
    assert {first, app.screen} < set(found)


@pytest.mark.parametrize(("adopts", "parsed"), [(True, 0), (False, 2)])
async def test_a_screen_that_adopts_styles_parses_none(
    pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch, adopts: bool, parsed: int
) -> None:
    calls: list[object] = []
    monkeypatch.setattr(pilot.app, "refresh_css", lambda: calls.append(1))
    screen: Screen[None] = Screen()
    if adopts:
        textual_internals.adopt_styles(screen)
    pilot.app.add_mode("other", lambda: screen)
    await pilot.app.switch_mode("other")
    assert len(calls) == parsed


async def test_keys_are_those_of_the_keymap(pilot: Pilot[None]) -> None:
    app = pilot.app
    app.set_keymap({"ring": "f9,?"})
    keys = [binding.key for _, binding in textual_internals.bindings_of(app) if binding.id == "ring"]
    assert keys == ["f9", textual_internals.character_to_key("?")] == ["f9", "question_mark"]
    assert textual_internals.keymap_of(app)["ring"].split(",")[0] == "f9"


async def test_a_node_is_at_rest_when_nothing_waits_for_it(pilot: Pilot[None]) -> None:
    node = pilot.app.query_one(Footer)
    assert textual_internals.mounted_event(node).is_set()
    while not textual_internals.is_at_rest(node):  # the first layout may still be on its way
        await pilot.pause()
    handled = asyncio.Event()
    node.call_later(handled.set)
    assert not textual_internals.is_at_rest(node)
    await asyncio.wait_for(handled.wait(), 5)
    await node.remove()
    assert textual_internals.is_closing(node)
    assert textual_internals.is_at_rest(node)


@pytest.mark.parametrize("is_below", [False, True], ids=["on top", "below a modal"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda screen: screen.refresh(),
        lambda screen: screen.refresh(layout=True),
        lambda screen: screen.query_one(Footer).refresh(),
    ],
)
async def test_the_screens_in_sight_are_painted_when_nothing_is_left_to_draw(
    pilot: Pilot[None], ask: Callable[[Screen[Any]], object], is_below: bool
) -> None:
    app, screen = pilot.app, pilot.app.screen
    if is_below:
        await app.push_screen(ModalScreen[None]())
    async with asyncio.timeout(5):
        for _ in range(2):  # once drawn for the modal, a screen stays marked as to be repainted
            while not textual_internals.is_painted(app):
                await asyncio.sleep(0)
            ask(screen)
            while textual_internals.is_painted(app):  # a widget tells its screen in a message
                await asyncio.sleep(0)
            await pilot.pause()
        while not textual_internals.is_painted(app):
            await asyncio.sleep(0)


async def test_arrows_highlight_a_button_and_a_pressed_one_is_forgotten(pilot: Pilot[None]) -> None:
    radio_set = pilot.app.query_one(RadioSet)
    radio_set.action_next_button()
    assert textual_internals.highlighted_index(radio_set) == 1
    radio_set.action_toggle_button()
    await pilot.pause()
    assert radio_set.pressed_index == 1
    with radio_set.prevent(RadioButton.Changed):
        for button in radio_set.query(RadioButton):
            button.value = False
    textual_internals.forget_pressed(radio_set)
    assert radio_set.pressed_index == -1


async def test_cells_are_drawn_by_hand_once_and_the_rest_by_datatable(pilot: Pilot[None]) -> None:
    table = pilot.app.query_one(Drawn)
    lines = ["".join(segment.text for segment in table.render_line(y)) for y in range(3)]
    assert [line.strip() for line in lines] == ["Name", "FIRST", "plain"]
    before = table.drawn
    table.hover_coordinate = table.cursor_coordinate
    again = [table._render_cell(0, 0, table.rich_style, 8) for _ in range(3)]
    assert again[0] is again[1] is again[2]
    assert table.drawn == before + 1
    assert isinstance(table, DataTable)


async def test_what_is_drawn_on_a_lost_terminal_is_no_error() -> None:
    file = io.StringIO()
    terminal = TerminalFile(file)
    terminal.write("a")
    assert file.getvalue() == "a"
    file.close()
    terminal.write("b")
    terminal.flush()


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda app: app.exit(), 0),
        (lambda app: app.exit(return_code=143), 143),
        (lambda app: app.panic("lost"), None),
        (lambda app: app._handle_exception(ValueError("wrong")), 1),
        (lambda app: (app._handle_exception(ValueError("wrong")), app.exit()), 1),
    ],
    ids=["quit", "signal", "panic", "exception", "exception, then quit"],
)
async def test_an_exception_never_ends_it_with_0(
    end: Callable[[App[None]], object], code: int | None
) -> None:
    app = SteadyTerminal()
    try:
        async with app.run_test():
            end(app)
    except ValueError:
        pass  # run_test raises what ended the application
    assert app.return_code == code


async def test_a_screen_that_was_still_opening_is_no_crash() -> None:
    app = SteadyTerminal()
    async with app.run_test():
        app.exit()
        app._handle_exception(NoMatches("its widgets are not there yet"))
    assert app.return_code == 0


def test_every_key_that_types_is_known() -> None:
    assert all(is_character(character_to_key(chr(code))) for code in range(32, 127))
    assert is_character("é")
    assert not any(
        map(is_character, ("ctrl+a", "f2", "escape", "tab", "enter", "backspace", "up", "shift+tab"))
    )
