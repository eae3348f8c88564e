"""A user's own saved views, in a file beside what is remembered, as two terminals may save some."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from platformdirs import user_state_path

from astra_tui.user.preferences import replace_file
from dispatch.views.row_types import ViewRow
from models.errors import InvalidInput

TYPES: dict[str, type] = {
    "name": str, "list": str, "filter": str, "columns": list, "sort": str, "descending": bool
}  # fmt: skip


def views_path() -> Path:
    return user_state_path("astra", appauthor=False) / "views.json"


class OwnViews:
    """The views of one user; without a path they last as long as the process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept: list[ViewRow] = []

    def all(self) -> list[ViewRow]:
        """Return the views that can be read, by name; those of a broken file are none."""
        found = self._kept if self._path is None else _read(self._path)
        return sorted(found, key=lambda view: view["name"].casefold())

    def save(self, view: ViewRow) -> ViewRow:
        """Keep a view, in the place of one of the same name. Raises InvalidInput if it cannot."""
        own: ViewRow = {**view, "view_id": None}
        self._write([*self._without(view["name"]), own])
        return own

    def delete(self, name: str) -> None:
        """Remove the view of that name."""
        self._write(self._without(name))

    def _without(self, name: str) -> list[ViewRow]:
        return [view for view in self.all() if view["name"].casefold() != name.casefold()]

    def _write(self, views: list[ViewRow]) -> None:
        self._kept = views
        if self._path is None:
            return
        stored = [{key: dict(view)[key] for key in TYPES} for view in views]
        try:
            replace_file(self._path, json.dumps(stored, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            problem = f"{self._path} cannot be written: {error.strerror or error}"
            raise InvalidInput("name", problem, "save it for the desk instead") from error


def _read(path: Path) -> list[ViewRow]:
    if not path.is_file():
        return []
    try:
        stored = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    return [_view(one) for one in stored if _is_view(one)] if isinstance(stored, list) else []


def _is_view(one: Any) -> bool:
    if not isinstance(one, dict) or any(type(one.get(key)) is not kind for key, kind in TYPES.items()):
        return False
    return all(isinstance(column, str) for column in one["columns"])


def _view(one: dict[str, Any]) -> ViewRow:
    return cast(ViewRow, {"view_id": None} | {key: one[key] for key in TYPES})
