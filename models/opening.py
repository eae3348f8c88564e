"""Opening a desk, whichever engine keeps it: the one module that knows them all."""

from __future__ import annotations

from pathlib import Path

from models.engine import Engine, Place
from models.sqlite import opening as sqlite
from models.sqlite.desk_file import DeskFile


def connect(address: str | Path, *, create: bool) -> tuple[Engine, int]:
    """Open a desk; returns it with its schema version (0: empty). Raises DatabaseUnavailable."""
    return sqlite.connect(Path(address), create=create)


def is_there(address: str | Path) -> bool:
    """Return whether there may be a desk; to be sure, open it."""
    return Path(address).exists()


def open_read_only(address: str | Path) -> Engine:
    """Open an existing desk without creating, migrating or writing anything. Raises DatabaseUnavailable."""
    return sqlite.open_read_only(Path(address))


def place_of(address: str | Path) -> Place:
    """Return what notices that something else has a desk's place."""
    return DeskFile(Path(address))
