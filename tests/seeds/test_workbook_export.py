"""Export as a workbook: whole or not there, and what Excel cannot hold is said in words."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.desk.desk import Desk
from dispatch.inputs.rows import workbook as reading
from dispatch.inputs.rows.workbook import Workbook
from dispatch.leads import intake
from dispatch.outputs import workbooks
from dispatch.outputs.workbooks import new_workbook
from models.clock import from_text
from models.errors import InvalidInput, Refused
from seeds.exporting import workbook
from seeds.exporting.tables import TABLES
from seeds.exporting.workbook import export_workbook
from tests.conftest import TestClock

TRIP = {
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}


def sheets(path: Path) -> dict[str, list[list[str]]]:
    with path.open("rb") as stream:
        book = Workbook(stream)
        return {sheet.name: [cells for _, cells in book.rows(sheet)] for sheet in book.sheets}


def test_each_table_is_a_sheet(desk: Desk, add_agent: Callable[..., Any], tmp_path: Path) -> None:
    add_agent("Ada")
    result = export_workbook(desk, tmp_path / "out.xlsx")
    found = sheets(tmp_path / "out.xlsx")
    assert list(found) == list(TABLES)
    assert [(row["file"], row["rows"], row["cut"]) for row in result["files"]] == [
        ("out.xlsx", len(rows) - 1, 0) for rows in found.values()
    ]
    assert found["agents"][0] == list(TABLES["agents"].header)
    assert stat.S_IMODE((tmp_path / "out.xlsx").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.glob("*out*")] == ["out.xlsx"]


def test_only_what_is_named(desk: Desk, tmp_path: Path) -> None:
    export_workbook(desk, tmp_path / "Some.XLSX", "bookings,leads")
    assert list(sheets(tmp_path / "Some.XLSX")) == ["leads", "bookings"]


def test_a_file_in_use_is_kept(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    export_workbook(desk, file, "agents")
    with pytest.raises(Refused, match="already exists") as caught:
        export_workbook(desk, file)
    assert "--force" in caught.value.hint
    assert list(sheets(file)) == ["agents"]
    export_workbook(desk, file, "leads", force=True)
    assert list(sheets(file)) == ["leads"]


def test_only_an_export_is_replaced(desk: Desk, clock: TestClock, tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("mine")
    with new_workbook(tmp_path / "mine.xlsx", from_text(desk.now()).replace(tzinfo=None)) as book:
        book.add("agents", ["agent_id"], [])
        book.add("my sums", ["total"], [[1]])
    before = {file: file.read_bytes() for file in tmp_path.glob("*.xlsx")}
    for file in before:
        with pytest.raises(Refused, match="is not a workbook of an export"):
            export_workbook(desk, file, force=True)
    assert {file: file.read_bytes() for file in tmp_path.glob("*.xlsx")} == before


def test_a_file_made_meanwhile_is_kept(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    with pytest.raises(Refused, match="already exists"):
        export_workbook(desk, file, progress=lambda *_: file.write_text("mine"))
    assert file.read_text() == "mine"


@pytest.mark.parametrize("name", ["no/folder/here.xlsx", "nul\0.xlsx", "folder.xlsx"])
def test_what_is_no_place_for_a_file_is_refused(desk: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(InvalidInput):
        export_workbook(desk, f"{tmp_path}/{name}")


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interrupted_export_leaves_nothing(desk: Desk, tmp_path: Path, error: type[BaseException]) -> None:
    file = tmp_path / "out.xlsx"
    export_workbook(desk, file, "agents")
    before = sorted(tmp_path.rglob("*"))

    def stop(_done: int, _total: int, what: str) -> None:
        if "values" in what:
            raise error

    for place, force in ((tmp_path / "new.xlsx", False), (file, True)):
        with pytest.raises((KeyboardInterrupt, InvalidInput)):
            export_workbook(desk, place, force=force, progress=stop)
    assert sorted(tmp_path.rglob("*")) == before
    assert list(sheets(file)) == ["agents"]


def test_more_rows_than_a_sheet_holds_are_refused(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 10)
    with pytest.raises(InvalidInput, match="values has 27 rows, and a sheet holds 10") as caught:
        export_workbook(desk, tmp_path / "out.xlsx")
    assert caught.value.hint.startswith("name a folder for CSV files")
    export_workbook(desk, tmp_path / "out.xlsx", "leads")


def test_a_workbook_that_could_not_be_read_is_not_written(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_UNPACKED_BYTES", 10_000)
    with pytest.raises(InvalidInput, match=r"too large: unpacked it has"):
        export_workbook(desk, tmp_path / "out.xlsx")
    assert list(tmp_path.glob("*out*")) == []


def test_a_text_that_no_cell_holds_is_refused_or_cut_and_told(
    desk: Desk, add_agent: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be imported otherwise than it was is refused; what is only read is cut."""
    add_agent("Ada")
    intake.receive(desk, name="Ann", requests="🚀" * 100, **TRIP)
    monkeypatch.setattr(workbooks, "MOST_CHARACTERS", 199)
    with pytest.raises(InvalidInput, match=r"leads, row 1: requests has 200 characters, and a cell holds"):
        export_workbook(desk, tmp_path / "out.xlsx", "leads")
    monkeypatch.setattr(workbooks, "MOST_CHARACTERS", 200)
    export_workbook(desk, tmp_path / "out.xlsx", "leads")
    cut = {row["table"]: row["cut"] for row in export_workbook(desk, tmp_path / "e.xlsx", "events")["files"]}
    assert cut["events"] > 0


def test_numbers_keep_every_digit(desk: Desk, tmp_path: Path) -> None:
    numbers = [4.033333333333333, 0.1 + 0.2, -5, 1e-7, 12345678901.05, 0, 2**53 + 1]
    with new_workbook(tmp_path / "n.xlsx", from_text(desk.now()).replace(tzinfo=None)) as book:
        book.add("numbers", list("abcdefgh"), [[*numbers, True]])
    (_, row) = sheets(tmp_path / "n.xlsx")["numbers"]
    assert [float(cell) for cell in row[:6]] == numbers[:6]
    assert row[6:] == ["9007199254740993", "true"]
