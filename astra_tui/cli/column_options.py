"""Options that say what a file's columns are, what was said of them before, and how they were understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import rich_click as click

from astra_tui.cli.database import database_path, opened_or_made
from astra_tui.cli.options import Call
from astra_tui.cli.output.printing import line, narrate
from dispatch.queries.wording import moment
from models.base import Json
from models.opening import is_there

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk
    from dispatch.inputs.column_choice import ColumnChoice, FileChoice, RememberedColumns


def naming_columns(function: Callable[..., None], condition: str = "With --from: ") -> Callable[..., None]:
    """Add the options; they go with ``choice_of``, as ``take_in`` in row_files reads them."""
    options = (
        ("--forget-columns", "forget", "ignore what earlier runs were given with --map and --ignore."),
        ("--ignore", "unread", "do not read this column."),
        ("--map", "mapped", "the column HEAD is this field."),
    )
    for option, name, says in options:
        text = condition + says if condition else says[0].upper() + says[1:]
        if name == "forget":
            function = click.option(option, name, is_flag=True, help=text)(function)
            continue
        metavar = "HEAD=FIELD" if name == "mapped" else "HEAD"
        function = click.option(option, name, metavar=metavar, multiple=True, help=text)(function)
    return function


@contextmanager
def desk_if_any(call: Call) -> Iterator[Desk | None]:
    """Open the desk for what can also be done without one: with a missing file there is none."""
    if call.surroundings.desk is not None:
        yield call.surroundings.desk
        return
    path = database_path(call.database)  # which may warn of the settings: once is enough
    if not is_there(path):
        yield None
        return
    with opened_or_made(str(path), call.actor, create=False) as desk:
        yield desk


def choice_of(
    about: Mapping[str, Any], defaults: Mapping[str, str], desk: Desk | None, command: str
) -> ColumnChoice:
    """Return what the options say about columns, with what was said of the files of a command before.

    Without a desk nothing is remembered. Raises InvalidInput for a --map that is no HEAD=FIELD.
    """
    from dispatch.desk.remembered_columns import remembered_columns
    from dispatch.inputs.column_choice import ColumnChoice, pairs

    return ColumnChoice(
        pairs(about["mapped"]),
        about["unread"],
        defaults,
        remembered={} if desk is None else remembered_columns(desk, command),
        forgets=about["forget"],
    )


def tell_columns(title: str, choices: FileChoice) -> None:
    """Say that columns are read as last time, or why they are not."""
    remembered = choices.remembered()
    if remembered is not None:
        narrate(f"{title}: {as_last_time(remembered)}")
    if changed := choices.changed():
        narrate(f"{title}: {changed}")


def as_last_time(remembered: RememberedColumns | Json) -> str:
    """Say what is remembered, and how to change it."""
    parts = [f"{head} = {field}" for head, field in remembered["map"].items()]
    parts += [f"{head} ignored" for head in remembered["ignore"]]
    whence = f"{remembered['file']}, {moment(remembered['at'])}"
    said = ", ".join(parts) or "all of them mapped again"
    return f"columns as last time ({whence}): {said}; --map changes it, --forget-columns forgets it"


def print_columns(columns: Mapping[str, str], defaults: Mapping[str, str], ignored: Sequence[str]) -> None:
    """Print which head of a file each field is from, what fills a missing one, and what is not read."""
    for field, heads in columns.items():
        line(f"{field:<12} from {heads}")
    for field, value in defaults.items():
        line(f"{field:<12} {value}, where the file has none")
    if ignored:
        line(f"{'ignored':<12} {', '.join(ignored)}")
