"""``astra agent add --from``: files of agents, looked at, taken in, mended and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run

ROWS = "Name,Department,Email\nAda Byron,Luxury Voyages,ada@example.com\nBob Bell,Kitchen,bob@example.com\n"
TITLE = ("--job-title", "Space Travel Agent")


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    file = tmp_path / "staff.csv"
    file.write_text(ROWS)
    return file


def test_a_new_desk_begins_with_a_file(anywhere: Run, staff: Path, tmp_path: Path) -> None:
    desk = ("--db", tmp_path / "new.db")
    rejects = tmp_path / "rejects.csv"
    ended = anywhere("agent", "add", "--from", staff, *TITLE, "--rejects", rejects, *desk)
    assert ended.code == 1
    assert ended.out.startswith("1 agent accepted, 1 rejected\nastra undo 1 takes this file back\n  line 3: ")
    rejects.write_text(rejects.read_text().replace("Kitchen", "Premium Bookings"))
    assert anywhere("agent", "add", "--from", rejects, *TITLE, *desk, "--json").json["agents"] == [2]
    again = anywhere("agent", "add", "--from", staff, *TITLE, *desk)
    assert "line 2: agent 1, Ada Byron" in again.err
    assert anywhere("undo", 1, *desk).code == 0
    rows = anywhere("agent", "list", *desk, "--json").json
    assert [row["name"] for row in rows] == ["Bob Bell"]


def test_a_dry_run_shows_how_the_file_is_understood(staffed: Run, staff: Path) -> None:
    ended = staffed("agent", "add", "--from", staff, *TITLE, "--dry-run")
    assert "job_title    Space Travel Agent, where the file has none" in ended.out
    assert "line 2: Luxury Voyages, ada@example.com, Space Travel Agent, Ada, Byron" in ended.out
    assert "1 agent acceptable, 1 not; nothing was written" in ended.out
    assert len(staffed("agent", "list", "--json").json) == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--first-name", "Ada"), "missing: --last-name, --department, --job-title (or --from FILE)"),
        (("--rejects", "r.csv"), "go with --from FILE"),
        (("--from", "f.csv", "--license", "L1"), "--license and --from exclude each other"),
        (("--from", "f.csv", "--request-id", "r"), "--request-id and --from exclude each other"),
        (("--from", "missing.csv"), "cannot read missing.csv"),
    ],
)
def test_options_that_do_not_go_together(staffed: Run, options: tuple[str, ...], told: str) -> None:
    ended = staffed("agent", "add", *options)
    assert ended.code in (1, 2)
    assert told in ended.err
