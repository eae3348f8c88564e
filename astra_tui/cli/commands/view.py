"""``astra view``: lists with filter, columns and order under a name, one's own or the desk's."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.commands import agent, booking
from astra_tui.cli.options import Call, changing, filter_reading, formatted, limited, reading
from astra_tui.cli.output import issues
from astra_tui.cli.output.events import EVENTS
from astra_tui.cli.output.printing import Column, Listing, line, narrate, required_keys
from astra_tui.cli.value_types import Word
from astra_tui.user.own_views import OwnViews, views_path
from dispatch.queries.next_steps import limits_of, with_steps
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import moment, with_next_step
from dispatch.views import desk_views
from dispatch.views.desk_views import unknown
from dispatch.views.lists import LISTS, MOST_COUNTED, checked, counted, rows_of
from dispatch.views.row_types import ViewRow

LISTINGS: dict[str, Listing[Any]] = {
    "queue": booking.LISTING,
    "service": issues.LISTING,
    "roster": Listing(agent.LIST_COLUMNS[:9], required_keys(AgentRow), "agent_id"),
    "log": EVENTS,
}
"""How each list is printed; the roster without rates, which a view does not read."""


def _count(row: ViewRow) -> str:
    count = row.get("count")
    return "" if count is None else f"{count:,}+" if count == MOST_COUNTED else f"{count:,}"


def _whose(row: ViewRow) -> str:
    return "own" if row["view_id"] is None else "desk"


VIEWS: Listing[ViewRow] = Listing(
    (
        Column("Name", "name"),
        Column("Whose", _whose),
        Column("List", "list"),
        Column("Rows", _count, right=True),
        Column("Filter", "filter"),
        Column("Problem", lambda row: row.get("problem", ""), sparse=True),
    ),
    required_keys(ViewRow, "count", "problem"),
    "name",
)
view_name = click.argument("name")
of_the_desk = click.option("--desk", "is_shared", is_flag=True, help="The desk's: for everybody.")


@click.group("view")
def view() -> None:
    """Save lists with their filter, columns and order, and run them."""


@view.command("list")
@formatted
@reading
def list_views(call: Call) -> None:
    """List your own views and the desk's, with the number of rows that each finds."""
    with call.desk() as desk:
        known = [*_own().all(), *desk_views.desk_views()]
        rows = [counted(desk, one, filter_reading(desk, one["filter"])) for one in known]
    call.show_rows(rows, VIEWS, "no view yet: astra view save NAME --list queue --filter TEXT")


@view.command()
@view_name
@click.option(
    "--list", "list_name", type=Word(LISTS, "LIST"), default="queue", help="Of " + ", ".join(LISTS) + "."
)
@click.option("--filter", "filter_text", default="", metavar="TEXT", help="The filter (docs/filters.md).")
@click.option("--columns", default="", metavar="KEYS", help="Keys of its rows, with commas.")
@click.option("--sort", default="", metavar="KEY", help="Its order; default: the usual.")
@click.option("--descending", is_flag=True, help="Highest or newest first.")
@of_the_desk
@changing
def save(call: Call, /, columns: str, is_shared: bool, **given: Any) -> None:
    """Save a view; it replaces one of the same name."""
    given["columns"] = tuple(part.strip() for part in columns.split(",") if part.strip())
    if is_shared:
        call.show(call.change(desk_views.save, **given), _print_saved)
        return
    wanted: ViewRow = {
        "view_id": None,
        "name": given["name"],
        "list": given["list_name"],
        "filter": given["filter_text"],
        "columns": list(given["columns"]),
        "sort": given["sort"],
        "descending": given["descending"],
    }
    with call.desk() as desk:
        usable = checked(wanted, filter_reading(desk, wanted["filter"]))
    call.show(_own().save(usable), _print_saved)


@view.command()
@view_name
@of_the_desk
@limited
@formatted
@reading
def run(call: Call, name: str, is_shared: bool, limit: int | None) -> None:
    """List what a view finds, in its order; your own view comes before the desk's."""
    with call.desk() as desk:
        wanted = _find(name, is_shared)
        rows = rows_of(desk, wanted, filter_reading(desk, wanted["filter"]), limit)
        if wanted["list"] == "queue":
            now = desk.now()
            rows = iter(with_steps(rows, limits_of(desk.settings, now)))
            rows = (with_next_step(row, now) for row in rows) if call.is_for_people else rows
        call.show_rows(rows, _as_chosen(wanted), "nothing found")


@view.command()
@view_name
@of_the_desk
@changing
def delete(call: Call, name: str, is_shared: bool) -> None:
    """Delete a view; astra undo brings one of the desk back."""
    wanted = call.read(lambda _: _find(name, is_shared))
    if wanted["view_id"] is None:
        _own().delete(name)
    else:
        wanted = call.change(desk_views.delete, name)
    call.show(wanted, lambda row: line(f"Deleted the view {row['name']}"))


def _own() -> OwnViews:
    return OwnViews(views_path())


def _find(name: str, is_shared: bool) -> ViewRow:
    """Return the view of that name in any case: one's own, or with ``is_shared`` only the desk's."""
    known = [*([] if is_shared else _own().all()), *desk_views.desk_views()]
    for one in known:
        if one["name"].casefold() == name.strip().casefold():
            return one
    raise unknown(name)


def _as_chosen(view: ViewRow) -> Listing[Any]:
    """Return the list with the view's columns, and say which of them it does not have."""
    listing = LISTINGS[view["list"]]
    known = [key for key in view["columns"] if key in listing.keys]
    gone = [key for key in view["columns"] if key not in listing.keys]
    if gone:
        narrate(f"Left out, as this listing has no such column: {', '.join(gone)}")
    if not known:
        return listing
    return Listing([_column(key) for key in known], known, listing.number)


def _column(key: str) -> Column[Any]:
    heading = key.removesuffix("_at").replace("_", " ").capitalize()
    if key.endswith("_at"):
        return Column(heading, lambda row: moment(row[key]), whole=True)
    return Column(heading, key)


def _print_saved(row: ViewRow) -> None:
    line(f"Saved the view {row['name']}: {row['list']}, {row['filter'] or 'everything'}")
