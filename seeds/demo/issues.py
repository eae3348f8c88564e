"""The demo's issues: two days at the service desk, replayed through the commands themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from operator import itemgetter

from dispatch import queries
from dispatch.desk.desk import Desk
from dispatch.queries.bookings import BookingFilter
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import conversation, escalation_commands, intake, lifecycle, ownership, surveys
from dispatch.service.issues import queries as issue_queries
from dispatch.service.row_types import IssueDetails
from models.errors import Refused

Step = Callable[[Desk, IssueDetails], object]

ACTOR = "lee"  # not the user, whose undo must find only their own commands


def _step(command: Callable[..., object], *values: object, **given: object) -> Step:
    return lambda desk, issue: command(desk, issue["issue_id"], *values, **given)


reply, note = partial(_step, conversation.reply), partial(_step, conversation.note)
customer = partial(_step, conversation.reply, author="customer")
resolve, rate = partial(_step, lifecycle.resolve), partial(_step, surveys.rate)
acknowledge = _step(escalation_commands.acknowledge)


def claim(desk: Desk, issue: IssueDetails) -> object:
    return ownership.claim(desk, issue["issue_id"], issue["agent_id"] or 0)


@dataclass(frozen=True)
class Case:
    """An issue opened ``minutes_ago``; each of ``steps`` follows so many minutes later."""

    minutes_ago: float
    text: str
    channel: str
    steps: tuple[tuple[float, Step], ...] = ()
    tier: str | None = None
    has_booking: bool = True


CASES = (
    Case(
        2900,
        "I was charged twice for the same ticket. Please take one of the two payments back.",
        "email",
        (
            (20, reply("I see both payments and have asked the bank to return the second one.")),
            (95, resolve("The second payment will be back on your card within three days.")),
            (300, rate(5, "Quick and friendly, thank you")),
        ),
        "gold",
    ),
    Case(
        2700,
        "How much luggage may I take along to Europa, and does a guitar count?",
        "chat",
        (
            (12, resolve("Two pieces of 20 kg; a guitar counts as one of them.")),
            (40, rate(4)),
        ),
    ),
    Case(
        1560,
        "The dome's window did not open and the food was cold on all seven days. Very disappointing.",
        "web_form",
        (
            (150, reply("I am sorry to hear this. Which dome was it?", wait=True)),
            (420, customer("Number 14, as it says on the booking. I am still waiting for an apology.")),
            (700, resolve("We apologise and have credited 10 % of the fare.")),
            (900, rate(2, "It took far too long")),
        ),
        "silver",
    ),
    Case(
        1300,
        "Would be great if the app reminded me a week before launch what I still have to pack.",
        "social_media",
        ((200, reply("Good idea, I have passed it on to the app team.")),),
        has_booking=False,
    ),
    Case(
        600,
        "My launch was moved by a day, I cannot make that date. I want my money back.",
        "phone",
        ((25, reply("You are entitled to a refund. Which account should it go to?", wait=True)),),
        "platinum",
    ),
    Case(
        560,
        "Your site shows an error when I upload my health certificate, whatever file I take. It is broken!",
        "email",
        (
            (12, claim),
            (30, reply("Thank you for the report. Which browser do you use?")),
            (50, customer("The newest there is, and it still does not work. This is unacceptable.")),
            (500, acknowledge),
            (510, note("The upload refuses files above 5 MB; the site team is working on a fix")),
        ),
        "enterprise",
    ),
    Case(95, "Hello, it is me again about that thing from last week", "chat", has_booking=False),
    Case(
        70,
        "Refund for my cancelled trip to Titan please, I sent the form on Monday.",
        "web_form",
        ((30, reply("It has arrived. I will process it today.")),),
        "bronze",
    ),
    Case(
        38,
        "I cannot log in since this morning, the code by text message never comes.",
        "phone",
        ((6, claim), (9, reply("I have sent you a new code by e-mail. Does it work?"))),
        "silver",
    ),
    Case(
        11,
        "I'm unable to access my account after the recent update. This is urgent as I need to complete a "
        "transaction today.",
        "chat",
        ((3, reply("I have unlocked it. Please try again while I am here.")),),
        "gold",
    ),
    Case(
        3,
        "Urgent: my invoice shows $4,000 more than what was agreed, and the payment is due immediately!",
        "phone",
        (),
        "gold",
    ),
)


def make_issues(desk: Desk) -> int:
    """Open the cases and replay their steps, each at its time; returns the number of cases.

    For a demo desk just created; deterministic for a desk and time. An issue that no agent could take waits,
    and its steps are skipped.
    """
    with desk.reading():
        rows = queries.list_bookings(BookingFilter(), limit=len(CASES))
    latest = iter([row["booking_id"] for row in rows])
    numbers: dict[int, int] = {}

    def open_case(case: Case) -> None:
        numbers[id(case)] = intake.open_issue(
            desk,
            case.text,
            channel=case.channel,
            tier=case.tier,
            booking_id=next(latest, None) if case.has_booking else None,
        )["issue_id"]

    def take_step(case: Case, step: Step) -> None:
        with desk.reading():
            issue = issue_queries.issue(desk, numbers[id(case)])
        if issue["agent_id"] is not None:
            with suppress(Refused):
                step(desk, issue)

    timeline = [(case.minutes_ago, partial(open_case, case)) for case in CASES]
    for case in CASES:
        timeline += [(case.minutes_ago - after, partial(take_step, case, step)) for after, step in case.steps]
    with desk.acting_as(ACTOR):
        for ago, act in sorted(timeline, key=itemgetter(0), reverse=True):
            with desk.earlier(timedelta(minutes=ago)):
                sweep_issues(desk)
                act()
    sweep_issues(desk)
    return len(CASES)
