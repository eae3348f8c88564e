"""Marking bookings in a list, and changing all marked ones at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual import on

from dispatch import queries
from dispatch.bookings.row_types import BatchResult
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import plural
from screens.bookings import batch_forms as forms
from screens.bookings.list import BookingList
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.shell.row_actions import on_chosen
from screens.widgets.live_table import LiveTable
from screens.wording.consequences import after_a_batch

MANY = 50  # that are marked only after a question
MOST_MARKED = 2_000  # changed in one commit, for which others wait: half a second

FOR_MARKED = ("reassign", "cancel", "release")
"""The actions that are for the marked bookings, where some are."""


class MarkedList(BookingList):
    """A list of bookings of which some are marked; r, x, F and l then apply to those.

    Marks go by the bookings' numbers, so that they outlive refreshing, paging and another filter.
    """

    def __init__(self) -> None:
        super().__init__()
        self._marks: dict[int, None] = {}
        self._last_mark: int | None = None

    def _show_marks(self) -> None:
        """Show the marks; a subclass shows their number too."""
        self.table.pick(map(str, self._marks))

    def _mark(self, booking_ids: Sequence[int]) -> None:
        wanted = dict.fromkeys([*self._marks, *booking_ids])
        if len(wanted) > MOST_MARKED:
            self.say(f"At most {MOST_MARKED:,} bookings can be marked at once", severity="warning")
            return
        self._marks = wanted
        self._last_mark = booking_ids[-1] if booking_ids else self._last_mark
        self._show_marks()

    def unmark_all(self) -> bool:
        """Remove every mark; return whether there were any."""
        had = bool(self._marks)
        self._marks, self._last_mark = {}, None
        self._show_marks()
        return had

    def _toggle(self, booking_id: int) -> None:
        if booking_id in self._marks:
            del self._marks[booking_id]
            self._show_marks()
        else:
            self._mark([booking_id])

    @on(LiveTable.PickAsked)
    def _clicked(self, message: LiveTable.PickAsked) -> None:
        self._toggle(int(message.key))

    @on_chosen
    def action_mark(self, row: BookingRow) -> None:
        self._toggle(row["booking_id"])
        self.table.action_cursor_down()

    @on_chosen
    def action_mark_range(self, row: BookingRow) -> None:
        ids = [shown["booking_id"] for shown in self.table.rows_shown]
        here = ids.index(row["booking_id"])
        start = ids.index(self._last_mark) if self._last_mark in ids else here
        first, last = sorted((start, here))
        chosen = ids[first : last + 1]
        self._mark(chosen if start <= here else chosen[::-1])

    def mark_all_of(self, which: BookingFilter) -> None:
        """Mark what a filter lists, up to the limit of marks."""

        def then(found: list[int]) -> None:
            if len(found) > MANY:
                count = plural(min(len(found), MOST_MARKED), "booking")
                self.host.ask_again("mark.all", f"mark {count}", partial(mark, found))
            else:
                mark(found)

        def mark(found: list[int]) -> None:
            self._marks = dict.fromkeys(found[:MOST_MARKED])
            self._last_mark = None
            self._show_marks()
            more = f", the first {MOST_MARKED:,} only" if len(found) > MOST_MARKED else ""
            self.say(f"Marked {plural(len(self._marks), 'booking')}{more}")

        self.host.ask(lambda: queries.booking_ids(which, MOST_MARKED + 1), then, opens=True)

    def is_possible(self, action: str) -> bool:
        return bool(self._marks and action in FOR_MARKED) or super().is_possible(action)

    def action_reassign(self) -> None:
        self._deal("Reassigned", forms.reassign_marked, super().action_reassign)

    def action_cancel(self) -> None:
        self._deal("Cancelled", forms.cancel_marked, super().action_cancel)

    def action_follow_up(self) -> None:
        self._deal("Saved the follow-up of", forms.follow_up_marked, super().action_follow_up)

    def action_release(self) -> None:
        self._deal("Released", forms.release_marked, super().action_release)

    def _deal(
        self, word: str, form: Callable[[Sequence[int]], FormModal[BatchResult]], with_one: Callable[[], None]
    ) -> None:
        """Open a form for the marked bookings, or act ``with_one`` where none is marked."""
        ids = tuple(self._marks)
        if ids:
            self.open_made(lambda: form(ids), partial(self._dealt, word))
        else:
            with_one()

    def _dealt(self, word: str, result: BatchResult) -> None:
        """Say what happened to each; refused bookings stay marked."""
        done = {row["booking_id"] for row in result["results"] if row["ok"]}
        self._marks = {number: None for number in self._marks if number not in done}
        self._show_marks()
        if result["refused"]:
            self.call_later(self.open, Panel(f"{word}: row by row", after_a_batch(result, word.lower())))
        else:
            self.say_done(f"{word} {plural(result['done'], 'booking')}")
