"""Forms for several marked bookings: a preview of each, then all at once."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from dispatch import queries
from dispatch.agents.planned_absences import choosable
from dispatch.bookings import bulk_actions
from dispatch.bookings.row_types import BatchResult
from dispatch.desk.desk import Desk
from dispatch.queries.row_types import BookingRow
from screens.bookings.forms import MOMENT_HINT, moment_reader
from screens.dialogs.form import Field, FormModal, Values, reason_field
from screens.fields.agent_picker import picked
from screens.fields.preview import Preview
from screens.wording.consequences import before_bookings, overrides
from screens.wording.priorities import NAMES

Ids = Sequence[int]


def _as_they_are(ids: Ids) -> dict[int, BookingRow]:
    return {row["booking_id"]: row for row in queries.bookings_by_id(ids)}


def reassign_marked(ids: Ids) -> FormModal[BatchResult]:
    def look(desk: Desk, given: Values) -> Text:
        to = picked(given["to"])
        result, agent = bulk_actions.preview_reassign(desk, ids, to), queries.agent(to)
        text = before_bookings(result, f"would go to {agent['name']}", _as_they_are(ids), taker=agent["name"])
        over = overrides(result, agent, agent["load"] + agent["issue_load"] + result["done"])
        return Text("\n").join([text, over]) if over else text

    return FormModal(
        "Reassign marked bookings",
        [
            Field("to", "To", agents=tuple(choosable()), required=True),
            reason_field("why they are reassigned"),
        ],
        lambda desk, given: bulk_actions.reassign(desk, ids, picked(given["to"]), given["reason"]),
        submit="Reassign bookings",
        preview=Preview(look, only=("to",)),
    )


def cancel_marked(ids: Ids) -> FormModal[BatchResult]:
    def look(desk: Desk, _: Values) -> Text:
        result = bulk_actions.preview_cancel(desk, ids)
        return before_bookings(result, "would be cancelled", _as_they_are(ids))

    return FormModal(
        "Cancel marked bookings",
        [reason_field("the same for all of them")],
        lambda desk, given: bulk_actions.cancel(desk, ids, given["reason"]),
        submit="Cancel bookings",
        preview=Preview(look, only=()),
    )


def follow_up_marked(ids: Ids) -> FormModal[BatchResult]:
    def look(desk: Desk, given: Values) -> Text:
        result = bulk_actions.preview_follow_up(desk, ids, given["at"])
        return before_bookings(result, "would be changed", _as_they_are(ids))

    return FormModal(
        "Follow-up for marked bookings",
        [Field("at", "Follow-up", hint=MOMENT_HINT, note=moment_reader())],
        lambda desk, given: bulk_actions.follow_up(desk, ids, given["at"]),
        submit="Save follow-ups",
        preview=Preview(look, only=("at",)),
        about="The same time for all; empty removes their follow-ups.",
    )


def prioritise_marked(ids: Ids) -> FormModal[BatchResult]:
    def look(desk: Desk, given: Values) -> Text:
        result = bulk_actions.preview_prioritise(desk, ids, given["priority"])
        return before_bookings(result, "would get this priority", _as_they_are(ids))

    return FormModal(
        "Priority of marked bookings",
        [Field("priority", "Priority", options=NAMES, required=True)],
        lambda desk, given: bulk_actions.prioritise(desk, ids, given["priority"]),
        submit="Set priority",
        preview=Preview(look, only=("priority",)),
    )


def release_marked(ids: Ids) -> FormModal[BatchResult]:
    def look(desk: Desk, _: Values) -> Text:
        result = bulk_actions.preview_release(desk, ids)
        return before_bookings(result, "would be released", _as_they_are(ids))

    return FormModal(
        "Release marked bookings",
        [],
        lambda desk, _: bulk_actions.release(desk, ids),
        submit="Release bookings",
        preview=Preview(look),
    )
