"""Files of leads run again, corrected and taken back, as a shell does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.desk.desk import Desk
from dispatch.operations.undo import preview
from screens.app.undoing import needs_question
from tests.astra_tui.conftest import Run, lead_line

Write = Callable[..., Path]
ADA = lead_line(name="Ada", phone="+1 555 0301")
BOB = lead_line(name="Bob", phone="+1 555 0302")
AGENT = (
    *("--first-name", "Ada", "--last-name", "Byron"),
    *("--department", "Luxury Voyages", "--job-title", "Space Travel Agent"),
)


def names(astra: Run) -> list[str]:
    rows = astra("booking", "list", "--status", "Pending", "--json").json
    return sorted(row["customer_name"] for row in rows)


def test_a_corrected_file_is_added_again_by_processes(staffed: Run, path: Path, lead_file: Write) -> None:
    def astra(*arguments: object) -> Any:
        command = [sys.executable, "-m", "astra_tui.main", "--db", str(path), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))

    first = astra("lead", "add", "--from", lead_file(ADA, BOB | {"method": "Fax"}), "--json")
    assert (first.returncode, json.loads(first.stdout)["accepted"]) == (1, 1)
    second = astra("lead", "add", "--from", lead_file(ADA, BOB, name="corrected.csv"), "--json")
    assert second.returncode == 0
    assert json.loads(second.stdout)["repeated"] == 1
    assert "line 2: came in from leads.csv at 20" in second.stderr
    assert names(staffed) == ["Ada", "Bob"]
    undone = astra("undo", json.loads(second.stdout)["event_id"], "--json")
    assert json.loads(undone.stdout)["bookings"] == 1
    assert names(staffed) == ["Ada"]


def test_a_wrong_file_is_undone_at_once(staffed: Run, lead_file: Write, desk: Desk) -> None:
    staffed("lead", "add", "--from", lead_file(*(lead_line(name=f"Wrong {n}") for n in range(5))))
    staffed("booking", "claim", 2, "--agent", 1, "--as", "lee")
    file_event = staffed("log", "--command", "lead.add_file", "--json").json[0]["event_id"]
    told = staffed("undo", "--dry-run").out
    assert told.startswith(
        f"Would undo: the addition of a file of leads (4 bookings); booking 2 stays (event {file_event}, "
    )
    assert told.endswith(f"Booking 2 stays: booking 2 has changed since event {file_event}\n")
    assert needs_question(preview(desk, file_event), None)
    ended = staffed("undo", file_event)
    assert ended.out == (
        f"Undone: the addition of a file of leads (4 bookings, event {file_event})\n"
        "1 booking with work or changes since stays: 2\n"
    )
    assert names(staffed) == ["Wrong 1"]
    assert staffed("redo", file_event).out.startswith("Redone: the addition of a file of leads (4 bookings")
    assert len(names(staffed)) == 5
    row = next(row for row in staffed("log", "--json").json if row["command"] == "lead.file_back")
    assert (row["before"], row["after"]) == ({}, {})


@pytest.mark.parametrize("listing", ["lead", "booking"])
def test_a_listing_of_the_desk_is_told_as_its_own(
    staffed: Run, lead_file: Write, tmp_path: Path, listing: str
) -> None:
    staffed("lead", "add", "--from", lead_file(ADA, BOB))
    file = tmp_path / "listing.csv"
    file.write_text(staffed(listing, "list", "--format", "csv").out)
    seen = staffed("lead", "add", "--from", file, "--dry-run")
    assert "2 leads acceptable (2 of them are already in), 0 not" in seen.out
    assert "line 2-3: a lead of this desk, as its listing has it" in seen.err
    ended = staffed("lead", "add", "--from", file)
    assert ended.out == "2 leads accepted (2 of them were already in), 0 rejected\n"
    assert "line 2-3: a lead of this desk, as its listing has it" in ended.err
    other = ("--db", tmp_path / "other.db")
    staffed("agent", "add", *AGENT, *other)
    for repeated in (0, 2):
        assert staffed("lead", "add", "--from", file, *other, "--json").json["repeated"] == repeated


@pytest.mark.parametrize("form", ["csv", "tsv", "ndjson"])
def test_bookings_entered_by_mistake_move_as_such(
    staffed: Run, lead_file: Write, tmp_path: Path, form: str
) -> None:
    """They come in as Cancelled and entered by mistake, not as bookings that a customer cancelled."""
    staffed("lead", "add", "--from", lead_file(ADA, BOB))
    staffed("booking", "cancel", 1, "--reason", "gone")
    staffed("lead", "add", *(word for key, value in ADA.items() for word in (f"--{key}", value)))
    staffed("undo")
    files = [tmp_path / f"{kind}.{form}" for kind in ("agents", "bookings")]
    for file, kind in zip(files, ("agent", "booking"), strict=True):
        file.write_text(staffed(kind, "list", "--format", form).out)
    other = ("--db", tmp_path / "other.db")
    assert staffed("import", *files, *other).code == 0
    rows = {row["booking_id"]: row for row in staffed("booking", "list", "--json", *other).json}
    assert [(rows[number]["status"], rows[number]["voided"]) for number in (1, 2, 3)] == [
        ("Cancelled", False),
        ("Pending", False),
        ("Cancelled", True),
    ]
    assert rows[3]["cancel_reason"] == "entered by mistake"


def test_customers_of_another_file_are_warned_of(staffed: Run, lead_file: Write) -> None:
    staffed("lead", "add", "--from", lead_file(ADA, BOB, name="monday.csv"))
    changed = lead_file(ADA | {"requests": "dome"}, BOB | {"requests": "dome"}, name="copy.csv")
    ended = staffed("lead", "add", "--from", changed)
    assert "warning: 2 customers of this file came in from monday.csv at " in ended.err
    assert "takes this file back" in ended.err


@pytest.mark.parametrize("text", ["-1", "3651", "week"])
def test_the_days_are_a_whole_number(staffed: Run, text: str) -> None:
    assert staffed("set", "same_row_days", "--", text).code == 2
