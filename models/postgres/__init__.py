"""A desk in a database of a PostgreSQL server; all that needs its driver is imported by ``opening`` alone."""

from __future__ import annotations

import re
from pathlib import Path

URL = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
SERVICE = "service="


def is_address(named: str | Path) -> bool:
    """Whether a text names a database on a server, and not a file."""
    return isinstance(named, str) and (bool(URL.match(named)) or named.startswith(SERVICE))
