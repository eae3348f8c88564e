"""The actions on several marked bookings."""

from __future__ import annotations

from rich.text import Text

from dispatch.bookings.row_types import BatchResult
from dispatch.queries.row_types import BookingRow
from screens.bookings import batch_forms as forms
from screens.bookings.list import BookingList
from screens.shell.marked_list import MarkedList
from screens.wording.consequences import after_a_batch


class MarkedBookings(MarkedList[BookingRow, BookingRow], BookingList):
    """A list of bookings of which some are marked; r, x, F, e and l then apply to those."""

    NOUN = "booking"
    FOR_MARKED = ("reassign", "cancel", "follow_up", "edit", "release")
    KEYS_OF_MARKED = (
        "  {booking.reassign} reassign  {booking.cancel} cancel  {booking.follow_up} follow-up"
        "  {booking.release} release  {back} unmark  {booking.edit} priority"
    )

    def describe_batch(self, result: BatchResult, participle: str) -> Text:
        return after_a_batch(result, participle)

    def action_reassign(self) -> None:
        self.deal("Reassigned", forms.reassign_marked, super().action_reassign)

    def action_cancel(self) -> None:
        self.deal("Cancelled", forms.cancel_marked, super().action_cancel)

    def action_follow_up(self) -> None:
        self.deal("Saved the follow-up of", forms.follow_up_marked, super().action_follow_up)

    def action_edit(self) -> None:
        self.deal("Set the priority of", forms.prioritise_marked, super().action_edit)

    def action_release(self) -> None:
        self.deal("Released", forms.release_marked, super().action_release)
