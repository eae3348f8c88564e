"""The commands on a desk in a database of a server."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from astra_tui.cli.database import warn_of_password
from models.engine import SCHEMA_VERSION
from tests.astra_tui.conftest import LEAD, Run, lines_of
from tests.server import GUARDED, Server, database_of

ROOT = Path(__file__).parents[2]
PASSWORD = "right"
TAKE_ON = (
    *("agent", "add", "--first-name", "Grace", "--last-name", "Hopper"),
    *("--department", "Premium Bookings", "--job-title", "Space Travel Agent"),
)
WITHOUT_DRIVER = (
    "import sys; sys.modules['psycopg'] = None; from astra_tui.main import main; sys.exit(main())"
)


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The address of a database with nothing in it."""
    name = server.new_database()
    yield server.url(name)
    server.drop_database(name)


def process(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "astra_tui.main"]
    return subprocess.run(
        [sys.executable, *start, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TZ": "UTC"},
        capture_output=True,
        text=True,
        check=False,
    )


def answer(*arguments: str) -> Any:
    ended = process(*arguments, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_the_published_walkthrough_by_processes(empty: str, challenge_data: Path) -> None:
    """docs/rules.md, Published walkthrough: a database that was empty, and each command a process."""
    at = ("--db", empty)
    files = [str(file) for file in sorted(challenge_data.glob("*.sql.txt"))]
    answer(*at, "import", *files)
    kate = answer(*at, "lead", "add", *LEAD)
    john = answer(
        *at, "lead", "add", "--name", "John Doe", "--method", "Phone Call", "--source", "Bought",
        "--destination", "Europa", "--launch", "Sydney Stellar Port",
    )  # fmt: skip
    assert (kate["agent_id"], kate["assignment_id"], kate["booking_id"]) == (6, 451, 413)
    assert (john["agent_id"], john["assignment_id"], john["booking_id"]) == (3, 452, 414)
    ranks = {row["agent_id"]: row["rank"] for row in answer(*at, "agent", "list")}
    after = {27: 1, 24: 2, 1: 3, 16: 3, 19: 5, 3: 17}
    assert {agent_id: ranks[agent_id] for agent_id in after} == after
    answer(*at, "booking", "cancel", "414", "--reason", "changed his mind")
    ranks = {row["agent_id"]: row["rank"] for row in answer(*at, "agent", "list")}
    after = {3: 1, 27: 1, 24: 3, 1: 4, 16: 4}
    assert {agent_id: ranks[agent_id] for agent_id in after} == after
    assert answer(*at, "doctor")["ok"]


def test_a_password_in_the_address_is_warned_of_and_shown_nowhere(
    server: Server, address: str, anywhere: Run
) -> None:
    name = database_of(address)
    server.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {GUARDED}", name)
    guarded = f"postgresql://{GUARDED}:{PASSWORD}@/{name}?host={server.folder}"
    for command in (TAKE_ON, ("doctor",), ("log",), ("backup",), ("new", guarded), ("sweep",)):
        ended = anywhere(*command, "--db", guarded) if command[0] != "new" else anywhere(*command)
        said = ended.out + ended.err
        warn_of_password.cache_clear()  # each of them is a process of its own
        assert f":{PASSWORD}@" not in said, command
        assert said.count("PGPASSFILE") == 1, command


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("mysql://kim@host/desk", "unsupported_database"),
        ("postgresql://astra_owner@127.0.0.1:1/desk", "unreachable"),
        ("postgresql://astra_owner@/nothing-here?host=SOCKETS", "no_database"),
        ("postgresql://astra_owner@/?host=SOCKETS", "bad_address"),
        ("service=none-of-this-name", "bad_address"),
    ],
)
def test_an_address_that_leads_nowhere(anywhere: Run, server: Server, wrong: str, code: str) -> None:
    ended = anywhere("agent", "list", "--json", "--db", wrong.replace("SOCKETS", str(server.folder)))
    assert (ended.code, ended.error["code"]) == (3, code)
    assert ended.error["hint"]
    assert "\n" not in ended.error["message"]


def test_without_the_driver_the_extra_is_named() -> None:
    ended = process("--db", "postgresql://kim@host/desk", "agent", "list", code=WITHOUT_DRIVER)
    assert ended.returncode == 3
    assert "astra-tui[postgres]" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_desk_in_a_file_loads_no_driver(tmp_path: Path) -> None:
    loaded = "from astra_tui.main import main; main(); import sys; print(*sys.modules, file=sys.stderr)"
    desk = str(tmp_path / "desk.db")
    assert process("new", desk).returncode == 0
    ended = process("--db", desk, "agent", "list", code=loaded)
    assert "models.sqlite.engine" in ended.stderr
    assert "psycopg" not in ended.stderr


@pytest.mark.parametrize("needle", ["%", "_", "\\", "100%_\\'", "👩‍🚀", "a\u0000b", "9" * 20])
def test_what_is_sought_is_sought_as_typed(anywhere: Run, address: str, needle: str) -> None:
    at = ("--db", address)
    for name in ("Kate Nguyen", "Nobody Else"):
        assert anywhere("lead", "add", *LEAD[2:], "--name", name, *at).code == 0
    if "\0" not in needle:
        assert anywhere("lead", "add", *LEAD[2:], "--name", f"Ann {needle} Lee", *at).code in (0, 2)
    for listing in (
        ("booking", "list", "--text", needle),
        ("customer", "find", needle),
        ("log", "--text", needle),
    ):
        ended = anywhere(*listing, *at, "--json")
        assert ended.code in (0, 2), ended.out + ended.err
        assert "Nobody" not in ended.out


@pytest.mark.parametrize("number", ["0", "9" * 20, "-1"])
def test_numbers_that_no_row_has(anywhere: Run, address: str, number: str) -> None:
    for command in (
        ("booking", "show"),
        ("agent", "show"),
        ("issue", "show"),
        ("why",),
        ("customer", "export"),
    ):
        ended = anywhere(*command, "--db", address, "--json", "--", number)
        assert ended.code in (1, 2), ended.out + ended.err


def test_a_desk_moves_to_a_file_and_back(anywhere: Run, address: str, empty: str, tmp_path: Path) -> None:
    """In one command each; a backup of a server is a file, which either place goes back to."""
    at = ("--db", address)
    assert anywhere(*TAKE_ON, *at).code == 0
    saved = anywhere("backup", *at, "--json").json["file"]
    assert anywhere("lead", "add", *LEAD, *at).code == 0
    there = anywhere("copy", address, tmp_path / "desk.db", "--json").json
    assert anywhere("copy", tmp_path / "desk.db", empty, "--json").json["digest"] == there["digest"]
    for place in (tmp_path / "desk.db", empty):
        assert anywhere("verify", "--db", place).code == 0
        assert anywhere("restore", saved, "--db", place, "--dry-run", "--json").json["lost"]["bookings"] == 1
        assert anywhere("restore", saved, "--db", place).code == 0
        assert anywhere("booking", "list", "--db", place, "--json").json == []
    refused = anywhere("copy", empty, address, "--json")
    assert (refused.code, refused.error["code"]) == (1, "not_empty")


@pytest.mark.parametrize(("step", "code"), [(1, "newer_database"), (-1, "older_database")])
def test_a_desk_of_another_release_is_not_copied(
    anywhere: Run, server: Server, address: str, tmp_path: Path, step: int, code: str
) -> None:
    """Not an older one, either: it is updated by being opened, not by being copied."""
    assert anywhere("copy", address, tmp_path / "desk.db").code == 0
    version = SCHEMA_VERSION + step
    server.execute(f"UPDATE desk_lock SET schema_version = {version}", database_of(address))
    with closing(sqlite3.connect(tmp_path / "desk.db")) as file:
        file.execute(f"PRAGMA user_version = {version}")
    for place in (address, tmp_path / "desk.db"):
        ended = anywhere("copy", place, tmp_path / "new.db", "--json")
        assert (ended.code, ended.error["code"]) == (3, code)
    assert not (tmp_path / "new.db").exists()


def test_events_are_followed(address: str, started: Callable[..., Any], anywhere: Run) -> None:
    following = started("log", "--follow", "--json", "--db", address, "--after", "0")
    assert anywhere(*TAKE_ON, "--db", address).code == 0
    (event,) = lines_of(following, 1)
    assert event["command"] == "agent.add"
    assert anywhere("lead", "add", *LEAD, "--db", address).code == 0
    (event,) = lines_of(following, 1)
    assert event["command"] == "lead.add"


def test_export_and_import_make_the_same_desk(
    anywhere: Run, address: str, empty: str, tmp_path: Path
) -> None:
    assert anywhere(*TAKE_ON, "--db", address).code == 0
    assert anywhere("lead", "add", *LEAD, "--db", address).code == 0
    assert anywhere("export", tmp_path / "all", "--db", address).code == 0
    assert anywhere("import", tmp_path / "all", "--db", empty).code == 0
    listed = [anywhere("booking", "list", "--db", at, "--json").json for at in (address, empty)]
    assert [[row["customer_name"], row["agent_id"]] for (row,) in listed] == [["Kate Nguyen", 1]] * 2
