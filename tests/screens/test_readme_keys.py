"""README's table of keys and its two minutes at the desk, pressed as they are written."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.queries.row_types import BookingRow
from screens.app.tour import PAGES
from screens.base import keys
from screens.dialogs.column_chooser import Columns
from screens.dialogs.panel import Panel
from screens.shell.command_line import CommandLine
from screens.shell.help import Help
from screens.shell.saved_views import SavedViews
from screens.widgets.detail_pane import DetailPane
from screens.widgets.live_table import LiveTable
from seeds.demo.demo import make_demo
from tests.screens.conftest import Running, standing_still
from tests.screens.key_checks.registry import at_booking, booking, place, shown_now
from tests.screens.picture import text_of
from tests.screens.scenes import leave, press, said

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEYS_PAGE = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
NEW = 413  # the first booking after the demo's 412


class Row(NamedTuple):
    """A row of README's table; ``words`` are the backquoted words of its text."""

    pressed: list[str]
    where: str
    what: str

    @property
    def words(self) -> list[str]:
        return spans(self.what)


def spans(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def rows() -> dict[str, Row]:
    found = re.findall(r"^\| (`.*?) \| (.*?) \| (.*) \|$", README, re.MULTILINE)
    return {keys: Row(spans(keys), where, what) for keys, where, what in found}


@pytest.fixture(scope="module")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk of ./astra demo, with its issues."""
    path = tmp_path_factory.mktemp("readme") / "demo.db"
    desk = open_desk(path, create=True, clock=standing_still, actor="seed")
    make_demo(desk, with_issues=True)
    desk.close()
    return path


Check = Callable[[AstraApp, "Pilot[None]", Row], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def check(keys: str) -> Callable[[Check], Check]:
    def mark(function: Check) -> Check:
        CHECKS[keys] = function
        return function

    return mark


def table(app: AstraApp) -> LiveTable[Any]:
    return app.screen.query_one(LiveTable)


def ids(app: AstraApp) -> list[Any]:
    return [row["booking_id"] for row in table(app).rows_shown]


def line_keys(text: str) -> list[str]:
    return ["space" if letter == " " else letter for letter in text]


async def newest(app: AstraApp) -> BookingRow:
    return await booking(app, NEW)


async def assign(app: AstraApp) -> BookingRow:
    """Type the lead of README's two minutes, with the letters that stand there."""
    walk = README[README.index("Type a customer's name") : README.index("Then try:")]
    method, source, destination, launch = re.findall(r"`(\w+)` for", walk)
    await press(app, "f2", *"Zia Quill", "enter")
    for letters in (method, source, destination, launch):
        await press(app, *letters, "enter")
    await press(app, "enter")
    return await newest(app)


async def test_the_two_minutes_are_as_readme_says(running: Running) -> None:
    async with running() as (app, _):
        lead = await assign(app)
        told = {"method": "Text", "source": "Organic", "destination": "Mars"}
        assert {key: lead[key] for key in told} == told  # type: ignore[literal-required]
        assert lead["launch_location"].startswith("Dubai")
        assert (lead["customer_name"], lead["status"]) == ("Zia Quill", "Pending")
        assert lead["agent_id"] is not None
    assert f"tour of {['', '', '', '', '', 'five'][len(PAGES)]} short pages" in README


def test_every_row_is_checked() -> None:
    assert list(rows()) == list(CHECKS)


@pytest.mark.parametrize("where", ["anywhere", "on a booking", "in a list"])
async def test_each_key_does_what_its_row_says(where: str, running: Running) -> None:
    async with running() as (app, pilot):
        await assign(app)
        wanted = {keys: row for keys, row in rows().items() if row.where == where}
        assert len(wanted) > 1
        for keys, row in wanted.items():
            await CHECKS[keys](app, pilot, row)
            while len(app.screen_stack) > 1:
                await leave(app)


@check("`f2` to `f7`")
async def places(app: AstraApp, _: Pilot[None], row: Row) -> None:
    first, last = (int(key[1:]) for key in row.pressed)
    names = row.what.split(", ")
    assert len(names) == last - first + 1
    for number, name in enumerate(names, start=first):
        await press(app, f"f{number}")
        await leave(app)  # My desk asks whose it is
        assert keys.TITLES[place(app)] == name


@check("`f1`")
async def helps(app: AstraApp, pilot: Pilot[None], row: Row) -> None:
    await press(app, "f4", *row.pressed, *"roster", "enter")
    assert place(app) == "roster", "enter runs the found key"
    await press(app, "f4", *row.pressed, *"insights")
    assert isinstance(app.screen, Help)
    lines = text_of(app).splitlines()
    y = next(i for i, line in enumerate(lines) if "Insights" in line and "f7" in line)
    await pilot.click(offset=(lines[y].index("Insights"), y))
    await app.settle()
    assert place(app) == "insights", "so does a click"


@check("`ctrl+z` `ctrl+y`")
async def undoes(app: AstraApp, _: Pilot[None], row: Row) -> None:
    undo, redo, undo_letter, redo_letter = *row.pressed, *row.words
    await press(app, "f2", undo)
    assert (await newest(app))["status"] == "Pending", "a lead takes a second press"
    await press(app, undo)
    assert (await newest(app))["status"] == "Cancelled"
    await press(app, redo)
    if (await newest(app))["status"] != "Pending":
        await press(app, redo)
    assert (await newest(app))["status"] == "Pending"
    await at_booking(app, NEW)
    await press(app, "c")
    for key, is_claimed in ((undo, False), (redo, True), (undo_letter, False), (redo_letter, True)):
        await press(app, key)
        assert bool((await newest(app))["claimed_at"]) is is_claimed, key
    await press(app, undo_letter)


@check("`ctrl+g`")
async def command_line(app: AstraApp, _: Pilot[None], row: Row) -> None:
    in_list = row.words[-1]
    await press(app, "f2", *row.pressed)
    assert isinstance(app.screen, CommandLine)
    await leave(app)
    claims = re.search(r"`(c \d+ \d+)` claims\nthe booking for agent 6", README)
    note = re.search(r"`(n \d+ (.+?))` adds a note", README)
    goes = re.search(r"`(\w+)` goes to whoever has that name", README)
    assert claims
    assert note
    assert goes
    await press(app, "f4", in_list, *line_keys(claims[1]))
    assert (await newest(app))["claimed_at"] is None, "shown before enter does it"
    await press(app, "enter")
    lead = await newest(app)
    assert (lead["agent_id"], bool(lead["claimed_at"])) == (6, True)
    await press(app, *row.pressed, *line_keys(note[1]), "enter")
    event = (await app.backend.read(lambda: event_log.events(limit=1)))[0]
    assert (event["booking_id"], event["detail"]["text"]) == (NEW, note[2])
    await press(app, *row.pressed, *line_keys(goes[1]), "enter")
    assert goes[1] in str(shown_now(app)).lower()


@check("`ctrl+p`")
async def palette(app: AstraApp, _: Pilot[None], row: Row) -> None:
    number, issue, name = row.words
    await press(app, "f2", *row.pressed, *number, "enter")
    assert (place(app), shown_now(app)["booking_id"]) == ("queue", int(number))
    await press(app, *row.pressed, *line_keys(issue), "enter")
    assert (place(app), f"issue {shown_now(app)['issue_id']}") == ("service", issue)
    await press(app, *row.pressed, *name, "enter")
    assert name in text_of(app).lower()
    await press(app, "escape", *row.pressed, *line_keys("astra-light"), "enter")
    assert app.theme == "astra-light"
    await press(app, *row.pressed, *line_keys("roster"), "enter")
    assert place(app) == "roster"


@check("`ctrl+o`")
async def messages(app: AstraApp, _: Pilot[None], row: Row) -> None:
    await at_booking(app, NEW)
    await press(app, "y", *row.pressed)
    assert "Messages" in text_of(app)
    assert said(app)[-1][:20] in text_of(app)


@check("`c` `t` `f` `x` `r`")
async def on_a_booking(app: AstraApp, _: Pilot[None], row: Row) -> None:
    shown = {binding.key: binding.description.lower() for binding in keys.BOOKING}
    assert [shown[key] for key in row.pressed] == row.what.split(", ")
    claim, contact, confirm, cancel, reassign = row.pressed
    await at_booking(app, NEW)
    await press(app, claim)
    assert (await newest(app))["claimed_at"]
    await press(app, contact, "f9")
    assert (await newest(app))["contact_attempts"] == 1
    await press(app, reassign)
    assert "Reassign" in text_of(app)
    await press(app, "escape", "escape", confirm)
    assert "Confirm booking" in text_of(app)
    await press(app, "escape", "escape", cancel, *"changed plans", "f9")
    assert (await newest(app))["status"] == "Cancelled"
    await press(app, "u")


@check("`w` or `f8`")
async def why(app: AstraApp, _: Pilot[None], row: Row) -> None:
    for key in row.pressed:
        await at_booking(app, NEW)
        agent = (await newest(app))["agent_name"]
        await press(app, key)
        assert isinstance(app.screen, Panel)
        assert app.screen.heading == f"Why {agent} got booking {NEW}"
        assert re.search(r"\n +2 +\d+  \w", app.screen.text.plain), "who was next"
        await leave(app)


@check("`v`")
async def next_view(app: AstraApp, _: Pilot[None], row: Row) -> None:
    await press(app, "f4", "escape")
    before = len(ids(app))
    await press(app, *row.pressed)
    assert {row["status"] for row in table(app).rows_shown} == {"Pending"}
    pending = len(ids(app))
    assert pending < before
    assert re.search(r"[Pp]ending +\d", text_of(app)), "the tab has the count"
    await press(app, "V")


@check("`/`")
async def filters(app: AstraApp, _: Pilot[None], row: Row) -> None:
    slash = row.pressed[0]

    async def found(where: str, text: str) -> list[Any]:
        await press(app, where, "escape", slash, *line_keys(text), "enter")
        assert app.screen.query_one("#filter", Input).value == text
        return list(table(app).rows_shown)

    status, created, load, both, either, neither = row.words
    assert {one["status"] for one in await found("f4", status)} == {"Pending"}
    assert NEW in [one["booking_id"] for one in await found("f4", created)]
    assert all(one["load"] > 5 for one in await found("f3", load) if "load" in one)
    quill = [one["booking_id"] for one in await found("f4", f"zia {both} {status}")]
    assert quill == [NEW]
    assert NEW in [one["booking_id"] for one in await found("f4", f"zia {either} to:venus")]
    assert [one["booking_id"] for one in await found("f4", f"zia {neither} {status}")] == []
    await press(app, "escape")


@check("`;`")
async def saved_views(app: AstraApp, _: Pilot[None], row: Row) -> None:
    save, use = row.words
    await press(app, "f4", "escape", "slash", *"to:mars", "enter", *row.pressed)
    assert isinstance(app.screen, SavedViews)
    await press(app, save, *"Mars", "enter", "enter", "f9", "escape", "escape")
    assert app.screen.query_one("#filter", Input).value == ""
    await press(app, *row.pressed, use)
    assert app.screen.query_one("#filter", Input).value == "to:mars"
    await press(app, "escape")


@check("`E`")
async def export(app: AstraApp, _: Pilot[None], row: Row) -> None:
    target = Path(app.backend.path).with_name("all.csv")
    await press(app, "f4", "escape", *row.pressed)
    app.screen.query_one("#path", Input).value = str(target)
    await press(app, "f9")
    assert len(target.read_text().splitlines()) == NEW + 1, "all rows, with a header"


@check("`space` `M` `A`")
async def marks(app: AstraApp, _: Pilot[None], row: Row) -> None:
    one, through, every = row.pressed
    reassign, cancel, unmark = row.words
    await press(app, "f4", "escape", "slash", *"status:pending", "enter", "home", one)
    assert "1 marked ✓" in text_of(app)
    await press(app, "down", through)
    assert "3 marked ✓" in text_of(app)
    for key in (reassign, cancel):
        await press(app, key)
        assert "marked bookings" in text_of(app)
        await press(app, "escape")
    await press(app, "escape")
    assert unmark == "esc"
    assert "marked ✓" not in text_of(app)
    await press(app, every)
    assert "marked ✓" in text_of(app)
    await press(app, "escape", "escape")


@check("`h`")
async def log(app: AstraApp, _: Pilot[None], row: Row) -> None:
    await press(app, "f4", "escape", *row.pressed, "home")
    assert place(app) == "log"
    event = table(app).current
    await press(app, *row.words)
    assert place(app) != "log", event


@check("`,` `>` `<`")
async def columns(app: AstraApp, pilot: Pilot[None], row: Row) -> None:
    choose, sort, reverse = row.pressed
    await press(app, "f4", "escape", choose)
    assert isinstance(app.screen, Columns)
    await leave(app)
    while app.recall("queue.sort", "") != "id":
        await press(app, sort)
    down = ids(app)
    assert down == sorted(down, reverse=True)
    await press(app, reverse)
    assert ids(app) == sorted(ids(app)) != down
    before = app.recall("queue.sort", "")
    await pilot.click(LiveTable, offset=(12, 0))
    await app.settle()
    assert app.recall("queue.sort", "") != before, "a click on a header sorts"


@check("`z` `[` `]`")
async def panes(app: AstraApp, _: Pilot[None], row: Row) -> None:
    zoom, left, right = row.pressed
    await press(app, "f4", "escape")
    pane = app.screen.query_one(DetailPane)
    before = pane.outer_size
    await press(app, left)
    assert pane.outer_size.width > before.width
    await press(app, right)
    assert pane.outer_size == before
    await press(app, zoom)
    assert pane.region.area == 0
    await press(app, zoom)
    assert pane.outer_size == before


@check("`j` `k` `g` `G`")
async def moves(app: AstraApp, _: Pilot[None], row: Row) -> None:
    down, up, first, last, page_down, page_up = *row.pressed, *row.words
    await press(app, "f4", "escape", "home", down, down)
    assert table(app).cursor_row == 2
    await press(app, up)
    assert table(app).cursor_row == 1
    await press(app, page_down)
    assert table(app).cursor_row > 5
    await press(app, page_up)
    assert table(app).cursor_row <= 1
    loaded = len(table(app).rows_shown)
    await press(app, last)
    assert table(app).cursor_row == loaded - 1
    await press(app, first)
    assert table(app).cursor_row == 0


async def test_the_example_of_keys_works_in_the_application(running: Running) -> None:
    """The keymap in docs/keys.md: claim and help have the new keys, the old letter is free."""
    example = dict(re.findall(r'^    "([\w.]+)" = "(.*)"$', KEYS_PAGE, re.MULTILINE))
    assert set(example) == {"booking.claim", "help"}
    async with running(preferences=Preferences(keymap=example)) as (app, _):
        await assign(app)
        await at_booking(app, NEW)
        await press(app, keys.BY_ID["booking.claim"].key)
        assert (await newest(app))["claimed_at"] is None
        await press(app, example["booking.claim"])
        assert (await newest(app))["claimed_at"]
        for key in example["help"].split(","):
            await press(app, key)
            assert isinstance(app.screen, Help)
            await leave(app)
