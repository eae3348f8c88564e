"""Memory of the application between runs, for one user: orders, filters, columns, the last screen.

A convenience, not configuration: if the file is broken or cannot be written, only the memory is lost.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_state_path

from astra_tui.user.preferences import replace_file
from astra_tui.user.throw_away import is_thrown_away

T = TypeVar("T", bound="str | bool | int | list[str]")


MEMORY = "memory.json"
OF_ONE_DESK = ("place", "queue.view", "queue.filter")
"""How one desk was left: another does not begin there. Orders and columns are the user's at any desk."""


def memory_path() -> Path:
    return user_state_path("astra", appauthor=False) / MEMORY


class Memory:
    """Values by key, read once; without a path nothing is read or written.

    How another ``desk`` was left is forgotten; if this one is thrown away, it is forgotten for this run only.
    """

    def __init__(self, path: Path | None, desk: str | None = None) -> None:
        self._path = path
        self._values = _read(path)
        self._changed: dict[str, Any] = {}
        self._desk = desk or ""
        self._is_thrown_away = desk is not None and is_thrown_away(desk)
        self._lock = threading.Lock()
        if desk is not None and self.get("desk", self._desk) != self._desk:
            for key in OF_ONE_DESK:
                self.put(key, "")

    def get(self, key: str, default: T) -> T:
        """Return the remembered value if it has the default's type, else the default."""
        value: Any = self._values.get(key)
        if type(value) is not type(default):
            return default
        is_odd_list = isinstance(value, list) and not all(isinstance(one, str) for one in value)
        return default if is_odd_list else value

    def put(self, key: str, value: str | bool | int | list[str]) -> bool:
        """Remember a value; return whether there is anything to write."""
        if self._values.get(key) == value:
            return False
        self._values[key] = value
        if key in OF_ONE_DESK and self._desk:
            if self._is_thrown_away:
                return False
            self._changed["desk"] = self._desk
        self._changed[key] = value
        return self._path is not None

    def agent_here(self, preferred: int | None) -> int | None:
        """Return the preferred agent; None if chosen at another desk, where the number is someone else."""
        chosen = self.get("agent", list[str]())  # the number, and the desk
        was_chosen_elsewhere = chosen[:1] == [str(preferred)] and chosen[1:] != [self._desk]
        return None if was_chosen_elsewhere else preferred

    def write(self) -> None:
        """Write changes to the file; what another terminal wrote in the meantime stays."""
        if self._path is None:
            return
        with self._lock, suppress(OSError):
            text = json.dumps(_read(self._path) | self._changed, ensure_ascii=False, indent=1, sort_keys=True)
            replace_file(self._path, text + "\n")


def _read(path: Path | None) -> dict[str, Any]:
    if path is None or not path.is_file():  # a pipe might never end
        return {}
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
