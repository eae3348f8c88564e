"""A file of leads in the application: columns are chosen, first rows seen, then all is one act."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual.widgets import Button, OptionList, Static

from astra_tui.app import AstraApp
from screens.dispatch.column_table import ColumnTable
from screens.dispatch.lead_file import LeadFileForm
from screens.dispatch.several_leads import SeveralLeads
from screens.fields.choice import Pick
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of
from tests.screens.scenes import press, said
from tests.screens.test_dispatch import newest

LAUNCH = "London Ascension Platform"
HEAD = "Who is it?,Where to,Email address,How can we phone you?,Source,Method,Launch,Score"
KNOWN = "Name,Destination,Source,Method,Launch,Phone"


def row(name: str, destination: str = "Mars", phone: str = "0711 1") -> str:
    return f"{name},{destination},,{phone},Organic,Text,{LAUNCH},7"


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*lines: str, name: str = "p.csv") -> Path:
        (tmp_path / name).write_text("\n".join(lines) + "\n", "utf-8")
        return tmp_path / name

    return write


def form(app: AstraApp) -> LeadFileForm:
    assert isinstance(app.screen, LeadFileForm)
    return app.screen


def text(app: AstraApp, name: str) -> str:
    return str(form(app).query_one(f"#{name}", Static).visual)


def becomes(app: AstraApp) -> dict[str, str]:
    return {each["head"]: each["field"] for each in form(app).query_one(ColumnTable).rows_shown}


async def open_file(app: AstraApp, path: Path | str) -> None:
    await press(app, "ctrl+g", *"files", "enter")
    await press(app, *str(path), "enter")


async def count(app: AstraApp) -> int:
    return len([each for each in await newest(app, 999) if not each["voided"]])


async def test_columns_are_chosen_and_the_file_is_one_act(
    golden_file: Path, running: Any, write: Write
) -> None:
    path = write(HEAD, row("[/] Ada"), row("Bob", "Pluto"), row("Cyd", phone="0711 2"))
    async with running(golden_file, size=(80, 24)) as (app, _):
        before = await count(app)
        await open_file(app, path)
        assert becomes(app)["Who is it?"] == ""
        assert text(app, "problem") == "! No column is name yet: choose one"
        await press(app, "enter")
        assert text(app, "problem") == "! No column is name yet: choose one"
        await press(app, "n", "enter")
        assert "'How can we phone you?' may hold contacts" in text(app, "problem")
        assert becomes(app)["Where to"] == "destination"
        await press(app, "down", "down", "down")
        await press(app, "p", "h")
        assert becomes(app)["How can we phone you?"] == "phone"
        assert text(app, "told").startswith("2 rows would come in, 1 refused\n1 × 'Pluto' is not an accepted")
        assert "[/] Ada" in text_of(app)
        await press(app, "enter")
        refused = path.with_name("p-refused.csv")
        assert len(app.screen_stack) == 1
        assert f"2 leads came in; 1 refused, in {refused}" in said(app)[-1]
        assert next(csv.DictReader(refused.read_text("utf-8").splitlines()))["Where to"] == "Pluto"
        assert await count(app) == before + 2
        await press(app, "ctrl+z", "ctrl+z")
        assert await count(app) == before


async def test_the_next_file_is_read_as_the_last_one(golden_file: Path, running: Any, write: Write) -> None:
    async with running(golden_file, size=(120, 36)) as (app, _):
        await open_file(app, write(HEAD, row("Ada")))
        await press(app, "n", "down", "down", "down")
        await press(app, "i", "enter")
        await open_file(
            app, write("Score," + HEAD.removesuffix(",Score"), "7," + row("Bob")[:-2], name="q.csv")
        )
        assert text(app, "problem") == ""
        assert text(app, "told").startswith("Columns as last time (p.csv, ")
        assert becomes(app)["Who is it?"] == "name"
        assert "– ignored" in text_of(app)
        await press(app, "f8")
        assert text(app, "problem") == "! No column is name yet: choose one"
        await press(app, "escape")
        assert text(app, "problem") == "! Close again to discard what you chose"
        await press(app, "escape")
        await open_file(app, write(HEAD, row("Ada"), row("Cyd", phone="3"), name="r.csv"))
        await press(app, "enter")
        assert "came in" in said(app)[-1]


async def test_escape_leaves_nothing_written(golden_file: Path, running: Any, write: Write) -> None:
    path = write(KNOWN, f"Ada,Mars,Organic,Text,{LAUNCH},0711 1", f"Ada,Mars,Organic,Text,{LAUNCH},0711 1")
    async with running(golden_file, size=(80, 24)) as (app, _):
        before = await count(app)
        await open_file(app, path)
        assert text(app, "told").splitlines()[0] == "1 row would come in, 1 known already"
        await press(app, "escape")
        assert (len(app.screen_stack), await count(app)) == (1, before)
        await open_file(app, path)
        await press(app, "f9")
        assert "1 lead came in; 1 were known already" in said(app)[-1]
        await open_file(app, path)
        assert text(app, "told").splitlines()[0] == "0 rows would come in, 2 known already"
        assert "line 2-3: came in from p.csv" in text(app, "told")


async def test_a_listing_of_the_desk_is_known(golden_file: Path, running: Any, write: Write) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        (listed,) = await newest(app, 1)
        path = write(name="listing.csv")
        with path.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.DictWriter(stream, listed)
            rows.writeheader()
            rows.writerow(listed)
        await open_file(app, path)
        assert text(app, "told").splitlines()[-2:] == [
            "0 rows would come in, 1 known already",
            "line 2: a lead of this desk, as its listing has it",
        ]


async def test_a_second_enter_right_behind_the_path_takes_nothing_in(
    golden_file: Path, running: Any, write: Write
) -> None:
    path = write(KNOWN, f"Ada,Mars,Organic,Text,{LAUNCH},0711 1")
    async with running(golden_file, size=(80, 24)) as (app, pilot):
        before = await count(app)
        await open_file(app, path)
        table = form(app).query_one(ColumnTable)
        assert 0 < table.ready_at < monotonic() + 1
        table.ready_at = monotonic() + 60  # so that a slow machine is not too late
        await pilot.press("enter")
        await app.settle()
        assert text(app, "problem") == "! Enter again imports the file"
        assert await count(app) == before
        table.ready_at = 0.0
        await press(app, "enter")
        assert await count(app) == before + 1


async def test_with_the_mouse(golden_file: Path, running: Any, write: Write) -> None:
    async with running(golden_file, size=(120, 36)) as (app, pilot):
        await open_file(app, write(HEAD, row("Ada")))
        table = form(app).query_one(ColumnTable)
        for place, field in ((0, "name"), (3, "phone")):
            await pilot.click(ColumnTable, offset=(4, place + 1))
            await pilot.click(ColumnTable, offset=(4, place + 1))  # a second click takes nothing in
            assert table.cursor_row == place
            await pilot.click(Pick)
            await app.settle()
            listed = form(app).query_one("#becomes SelectOverlay", OptionList)
            line = next(
                y for y in range(listed.option_count) if str(listed.get_option_at_index(y).prompt) == field
            )
            listed.scroll_home(animate=False)  # as the wheel does
            await app.settle()
            await pilot.click(listed, offset=(4, line))
            await app.settle()
            assert becomes(app)[HEAD.split(",")[place]] == field
        assert text(app, "problem") == ""
        await pilot.click("#go")
        await app.settle()
        assert said(app)[-1].startswith("1 lead came in")


async def test_pasted_lines_whose_columns_are_not_understood(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "ctrl+t")
        lines = app.screen.query_one("#lines")
        lines.text = f"{HEAD}\n{row('Ada')}\n{row('Bob', phone='0711 2')}"
        await app.settle()
        assert "f8 says what the columns are: " in str(app.screen.query_one("#told", Static).visual)
        await press(app, "f8")
        await press(app, "n", "down", "down", "down")
        await press(app, "p", "h")
        await press(app, "enter")
        assert len(app.screen_stack) == 1
        assert [each["customer_name"] for each in await newest(app, 2)] == ["Bob", "Ada"]


async def test_f8_without_lines_asks_for_a_file(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        await press(app, "ctrl+t", "f8")
        assert form(app).query("#path")
        await press(app, "escape")
        assert isinstance(app.screen, SeveralLeads)


@pytest.mark.parametrize(
    ("lines", "keys", "problem"),
    [
        ((KNOWN,), "", "only the names of the columns"),
        ((KNOWN.replace("Launch", "Old,New"), "a,b,c,d,e,f,g"), "l", "No column is launch yet"),
        (("Name,Old,Old,Source,Method,Launch", "a,b,c,d,e,f"), "d", "The file has 2 columns 'Old'"),
        (("Name,Destination,Old,Source,Method,Launch", "a,b,c,d,e,f"), "", ""),
    ],
)
async def test_bad_columns_are_told_in_words(
    golden_file: Path, running: Any, write: Write, lines: tuple[str, ...], keys: str, problem: str
) -> None:
    async with running(golden_file, size=(80, 24)) as (app, _):
        before = await count(app)
        await open_file(app, write(*lines))
        await press(app, *keys.replace("l", ""))
        assert problem in text(app, "problem")
        await press(app, "enter")
        if problem:
            assert problem in text(app, "problem")
        assert await count(app) == before


async def test_two_columns_for_one_field_and_letters_of_none(
    golden_file: Path, running: Any, write: Write
) -> None:
    path = write("Name,Old,New,Source,Method,Launch", f"Ada,Mars,Titan,Organic,Text,{LAUNCH}")
    async with running(golden_file, size=(80, 24)) as (app, _):
        await open_file(app, path)
        assert form(app).query_one(ColumnTable).cursor_row == 1
        await press(app, "d")
        await press(app, "down")
        await press(app, "d", "enter")
        assert text(app, "problem") == "! destination is in several columns: Old, New; ignore all but one"
        await press(app, "z")
        assert text(app, "problem").startswith("! No field begins with that; name, method")
        await press(app, "i", "enter")
        assert said(app)[-1].startswith("1 lead came in")
        assert (await newest(app, 1))[0]["destination"] == "Mars"


@pytest.mark.parametrize("wrong", ["none.csv", ".", "'a", "a.csv b.csv", ""])
async def test_paths_that_are_no_file(
    golden_file: Path, running: Any, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(golden_file, size=(80, 24)) as (app, _):
        await open_file(app, wrong)
        assert text(app, "problem").startswith("! ")
        assert str(form(app).query_one("#go", Button).label) == "Read"
        await press(app, "escape")


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_three_hundred_columns(
    golden_file: Path, running: Any, write: Write, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    wide = ",".join(
        [*(f"Answer {number}" for number in range(295)), "Who", "Destination,Source,Method,Launch"]
    )
    path = write(wide, ",".join([*["x"] * 295, "Ada", f"Mars,Organic,Text,{LAUNCH}"]))
    async with running(golden_file, size=size) as (app, _):
        await press(app, "ctrl+p", *"leads from a file", "enter")
        await press(app, *str(path), "enter")
        table = form(app).query_one(ColumnTable)
        await press(app, "end", "up", "up", "up", "up")
        await press(app, "n")
        assert table.current is not None
        assert table.current["head"] == "Who"
        assert "→ name" in text_of(app)
        assert "✓ ready" in text_of(app)
        assert form(app).query_one("#rows", LiveTable).rows_shown[0]["lead"]["name"] == "Ada"
        await press(app, "enter")
        assert said(app)[-1].startswith("1 lead came in")
