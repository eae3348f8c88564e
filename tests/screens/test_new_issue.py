"""The way through the form of a new issue: enter goes on from each field, and submits from the last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astra_tui.app import AstraApp
from dispatch.service.issues import queries
from dispatch.service.row_types import IssueDetails
from screens.fields.choice import Pick
from screens.service.new_issue import NewIssue
from tests.screens.picture import text_of
from tests.screens.scenes import press

MESSAGE = "I was charged twice, please send $300 back"


def here(app: AstraApp) -> str | None:
    return None if app.focused is None else app.focused.id


async def seventh(app: AstraApp) -> IssueDetails:
    """The issue that is opened here."""
    desk = app.backend.desk
    return await app.backend.read(lambda: queries.issue(desk, 7))


async def test_enter_goes_to_the_next_field_also_from_a_choice(golden_file: Path, running: Any) -> None:
    """It stayed in a choice that was made, and opened the list of one that may be empty."""
    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        await press(app, "f6", "I", *MESSAGE, "tab", *"em", "enter")
        assert (here(app), app.screen.query_one("#channel", Pick).chosen) == ("tier", "e-mail")
        await press(app, "enter")
        assert here(app) == "customer"
        await press(app, "enter", *"kate", "enter")
        assert "Kate Nguyen" in text_of(app)
        assert here(app) == "customer"
        await press(app, "tab", "x", "enter")
        assert (here(app), "'x' is not a valid booking" in text_of(app)) == ("booking", True)
        await press(app, "backspace")
        assert "'x' is not" not in text_of(app)
        await press(app, "y", "tab")
        assert (here(app), "'y' is not a valid booking" in text_of(app)) == ("category", True)
        await press(app, "shift+tab", "backspace", "enter")
        assert here(app) == "category"
        await press(app, "enter")
        assert not isinstance(app.screen, NewIssue)
        row = await seventh(app)
        assert (row["channel"], row["customer_name"]) == ("email", "Kate Nguyen")


async def test_the_cursor_is_at_the_customer_that_was_found(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        await press(app, "f6", "I", *"hm", "tab", *"em", "ctrl+f", *"kate", "enter", "shift+tab")
        assert here(app) == "tier"
        await press(app, "shift+tab", "shift+tab", "ctrl+f", *"kate", "enter", *" again")
        assert app.screen.text == "hm again", "a sentence goes on"


async def test_enter_at_the_end_asks_for_what_is_missing(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        await press(app, "f6", "I", "shift+tab", "shift+tab", "shift+tab")
        assert here(app) == "category"
        await press(app, "enter")
        assert (here(app), "Message is required" in text_of(app)) == ("text", True)
        await press(app, *"hm", "shift+tab", "shift+tab", "shift+tab", "enter")
        assert "Choose a category" in text_of(app)
        await press(app, "enter")
        assert app.screen.query_one("#category", Pick).expanded, "the question is not answered by enter alone"
        await press(app, *"refu", "enter", "enter")
        row = await seventh(app)
        assert row["category"] == "refund_request"


async def test_a_word_that_fits_no_tier_opens_no_issue(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(80, 24), at="service") as (app, _):
        await press(app, "f6", "I", *"hm", "tab", "tab", *"moon", "tab", "f9")
        assert isinstance(app.screen, NewIssue)
        assert (here(app), app.screen.query_one("#tier", Pick).chosen) == ("tier", "")
        assert "No tier begins with moon" in text_of(app)
