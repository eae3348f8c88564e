"""Opening a desk, whichever engine keeps it: the one module that knows them all."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from models.engine import Engine, Place
from models.errors import DatabaseUnavailable
from models.postgres import address as server_address
from models.postgres import is_address
from models.sqlite import opening as sqlite
from models.sqlite.desk_file import DeskFile


def connect(address: str | Path, *, create: bool) -> tuple[Engine, int]:
    """Open a desk; returns it with its schema version (0: empty). Raises DatabaseUnavailable."""
    if is_address(address):
        opened: tuple[Engine, int] = _server().connect(str(address), create=create)
        return opened
    return sqlite.connect(Path(address), create=create)


def absolute(address: str | Path) -> str | Path:
    """Return what names the same desk from any folder."""
    return address if is_address(address) else Path(address).absolute()


def shown(address: str | Path) -> str:
    """Return what people and files may have of an address: a path, or a URL without its password."""
    return server_address.shown(str(address)) if is_address(address) else str(address)


def has_password(address: str | Path) -> bool:
    """Return whether an address has a password in it."""
    return shown(address) != str(address)


def name_of(address: str | Path) -> str:
    """Return the desk's short name, for where there is little room."""
    return server_address.name(str(address)) if is_address(address) else Path(address).name


def home_of(address: str | Path) -> Path:
    """Return the path that a desk's backups take their names from: its file, if it is one."""
    if is_address(address):
        return server_address.home(server_address.parse(str(address)))
    return Path(address)


def is_there(address: str | Path) -> bool:
    """Return whether there may be a desk; to be sure, open it."""
    if is_address(address):
        return True
    return Path(address).exists()


def open_read_only(address: str | Path) -> Engine:
    """Open an existing desk without creating, migrating or writing anything. Raises DatabaseUnavailable."""
    if is_address(address):
        found: Engine = _server().open_read_only(str(address))
        return found
    return sqlite.open_read_only(Path(address))


def place_of(address: str | Path) -> Place:
    """Return what notices that something else has a desk's place."""
    if is_address(address):
        return FixedPlace()
    return DeskFile(Path(address))


class FixedPlace:
    """The place of a database on a server, which nothing else takes while a connection is open."""

    def identity(self) -> object:
        return None

    def take(self) -> None:
        """There is nothing to take."""

    def replaced(self) -> str:
        return ""

    def set_log_aside(self) -> None:
        """There is no log beside it."""


def _server() -> ModuleType:
    """The engine for servers, whose driver is an extra. Raises DatabaseUnavailable without it."""
    try:
        from models.postgres import opening
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("psycopg"):
            raise
        raise DatabaseUnavailable(
            "no_driver",
            "a desk on a PostgreSQL server needs the driver psycopg",
            'install it: pip install "astra-tui[postgres]"',
        ) from error
    return opening
