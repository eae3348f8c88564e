"""SLA clocks of issues, read in bulk."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dispatch.inputs.times.hours import stored
from dispatch.service.sla.clocks import ROW_COLUMNS, ClockRow
from models.base import CompiledQuery, parameter
from models.hours import WorkingTime
from models.issues import RESOLUTION, SlaClock
from models.sql import listed

_clocks = CompiledQuery(
    lambda: (
        SlaClock.select(*ROW_COLUMNS)
        .where(SlaClock.issue_id.in_(listed(parameter("ids"))))
        .order_by(SlaClock.issue_id, SlaClock.kind)  # warnings of one moment are numbered in this order
    )
)


def hours_of(issue_id: int) -> WorkingTime:
    """Return the working hours an issue's clocks count."""
    return stored(clocks_of([issue_id])[issue_id][RESOLUTION].hours)


def clocks_of(issue_ids: Sequence[int]) -> dict[int, dict[str, ClockRow]]:
    """Return the clocks of some issues by kind, read-only."""
    found: dict[int, dict[str, ClockRow]] = {issue_id: {} for issue_id in issue_ids}
    for clock in map(ClockRow._make, _clocks(ids=json.dumps(list(issue_ids)))):
        found[clock.issue_id][clock.kind] = clock
    return found
