"""Saved views of the desk, which everybody has."""

from __future__ import annotations

import json

from peewee import fn

from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.inputs.filters.filter_reader import Reading
from dispatch.views.lists import checked
from dispatch.views.row_types import ViewRow
from models.base import tuples
from models.errors import InvalidInput
from models.hints import act
from models.views import SavedView


@command("view.save", past="view saved", undo=put_back, may="view.manage")
def save(
    running: Command,
    name: str,
    list_name: str,
    filter_text: str = "",
    columns: tuple[str, ...] = (),
    sort: str = "",
    *,
    descending: bool = False,
) -> ViewRow:
    """Save a view for the desk, in the place of one of the same name. Raises InvalidInput."""
    wanted: ViewRow = {
        "view_id": None,
        "name": name,
        "list": list_name,
        "filter": filter_text,
        "columns": list(columns),
        "sort": sort,
        "descending": descending,
    }
    desk = running.desk
    reading = Reading(running.now, desk.values.of, None, known=desk.values.known, settings=desk.settings)
    view = checked(wanted, reading)
    row = _named(view["name"]) or SavedView()
    row.name, row.list_name, row.filter_text = view["name"], view["list"], view["filter"]
    row.columns = json.dumps(view["columns"], ensure_ascii=False)
    row.sort, row.descending = view["sort"], descending
    row.save()
    running.detail = {"view": row.name}
    return _row(row)


@command("view.delete", past="view deleted", undo=put_back, may="view.manage")
def delete(running: Command, name: str) -> ViewRow:
    """Delete a view of the desk. Raises InvalidInput if there is none of that name."""
    row = _named(validation.name(name, "name"))
    if row is None:
        raise unknown(name)
    row.deleted = True
    row.save()
    running.detail = {"view": row.name}
    return _row(row)


def desk_views() -> list[ViewRow]:
    """Return the views of the desk, by name."""
    query = SavedView.select().where(~SavedView.deleted)
    return [_row(row) for row in query.order_by(fn.LOWER(SavedView.name))]


def unknown(name: str) -> InvalidInput:
    """Return the refusal of a name that no view has."""
    return InvalidInput("name", f"no view {validation.excerpt(name)}", f"{act('view.list')} shows them")


def _named(name: str) -> SavedView | None:
    query = SavedView.select(SavedView.view_id, SavedView.name).where(~SavedView.deleted)
    for view_id, known in tuples(query):
        if known.casefold() == name.casefold():
            return SavedView.lock(view_id)
    return None


def _row(row: SavedView) -> ViewRow:
    return {
        "view_id": row.view_id,
        "name": row.name,
        "list": row.list_name,
        "filter": row.filter_text,
        "columns": _columns(row.columns),
        "sort": row.sort,
        "descending": bool(row.descending),
    }


def _columns(text: str) -> list[str]:
    """Return the stored columns; the usual ones (none) if they cannot be read."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
