"""``astra demo``, ``astra import``, and the way into the application."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from astra_tui import main as entry
from tests.astra_tui.conftest import Run
from tests.by_hand import rows_of

AGENTS_CSV = """AgentID,FirstName,LastName,Email,JobTitle,DepartmentName,ManagerName,SpaceLicenseNumber,\
YearsOfService,AverageCustomerServiceRating
1,Ada,Byron,ada@example.com,Space Travel Agent,Premium Bookings,Kay,L-1,12,4.5
2,Bob,Low,bob@example.com,Boss,Premium Bookings,Kay,L-2,3,4.1
"""


class Screen:
    """A fake application that remembers its arguments."""

    opened: list[dict[str, Any]] = []  # noqa: RUF012
    return_code = 0

    def __init__(self, **given: Any) -> None:
        self.opened.append(given)

    def run(self) -> None:
        pass


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.setattr("astra_tui.app.AstraApp", Screen)
    monkeypatch.setattr(entry, "has_terminal", lambda: True)
    Screen.opened.clear()
    return Screen.opened


def test_a_demo_desk_in_a_file(anywhere: Run, tmp_path: Path) -> None:
    file = tmp_path / "demo.db"
    size = ("--agents", 5, "--bookings", 20)
    made = anywhere("demo", "--db", file, "--no-open", *size, "--json").json
    assert (made["database"], made["agents"], made["bookings"]) == (str(file), 5, 20)
    assert len(anywhere("issue", "list", "--db", file, "--all", "--json").json) == made["issues"]
    assert len(anywhere("agent", "list", "--db", file, "--json").json) == 5
    assert anywhere("doctor", "--db", file).code == 0


def test_a_temporary_demo_desk_prints_its_path(anywhere: Run) -> None:
    output = anywhere("demo", "--no-open", "--agents", 3, "--bookings", 0).out
    file = Path(output.split(" in ")[1].splitlines()[0])
    assert file.is_file()
    shutil.rmtree(file.parent)


def test_a_desk_in_use_is_not_filled_with_demo_data(booked: Run, path: Path) -> None:
    before = rows_of(path)
    ended = booked("demo", "--db", path, "--no-open", "--json")
    assert ended.code == 1
    assert rows_of(path) == before


@pytest.mark.parametrize(
    "size", [("--agents", 0), ("--agents", "x"), ("--bookings", -1), ("--bookings", 10**9)]
)
def test_a_demo_of_an_absurd_size(anywhere: Run, tmp_path: Path, size: tuple[object, ...]) -> None:
    file = tmp_path / "demo.db"
    assert anywhere("demo", "--db", file, "--no-open", *size).code == 2
    assert not file.exists()


def test_demo_opens_the_application_on_what_it_made(
    anywhere: Run, tmp_path: Path, screen: list[dict[str, Any]]
) -> None:
    file = tmp_path / "demo.db"
    ended = anywhere("demo", "--db", file, "--agents", 2, "--bookings", 0, "--as", "kim")
    assert ended.code == 0
    assert [(given["database"], given["actor"]) for given in screen] == [(file, "kim")]


def test_without_a_command_the_application_opens(
    anywhere: Run, tmp_path: Path, screen: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "xdg_data_home" / "astra" / "astra.db"
    monkeypatch.setenv("ASTRA_ACTOR", "lee")
    assert anywhere().code == 0
    assert [(given["database"], given["actor"]) for given in screen] == [(own, "lee")]
    assert own.is_file()


def test_a_faulty_desk_is_reported_before_the_application_opens(
    anywhere: Run, tmp_path: Path, screen: list[dict[str, Any]]
) -> None:
    assert anywhere("--db", tmp_path).code == 3
    assert screen == []


def test_peewee_is_imported_without_unused_drivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "peewee", raising=False)
    kept = sys.modules.get("peewee")
    entry._import_peewee_alone()
    assert sys.modules["peewee"] is not kept
    assert all(sys.modules.get(name, entry) for name in entry.UNUSED_DRIVERS)


def test_import_counts_and_quarantines(anywhere: Run, tmp_path: Path) -> None:
    file = tmp_path / "agents.csv"
    file.write_text(AGENTS_CSV)
    database = ("--db", tmp_path / "new.db")
    rehearsed = anywhere("import", file, "--dry-run", *database, "--json")
    assert rehearsed.code == 1, "a row was refused"
    assert not (tmp_path / "new.db").exists()
    ended = anywhere("import", file, *database, "--json", "--ok-partial")
    result = ended.json
    assert ended.code == 0
    assert result == rehearsed.json
    assert (result["agents"], result["assignments"], result["bookings"]) == (1, 0, 0)
    assert result["quarantined"][0]["row"] == 2
    assert "Boss" in result["quarantined"][0]["reason"]
    output = anywhere("import", file, *database).out
    assert output.startswith("0 agents, 0 assignments, 0 bookings; 1 row rejected\n")


def test_an_interrupted_import_is_continued_and_undone(
    anywhere: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, database = tmp_path / "agents.csv", ("--db", tmp_path / "new.db")
    file.write_text(AGENTS_CSV)
    with monkeypatch.context() as patch:
        patch.setattr("seeds.bulk_writer._write_rows", lambda *_: sys.exit(7))
        with pytest.raises(SystemExit):
            anywhere("import", file, *database)
    checks = {row["check"]: row for row in anywhere("doctor", *database, "--json").json["checks"]}
    assert checks["imports"]["hint"].endswith("astra undo 1 undoes it")
    output = anywhere("import", file, *database).out
    assert output.startswith("Continued the import that was interrupted (event 1)\n1 agent, ")
    anywhere("agent", "set", 1, "--capacity", 5, *database)
    assert anywhere("undo", 1, *database).out == (
        "Undone: the import (event 1)\n1 agent with work or changes since stays: 1\n"
    )
    refused = anywhere("redo", *database, "--json").error
    assert (refused["code"], "new ids" in refused["hint"]) == ("not_undoable", True)
    log = anywhere("log", *database, "--json").json
    assert [row["command"] for row in log] == [
        "undo",
        "import.rows_back",
        "agent.set",
        "import.rows",
        "import",
    ]


def test_changed_rows_are_listed_updated_and_taken_back(anywhere: Run, tmp_path: Path) -> None:
    file, database = tmp_path / "agents.csv", ("--db", tmp_path / "new.db")
    file.write_text(AGENTS_CSV.replace("Boss", "Space Travel Agent"))
    anywhere("import", file, *database)
    file.write_text(file.read_text().replace("L-1,12,4.5", "L-1,13,4.6"))
    listed = anywhere("import", file, *database)
    assert listed.code == 1
    assert listed.out == (
        "0 agents, 0 assignments, 0 bookings; 0 rows rejected\n"
        "1 row unchanged\n"
        "1 row changed in the files; --update applies it\n"
        "  agents.csv, row 1: agent 1: years of service 12 here, 13 in the file; "
        "rating 4.50 here, 4.60 in the file\n"
    )
    assert anywhere("import", file, *database, "--ok-partial").code == 0
    rehearsed = anywhere("import", file, *database, "--update", "--dry-run", "--json")
    assert (rehearsed.code, rehearsed.json["updated"]["agents"]) == (0, 0)
    updated = anywhere("import", file, *database, "--update")
    assert (updated.code, updated.out.splitlines()[1:]) == (0, ["1 row unchanged", "1 row updated"])
    assert anywhere("import", file, *database, "--update", "--json").json["unchanged"]["agents"] == 2
    assert anywhere("agent", "show", 1, *database, "--json").json["years_of_service"] == 13
    assert anywhere("undo", *database).out == "Undone: the import (event 3)\n"
    anywhere("agent", "set", 1, "--years", 20, *database)
    conflict = anywhere("import", file, *database, "--update", "--json")
    assert conflict.code == 1
    assert conflict.json["conflicts"][0]["changes"]["years_of_service"] == [20, 13]


def test_an_import_that_cannot_be_read_makes_no_desk(anywhere: Run, tmp_path: Path) -> None:
    ended = anywhere("import", tmp_path / "none.csv", "--db", tmp_path / "new.db", "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_file")
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("content", [b"", b"\0\1\2\3", b"colour,shape\nred,round\n"])
def test_a_file_of_another_kind(astra: Run, path: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "agents.csv"
    file.write_bytes(content)
    before = rows_of(path)
    assert astra("import", file).code == 2
    assert rows_of(path) == before


def test_the_published_walkthrough(anywhere: Run, tmp_path: Path, challenge_data: Path) -> None:
    database = ("--db", tmp_path / "desk.db")
    files = [file for file in challenge_data.iterdir() if file.name.endswith(".sql.txt")]
    result = anywhere("import", *files, *database, "--json").json
    assert (result["agents"], result["assignments"], result["bookings"]) == (30, 450, 412)
    ranks = [(row["agent_id"], row["rank"]) for row in anywhere("agent", "list", *database, "--json").json]
    assert ranks[:6] == [(6, 1), (3, 2), (27, 2), (24, 4), (1, 5), (16, 5)]
    kate = ("--name", "Kate Nguyen", "--method", "Text", "--source", "Organic", "--destination", "Mars")
    lead = anywhere(
        "lead", "add", *kate, "--launch", "Dallas-Fort Worth Launch Complex", *database, "--json"
    ).json
    assert (lead["agent_id"], lead["assignment_id"]) == (6, 451)
