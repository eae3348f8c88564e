"""Forms for several marked issues: a preview of each, then all at once."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from dispatch.agents.planned_absences import choosable
from dispatch.desk.desk import Desk
from dispatch.queries.wording import plural
from dispatch.service import bulk_actions
from dispatch.service.row_types import IssueBatch
from screens.dialogs.form import Field, FormModal, Values, reason_field
from screens.fields.agent_picker import picked
from screens.fields.preview import Preview
from screens.wording.consequences import ISSUE, before_a_batch
from screens.wording.priorities import NAMES

Ids = Sequence[int]


def reassign_marked(ids: Ids) -> FormModal[IssueBatch]:
    def look(desk: Desk, given: Values) -> Text:
        result = bulk_actions.preview_reassign(desk, ids, picked(given["to"]))
        return before_a_batch(result, "would be reassigned", ISSUE)

    return FormModal(
        f"Reassign {plural(len(ids), 'marked issue')}",
        [
            Field("to", "To", agents=tuple(choosable()), required=True),
            reason_field("why they are reassigned"),
        ],
        lambda desk, given: bulk_actions.reassign(desk, ids, picked(given["to"]), given["reason"]),
        submit="Reassign issues",
        preview=Preview(look, only=("to",)),
    )


def prioritise_marked(ids: Ids) -> FormModal[IssueBatch]:
    def look(desk: Desk, given: Values) -> Text:
        result = bulk_actions.preview_prioritise(desk, ids, given["priority"].upper())
        return before_a_batch(result, "would get this priority", ISSUE)

    return FormModal(
        f"Priority of {plural(len(ids), 'marked issue')}",
        [Field("priority", "Priority", options=NAMES, required=True)],
        lambda desk, given: bulk_actions.prioritise(desk, ids, given["priority"].upper()),
        submit="Set priority",
        preview=Preview(look, only=("priority",)),
        about="Their clocks follow the priority.",
    )


def close_marked(ids: Ids) -> FormModal[IssueBatch]:
    def look(desk: Desk, _: Values) -> Text:
        return before_a_batch(bulk_actions.preview_close(desk, ids), "would be closed", ISSUE)

    return FormModal(
        f"Close {plural(len(ids), 'marked issue')}",
        [],
        lambda desk, _: bulk_actions.close(desk, ids),
        submit="Close issues",
        preview=Preview(look),
    )
