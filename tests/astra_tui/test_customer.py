"""``astra customer``, the backlog in ``astra doctor``, and the filters of ``astra log``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings
from dispatch.desk.desk import Desk
from dispatch.queries import customer_index
from tests.astra_tui.conftest import Run

KEYS = {"customer_id", "name", "phone", "email", "open_bookings", "last_booking_id", "last_booking_at"}


@pytest.fixture
def two_kates(booked: Run, add_lead: Callable[..., Any]) -> Run:
    """Booking 1 of customer 1, Kate Nguyen; booking 2 of customer 2, Katie Nguyen."""
    add_lead("Katie Nguyen", phone="+49 711 1234")
    return booked


def found(astra: Run, text: str, *more: object) -> list[int]:
    return [row["customer_id"] for row in astra("customer", "find", text, *more, "--json").json]


def test_customers_are_found(two_kates: Run) -> None:
    (row,) = two_kates("customer", "find", "+49 711 1234", "--json").json
    assert row.keys() >= KEYS
    assert (row["name"], row["open_bookings"], row["last_booking_id"]) == ("Katie Nguyen", 1, 2)
    assert found(two_kates, "ngu") == [2, 1]
    assert found(two_kates, "ngu", "--limit", 1) == [2]
    assert "Katie Nguyen" in two_kates("customer", "find", "kati").out
    assert two_kates("customer", "find", "zoe").err == "no such customer\n"


def test_a_customer_is_shown(two_kates: Run) -> None:
    card = two_kates("customer", "show", 2, "--json").json
    assert [row["booking_id"] for row in card["bookings"]] == [2]
    assert [row["command"] for row in card["events"]] == ["lead.add"]
    output = two_kates("customer", "show", 2).out
    assert "Katie Nguyen (2)" in output
    assert "kim  added lead 2 (Katie Nguyen) for Ada Byron" in output
    assert two_kates("customer", "show", 9).code == 1


def test_a_merge_preview_changes_nothing(two_kates: Run) -> None:
    preview = two_kates("customer", "merge", 1, 2, "--dry-run", "--json").json
    assert (preview["keep"]["customer_id"], preview["other"]["customer_id"], preview["leads"]) == (1, 2, 1)
    assert (preview["takes_over"], preview["asks"]) == ({"phone": "+497111234"}, {})
    turned = two_kates("customer", "merge", 2, 1, "--dry-run").out
    assert "Katie Nguyen (2)" in turned
    assert "+497111234" not in turned
    assert found(two_kates, "nguyen") == [2, 1]
    assert two_kates("customer", "merge", 1, 1, "--dry-run", "--json").error["code"] == "same_customer"


def test_possible_duplicates_are_listed(two_kates: Run) -> None:
    (row,) = two_kates("customer", "similar", 1, "--json").json
    assert (row["customer_id"], row["because"], row["same"]) == (2, "similar name", False)
    assert "Katie Nguyen" in two_kates("customer", "similar", 1).out
    assert two_kates("customer", "similar", 9).code == 1


def test_a_merge_can_be_undone(two_kates: Run) -> None:
    row = two_kates("customer", "merge", 1, 2, "--json").json
    assert (row["customer_id"], row["phone"], row["open_bookings"]) == (1, "+497111234", 2)
    assert found(two_kates, "nguyen") == [1]
    assert two_kates("customer", "merge", 1, 2, "--json").error["code"] == "merged"
    assert two_kates("undo", "--json").json["customer_id"] == 1
    assert found(two_kates, "nguyen") == [2, 1]


def test_a_merge_with_the_same_request_id_is_done_once(two_kates: Run) -> None:
    first = two_kates("customer", "merge", 1, 2, "--request-id", "x", "--json").json
    assert two_kates("customer", "merge", 1, 2, "--request-id", "x", "--json").json == first


def test_a_customer_is_edited(two_kates: Run) -> None:
    ended = two_kates("customer", "edit", 1, "--name", "Zoë Nguyen", "--email", "zoe@example.com")
    assert ended.out == "Customer 1: Zoë Nguyen, zoe@example.com, 1 open booking\n"
    assert found(two_kates, "ZOE") == [1]
    assert two_kates("customer", "edit", 1, "--phone", "x").code == 2


def test_a_large_backlog_is_reported_and_indexed_by_a_search(
    two_kates: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search_check() -> dict[str, Any]:
        report = two_kates("doctor", "--json").json
        assert report["ok"]
        check: dict[str, Any] = next(row for row in report["checks"] if row["check"] == "search")
        return check

    assert search_check()["ok"]
    for module in ("dispatch.queries.customer_index", "dispatch.operations.integrity.derived"):
        monkeypatch.setattr(f"{module}.LARGE_BACKLOG", 2)
    assert (search_check()["ok"], search_check()["warning"]) == (False, True)
    assert search_check()["detail"] == "4 rows are not in the index yet"
    assert two_kates("booking", "list", "--text", "katie", "--json").json[0]["booking_id"] == 2
    assert search_check()["ok"]
    assert customer_index.LARGE_BACKLOG == 2


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["--command", "booking.note"], ["booking.note"]),
        (["--agent", "1"], ["agent.add"]),
        (["--agent", "2", "--command", "lead.add"], ["lead.add"]),
        (["--since", "2082-03-02"], ["booking.note"]),
        (["--since", "2082-03-02 09:00Z"], ["booking.note"]),
        (["--since", "2082-03-02T09:00:01 UTC"], []),
        (["--until", "2082-03-02 09:00Z"], ["lead.add", "agent.add", "agent.add"]),
        (["--until", "2082-03-01"], ["lead.add", "agent.add", "agent.add"]),
        (["--since", "2082-03-01", "--until", "2082-03-02", "--actor", "lee"], ["booking.note"]),
        (["--since", "yesterday"], []),  # the command line's clock is far ahead of this desk
        (["--until", "-2h", "--command", "note"], ["booking.note"]),
        (["--text", "LEE not"], ["booking.note"]),
        (["--text", "100%"], []),
        (["--before", "4"], ["lead.add", "agent.add", "agent.add"]),
        (["--undone"], []),
    ],
)
def test_the_log_is_filtered(
    booked: Run, desk: Desk, clock: Any, filters: list[str], expected: list[str]
) -> None:
    clock.advance(days=1)
    desk.actor = "lee"
    bookings.note(desk, 1, "hello")
    assert [row["command"] for row in booked("log", *filters, "--json").json] == expected


@pytest.mark.parametrize("time", ["tomorrow", "2082-13-01", "2082-11-22 25:00", "0001-01-01 00:00 x", ""])
def test_an_invalid_time_is_wrong_input(booked: Run, time: str) -> None:
    ended = booked("log", "--since", time, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_time")
    assert "today, 9:00, -2h" in ended.error["hint"]
