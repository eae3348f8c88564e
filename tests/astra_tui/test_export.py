"""``astra export``: as a process, and what it refuses; ``astra import`` of the folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dispatch.outputs import workbooks
from tests.astra_tui.conftest import LEAD, Run

ROOT = Path(__file__).resolve().parents[2]
TABLES = ["values", "agents", "customers", "leads", "decisions", "assignments", "bookings"]
LISTINGS = (
    ("agent", "list"),
    ("booking", "list"),
    ("assignment", "list"),
    ("lead", "list"),
    ("customer", "list"),
)


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "astra_tui.main", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


FORMULAS = ("=1+1", "+49 711", "-x", "@x", "'=Zoe", '=HYPERLINK("http://example.com")')


@pytest.mark.parametrize("name", ["out", "out.xlsx"])
def test_what_looks_like_a_formula_moves_as_text(booked: Run, tmp_path: Path, name: str) -> None:
    for text in FORMULAS:
        assert booked("lead", "add", "--name", text, "--requests", f"{text}\n\t=2", *LEAD[2:]).code == 0
    assert process("export", tmp_path / name).returncode == 0
    other = ("--db", tmp_path / "other.db")
    assert process("import", tmp_path / name, *other).returncode == 0
    for listing in LISTINGS:
        assert booked(*listing, "--json", *other).json == booked(*listing, "--json").json
    assert {row["customer_name"] for row in booked("lead", "list", "--json", *other).json} > set(FORMULAS)


def test_a_workbook_has_every_table(booked: Run, tmp_path: Path) -> None:
    book = tmp_path / "desk.xlsx"
    ended = process("export", book)
    assert (ended.returncode, ended.stderr) == (0, "")
    said = ended.stdout.splitlines()
    assert said[:2] == ["values: 27 rows", "agents: 2 rows"]
    assert said[-1] == f"in {book}"
    again = booked("export", book, "--what", "leads", "--json")
    assert (again.code, again.error["code"]) == (1, "exists")
    files = booked("export", book, "--what", "leads", "--force", "--json").json["files"]
    assert files == [{"table": "leads", "file": "desk.xlsx", "rows": 1, "imported": True, "cut": 0}]


def test_what_a_sheet_cannot_hold_is_said(
    booked: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_CHARACTERS", 12)
    ended = booked("export", tmp_path / "desk.xlsx", "--what", "events")
    assert ended.code == 0
    assert "cut to the" in ended.err
    assert booked("export", tmp_path / "all.xlsx", "--what", "decisions").code == 2


def test_a_desk_moves_by_two_commands(booked: Run, tmp_path: Path) -> None:
    assert booked("lead", "add", "--name", "'=Zoe", "--phone", "+49 711 1234", *LEAD[2:]).code == 0
    assert booked("booking", "claim", 1, "--agent", 2).code == 0
    ended = process("export", tmp_path / "out")
    assert (ended.returncode, ended.stderr) == (0, "")
    said = ended.stdout.splitlines()
    assert said[:3] == ["values.csv: 27 rows", "agents.csv: 2 rows", "customers.csv: 2 rows"]
    assert "events.csv: 5 rows, not imported" in said
    assert said[-1] == f"in {tmp_path}/out"
    other = ("--db", tmp_path / "other.db")
    assert process("import", tmp_path / "out", *other).returncode == 0
    for listing in LISTINGS:
        assert booked(*listing, "--json", *other).json == booked(*listing, "--json").json


def test_scripts_read_what_was_written(booked: Run, tmp_path: Path) -> None:
    files: list[dict[str, Any]] = booked("export", tmp_path / "out", "--json").json["files"]
    assert [file["table"] for file in files if file["imported"]] == TABLES
    assert files[1] == {"table": "agents", "file": "agents.csv", "rows": 2, "imported": True, "cut": 0}


def test_a_folder_in_use_is_refused_without_force(booked: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert booked("export", folder, "--what", "agents").code == 0
    ended = booked("export", folder, "--what", "leads", "--json")
    assert (ended.code, ended.error["code"]) == (1, "exists")
    assert booked("export", folder, "--what", "leads", "--force").code == 0
    assert [file.name for file in folder.iterdir()] == ["leads.csv"]


@pytest.mark.parametrize(("what", "code"), [("lead", 2), ("agents,", 0), (" ", 0)])
def test_tables_are_named_in_a_list(booked: Run, tmp_path: Path, what: str, code: int) -> None:
    ended = booked("export", tmp_path / "out", "--what", what, "--json")
    assert ended.code == code
    assert code == 0 or "did you mean leads?" in ended.error["hint"]


def test_what_is_only_read_is_not_imported(booked: Run, tmp_path: Path) -> None:
    assert booked("export", tmp_path / "out").code == 0
    ended = booked("import", tmp_path / "out" / "events.csv", "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_file")


def test_a_listing_of_agents_brings_their_presence_and_skills(booked: Run, tmp_path: Path) -> None:
    booked("agent", "set", 1, "--skills", "Mars,Venus", "--capacity", 3, "--languages", "de,en")
    booked("agent", "presence", 2, "break", "--reason", "tea")
    file = tmp_path / "agents.json"
    file.write_text(booked("agent", "list", "--json").out)
    other = ("--db", tmp_path / "other.db")
    assert booked("import", file, *other).code == 0
    moved = {row["agent_id"]: row for row in booked("agent", "list", "--json", *other).json}
    assert (moved[1]["skills"], moved[1]["capacity"]) == (["Mars", "Venus"], 3)
    assert (moved[2]["presence"], moved[2]["presence_reason"]) == ("break", "tea")
