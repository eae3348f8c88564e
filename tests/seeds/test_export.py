"""Export: a desk that moves as files is the same afterwards; the files are whole or not there."""

from __future__ import annotations

import csv
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings
from dispatch.assignment import explanations
from dispatch.assignment.caps import remove_cap, set_cap
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.inputs.rows import workbook
from dispatch.leads import intake
from dispatch.operations import lists, undo
from dispatch.service.issues import lifecycle, surveys
from dispatch.service.issues.intake import open_issue
from models.errors import InvalidInput, Refused
from models.issues import Survey
from seeds.demo.demo import make_demo
from seeds.exporting import exporter
from seeds.exporting.exporter import export_folder
from seeds.exporting.tables import TABLES
from seeds.importing import importer
from seeds.importing.importer import import_files
from tests.conftest import TestClock
from tests.seeds.moved import FORMS, faults, listings, move

TRIP = {
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}
NAMES = (
    '=HYPERLINK("x")',
    "+1 Ann",
    "-Bob",
    "@Cid",
    "'=Dee",
    "'Eve",
    "''",
    'Fay "F" O\'Hara',
    "李小龙",
    "NULL",
    "; |,",
    "<r>x</r>",
    "<r><t>=1+1</t></r>",
    "_x0041_ &amp; &",
    "http://example.com",
    "007",
)


@pytest.fixture(params=FORMS)
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where a desk is exported to, in every form."""
    return tmp_path / str(request.param)


def rows_in(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def cells_in(out: Path) -> list[str]:
    """Every cell of an export as it is written; of a workbook, formulas are refused."""
    if out.is_dir():
        return [cell for file in out.iterdir() for row in rows_in(file) for cell in row.values()]
    with out.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        parts = [archive.read(name) for name in archive.namelist() if "sheets/" in name]
        assert not any(b"<f>" in part or b"hyperlink" in part for part in parts)
        book = workbook.Workbook(stream)
        return [cell for sheet in book.sheets for _, cells in book.rows(sheet) for cell in cells]


def test_the_demo_desk_moves(desk: Desk, other: Desk, out: Path) -> None:
    make_demo(desk, agents=20, bookings=300, with_issues=True)
    result = move(desk, other, out)
    assert (result["agents"], result["bookings"]) == (20, 300)
    assert listings(other) == listings(desk)


def test_the_challenge_moves(desk: Desk, other: Desk, challenge_data: Path, out: Path) -> None:
    import_files(desk, sorted(challenge_data.glob("*.sql.txt")))
    result = move(desk, other, out)
    assert len(result["flagged"]) == 18
    assert listings(other) == listings(desk)
    kate = intake.receive(other, name="Kate Nguyen", **TRIP)
    assert (kate["agent_id"], kate["assignment_id"]) == (6, 451)


def test_thousands_of_bookings_move_in_many_commits(desk: Desk, other: Desk, out: Path) -> None:
    make_demo(desk, agents=40, bookings=5_000, with_issues=False)
    move(desk, other, out)
    assert listings(other) == listings(desk)


def test_every_text_moves_as_it_is(desk: Desk, other: Desk, add_agent: Callable[..., Any], out: Path) -> None:
    add_agent("=1+1", last_name="'@x", capacity=100)
    for number, name in enumerate(NAMES):
        lead = intake.receive(
            desk,
            name=name,
            phone=f"+49711555{number:03}",
            requests=f"{name}\n-two\n\n=three,\t{name}",
            **TRIP,
        )
        if number % 3 == 0:
            bookings.cancel(desk, lead["booking_id"], f"{name}\nNULL")
    move(desk, other, out)
    assert listings(other) == listings(desk)
    assert [cell for cell in cells_in(out) if cell[:1] and cell[0] in "=+-@\t\r"] == []


def test_what_waits_and_what_was_a_mistake_move_too(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], out: Path
) -> None:
    agent = add_agent("Ada", capacity=2)["agent_id"]
    for name in ("Ann", "Bob", "Cy"):
        intake.receive(desk, name=name, **TRIP)
    undo.undo(desk)
    bookings.claim(desk, 1, agent)
    bookings.confirm(desk, 1, package="Luxury Dome Stay", destination_revenue="10.50", package_revenue="2")
    bookings.rate(desk, 1, 2)
    agents.change(desk, agent, capacity=1)
    intake.receive(desk, name="Dee", email="dee@example.com", **TRIP)
    intake.receive(desk, name="Eve", **TRIP)
    bookings.cancel(desk, 5, "gone")
    move(desk, other, out)
    found = listings(other)
    assert found == listings(desk)
    assert [row["agent_id"] for row in found["bookings"]] == [None, None, None, agent, agent]
    assert agents.change(other, agent, capacity=5)["load"] == 2


def test_scores_of_surveys_stay_in_the_average(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], out: Path
) -> None:
    for name in ("Ada", "Bob"):
        add_agent(name, rating="4.1", department="Luxury Voyages", level=5)
    issue = open_issue(desk, "My invoice is wrong")
    lifecycle.resolve(desk, issue["issue_id"], "done")
    with desk.reading():
        assert Survey.select().count() == 1
    surveys.rate(desk, issue["issue_id"], 1)
    move(desk, other, out)
    assert listings(other) == listings(desk)


def test_a_score_after_the_export_is_no_change_of_the_file(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], out: Path
) -> None:
    agent_id = add_agent(rating="4.1")["agent_id"]
    for number in (1, 2):
        intake.receive(desk, name=f"Ann {number}", **TRIP)
    bookings.claim(desk, 1, agent_id)
    bookings.cancel(desk, 1, "no longer wanted")
    bookings.rate(desk, 1, 5)
    bookings.cancel(desk, 2, "no longer wanted")
    move(desk, other, out)
    for one in (desk, other):
        bookings.rate(one, 2, 1)
        result = import_files(one, [out], dry_run=True)
        assert result["different"] == result["conflicts"] == []


def test_a_new_accepted_value_moves_with_the_rows_that_have_it(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], tmp_path: Path
) -> None:
    add_agent()
    lists.add_value(desk, "destination", "Ceres")
    lists.add_value(desk, "package", "Ice Walk", "Ceres")
    intake.receive(desk, name="Ann", **(TRIP | {"destination": "Ceres"}))
    editing.edit(desk, 1, package="Ice Walk")
    export_folder(desk, tmp_path / "out")
    dry = import_files(other, [tmp_path / "out"], dry_run=True)
    assert (dry["bookings"], dry["quarantined"]) == (1, [])
    with other.reading():
        assert "Ceres" not in other.values.of("destination")
    assert import_files(other, [tmp_path / "out"])["quarantined"] == []
    assert listings(other) == listings(desk)


def test_back_on_its_own_desk_nothing_is_new(desk: Desk, tmp_path: Path) -> None:
    make_demo(desk, agents=10, bookings=60, with_issues=False)
    export_folder(desk, tmp_path / "out")
    before = listings(desk)
    result = import_files(desk, [tmp_path / "out"])
    assert (result["agents"], result["customers"], result["leads"], result["bookings"]) == (0, 0, 0, 0)
    assert result["quarantined"] == []
    assert result["different"] == result["conflicts"] == []
    assert (result["unchanged"]["agents"], result["unchanged"]["bookings"]) == (10, 60)
    assert listings(desk) == before


def test_caps_leave_to_be_read_and_hold_nobody_elsewhere(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], tmp_path: Path
) -> None:
    agent = add_agent("Ada", capacity=5)["agent_id"]
    remove_cap(desk, set_cap(desk, 9, "week", department="Premium Bookings")["cap_id"])
    set_cap(desk, 1, "hour", source="Organic")
    intake.receive(desk, name="Ann", **TRIP)
    assert intake.receive(desk, name="Bob", **TRIP)["agent_id"] is None
    move(desk, other, tmp_path / "out")
    found = [
        (row["leads"], row["per"], row["source"], row["removed"])
        for row in rows_in(tmp_path / "out/caps.csv")
    ]
    assert found == [("9", "week", "", "true"), ("1", "hour", "Organic", "false")]
    assert intake.receive(other, name="Cid", **TRIP)["agent_id"] == agent


def test_an_import_that_was_interrupted_is_finished_by_the_next(
    desk: Desk, other: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_demo(desk, agents=10, bookings=60, with_issues=True)
    export_folder(desk, tmp_path / "out")
    monkeypatch.setattr(importer, "BATCH_ROWS", 25)
    for commits in range(4):

        def stop(done: int, _total: int, what: str, most: int = 25 * (commits > 1)) -> None:
            if what == "writing" and done >= most:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_files(other, [tmp_path / "out"], progress=stop)
    result = import_files(other, [tmp_path / "out"])
    assert (result["resumed"] is not None, result["quarantined"]) == (True, [])
    assert listings(other) == listings(desk)
    assert faults(other) == []


def test_one_undo_takes_a_moved_desk_back(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], out: Path
) -> None:
    add_agent(capacity=1)
    for name in ("Ann", "Bob"):
        intake.receive(desk, name=name, **TRIP)
    bookings.claim(desk, 1, 1)
    move(desk, other, out)
    undo.undo(other)
    assert [row["voided"] for row in listings(other)["bookings"]] == [True, True]
    assert [row["left_at"] is None for row in listings(other)["agents"]] == [False]
    assert faults(other) == []


def test_a_decision_moves_with_its_lead(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], out: Path
) -> None:
    add_agent()
    intake.receive(desk, name="Ann", **TRIP)
    move(desk, other, out)
    with other.reading():
        moved = explanations.why(1)
    with desk.reading():
        assert moved == explanations.why(1)
    assert moved["policy"] == "rank"


def test_some_tables_are_an_import_of_their_own(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], tmp_path: Path
) -> None:
    """Without leads every assignment makes its own, as in files of other programs."""
    add_agent()
    intake.receive(desk, name="Ann", phone="+49711555", **TRIP)
    export_folder(desk, tmp_path / "out", "bookings, Agents,assignments")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "agents.csv",
        "assignments.csv",
        "bookings.csv",
    ]
    assert import_files(other, [tmp_path / "out"])["quarantined"] == []
    (row,) = listings(other)["bookings"]
    assert (row["customer_name"], row["phone"]) == ("Ann", None)


def test_some_of_a_desks_customers_keep_their_numbers(desk: Desk, tmp_path: Path) -> None:
    """The doctor took the numbers that are not in the file for lost customers."""
    file = tmp_path / "customers.csv"
    file.write_text("customer_id,name,phone\n100,Ada Byron,+49 711 123456\n103,Bo Lind,\n", encoding="utf-8")
    assert import_files(desk, [file])["quarantined"] == []
    assert faults(desk) == []


def test_rows_that_refer_to_what_is_not_there_are_refused(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], tmp_path: Path
) -> None:
    add_agent(capacity=1)
    for name in ("Ann", "Bob", "Cy"):
        intake.receive(desk, name=name, **TRIP)
    export_folder(desk, tmp_path / "out")
    file = tmp_path / "out" / "customers.csv"
    file.write_text(file.read_text().replace("Ann", ""))
    result = import_files(other, [tmp_path / "out"])
    found = [(row["table"], row["id"], row["reason"]) for row in result["quarantined"]]
    assert found == [
        ("customers", 1, "name is required (1 to 100 characters)"),
        ("leads", 1, "its customer 1 was rejected"),
        ("decisions", 1, "its lead 1 was rejected"),
        ("assignments", 1, "its lead 1 was rejected"),
        ("bookings", 1, "its assignment 1 was rejected"),
    ]
    assert (result["customers"], result["leads"], result["bookings"]) == (2, 2, 2)
    assert faults(other) == []


@pytest.mark.parametrize(
    ("table", "old", "new", "reason"),
    [
        ("agents", ",available,", ",asleep,", "'asleep' is not a presence"),
        ("bookings", ",Pending,", ",Confirmed,", "Confirmed without a booking complete date"),
        ("leads", "2,2,Bob", "2,1,Bob", None),
        ("leads", "\n2,2,Bob", "\n1,2,Bob", "duplicate id, first used in line 2"),
        ("customers", "2,Bob,,", "2,Bob,x,", "'x' is not a phone number"),
        ("customers", ",,,,,false\n", ",9,,,,false\n", "no customer 9, into which it is merged"),
        ("assignments", "2,2,1,Bob", "2,1,1,Ann", "lead 1 already has assignment 1"),
        ("assignments", "2,2,1,Bob", "2,2,1,Ann", "its name, method or source is not that of its lead 2"),
        ("assignments", ":00\n", ":01\n", "no decision about its lead 1 at"),
        ("bookings", "\n2,2,2,1", "\n2,1,2,1", "its lead is 1, but that of its assignment is 2"),
        ("bookings", "\n2,2,2,1", "\n2,2,,1", "it is not booking of assignment 2, which its lead 2 has"),
        ("bookings", "Pending,Mars", "Pending,Venus", "its destination or launch location is not that of"),
        ("decisions", "[[1,", "[[2,", "'[[2,0,"),
        ("agents", ",4.5,4.5,", ",4.1,4.5,", None),
        ("assignments", "2,2,1,Bob", "2,2,,Bob", "it is claimed, but its assignment 2 has no agent"),
        ("decisions", "{},{}", "{},[]", "'[]' is not a valid notes"),
    ],
)
def test_a_cell_changed_to_nonsense_costs_its_row(
    desk: Desk,
    other: Desk,
    add_agent: Callable[..., Any],
    tmp_path: Path,
    table: str,
    old: str,
    new: str,
    reason: str | None,
) -> None:
    add_agent(rating="4.5")
    for name in ("Ann", "Bob"):
        intake.receive(desk, name=name, **TRIP)
    bookings.claim(desk, 2, 1)
    export_folder(desk, tmp_path / "out")
    header = (tmp_path / "out" / "bookings.csv").read_text().splitlines()[0]
    assert header.startswith("booking_id,lead_id,assignment_id,agent_id,status,")
    file = tmp_path / "out" / f"{table}.csv"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    found = [row["reason"] for row in import_files(other, [tmp_path / "out"])["quarantined"]]
    assert (found == []) if reason is None else any(one.startswith(reason) for one in found)
    assert faults(other) == []


def test_a_folder_in_use_is_not_touched(desk: Desk, add_agent: Callable[..., Any], tmp_path: Path) -> None:
    add_agent()
    folder = tmp_path / "out"
    folder.mkdir()
    export_folder(desk, folder, "agents,customers")
    with pytest.raises(Refused, match="is not empty"):
        export_folder(desk, folder)
    export_folder(desk, folder, "agents", force=True)
    assert [file.name for file in folder.iterdir()] == ["agents.csv"]
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match=r"also holds 'mine\.txt'"):
        export_folder(desk, folder, force=True)
    assert sorted(file.name for file in folder.iterdir()) == ["agents.csv", "mine.txt"]


@pytest.mark.parametrize("name", ["", "file", "no/folder/here", "nul\0"])
def test_what_is_no_place_for_a_folder_is_refused(desk: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput):
        export_folder(desk, name and f"{tmp_path}/{name}")
    assert (tmp_path / "file").read_text() == "x"


def test_an_unknown_table_is_refused_with_the_nearest(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="'bookigns' is not a table") as caught:
        export_folder(desk, tmp_path / "out", "agents,bookigns")
    assert caught.value.hint.startswith("did you mean bookings? tables: values, agents, customers")


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interrupted_export_leaves_nothing(
    desk: Desk, add_agent: Callable[..., Any], tmp_path: Path, error: type[BaseException]
) -> None:
    add_agent()
    folder = tmp_path / "out"
    export_folder(desk, folder, "agents")
    before = sorted(tmp_path.rglob("*"))

    def stop(_done: int, _total: int, what: str) -> None:
        if "events" in what:
            raise error

    for place, force in ((tmp_path / "new", False), (folder, True)):
        with pytest.raises((KeyboardInterrupt, InvalidInput)):
            export_folder(desk, place, force=force, progress=stop)
    assert sorted(tmp_path.rglob("*")) == before
    assert len(rows_in(folder / "agents.csv")) == 1


def test_progress_and_the_files_say_how_many_rows(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_demo(desk, agents=5, bookings=40, with_issues=True)
    monkeypatch.setattr(exporter, "REPORT_EVERY", 10)
    told: list[tuple[int, int, str]] = []
    result = export_folder(desk, tmp_path / "out", progress=lambda *more: told.append(more))
    total = sum(file["rows"] for file in result["files"])
    assert {total} == {one[1] for one in told}
    assert [done for done, *_ in told] == sorted(done for done, *_ in told)
    assert [file["table"] for file in result["files"]] == list(TABLES)
    for file in result["files"]:
        path = tmp_path / "out" / file["file"]
        assert len(rows_in(path)) == file["rows"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


@pytest.mark.on_file
def test_the_files_are_of_one_moment(desk: Desk, clock: TestClock, tmp_path: Path) -> None:
    make_demo(desk, agents=5, bookings=40, with_issues=False)
    beside = open_desk(desk.database.file, clock=clock, actor="lee")

    def work(_done: int, _total: int, what: str) -> None:
        if "assignments" in what or "bookings" in what:
            intake.receive(beside, name="Late", **TRIP)

    try:
        export_folder(desk, tmp_path / "out", progress=work)
    finally:
        beside.close()
    assert len(rows_in(tmp_path / "out" / "bookings.csv")) == 40
    assert len(listings(desk)["bookings"]) == 42


def test_retired_and_renamed_values_move_with_the_rows_that_have_them(
    desk: Desk, other: Desk, add_agent: Callable[..., Any], tmp_path: Path
) -> None:
    """What the other desk accepts, it goes on to accept: an import adds to its lists."""
    add_agent()
    for place in ("Ceres", "Pallas", "Mars"):
        if place != "Mars":
            lists.add_value(desk, "destination", place)
        facts = {"departs": "2083-03-12", "travellers": "2", "budget": "9k", "language": "de"}
        intake.receive(desk, name=place, **(TRIP | {"destination": place} | facts))
    bookings.cancel(desk, 1, "no money")
    lists.rename_value(desk, "destination", "Ceres", "Eros")
    for place in ("Pallas", "Mars"):
        lists.retire_value(desk, "destination", place)
    export_folder(desk, tmp_path / "out")
    result = import_files(other, [tmp_path / "out"])
    assert (result["bookings"], result["quarantined"]) == (3, [])
    with other.reading():
        rows = {row["name"]: row for row in lists.list_values("destination", retired=True)}
    assert (rows["Ceres"]["renamed_to"], rows["Eros"]["retired_at"]) == ("Eros", None)
    assert rows["Pallas"]["retired_at"] is not None
    assert rows["Mars"]["retired_at"] is None
    assert {**listings(other), "values": 0} == {**listings(desk), "values": 0}
