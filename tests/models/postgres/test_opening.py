"""Opening a desk on a server, and what cannot be opened: each with its code, and in one line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dispatch.bootstrap import open_desk
from models.engine import SCHEMA_VERSION
from models.errors import DatabaseUnavailable
from models.postgres import address as addresses
from tests.server import GUARDED, SUPERUSER, Server, database_of

SECRET = "hunter2-of-kim"


def refused(where: str, *, create: bool = False) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as caught:
        open_desk(where, create=create).close()
    error = caught.value
    assert error.hint
    assert "\n" not in f"{error}{error.hint}"
    assert SECRET not in f"{error}{error.hint}"
    return error


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The name of a database with nothing in it."""
    name = server.new_database()
    yield name
    server.drop_database(name)


def test_an_empty_database_becomes_a_desk_only_where_one_is_wanted(server: Server, empty: str) -> None:
    assert refused(server.url(empty)).code == "no_database"
    made = open_desk(server.url(empty), create=True)
    assert made.is_new
    made.close()
    again = open_desk(server.url(empty), create=True)
    assert not again.is_new
    again.close()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("postgresql://astra_owner@127.0.0.1:1/desk", "unreachable"),
        ("postgresql://astra_owner@/nothing-here?host=SOCKETS", "no_database"),
        ("postgresql://stranger@/postgres?host=SOCKETS", "no_database"),
        ("postgresql://astra_owner@/?host=SOCKETS", "bad_address"),
        ("postgresql://astra_owner@/desk?hots=SOCKETS", "bad_address"),
        (f"postgresql://astra_owner:{SECRET}@/?host=SOCKETS", "bad_address"),
        (f"postgresql://{GUARDED}:{SECRET}@/postgres?host=SOCKETS", "no_access"),
        (f"postgresql://{GUARDED}@/postgres?host=SOCKETS&password={SECRET}", "no_access"),
        ("service=none-of-this-name", "bad_address"),
    ],
)
def test_an_address_that_leads_nowhere(server: Server, address: str, code: str) -> None:
    assert refused(address.replace("SOCKETS", str(server.folder)), create=True).code == code


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://kim:PW@host/desk", "postgresql://kim@host/desk"),
        ("postgresql://kim:p@w:x@host/desk", "postgresql://kim@host/desk"),
        ("postgresql://host/desk?user=kim&password=PW", "postgresql://host/desk?user=kim&password=..."),
        ("postgresql://host/desk?sslpassword=PW&sslmode=require", "postgresql://host/desk?sslpassword=...&sslmode=require"),
        ("service=desk password='P W'", "service=desk password=..."),
        ("postgresql://kim@host/desk", "postgresql://kim@host/desk"),
    ],
)  # fmt: skip
def test_a_password_is_never_shown(given: str, shown: str) -> None:
    assert addresses.shown(given) == shown


def test_another_programs_database_is_left_alone(server: Server, empty: str) -> None:
    server.execute("CREATE TABLE notes (text TEXT)", empty)
    for create in (False, True):
        assert refused(server.url(empty), create=create).code == "foreign_database"
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert server.execute(tables, empty) == [(1,)]


def test_a_database_in_another_encoding_is_refused(server: Server) -> None:
    server.execute("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII'")
    assert refused(server.url("ascii"), create=True).code == "encoding"
    server.drop_database("ascii")


def test_a_newer_desk_is_refused(server: Server, address: str) -> None:
    desk = open_desk(address)
    server.execute(f"UPDATE desk_lock SET schema_version = {SCHEMA_VERSION + 1}", database_of(address))
    assert refused(address).code == "newer_database"
    with pytest.raises(DatabaseUnavailable, match="newer Astra"), desk.transaction():
        pass  # one that is open takes no more commands, either
    desk.close()


def test_a_role_without_rights(server: Server, address: str) -> None:
    server.execute("CREATE ROLE nobody_special LOGIN")
    assert refused(address.replace(SUPERUSER, "nobody_special")).code == "no_access"


def test_a_server_that_only_takes_reads(server: Server, address: str) -> None:
    reading = open_desk(f"{address}&options=-c%20default_transaction_read_only%3Don")
    with reading.reading():
        assert reading.settings["policy"] == "rank"
    with pytest.raises(DatabaseUnavailable) as caught, reading.transaction():
        pass
    assert caught.value.code == "read_only"
    reading.close()
