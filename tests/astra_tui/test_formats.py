"""--format: every listing as CSV, TSV, JSON lines and ids; what a program reads is what --json says."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.outputs.tables import ACTIVE
from tests.astra_tui.conftest import LEAD, Run

ROOT = Path(__file__).resolve().parents[2]
NASTY = ('=HYPERLINK("http://x")', "+1 Ann", "-Bob", '@Cid, the "first"', "Mia", "'=Dee", "'Eve")
TERMS = ("--method", "Text", "--source", "Organic", "--destination", "Mars")
LAUNCH = ("--launch", "Dallas-Fort Worth Launch Complex")
LISTINGS: tuple[tuple[str, ...], ...] = (
    ("booking", "list"),
    ("agent", "list"),
    ("assignment", "list"),
    ("assignment", "list", "--agent", "2"),
    ("lead", "list"),
    ("customer", "list"),
    ("customer", "list", "--filter", "name:a", "--limit", "2"),
    ("issue", "list", "--all"),
    ("log",),
    ("customer", "find", "--filter", "created:today"),
    ("customer", "similar", "1"),
    ("customer", "expired", "--days", "1"),
    ("destination", "list"),
    ("package", "list"),
    ("set",),
    ("policy",),
    ("weights", "list"),
    ("match", *TERMS, *LAUNCH),
    ("view", "list"),
    ("cap", "list"),
)


@pytest.fixture
def named(staffed: Run) -> Run:
    """A desk whose customers have names that a spreadsheet would run."""
    for name in NASTY:
        assert staffed("lead", "add", "--name", name, *LEAD[2:]).code == 0
    assert staffed("issue", "open", "--text", "My refund is late", "--customer", "1").code == 0
    return staffed


def as_text(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.lstrip("'").startswith(ACTIVE) else value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("listing", LISTINGS, ids=" ".join)
def test_every_form_has_all_that_json_has(named: Run, listing: tuple[str, ...]) -> None:
    rows: list[dict[str, Any]] = named(*listing, "--json").json
    table = list(csv.reader(io.StringIO(named(*listing, "--format", "csv").out, newline="")))
    if rows:
        assert table[0] == list(rows[0])
    timeless = listing[0] != "issue"  # the time left goes on between two commands
    assert not timeless or table[1:] == [[as_text(value) for value in row.values()] for row in rows]
    assert len(table) == len(rows) + 1
    lines = named(*listing, "--format", "ndjson").out.splitlines()
    assert not timeless or [json.loads(line) for line in lines] == rows
    assert len(named(*listing, "--format", "tsv").out.splitlines()) == len(rows) + 1
    ids = named(*listing, "--format", "ids").out.splitlines()
    assert len(ids) == len(rows)
    assert all(any(one == str(value) for value in row.values()) for one, row in zip(ids, rows, strict=True))
    assert named(*listing, "--format", "table").out == named(*listing).out


def test_a_listing_without_rows_has_its_header(astra: Run, add_agent: Callable[..., Any]) -> None:
    add_agent("Ada")
    header = astra("booking", "list", "--format", "csv").out
    assert header.startswith("booking_id,")
    assert astra("booking", "list", "--format", "ids").out == ""


@pytest.mark.parametrize("other", ["--json", "--plain"])
def test_two_forms_at_once_are_refused(named: Run, other: str) -> None:
    ended = named("booking", "list", "--format", "csv", other)
    message = f"{other} and --format exclude each other"
    assert ended.code == 2
    assert message in ended.out + ended.err


@pytest.mark.parametrize("arguments", [("set", "policy", "rank"), ("policy", "rank"), ("set", "policy")])
def test_only_a_listing_has_a_form(named: Run, arguments: tuple[str, ...]) -> None:
    before = named("log", "--format", "ids").out
    ended = named(*arguments, "--format", "csv")
    assert (ended.code, ended.out) == (2, "")
    assert "--format is for a listing" in ended.err
    assert named("log", "--format", "ids").out == before


def test_an_unknown_form_is_refused_with_those_there_are(named: Run) -> None:
    ended = named("booking", "list", "--format", "xlsx")
    assert ended.code == 2
    assert "'table', 'csv', 'tsv', 'ndjson', 'ids'" in ended.err


def test_a_limit_holds_and_long_logs_have_every_event(named: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.desk.event_log.AT_ONCE", 2)
    numbers = [str(row["event_id"]) for row in named("log", "--json").json]
    assert len(numbers) > 6
    for limit in (0, 1, 2, 3, 4, 100):
        assert named("log", "--format", "ids", "--limit", limit).out.split() == numbers[:limit]


def test_ids_go_into_the_next_command(named: Run, path: Path) -> None:
    """As a pipe, in processes of their own."""
    astra = f"{sys.executable} -m astra_tui.main"
    ended = subprocess.run(
        ["bash", "-c", f"{astra} booking list --format ids | xargs {astra} booking cancel --reason gone"],
        env=os.environ | {"ASTRA_DATABASE": str(path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"{len(NASTY)} done, 0 refused" in ended.stdout
