"""Which of the desk's events give a notice, and in which words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, NotRequired, TypedDict

from dispatch import queries
from dispatch.desk.desk import Desk
from dispatch.queries.row_types import BookingRow
from dispatch.service.wording import CLOCKS
from models.agents import Agent
from models.base import Json, tuples
from models.bookings import PENDING
from models.dispositions import UNREACHABLE
from models.issues import OPEN, Issue
from models.priorities import PRIORITIES
from models.sql import listed

ASSIGNED, ISSUE_ASSIGNED, DUE, ASKED = "assigned", "issue_assigned", "follow_up_due", "asked"
LATE, CLOSED, SEVERAL = "first_contact_late", "unreachable", "several"
WARNED, ESCALATED = "issue_warned", "issue_escalated"
KINDS = {
    ASSIGNED: "booking assigned",
    ISSUE_ASSIGNED: "issue assigned",
    DUE: "follow-up due",
    ASKED: "claim in question",
    LATE: "first contact awaited",
    WARNED: "issue warned about",
    ESCALATED: "issue escalated",
    CLOSED: "customer not reached",
}
"""Every kind of notice; the words are for one, and with an s for several of them."""
OF_THE_AGENT = ("booking.claim", "issue.claim")
"""Commands by which agents take work themselves."""
IN_BULK = "import"
MOST_NAMED = 20
OF_A_BOOKING = (
    *("booking_id", "customer_name", "destination", "launch_location", "method", "priority", "status"),
    *("agent_id", "follow_up_at"),
)
OF_AN_ISSUE = ("issue_id", "title", "category", "status", "priority", "agent_id")


class Found(NamedTuple):
    """Something to tell: of which event (None for a time that has come), about what, to which agent."""

    kind: str
    event_id: int | None
    at: str
    actor: str | None
    agent_id: int | None
    booking_id: int | None = None
    issue_id: int | None = None
    words: str = ""


class Notice(TypedDict):
    """What the command gets as JSON; of ``several`` the number, the number by kind, and the first ones."""

    kind: str
    text: str
    desk: str
    desk_id: str | None
    at: str
    event_id: NotRequired[int | None]
    actor: NotRequired[str | None]
    agent: NotRequired[Json | None]
    booking: NotRequired[Json | None]
    issue: NotRequired[Json | None]
    count: NotRequired[int]
    kinds: NotRequired[dict[str, int]]
    notices: NotRequired[list[Notice]]


class Told(NamedTuple):
    """The columns of an event that say what to tell."""

    event_id: int
    at: str
    actor: str
    command: str
    booking_id: int | None
    issue_id: int | None
    agent_id: int | None
    detail: str | None
    before: str | None
    after: str | None


def of_event(event: Told) -> Iterator[Found]:
    """Yield what an event gives to tell."""
    if event.command.startswith(IN_BULK):
        return
    detail, before, after = (json.loads(text or "{}") for text in (event.detail, event.before, event.after))
    head = event.event_id, event.at, event.actor
    if event.command not in OF_THE_AGENT:
        yield from _assigned(head, before, after)
    if event.command == "booking.ask":
        yield Found(ASKED, *head, event.agent_id, event.booking_id)
    elif event.command == "booking.first_contact":
        yield Found(LATE, *head, event.agent_id, event.booking_id, words=_late(detail))
    elif event.command == "booking.contact" and detail.get("ends") == UNREACHABLE:
        yield Found(CLOSED, *head, event.agent_id, event.booking_id)
    elif event.command == "issue.escalate":
        yield Found(ESCALATED, *head, event.agent_id, None, event.issue_id, f"to level {detail.get('level')}")
    elif event.command == "issue.sweep":
        yield from _alarms(head, event.agent_id, detail)


def _assigned(head: tuple[int, str, str], before: Json, after: Json) -> Iterator[Found]:
    for key, values in after.items():
        table, _, number = key.partition(":")
        agent_id = values.get("agent_id")
        if not isinstance(agent_id, int) or before.get(key, {}).get("agent_id") == agent_id:
            continue
        if table == "bookings" and values.get("status", PENDING) == PENDING and "moved" not in values:
            yield Found(ASSIGNED, *head, agent_id, int(number))
        elif table == "issues" and values.get("status", OPEN[0]) in OPEN:
            yield Found(ISSUE_ASSIGNED, *head, agent_id, None, int(number))


def _late(detail: Json) -> str:
    level = f", level {detail['level']}, {detail['to_tell']} to be told" if "level" in detail else ""
    return f"{detail['percent']}% of the time is used{level}"


def _alarms(head: tuple[int, str, str], agent_id: int | None, detail: Json) -> Iterator[Found]:
    for one in detail.get("warnings", []):
        clock = CLOCKS.get(one["clock"], one["clock"])
        yield Found(WARNED, *head, agent_id, None, one["issue_id"], f"{one['percent']}% of the {clock} time")
    for one in detail.get("escalations", []):
        words = f"to level {one['level']}, {one['told']} to be told"
        yield Found(ESCALATED, *head, agent_id, None, one["issue_id"], words)


def notices(desk: Desk, found: Sequence[Found], most: int) -> list[Notice]:
    """Return what to tell, one by one, or if there are more than ``most`` all in one. Reads the desk."""
    whose = desk.database.address, desk.settings.desk_id
    shown = _worded(whose, found[:MOST_NAMED])
    if len(found) <= most:
        return shown
    kinds = Counter(one.kind for one in found)
    text = ", ".join(f"{number:,} x {KINDS[kind]}" for kind, number in kinds.most_common())
    several: Notice = {
        "kind": SEVERAL,
        "text": text,
        "desk": whose[0],
        "desk_id": whose[1],
        "at": found[-1].at,
        "count": len(found),
        "kinds": dict(kinds),
        "notices": shown,
    }
    return [several]


def _worded(whose: tuple[str, str | None], found: Sequence[Found]) -> list[Notice]:
    numbers = sorted({one.booking_id for one in found if one.booking_id is not None})
    bookings = {row["booking_id"]: row for row in queries.bookings_by_id(numbers)}
    issues = _issues({one.issue_id for one in found if one.issue_id is not None})
    agents = _agents({one.agent_id for one in found if one.agent_id is not None})
    made: list[Notice] = []
    for one in found:
        booking, issue = _brief(bookings.get(one.booking_id or 0)), issues.get(one.issue_id or 0)
        agent = agents.get(one.agent_id or 0)
        made.append(
            {
                "kind": one.kind,
                "text": _text(one, booking, issue, agent),
                "desk": whose[0],
                "desk_id": whose[1],
                "at": one.at,
                "event_id": one.event_id,
                "actor": one.actor,
                "agent": agent,
                "booking": booking,
                "issue": issue,
            }
        )
    return made


def _text(one: Found, booking: Json | None, issue: Json | None, agent: Json | None) -> str:
    """Return one line for people: ``Booking assigned: 413 Kate Nguyen, Mars, Soren Baker``."""
    about = [one.words]
    if booking:
        about = [f"{booking['booking_id']} {booking['customer_name']}", booking["destination"], *about]
    if issue:
        about = [f"issue {issue['issue_id']} {issue['title']}", issue["priority"], *about]
    words = ", ".join(filter(None, [*about, agent["name"] if agent else ""]))
    return f"{KINDS[one.kind].capitalize()}: {words}"


def _brief(row: BookingRow | None) -> Json | None:
    return {name: row[name] for name in OF_A_BOOKING} if row else None  # type: ignore[literal-required]


def _issues(numbers: set[int]) -> dict[int, Json]:
    columns = (Issue.issue_id, Issue.title, Issue.category, Issue.status, Issue.priority, Issue.agent_id)
    rows = tuples(Issue.select(*columns).where(Issue.issue_id.in_(listed(numbers))))
    return {
        row[0]: dict(zip(OF_AN_ISSUE, row, strict=True)) | {"priority": PRIORITIES[row[4] - 1]}
        for row in rows
    }


def _agents(numbers: set[int]) -> dict[int, Json]:
    columns = (Agent.agent_id, Agent.first_name, Agent.last_name, Agent.email)
    rows = tuples(Agent.select(*columns).where(Agent.agent_id.in_(listed(numbers))))
    return {
        number: {"agent_id": number, "name": f"{first} {last}", "email": email}
        for number, first, last, email in rows
    }
