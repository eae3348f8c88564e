"""The lists of accepted values: ``astra method``, ``source``, ``destination``, ... and ``package``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, changing, dry_run, formatted, reading, with_parameters
from astra_tui.cli.output.printing import Column, Listing, line
from astra_tui.cli.value_types import DESTINATION, AcceptedValue
from dispatch.desk.accepted_values import NOUNS, PACKAGE, WORDS
from dispatch.operations.lists import add_value, list_values, rename_value, retire_value
from dispatch.operations.lists.row_types import ListRow, ValueRow, ValueUses
from dispatch.queries.wording import plural

every = click.option("--all", "retired", is_flag=True, help="With those that were retired.")
of_destination = click.option(
    "--destination", required=True, type=DESTINATION, help="The destination it is sold for."
)
STATES: tuple[Column[ListRow], ...] = (
    Column("Retired", "retired_at"),
    Column("Called now", "renamed_to"),
)


def _list_of(kind: str) -> click.RichGroup:
    """Build the group of one list; packages have a destination, too."""
    word = WORDS.get(kind, kind)
    is_package = kind == PACKAGE
    whose = "the packages of each destination" if is_package else f"the accepted {word}s"

    @click.group(NOUNS.get(kind, kind), help=f"List {whose}, and add, rename and retire them.")
    def group() -> None:
        pass

    _add_listing(group, kind, word)
    _add_verbs(group, kind, word, (of_destination,) if is_package else ())
    return group


def _add_listing(group: click.RichGroup, kind: str, word: str) -> None:
    column: Column[ListRow] = Column(word.capitalize(), "name")
    columns = (Column[ListRow]("Destination", "destination"), column) if kind == PACKAGE else (column,)
    which = click.option("--destination", type=DESTINATION, help="Only those of this destination.")

    def list_all(call: Call, retired: bool, destination: str | None = None) -> None:
        with call.desk() as desk:
            rows = list_values(kind, retired=retired)
            if destination is not None:
                wanted = destination if destination in desk.values.known("destination") else None
                wanted = wanted or desk.values.check("destination", destination)
                rows = [row for row in rows if row["destination"] == wanted]
        shown = (*columns, *STATES) if retired else columns
        names = tuple(str(one.value) for one in shown)
        call.show_rows(rows, Listing(shown, names, "name"), f"no {word} yet")

    options = (which, every) if kind == PACKAGE else (every,)
    group.command("list", help=f"List the accepted {word}s.")(
        with_parameters(formatted(reading(list_all)), options)
    )


def _add_verbs(group: click.RichGroup, kind: str, word: str, also: tuple[Any, ...]) -> None:
    known, new = AcceptedValue(kind), "a package for a destination" if also else f"a {word}"
    a_name = click.argument("name", type=known)

    def add(call: Call, name: str, destination: str | None = None) -> None:
        call.show(call.change(add_value, kind, name, destination), lambda row: line(_added(row, word)))

    def rename(call: Call, dry_run: bool, name: str, new_name: str, destination: str | None = None) -> None:
        row = _done(call, dry_run, rename_value, kind, name, new_name, destination)
        call.show(row, lambda row: _print_renamed(row, word, dry_run))

    def retire(call: Call, dry_run: bool, name: str, destination: str | None = None) -> None:
        row = _done(call, dry_run, retire_value, kind, name, destination)
        call.show(row, lambda row: _print_retired(row, word, dry_run))

    for verb, run, help_text, parameters in (
        ("add", add, f"Accept {new}, or one that was retired again.", (click.argument("name"),)),
        (
            "rename",
            rename,
            f"Rename {new}: open bookings and agents follow, closed bookings keep the old name.",
            (a_name, click.argument("new_name"), dry_run),
        ),
        (
            "retire",
            retire,
            f"Accept {new} no more: what has it keeps it; says what that is.",
            (a_name, dry_run),
        ),
    ):
        group.command(verb, help=help_text)(with_parameters(changing(run), (*parameters, *also)))


def _done(call: Call, dry_run: bool, command: Callable[..., ValueRow], *given: Any) -> ValueRow:
    """Run a command, or with --dry-run rehearse it."""
    if not dry_run:
        return call.change(command, *given)
    with call.desk() as desk:
        return desk.rehearse(lambda: command(desk, *given))


def _called(row: ValueRow, word: str) -> str:
    return f"{word} of {row['destination']}" if "destination" in row else word


def _added(row: ValueRow, word: str) -> str:
    again = " again" if row.get("restored") else ""
    return f"{row['name']} is{again} accepted as a {_called(row, word)}"


def _print_renamed(row: ValueRow, word: str, is_preview: bool) -> None:
    verb = "would be renamed" if is_preview else "renamed"
    line(f"{_called(row, word).capitalize()} {row['was']} {verb} to {row['name']}")
    _print_uses(row["used_by"], "would follow" if is_preview else "follow", "still name the old one")


def _print_retired(row: ValueRow, word: str, is_preview: bool) -> None:
    verb = "would be retired" if is_preview else "retired"
    line(f"{_called(row, word).capitalize()} {row['name']} {verb}")
    _print_uses(row["used_by"], "would keep it" if is_preview else "keep it", "name it")


def _print_uses(used: ValueUses, verb: str, of_views: str) -> None:
    """Say what has a value, and which saved views name it."""
    parts = [
        plural(used[name], noun)  # type: ignore[literal-required]
        for name, noun in (("open_bookings", "open booking"), ("agents", "agent"))
        if used[name]  # type: ignore[literal-required]
    ]
    parts += [f"cap {number}" for number in used["caps"]]
    parts += [f"setting {key}" for key in used["settings"]]
    if parts:
        line(f"{', '.join(parts)} {verb}")
    if used["views"]:
        line(f"Saved views that {of_views}: {', '.join(used['views'])}")


method, source = _list_of("method"), _list_of("source")
department, title = _list_of("department"), _list_of("job_title")
destination, launch = _list_of("destination"), _list_of("launch")
package = _list_of(PACKAGE)
