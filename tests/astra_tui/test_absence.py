"""``astra absence`` and ``astra holiday``: planned, previewed, listed, removed, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run, check_refused


def test_an_absence_is_previewed_planned_listed_and_removed(booked: Run) -> None:
    arguments = ("absence", "add", "2", "--from", "today", "--to", "in 3 days", "--reason", "flu")
    preview = booked(*arguments, "--substitute", "1", "--dry-run")
    assert preview.out.startswith("Would be planned: absence 1 of Grace Hopper, ")
    assert "  booking 1 to agent 1\n" in preview.out
    assert booked("absence", "list", "--json").json == []
    assert booked(*arguments, "--substitute", "1").out.startswith("Planned: absence 1 of Grace Hopper")
    (row,) = booked("absence", "list", "--json").json
    assert (row["agent_id"], row["substitute_name"], row["reason"]) == (2, "Ada Byron", "flu")
    assert "Ada Byron (1)" in booked("absence", "list", "--agent", "2").out
    joined = booked("absence", "add", "2", "--from", "in 4 days", "--to", "in 5 days")
    assert joined.out.endswith("  joined with what was planned: 1 absence\n")
    removed = booked("absence", "remove", "1", "--dry-run")
    assert removed.out.startswith("Would be removed: absence 1 of Grace Hopper")
    assert booked("absence", "remove", "1").code == 0
    assert booked("agent", "show", "2", "--json").json["presence"] == "available"
    assert booked("undo").code == 0
    assert booked("absence", "list", "--format", "ids").out == "1\n"
    log = booked("log").out
    assert "planned an absence of Grace Hopper from " in log
    assert "; 1 booking to Ada Byron" in log
    assert "undid the removal of Grace Hopper's absence" in log


def test_who_comes_back_early_is_told_that_the_absence_is_over(staffed: Run) -> None:
    staffed("absence", "add", "2", "--from", "today", "--to", "tomorrow")
    assert "absence 1 is over" in staffed("agent", "presence", "2", "available").out


def test_covered_work_comes_back(booked: Run) -> None:
    booked("booking", "claim", "1", "--agent", "2")
    booked("set", "cover_minutes", "0")
    planned = booked("absence", "add", "2", "--from", "today", "--to", "tomorrow", "--substitute", "1")
    assert "1 claimed booking covered by Ada Byron (1): 1" in planned.out
    assert booked("sweep").out.startswith("absences covered: 1")
    booked("agent", "presence", "2", "available")
    assert booked("absence", "return", "2", "--dry-run").out.startswith("Would come back to Grace Hopper: 1")
    assert booked("absence", "return", "2").out == "Back to Grace Hopper: 1 booking\n  booking 1 to agent 2\n"
    assert booked("absence", "return", "2").code == 1
    assert "gave Grace Hopper back what others had covered" in booked("log").out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["absence", "add", "1", "--from", "fri", "--to", "yesterday"], "has passed"),
        (["absence", "add", "1", "--from", "in 8 days", "--to", "in 3 days"], "is before"),
        (["absence", "add", "1", "--from", "fri", "--to", "sat", "--substitute", "1"], "for themselves"),
        (["absence", "add", "1", "--from", "fri", "--to", "sat", "--substitute", "77"], "no agent 77"),
        (["absence", "add", "99", "--from", "fri", "--to", "sat"], "no agent 99"),
        (["absence", "remove", "7"], "no absence 7"),
        (["absence", "return", "1"], "Nothing of"),
        (["holiday", "set", "DE-XX"], "is not a region"),
        (["holiday", "set"], "give a region"),
        (["holiday", "set", "--file", "missing.txt"], "cannot read missing.txt"),
    ],
)
def test_what_cannot_be_is_refused(staffed: Run, path: Path, arguments: list[str], named: str) -> None:
    code = 2 if arguments[:2] != ["absence", "remove"] and "Nothing" not in named else 1
    check_refused(staffed, path, arguments, 1 if "no agent" in named else code, named)


def test_holidays_are_set_and_listed(staffed: Run, tmp_path: Path) -> None:
    done = staffed("holiday", "set", "de-by", "--dry-run")
    assert done.out.startswith("Would be: Holidays of the desk: DE-BY (")
    staffed("holiday", "set", "de-by")
    rows = staffed("holiday", "list", "--year", "2082", "--json").json
    assert {"day": "2082-04-03", "name": "Good Friday", "region": "DE-BY", "calendar": ""} in rows
    dates = tmp_path / "days.txt"
    dates.write_text("2082-07-14 Founders' Day\n2082-12-24\n", "utf-8")
    staffed("holiday", "set", "--file", dates)
    listed = staffed("holiday", "list").out
    assert "2082-07-14  Founders' Day  the desk  file" in listed
    assert "Good Friday" not in listed
    assert staffed("holiday", "set", "US-NY", "--agent", "2").out.startswith("Holidays of agent 2: US-NY (")
    assert "agents in US-NY" in staffed("holiday", "list", "--region", "US-NY").out
    assert staffed("undo").code == 0
    assert "set the holidays to DE-BY" in staffed("log").out
