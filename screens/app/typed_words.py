"""The part of the application that tells a name typed into a list from letters meant as commands."""

from __future__ import annotations

from math import inf
from typing import Any, NamedTuple

from textual import events
from textual.widgets import Button, DataTable

from dispatch.customers.typed_names import begins_name
from screens.app.messages import SpeakingApp
from screens.base.key_queue import TYPING_S
from screens.base.keys import key_of
from screens.dialogs.modal import Modal
from screens.shell.desk_screen import Place

LEADING_ON = ("mark_range", "mark_all")
"""Commands that prepare another; all that can be done with marked rows shows first what it would do."""

AT_ONCE = ("claim", "close_issue", "next_step", "release", "undo", "undo_event")
"""Commands of a small letter that write without a question."""

BEGINNINGS = "+("
"""Of a phone number, beside letters and figures."""


class TypedKey(NamedTuple):
    """A key that types a character ``at`` a time in seconds, and what it means where it was pressed."""

    character: str
    at: float
    is_in_list: bool
    is_command: bool = False
    """Whether it is a key of the list."""
    leads_on: bool = False
    """Whether another command follows it at once even where it is a capital letter."""
    writes: bool = False
    """Whether it has done something by the time the next key comes."""


class TypedWord:
    """What has been typed without a pause: commands, or a text that went to a list by mistake.

    A letter or figure that is no key of the place begins a text, and so does a small letter right behind
    a capital one; all that follows without a pause belongs to it. Where the capital letter has opened a
    modal, the rest of the text goes there, and the enter that ends it was not meant for that modal.
    A small letter with which it all began is a command like any other: it ``has_acted``, and perhaps
    ``has_written``. Behind one that has, the third of the ``letters`` typed in a list, and those after it,
    are text where they begin a first name: two may be two commands, but hardly three that make a name.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._is_text = self._is_from_list = self.has_acted = self.has_written = False
        self._last, self._at, self._count = "", -inf, 0
        self.letters = ""

    def add(self, key: TypedKey) -> bool:
        """Hear of a key; return whether it is text in a list."""
        goes_on = self._goes_on(key.at)
        is_name = self._last.isupper() and key.character.islower()
        is_text = goes_on and (self._is_text or is_name)
        if key.is_in_list:
            self.letters = self.letters + key.character if goes_on else key.character
            if not goes_on:
                self.has_acted = key.is_command and key.character.islower()
                self.has_written = self.has_acted and key.writes
            is_text = is_text or _begins_text(key) or (self.has_written and begins_name(self.letters))
            is_from_list = True
        else:
            is_from_list = goes_on and self._is_from_list
        self._is_text, self._is_from_list = is_text and is_from_list, is_from_list
        self._last = "" if key.leads_on else key.character
        self._at, self._count = key.at, self._count + 1 if goes_on else 1
        return self._is_text and key.is_in_list

    def end(self, at: float) -> bool:
        """Hear of any other key; return whether a text was still going on: its enter is part of it."""
        was_text = self._is_text and self._count > 1 and self._goes_on(at)
        self._forget()
        return was_text

    def _goes_on(self, at: float) -> bool:
        return 0 <= at - self._at < TYPING_S


def _begins_text(key: TypedKey) -> bool:
    return not key.is_command and (key.character.isalnum() or key.character in BEGINNINGS)


class WordAwareApp(SpeakingApp):
    """Ignores a text that is typed into a list, and an enter that ends one typed at the wrong place.

    That place is a modal which the text itself has opened, or a button.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._word = TypedWord()
        self._is_ignoring = False
        self._at_button = -inf

    @property
    def letters(self) -> str:
        return self._word.letters

    def is_ignored(self, event: events.Key | events.Paste) -> bool:
        self.pressed_at, place = event.time, self.screen
        is_in_list = isinstance(place, Place) and isinstance(self.focused, DataTable)
        if isinstance(place, Place) and is_in_list and self._is_pasted(event):
            self.tell(place.NO_PASTE)
            return True
        if isinstance(event, events.Key) and typed_by(event):
            is_text = self._is_text(event, is_in_list)
            if is_text and not self._is_ignoring:
                self._say_ignored()
        else:
            is_text = self._ends_wrongly(event, is_in_list)
        self._is_ignoring = is_text
        return is_text

    def _say_ignored(self) -> None:
        """Say that what was typed is no command, and what its first letter has done, if anything."""
        last = self.messages.kept[-1] if self.messages.kept else None
        if not self._word.has_acted:
            self.tell(f"Not a command, so nothing was done. {key_of(self, 'help.letter')} lists the keys")
        elif self._word.has_written and last is not None and last.letter:
            lead = f"A name typed in a list acts on its rows; {key_of(self, 'place.dispatch')} starts a lead"
            self.tell(f"{last.text}. {lead}", key=last.key, letter=last.letter, severity="warning")

    def _is_pasted(self, event: events.Key | events.Paste) -> bool:
        """Return whether it belongs to a text that came in one piece, its enter too."""
        if not isinstance(event, events.Key) or not (event.key == "enter" or typed_by(event)):
            return False
        return self.came_in_a_text(event)

    def _is_text(self, event: events.Key, is_in_list: bool) -> bool:
        if isinstance(self.focused, Button) and event.key != "space":  # which presses it
            self._at_button = event.time
        command = self.active_bindings.get(event.key) if is_in_list else None
        action = command.binding.action if command is not None else ""
        return self._word.add(
            TypedKey(
                typed_by(event),
                event.time,
                is_in_list,
                command is not None,
                action in LEADING_ON,
                action in AT_ONCE,
            )
        )

    def _ends_wrongly(self, event: events.Key | events.Paste, is_in_list: bool) -> bool:
        """Return whether this is the enter behind a text that was typed at the wrong place; say so."""
        was_text, is_enter = (
            self._word.end(event.time),
            isinstance(event, events.Key) and event.key == "enter",
        )
        if not is_enter:
            return False
        if is_in_list:
            return was_text
        if isinstance(self.focused, Button) and 0 <= event.time - self._at_button < TYPING_S:
            self._at_button = -inf
            self.tell("Typed on a button: enter again presses it")
            return True
        is_held = was_text and isinstance(self.screen, Modal) and self.screen.takes_for_a_name()
        if is_held:
            self.tell("Typed in one go from the list: enter again sends it")
        return is_held


def typed_by(event: events.Key) -> str:
    """Return the character of a key that types or takes back one, else ""."""
    if event.key == "backspace":
        return "\b"
    return (event.character or "") if event.is_printable else ""
