"""Where this account's drafts of forms lie."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from platformdirs import user_state_path

from models.postgres import is_address

DRAFT, LOCK = ".json", ".lock"
RANDOM = 8  # digits


def drafts_folder() -> Path:
    return user_state_path("astra", appauthor=False) / "drafts"


def desk_mark(database: str | Path) -> str:
    """Return what the drafts of one desk have in their names."""
    return _digest(str(database) if is_address(database) else os.path.realpath(database))


def new_name(database: str | Path, person: str) -> str:
    """Return the name of a new draft; on a desk with users that of the person is in it."""
    return f"{_beginning(database, person)}{secrets.token_hex(RANDOM // 2)}{DRAFT}"


def drafts_of(database: str | Path, folder: Path | None = None, person: str | None = None) -> list[Path]:
    """Return the drafts of one desk, including those in use; only a person's, or with "" only nobody's."""
    beginning, end = f"{desk_mark(database)}-", "*"
    if person is not None:
        beginning, end = _beginning(database, person), "[0-9a-f]" * RANDOM
    return list((folder or drafts_folder()).glob(f"{beginning}{end}{DRAFT}"))


def _beginning(database: str | Path, person: str) -> str:
    whose = f"{_digest(person)}-" if person else ""
    return f"{desk_mark(database)}-{whose}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
