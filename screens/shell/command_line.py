"""The command line: one line at the bottom, above it what it would do and the words that fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.text import Text
from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from dispatch.command_line import meaning
from dispatch.command_line.grammar import BY_LETTERS, VERBS, parse
from dispatch.command_line.meaning import Offer, Outcome, Seen
from dispatch.command_line.verbs import Asker
from dispatch.desk.desk import Desk
from models.errors import DeskError
from screens.base.app_protocol import Host
from screens.base.harmless_text import visible
from screens.base.keys import anywhere, refusal
from screens.base.line_history import LINES
from screens.base.messages import DeskChanged
from screens.dialogs.modal import Modal
from screens.dialogs.panel import Panel
from screens.wording.text import short

MOST_SHOWN = 6
WORD_CELLS = 14
MOST_LINES = 5  # above the line, see the style sheet
EMPTY = "c 413 claims · 413 shows · nova · issue 6 · tab completes · up: earlier lines · help"
IS_OPEN = "Type a command: the line is open, esc closes it"
FORM_OPEN = "Close the open form first (esc twice), then go"
LINE_BREAKS = "\r\n\t"
REHEARSE_AFTER_S = 0.25  # of no typing: a rehearsal holds the desk's write lock while it runs


class CommandLine(Modal[None]):
    """A modal over everything, also over a form that is half filled; it closes once its line is done.

    A refusal is shown above the line, which keeps its text.
    """

    AUTO_FOCUS = "#typed"
    BINDINGS = [
        anywhere("line.close", "escape", "Close", "Back to where you were", "close"),
        anywhere(
            "line.complete",
            "tab",
            "Complete",
            "Take the first word that fits; again: the next",
            "complete(1)",
        ),
        anywhere(
            "line.back", "shift+tab", "Complete back", "Take the previous word that fits", "complete(-1)"
        ),
        anywhere("line.older", "up", "Older", "The line before", "recall(1)"),
        anywhere("line.newer", "down", "Newer", "The line after", "recall(-1)"),
    ]
    _typed = getters.query_one("#typed", Input)

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._first = text
        self._seen, self._seen_text, self._sent = Seen(), "", ""
        self._awaited: int | None = None  # the step of a completion that waits for what fits
        self._is_busy = False
        self._back = 0  # steps in the history
        self._draft = text
        self._completing: tuple[str, int, tuple[Offer, ...]] | None = (
            None  # text before, its place, the offers
        )
        self._place = -1  # of the offer taken
        self._expected = text  # the value set here, which is no typing

    def compose(self) -> ComposeResult:
        with Vertical(id="command-line"):
            yield Static(id="offers")
            yield Static(EMPTY, id="says")
            with Horizontal(id="line"):
                yield Static(":", id="colon")
                yield Input(self._first, compact=True, select_on_focus=False, id="typed")

    def on_mount(self) -> None:
        self._typed.cursor_position = len(self._first)
        self._look()

    def unsaved(self) -> str:
        return ""

    def tell(self, text: str) -> None:
        self._say(text, "-problem")

    def on_desk_changed(self, message: DeskChanged) -> None:
        self._look()

    @property
    def _asker(self) -> Asker:
        return Asker(self.host.my_agent_id)

    @on(Input.Changed)
    def _changed(self) -> None:
        text = self._typed.value  # the message may be older than what was put here since
        if text.startswith(":"):  # typed as if the line were still to be opened
            self._put(text[1:])
        elif text != self._expected:
            self._expected, self._back, self._draft = text, 0, text
            self._completing = self._awaited = None
        self._look()

    def _look(self) -> None:
        """Read in the background what the line means; keys wait for a completion that needs the answer."""
        text, desk, asker = self._typed.value, self.backend.desk, self._asker
        self.ask_newest(
            "line",
            lambda: meaning.look(desk, text, asker),
            lambda seen: self._show(text, seen),
            opens=self._awaited is not None,
        )

    def _show(self, text: str, seen: Seen) -> None:
        self._seen, self._seen_text = seen, text
        if self._completing is None:
            self._show_offers(seen.offers, -1)
        self._show_meaning(seen)
        if self._awaited is not None and text == self._typed.value:
            step, self._awaited = self._awaited, None
            self._complete(step)

    def _show_meaning(self, seen: Seen) -> None:
        if not self._typed.value.strip():
            self._say(EMPTY, "-usage")
        elif seen.problem is not None:
            self._say(refusal(self.app, seen.problem), "-problem")
        else:
            final = " · cannot be undone" if seen.is_final else ""
            if seen.is_whole:
                self.after_typing(REHEARSE_AFTER_S, self._rehearse, group="rehearse")
            if seen.says:
                self._say(f"⏎ {seen.says}", "-says", final)
            else:
                self._say(seen.usage, "-usage")

    def _rehearse(self) -> None:
        """Find out whether the line would be refused, and say so before enter."""
        text, desk, asker = self._typed.value, self.backend.desk, self._asker

        def refused(error: DeskError | None) -> None:
            if error is not None and text == self._typed.value and not self._is_busy:
                self._say(f"Would be refused: {refusal(self.app, error)}", "-problem")

        if not self._is_busy and text == self._seen_text and text != self._sent:
            self.ask_newest("rehearsal", lambda: meaning.refusal(desk, text, asker), refused)

    def _say(self, text: str, kind: str, end: str = "") -> None:
        """Say something above the line; what a person wrote is cut before the end, which is not."""
        line = self.query_one("#says", Static)
        for one in ("-usage", "-problem", "-says"):
            line.set_class(one == kind, one)
        room = (MOST_LINES - 1) * (self.app.size.width - 2)  # words leave gaps at the ends of lines
        line.update(Content(short(visible(text), room - len(end)) + end))

    def _show_offers(self, offers: tuple[Offer, ...], chosen: int) -> None:
        first = max(0, min(chosen - MOST_SHOWN + 1, len(offers) - MOST_SHOWN))
        room = max(10, self.app.size.width - WORD_CELLS - 4)
        lines = [
            Content.assemble(
                (f" {visible(offer.word):<{WORD_CELLS}} ", "reverse" if place == chosen else "bold"),
                (f" {short(visible(offer.meaning), room)}", "$text-muted"),
            )
            for place, offer in enumerate(offers[first : first + MOST_SHOWN], start=first)
        ]
        shown = self.query_one("#offers", Static)
        shown.display = bool(lines)
        shown.update(Content("\n").join(lines))

    def select_text(self) -> None:
        """Select what is typed: what comes next takes its place. Where nothing is, say that this is open."""
        self._typed.action_select_all()
        if not self._typed.value:
            self._say(IS_OPEN, "-usage")

    def _put(self, text: str) -> None:
        self._expected = self._typed.value = text
        self._typed.cursor_position = len(text)

    def action_complete(self, step: int) -> None:
        """Take the first word that fits; pressed again, the next one."""
        if self._typed.value != self._expected:
            self._changed()
        if self._completing is None and self._seen_text != self._typed.value:
            self._awaited = step
            self._look()
        else:
            self._complete(step)

    def _complete(self, step: int) -> None:
        if self._completing is None:
            if not self._seen.offers:
                return
            self._completing, self._place = (self._typed.value, self._seen.start, self._seen.offers), -1
        text, start, offers = self._completing
        self._place = (self._place + step) % len(offers) if self._place >= 0 or step > 0 else len(offers) - 1
        before = text[:start]
        if len(text) > start and text[start - 1 : start].isalpha() and before.strip() in BY_LETTERS:
            before = f"{before} "
        self._put(f"{before}{offers[self._place].word} ")
        self._back, self._draft = 0, self._typed.value
        self._show_offers(offers, self._place)
        if len(offers) == 1:
            self._completing = None

    def action_recall(self, step: int) -> None:
        """Put an earlier line here, or what was typed before."""
        if self._typed.value != self._expected:
            self._changed()
        back = self._back + step
        line = self._draft if back == 0 else self.host.lines.at(back)
        if line is not None and back >= 0:
            self._back, self._completing = back, None
            self._put(line)

    @on(events.Paste)
    def _pasted(self, event: events.Paste) -> None:
        """Take a paste as one line."""
        if any(one in event.text for one in LINE_BREAKS):
            event.stop()
            event.prevent_default()
            self._typed.insert_text_at_cursor(" ".join(event.text.split()))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        text = self._typed.value.strip()
        if self._is_busy or not text:
            if not text:
                self.leave()
            return
        if text in meaning.HELP:
            self._put("")
            self.app.push_screen(verbs_panel())
            return
        if text in meaning.FILES and not self._below:
            self.leave()
            self.app.call_later(self.app.run_action, "lead_file")
            return
        self.forget_asked("line", "rehearsal")  # an earlier answer would hide this one
        if text in meaning.FILES:
            self._say(FORM_OPEN, "-problem")
            return
        if parse(text).jump is not None and not all(map(_may_be_left, self._below)):
            self._say(FORM_OPEN, "-problem")
            return
        self._is_busy, self._sent = True, self._typed.value
        run_line(self.host, text, self._done, self._refused)

    @property
    def _below(self) -> list[Screen[Any]]:
        """The modals under this one."""
        return self.app.screen_stack[1:-1]

    def _done(self, outcome: Outcome) -> None:
        below = self._below if outcome.jump else []
        self.leave()
        for modal in reversed(below):
            if isinstance(modal, Modal):
                modal.leave()
        tell(self.host, outcome)

    def _refused(self, error: DeskError) -> None:
        self._is_busy = False
        if self.is_laid_out:
            self._say(f"Not done: {refusal(self.app, error)}", "-problem")


def verbs_panel() -> Panel:
    """List the verbs of the command line, each with its short form and arguments."""
    text = Text("Letters are the keys; an i before one means issues. Both work:\n", overflow="fold")
    text.append("c 413 6    booking claim 413 --agent 6\n", "bold")
    for verb in VERBS:
        letters, _, rest = verb.usage.partition(" ")
        text.append(f"\n{letters:>3}  ", "bold").append(rest)
    text.append("\n\n413 or booking 413, i6 or issue 6, and nova go there. ")
    text.append("Several bookings: 413,414. Agents by number, or by part of a name. ")
    text.append("files takes in a file of leads.")
    return Panel("Command line", text)


def _may_be_left(screen: Screen[Any]) -> bool:
    return isinstance(screen, Modal) and not screen.why_it_stays()


def run_line(
    host: Host,
    text: str,
    done: Callable[[Outcome], object],
    refused: Callable[[DeskError], object] | None = None,
) -> None:
    """Do what a line says; it is kept in the history once it is done."""
    asker = Asker(host.my_agent_id)

    def work(desk: Desk) -> Outcome:
        return meaning.run(desk, text, asker)

    def finished(outcome: Outcome) -> None:
        line = parse(text)
        kept = line.without_texts.strip()
        host.remember(LINES, host.lines.add(text, kept, repeats=line.verb is not None))
        done(outcome)

    host.perform(work, finished, refused)


def tell(host: Host, outcome: Outcome) -> None:
    """Show the result of a line, or go where it says."""
    if outcome.jump is None:
        host.tell_done(outcome.text)
        return
    kind, number = outcome.jump
    {"booking": host.show_booking, "issue": host.show_issue, "agent": host.show_agent}[kind](number)
