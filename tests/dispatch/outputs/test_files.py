"""A table as a file: whole or not at all, and never in the place of another."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.outputs.files import new_file, write_table
from models.errors import InvalidInput

HEADER = ("id", "name")


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        ("csv", "id,name\n1,'=A1\n"),
        ("tsv", "id\tname\n1\t'=A1\n"),
        ("ndjson", '{"id": 1, "name": "=A1"}\n'),
        ("JSON", '{"id": 1, "name": "=A1"}\n'),
    ],
)
def test_the_ending_chooses_the_form(tmp_path: Path, ending: str, text: str) -> None:
    path = new_file(str(tmp_path / f"a.{ending}"))
    assert write_table(path, HEADER, [[1, "=A1"]]) == 1
    assert path.read_text() == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [path]


def test_an_interrupted_table_leaves_nothing(tmp_path: Path) -> None:
    def rows() -> Iterator[list[object]]:
        yield [1, "a"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_table(tmp_path / "a.csv", HEADER, rows())
    assert [*tmp_path.iterdir()] == []


def test_a_file_made_meanwhile_stays(tmp_path: Path) -> None:
    path = new_file(str(tmp_path / "a.csv"))
    path.write_text("theirs")
    with pytest.raises(InvalidInput, match="already exists"):
        write_table(path, HEADER, [])
    assert path.read_text() == "theirs"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (" ", "File is required"),
        ("a.xlsx", "no known ending"),
        ("a", "no known ending"),
        ("there.csv", "already exists"),
        ("gone/a.csv", "no folder"),
        ("a\0.csv", "not a path"),
        ("~nobody-at-all/a.csv", "not a path"),
    ],
)
def test_a_path_that_cannot_be_used_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.csv").touch()
    with pytest.raises(InvalidInput, match=problem):
        new_file(name)
