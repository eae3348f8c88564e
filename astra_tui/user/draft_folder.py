"""Where this account's drafts of forms lie."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from platformdirs import user_state_path

DRAFT, LOCK = ".json", ".lock"


def drafts_folder() -> Path:
    return user_state_path("astra", appauthor=False) / "drafts"


def desk_mark(database: str | Path) -> str:
    """Return what the drafts of one desk have in their names."""
    return hashlib.sha256(os.path.realpath(database).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def drafts_of(database: str | Path, folder: Path | None = None) -> list[Path]:
    """Return the drafts of one desk, including those in use."""
    return list((folder or drafts_folder()).glob(f"{desk_mark(database)}-*{DRAFT}"))
