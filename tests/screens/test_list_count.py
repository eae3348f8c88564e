"""A list's count: what it asks for, and which answers it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from screens.shell import list_count
from screens.shell.list_count import REST, SLOW_S, ListCount


class Clock:
    """A clock that goes on only when it is told."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


class Shop:
    """A place whose answers come when a test wants them; its desk has ``rows`` of each list."""

    def __init__(self, clock: Clock) -> None:
        self.rows = {"red": 500, "blue": 300}
        self.takes_s = 0.0
        self.asked: list[tuple[Callable[[], Any], Callable[[Any], object]]] = []
        self.waiting: list[Callable[[], object]] = []
        self.counted: list[str] = []
        self._clock = clock

    def count(self, which: str) -> int:
        self._clock.seconds += self.takes_s
        self.counted.append(which)
        return self.rows[which]

    def count_views(self) -> Mapping[str, int]:
        self.counted.append("views")
        return {"All": sum(self.rows.values())}

    def who_is_meant(self, text: str) -> Callable[[], str]:
        return lambda: f"{text} → Soren" if text else ""

    def show_counts(self) -> None:
        """Nothing is painted here."""

    def ask_in_turn(
        self, about: str, query: Callable[[], Any], then: Callable[[Any], object], again: object
    ) -> None:
        self.asked.append((query, then))

    def after_typing(self, pause_s: float, work: Callable[[], object], *, group: str) -> None:
        self.waiting = [work]

    def forget_asked(self, *about: str) -> None:
        self.waiting.clear()

    def read(self) -> Callable[[], object]:
        """Read for the first question; return what gives the answer to it."""
        query, then = self.asked.pop(0)
        answer = query()
        return lambda: then(answer)

    def answer(self) -> None:
        while self.asked:
            self.read()()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(list_count, "time", clock)
    return clock


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock)


def test_a_late_answer_is_not_for_another_list(shop: Shop) -> None:
    red = ListCount(shop, "red")
    red.ask(None)
    late = shop.read()
    blue = red.of_another("blue", "to:mars")
    blue.ask(None)
    late()
    assert (blue.found, blue.meant) == (None, "")
    assert blue.views.rows == {"All": 800}, "the views are those of the place"
    shop.answer()
    assert (blue.found, blue.meant) == (300, "to:mars → Soren")


def test_a_list_that_was_left_is_not_counted_after_its_rest(shop: Shop) -> None:
    """The number of the list before appeared beside the next one, seconds later."""
    shop.takes_s = 2 * SLOW_S
    red = ListCount(shop, "red")
    red.ask(None)
    shop.answer()
    red.views.desk_changed()
    red.ask(None)
    assert shop.waiting, "a slow count rests"
    red.of_another("blue", "")
    assert not shop.waiting


def test_a_slow_count_rests_and_a_new_list_does_not_wait_for_it(shop: Shop, clock: Clock) -> None:
    shop.takes_s = 2 * SLOW_S
    red = ListCount(shop, "red")
    red.ask(None)
    shop.answer()
    red.ask(None)
    assert (shop.asked, len(shop.waiting)) == ([], 1)
    red.of_another("blue", "").ask(None)
    assert len(shop.asked) == 1
    shop.answer()
    clock.seconds += REST * shop.takes_s
    red.ask(None)
    assert len(shop.asked) == 1


def test_what_is_known_is_not_replaced_by_a_count_from_before_a_change(shop: Shop) -> None:
    count = ListCount(shop, "red")
    count.ask(None)
    late = shop.read()
    count.views.desk_changed()
    count.ask(7)
    late()
    assert count.found == 7
    assert not count.views.are_current


def test_counts_are_shown_while_the_desk_changes_faster_than_it_is_counted(shop: Shop) -> None:
    count = ListCount(shop, "red")
    for rows in (500, 501):
        shop.rows["red"] = rows
        count.ask(None)
        late = shop.read()
        count.views.desk_changed()
        count.ask(None)
        late()
        assert count.found == rows
        shop.asked.clear()


def test_nothing_is_asked_when_all_is_known(shop: Shop) -> None:
    count = ListCount(shop, "red")
    count.ask(7)
    shop.answer()
    assert shop.counted == ["views"]
    count.ask(8)
    assert (count.found, shop.asked) == (8, [])
    count.views.desk_changed()
    count.ask(9)
    shop.answer()
    assert shop.counted == ["views", "views"]
