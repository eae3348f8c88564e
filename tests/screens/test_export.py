"""E writes what a list shows into a file: every row of it, in its order, and no cell is a formula."""

from __future__ import annotations

import csv
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.customers import records
from dispatch.desk.desk import Desk
from models.errors import Refused
from models.issues import ISSUE_STATUSES
from screens.dialogs.form import FormModal
from screens.shell.export import until
from screens.widgets.live_table import LiveTable
from screens.wording.bookings import plain_state
from tests.screens.conftest import Running
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, press

# from the newest change: by what is due, by number, turned round
SIGNS = {*"○◐✓✗◉●◔▲‖▾→–▁▂▃▄▅▆▇█"}
STATES = {*ISSUE_STATUSES, "unclaimed", "claimed", "waiting", "confirmed", "cancelled", "void"}
ID_ASCENDING = ("greater_than_sign", "greater_than_sign", "less_than_sign")


async def export(app: AstraApp, path: Path, **fields: str) -> None:
    await press(app, "E")
    assert isinstance(app.screen, FormModal)
    await fill_in(app, path=str(path), **fields)
    await press(app, "f9")


def read(path: Path) -> list[list[str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


async def test_all_rows_of_a_filtered_list_leave_in_its_order(
    running: Running, tmp_path: Path, other_terminal: Desk
) -> None:
    """Though the window holds a hundred of them."""
    with other_terminal.reading():
        wanted = queries.list_bookings(queries.BookingFilter(status="Confirmed", sort="id", descending=False))
    assert len(wanted) > 150
    async with running(at="queue") as (app, _):
        await press(app, "f4", "slash", *"status:confirmed", "enter", *ID_ASCENDING)
        assert len(app.screen.query_one(LiveTable).rows_shown) <= 100
        await export(app, tmp_path / "a.csv")
        assert f"Exported {len(wanted)} rows" in text_of(app)
        assert "Writing" not in text_of(app), "it is written"
    header, *rows = read(tmp_path / "a.csv")
    assert header[:5] == ["booking_id", "customer_name", "destination", "agent_name", "state"]
    assert [row[0] for row in rows] == [str(row["booking_id"]) for row in wanted]


async def test_the_chosen_columns_or_all_of_them(running: Running, tmp_path: Path) -> None:
    async with running(size=(80, 24), at="queue") as (app, _):
        await press(app, "f4")
        app.screen.query_one(LiveTable).choose(["requests", "booking_id", "launch_location"])
        await export(app, tmp_path / "some.tsv")
        await export(app, tmp_path / "all.ndjson", columns="All")
        first: Any = app.screen.query_one(LiveTable).rows_shown[0]
    assert (tmp_path / "some.tsv").read_text().splitlines()[0] == "requests\tbooking_id\tlaunch_location"
    line = json.loads((tmp_path / "all.ndjson").read_text().splitlines()[0])
    assert line["booking_id"] == first["booking_id"]
    assert {*line} >= {"customer_name", "phone", "version", "total_revenue"}


def test_every_state_is_one_plain_word() -> None:
    row: Any = {"voided": False, "status": "Pending", "agent_id": 1, "claimed_at": None, "due": "2 h late"}
    cases: dict[str, dict[str, Any]] = {
        "unclaimed": {},
        "claimed": {"claimed_at": "2082-03-04 12:00:00"},
        "waiting": {"agent_id": None},
        "confirmed": {"status": "Confirmed"},
        "cancelled": {"status": "Cancelled", "agent_id": None},
        "void": {"voided": True, "status": "Cancelled"},
    }
    assert {plain_state(row | changes): word for word, changes in cases.items()} == {
        word: word for word in cases
    }


async def test_a_name_that_is_a_formula_is_a_text(
    running: Running, tmp_path: Path, other_terminal: Desk
) -> None:
    records.edit(other_terminal, 450, name='=HYPERLINK("http://x","y")')
    async with running(at="queue") as (app, _):
        await press(app, "f4")
        await export(app, tmp_path / "a.csv")
    assert '\'=HYPERLINK("http://x","y")' in {row[1] for row in read(tmp_path / "a.csv")}


@pytest.mark.parametrize(
    ("keys", "name", "header"),
    [
        (("f5",), "my-desk", "group"),
        (("f6",), "service", "issue_id"),
        (("h",), "log", "event_id"),
        (("f3",), "roster", "trend"),
        (("f4", "V", "V"), "queue", "state"),
        (("f6", "B"), "figures", "value"),
        (("f2", "f9", "escape", "shift+tab", "shift+tab"), "", ""),
    ],
)
async def test_every_list_has_the_key(
    running: Running, tmp_path: Path, keys: tuple[str, ...], name: str, header: str
) -> None:
    async with running(at="roster") as (app, _):
        app.my_agent_id = 6
        await press(app, "f3", *keys)
        app.screen.query_one(f"#{name or 'latest'}", LiveTable).focus()
        await press(app, "E")
        assert Path(app.screen.query_one("#path", Input).value).name.startswith(
            f"{name or 'latest'}-2082-03-04"
        )
        await fill_in(app, path=str(tmp_path / "a.csv"))
        await press(app, "f9")
        assert "Exported" in text_of(app)
    head, *rows = read(tmp_path / "a.csv")
    assert (header or "customer_name") in head
    assert not SIGNS & set("".join(map("".join, rows))), "what is drawn for the eye stays on the screen"
    if "state" in head:
        assert {row[head.index("state")] for row in rows} <= STATES


async def test_a_file_that_exists_is_kept_and_the_form_stays(running: Running, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("theirs")
    async with running(at="roster") as (app, _):
        await press(app, "f3")
        await export(app, tmp_path / "a.csv")
        assert isinstance(app.screen, FormModal)
        assert "already exists" in " ".join(text_of(app).split())
        await fill_in(app, path=str(tmp_path / "b.csv"))
        await press(app, "f9")
        assert "Exported 30 rows" in text_of(app)
    assert (tmp_path / "a.csv").read_text() == "theirs"


def test_an_export_ends_with_the_application() -> None:
    closing = threading.Event()
    rows = until(closing.is_set, ({"number": number} for number in range(9)))
    assert next(rows) == {"number": 0}
    closing.set()
    with pytest.raises(Refused, match="closed"):
        next(rows)
