"""``astra issue open --from``: files of tickets, looked at, taken in, mended, repeated and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run

HEAD = "Id,Requester,Requester email,Subject,Tags,Status,Priority,Via,Assignee"
ADA = "1041,Ada Lovelace,ada@example.com,Charged twice,billing,Open,High,Mail,Sam"
BAD = "1042,Bob Byron,bob@example.com,Locked out,,Frobbed,-,Web form,Sam"


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    file = tmp_path / "tickets.csv"
    file.write_text("\n".join((HEAD, ADA, BAD)))
    return file


def test_a_dry_run_shows_how_the_file_is_understood(staffed: Run, tickets: Path) -> None:
    ended = staffed("issue", "open", "--from", tickets, "--dry-run", "--tier", "gold")
    assert "subject      from Subject\nname         from Requester\n" in ended.out
    assert "tier         gold, where the file has none" in ended.out
    assert "open: 'Charged twice', from Ada Lovelace, ada@example.com, 0 comments" in ended.out
    assert "1 issue acceptable, 1 not; nothing was written" in ended.out
    assert staffed("issue", "list", "--all", "--json").json == []
    seen = staffed("issue", "open", "--from", tickets, "--dry-run", "--json").json
    assert (seen["acceptable"], seen["ignored"]) == (1, ["Assignee"])


def test_refused_rows_are_mended_and_read_again(staffed: Run, tickets: Path) -> None:
    rejects = tickets.with_name("rejects.csv")
    ended = staffed("issue", "open", "--from", tickets, "--rejects", rejects)
    assert ended.code == 1
    assert "1 issue accepted, 1 rejected" in ended.out
    assert "line 3: 'Frobbed' is not a status (accepted: open, pending, solved or closed)" in ended.out
    assert "ignored, as issues have no such field: Assignee" in ended.err
    rejects.write_text(rejects.read_text().replace("Frobbed,", "solved,", 1))
    again = staffed("issue", "open", "--from", rejects, "--json")
    assert (again.code, again.json["accepted"], again.json["issues"]) == (0, 1, [2])
    repeated = staffed("issue", "open", "--from", tickets, "--ok-partial", "--json")
    assert (repeated.code, repeated.json["repeated"], repeated.json["event_id"]) == (0, 1, None)
    rows = staffed("issue", "list", "--all", "--sort", "id", "--json").json
    assert [(row["title"], row["customer_name"]) for row in rows] == [
        ("Locked out", "Bob Byron"),
        ("Charged twice", "Ada Lovelace"),
    ]


def test_one_undo_takes_the_file_back(staffed: Run, tickets: Path) -> None:
    head = staffed("issue", "open", "--from", tickets, "--json").json["event_id"]
    assert staffed("undo", head).code == 0
    assert staffed("issue", "list", "--all", "--json").json == []
    assert staffed("issue", "open", "--from", tickets, "--json").json["issues"] == [2]


def test_columns_are_mapped_and_left_out(staffed: Run, tmp_path: Path) -> None:
    file = tmp_path / "plain.jsonl"
    file.write_text(json.dumps({"Anliegen": "The dome leaks", "Backup phone": "5551234567"}))
    unknown = staffed("issue", "open", "--from", file)
    assert (unknown.code, staffed("issue", "list", "--json").json) == (1, [])
    options = ("--map", "Anliegen=text", "--ignore", "Backup phone", "--category", "product_complaint")
    assert staffed("issue", "open", "--from", file, *options).code == 0
    (row,) = staffed("issue", "list", "--json").json
    assert (row["title"], row["category"]) == ("The dome leaks", "product_complaint")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "missing: --text (or --from FILE)"),
        (("--text", "x", "--dry-run"), "go with --from FILE"),
        (("--text", "x", "--from", "f.csv"), "--text and --from exclude each other"),
        (("--from", "missing.csv"), "cannot read missing.csv"),
        (("--from", "missing.csv", "--tier", "tin"), "'tin' is not a tier"),
    ],
)
def test_options_that_do_not_go_together(staffed: Run, options: tuple[str, ...], told: str) -> None:
    ended = staffed("issue", "open", *options)
    assert ended.code in (1, 2)
    assert told in ended.err


def test_what_somebody_answered_stays_and_is_named(staffed: Run, tickets: Path) -> None:
    tickets.write_text(tickets.read_text().replace("Frobbed", "Open"))
    said = staffed("issue", "open", "--from", tickets).out
    (file,) = staffed("log", "--command", "issue.add_file", "--json").json
    assert said == f"2 issues accepted, 0 rejected\nastra undo {file['event_id']} takes this file back\n"
    assert file["detail"]["file"] == "tickets.csv"
    assert staffed("issue", "note", 1, "--text", "card ends with 4711").code == 0
    told = staffed("undo", file["event_id"], "--dry-run").out
    assert told.startswith("Would undo: the addition of a file of tickets (issue 2); issue 1 stays")
    ended = staffed("undo", file["event_id"])
    assert (ended.code, "Issue 1 stays: issue 1 has " in ended.out) == (0, True)
    assert [row["issue_id"] for row in staffed("issue", "list", "--all", "--json").json] == [1]
    again = staffed("issue", "open", "--from", tickets)
    assert again.out.startswith("2 issues accepted (1 of them were already in), 0 rejected")


def test_a_ticket_that_differs_is_told(staffed: Run, tickets: Path) -> None:
    staffed("issue", "open", "--from", tickets)
    tickets.write_text(tickets.read_text().replace("High", "Low"))
    ended = staffed("issue", "open", "--from", tickets, "--ok-partial")
    assert "line 2: issue 1 is this ticket; what differs in the file is not taken over" in ended.err
