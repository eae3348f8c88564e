"""The time an issue spent with the customer, which no mean counts as the desk's own.

An issue is with the customer while its resolution clock is paused: until the answer to our question, and from
its end until it is reopened. These are spans of the calendar, not of working time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from dispatch.service.sla.clocks import ENDED, Timeline, Turn
from models.base import CompiledQuery, parameter
from models.issues import MESSAGE, PENDING_CUSTOMER, STATUS, Interaction
from models.sql import listed

_asked = Interaction.alias()
_slept = (_asked.status_to == PENDING_CUSTOMER) | _asked.status_from.in_(ENDED)
_turns = CompiledQuery(
    lambda: (
        Interaction.select(
            Interaction.issue_id,
            Interaction.at,
            Interaction.kind,
            Interaction.author,
            Interaction.status_to,
        )
        .where(
            Interaction.issue_id.in_(
                _asked.select(_asked.issue_id).where(
                    _asked.issue_id.in_(listed(parameter("ids"))), _asked.kind == STATUS, _slept
                )
            ),
            Interaction.kind.in_((MESSAGE, STATUS)),
        )
        .order_by(Interaction.interaction_id)
    )
)


def with_customer_s(issue_ids: Sequence[int], now: datetime | None = None) -> dict[int, int]:
    """Return the seconds that some issues were with the customer.

    A wait that is not over counts until ``now``, the time since an issue's end never. Issues that never were
    with the customer are left out.
    """
    timelines: dict[int, Timeline] = defaultdict(Timeline)
    for issue_id, *turn in _turns(ids=json.dumps(list(issue_ids))):
        timelines[issue_id].add(Turn._make(turn))
    return {issue_id: seconds for issue_id, line in timelines.items() if (seconds := _paused_s(line, now))}


def _paused_s(line: Timeline, now: datetime | None) -> int:
    over = None if line.ended is not None else now
    spans = ((begin, end or over) for begin, end in line.pauses)
    return sum(max(0, int((end - begin).total_seconds())) for begin, end in spans if end is not None)
