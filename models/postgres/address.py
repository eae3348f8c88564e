"""The address of a desk on a server: ``postgresql://...``, or ``service=NAME`` of libpq's service file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from models.errors import DatabaseUnavailable
from models.postgres import SERVICE

APPLICATION_NAME = "astra"
LONGEST_NAME = 100


class Address(NamedTuple):
    """How to reach a database: libpq's connection string and its parts, and how people are shown it."""

    conninfo: str
    shown: str
    parts: Mapping[str, str]


def parse(text: str) -> Address:
    """Take an address apart. Raises DatabaseUnavailable if libpq cannot read it or it names no database."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        known = conninfo_to_dict(text)
    except ProgrammingError as error:
        problem = f"{shown(text)} is no address of a database: {str(error).strip()}"
        raise DatabaseUnavailable("bad_address", problem, _EXAMPLE) from error
    if not known.get("dbname") and not known.get("service"):
        raise DatabaseUnavailable("bad_address", f"{shown(text)} names no database", _EXAMPLE)
    return Address(text, shown(text), {name: str(value) for name, value in known.items()})


def shown(text: str) -> str:
    """The address as it may be shown and logged: without a password, wherever it stands in it."""
    text = re.sub(r"(?<=://)([^/@:?]*):[^/?]*@", r"\1@", text)
    return re.sub(r"(?i)\b(password|sslpassword)=('[^']*'|[^\s&]*)", r"\1=...", text)


def name(text: str) -> str:
    """The database's own name, or the service's, where there is little room."""
    if text.startswith(SERVICE):
        return text.removeprefix(SERVICE).partition(" ")[0]
    beyond = re.sub(r"^[a-z]+://[^/?]*/?", "", text, flags=re.IGNORECASE)
    return unquote(beyond.partition("?")[0]) or shown(text)


def home(address: Address) -> Path:
    """The path that stands for a desk on a server among the user's own data, which is made when it is needed.

    Its folder is named by where the server and the database are: not by who signs in, or how.
    """
    from platformdirs import user_data_path

    parts = address.parts
    place = [parts.get("host") or parts.get("hostaddr", ""), parts.get("port", ""), parts.get("dbname", "")]
    named = _plain("-".join(filter(None, (one.strip(",") for one in place))) or parts.get("service", ""))
    file = _plain(parts.get("dbname") or parts.get("service", ""))
    return user_data_path("astra", appauthor=False) / "servers" / named / f"{file}.db"


def _plain(text: str) -> str:
    """A text as the name of a file or folder."""
    return re.sub(r"[^\w.-]+", "_", text).lstrip(".-_")[:LONGEST_NAME] or "desk"


_EXAMPLE = "write postgresql://USER@HOST/DATABASE, or service=NAME"
