"""What is done with the row under the cursor: at once, or by a form or panel that is opened for it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from textual import getters
from textual.screen import ModalScreen

from dispatch.desk.desk import Desk
from screens.shell.desk_screen import Place
from screens.widgets.live_table import LiveTable

Row = dict[str, Any]
P = ParamSpec("P")
Acting = TypeVar("Acting", bound="RowActions")
Tell = Callable[[str, Row], str]


def on_chosen(
    work: Callable[Concatenate[Acting, Row, P], None],
) -> Callable[Concatenate[Acting, P], None]:
    """Work for the row under the cursor; where there is none the place says so."""

    def act(place: Acting, /, *args: P.args, **kwargs: P.kwargs) -> None:
        row = place.chosen()
        if row is None:
            place.say(place.NOTHING_CHOSEN, severity="warning")
        else:
            work(place, row, *args, **kwargs)

    return act


class RowActions(Place):
    """A place with a table of rows of one kind; a subclass says how what was done to one of them reads."""

    NUMBER: ClassVar[str]
    """The key of a row's number."""

    NOTHING_CHOSEN: ClassVar[str]

    table = getters.query_one(LiveTable)

    def chosen(self) -> Row | None:
        """The row that a key is meant for."""
        return self.table.current

    @abstractmethod
    def describe_done(self, word: str, row: Row) -> str:
        """What a toast says about a row after a command."""

    def read_row(self, number: int) -> Row:
        """A row as it is now, not as the list last saw it; called in the reading thread."""
        raise NotImplementedError

    @on_chosen
    def at_once(
        self, row: Row, word: str, command: Callable[[Desk, int], Row], tell: Tell | None = None
    ) -> None:
        """Run a command for the row, and say in a toast what it did."""
        number, describe = row[self.NUMBER], tell or self.describe_done
        self.host.perform(lambda desk: command(desk, number), lambda result: self.say(describe(word, result)))

    @on_chosen
    def with_form(
        self,
        row: Row,
        word: str,
        form: Callable[[Row], ModalScreen[Any]],
        tell: Tell | None = None,
        needs: Callable[[Row], None] | None = None,
    ) -> None:
        """Open a form for the row as it is now, if it passes ``needs``; a toast says what the form did."""
        number, describe = row[self.NUMBER], tell or self.describe_done

        def make() -> ModalScreen[Any]:
            latest = self.read_row(number)
            if needs is not None:
                needs(latest)
            return form(latest)

        self.open_made(make, lambda result: self.say(describe(word, result)))

    @on_chosen
    def with_panel(self, row: Row, panel: Callable[[int], ModalScreen[Any]]) -> None:
        """Open a panel that is made of the row's number in the reading thread."""
        self.open_made(partial(panel, row[self.NUMBER]))


def at_once(word: str, command: Callable[[Desk, int], Row]) -> Callable[[RowActions], None]:
    """The action that runs a command for the row."""
    return lambda place: place.at_once(word, command)


def with_form(
    word: str, form: Callable[[Row], ModalScreen[Any]], needs: Callable[[Any, Row], None] | None = None
) -> Callable[[RowActions], None]:
    """The action that opens a form for the row, if it is what a method ``needs`` it to be."""
    return lambda place: place.with_form(word, form, needs=needs and partial(needs, place))
