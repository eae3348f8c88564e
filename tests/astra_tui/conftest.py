"""The command line in this process: arguments in, exit code and what was printed out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from astra_tui.main import main
from tests.by_hand import rows_of

LEAD = (
    *("--name", "Kate Nguyen", "--method", "Text", "--source", "Organic"),
    *("--destination", "Mars", "--launch", "Dallas-Fort Worth Launch Complex"),
)
ROOT = Path(__file__).parents[2]
PATIENCE_S = 50
COLUMNS = ("name", "method", "source", "destination", "launch", "requests", "phone", "email")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        error: dict[str, str] = json.loads(self.out)["error"]
        return error


Run = Callable[..., Ended]


@pytest.fixture
def anywhere(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``astra`` with these arguments, on whatever desk they name."""

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def astra(anywhere: Run, path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``astra`` on the test's own desk, which is empty."""
    monkeypatch.setenv("ASTRA_DATABASE", str(path))
    monkeypatch.setenv("ASTRA_ACTOR", "kim")
    return anywhere


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def started(path: Path) -> Iterator[Start]:
    """Start processes of ``astra`` on the test's own desk that stay until stopped; they end with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "astra_tui.main", *map(str, arguments)],
            env=os.environ | {"PYTHONPATH": str(ROOT), "ASTRA_DATABASE": str(path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def lines_of(process: subprocess.Popen[str], number: int) -> list[Any]:
    """Read lines of JSON, as they are printed."""
    assert process.stdout is not None
    return [json.loads(process.stdout.readline()) for _ in range(number)]


@pytest.fixture
def staffed(astra: Run, add_agent: Callable[..., Any]) -> Run:
    """The same with two agents: 1 is Ada Byron, 2 Grace Hopper with more years, and so ranked first."""
    add_agent("Ada", years=1)
    add_agent("Grace", last_name="Hopper", years=9)
    return astra


@pytest.fixture
def booked(staffed: Run, add_lead: Callable[..., Any]) -> Run:
    """The same with booking 1 of Kate Nguyen, which is Grace's."""
    add_lead()
    return staffed


def check_refused(astra: Run, path: Path, arguments: list[str], exit_code: int, named: str) -> None:
    """Check that a command is refused with these words, and changes nothing."""
    before = rows_of(path)
    ended = astra(*arguments, "--json")
    assert ended.code == exit_code
    assert named in ended.error["message"]
    assert rows_of(path) == before


def lead_line(**given: str) -> dict[str, str]:
    """The fields of a lead in a file."""
    wanted = {"name": "Kate Nguyen", "method": "Text", "source": "Organic", "destination": "Mars"}
    return wanted | {"launch": "Tokyo Spaceport Terminal"} | given


@pytest.fixture
def lead_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV file of leads: dicts of fields, or lines as they are."""

    def write(*lines: dict[str, str] | str, header: str = ",".join(COLUMNS), name: str = "leads.csv") -> Path:
        columns = header.split(",")
        told = [line if isinstance(line, str) else _csv_line(columns, line) for line in lines]
        file = tmp_path / name
        file.write_bytes("".join(f"{line}\n" for line in (header, *told)).encode("utf-8", "surrogateescape"))
        return file

    return write


def _csv_line(columns: list[str], fields: dict[str, str]) -> str:
    values = (fields.get(column, "") for column in columns)
    return ",".join(
        '"' + value.replace('"', '""') + '"' if set(value) & set('",\n') else value for value in values
    )


def words(value: object) -> str | None:
    """A test's name from the arguments it gives."""
    return " ".join(value)[:40] if isinstance(value, list | tuple) else None
