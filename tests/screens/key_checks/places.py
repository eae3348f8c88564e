"""Keys that work everywhere: places, help, undo, filters, customers, the log and why."""

from __future__ import annotations

import re
from functools import partial

from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch import customers
from dispatch.desk import event_log
from screens.base import keys
from screens.customers.card import CustomerCard
from screens.customers.duplicates import Duplicates
from screens.dialogs.panel import Panel
from screens.shell.command_line import CommandLine
from screens.shell.desk_screen import Place
from screens.shell.help import Help
from screens.widgets.key_line import KeyButton
from screens.widgets.live_table import LiveTable
from tests.screens.key_checks.registry import (
    PLACES,
    at_booking,
    booking,
    checks_of,
    place,
    shown_now,
)
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, leave, press

check = checks_of("places")


def shown_verbs(app: AstraApp) -> set[str]:
    """The verbs on the key line."""
    buttons = app.screen.query(KeyButton)
    return {button.shown.binding.description for button in buttons if button.display and button.shown}


@check("help", "help.letter")
async def help_lists_every_key(app: AstraApp) -> None:
    for name in PLACES:
        app.go(name)
        await app.settle()
        for key in ("f1",) if name == "dispatch" else ("f1", "question_mark"):
            await press(app, key)
            panel = app.screen
            assert isinstance(panel, Help)
            said = {verb.sentence for verb in panel.offered}
            assert [one.id for one in [*keys.APP, *PLACES[name]] if one.tooltip not in said] == []
            assert [
                verb.shown_keys for verb in panel.offered if verb.shown_keys[:7] not in panel.text.plain
            ] == []
            await press(app, "escape")
            assert isinstance(app.screen, Place)


@check("help.take", "help.close", "palette", "palette.take", "palette.close")
async def help_and_palette_run_what_is_found(app: AstraApp) -> None:
    for opening in ("f1", "ctrl+p"):
        await press(app, "f4", opening, "escape")
        assert place(app) == "queue"
        await press(app, opening, *"roster", "enter")
        assert place(app) == "roster"


@check(*(f"place.{name}" for name in keys.PLACES))
async def keys_of_the_places(app: AstraApp) -> None:
    for name, number in [*keys.PLACES.items(), ("dispatch", 1)]:
        await press(app, f"f{number + 1}")
        assert place(app) == name
    await press(app, "f3", "6")
    assert place(app) == "insights"
    await press(app, "f2")
    await press(app, "2")  # the customer's name is in focus
    assert place(app) == "dispatch"
    assert app.screen.query_one("#customer", Input).value == "2"
    app.screen.query_one("#customer", Input).value = ""
    await press(app, "f3", "3", "4", "5", "2")
    assert place(app) == "roster"


@check("undo", "undo.letter", "redo", "redo.letter", "booking.claim", "booking.release")
async def claim_release_undo(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "c", "l")  # now nothing waits any more that the next command would give out, too
    # what is not the last act any more is asked about, so that its key is pressed twice
    undone = (("c", True), ("l", False), ("ctrl+z", True), ("u", True), ("u", False))
    redone = (("ctrl+y", True), ("U", True), ("U", False))
    for key, is_claimed in (*undone, *redone, ("u", True), ("u", True), ("u", False)):
        await press(app, key)
        assert bool((await booking(app, 9))["claimed_at"]) is is_claimed, key


@check("alerts")
async def alerts(app: AstraApp) -> None:
    await press(app, "f2", "f10")
    assert app.screen.query_one("#alerts").display
    assert app.place is not None
    assert app.place.NAME == "insights"


@check("messages")
async def look_messages_up(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+o")
    assert "Messages" in text_of(app)
    await press(app, "escape", "f4", "escape", "y", "ctrl+o")
    assert "Copied" in text_of(app)


@check("filter", "back", "filter.apply", "filter.clear")
async def filter_lists(app: AstraApp) -> None:
    await press(app, "f4", "slash", *"kate", "enter")
    assert [row["customer_name"] for row in app.screen.query_one(LiveTable).rows_shown] == ["Kate Nguyen"]
    await press(app, "escape")
    assert len(app.screen.query_one(LiveTable).rows_shown) == 12
    await press(app, "slash", *"13")
    assert app.screen.query_one("#filter", Input).value == "13"
    assert {"Apply", "Clear"} <= shown_verbs(app)
    await press(app, "escape", "f3", "slash", *"zion", "enter")
    assert "Clear" in shown_verbs(app), "the way back to the whole list is on the line"
    assert [row["agent_id"] for row in app.screen.query_one(LiveTable).rows_shown] == [6]
    await press(app, "escape")
    assert len(app.screen.query_one(LiveTable).rows_shown) == 9, "six agents, below three departments"


@check("find", "find.take", "find.close", "card.close", "card.booking", "customer.copy", "customer.edit")
async def find_a_customer(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+f", *"kate", "escape")
    assert place(app) == "dispatch"
    await press(app, "ctrl+f", *"kate", "enter")
    assert isinstance(app.screen, CustomerCard)
    await press(app, "e")
    await fill_in(app, phone="+49 711 1234")
    await press(app, "f9", "y")
    assert app.clipboard == "+497111234"
    await press(app, "escape")
    assert place(app) == "dispatch"
    await press(app, "ctrl+f", *"711 1234", "enter", "enter")
    assert place(app) == "queue"
    assert shown_now(app)["booking_id"] == 1


@check("booking.customer", "customer.merge", "merge.swap")
async def merge_two_customers(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "i", "m", *"ines", "enter", *"swaps")
    kept = text_of(app).index("Emil Kovacs (9)"), text_of(app).index("Ines Costa (10)")
    await press(app, "ctrl+t")
    assert kept != (text_of(app).index("Emil Kovacs (9)"), text_of(app).index("Ines Costa (10)"))
    await press(app, "ctrl+t", "f9")
    assert (await booking(app, 10))["customer_id"] == 9
    await press(app, "u", "u")
    assert (await booking(app, 10))["customer_id"] == 10


@check("log", "booking.log", "log.undo", "log.redo", "log.booking")
async def read_the_log(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "n", *"hello", "f9", "H")
    assert place(app) == "log"
    assert app.screen.query_one("#filter", Input).value == "booking:9"
    assert shown_now(app)["command"] == "booking.note"
    await press(app, "u")
    assert shown_now(app)["undone_by"] is not None
    await press(app, "enter")
    assert (place(app), shown_now(app)["booking_id"]) == ("queue", 9)
    await press(app, "f3", "h", "escape", "escape")
    assert place(app) == "roster"


@check("why", "why.letter", "panel.close", "panel.copy")
async def why_and_its_panel(app: AstraApp) -> None:
    for start, key, close in (("f2", "f8", "escape"), ("f5", "w", "enter"), ("f4", "f8", "escape")):
        await press(app, start, key)
        assert isinstance(app.screen, Panel)
        assert re.fullmatch(r"Why (.+ got booking \d+|booking \d+ waits)", app.screen.heading)
        await press(app, "y", close)
        assert "settings version 1" in app.clipboard
        assert isinstance(app.screen, Place)


@check("command_line", "command_line.letter", "repeat")
async def a_line_and_its_repetition(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+g")
    assert isinstance(app.screen, CommandLine)
    await leave(app)
    await at_booking(app, 12)
    await press(app, ":", *"n", "space", "1", "2", "space", *"twice", "enter")
    await at_booking(app, 9)
    await press(app, ".")
    event = (await app.backend.read(lambda: event_log.events(limit=1)))[0]
    assert (event["booking_id"], event["detail"]["text"]) == (9, "twice")


@check("line.close", "line.complete", "line.back", "line.older", "line.newer")
async def keys_of_the_line(app: AstraApp) -> None:
    def typed() -> str:
        return app.screen.query_one("#typed", Input).value

    await press(app, "f4", "ctrl+g", *"12", "enter", "ctrl+g", *"reassi", "tab")
    assert typed() == "r "
    await press(app, "shift+tab", "up")
    assert typed() == "12"
    await press(app, "down")
    assert typed() == "ir "
    for key in ("escape", "ctrl+g"):
        await press(app, key)
        assert isinstance(app.screen, CommandLine) == (key == "ctrl+g")
    await press(app, "ctrl+g")
    assert isinstance(app.screen, CommandLine), "only escape closes it"
    await press(app, "escape")
    assert not isinstance(app.screen, CommandLine)


@check(
    *("find.duplicates", "customer.duplicates", "pairs.merge", "pairs.apart", "pairs.close"),
    *("merge.phone", "merge.email"),
)
async def duplicates_side_by_side(app: AstraApp) -> None:
    for number, phone, email in ((9, "+49 711 123456", "e@k.com"), (10, "+49 711 123456", "emil@k.com")):
        edit = partial(customers.edit, customer_id=number, name="Emil Kovacs", phone=phone, email=email)
        await app.backend.run(edit)
    await at_booking(app, 9)
    await press(app, "i", "d")
    assert isinstance(app.screen, Duplicates)
    assert "Emil Kovacs (10)" in text_of(app)
    await press(app, "n")
    assert "No possible duplicates" in text_of(app)
    await press(app, "u", "u")
    assert "1 possible duplicate" in text_of(app)
    await press(app, "escape", "escape", "ctrl+f", "ctrl+t", "m", "p", "e")
    assert "emil@k.com, also e@k.com" in text_of(app)
    await press(app, "f9")
    assert (await booking(app, 10))["customer_id"] == 9
    assert (await booking(app, 10))["email"] == "emil@k.com"
    await press(app, "escape")
    assert not isinstance(app.screen, Duplicates)
