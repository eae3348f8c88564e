"""Figures of the bookings, against counting them one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import bookings, queries
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from dispatch.reporting import booking_figures, pulse
from seeds.demo.demo import make_demo


def test_every_figure_matches_its_rows(desk: Desk) -> None:
    make_demo(desk, agents=6, bookings=120)
    with desk.reading():
        figures = booking_figures.by_kind()
        rows = queries.list_bookings(queries.BookingFilter())
    for kind in ("status", "destination", "source", "method"):
        counts = Counter(row[kind] for row in rows)
        assert {each["value"]: each["bookings"] for each in figures if each["kind"] == kind} == counts
        sold = Counter(row[kind] for row in rows if row["status"] == "Confirmed")
        assert {each["value"]: each["confirmed"] for each in figures if each["kind"] == kind} == {
            value: sold[value] for value in counts
        }
    (whole,) = (each for each in figures if each["kind"] == "all")
    confirmed = [row for row in rows if row["status"] == "Confirmed"]
    decided = len(confirmed) + sum(row["status"] == "Cancelled" for row in rows)
    assert whole["confirmed_share"] == len(confirmed) / decided
    assert round(whole["revenue"] or 0, 2) == round(sum(row["total_revenue"] or 0 for row in confirmed), 2)


def test_the_last_days_are_those_of_the_pulse(desk: Desk) -> None:
    """Whole days, today included: a table and the pulse beside it count the same bookings."""
    make_demo(desk, agents=6, bookings=400)
    now = desk.now()
    with desk.reading():
        for days in (1, 7, 30):
            felt = pulse.pulse(now, days)
            rows = booking_figures.of_period(now, days)
            for kind in ("all", "destination", "source"):
                of_kind = [row for row in rows if row["kind"] == kind]
                assert sum(row["bookings"] for row in of_kind) == felt["funnel"]["bookings"]
            (whole,) = (row for row in rows if row["kind"] == "all")
            assert whole["before"] == felt["funnel_before"]["bookings"]
            assert (
                sum(won for _, won, *_ in booking_figures.most_confirmed(now, days, 99)) == whole["confirmed"]
            )


def test_figures_of_an_empty_desk(desk: Desk) -> None:
    with desk.reading():
        figures = booking_figures.by_kind()
        assert booking_figures.by_agent(desk) == []
    assert [(each["kind"], each["bookings"]) for each in figures] == [("all", 0), *[("status", 0)] * 3]
    assert figures[0]["confirmed_share"] is None


def test_voided_and_waiting_bookings(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    add_lead("Waiting")
    add_agent()
    lead = add_lead("Mistaken")
    undo.undo(desk)
    kept = add_lead("Kept", method="Phone Call")
    bookings.cancel(desk, kept["booking_id"], "no")
    with desk.reading():
        figures = {(each["kind"], each["value"]): each for each in booking_figures.by_kind()}
        (agent,) = booking_figures.by_agent(desk)
    assert lead["booking_id"] != kept["booking_id"]
    assert figures["all", ""]["bookings"] == 2
    assert figures["method", "Phone Call"] == {
        "kind": "method",
        "value": "Phone Call",
        "bookings": 1,
        "pending": 0,
        "confirmed": 0,
        "cancelled": 1,
        "unreachable": 0,
        "confirmed_share": 0.0,
        "revenue": 0.0,
    }
    assert (agent["decided"], agent["confirmed"]) == (1, 0)
    assert agent["low"] < agent["rate"] < agent["high"]


@given(undone=st.lists(st.booleans(), min_size=1, max_size=5), staffed=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_leads_that_were_added_and_undone_leave_every_figure_as_it_was(
    desk: Desk,
    add_agent: Callable[..., Any],
    add_lead: Callable[..., Any],
    undone: list[bool],
    staffed: bool,  # drawn
) -> None:
    """Also those that somebody cancelled before, and those that waited; the queue tells how many they are."""
    if staffed:
        add_agent(capacity=50)
    add_lead("Kept")
    before, listed = _figures(desk), _counted(desk)
    for cancelled in undone:
        row = add_lead("Mistaken")
        if cancelled:
            bookings.cancel(desk, row["booking_id"], "no")
            undo.undo(desk)
        undo.undo(desk)
    assert _figures(desk) == before
    after = _counted(desk)
    assert {name: after[name] - listed[name] for name in ("All", "Cancelled", "Undone")} == dict.fromkeys(
        ("All", "Cancelled", "Undone"), len(undone)
    )
    undo.redo(desk)
    assert _figures(desk) != before


def _figures(desk: Desk) -> list[Any]:
    now = desk.now()
    with desk.reading():
        return [
            pulse.pulse(now, 1),
            pulse.pulse(now),
            booking_figures.by_kind(),
            booking_figures.of_period(now, 30),
            booking_figures.by_agent(desk),
            booking_figures.by_agent_in(desk, 30),
        ]


def _counted(desk: Desk) -> dict[str, int]:
    with desk.reading():
        return queries.count_by_view()
