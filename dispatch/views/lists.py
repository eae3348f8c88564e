"""The lists that views are of: which rows a view finds, in its order, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.inputs import validation
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import Keys, Reading, asked, read
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.customer_index import prepare
from dispatch.queries.row_types import AgentRow
from dispatch.service.issues import queries as issue_queries
from dispatch.service.issues.issue_filter_keys import ISSUE_KEYS
from dispatch.service.issues.queries import IssueFilter
from dispatch.views.row_types import ViewRow
from models.errors import InvalidInput
from models.issues import OPEN

MOST_COUNTED = 10_000
MOST_COLUMNS = 50
LONGEST_FILTER = 2_000

Rows = Iterable[Any]
Find = Callable[[Desk, ViewRow, Reading, int | None], Rows]


@dataclass(frozen=True)
class ViewList:
    """A list: the keys of its filter, its orders, and how its rows and their ids are found."""

    keys: Keys
    sorts: tuple[str, ...]
    rows: Find
    ids: Find


def _booking_filter(desk: Desk, view: ViewRow, reading: Reading) -> BookingFilter:
    fields, _ = asked(parse(view["filter"]), BOOKING_KEYS, reading)
    which = BookingFilter(**fields)
    if view["sort"]:
        which = replace(which, sort=view["sort"], descending=view["descending"])
    if which.text or which.customer or which.where is not None:
        prepare(desk)
    return which


def _bookings(desk: Desk, view: ViewRow, reading: Reading, limit: int | None) -> Rows:
    return queries.each_booking(_booking_filter(desk, view, reading), limit)


def _booking_ids(desk: Desk, view: ViewRow, reading: Reading, limit: int | None) -> Rows:
    return queries.booking_ids(_booking_filter(desk, view, reading), limit or MOST_COUNTED)


def _issue_filter(view: ViewRow, reading: Reading) -> IssueFilter:
    fields, named = asked(parse(view["filter"]), ISSUE_KEYS, reading)
    fields.setdefault("statuses", () if "statuses" in named else OPEN)
    return IssueFilter(sort=view["sort"] or issue_queries.URGENCY, **fields)


def _issues(desk: Desk, view: ViewRow, reading: Reading, limit: int | None) -> Rows:
    return issue_queries.each_issue(desk, _issue_filter(view, reading), limit)


def _issue_ids(_: Desk, view: ViewRow, reading: Reading, limit: int | None) -> Rows:
    return issue_queries.issue_ids(_issue_filter(view, reading), limit)


def _events(_: Desk, view: ViewRow, reading: Reading, limit: int | None) -> Rows:
    fields, _named = asked(parse(view["filter"]), EVENT_KEYS, reading)
    return event_log.each(EventFilter(**fields), limit)


def _event_ids(_: Desk, view: ViewRow, reading: Reading, limit: int | None) -> Rows:
    fields, _named = asked(parse(view["filter"]), EVENT_KEYS, reading)
    return event_log.event_ids(EventFilter(**fields), limit)


def _agents(_: Desk, view: ViewRow, reading: Reading, limit: int | None) -> Rows:
    wanted = read(parse(view["filter"]), queries.AGENT_KEYS, reading)
    found = queries.filtered(queries.list_agents(), wanted)
    if view["sort"]:
        found.sort(key=lambda row: _sort_key(row.get(view["sort"])), reverse=view["descending"])
    return found[:limit]


def _sort_key(value: Any) -> tuple[bool, Any]:
    """Sort None last, and text regardless of case."""
    return (value is None, value.lower() if isinstance(value, str) else value or 0)


AGENT_SORTS = tuple(AgentRow.__annotations__)
LISTS = {
    "queue": ViewList(BOOKING_KEYS, tuple(queries.BOOKING_SORTS), _bookings, _booking_ids),
    "service": ViewList(ISSUE_KEYS, issue_queries.SORTS, _issues, _issue_ids),
    "roster": ViewList(queries.AGENT_KEYS, AGENT_SORTS, _agents, _agents),
    "log": ViewList(EVENT_KEYS, (), _events, _event_ids),
}
"""By the name of the place that shows it."""


def checked(view: ViewRow, reading: Reading) -> ViewRow:
    """Return a view with its texts as they are stored. Raises InvalidInput for what cannot be listed."""
    name = validation.name(view["name"], "name")
    wanted = validation.one_of(view["list"], "list", tuple(LISTS))
    kind = LISTS[wanted]
    text = validation.optional_text(view["filter"], "filter", limit=LONGEST_FILTER) or ""
    read(parse(text), kind.keys, reading)
    sort = view["sort"].strip()
    if sort and sort not in kind.sorts:
        accepted = ", ".join(kind.sorts) or "none: it is always newest first"
        problem = f"cannot sort {wanted} by {validation.excerpt(sort)}"
        raise InvalidInput("sort", problem, f"accepted: {accepted}")
    columns = [validation.name(one, "columns") for one in dict.fromkeys(view["columns"])]
    if len(columns) > MOST_COLUMNS:
        raise InvalidInput("columns", f"{len(columns)} columns are given", f"at most {MOST_COLUMNS}")
    return {**view, "name": name, "list": wanted, "filter": text, "columns": columns, "sort": sort}


def problem_of(view: ViewRow, reading: Reading) -> str:
    """Return in words why a view cannot be listed any more, "" if it can."""
    try:
        checked(view, reading)
    except InvalidInput as error:
        return error.message
    return ""


def rows_of(desk: Desk, view: ViewRow, reading: Reading, limit: int | None = None) -> Iterator[Any]:
    """Return the rows that a view finds, in its order. Raises InvalidInput if it has a problem."""
    usable = checked(view, reading)
    return iter(LISTS[usable["list"]].rows(desk, usable, reading, limit))


def counted(desk: Desk, view: ViewRow, reading: Reading) -> ViewRow:
    """Return a view with its problem, or the number of rows that it finds."""
    problem = problem_of(view, reading)
    if problem:
        return {**view, "count": None, "problem": problem}
    found = LISTS[view["list"]].ids(desk, view, reading, MOST_COUNTED)
    return {**view, "count": sum(1 for _ in islice(found, MOST_COUNTED)), "problem": ""}
