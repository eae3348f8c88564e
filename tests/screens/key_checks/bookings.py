"""Keys of bookings in the queue and on one's desk."""

from __future__ import annotations

from astra_tui.app import AstraApp
from dispatch.desk import event_log
from dispatch.desk.event_filter import EventFilter
from screens.dialogs.panel import Panel
from screens.shell.desk_screen import Place
from tests.screens.key_checks.registry import (
    at_booking,
    booking,
    checks_of,
)
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, leave, press

check = checks_of("bookings")


@check("booking.contact", "booking.note", "booking.edit", "form.submit")
async def contact_note_edit(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "t", "n", "enter", *"voicemail", "enter", *"fri 9")
    assert "= Fri 6 Mar 2082 09:00" in text_of(app)
    await press(app, "enter")
    row = await booking(app, 9)
    assert (row["last_outcome"], row["follow_up_at"]) == ("no_answer", "2082-03-06 09:00:00")
    await press(app, "t", "f9")
    assert (await booking(app, 9))["contacted_at"]
    await press(app, "n", *"late", "f9")
    await press(app, "e")
    await fill_in(app, name="Emil [/] Kovacs", requests="")
    await press(app, "f9")
    assert (await booking(app, 9))["customer_name"] == "Emil [/] Kovacs"
    assert (await booking(app, 9))["requests"] is None
    events = await app.backend.read(lambda: event_log.events(booking_id=9, limit=3))
    assert [event["command"] for event in events] == ["booking.edit", "booking.note", "booking.contact"]
    (_, voicemail) = await app.backend.read(lambda: event_log.page(EventFilter(9, command="booking.contact")))
    assert voicemail["detail"]["text"] == "voicemail"


@check("booking.confirm", "booking.rate", "booking.reopen", "form.close")
async def confirm_rate_reopen(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "f", "escape")
    assert (await booking(app, 9))["status"] == "Pending"
    await press(app, "f")
    await fill_in(app, destination_revenue="100", package_revenue="20.5")
    await press(app, "f9", "s", "4", "enter")
    assert (await booking(app, 9))["status"] == "Confirmed"
    assert (await booking(app, 9))["total_revenue"] == 120.5
    assert (await booking(app, 9))["score"] == 4
    await press(app, "o", "o")
    assert (await booking(app, 9))["status"] == "Pending"


@check("booking.cancel", "booking.decline", "booking.reassign")
async def cancel_decline_reassign(app: AstraApp) -> None:
    await at_booking(app, 10)
    await press(app, "r", *"zion", "enter", *"asked", "enter")
    assert (await booking(app, 10))["agent_id"] == 6
    await press(app, "d", *"no", "enter")
    assert (await booking(app, 10))["agent_id"] != 6
    await press(app, "x", *"ill", "enter")
    assert (await booking(app, 10))["status"] == "Cancelled"
    await at_booking(app, 12)
    await press(app, "x", *"nobody", "enter")


@check("booking.follow_up")
async def set_and_clear_a_follow_up(app: AstraApp) -> None:
    await at_booking(app, 8)
    await press(app, "F", *"tomorow")
    assert "'tomorow' is not understood" in text_of(app)
    await press(app, "f9")
    assert (await booking(app, 8))["follow_up_at"] is None
    assert "try tomorrow 09:00" in text_of(app)
    await fill_in(app, at="tomorrow 17:30")
    assert "= Thu 5 Mar 2082 17:30" in text_of(app)
    await press(app, "enter")
    assert (await booking(app, 8))["follow_up_at"] == "2082-03-05 17:30:00"
    await leave(app)
    assert "Thu 5 Mar 2082 17:30" in text_of(app)  # in the pane
    await press(app, "F", "f9")  # as it was: nothing to do
    assert isinstance(app.screen, Place)
    await press(app, "F", "backspace")
    assert "Empty: removes the follow-up" in text_of(app)
    await press(app, "enter")
    assert (await booking(app, 8))["follow_up_at"] is None


@check("booking.next")
async def the_next_step(app: AstraApp) -> None:
    await at_booking(app, 4)
    await press(app, "m")
    assert (await booking(app, 4))["claimed_at"]
    await press(app, "m", "f9")
    assert (await booking(app, 4))["last_outcome"] == "reached"
    await press(app, "m")
    await fill_in(app, destination_revenue="1", package_revenue="2")
    await press(app, "f9")
    assert (await booking(app, 4))["status"] == "Confirmed"
    await press(app, "m")
    assert "Booking 4 is already confirmed: nothing comes next" in text_of(app)
    await press(app, "u")
    assert (await booking(app, 4))["status"] == "Pending"


@check("copy")
async def copy_what_reaches_the_customer(app: AstraApp) -> None:
    await at_booking(app, 1)
    await press(app, "y")
    phone = (await booking(app, 1))["phone"]
    assert app.clipboard == phone
    assert f"Copied phone: {phone}" in text_of(app)
    await at_booking(app, 8)
    await press(app, "y")
    assert app.clipboard == (
        "Booking 8, Priya Chukwu: Venus from Dubai Interplanetary Hub, Pending, Soren Baker"
    )
    await press(app, "f3", "slash", *"singh", "enter", "y")
    assert app.clipboard.startswith("Agent 2, Nova Singh")


@check("match.parts")
async def parts_of_a_score(app: AstraApp) -> None:
    await press(app, "f2")
    app.screen.query_one("#latest").focus()
    await press(app, "equals_sign")
    assert "No lead to score yet" in text_of(app)
    await fill_in(app, **LEAD)
    app.screen.query_one("#latest").focus()
    await press(app, "down", "equals_sign")
    assert isinstance(app.screen, Panel)
    said = app.screen.text.plain
    await press(app, "escape")
    await press(app, "equals_sign")
    assert isinstance(app.screen, Panel)
    assert app.screen.text.plain == said
    assert "Of 6 agents the lowest sum" in said
    await press(app, "escape", "f2", "ctrl+l")
