"""The desk of a demo without a file of its own: it is in a temporary folder, and the next demo is another."""

from __future__ import annotations

import tempfile
from pathlib import Path

from models.postgres import is_address

PREFIX = "astra-demo-"


def new_file() -> str:
    """Return the path for another demo."""
    return str(Path(tempfile.mkdtemp(prefix=PREFIX)) / "demo.db")


def is_thrown_away(database: str | Path) -> bool:
    """Return whether a database is such a demo: nothing opens it again by itself."""
    if is_address(database):
        return False
    folder = Path(database).parent
    return folder.name.startswith(PREFIX) and folder.parent == Path(tempfile.gettempdir())
