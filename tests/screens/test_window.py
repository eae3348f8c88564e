"""Columns that fit a width, and the loaded part of a long list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.desk.desk import Desk
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.row_types import BookingRow
from screens.base.list_window import MOST_HELD, PAGE
from screens.bookings.list_window import Window
from screens.widgets.columns import Column, fitting_columns


def column(key: str, width: int, drop: int = 0, *, grows: bool = False) -> Column[BookingRow]:
    return Column(key, key, width, lambda _: "", drop=drop, grows=grows)


COLUMNS = (column("a", 5), column("b", 10, grows=True), column("c", 8, drop=1), column("d", 6, drop=2))


@pytest.mark.parametrize(
    ("width", "wanted"),
    [
        (37, (("a", 5), ("b", 10), ("c", 8), ("d", 6))),
        (40, (("a", 5), ("b", 13), ("c", 8), ("d", 6))),
        (36, (("a", 5), ("b", 17), ("c", 8))),  # d goes first; its width goes to b
        (28, (("a", 5), ("b", 19))),
        (3, (("a", 5), ("b", 10))),  # a fixed column is cut by the table
    ],
)
def test_columns_are_dropped_in_order(width: int, wanted: tuple[tuple[str, int], ...]) -> None:
    assert fitting_columns(COLUMNS, width) == wanted


def test_the_width_that_is_left_is_shared() -> None:
    both = (column("a", 4, grows=True), column("b", 6, grows=True))
    assert fitting_columns(both, 24) == (("a", 9), ("b", 11))


def test_in_a_wide_table_all_columns_grow() -> None:
    both = (column("name", 10, grows=True), column("figure", 6))
    assert fitting_columns(both, 44) == (("name", 34), ("figure", 6))
    assert fitting_columns(both, 144) == (("name", 84), ("figure", 56))


@pytest.mark.parametrize(
    ("width", "needs", "wanted"),
    [
        (43, {"a": 3, "b": 14, "c": 10, "d": 8}, (3, 14, 10, 8)),  # b has the blank cells of a
        (44, {"a": 3, "b": 14, "c": 10, "d": 8}, (4, 14, 10, 8)),  # not more than it lacks
        (50, {"a": 6, "b": 30, "c": 12, "d": 8}, (6, 16, 12, 8)),  # what c lacks is little
        (60, {"a": 3, "b": 14, "c": 10, "d": 8}, (6, 21, 17, 8)),  # the rest is shared
    ],
)
def test_spare_cells_go_to_cut_texts_first(
    width: int, needs: dict[str, int], wanted: tuple[int, ...]
) -> None:
    specs = (column("a", 6), column("b", 10, grows=True), column("c", 10, grows=True), column("d", 8))
    assert tuple(cells for _, cells in fitting_columns(specs, width, needs=needs)) == wanted


@pytest.fixture
def long_list(desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]) -> Desk:
    add_agent()
    with desk.batch():
        for number in range(1, 751):
            add_lead(f"Customer {number}")
    return desk


def numbers(rows: list[BookingRow]) -> list[int]:
    return [row["booking_id"] for row in rows]


def test_every_row_is_shown_down_to_the_end_and_back(long_list: Desk) -> None:
    with long_list.reading():
        window = Window(BookingFilter(sort="id"))
        seen, steps = numbers(window.fetch()), [window]
        while len(rows := window.fetch()) >= window.limit:
            window = window.further(rows)
            assert numbers(window.with_page(rows)[1]) == numbers(window.fetch()), "only the page is read"
            steps.append(window)
            seen += [number for number in numbers(window.fetch()) if number not in seen]
        assert seen == list(range(750, 0, -1))
        assert max(len(step.fetch()) for step in steps) == MOST_HELD
        while window.anchor is not None:
            before = numbers(window.fetch())
            window = window.back(window.fetch())
            assert numbers(window.fetch())[PAGE : PAGE + 3] == before[:3]  # a page higher, no row left out
        assert numbers(window.fetch()) == list(range(750, 250, -1))


def test_scrolling_up_from_the_middle_keeps_the_booking(long_list: Desk) -> None:
    with long_list.reading():
        for sought in (1, 300, 750):
            window, rows = Window().at(sought)
            assert numbers(rows)[0] == sought
            for _ in range(3):
                higher, rows = window.back(rows).held()
                assert sought in numbers(rows)
                assert higher.anchor is None or len(rows) > len(window.fetch())
                window = higher
        assert numbers(Window().at(9_999)[1])[0] == 750


def test_the_top_is_shown_if_all_rows_below_the_anchor_are_gone(long_list: Desk) -> None:
    with long_list.reading():
        last = Window(BookingFilter(sort="id", descending=False)).fetch()[:2]
        window, rows = Window(BookingFilter(sort="id"), anchor=last[0]).held()
        assert window.anchor is None
        assert numbers(rows)[0] == 750
