"""Every private name of Textual that Astra uses, in one file: a new version may change them.

tests/screens/test_textual_internals.py checks each assumption against the installed Textual.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import IO, Any

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events, on
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import BindingsMap
from textual.content import Content
from textual.coordinate import Coordinate
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.keys import _character_to_key, key_to_character
from textual.message_pump import MessagePump
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget
from textual.widgets import DataTable, Input, OptionList, RadioSet, Select, Static, TextArea
from textual.widgets._select import SelectCurrent
from textual.widgets.data_table import RowKey

# -- the terminal

TITLE, KEEP_TITLE, OLD_TITLE = "\x1b]2;{}\x07", "\x1b[22;2t", "\x1b[23;2t"
ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
WITHOUT_TITLE = ("linux", "dumb")
READ_AT_ONCE = 4_096
LOOK_FOR_THE_END_S = 0.1


class TerminalFile:
    """A terminal to draw on; what is written to one that has been closed is lost, and no error."""

    def __init__(self, file: IO[str]) -> None:
        self._terminal = file

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._terminal.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._terminal.flush()

    def fileno(self) -> int:
        return self._terminal.fileno()


def drawing_terminal() -> IO[str] | None:
    """Return the terminal to draw on: stderr as Textual does, or stdout if stderr is sent elsewhere."""
    for stream in (sys.__stderr__, sys.__stdout__):
        if stream is not None and stream.isatty():
            return stream
    return None


class SteadyDriver(LinuxDriver):
    """Leaves the terminal as it was found however the application ends, and survives every byte typed.

    Signals are handled between two messages: Textual's own handlers could meet a write under way, and wait
    for themselves.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        terminal = drawing_terminal()
        if terminal is not None:
            self._file: Any = TerminalFile(terminal)
        self._is_drawing = False
        self._title = ""
        for number in ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup asks
                self._loop.add_signal_handler(number, self._end, number)
        self._loop.add_signal_handler(signal.SIGTSTP, self._sigtstp_application)
        self._loop.add_signal_handler(signal.SIGCONT, self._go_on)

    def _end(self, number: int) -> None:
        """Quit for a signal; one that comes when the terminal is free again ends the process at once."""
        if self._is_drawing or self._app.return_code is None:
            self._app.exit(return_code=128 + number)
        else:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def _go_on(self) -> None:
        """Draw again after a stop, including one that gave no warning (SIGSTOP)."""
        if self._auto_restart:
            if self._is_drawing:
                self.suspend_application_mode()
            self.resume_application_mode()

    def start_application_mode(self) -> None:
        textual_driver: Any = super()  # it has no types
        textual_driver.start_application_mode()
        self._is_drawing = self._writer_thread is not None and self._writer_thread.is_alive()
        self.write(KEEP_TITLE)
        self.show_title(self._title)

    def show_title(self, title: str) -> None:
        """Show a text without control characters as the window's title, for a terminal that can."""
        self._title = title
        if title and os.environ.get("TERM", "") not in WITHOUT_TITLE:
            self.write(TITLE.format(title))

    def stop_application_mode(self) -> None:
        self.write(OLD_TITLE)
        super().stop_application_mode()
        self._is_drawing = False

    def write(self, data: str) -> None:
        if self._writer_thread is not None and self._writer_thread.is_alive():  # or it would wait for ever
            super().write(data)

    def run_input_thread(self) -> None:
        """Pass on what is typed, as Textual does; bytes that are not UTF-8 become U+FFFD."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(LOOK_FOR_THE_END_S):
                    data = self._read()
                    if not data:
                        self._app.call_later(self._end, signal.SIGHUP)
                        break
                    for message in parser.feed(decode(data)):
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
        with suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def _read(self) -> bytes:
        """Return what was typed; nothing once the terminal is gone."""
        try:
            return os.read(self.fileno, READ_AT_ONCE)
        except OSError:
            return b""


class SteadyTerminal(App[None]):
    """An application that draws with SteadyDriver where Textual would use LinuxDriver, and ends quietly."""

    def get_driver_class(self) -> type[Driver]:
        chosen = super().get_driver_class()
        return SteadyDriver if chosen is LinuxDriver else chosen

    def show_window_title(self, title: str) -> None:
        """Show a title where there is a window: headless, no byte is written."""
        self.title = title
        if isinstance(self._driver, SteadyDriver):
            self._driver.show_title(title)

    @property
    def return_code(self) -> int | None:
        """The exit code once it ends; not 0 if an exception is the reason."""
        return super().return_code if self._exception is None else super().return_code or 1

    def _handle_exception(self, error: Exception) -> None:
        if self._exit and isinstance(error, NoMatches):  # a screen that was still opening: no crash
            self.log.warning(error)
        else:
            super()._handle_exception(error)


# -- the application and its screens


def all_screens(app: App[Any]) -> list[Screen[Any]]:
    """Return the screens of every mode, not only of the one in sight."""
    return [screen for stack in app._screen_stacks.values() for screen in stack]


def adopt_styles(screen: Screen[Any]) -> None:
    """Mark a new screen as styled by the application's present style sheets.

    Its widgets are styled as they are mounted; Textual would parse every sheet again for it, twice (0.2 s).
    """
    screen._css_update_count = screen.app._css_update_count


class SteadyScreen(Screen[ScreenResultType]):
    """Runs callbacks that wait for a refresh once it is laid out; Textual runs them early during a batch.

    It keeps its styles while another screen covers it, and a moved focus repaints the two widgets concerned
    instead of the whole screen: any change of a style is applied at once, to hidden screens as well.

    Typing is never a command: a key that is a character reaches the screen and the application only while
    a list has the focus. On a button, in a text to scroll, or without a focus, a letter does nothing.
    """

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @on(events.ScreenResume)
    def keep_styles(self, event: events.ScreenResume) -> None:
        event.refresh_styles = False

    def takes_letters(self) -> bool:
        """Return whether characters are keys of the screen: a list has the focus."""
        return isinstance(self.focused, DataTable | OptionList)

    @property
    def _binding_chain(self) -> list[tuple[DOMNode, BindingsMap]]:
        chain = super()._binding_chain
        if not self.takes_letters():
            for node, bindings in chain:
                if isinstance(node, Screen | App):
                    for key in filter(is_character, [*bindings.key_to_bindings]):
                        del bindings.key_to_bindings[key]
        return chain

    async def _invoke_and_clear_callbacks(self) -> None:
        if not (self.is_current and (self.app._batch_count or self._layout_required)):
            await super()._invoke_and_clear_callbacks()


class SteadyBatches(SteadyTerminal):
    """Runs the callbacks that a batch of updates held up as soon as the batch ends."""

    def _end_batch(self) -> None:
        super()._end_batch()
        if not self._batch_count and self.screen_stack:
            self.screen.check_idle()


# -- keys


def character_to_key(character: str) -> str:
    """Return Textual's name for the key of a character: ``?`` is question_mark."""
    return _character_to_key(character)


TYPED = frozenset(_character_to_key(chr(code)) for code in range(32, 127))
"""The names of the keys that type a character of ASCII."""


@cache
def is_character(key: str) -> bool:
    """Return whether a key types a character: ``a``, ``question_mark`` and ``space``, not ``ctrl+a``."""
    if key in TYPED:  # of some of them key_to_character does not know the way back: of "at" it is @
        return True
    character = key_to_character(key)
    return character is not None and len(character) == 1 and character.isprintable()


def keymap_of(app: App[Any]) -> Mapping[str, str]:
    """Return the user's own keys, by binding id."""
    return app._keymap


def bindings_of(node: DOMNode) -> BindingsMap:
    """Return a node's own bindings with the user's keys, whether they work at the focus or not."""
    bindings = node._bindings.copy()
    bindings.apply_keymap(node.app._keymap)
    return bindings


def rename_action(node: DOMNode, action: str, label: str) -> None:
    """Let the key line call an action of this one node by another name."""
    for key, bound in node._bindings.key_to_bindings.items():
        node._bindings.key_to_bindings[key] = [
            replace(each, description=label) if each.action == action else each for each in bound
        ]


# -- what is under way


def is_closing(node: MessagePump) -> bool:
    """Return whether the node is ending or has ended."""
    return node._closing or node._closed


def mounted_event(node: MessagePump) -> asyncio.Event:
    """Return the event that is set once the node is mounted."""
    return node._mounted_event


def is_at_rest(node: MessagePump) -> bool:
    """Return whether the node has nothing left to do. Far cheaper than sending each a message (100 times)."""
    if is_closing(node):
        return True
    if not node.is_running:
        return node._mounted_event.is_set()
    ready: asyncio.Event = node._message_queue.ready_event
    return bool(ready._waiters) and not ready.is_set()  # its loop waits for a message, and none is there


def screens_in_sight(app: App[Any]) -> list[Screen[Any]]:
    """Return the screen on top, and those that show through from below it."""
    return [app.screen, *app._background_screens]


def is_painted(app: App[Any]) -> bool:
    """Return whether nothing in sight is left to lay out, draw or call afterwards."""
    return not app.screen._repaint_required and not any(map(_has_to_draw, screens_in_sight(app)))


def _has_to_draw(screen: Screen[Any]) -> bool:
    """Return whether a screen is about to draw; one below another stays marked as to be repainted."""
    waits = screen._callbacks or screen._dirty_widgets or screen._update_timer._active.is_set()
    return bool(waits or screen._layout_required or screen._scroll_required)


# -- widgets


def highlighted_index(radio_set: RadioSet) -> int | None:
    """Return the index of the button that the arrows have reached."""
    return radio_set._selected


def forget_pressed(radio_set: RadioSet) -> None:
    """Let no button count as pressed; the button itself has been switched off before."""
    radio_set._pressed_button = None


def show_text_cursor(field: object, *, shown: bool) -> None:
    """Show or hide the cursor of a field in focus: below a modal it would look like the one to type at."""
    if isinstance(field, Input | TextArea):
        if shown:
            field._restart_blink()
        else:
            field._pause_blink(visible=False)


def show_in_select(select: Select[Any], line: Content | None, placeholder: Content) -> None:
    """Show a line in a closed Select, or the placeholder for None; both as they are, without markup."""
    current = select.query_one(SelectCurrent)
    current.placeholder = placeholder  # type: ignore[assignment]  # its Static takes any content
    current.update(Select.NULL if line is None else line)


class Leaf(Static):
    """A text that a layout gives another size asks for no further layout: nothing is inside."""

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        return super()._size_updated(size, virtual_size, container_size, layout=False)


class SegmentTable(DataTable[Text]):
    """A table whose cells are drawn by ``segments()``, in a fraction of DataTable's time.

    Its columns have widths and its rows are of one line: no cell is measured.
    """

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        super()._update_dimensions(())

    def resize(self, height: int) -> None:
        """Take a number of lines at once, before DataTable counts them when it is idle.

        Only the scroll bar follows: nobody else's place depends on it, and the screen is not laid out again.
        """
        size = self.virtual_size.with_height(height)
        if size != self.virtual_size:
            self.set_reactive(DataTable.virtual_size, size)
            self._scroll_update(size)

    def segments(self, cell: Text, width: int) -> list[Segment] | None:
        """Return the cell in its own style as one line of a width, or None to leave it to DataTable."""
        return None

    def _render_cell(
        self,
        row_index: int,
        column_index: int,
        base_style: Style,
        width: int,
        cursor: bool = False,
        hover: bool = False,
    ) -> list[list[Segment]]:
        """Return DataTable's rendering of a cell; cached until the cell changes."""
        if row_index < 0 or column_index < 0:  # a header
            return super()._render_cell(row_index, column_index, base_style, width, cursor, hover)
        cell = self.get_cell_at(Coordinate(row_index, column_index))
        made: Any = self._cell_render_cache
        about = (row_index, column_index, width, base_style, cursor, hover, self._pseudo_class_state)
        known: Text | None
        lines: list[list[Segment]]
        known, lines = made.get(about, (None, []))
        if known is not cell:
            segments = self.segments(cell, width)
            if segments is None:
                return super()._render_cell(row_index, column_index, base_style, width, cursor, hover)
            ground = base_style + Style.from_meta({"row": row_index, "column": column_index})
            lines = [self._styled(segments, ground, cursor, hover)]
            made[about] = cell, lines
        return lines

    def _styled(self, segments: list[Segment], ground: Style, cursor: bool, hover: bool) -> list[Segment]:
        by_css = self.cursor_foreground_priority == "css", self.cursor_background_priority == "css"
        under, over = self._get_styles_to_render_cell(
            False, False, False, hover, cursor, self.show_cursor, self._show_hover_cursor, *by_css
        )
        return list(Segment.apply_style(segments, ground + under, over))
