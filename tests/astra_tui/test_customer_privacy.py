"""``astra customer forget``, ``export`` and ``expired``, and ``astra compact``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from astra_tui.cli.commands import customer_privacy
from astra_tui.user.draft_folder import desk_mark, drafts_folder
from astra_tui.user.mentions import log_path
from astra_tui.user.remembered import Memory, memory_path
from dispatch import bookings
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from models.errors import DatabaseUnavailable
from tests.astra_tui.conftest import Run

NAME, PHONE = "Quillon Vexforth", "+497118273645"


@pytest.fixture
def done(booked: Run, desk: Desk, add_lead: Callable[..., Any]) -> Run:
    """Customer 2 with a cancelled booking."""
    add_lead(NAME, phone=PHONE)
    bookings.cancel(desk, 2, "no")
    desk.close()
    return booked


def content(path: Path) -> bytes:
    files = [Path(f"{path}{ending}") for ending in ("", "-wal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


@pytest.mark.on_file
def test_a_customer_is_erased_from_every_file(done: Run, path: Path) -> None:
    assert NAME.encode() in content(path)
    row = done("customer", "forget", 2, "--json").json
    assert (row["customer_id"], row["customers"], row["compacted"]) == (2, [2], True)
    assert row["rows"] == {
        "customers": 1,
        "new_customer": 1,
        "assignment_history": 1,
        "bookings": 1,
        "decisions": 1,
    }
    assert NAME.encode() not in content(path)
    assert PHONE.encode() not in content(path)
    assert done("doctor").code == 0


def test_an_open_terminal_does_not_keep_the_values(done: Run, path: Path) -> None:
    terminal = open_desk(path, actor="lee")
    try:
        with terminal.reading():
            terminal.data_version()
        assert done("customer", "forget", 2, "--json").json["compacted"]
        assert NAME.encode() not in content(path)
    finally:
        terminal.close()


def test_later_leaves_the_file_to_compact(done: Run, path: Path) -> None:
    assert "astra compact" in done("customer", "forget", 2, "--later").out
    assert "astra compact" in done("doctor").out
    compacted = done("compact", "--json").json
    assert compacted["whole"]
    assert NAME.encode() not in content(path)


@pytest.mark.on_file
def test_what_a_killed_backup_or_upgrade_leaves_is_listed(done: Run, path: Path) -> None:
    automatic = Path(done("backup", "--json").json["file"])
    left = [automatic.with_name(f".{automatic.name}-x1"), path.with_name(f".{path.name}.v10.bak-x2")]
    automatic.rename(left[0])
    shutil.copy(left[0], left[1])
    assert done("customer", "forget", 2, "--json").json["backups"] == sorted(map(str, left))


@pytest.mark.on_file
def test_a_copy_made_before_the_file_is_compacted_is_named(done: Run, path: Path) -> None:
    done("customer", "forget", 2, "--later")
    copy = done("backup", "--json").json["file"]
    compacted = done("compact")
    assert f"Still holds erased customers: {copy}" in compacted.out
    clean = done("backup", "--json").json["file"]
    assert done("compact", "--json").json["backups"] == [copy]
    assert NAME.encode() not in Path(clean).read_bytes()


def test_one_erased_just_after_the_file_was_compacted_is_known(done: Run) -> None:
    done("compact")
    assert "may still be in unused parts of the file: customers: 2" not in done("doctor").out
    done("customer", "forget", 2, "--later")
    assert "may still be in unused parts of the file: customers: 2" in done("doctor").out


@pytest.mark.on_file
def test_a_file_that_cannot_be_compacted_now_keeps_nothing_else_back(
    done: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = done("backup", "--json").json["file"]
    monkeypatch.setattr(customer_privacy, "compacted", refuse)
    row = done("customer", "forget", 2, "--json").json
    assert (row["compacted"], row["backups"]) == (False, [copy])


def refuse(_: Desk) -> None:
    raise DatabaseUnavailable("full", "there is no room", "make some")


def test_a_repeated_request_returns_the_first_result(done: Run) -> None:
    first = done("customer", "forget", 2, "--request-id", "e1", "--json").json
    assert done("customer", "forget", 2, "--request-id", "e1", "--json").json == first
    assert done("customer", "forget", 2, "--json").error["code"] == "erased"
    assert done("customer", "forget", 99, "--json").error["code"] == "not_found"


def test_a_dry_run_erases_nothing(done: Run) -> None:
    assert "Customer 2 would be erased: 1 customer, 1 lead" in done("customer", "forget", 2, "--dry-run").out
    assert done("customer", "show", 2, "--json").json["name"] == NAME


@pytest.mark.on_file
def test_backups_that_hold_the_customer_are_listed(done: Run, path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    done("backup", elsewhere)
    automatic = done("backup", "--json").json["file"]
    garbage = path.with_name("backups") / "garbage.db"
    garbage.write_bytes(b"no database at all")
    assert done("customer", "forget", 2, "--dry-run", "--json").json["backups"] == sorted(
        [str(elsewhere), automatic, str(garbage)]
    )
    garbage.unlink()
    listed = done("customer", "forget", 2).out
    assert f"Still holds the customer: {elsewhere}" in listed
    assert f"Still holds the customer: {automatic}" in listed
    clean = done("backup", "--json").json["file"]
    assert clean not in done("customer", "forget", 1, "--dry-run").out


def test_open_work_is_named_with_the_way(done: Run) -> None:
    refused = done("customer", "forget", 1, "--json")
    assert (refused.code, refused.error["code"]) == (1, "work_open")
    assert "booking 1" in refused.error["message"]
    assert "astra booking cancel" in refused.error["hint"]


def test_drafts_that_mention_the_customer_are_deleted(done: Run, path: Path) -> None:
    folder = drafts_folder()
    folder.mkdir(parents=True)
    theirs, other, elsewhere = (
        folder / f"{mark}-{number}.json"
        for number, mark in enumerate((desk_mark(path), desk_mark(path), "0" * 16))
    )
    for file, text in ((theirs, "+49 711 827 36 45"), (other, "Kate"), (elsewhere, NAME)):
        file.write_text(json.dumps({"typed_at": "2082-03-01 09:00:00", "values": {"phone": text}}))
    assert done("customer", "forget", 2, "--json").json["drafts"] == [str(theirs)]
    assert [file.exists() for file in (theirs, other, elsewhere)] == [False, True, True]


def test_a_log_of_failures_that_mentions_the_customer_is_deleted(done: Run) -> None:
    log = log_path()
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"ValueError: {NAME}\n")
    assert done("customer", "forget", 2, "--json").json["drafts"] == [str(log)]
    assert not log.exists()


@pytest.mark.parametrize(("text", "left"), [("is:open vexf", ""), ("is:open kate", "is:open kate")])
def test_a_filter_that_is_kept_does_not_name_the_customer(done: Run, text: str, left: str) -> None:
    kept = Memory(memory_path())
    kept.put("queue.filter", text)
    kept.put("queue.sort", "id")
    kept.write()
    done("customer", "forget", 2)
    after = Memory(memory_path())
    assert (after.get("queue.filter", "?"), after.get("queue.sort", "?")) == (left, "id")


def test_a_customer_is_exported(done: Run) -> None:
    exported = done("customer", "export", 2, "--json").json
    assert exported["rows"]["customers"][0]["name"] == NAME
    assert [event["command"] for event in exported["events"]] == ["lead.add", "booking.cancel"]
    text = done("customer", "export", 2).out
    assert NAME in text
    assert PHONE in text
    assert f"kim  cancelled 2 ({NAME}): no" in text


def test_those_whom_a_setting_would_erase_are_listed(done: Run) -> None:
    assert done("customer", "expired").code == 2
    assert "--days N" in done("customer", "expired").err
    (row,) = done("customer", "expired", "--days", 9, "--json").json
    assert (row["customer_id"], row["bookings"]) == (2, 1)
    done("set", "retention_days", 9_000)
    assert done("customer", "expired").err == "nobody\n"
