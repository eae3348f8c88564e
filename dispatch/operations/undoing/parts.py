"""The commands of an act, as its undo or redo takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from dispatch.desk import acts
from dispatch.desk.commands import HalfDone
from dispatch.desk.undo_chain import UNDO, end_of, root_of
from dispatch.operations.command_list import every_command
from dispatch.operations.row_types import RefusedRow
from dispatch.operations.undoing.rows import refusals
from dispatch.operations.undoing.target import changed_nothing
from models.audit import Event
from models.errors import DeskError, Refused
from models.hints import act


class Parts:
    """What a batch's undo, or redo, does in order; a command that is refused stays, and the others go on.

    ``kept`` are the commands that are never undone, ``refused`` the rows of those that cannot be now.
    """

    def __init__(self, event: Event) -> None:
        self._event = event
        self._errors: list[DeskError] = []
        self.kept: list[int] = []
        self.refused: list[RefusedRow] = []
        self.done: list[Event] = []
        self.ends = self._undone() if event.command == UNDO else self._standing(root_of(event))

    def _undone(self) -> list[Event]:
        """Return the undos of the commands that a batch's undo took back."""
        numbers = json.loads(self._event.detail or "{}").get("parts", [])
        ends = [end_of(Event.get_by_id(number)) for number in numbers]
        return [end for end in ends if end.command == UNDO]

    def _standing(self, head: Event) -> list[Event]:
        """Return what to undo of a batch, the newest first; note its commands that are never undone."""
        ends = []
        for part in reversed(acts.parts_of(head)):
            known = every_command().get(part.command)
            if known is None or known.undo.never:
                self.kept.insert(0, part.event_id)
            elif (end := end_of(part)).command != UNDO and not changed_nothing(part):
                ends.append(end)
        return ends

    @contextmanager
    def trying(self, end: Event) -> Iterator[None]:
        """Try one of them in the block; note it as done, or as refused."""
        try:
            yield
        except HalfDone as half:
            self._stays(end, half.refusal)
        except DeskError as error:
            self._stays(end, error)
        else:
            self.done.append(end)

    def _stays(self, end: Event, error: DeskError) -> None:
        self._errors.append(error)
        self.refused += refusals(end, error)

    def check_any(self) -> None:
        """Raise Refused if nothing was done."""
        if self._errors and not self.done:
            raise self._errors[0]
        if not self.done:
            number = self._event.event_id
            problem = f"nothing left to undo in batch {number}"
            raise Refused("nothing_to_undo", problem, f"{act('log')} shows them")
