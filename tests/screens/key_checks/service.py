"""Keys of issues."""

from __future__ import annotations

from astra_tui.app import AstraApp
from dispatch.desk import event_log
from dispatch.service.issues import queries as issue_queries
from dispatch.service.row_types import IssueDetails
from models.issues import CATEGORIES
from screens.customers.card import CustomerCard
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.widgets.live_table import LiveTable
from tests.screens.key_checks.registry import (
    at_booking,
    checks_of,
    place,
    shown_now,
)
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in, press

check = checks_of("service")


async def at_issue(app: AstraApp, number: int) -> None:
    """Go to the service desk, and put the cursor on an issue."""
    app.show_issue(number)
    await app.settle()
    assert shown_now(app)["issue_id"] == number


async def issue(app: AstraApp, number: int) -> IssueDetails:
    desk = app.backend.desk
    return await app.backend.read(lambda: issue_queries.issue(desk, number))


@check("issue.claim", "issue.reply", "issue.note", "issue.wait")
async def talk_about_an_issue(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "c")
    assert (await issue(app, 6))["status"] == "in_progress"
    await press(app, "t", *"Try [/b] now")
    await fill_in(app, then="Wait for customer")
    await press(app, "f9")
    assert (await issue(app, 6))["status"] == "pending_customer"
    await press(app, "P", "P")
    assert (await issue(app, 6))["status"] == "in_progress"
    await press(app, "enter", "t")
    assert isinstance(app.screen, FormModal), "a verb works from the whole conversation too"
    await fill_in(app, author="The customer")
    assert "Log message" in text_of(app)
    assert "Send message" not in text_of(app), "nobody sends what the customer said"
    await press(app, "escape", "enter", "n", *"vip", "f9")
    spoken = await app.backend.read(lambda: issue_queries.interactions(6))
    assert [one["text"] for one in spoken if one["kind"] != "status"] == ["Try [/b] now", "vip"]
    assert "In progress: issue 6" not in text_of(app)  # the note's toast has taken its place


@check("issue.escalate", "issue.acknowledge", "issue.settle")
async def escalate_and_settle(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "exclamation_mark", *"a director", "f9")
    assert (await issue(app, 6))["escalation_level"] == 1
    assert "Escalated 1" in text_of(app)
    await press(app, "K", "K")
    assert (await issue(app, 6))["escalations"][-1]["acknowledged_by"] == "kim"
    assert "Acknowledged: issue 6, " in text_of(app)
    assert "◐ acknowledged" in text_of(app) or "○ acknowledged" in text_of(app)
    assert "Escalated 1, acknowledged" in " ".join(text_of(app).split())
    await press(app, "D", *"calmed down", "f9")
    assert (await issue(app, 6))["escalation_level"] == 0


@check("issue.reassign", "issue.edit", "issue.why")
async def hand_over_and_edit_an_issue(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "r", *"zion", "enter", *"knows it", "enter")
    assert (await issue(app, 6))["agent_id"] == 6
    await press(app, "e")
    await fill_in(app, title="[/] Locked out", booking="1", priority="Low")
    await press(app, "f9")
    row = await issue(app, 6)
    assert (row["title"], row["booking_id"], row["priority"]) == ("[/] Locked out", 1, "LOW")
    for key in ("w", "f8"):
        await press(app, key)
        assert isinstance(app.screen, Panel)
        assert "by hand" in app.screen.text.plain or "set by kim" in app.screen.text.plain
        await press(app, "escape")
    await press(app, "y")
    assert app.clipboard.startswith("Issue 6, Kate Nguyen: [/] Locked out, Low account access")


@check("issue.booking", "issue.customer", "issue.log")
async def go_from_an_issue(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "i")
    assert isinstance(app.screen, CustomerCard)
    await press(app, "escape")
    await press(app, "H")
    assert place(app) == "log"
    assert shown_now(app)["command"] == "issue.edit"
    await press(app, "enter")
    assert (place(app), shown_now(app)["issue_id"]) == ("service", 6)
    await press(app, "b")
    assert (place(app), shown_now(app)["booking_id"]) == ("queue", 1)


@check("issue.resolve", "issue.close", "issue.reopen", "issue.rate")
async def end_an_issue(app: AstraApp) -> None:
    await at_issue(app, 6)
    await press(app, "f", *"all good", "f9")
    assert (await issue(app, 6))["status"] == "resolved"
    await at_issue(app, 6)
    await press(app, "s", *"6", "f9")
    assert isinstance(app.screen, FormModal)
    await fill_in(app, score="4")
    await press(app, "f9")
    survey = (await issue(app, 6))["survey"]
    assert survey is not None
    assert survey["score"] == 4
    await press(app, "x")
    assert (await issue(app, 6))["status"] == "closed"
    await press(app, "o", *"again", "f9")
    assert (await issue(app, 6))["status"] == "in_progress"


@check("issue.category", "category.close", "category.take", *(f"category.{number}" for number in range(1, 8)))
async def correct_the_category(app: AstraApp) -> None:
    await at_issue(app, 4)
    await press(app, "C", "escape")
    assert (await issue(app, 4))["unsure"]
    await press(app, *(key for number in range(1, 8) for key in ("C", str(number))))
    events = await app.backend.read(lambda: event_log.events(issue_id=4, limit=7))
    chosen = [event["after"]["issues:4"].get("category") for event in events]
    assert chosen[::-1][:6] == list(CATEGORIES[:6])
    assert not (await issue(app, 4))["unsure"]
    await press(app, "C", "up", "enter")
    assert (await issue(app, 4))["category"] == CATEGORIES[-2]


@check("issue.open", "new.close", "new.open", "new.customer")
async def open_an_issue(app: AstraApp) -> None:
    await press(app, "f6", "I", "escape")
    assert place(app) == "service"
    await press(app, "I", *"I was charged twice, please send $300 back", "ctrl+f", *"kate", "enter")
    assert "Kate Nguyen" in text_of(app)
    await press(app, "escape", "f9")
    row = await issue(app, 7)
    assert (row["customer_name"], row["category"], row["channel"]) == (
        "Kate Nguyen",
        "billing_dispute",
        "web_form",
    )
    assert shown_now(app)["issue_id"] == 7


@check("booking.issue")
async def open_an_issue_about_a_booking(app: AstraApp) -> None:
    await at_booking(app, 9)
    await press(app, "I", *"refund my trip please", "f9")
    row = await issue(app, 8)
    assert (row["booking_id"], row["customer_id"]) == (9, 9)
    assert place(app) == "queue"


@check("service.board", "service.view", "service.view.back")
async def views_and_figures_of_the_service_desk(app: AstraApp) -> None:
    await press(app, "f6", "escape", "v")
    assert {row["agent_id"] for row in app.screen.query_one("#service", LiveTable).rows_shown} == {1}
    await press(app, "v", "v")
    assert [row["issue_id"] for row in app.screen.query_one("#service", LiveTable).rows_shown] == [1]
    await press(app, "B")
    assert app.screen.query_one("#figures").has_focus
    await press(app, "B")
    assert app.screen.query_one("#service").has_focus
