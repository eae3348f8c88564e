"""Rules of a desk beyond its kernel, passed in when it is opened (dispatch/bootstrap.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.base import Json


@dataclass(frozen=True)
class Rules:
    """The choice of agents, the hooks around a command and after changed rows, and the settings."""

    choose_agent: Callable[[Any], int | None]
    before_command: Callable[[Any], object]
    after_command: Callable[[Any], object]
    rows_changed: Callable[[dict[str, Json]], None]
    settings: Mapping[str, Any]
