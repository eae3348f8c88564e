"""The palette: every command by name, the recent ones first, and ways to a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import events, getters, on
from textual.app import ComposeResult
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from screens.base.harmless_text import visible
from screens.base.keys import key, key_of
from screens.base.search_words import is_meant
from screens.dialogs.modal import Modal
from screens.shell.jumps import Jump, find_jumps, is_number
from screens.widgets.movable import Options

TYPING_PAUSE_S = 0.08
TITLE_CELLS, LONGEST_TITLE = 16, 40  # of a verb; a longer title runs on into what it does
MARGIN = 3  # beside an entry: its padding, and the scrollbar
MOVES = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}
ABOUT_ONLY, ELSEWHERE = 2, 3  # words that fit a description, and not the title; a verb of another place
RECENT, MOST_RECENT = "palette.recent", 6


@dataclass(frozen=True)
class Entry:
    """A command: what it does in a line, its keys, and whether it can be done with what is chosen now.

    A ``theme`` is shown while the cursor is on it. ``aliases`` are further words that find it. What is only
    ``is_only_sought`` is not among the commands that are listed before anything is typed.
    """

    title: str
    about: str
    run: Callable[[], Any]
    keys: str = ""
    is_possible: bool = True
    theme: str = ""
    aliases: str = ""
    is_only_sought: bool = False

    def fit(self, words: Sequence[str]) -> int | None:
        """Return how well words fit, 0 best; None if not all are in title or description, or mean it."""
        title, about = self.title.lower(), self.about.lower()
        if not all(word in title or word in about or is_meant(word, self.aliases) for word in words):
            return None
        if self.is_only_sought:
            return ELSEWHERE
        if title.startswith(" ".join(words)):
            return 0
        return 1 if all(word in title for word in words) else ABOUT_ONLY

    def line(self, width: int) -> Text:
        """Format in one line of so many cells, the keys on the right."""
        style = "" if self.is_possible else "dim"
        title = Text(visible(self.title), f"bold {style}".strip())
        title.truncate(max(TITLE_CELLS, min(LONGEST_TITLE, title.cell_len)), overflow="ellipsis", pad=True)
        keys = Text(f"  {self.keys}" if self.keys else "", "bold")
        about = Text(visible(self.about), style or "dim")
        about.truncate(max(0, width - title.cell_len - 2 - keys.cell_len), overflow="ellipsis", pad=True)
        return Text.assemble(title, "  ", about, keys, no_wrap=True)


class Palette(Modal[Entry | None]):
    """Closes with the chosen entry, to be run when it has closed; or None."""

    FRAME = "palette"
    BINDINGS = [
        key("palette.close", "escape", "Close", "Back to where you were"),
        key("palette.take", "enter", "Run", "Run the command under the cursor, or go there", priority=True),
    ]

    _list = getters.query_one("#entries", Options)

    def __init__(self, entries: Sequence[Entry], go_to: Callable[[Jump], Callable[[], Any]]) -> None:
        super().__init__("Commands")
        self.entries = entries
        self._go_to = go_to
        self._jumps: list[Entry] = []
        self._shown: list[Entry] = []
        self._answered = ""
        self._takes = False  # enter was quicker than the desk's answer
        self._theme = self.app.theme

    def body(self) -> ComposeResult:
        yield Input(placeholder="A command, 413, issue 6, a name", compact=True, id="text")
        options = Options(id="entries", compact=True, markup=False)
        options.can_focus = False
        yield options

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    @property
    def _text(self) -> str:
        return self.query_one("#text", Input).value.strip()

    def why_it_stays(self) -> str:
        return ""  # what is sought is no loss

    def on_key(self, event: events.Key) -> None:
        """Pass the keys that move to the list, even while typing."""
        if event.key in MOVES:
            event.stop()
            getattr(self._list, f"action_{MOVES[event.key]}")()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._takes = False
        self._fill()
        self.after_typing(TYPING_PAUSE_S, self._look)

    def _look(self, *, opens: bool = False) -> None:
        """Look in the desk for what the text may lead to."""
        text, desk = self._text, self.backend.desk

        def then(found: list[Jump]) -> None:
            if text != self._text:
                return
            self._answered = text
            self._jumps = [Entry(jump.title, jump.about, self._go_to(jump)) for jump in found]
            self._fill()
            if self._takes:
                self._take()

        self.ask_newest("jumps", lambda: find_jumps(desk, text), then, opens=opens)

    def _found(self) -> list[Entry]:
        """Return the entries for the text: numbers lead somewhere first, words are commands first."""
        words = self._text.lower().split()
        if not words:
            recent = self.host.recall(RECENT, list[str]())
            known = {entry.title: entry for entry in reversed(self.entries)}
            first = [known[title] for title in recent if title in known]
            others = [entry for entry in self.entries if not entry.is_only_sought]
            return first + [entry for entry in others if entry not in first]
        fitting = [(fit, entry) for entry in self.entries if (fit := entry.fit(words)) is not None]
        fitting.sort(key=lambda one: one[0])
        named = [entry for fit, entry in fitting if fit < ABOUT_ONLY and not is_number(self._text)]
        jumps = self._jumps if self._answered == self._text else []
        return [*named, *jumps, *(entry for _, entry in fitting if entry not in named)]

    def _fill(self) -> None:
        if not self.is_laid_out:
            return
        self._shown, width = self._found(), self._list.outer_size.width - MARGIN
        lines = [Option(entry.line(width)) for entry in self._shown]
        elsewhere = f"No matches. {key_of(self.app, 'find')} finds customers, also by phone"
        nothing = [Option(Text(elsewhere, "dim"), disabled=True)]
        self._list.set_options(lines or nothing)
        self._list.highlighted = 0 if lines else None

    @on(OptionList.OptionHighlighted)
    def _preview(self, event: OptionList.OptionHighlighted) -> None:
        """Show a theme while the cursor is on it."""
        entry = self._shown[event.option_index] if event.option_index < len(self._shown) else None
        self.app.theme = entry.theme if entry is not None and entry.theme else self._theme

    def leave(self, result: Entry | None = None) -> None:
        """Close in the theme it opened in: a chosen one is set as any command is run."""
        self.app.theme = self._theme
        super().leave(result)

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self._take()

    def action_take(self) -> None:
        words, first = self._text.lower().split(), next(iter(self._shown), None)
        fit = first.fit(words) if first is not None and first in self.entries else None
        is_named = fit is not None and fit < ABOUT_ONLY and not is_number(self._text)
        if is_named or self._answered == self._text:
            self._take()
        else:
            self._takes = True
            self._look(opens=True)

    def _take(self) -> None:
        self._takes, here = False, self._list.highlighted
        if here is None or here >= len(self._shown):
            return
        entry = self._shown[here]
        if entry in self.entries:
            recent = [entry.title, *self.host.recall(RECENT, list[str]())]
            self.host.remember(RECENT, list(dict.fromkeys(recent))[:MOST_RECENT])
        self.leave(entry)
