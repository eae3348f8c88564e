"""What a desk does beyond its kernel, handed in when it is opened (dispatch/bootstrap.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.base import Json


@dataclass(frozen=True)
class Rules:
    """Who gets a new lead, what runs before and after a command, what follows changed rows, the settings."""

    choose_agent: Callable[[Any], int | None]
    before_command: Callable[[Any], object]
    after_command: tuple[Callable[[Any], None], ...]
    rows_changed: Callable[[dict[str, Json]], None]
    settings: Mapping[str, Any]
