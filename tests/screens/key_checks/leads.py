"""Keys of new leads, marked bookings and presence."""

from __future__ import annotations

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.assignment.policies import POLICIES
from dispatch.desk import event_log
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from screens.customers.card import CustomerCard
from screens.dialogs.panel import Panel
from screens.dispatch.lead_form import LeadForm
from screens.widgets.live_table import LiveTable
from screens.wording.reasons import policy_word
from tests.screens.key_checks.registry import (
    at_booking,
    booking,
    checks_of,
    place,
    shown_now,
)
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press

check = checks_of("leads")


@check("form.assign", "form.clear", "form.begin")
async def assign_from_any_field(app: AstraApp) -> None:
    await press(app, "f2", "tab", "escape")
    assert app.screen.query_one("#customer").has_focus
    await fill_in(app, **LEAD)
    await press(app, "ctrl+l")
    assert app.screen.query_one(LeadForm).is_empty
    await fill_in(app, **(LEAD | {"customer": "Nora Quist"}))
    await press(app, "f9")
    assert (await booking(app, 13))["customer_name"] == "Nora Quist"


@check("form.trip")
async def facts_of_the_trip(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+s")
    await fill_in(app, departs="2083-03-12", returns="2083-03-01")
    await press(app, "f9")
    assert "before the departure" in " ".join(text_of(app).split())
    await fill_in(app, returns="", travellers="2")
    await press(app, "f9")
    assert app.screen.query_one(LeadForm).values()["departs"] == "2083-03-12"
    assert "2083-03-12 · 2 people" in text_of(app)
    await press(app, "ctrl+l")
    assert app.screen.query_one(LeadForm).is_empty


@check("known.back", "known.same", "known.open", "known.enter")
async def whose_lead_it_is(app: AstraApp) -> None:
    await press(app, "f2")
    await fill_in(app, **LEAD)
    await press(app, "f9", "escape", "f9", "2")
    assert isinstance(app.screen, CustomerCard)
    await press(app, "escape", "f9", "1")
    assert (await booking(app, 14))["customer_id"] == 1
    await fill_in(app, **LEAD)
    await press(app, "f9", "3")
    assert (await booking(app, 15))["customer_id"] == 14


@check("form.several", "several.assign", "several.close")
async def several_at_once(app: AstraApp) -> None:
    await press(app, "f2", "ctrl+t", "escape")
    assert place(app) == "dispatch"
    line = "Text,Organic,Mars,Sydney Stellar Port"
    await press(app, "ctrl+t", *f"Bo,{line}", "enter", *f"Ida,{line}", "f9", "escape")
    assert [(await booking(app, number))["customer_name"] for number in (16, 17)] == ["Bo", "Ida"]
    assert place(app) == "dispatch"


@check("several.columns", "file.go", "file.as-named", "file.close")
async def columns_of_several(app: AstraApp) -> None:
    lines = "Who,Destination,Source,Method,Launch", "Bo,Mars,Organic,Text,Sydney Stellar Port"
    await press(app, "f2", "ctrl+t", *lines[0], "enter", *lines[1], "f8")
    assert place(app) == "LeadFileForm"
    await press(app, "n")
    assert "→ name" in text_of(app)
    await press(app, "f8", "f9")
    assert "No column is name yet" in text_of(app)
    await press(app, "escape", "escape")
    assert place(app) == "SeveralLeads"
    await press(app, "f8", "n", "f9")
    assert place(app) == "dispatch"
    assert (await booking(app, 18))["customer_name"] == "Bo"
    await press(app, "ctrl+z", "ctrl+z")


@check("mark", "mark.range", "mark.all")
async def mark_several(app: AstraApp) -> None:
    await press(app, "f4", "escape", "home", "space", "down", "down", "M")
    assert "4 marked ✓" in text_of(app)
    await press(app, "home", "space")  # once more: not any longer
    assert "3 marked ✓" in text_of(app)
    await press(app, "escape")
    assert "marked" not in text_of(app)
    await press(app, "v", "A")
    pending = len(app.screen.query_one(LiveTable).rows_shown)
    assert f"{pending} marked ✓" in text_of(app)
    assert f"Marked {pending} bookings" in text_of(app)
    await press(app, "escape", "escape")


@check("booking.keep")
async def still_on_it(app: AstraApp) -> None:
    await at_booking(app, 16)
    await press(app, "K")
    assert "Booking 16 is not claimed" in text_of(app)
    await press(app, "c", "K")
    (event,) = await app.backend.read(lambda: event_log.events(booking_id=16, limit=1))
    assert event["command"] == "booking.keep"
    for _ in range(3):  # the claim is asked about: it is not the last act any more
        await press(app, "u")


@check("why.not")
async def why_not_them(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "W", *"singh", "enter")
    assert isinstance(app.screen, Panel)
    assert app.screen.heading == "Booking 9: why not Nova Singh?"
    told = app.screen.text.plain
    assert "If assigned now" in told
    assert all(policy_word(policy) in told for policy in POLICIES)
    assert "W compares with another agent" in told
    await press(app, "W", *"zion", "enter")
    assert isinstance(app.screen, Panel)
    assert app.screen.heading == "Booking 9: why not Zion Parker?"


@check("agent.presence", "agent.handover", "agent.shift")
async def who_is_at_work(app: AstraApp) -> None:
    first, *others = await app.backend.read(lambda: queries.pending_ids(1))
    await at_booking(app, first)
    await press(app, *([] if shown_now(app)["claimed_at"] else ["c"]))
    await press(app, "f3", "slash", *"baker", "enter")
    held = shown_now(app)["load"]
    assert held == 1 + len(others)
    await press(app, "p", "o")
    claimed = len(await app.backend.read(lambda: queries.pending_ids(1, claimed=True)))
    assert "with Soren Baker, claimed and unattended" in " ".join(text_of(app).split())
    await press(app, "f9")
    assert (shown_now(app)["presence"], shown_now(app)["unattended"]) == ("offline", claimed)
    assert f"! {claimed} unattended" in text_of(app)
    await press(app, "R", "f9")
    assert shown_now(app)["load"] == 0
    await press(app, "S")
    await fill_in(app, hours="daily 8-9")
    assert "= daily 08:00-09:00 +00:00" in text_of(app)
    await press(app, "f9")
    assert shown_now(app)["hours"] == "daily 08:00-09:00 +00:00"
    for _ in range(6):  # each is asked about: it changes an agent
        await press(app, "u")
    assert (shown_now(app)["load"], shown_now(app)["presence"]) == (held, "available")
    await press(app, "escape")


@check("absence.add", "absence.remove", "absence.return")
async def who_is_absent(app: AstraApp) -> None:
    first, *_ = await app.backend.read(lambda: queries.pending_ids(1))
    await at_booking(app, first)
    await press(app, *([] if shown_now(app)["claimed_at"] else ["c"]))
    await press(app, "f3", "slash", *"baker", "enter", "Y")
    assert "Nothing of Soren Baker's work is covered by others" in text_of(app)
    await press(app, "O")
    await fill_in(app, since="today", until="in 2 days", reason="course")
    app.screen.query_one("#substitute").focus()
    await press(app, *"nova")
    assert "until Nova Singh covers" in " ".join(text_of(app).split())
    await press(app, "f9")
    assert (shown_now(app)["presence"], shown_now(app)["presence_reason"]) == ("offline", "absent: course")
    await app.backend.run(lambda desk: configuration.set_value(desk, "cover_minutes", "0"))
    await app.backend.run(sweep)
    await press(app, "N", "f9")
    assert shown_now(app)["presence"] == "available"
    await press(app, "Y")
    assert "come back to Soren Baker" in " ".join(text_of(app).split())
    await press(app, "f9")
    assert (await booking(app, first))["agent_id"] == 1
    await press(app, "escape")


@check("quit", "leaving.stay", "leaving.quit")
async def quit_astra(app: AstraApp) -> None:
    await press(app, "f2", *"Kate", "ctrl+q", "escape")
    assert not app._exit
    await press(app, "ctrl+q", "ctrl+q")
    assert app._exit
