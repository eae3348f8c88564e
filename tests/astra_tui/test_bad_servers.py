"""Servers and addresses that have no desk for us: each with its code, in one line, and nothing written."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from models.engine import SCHEMA_VERSION
from models.postgres import connection
from tests.astra_tui.conftest import LEAD, Ended, Run
from tests.by_hand import ask, rows_of
from tests.conftest import server_or_skip
from tests.server import GUARDED, NOBODY, SUPERUSER, Server, database_of

SECRET = "hunter2-of-kim"
LISTING = ("agent", "list")
COMMAND = ("lead", "add", *LEAD)
FULL = {"max_connections": "8", "superuser_reserved_connections": "1"}
READING = "SELECT pg_is_in_recovery()"


class Case(NamedTuple):
    """An address, what the server is told before, the command, and the code of its refusal.

    {AT} is the server, {DESK} a database with a desk, {EMPTY} one with nothing, {ROLE} a role of its own.
    """

    code: str
    address: str
    before: str = ""
    command: tuple[str, ...] = LISTING


CASES = {
    "no name at all": Case("bad_address", "postgresql://"),
    "no database": Case("bad_address", "postgresql://astra_owner@/?host={AT}"),
    "an unknown option": Case("bad_address", "postgresql://astra_owner@/{DESK}?hots={AT}"),
    "an unknown service": Case("bad_address", "service=none-of-this-name"),
    "another kind of server": Case("unsupported_database", "mysql://kim@host/desk"),
    "a wrong port": Case("unreachable", "postgresql://astra_owner@/{DESK}?host={AT}&port=1"),
    "no server there": Case("unreachable", "postgresql://astra_owner@127.0.0.1:1/desk"),
    "an unknown database": Case("no_database", "postgresql://astra_owner@/nothing-here?host={AT}"),
    "an unknown role": Case("no_database", "postgresql://stranger@/{DESK}?host={AT}"),
    "a database with nothing in it": Case("no_database", "postgresql://astra_owner@/{EMPTY}?host={AT}"),
    "a wrong password": Case("no_access", f"postgresql://{GUARDED}:{SECRET}@/{{DESK}}?host={{AT}}"),
    "a role that may not sign in": Case(
        "no_access", "postgresql://{ROLE}@/{DESK}?host={AT}", "CREATE ROLE {ROLE}"
    ),
    "no rights at all": Case(
        "no_access", "postgresql://{ROLE}@/{DESK}?host={AT}", "CREATE ROLE {ROLE} LOGIN"
    ),
    "rights to read": Case(
        "no_access read_only",
        "postgresql://{ROLE}@/{DESK}?host={AT}",
        "CREATE ROLE {ROLE} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE}",
        COMMAND,
    ),
    "a session that only reads": Case(
        "read_only",
        "postgresql://astra_owner@/{DESK}?host={AT}&options=-c%20default_transaction_read_only%3Don",
        "",
        COMMAND,
    ),
    "a newer desk": Case(
        "newer_database",
        "postgresql://astra_owner@/{DESK}?host={AT}",
        f"UPDATE desk_lock SET schema_version = {SCHEMA_VERSION + 1}",
        COMMAND,
    ),
    "no connection left for the role": Case(
        "unreachable",
        "postgresql://{ROLE}@/{DESK}?host={AT}",
        "CREATE ROLE {ROLE} LOGIN CONNECTION LIMIT 0",
    ),
    "no pg_trgm, and no right to make it": Case(
        "no_pg_trgm",
        "postgresql://{ROLE}@/{EMPTY}?host={AT}",
        "CREATE ROLE {ROLE} LOGIN; GRANT CREATE ON SCHEMA public TO {ROLE}",
        ("new",),
    ),
    "no right to make tables": Case(
        "no_access",
        "postgresql://{ROLE}@/{EMPTY}?host={AT}",
        "CREATE ROLE {ROLE} LOGIN; CREATE EXTENSION pg_trgm; REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        ("new",),
    ),
    "another program's database": Case(
        "foreign_database",
        "postgresql://astra_owner@/{EMPTY}?host={AT}",
        "CREATE TABLE notes (text TEXT)",
        ("new",),
    ),
    "a database of another encoding": Case(
        "encoding", "postgresql://astra_owner@/{ASCII}?host={AT}", "", ("new",)
    ),
}


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The address of a database with nothing in it."""
    name = server.new_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(scope="module")
def ascii_database(server: Server) -> Iterator[str]:
    server.execute("CREATE DATABASE of_bytes TEMPLATE template0 ENCODING 'SQL_ASCII'")
    yield "of_bytes"
    server.drop_database("of_bytes")


def refused(ended: Ended, *codes: str) -> None:
    assert ended.code == 3
    assert ended.error["code"] in codes
    assert ended.error["hint"]
    said = f"{ended.error['message']}{ended.error['hint']}"
    assert "\n" not in said
    assert SECRET not in ended.out + ended.err


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_no_desk_can_be_had_from(
    anywhere: Run, server: Server, address: str, empty: str, ascii_database: str, case: Case
) -> None:
    names = {"AT": server.folder, "DESK": database_of(address), "EMPTY": database_of(empty)}
    names |= {"ROLE": f"role_of_{database_of(empty)}", "ASCII": ascii_database}
    if case.before:
        ask(empty if "{EMPTY}" in case.address else address, case.before.format(**names))
    before = rows_of(address), rows_of(empty)
    where = case.address.format(**names)
    given = (*case.command, where) if case.command == ("new",) else (*case.command, "--db", where)
    refused(anywhere(*given, "--json"), *case.code.split())
    assert (rows_of(address), rows_of(empty)) == before


def test_a_role_that_may_read_lists(anywhere: Run, server: Server, address: str) -> None:
    role = f"reader_of_{database_of(address)}"
    ask(address, f"CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    ended = anywhere(*LISTING, "--db", server.url(database_of(address), role), "--json")
    assert (ended.code, ended.json) == (0, [])


def test_who_holds_the_lock_for_long_is_told_of(
    anywhere: Run, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.SETTINGS, "lock_timeout", "50ms")
    with psycopg.connect(address) as holder:
        holder.execute("UPDATE desk_lock SET changes = changes + 1")
        assert anywhere(*LISTING, "--db", address).code == 0, "readers do not wait"
        refused(anywhere(*COMMAND, "--db", address, "--json"), "locked")
        holder.rollback()
    assert ask(address, "SELECT count(*) FROM events") == [(0,)]
    assert anywhere(*COMMAND, "--db", address).code == 0


@pytest.fixture(scope="module")
def small_server() -> Iterator[Server]:
    """A server with few connections, which may become a standby."""
    with server_or_skip(FULL) as server:
        yield server


@pytest.fixture
def on_small_server(small_server: Server, anywhere: Run) -> Iterator[str]:
    name = small_server.new_database()
    assert anywhere("new", small_server.url(name)).code == 0
    yield small_server.url(name)
    small_server.drop_database(name)


def test_a_server_without_a_connection_left(
    small_server: Server, on_small_server: str, anywhere: Run
) -> None:
    small_server.execute("CREATE ROLE visitor LOGIN")
    visitor = on_small_server.replace("astra_owner", "visitor")
    with ExitStack() as opened:
        with suppress(psycopg.OperationalError):
            while True:
                opened.enter_context(psycopg.connect(visitor))
        refused(anywhere(*LISTING, "--db", visitor, "--json"), "unreachable")


def test_a_standby_is_read_and_takes_no_command(
    small_server: Server, on_small_server: str, anywhere: Run
) -> None:
    at = ("--db", on_small_server)
    assert anywhere(*COMMAND, *at).code == 0
    signal = small_server.folder / "data" / "standby.signal"
    small_server.stop()
    signal.touch()
    small_server.start()
    try:
        assert ask(on_small_server, READING) == [(True,)]
        assert "Kate Nguyen" in anywhere("booking", "list", *at).out
        refused(anywhere(*COMMAND, *at, "--json"), "read_only")
        report = anywhere("doctor", *at, "--json").json
        assert [row["check"] for row in report["checks"] if not (row["ok"] or row["warning"])] == ["writable"]
    finally:
        small_server.stop()
        signal.unlink()
        small_server.start()
    assert ask(on_small_server, "SELECT count(*) FROM bookings") == [(1,)]


@pytest.fixture
def small_disk(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Callable[[], str]]:
    """A disk of 24 MB for a server's databases; the test is skipped where it cannot be mounted."""
    folder = server.folder / "small"
    folder.mkdir(mode=0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size=24m,uid={NOBODY},mode=700", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only the superuser can mount a small disk")
    server.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
    yield lambda: "small"
    server.execute("DROP TABLESPACE small")
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_of_the_server_is_called_full(
    server: Server, small_disk: Callable[[], str], anywhere: Run
) -> None:
    name = server.new_database()
    server.execute(f"ALTER DATABASE {name} SET TABLESPACE {small_disk()}")
    at = ("--db", server.url(name))
    try:
        assert anywhere("new", server.url(name)).code == 0
        server.execute("CREATE TABLE filling (text TEXT)", name)
        with suppress(psycopg.errors.DiskFull):
            while True:
                server.execute(
                    "INSERT INTO filling SELECT repeat('x', 1000) FROM generate_series(1, 100)", name
                )
        ended = anywhere(*COMMAND, *at, "--json")
        while ended.code == 0:
            ended = anywhere(*COMMAND, *at, "--json")
        refused(ended, "disk")
        assert anywhere(*LISTING, *at).code == 0
        server.execute("DROP TABLE filling", name)
        assert anywhere(*COMMAND, *at).code == 0
        assert anywhere("doctor", *at, "--json").json["ok"]
    finally:
        server.drop_database(name)


def test_a_password_is_in_no_log_and_no_row(
    anywhere: Run, server: Server, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in an event, and not in the log of failures either, which has the error as it was."""
    name = database_of(address)
    server.execute(f"GRANT {SUPERUSER} TO {GUARDED}")
    right = f"postgresql://{GUARDED}:right@/{name}?host={server.folder}"
    wrong = right.replace(":right@", f":{SECRET}@")
    assert anywhere(*COMMAND, "--db", right).code == 0
    refused(anywhere(*COMMAND, "--db", wrong, "--json"), "no_access")
    monkeypatch.setattr("dispatch.leads.intake.receive", lambda *_given, **_named: 1 / 0)
    assert "internal error" in anywhere(*COMMAND, "--db", right).err
    written = [file.read_text(errors="replace") for file in tmp_path.rglob("*") if file.is_file()]
    assert any("ZeroDivisionError" in text for text in written)
    for text in (*written, str(rows_of(address))):
        assert ":right@" not in text
        assert SECRET not in text
    server.execute(f"REVOKE {SUPERUSER} FROM {GUARDED}")
