"""What the demo desk's customers need: two days at the service desk, told by the commands themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from dispatch import queries
from dispatch.desk.desk import Desk
from dispatch.queries.bookings import BookingFilter
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import (
    conversation,
    escalation_commands,
    intake,
    lifecycle,
    ownership,
    surveys,
)
from dispatch.service.issues import queries as issue_queries
from dispatch.service.row_types import IssueDetails
from models.errors import Refused

Deed = Callable[[Desk, IssueDetails], object]

TELLER = "lee"  # not whoever looks around: their undo is about what they did themselves


def claim(desk: Desk, issue: IssueDetails) -> object:
    return ownership.claim(desk, issue["issue_id"], issue["agent_id"] or 0)


def says(text: str, **given: Any) -> Deed:
    return lambda desk, issue: conversation.reply(desk, issue["issue_id"], text, **given)


def hears(text: str) -> Deed:
    return says(text, author="customer")


def notes(text: str) -> Deed:
    return lambda desk, issue: conversation.note(desk, issue["issue_id"], text)


def resolves(text: str) -> Deed:
    return lambda desk, issue: lifecycle.resolve(desk, issue["issue_id"], text)


def rated(score: int, comment: str | None = None) -> Deed:
    return lambda desk, issue: surveys.rate(desk, issue["issue_id"], score, comment)


def acknowledges(desk: Desk, issue: IssueDetails) -> object:
    return escalation_commands.acknowledge(desk, issue["issue_id"])


@dataclass(frozen=True)
class Case:
    """An issue that came in so many minutes ago; each of ``deeds`` is so many minutes after that.

    ``booking`` is the place of the booking that it is about among the latest.
    """

    minutes_ago: float
    text: str
    channel: str
    deeds: tuple[tuple[float, Deed], ...] = ()
    tier: str | None = None
    booking: int | None = None


CASES = (
    Case(
        2900,
        "I was charged twice for the same ticket. Please take one of the two payments back.",
        "email",
        (
            (20, says("I see both payments, and have asked the bank to return the second one.")),
            (95, resolves("The second payment is on its way back to your card, three days at most.")),
            (300, rated(5, "Quick and friendly, thank you")),
        ),
        "gold",
        0,
    ),
    Case(
        2700,
        "How much luggage may I take along to Europa, and does a guitar count?",
        "chat",
        (
            (12, resolves("Two pieces of 20 kg; a guitar counts as one of them.")),
            (40, rated(4)),
        ),
        None,
        1,
    ),
    Case(
        1560,
        "The dome's window did not open and the food was cold on all seven days. Very disappointing.",
        "web_form",
        (
            (150, says("I am sorry to read this. May I ask which dome it was?", wait=True)),
            (420, hears("Number 14, as it says on the booking. I am still waiting for an apology.")),
            (700, resolves("We apologise, and have credited 10 % of the fare.")),
            (900, rated(2, "It took far too long")),
        ),
        "silver",
        2,
    ),
    Case(
        1300,
        "Would be great if the app reminded me a week before launch what I still have to pack.",
        "social_media",
        ((200, says("A good idea, I have passed it on to those who build the app.")),),
    ),
    Case(
        600,
        "My launch was moved by a day, I cannot make that date. I want my money back.",
        "phone",
        ((25, says("You are entitled to it. To which account shall we pay?", wait=True)),),
        "platinum",
        3,
    ),
    Case(
        560,
        "Your site shows an error when I upload my health certificate, whatever file I take. It is broken!",
        "email",
        (
            (12, claim),
            (30, says("Thank you for the report. Which browser do you use?")),
            (50, hears("The newest there is, and it still does not work. This is unacceptable.")),
            (500, acknowledges),
            (510, notes("The upload refuses files above 5 MB; those who run it look for a fix")),
        ),
        "enterprise",
        4,
    ),
    Case(95, "Hello, it is me again about that thing from last week", "chat"),
    Case(
        70,
        "Refund for my cancelled trip to Titan please, I sent the form on Monday.",
        "web_form",
        ((30, says("It has arrived, and I look after it today.")),),
        "bronze",
        5,
    ),
    Case(
        38,
        "I cannot log in since this morning, the code by text message never comes.",
        "phone",
        ((6, claim), (9, says("I have sent you a new code by e-mail. Does it work?"))),
        "silver",
        6,
    ),
    Case(
        11,
        "I'm unable to access my account after the recent update. This is urgent as I need to complete a "
        "transaction today.",
        "chat",
        ((3, says("I have unlocked it. Please try again, I stay with you.")),),
        "gold",
        7,
    ),
    Case(
        3,
        "Urgent: my invoice shows $4,000 more than what was agreed, and the payment is due immediately!",
        "phone",
        (),
        "gold",
        8,
    ),
)


def tell_issues(desk: Desk) -> int:
    """Open the cases, and do what was done about each at its time; returns their number.

    It is for a demo desk that was made just now. The same desk and moment, the same issues; where nobody
    could take one, it waits, and nothing is done about it.
    """
    with desk.reading():
        latest = [row["booking_id"] for row in queries.list_bookings(BookingFilter(), limit=len(CASES))]
    numbers: dict[int, int] = {}

    def opens(case: Case) -> None:
        known = case.booking is not None and case.booking < len(latest)
        numbers[id(case)] = intake.open_issue(
            desk,
            case.text,
            channel=case.channel,
            tier=case.tier,
            booking_id=latest[case.booking or 0] if known else None,
        )["issue_id"]

    def does(case: Case, deed: Deed) -> None:
        with desk.reading():
            issue = issue_queries.issue(desk, numbers[id(case)])
        if issue["agent_id"] is not None:
            with suppress(Refused):
                deed(desk, issue)

    story = [(case.minutes_ago, partial(opens, case)) for case in CASES]
    for case in CASES:
        story += [(case.minutes_ago - after, partial(does, case, deed)) for after, deed in case.deeds]
    with desk.acting_as(TELLER):
        for ago, happen in sorted(story, key=itemgetter(0), reverse=True):
            with desk.earlier(timedelta(minutes=ago)):
                sweep_issues(desk)
                happen()
    sweep_issues(desk)
    return len(CASES)
