"""Row types of events, and of commands on several rows."""

# without "from __future__ import annotations", which would compile every key at start
from typing import Generic, NotRequired, TypedDict, TypeVar

from models.base import Json

Line = TypeVar("Line")


class EventColumns(TypedDict):
    """``account`` ran the command, if the actor is only said; ``db_user`` is the login of a server."""

    event_id: int
    at: str
    actor: str
    account: str | None
    db_user: str | None
    command: str
    booking_id: int | None
    agent_id: int | None
    detail: Json
    before: dict[str, Json]
    after: dict[str, Json]
    request_id: str | None
    undoes: int | None
    customer_id: int | None
    issue_id: int | None


class EventRow(EventColumns):
    """An event with the customer's name, and the number of the event that undid it.

    ``before`` and ``after`` hold the columns of each changed row, by "table:id"; of parts of imports and
    undone files, they are empty.
    """

    customer_name: str | None
    undone_by: int | None


class ListedEvent(EventRow):
    """A row of a list of events: one event, or several acts of the clock in one row (folded_log.py).

    A folded one has the number of its oldest event, the newest's, when the oldest was, how many they are,
    and how many of each command (``kinds``); its own command is empty.
    """

    newest_id: NotRequired[int]
    since: NotRequired[str]
    folded: NotRequired[int]
    kinds: NotRequired[dict[str, int]]
    sentence: NotRequired[str]
    age: NotRequired[str]


class BulkResult(TypedDict, Generic[Line]):
    """A line for each row given, in order, with the number done and refused."""

    done: int
    refused: int
    results: list[Line]
