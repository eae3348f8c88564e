"""The terminal: reading its keys and writing to it."""

from __future__ import annotations

import os
import selectors
import signal
import sys
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any, NamedTuple

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

TITLE, KEEP_TITLE, OLD_TITLE = "\x1b]2;{}\x07", "\x1b[22;2t", "\x1b[23;2t"
ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
WITHOUT_TITLE = ("linux", "dumb")
READ_AT_ONCE = 4_096
LOOK_FOR_THE_END_S = 0.1
FEWEST_OF_A_TEXT = 4
"""Different characters in one read that no hand types: a held key repeats one, quick hands reach three."""
TEXTS_KEPT = 64


class ReadAtOnce(NamedTuple):
    """When the first and the last key of a text were made that came in one piece, as a paste does."""

    since: float
    until: float


def text_in(messages: Iterable[Message]) -> ReadAtOnce | None:
    """Return when a text came, if what was read is one: a paste that the terminal did not mark."""
    keys = [message for message in messages if isinstance(message, events.Key)]
    characters = {key.character for key in keys if key.is_printable}
    if len(characters) < FEWEST_OF_A_TEXT:
        return None
    return ReadAtOnce(keys[0].time, keys[-1].time)


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
        self._write_title()

    def show_title(self, title: str) -> None:
        """Show a text without control characters as the window's title, for a terminal that can."""
        if title != self._title:
            self._title = title
            self._write_title()

    def _write_title(self) -> None:
        title = self._title
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
                    messages = list(parser.feed(decode(data)))
                    if isinstance(self._app, SteadyTerminal) and (text := text_in(messages)):
                        self._app.texts_read.append(text)  # known before its first key is handled
                    for message in messages:
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

    def __init__(self) -> None:
        super().__init__()
        self.texts_read: deque[ReadAtOnce] = deque(maxlen=TEXTS_KEPT)

    def came_in_a_text(self, event: events.Key) -> bool:
        """Return whether a key came in one piece with a text: it was pasted, or written by a program."""
        return any(text.since <= event.time <= text.until for text in self.texts_read)

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
