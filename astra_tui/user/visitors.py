"""Where the files of visitors lie: users who work on this account's desks in a browser (docs/browser.md)."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_state_path


def visitor_folder(desk_id: str, user_id: int) -> Path:
    """Return the folder that a user of a desk has here: for config, state, data and cache."""
    return _visitors() / desk_id / str(user_id)


def state_folders() -> list[Path]:
    """Return the state folder of this account, and those of its visitors."""
    return [_own(), *_visitors().glob("*/*/state/astra")]


def _visitors() -> Path:
    return _own() / "visitors"


def _own() -> Path:
    return user_state_path("astra", appauthor=False)
