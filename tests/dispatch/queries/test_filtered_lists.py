"""Every list's filter finds just those rows that a plain reading of the text finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from operator import ge, gt, le, lt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import bookings, customers, queries
from dispatch.bookings import follow_ups
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.accepted_values import FIRST_VALUES
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.inputs.filters.filter_language import Group, Node, Pair, Words, format_filter, joined, parse
from dispatch.inputs.filters.filter_reader import Keys, Reading, asked, read
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.bookings import BookingFilter
from dispatch.service.issues import queries as issue_queries
from dispatch.service.issues.issue_filter_keys import ISSUE_KEYS
from dispatch.service.issues.queries import IssueFilter
from models.calendars import Calendar
from models.errors import InvalidInput
from models.issues import CATEGORIES, CHANNELS, ISSUE_STATUSES, TIERS, Interaction, Issue
from models.priorities import PRIORITIES
from seeds.demo.demo import make_demo
from seeds.demo.issues import make_issues
from tests.conftest import TestClock
from tests.steady import STEADY

Row = Any  # the rows of any list
TABLES: dict[str, Keys] = {
    "bookings": BOOKING_KEYS,
    "issues": ISSUE_KEYS,
    "log": EVENT_KEYS,
    "agents": queries.AGENT_KEYS,
    "customers": customers.CUSTOMER_KEYS,
}
COMPARED = {"<": lt, "<=": le, ">": gt, ">=": ge}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with something of everything."""
    desk = open_desk(
        tmp_path_factory.mktemp("filters") / "desk.db", create=True, clock=TestClock(), actor="kim"
    )
    make_demo(desk, agents=9, bookings=120)
    make_issues(desk)
    with desk.reading():
        pending = [row["booking_id"] for row in queries.list_bookings(BookingFilter(status="Pending"))]
    desk.actor = "lee"
    follow_ups.follow_up(desk, pending[0], "tomorrow 9:00")
    bookings.decline(desk, pending[1], "full")
    bookings.cancel(desk, pending[2], "no money")
    bookings.note(desk, pending[3], "hello")
    yield desk
    desk.close()


DAYS = ("2081-12-30", "2082-02-01", "2082-02-27", "2082-02-28", "2082-03-01", "2082-03-02")
NUMBERS = ("0", "1", "2", "3", "7", "60", "118")
Of = Callable[[Row], Any]


@dataclass(frozen=True)
class Model:
    """A list in plain Python: its rows, what a text finds of them, and what each key is of a row.

    ``words`` gives a row's texts; one of them holds all the words that are looked for.
    """

    rows: list[Row]
    number: str
    find: Callable[[str], list[Row]]
    words: Of
    keys: dict[str, tuple[str, Of, tuple[str, ...]]]
    by_phrase: bool = False

    def found(self, text: str) -> set[int]:
        return {row[self.number] for row in self.rows if self.fits(parse(text), row)}

    def fits(self, node: Node | None, row: Row) -> bool:
        match node:
            case Words(text):
                parts = [text] if self.by_phrase else text.split()
                return any(all(part.lower() in one.lower() for part in parts) for one in self.words(row))
            case Group("not", (part,)):
                return not self.fits(part, row)
            case Group("and", parts):
                return all(self.fits(part, row) for part in parts)
            case Group("or", parts):
                return any(self.fits(part, row) for part in parts)
            case Pair(key, operator, value):
                kind, of, _ = self.keys[key]
                return of(row) is not None and compared(kind, of(row), operator, value)
        return True


def compared(kind: str, own: Any, operator: str, value: Any) -> bool:
    """Is a row's own value so, by the text of the other one?"""
    if kind == "among":
        return value in own
    if kind in ("since", "until"):
        return bool(own[:10] >= value if kind == "since" else own[:10] <= value)
    if kind == "who" and not value.isdecimal():
        return bool(value.lower() in own[1].lower())
    if kind == "part" and operator == ":":
        return bool(value.lower() in own.lower())
    if kind == "rank":
        own, value = PRIORITIES.index(own), PRIORITIES.index(value)
    own = own[:10] if kind == "time" else own[0] if kind == "who" else own
    value = float(value) if kind in ("number", "who") else value
    return bool(COMPARED[operator](own, value) if operator in COMPARED else own == value)


def column(name: str) -> Of:
    return lambda row: row[name]


def is_pending(row: Row) -> bool:
    return bool(row["status"] == "Pending")


def flags(**each: Of) -> tuple[str, Of, tuple[str, ...]]:
    return "among", lambda row: {name for name, of in each.items() if of(row)}, tuple(each)


def who(kind: str, *names: str) -> tuple[str, Of, tuple[str, ...]]:
    number, name = f"{kind}_id", f"{kind}_name"
    return "who", lambda row: None if row[number] is None else (row[number], row.get(name) or ""), names


def times(**columns: str) -> dict[str, tuple[str, Of, tuple[str, ...]]]:
    return {key: ("time", column(name), DAYS) for key, name in columns.items()}


def numbers(**columns: str) -> dict[str, tuple[str, Of, tuple[str, ...]]]:
    return {key: ("number", column(name), NUMBERS) for key, name in columns.items()}


def choices(**values: tuple[str, ...]) -> dict[str, tuple[str, Of, tuple[str, ...]]]:
    return {key: ("choice", column(key), names) for key, names in values.items()}


def bookings_of(desk: Desk) -> Model:
    def find(text: str) -> list[Row]:
        which = BookingFilter(**fields_of(text, BOOKING_KEYS, desk))
        rows = queries.list_bookings(which)
        assert queries.list_bookings(which, 1_000) == rows
        assert queries.booking_ids(which, 1_000) == [row["booking_id"] for row in rows]
        assert queries.list_bookings(which, 1_000, rows[0])[:1] == rows[1:2] if rows else True
        return rows

    values = {key: FIRST_VALUES[key] for key in ("destination", "method", "source")}
    notes: dict[int, list[str]] = defaultdict(list)
    for event in event_log.page(EventFilter()):
        if event["command"] in ("booking.note", "booking.contact"):
            notes[event["booking_id"] or 0].append(str(event["detail"].get("text", "")))
    return Model(
        queries.list_bookings(BookingFilter()),
        "booking_id",
        find,
        lambda row: (row["customer_name"], row["requests"] or "", *notes[row["booking_id"]]),
        choices(status=("Pending", "Confirmed", "Cancelled"), **values)
        | times(created="created_at", changed="changed_at", confirmed="completed_at", claimed="claimed_at")
        | times(follow_up="follow_up_at", cancelled="cancelled_at")
        | numbers(number="booking_id", score="score", attempts="contact_attempts")
        | {
            "launch": ("choice", column("launch_location"), FIRST_VALUES["launch"]),
            "is": flags(
                unclaimed=lambda row: (
                    row["status"] == "Pending" and row["agent_id"] and not row["claimed_at"]
                ),
                waiting=lambda row: is_pending(row) and not row["agent_id"],
                due=lambda row: row["follow_up_at"] and row["follow_up_at"] <= desk.now(),
                asked=column("asked_at"),
                claimed=lambda row: is_pending(row) and row["claimed_at"],
                unattended=column("unattended"),
            ),
            "agent": who("agent", "1", "2", "99", "soren", "an", "nobody"),
            "customer": who("customer", "1", "25", "emil", "nobody"),
            "revenue": ("number", lambda row: row["total_revenue"] or 0, ("0", "20000", "35000.50")),
            "package": ("part", column("package"), ("cruise", "Luxury Dome Stay")),
        },
    )


def issues_of(desk: Desk) -> Model:
    everything = IssueFilter(statuses=())
    said: dict[int, list[str]] = defaultdict(list)
    for issue in Issue.select():
        said[issue.issue_id].append(issue.description)
    for one in Interaction.select():
        said[one.issue_id].append(one.text or "")
    return Model(
        issue_queries.issues(desk, everything),
        "issue_id",
        lambda text: issue_queries.issues(
            desk, replace(everything, **fields_of(text, ISSUE_KEYS, desk)), 1_000
        ),
        lambda row: (row["title"], row["customer_name"] or "", *said[row["issue_id"]]),
        choices(status=ISSUE_STATUSES, category=CATEGORIES, channel=CHANNELS, tier=TIERS)
        | times(opened="opened_at", changed="changed_at", resolved="resolved_at")
        | numbers(number="issue_id", booking="booking_id")
        | {
            "is": flags(
                escalated=column("escalation_level"),
                unsure=column("unsure"),
                waiting=lambda row: row["status"] == "new",
                mine=lambda row: row["agent_id"] == 1,
            ),
            "priority": ("rank", column("priority"), PRIORITIES),
            "agent": who("agent", "1", "soren", "an"),
            "customer": who("customer", "118", "emil"),
            "title": ("part", column("title"), ("invoice", "the")),
            "due": ("time", lambda row: row["sla"]["resolution_due"], DAYS),
        },
        by_phrase=True,
    )


def log_of(desk: Desk) -> Model:
    agents = {row["agent_id"]: row["name"] for row in queries.list_agents()}
    rows = [row | {"agent_name": agents.get(row["agent_id"] or 0)} for row in event_log.page(EventFilter())]
    changed = tuple(str(row["booking_id"]) for row in rows if row["booking_id"] and row["actor"] == "lee")
    return Model(
        rows,
        "event_id",
        lambda text: event_log.page(EventFilter(**fields_of(text, EVENT_KEYS, desk))),
        lambda row: (f"{row['command']} {row['actor']}",),
        times(at="at")
        | numbers(number="event_id")
        | {
            "booking": ("choice", lambda row: str(row["booking_id"]), changed),
            "issue": ("choice", lambda row: str(row["issue_id"]), ("1", "3")),
            "agent": who("agent", "1", "soren", "an"),
            "by": ("choice", column("actor"), ("kim", "lee", "nobody")),
            "command": (
                "among",
                lambda row: {row["command"], row["command"].rpartition(".")[2]},
                ("note", "issue.open"),
            ),
            "since": ("since", column("at"), DAYS),
            "until": ("until", column("at"), DAYS),
            "is": flags(undone=column("undone_by")),
        },
    )


def agents_of(desk: Desk) -> Model:
    rows = queries.list_agents(with_left=True)
    return Model(
        rows,
        "agent_id",
        lambda text: queries.filtered(rows, read(parse(text), queries.AGENT_KEYS, reading(desk))),
        lambda row: (f"{row['name']} | {row['department']} | {row['job_title']}",),
        choices(department=FIRST_VALUES["department"], presence=("available", "busy", "away"))
        | numbers(
            bookings="load", rank="rank", capacity="capacity", years="years_of_service", rating="rating"
        )
        | {
            "name": ("part", column("name"), ("soren", "an", "Soren Baker")),
            "skill": ("among", lambda row: row["skills"] or FIRST_VALUES["destination"], ("Mars",)),
            "load": ("number", lambda row: row["load"] + row["issue_load"], NUMBERS),
            "free": ("number", lambda row: row["capacity"] - row["load"] - row["issue_load"], NUMBERS),
        },
    )


def customers_of(desk: Desk) -> Model:
    def find(text: str) -> list[Row]:
        asked = read(parse(text), customers.CUSTOMER_KEYS, reading(desk))
        return [] if asked is None else customers.filtered(asked, 1_000)

    return Model(
        find("number>0"),
        "customer_id",
        find,
        lambda row: (row["name"],),
        choices(tier=TIERS)
        | times(created="created_at")
        | numbers(number="customer_id", open="open_bookings")
        | {"name": ("part", column("name"), ("emil", "an")), "email": ("part", column("email"), ("@", "an"))},
    )


MODELS = {
    "bookings": bookings_of,
    "issues": issues_of,
    "log": log_of,
    "agents": agents_of,
    "customers": customers_of,
}


def fields_of(text: str, keys: Keys, desk: Desk) -> Row:
    return asked(parse(text), keys, reading(desk))[0]


def reading(desk: Desk) -> Reading:
    return Reading(desk.now(), desk.values.of, 1, Calendar(UTC, 0))


def texts(model: Model, keys: Keys) -> st.SearchStrategy[str]:
    """Filter texts of a list, of all its keys."""

    def pair(key: str) -> st.SearchStrategy[Node]:
        operators = (":", "=", *COMPARED) if keys[key].is_ordered else (":", "=")
        return st.builds(Pair, st.just(key), st.sampled_from(operators), st.sampled_from(model.keys[key][2]))

    words = st.sampled_from(("emil", "kim", "the")).map(Words)
    leaves = st.sampled_from(sorted(model.keys)).flatmap(pair) | words
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(lambda part: Group("not", (part,))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined("and", parts)),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined("or", parts)),
        ),
        max_leaves=6,
    ).map(format_filter)


@pytest.mark.parametrize("name", MODELS)
def test_a_filter_finds_what_a_plain_reading_finds(desk: Desk, name: str) -> None:
    with desk.reading():
        model = MODELS[name](desk)
        keys = TABLES[name]
        assert model.rows

        @STEADY
        @given(texts(model, keys))
        def find(text: str) -> None:
            assert {row[model.number] for row in model.find(text)} == model.found(text)

        find()


almost = st.from_regex(r"[a-z_]{1,9}[:=<>]{1,2}[a-z0-9\"-]{0,9}", fullmatch=True)


@given(st.sampled_from(sorted(TABLES)), st.text() | almost)
def test_junk_is_refused_by_every_list(name: str, text: str) -> None:
    try:
        asked(parse(text), TABLES[name], Reading("2082-03-01 09:00:00", lambda kind: FIRST_VALUES[kind]))
    except InvalidInput as error:
        assert error.message  # noqa: PT017  # either is right; what is refused is told
