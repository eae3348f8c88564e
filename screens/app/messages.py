"""The part of the application that speaks: one line, one toast, the last messages, and questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rich.cells import cell_len
from rich.text import Text
from textual.notifications import SeverityLevel

from models.calendars import to_local
from screens.base.harmless_text import visible
from screens.base.keys import hint_of, key_of, said
from screens.base.message_log import ANSWER, LOUD_S, PROGRESS, QUESTION, Message, MessageLog, News
from screens.base.themed_app import ThemedApp
from screens.dialogs.panel import Panel
from screens.shell.desk_screen import Place
from screens.widgets.message_line import MessageRack, SpeakingLine, room_of

if TYPE_CHECKING:
    from textual.timer import Timer

    from models.errors import DeskError
    from screens.base.app_protocol import Host

ANSWER_WITHIN_S = 10.0
"""How long a key answers the question that it has asked, in every place."""
TITLE = "Messages"


class Question(NamedTuple):
    """A question that the key it is ``about`` answers; ``what`` tells it from another one of that key.

    A key pressed less than ``reading_s`` seconds after the one before it answers nothing.
    """

    about: str
    what: str
    do: Callable[[], object]
    key: str
    until: float
    asked_at: float
    reading_s: float


class SpeakingApp(ThemedApp):
    """Says everything on one line, and asks there before a key does what is hard to take back."""

    speaks_of_news, rings = True, True
    is_undoable = False
    """Whether the last command of this application can be undone."""
    is_redoable = False
    """Whether there is something to redo."""
    pressed_at = 0.0
    """When the last key was pressed, in seconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.messages = MessageLog()
        self._asked: Question | None = None
        self._answerable: Question | None = None
        self._next_look: Timer | None = None

    # what is said

    def tell(
        self,
        text: str,
        *,
        hint: str = "",
        key: str = "",
        letter: str = "",
        severity: SeverityLevel = "information",
        seconds: float = LOUD_S,
        place: str = "",
        brief: str = "",
        is_progress: bool = False,
    ) -> None:
        """Say something, in a toast if the line is too short for it.

        What was done and can be undone by a ``key`` is said there in its ``brief`` words instead: its row
        shows the rest. What says that something ``is_progress`` ends with the next message.
        """
        message = Message(
            self._time(), text, hint, key, letter, severity, place=place, seconds=seconds, brief=brief
        )
        is_refusal, is_long = severity != "information", seconds > LOUD_S
        if cell_len(message.line) > room_of(self.size.width, is_whole=False):
            is_long = is_long or is_refusal or not key
        is_answer = is_refusal or (is_long and seconds <= LOUD_S)
        message.kind = PROGRESS if is_progress else ANSWER if is_answer else ""
        self._add(message, is_loud=is_long)

    def tell_done(self, text: str, brief: str = "") -> None:
        """Say what the user's own command did, how it is undone; ``brief`` if the line is too short."""
        if self.is_undoable:
            self.tell(text, key="undo", letter="undo.letter", brief=brief)
        else:
            self.tell(text)

    def refuse(self, error: DeskError, way_there: str = "") -> None:
        """Say why a command was refused, and how to go on; ``way_there`` is the key that opens its row."""
        self.tell(said(error), hint=hint_of(self, error.hint, way_there), severity="warning")

    def announce(self, *news: News) -> None:
        """Announce what others brought, and ring; the user may have wished for neither."""
        for one in news:
            message = Message(self._time(), one.text, kind=one.kind, news=one)
            self._add(message, is_loud=True, is_shown=self.speaks_of_news)
        if self.rings:
            self.bell()

    def notify(self, message: str, *, severity: SeverityLevel = "information", **given: Any) -> None:
        """Say what Textual would show in a toast of its own."""
        self.tell(message, severity=severity)

    def _add(self, message: Message, *, is_loud: bool, is_shown: bool = True) -> None:
        waits = not isinstance(self.screen, Place) if self.screen_stack else True
        self.messages.add(message, is_loud=is_loud, waits=waits, is_shown=is_shown)
        self.show_messages()

    def _time(self) -> str:
        return to_local(cast("Host", self).backend.desk.now())[11:]

    def show_messages(self) -> None:
        """Show what is said at present on the screen in sight, and look again when that changes."""
        if not self.screen_stack:
            return
        screen, asked = self.screen, self._question()
        self.messages.now_at(screen.NAME if isinstance(screen, Place) else "")
        if isinstance(screen, Place):
            self.messages.resume()
            is_long = asked is not None and cell_len(asked.line) > room_of(self.size.width)
            for rack in screen.query(MessageRack):
                rack.show([asked] if asked is not None and is_long else self.messages.loud)
        message = self.messages.newest(is_loud_too=not isinstance(screen, Place))
        if asked is not None:
            message = asked
        elif message is not None and message.letter:  # where letters are typed, another key does it
            message = replace(message, key=f"{self.letter(message.letter)} {message.key}")
        for bar in screen.query(SpeakingLine):
            bar.say(message)
        self._look_again()

    def _look_again(self) -> None:
        if self._next_look is not None:
            self._next_look.stop()
        ends = [self.messages.next_change_s]
        if self._asked is not None:
            ends.append(self._asked.until - monotonic())
        waits = [max(0.0, end) for end in ends if end is not None]
        self._next_look = self.set_timer(min(waits) + 0.01, self._time_passed) if waits else None

    def _time_passed(self) -> None:
        if self._asked is not None and self._asked.until <= monotonic():
            self._asked = None
        self.show_messages()

    def clear_notifications(self) -> None:
        """Take every message off the screen; the last ones can still be looked up."""
        self.messages.hush()
        self._asked = self._answerable = None
        self.show_messages()

    def action_messages(self) -> None:
        """Show the last messages, newest first, or close them."""
        if isinstance(self.screen, Panel) and self.screen.heading == TITLE:
            self.screen.action_close()
            return
        text = Text(overflow="fold")
        for message in reversed(self.messages.kept):
            first, *rest = visible(message.whole).splitlines() or [""]
            style = {"warning": "$warning", "error": "$error"}.get(message.severity, "")
            text.append(f"{message.at}  ", "dim").append(first + "\n", style)
            for line in rest:
                text.append("\xa0" * (len(message.at) + 2) + line + "\n")
        self.push_screen(Panel(TITLE, text if self.messages.kept else Text("No messages yet.")))

    # questions that the same key answers

    def before_typed(self) -> None:
        """Withdraw the question; only the key that comes now may answer it."""
        self._answerable, self._asked = self._asked, None
        if self._answerable is not None:
            self.show_messages()

    def ask_again(self, about: str, what: str, do: Callable[[], object], *, reading_s: float = 0.0) -> None:
        """Do something if its key has just been pressed for it, else ask on the line to press it again."""
        if not self.answers(about, what):
            until = monotonic() + ANSWER_WITHIN_S
            self._asked = Question(about, what, do, self.letter(about), until, self.pressed_at, reading_s)
            self.show_messages()

    def answers(self, about: str, what: str | None = None) -> bool:
        """Do what was asked about, if this key answers the question; return whether there was one for it.

        Pressed too soon to have read it, the key leaves the question where it is.
        """
        question, self._answerable = self._answerable, None
        if question is None or question.about != about or question.until <= monotonic():
            return False
        if what is not None and question.what != what:
            return False
        if self.pressed_at - question.asked_at < question.reading_s:
            self._asked = question._replace(asked_at=self.pressed_at)
            self.show_messages()
        else:
            question.do()
        return True

    def _question(self) -> Message | None:
        """Return the question that is open, as it is said."""
        question = self._asked
        if question is None:
            return None
        return Message("", f"{question.key} again: {question.what}", severity="warning", kind=QUESTION)

    def letter(self, identifier: str) -> str:
        """Name the key of a binding; where letters are typed, that of the one without ".letter"."""
        is_typing = self.focused is not None and self.focused.check_consume_key("u", "u")
        return key_of(self, identifier.removesuffix(".letter") if is_typing else identifier)
