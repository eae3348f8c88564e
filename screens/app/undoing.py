"""The part of the application that undoes and redoes: at once what was just done in sight, else it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from dispatch.desk.desk import Desk
from dispatch.operations import undo
from dispatch.operations.row_types import UndoPreview, UndoResult
from models.clock import from_text
from models.errors import DeskError, Refused
from screens.app.typed_words import WordAwareApp
from screens.base.hosted import Hosted
from screens.base.key_queue import TYPING_S
from screens.base.keys import key_of
from screens.widgets.key_line import KeyLine
from screens.wording.events import describe_undo, undo_target
from screens.wording.text import short

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

ALWAYS_ASKED = (
    "lead.",
    "agent.",
    "batch",
    "cap.",
    "import",
    "issue.add_file",
    "issue.open",
    "issue.take_in",
    "customer.merge",
    "shuffle",
    "waiting.",
)
"""What is never undone or redone without a question, by the beginning of the command's name."""

FRESH_S = 300
"""How long, in seconds, the last command is what a user still thinks of."""

Sight = frozenset[str]
"""The rows in sight, each as "booking 12"."""


class UndoingApp(WordAwareApp):
    """Undoes the last command of this terminal, or one event; see ``needs_question``."""

    acted_in = ""
    """The place in which the last command was given."""

    def action_undo(self) -> None:
        self.reverse()

    def action_redo(self) -> None:
        self.reverse(redo=True)

    def reverse(self, event_id: int | None = None, *, redo: bool = False) -> None:
        """Undo or redo the event, or else the last one; ask first where ``needs_question`` says so."""
        about = _key(redo=redo, event_id=event_id)
        if self.answers(about):
            return
        sight = self._in_sight() if event_id is None else None
        is_here = self.place_name == self.acted_in

        def attempt(desk: Desk) -> UndoPreview | UndoResult:
            found = undo.preview(desk, event_id, redo=redo)
            is_last = event_id is not None or ((is_here or redo) and is_just_done(desk, found))
            asks = not is_last or needs_question(found, sight)
            return found if asks else _reverse(desk, found)

        def then(result: UndoPreview | UndoResult) -> None:
            if "rows" in result:
                self._ask_about(about, cast("UndoPreview", result), event_id, is_here=is_here)
            else:
                self._say_reversed(result)

        def refused(error: DeskError) -> None:
            """Say what can be done with the row that the log opens."""
            if isinstance(error, Refused):
                self.refuse(error, key_of(self, "log.booking"))
            else:
                cast("Host", self).report(error)

        cast("Host", self).perform(attempt, then, None if event_id is None else refused)

    def _ask_about(self, about: str, found: UndoPreview, event_id: int | None, *, is_here: bool) -> None:
        """Ask; the answer counts while the same command is still the one to undo or redo.

        A command that the user may not think of is to be read first: keys pressed in one go do not answer.
        """

        def confirmed(desk: Desk) -> UndoResult:
            if event_id is None:
                _check_still_last(desk, found)
            return _reverse(desk, found)

        word = "redo" if found["redone"] else "undo"
        what = f"{word} {short(undo_target(found), 60)}"
        desk = cast("Host", self).backend.desk
        is_known = event_id is not None or (is_here and is_just_done(desk, found))
        self.ask_again(
            about,
            what,
            lambda: cast("Host", self).perform(confirmed, self._say_reversed),
            reading_s=0.0 if is_known else TYPING_S,
        )

    def _say_reversed(self, done: UndoResult) -> None:
        key, word = ("undo.letter", "undo") if done["redone"] else ("redo.letter", "redo")
        self.tell(describe_undo(done), key=word, letter=key)
        for line in self.screen.query(KeyLine):
            line.row_changed()  # a redo is possible now, or no longer

    @property
    def place_name(self) -> str:
        place = cast("Host", self).place
        return "" if place is None else place.NAME

    def _in_sight(self) -> Sight:
        return self.screen.in_sight() if isinstance(self.screen, Hosted) else frozenset()


def _key(*, redo: bool, event_id: int | None) -> str:
    """Return the id of the letter that asked, and that answers."""
    word = "redo" if redo else "undo"
    return f"{word}.letter" if event_id is None else f"log.{word}"


def is_just_done(desk: Desk, found: UndoPreview) -> bool:
    """Return whether nothing followed the command in this terminal, and it is not long ago."""
    ago = from_text(desk.now()) - from_text(found["at"])
    return found["is_last"] and ago.total_seconds() <= FRESH_S


def needs_question(found: UndoPreview, sight: Sight | None) -> bool:
    """Return whether to ask before undoing what was just done: several rows, a lead, or a row out of sight.

    ``sight`` None: the command itself is in sight, in the log. A redo brings back what was on the line.
    """
    if found["redone"] and sight is not None:
        return False
    rows = found["rows"]
    is_hidden = sight is not None and not sight.issuperset(rows)
    is_one = len(rows) == 1 and not found["refused"]
    return is_hidden or not is_one or found["command"].startswith(ALWAYS_ASKED)


def _reverse(desk: Desk, found: UndoPreview) -> UndoResult:
    return (undo.redo if found["redone"] else undo.undo)(desk, found["undone_event_id"])


def _check_still_last(desk: Desk, found: UndoPreview) -> None:
    """Refuse if the command asked about was undone meanwhile, or is not the last one any more."""
    number, redo = found["undone_event_id"], found["redone"]
    undo.preview(desk, number, redo=redo)
    latest = undo.preview(desk, redo=redo)
    if latest["undone_event_id"] != number:
        word = "redo" if redo else "undo"
        raise Refused("not_the_last", f"The last command has changed: {undo_target(latest)}", f"{word} again")
