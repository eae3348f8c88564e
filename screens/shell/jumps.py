"""Where a few typed words may lead: a booking, an issue, an agent or a customer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal, NamedTuple

from dispatch import customers, queries
from dispatch.desk.desk import Desk
from dispatch.queries.wording import booking_state, plural
from dispatch.service.issues import queries as issue_queries
from dispatch.service.wording import status
from models.errors import NotFound

MOST = 6  # agents, and as many customers
SHORTEST_NAME = 2
NUMBERED = re.compile(r"(?:(?P<kind>b|booking|i|issue|a|agent)\s*)?#?(?P<number>\d{1,12})", re.IGNORECASE)
LEAVING = re.compile(r"(?P<kind>agent|customer|roster)\s+(?P<name>\S.*)", re.IGNORECASE)


class Jump(NamedTuple):
    """A row to go to, described for a list."""

    kind: Literal["booking", "issue", "agent", "customer"]
    number: int
    title: str
    about: str


def is_number(text: str) -> bool:
    """Return whether a text names a row by its number: ``413``, ``issue 6``."""
    return NUMBERED.fullmatch(text.strip()) is not None


def find_jumps(desk: Desk, text: str) -> list[Jump]:
    """Return where a text leads, the most likely first: a number is a booking's, unless it says otherwise.

    Reads the database.
    """
    numbered = NUMBERED.fullmatch(text.strip())
    if numbered is not None:
        kind = (numbered["kind"] or "")[:1].lower()
        return [*_numbered(desk, kind, int(numbered["number"]))]
    named = LEAVING.fullmatch(text.strip())
    name, kind = (named["name"], named["kind"].lower()) if named else (text.strip(), "")
    if len(name) < SHORTEST_NAME:
        return []
    agents = [] if kind == "customer" else [*_agents(name)]
    return agents + ([] if kind in ("agent", "roster") else [*_customers(name)])


def _numbered(desk: Desk, kind: str, number: int) -> Iterator[Jump]:
    with suppress(NotFound):
        if kind in ("", "b"):
            (row,) = queries.with_seen([queries.booking(number)])
            about = f"{row['customer_name']}, {row['destination']}, {booking_state(row)}"
            yield Jump("booking", number, f"Booking {number}", about)
    with suppress(NotFound):
        if kind in ("", "i"):
            issue = issue_queries.issue(desk, number)
            yield Jump("issue", number, f"Issue {number}", f"{status(issue)}, {issue['title']}")
    with suppress(NotFound):
        if kind == "a":
            agent = queries.agent(number)
            yield Jump("agent", number, f"Agent {number}", agent["name"])


def _agents(name: str) -> Iterator[Jump]:
    words = name.lower().split()
    found = [row for row in queries.list_agents() if all(word in row["name"].lower() for word in words)]
    for row in found[:MOST]:
        about = f"agent {row['agent_id']}, load {row['load'] + row['issue_load']}/{row['capacity']}"
        yield Jump("agent", row["agent_id"], row["name"], about)


def _customers(name: str) -> Iterator[Jump]:
    for row in customers.find(name, MOST):
        about = f"customer {row['customer_id']}, {plural(row['open_bookings'], 'open booking')}"
        yield Jump("customer", row["customer_id"], row["name"], about)
