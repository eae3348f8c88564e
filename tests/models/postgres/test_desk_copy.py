"""A desk is copied from any engine to any: every row, as of one moment, all or nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from dispatch.bootstrap import open_desk
from dispatch.customers import search
from dispatch.desk.desk import Desk
from dispatch.operations.desk_copy import copy_desk
from dispatch.operations.doctor import examine
from dispatch.people import users
from dispatch.queries.customer_index import prepare
from models.errors import DatabaseUnavailable, DeskError
from models.postgres.content import ServerContent
from models.sqlite.content import SqliteContent
from tests.conftest import TestClock
from tests.mixed_commands import hire, kinds
from tests.server import Server, database_of

ROOT = Path(__file__).parents[3]
FEW = 60


@pytest.fixture
def source(tmp_path: Path, empty_desk_file: Path) -> Iterator[Desk]:
    """A desk in a file, with agents and what came of some commands."""
    with closing(opened(shutil.copy(empty_desk_file, tmp_path / "desk.db"))) as desk:
        hire(desk)
        lead([desk], FEW, seed=1)
        yield desk


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The address of a database with nothing in it."""
    name = server.new_database()
    yield server.url(name)
    server.drop_database(name)


def opened(place: Path | str) -> Desk:
    return open_desk(place, clock=TestClock(), actor="kim", session="one shell")


def clock_of(desk: Desk) -> TestClock:
    assert isinstance(desk._clock, TestClock)
    return desk._clock


def lead(desks: Sequence[Desk], number: int, seed: int) -> None:
    """Run the same random commands on all desks; each has to answer the same."""
    chances = [random.Random(seed) for _ in desks]
    for _ in range(number):
        answers = {answer(desk, chance) for desk, chance in zip(desks, chances, strict=True)}
        assert len(answers) == 1


def answer(desk: Desk, chance: random.Random) -> str:
    clock_of(desk).advance(seconds=chance.randint(1, 900))
    try:
        return json.dumps(chance.choice(kinds(desk, chance))(), default=str)
    except DeskError as error:
        return json.dumps(error.as_json())


def rows_of(desk: Desk) -> dict[str, list[Any]]:
    rows = desk.database.content
    with desk.reading(), desk.database.snapshot():
        return {
            table: [row for batch in rows.read(table, shape) for row in batch]
            for table, shape in rows.tables().items()
        }


def found_by(desk: Desk, text: str) -> list[int]:
    with desk.reading():
        prepare(desk)
        return [row["customer_id"] for row in search.find(text)]


def faults(desk: Desk) -> list[str]:
    with desk.reading():
        return [row["detail"] for row in examine(desk)["checks"] if not row["ok"] and not row["warning"]]


@pytest.mark.parametrize("number", [FEW, pytest.param(500, marks=pytest.mark.stress)])
def test_there_and_back_every_row_is_equal_and_the_copies_go_on_alike(
    source: Desk, empty: str, tmp_path: Path, number: int
) -> None:
    with ExitStack() as stack:
        there = copy_desk(source, empty)
        on_server = stack.enter_context(closing(opened(empty)))
        back = copy_desk(on_server, tmp_path / "back.db")
        again = stack.enter_context(closing(opened(tmp_path / "back.db")))
        assert there["digest"] == back["digest"]
        assert rows_of(source) == rows_of(on_server) == rows_of(again)
        assert sum(map(len, rows_of(again).values())) == there["rows"]
        for desk in (on_server, again):
            clock_of(desk).moment = clock_of(source).moment
            assert faults(desk) == []
        lead([source, on_server, again], number, seed=2)
        led = [rows_of(desk) for desk in (source, on_server, again)]
        for rows in led:
            del rows["event_seals"]  # with salts by chance
            rows["events"] = [row[:-1] for row in rows["events"]]  # without the login, which a server writes
        assert led[0] == led[1] == led[2]
        found = [found_by(desk, "neil") for desk in (source, on_server, again)]
        assert found[0] == found[1] == found[2] != []


def test_what_is_written_meanwhile_is_not_in_the_copy(source: Desk, empty: str) -> None:
    """And it is not lost in the source: a copy keeps nobody from writing."""
    before = rows_of(source)
    with closing(opened(source.database.file)) as other:
        written: list[int] = []

        def write(done: int, _all: int) -> None:
            if not written:
                lead([other], 10, seed=3)
                written.append(done)

        copy_desk(source, empty, progress=write)
    assert written
    assert rows_of(source) != before
    with closing(opened(empty)) as copy:
        assert rows_of(copy) == before


def refused(source: Desk, target: Path | str) -> str:
    with pytest.raises(DeskError) as caught:
        copy_desk(source, target)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value.code


def test_what_cannot_be_copied_into_is_left_as_it_was(
    server: Server, source: Desk, empty: str, address: str, tmp_path: Path
) -> None:
    file, link, text = source.database.file, tmp_path / "link.db", tmp_path / "text.db"
    link.symlink_to(file)
    text.write_text("mine")
    assert [refused(source, place) for place in (file, link, tmp_path / "." / "desk.db")] == [
        "invalid_target"
    ] * 3
    assert refused(source, text) == "not_empty"
    assert refused(source, tmp_path / "nowhere" / "x.db") == "invalid_target"
    assert refused(source, address) == "not_empty"
    with closing(opened(address)) as other:
        spelled = address.replace("?host=", "?application_name=me&host=")
        assert refused(other, spelled) == "invalid_target"
    assert refused(source, f"{empty}&options=-c%20default_transaction_read_only%3Don") == "read_only"
    server.execute("CREATE TABLE notes (text TEXT)", database_of(empty))
    assert refused(source, empty) == "foreign_database"
    assert text.read_text() == "mine"
    assert {one.name for one in tmp_path.glob("*.db")} == {"desk.db", "link.db", "text.db"}


def test_a_dry_run_makes_nothing(server: Server, source: Desk, empty: str, tmp_path: Path) -> None:
    for place in (empty, tmp_path / "new.db"):
        would = copy_desk(source, place, dry_run=True)
        assert (would["dry_run"], would["digest"]) == (True, None)
        assert would["tables"]["space_travel_agents"] == 4
    assert not (tmp_path / "new.db").exists()
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert server.execute(tables, database_of(empty)) == [(0,)]


def test_a_copy_that_differs_is_none(
    server: Server, source: Desk, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that the target changes is found; there is nothing half there."""
    for kind in (ServerContent, SqliteContent):
        as_before = kind.write

        def skip(self: Any, table: str, shape: Any, batches: Any, as_before: Any = as_before) -> None:
            as_before(self, table, shape, (batch[:-1] if table == "bookings" else batch for batch in batches))

        monkeypatch.setattr(kind, "write", skip)
    assert refused(source, empty) == "damaged"
    assert refused(source, tmp_path / "new.db") == "damaged"
    assert [one.name for one in tmp_path.iterdir() if "new.db" in one.name] == []
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert server.execute(tables, database_of(empty)) == [(0,)]


def test_a_text_that_a_server_cannot_hold_is_refused(source: Desk, empty: str) -> None:
    """None comes in by a command; another program may have written it."""
    with source.reading():
        source.database.run("UPDATE customers SET name = name || char(0) WHERE customer_id = 1", ())
    assert refused(source, empty) == "not_copied"


def test_a_server_that_dies_leaves_nothing_half_there(source: Desk, tmp_path: Path) -> None:
    """Copied to it, and from it."""
    with Server() as fragile:
        name = fragile.new_database()
        copy_desk(source, fragile.url(name))
        other = fragile.new_database()

        def die(_done: int, _all: int) -> None:
            if fragile._keeper is not None:
                fragile.kill()

        with closing(opened(fragile.url(name))) as on_server:
            for desk, place in ((source, fragile.url(other)), (on_server, tmp_path / "new.db")):
                with pytest.raises(DatabaseUnavailable) as caught:
                    copy_desk(desk, place, progress=die)
                assert caught.value.code == "unreachable"
                fragile.start()
        assert [one.name for one in tmp_path.iterdir() if "new.db" in one.name] == []
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert fragile.execute(tables, other) == [(0,)]
        with closing(opened(fragile.url(name))) as on_server:
            assert rows_of(on_server) == rows_of(source)


KILLED = """
import os, signal, sys
from dispatch.bootstrap import open_desk
from dispatch.operations.desk_copy import copy_desk
desk = open_desk(sys.argv[1], actor="kim")
copy_desk(desk, sys.argv[2], progress=lambda done, _all: done > 100 and os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_copy_that_is_killed_leaves_no_desk(
    server: Server, source: Desk, empty: str, tmp_path: Path
) -> None:
    """And the next one succeeds."""
    for target in (empty, str(tmp_path / "new.db")):
        command = (sys.executable, "-c", KILLED, source.database.file, target)
        killed = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
        assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "new.db").exists()
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert server.execute(tables, database_of(empty)) == [(0,)]
    assert copy_desk(source, empty)["digest"] == copy_desk(source, tmp_path / "new.db")["digest"]


def test_only_whoever_may_keep_the_desk_copies_it(source: Desk, tmp_path: Path) -> None:
    users.add(source, "anna", "supervisor", None, "anna")
    assert refused(source, tmp_path / "new.db") == "not_signed_in"
    assert not (tmp_path / "new.db").exists()
