"""The roster's views, and the words that mean the same in a filter."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.inputs.filters.filter_language import together
from dispatch.queries.row_types import AgentRow
from models.agents import AVAILABLE
from models.errors import InvalidInput

ACTIVE, AT_WORK, NOT_AT_WORK, INACTIVE = "Active", "Available", "Not available", "Inactive"
VIEWS = (ACTIVE, AT_WORK, NOT_AT_WORK, INACTIVE)
VIEW_TEXTS = {AT_WORK: f"presence:{AVAILABLE}", NOT_AT_WORK: f"not presence:{AVAILABLE}"}


def is_in(view: str, row: AgentRow) -> bool:
    """Return whether an agent is in a view."""
    if view == INACTIVE:
        return row["left_at"] is not None
    is_available = row["presence"] == AVAILABLE
    wanted = {ACTIVE: True, AT_WORK: is_available, NOT_AT_WORK: not is_available}
    return row["left_at"] is None and wanted[view]


def count_views(rows: Iterable[AgentRow]) -> dict[str, int]:
    """Count the agents of each view."""
    known = list(rows)
    return {view: sum(is_in(view, row) for row in known) for view in VIEWS}


def whole_text(text: str, view: str) -> str:
    """Return the filter text that finds the same without the view. Raises InvalidInput for who left."""
    if view == INACTIVE:
        raise InvalidInput("filter", "inactive agents cannot be saved as a view", "choose another tab first")
    wanted = VIEW_TEXTS.get(view, "")
    return together(wanted, text) if wanted else text.strip()
