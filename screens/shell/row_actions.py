"""Actions on the row under the cursor: at once, or by a form or panel that is opened for it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar, cast

from textual import getters, on
from textual.screen import ModalScreen
from textual.widgets import DataTable

from dispatch.desk.desk import Desk
from screens.base.keys import ROW_ACTIONS, binding_of
from screens.shell.desk_screen import Place
from screens.widgets.columns import Row
from screens.widgets.live_table import LiveTable

AT_ONCE_S = 0.5
"""A key pressed again so soon, in seconds, may be meant for the row before: nobody has seen it leave."""

SHOWING = ("customer", "go_to_booking")
"""Verbs that only show something of the row under the cursor."""

Done = TypeVar("Done")
P = ParamSpec("P")
Acting = TypeVar("Acting", bound="RowActions[Any, Any]")
Said = tuple[str, str]
"""What an act did, and the same in as few cells as will do ("" if there are no fewer)."""
Tell = Callable[[str, Done], Said]


def on_chosen(
    work: Callable[Concatenate[Acting, Row, P], None],
) -> Callable[Concatenate[Acting, P], None]:
    """Make an action for the row that is meant; without one the place says so.

    Its verb is the one given as ``verb``, or else the action's name.
    """
    own = work.__name__.removeprefix("action_")

    def act(place: Acting, /, *args: P.args, **kwargs: P.kwargs) -> None:
        row = place.meant(str(kwargs.get("verb") or own))
        if row is None:
            place.say(place.NOTHING_CHOSEN, severity="warning")
        else:
            work(place, row, *args, **kwargs)

    return act


@dataclass
class Act:
    """The last act in a place: its word and row, and the row that the cursor came to when that one left.

    ``after`` is the row as the act left it.
    """

    word: str
    number: int
    landed: int | None = None
    after: Any = None


class RowActions(Place, Generic[Row, Done]):
    """A place with a table of rows of one kind; a subclass describes the result of an action on one.

    ``Done`` is a row as a command leaves it. Where an act takes its row out of the list, the cursor is on a
    row that nobody chose: another act there must be repeated, while the same one may go on from row to row.
    What only the row that has left allows is meant for that (a score, once an issue is resolved): its form
    names it, and what needs no form is asked about.
    """

    AUTO_FOCUS = "LiveTable"
    NUMBER: ClassVar[str]
    """The key of a row's number."""

    NOTHING_CHOSEN: ClassVar[str]

    ENTER: ClassVar[str]
    """The action of enter, or of a click, on a row."""

    GOES_ON: ClassVar[bool] = False
    """Whether the place itself leads on to the next row when one leaves: any act is then meant for that."""

    POSSIBLE: ClassVar[Mapping[str, Callable[[Any], bool]]] = {}
    """For verbs that not every row allows: by action, whether a row does."""

    table: getters.query_one[LiveTable[Row]] = getters.query_one(LiveTable)

    _last_act: Act | None = None
    _pressed_at = -inf
    """When the key of the last act without a form was pressed, in seconds."""

    def chosen(self) -> Row | None:
        """The row that a key applies to."""
        return self.table.current

    def is_possible(self, action: str) -> bool:
        rule = self.POSSIBLE.get(action)
        if rule is None and action not in ROW_ACTIONS:
            return True
        row = self.meant(action)
        return row is not None and (rule is None or rule(row))

    def meant(self, verb: str) -> Row | None:
        """Return the row that a verb is for: the chosen one, or the one that has just left and allows it."""
        row, act = self.chosen(), self._last_act
        rule = None if verb in SHOWING else self.POSSIBLE.get(verb)
        if act is None or act.after is None or rule is None or self.GOES_ON or self._is_listed(act.number):
            return row
        has_landed = not self.table.rows_shown if row is None else act.landed == row[self.NUMBER]
        is_next = has_landed and rule(act.after) and (row is None or not rule(row))
        return cast("Row", act.after) if is_next else row

    def forget_act(self) -> None:
        """Take the row under the cursor for the chosen one: somebody lists something else."""
        self._last_act = None

    def _is_listed(self, number: int) -> bool:
        return any(each[self.NUMBER] == number for each in self.table.rows_shown)

    @abstractmethod
    def describe_done(self, word: str, row: Done) -> Said:
        """Describe a row after a command, for the message line."""

    def read_row(self, number: int) -> Done:
        """Read a row as it is now, not as the list last saw it; called in the reading thread."""
        raise NotImplementedError

    @on(DataTable.RowSelected)
    def _entered(self, message: DataTable.RowSelected) -> None:
        if message.data_table is self.table:
            getattr(self, f"action_{self.ENTER}")()

    @on(DataTable.RowHighlighted)
    def _cursor_moved(self, message: DataTable.RowHighlighted) -> None:
        act, row = self._last_act, self.table.current
        if act is None or row is None or message.data_table is not self.table:
            return
        if act.landed is None and not self._is_listed(act.number):
            act.landed = row[self.NUMBER]
        elif act.landed != row[self.NUMBER]:
            self._last_act = None

    def _is_meant(self, row: Row, word: str, *, is_hasty: bool = False) -> bool:
        """Return whether somebody chose this row for an act; else say that the cursor has come to it.

        The same act may go on from row to row, unless its key ``is_hasty``.
        """
        act, number = self._last_act, row[self.NUMBER]
        is_again = act is not None and act.word == word
        if self.GOES_ON or act is None or act.landed != number or (is_again and not is_hasty):
            is_same_row = act is not None and act.number == number
            self._last_act = replace(act, word=word) if act and is_same_row else Act(word, number)
            return True
        self._last_act = act if is_again else None
        how = "is back in this list" if self._is_listed(act.number) else "left this list"
        kind = self._kind.capitalize()
        self.say(f"{kind} {act.number} {how}; now on {number}. Press again", severity="warning")
        return False

    def _is_meant_at_once(self, row: Row, word: str) -> bool:
        """Return the same for an act without a form; a key pressed again at once is not, and no held one."""
        since, self._pressed_at = self.host.pressed_at - self._pressed_at, self.host.pressed_at
        return self._is_meant(row, word, is_hasty=0 < since < AT_ONCE_S)

    @property
    def _kind(self) -> str:
        return self.NUMBER.removesuffix("_id")

    def _done_with(self, number: int, word: str, after: Done, describe: Tell[Done]) -> None:
        """Say what an act has done, and mark its row, which may have left the list."""
        if self._last_act is None or self._last_act.number != number:
            self._last_act = Act(word, number)
        self._last_act.after = after
        self.say_done(*describe(word, after))
        self.table.mark_own(number)

    @on_chosen
    def at_once(
        self,
        row: Row,
        word: str,
        command: Callable[[Desk, int], Done],
        tell: Tell[Done] | None = None,
        *,
        verb: str = "",
    ) -> None:
        """Run a command for the row that a verb is for."""
        self.do_with(row, word, command, tell, verb=verb)

    def do_with(
        self,
        row: Row,
        word: str,
        command: Callable[[Desk, int], Done],
        tell: Tell[Done] | None = None,
        *,
        verb: str = "",
    ) -> None:
        """Run a command for a row; the message line says what it did, and its row is marked.

        A ``verb`` for a row that has left the list is asked about; without one, somebody has asked already.
        """
        number, describe = row[self.NUMBER], tell or self.describe_done

        def run() -> None:
            if self._is_meant_at_once(row, word):
                self.host.perform(
                    lambda desk: command(desk, number),
                    lambda result: self._done_with(number, word, result, describe),
                )

        binding = binding_of(self._kind, verb)
        if binding is None or self._is_listed(number):
            run()
        else:
            what = f"{binding.description.lower()} {self._kind} {number}, just left"
            self.host.ask_again(str(binding.id), what, run)

    @on_chosen
    def with_form(
        self,
        row: Row,
        word: str,
        form: Callable[[Done], ModalScreen[Done | None]],
        *,
        needs: Callable[[Done], None] | None = None,
        tell: Tell[Done] | None = None,
        verb: str = "",
    ) -> None:
        """Open a form for the row as it is now, if it passes ``needs``; the message line says what it did.

        It also opens for the row that has just left the list, if only that allows the ``verb``.
        """
        number, describe = row[self.NUMBER], tell or self.describe_done
        if not self._is_meant(row, word):
            return

        def make() -> ModalScreen[Done | None]:
            latest = self.read_row(number)
            if needs is not None:
                needs(latest)
            return form(latest)

        self.open_made(make, lambda result: self._done_with(number, word, result, describe))

    @on_chosen
    def with_panel(self, row: Row, panel: Callable[[int], ModalScreen[Any]]) -> None:
        """Open a panel that is made of the row's number in the reading thread."""
        self.open_made(partial(panel, row[self.NUMBER]))


def at_once(
    word: str, command: Callable[[Desk, int], Done], verb: str = ""
) -> Callable[[RowActions[Any, Done]], None]:
    """Make the action that runs a command for the row."""
    return lambda place: place.at_once(word, command, verb=verb)


def with_form(
    word: str,
    form: Callable[[Done], ModalScreen[Done | None]],
    *,
    needs: Callable[[Any, Done], None] | None = None,
    tell: Callable[[Any, str, Done], Said] | None = None,
    verb: str = "",
) -> Callable[[RowActions[Any, Done]], None]:
    """Make the action that opens a form for the row; ``needs`` and ``tell`` are methods of the place."""
    return lambda place: place.with_form(
        word, form, needs=needs and partial(needs, place), tell=tell and partial(tell, place), verb=verb
    )
