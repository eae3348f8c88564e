"""Finding a customer from anywhere, the card, and merging two customers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.color import Color
from textual.widgets import Input, Static

from astra_tui.app import AstraApp
from dispatch import bookings, customers
from dispatch.bootstrap import open_desk
from dispatch.customers.row_types import CustomerCard as Card
from dispatch.leads import intake
from dispatch.queries import customer_index
from screens.customers.card import CustomerCard, history, person
from screens.customers.finder import MOST_SHOWN, FindCustomer, FoundList, describe_count
from screens.customers.forms import MergeCustomers, merge_text
from screens.shell.desk_screen import Place
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, leave, press

LEAD = {"method": "Text", "source": "Organic", "destination": "Titan", "launch": "Sydney Stellar Port"}
HOSTILE = "[/] [@click=app.quit]x[/] [bold]"


@pytest.fixture
def busy_file(golden_file: Path) -> Path:
    """The golden desk with three Kates, two of them one person, and sixty of the same name."""
    desk = open_desk(golden_file, clock=standing_still, actor="lee")
    intake.receive(desk, name="Kate Nguyen", phone="+49 711 1234", email="kate@example.com", **LEAD)
    intake.receive(desk, name="Katie Nguyen", phone="+49 711 1234", **LEAD)
    with desk.batch():
        for number in range(60):
            intake.receive(desk, name=f"Zita {number}", **LEAD)
    desk.close()
    return golden_file


def names(app: AstraApp) -> list[str]:
    """The names in the visible list, in order."""
    rows = app.screen.query_one(LiveTable).rows_shown
    return [row.get("name") or row["customer_name"] for row in rows]


def below(app: AstraApp) -> str:
    return str(app.screen.query_one("#told", Static).visual)


def card(app: AstraApp) -> Card:
    assert isinstance(app.screen, CustomerCard), app.screen
    return app.screen._card


async def typed(app: AstraApp, text: str) -> list[str]:
    app.screen.query_one("#text", Input).value = text
    await app.settle()
    return names(app)


async def _enter_holds_for_a_later_search_too(app: AstraApp) -> None:
    await press(app, "ctrl+f")
    modal = app.screen
    assert isinstance(modal, FindCustomer)
    modal.query_one("#text", Input).value = "zita 8"
    modal.action_take()
    modal._search()  # the pause after the last letter is over, or the desk has changed
    await app.settle()
    assert card(app)["name"] == "Zita 8"
    await leave(app)


async def test_a_customer_is_found_from_anywhere(
    busy_file: Path, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_index, "LARGE_BACKLOG", 2)
    async with running(busy_file, size=(80, 24)) as (app, pilot):
        app.screen.query_one("#customer", Input).value = "half a name"
        await press(app, "ctrl+f")
        assert await app.backend.read(customer_index.backlog) < 2  # indexed meanwhile
        await _what_is_typed_is_found(app)
        await _keys_and_mouse_choose(app, pilot)
        await press(app, "ctrl+f", *"zita 7", "enter")  # enter comes before the answer
        assert card(app)["name"] == "Zita 7"
        await leave(app)
        await _enter_holds_for_a_later_search_too(app)
        assert app.screen.query_one("#customer", Input).value == "half a name"
        assert app.screen.query_one("#customer").has_focus


async def _what_is_typed_is_found(app: AstraApp) -> None:
    assert names(app) == []
    assert below(app) == "Start typing a name, phone, e-mail or number"
    assert await typed(app, "[@click=") == [HOSTILE]
    assert HOSTILE[:12] in text_of(app)
    assert await typed(app, "مرحبا") == ["مرحبا بالعالم"]
    assert await typed(app, "711 1234") == ["Kate Nguyen"]
    assert below(app) == "1 customer"
    assert await typed(app, "KATE@EXAMPLE.com") == ["Kate Nguyen"]
    assert await typed(app, "#4") == [HOSTILE]
    assert await typed(app, "nobody at all") == []
    assert below(app) == "No matches"
    assert len(await typed(app, "zita")) == MOST_SHOWN
    assert below(app) == f"Best {MOST_SHOWN} shown; type more to narrow"


async def _keys_and_mouse_choose(app: AstraApp, pilot: Any) -> None:
    table = app.screen.query_one(LiveTable)
    await press(app, "down", "down", "up", "pagedown")
    assert table.cursor_row > 2
    assert app.screen.query_one("#text").has_focus
    await press(app, "pageup", "down")
    chosen = names(app)[1]
    for _ in range(2):  # the first click only puts the cursor there
        await pilot.click(LiveTable, offset=(5, 2))
        await app.settle()
    assert card(app)["name"] == chosen
    await press(app, "escape")
    assert isinstance(app.screen, Place)


async def test_a_card_shows_all_and_stays_up_to_date(busy_file: Path, running: Any) -> None:
    other = open_desk(busy_file, clock=standing_still, actor="lee")
    async with running(busy_file, size=(80, 24), at="queue") as (app, _):
        await press(app, "f4", "escape", "slash", *"#14", "enter", "i")
        assert (card(app)["customer_id"], names(app)) == (13, ["Katie Nguyen", "Kate Nguyen"])
        await press(app, "down")
        bookings.note(other, 14, "[/b] calls back")
        intake.receive(other, name="Kate N.", phone="+49 711 1234", **LEAD)
        customers.edit(other, 13, email="kate@example.org")
        await app.settle()
        assert names(app) == ["Kate N.", "Katie Nguyen", "Kate Nguyen"]
        assert app.screen.query_one(LiveTable).cursor_row == 2  # where it was: on the first booking
        shown = text_of(app)
        assert "kate@example.org" in shown
        assert "note: [/b] calls back  (lee)  booking 14" in shown
        await press(app, "y")
        assert app.clipboard == "+497111234"
        await press(app, "y")
        assert app.clipboard == "kate@example.org"
        await _a_typo_is_corrected_everywhere(app)
        await press(app, "enter")
        queue = app.screen.query_one("#queue", LiveTable)
        assert queue.current is not None
        assert (queue.current["booking_id"], queue.current["customer_name"]) == (13, "Cate Nguyen")
        assert queue.row_count > 1
    other.close()


async def _a_typo_is_corrected_everywhere(app: AstraApp) -> None:
    await press(app, "e")
    await fill_in(app, name="Cate Nguyen", phone="x")
    await press(app, "f9")
    assert "is not a phone number" in text_of(app)
    await fill_in(app, phone="+49 711 99")
    await press(app, "f9")
    assert (card(app)["name"], card(app)["phone"]) == ("Cate Nguyen", "+4971199")
    assert names(app) == ["Kate N.", "Katie Nguyen", "Cate Nguyen"]
    await press(app, "ctrl+z")
    assert card(app)["name"] == "Kate Nguyen"
    await press(app, "e")
    await fill_in(app, name="Cate Nguyen")
    await press(app, "f9")


async def see_that_somebody_can_be_chosen_only_where_there_is_one(app: AstraApp) -> None:
    assert isinstance(app.screen, FindCustomer)
    assert not app.screen.is_possible("take")
    await typed(app, "")
    assert app.screen.is_possible("take")
    found, bar = app.screen.query_one(FoundList), app.theme_variables["block-cursor-background"]
    grounds = {segment.style.bgcolor for segment in found.render_line(1) if segment.style}
    assert Color.parse(bar).rich_color in grounds, "the row that enter chooses is seen"


async def test_two_customers_are_merged_and_separated_again(busy_file: Path, running: Any) -> None:
    async with running(busy_file, size=(120, 36), at="queue") as (app, _):
        await press(app, "f4", "escape", "slash", *"#1", "enter", "end", "i")
        assert card(app)["customer_id"] == 1
        await press(app, "m")
        assert isinstance(app.screen, FindCustomer)
        assert names(app) == ["Kate Nguyen"]  # the other one of that name, before anything is typed
        assert below(app) == "1 possible duplicate; type to find another customer"
        assert "name" in text_of(app)
        assert await typed(app, "#1") == []  # a customer is not merged with themselves
        await see_that_somebody_can_be_chosen_only_where_there_is_one(app)
        await press(app, "enter")
        assert isinstance(app.screen, MergeCustomers)
        assert "kate@example.com is copied" in text_of(app)
        await press(app, "ctrl+t")
        assert "kate@example.com is copied" not in text_of(app)
        await press(app, "ctrl+t", "f9")
        assert (card(app)["customer_id"], card(app)["merged"]) == (1, [13])
        assert sorted(row["booking_id"] for row in card(app)["bookings"]) == [1, 13, 14]
        assert "Merged into Kate Nguyen (1) · u undo" in text_of(app)
        await press(app, "ctrl+z", "ctrl+z")
        assert "Undone: the merge into customer 1" in text_of(app)
        assert (card(app)["email"], card(app)["merged"]) == (None, [])
        await press(app, "m")
        await typed(app, "#4")
        await press(app, "enter", "ctrl+t", "enter", "escape")  # enter on the button confirms
        with_both = await app.backend.read(lambda: customers.card(4))
        assert (with_both["merged"], len(with_both["bookings"])) == ([1], 2)
        await press(app, "ctrl+z", "ctrl+z")
        assert (await app.backend.read(lambda: customers.card(1)))["merged_into"] is None


ROW: Any = {
    "customer_id": 1,
    "name": HOSTILE,
    "phone": None,
    "email": "a@example.com",
    "created_at": "2082-11-22 01:02:03",
    "merged_into": None,
    "tier": None,
    "phone_typed": None,
    "email_typed": None,
    "do_not_contact": False,
    "contacts": [
        {
            "customer_id": 1,
            "contact_id": None,
            "kind": "email",
            "value": "a@example.com",
            "typed": None,
            "note": None,
        },
    ],
    "apart": [],
    "total_value": 0.0,
    "previous_issues": 0,
    "open_issues": 0,
    "satisfaction": None,
    "issues": [],
    "merged": [],
    "open_bookings": 0,
    "bookings": [],
    "leads": [],
    "events": [],
}


def test_a_card_says_what_is_unknown() -> None:
    said = person(ROW).plain
    assert said.startswith(f"{HOSTILE}\nPhone   not known\nE-mail  a@example.com\n")
    assert "Merged" not in said
    assert "Merged  customer 4, 5 too" in person(ROW | {"merged": [4, 5]}).plain
    assert "the newest 50" not in said
    assert "the newest 50" in person(ROW | {"events": [{}] * 50}).plain
    assert "merged into customer 9" in person(ROW | {"merged_into": 9}).plain
    assert "Service" not in said
    assert "Do not contact" not in said
    assert "Do not contact" in person(ROW | {"do_not_contact": True}).plain
    known = {"tier": "gold", "total_value": 1200.0, "previous_issues": 2, "satisfaction": 4.5}
    assert "Service gold, 2 issues, rated 4.5, paid 1,200.00" in person(ROW | known).plain
    assert "imported; nothing done here yet" in history(ROW).plain


@pytest.mark.parametrize(
    ("bookings", "issues", "told"),
    [(0, 0, "nothing"), (1, 0, "1 booking"), (0, 1, "1 issue"), (2, 3, "2 bookings, 3 issues")],
)
def test_what_is_open_counts_bookings_and_issues(bookings: int, issues: int, told: str) -> None:
    card = person(ROW | {"open_bookings": bookings, "open_issues": issues}).plain
    assert f"Open    {told}\n" in f"{card}\n"


def test_a_merge_says_what_moves() -> None:
    preview: Any = {
        "keep": ROW,
        "other": ROW | {"customer_id": 2, "name": "Kate"},
        "leads": 3,
        "takes_over": {"phone": "+49"},
        "asks": {"email": "b@example.com"},
        "tier": "gold",
        "do_not_contact": True,
    }
    said = merge_text(preview).plain
    assert f"Keep      {HOSTILE} (1)" in said
    assert "Merge in  Kate (2)" in said
    assert "3 leads move over" in said
    assert "+49 is copied.\nMain e-mail (e changes): a@example.com, also b@example.com\nTier: gold\n" in said
    assert (
        "Main e-mail (e changes): b@example.com, also a@example.com" in merge_text(preview, {"email"}).plain
    )
    assert "Do not contact" in said
    assert "1 lead moves over" in merge_text(preview | {"leads": 1}).plain


def test_a_search_says_what_is_missing() -> None:
    assert describe_count(1, 0) == "1 customer"
    assert describe_count(0, customer_index.MOST_LOOKED_THROUGH) == "No matches"
    assert describe_count(2, customer_index.MOST_LOOKED_THROUGH + 5_000) == (
        "2 customers  ·  5,000 older ones are still being indexed"
    )
