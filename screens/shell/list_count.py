"""How many rows a list has, and each view beside it: counted beside everything else, so that no key waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from screens.base.list_window import Which

COUNTING = "counting…"
SLOW_S = 0.2  # a count that takes longer is made again only after a while
REST = 9  # times as long
ABOUT = "counts"

Asked = TypeVar("Asked", contravariant=True)


class Counted(NamedTuple):
    """What a count found, ``found`` only if the rows of the list were counted."""

    by_view: Mapping[str, int]
    found: int | None
    meant: str
    took_s: float


class Counter(Protocol[Asked]):
    """The place that shows a list: it counts, finds the time for it, and shows what is known."""

    def count(self, which: Asked) -> int:
        """Count the rows of a list; called beside the reading thread."""

    def count_views(self) -> Mapping[str, int]:
        """Count the rows of each view; called beside the reading thread."""

    def who_is_meant(self, text: str) -> Callable[[], str]:
        """Return the query that says which agents the names in a text mean."""

    def show_counts(self) -> None:
        """Show what is known now."""

    def ask_in_turn(
        self, about: str, query: Callable[[], Any], then: Callable[[Any], object], again: Callable[[], object]
    ) -> None: ...

    def after_typing(self, pause_s: float, work: Callable[[], object], *, group: str) -> None: ...

    def forget_asked(self, *about: str) -> None: ...


class ViewCounts:
    """The rows of each view of a place, and whether the desk has changed since they were counted."""

    def __init__(self) -> None:
        self.rows: Mapping[str, int] = {}
        self.changes = 0  # of the desk, as far as the place has heard of them
        self._as_of = -1

    @property
    def are_current(self) -> bool:
        return self._as_of == self.changes

    def desk_changed(self) -> None:
        self.changes += 1

    def counted(self, rows: Mapping[str, int], as_of: int) -> None:
        """Take a count that was asked for after so many changes, unless a later one is known."""
        if as_of >= self._as_of:
            self.rows, self._as_of = rows, as_of


class ListCount(Generic[Which]):
    """The number of rows of one list: None until it is known, then as of the latest count.

    A list with another filter gets a count of its own, so that an answer is never shown beside a list it
    was not asked for, however late it comes. Nor does it replace what was known after a later change.
    """

    def __init__(
        self, place: Counter[Which], which: Which, text: str = "", views: ViewCounts | None = None
    ) -> None:
        """``text`` is what was typed for the list; the views are those of the place."""
        self.which, self.text = which, text
        self.views = views or ViewCounts()
        self.found: int | None = None
        self.meant = ""
        """Which agents the names in the text mean."""
        self._place = place
        self._as_of = -1
        self._rests_until = 0.0

    def of_another(self, which: Which, text: str) -> ListCount[Which]:
        """Return the count of the list that the place shows from now on; this one is asked no more."""
        self._place.forget_asked(ABOUT)
        return ListCount(self._place, which, text, self.views)

    def ask(self, known: int | None) -> None:
        """Count the rows unless their number is ``known``, and the views after a change of the desk."""
        if known is not None:
            self.found, self._as_of = known, self.views.changes
        self._place.show_counts()
        if known is not None and self.views.are_current and not self.text:
            return
        pause = self._rests_until - time.monotonic()
        if pause > 0 and self.found is not None:
            self._place.after_typing(pause, lambda: self._count(known is None), group=ABOUT)
        else:
            self._count(known is None)

    def _count(self, counts_rows: bool) -> None:
        place, views, which = self._place, self.views, self.which
        as_of, known_views = views.changes, views.rows if views.are_current else None
        meant = place.who_is_meant(self.text)

        def work() -> Counted:
            start = time.monotonic()
            by_view = place.count_views() if known_views is None else known_views
            found = place.count(which) if counts_rows else None
            return Counted(by_view, found, meant(), time.monotonic() - start)

        def answered(counted: Counted) -> None:
            views.counted(counted.by_view, as_of)
            if counted.found is not None and as_of >= self._as_of:
                self.found, self._as_of = counted.found, as_of
            self.meant = counted.meant
            self._rests_until = time.monotonic() + (REST * counted.took_s if counted.took_s > SLOW_S else 0)
            place.show_counts()

        place.ask_in_turn(ABOUT, work, answered, lambda: self._count(counts_rows))
