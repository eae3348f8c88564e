"""Decisions of an import: why leads of the files went to their agents."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.inputs.cleaning import identifier
from dispatch.inputs.layouts import AGENTS
from dispatch.inputs.times.moments import moment
from models.audit import Decision
from models.inspection.conditions import DECIDED_BY
from seeds.importing.cells import invalid
from seeds.importing.columns import Value
from seeds.importing.desk_tables import DECISIONS, LEADS
from seeds.importing.people import People
from seeds.importing.remarks import Remarks, on_desk
from seeds.importing.row_rules import Place
from seeds.importing.row_store import RowStore, Workspace

MOST_VERSIONS = 2_147_483_647


class DecisionRow(NamedTuple):
    """A decision; the desk that imports it gives it a number of its own."""

    decision_id: int
    lead_id: int
    agent_id: int | None
    decided_at: str
    policy: str
    settings_version: int
    reason: str
    candidates: str
    excluded: str
    notes: str
    place: Place


def decision(desk: Desk, values: tuple[Value, ...], place: Place) -> DecisionRow:
    """Convert a row's text to values. Raises InvalidInput with the reason."""
    number, lead_id, agent_id, decided_at, policy, version, reason, candidates, excluded, notes = values
    asked = validation.whole(version or "", "settings_version", 1, MOST_VERSIONS)
    row = DecisionRow(
        identifier(number or "", "decision_id"),
        identifier(lead_id or "", "lead_id"),
        None if agent_id is None else identifier(agent_id, "agent_id"),
        moment(decided_at or "", "decided_at"),
        validation.one_of(policy, "policy", DECIDED_BY),
        min(asked, desk.settings.version),
        validation.required_text(reason, "reason"),
        _shaped(candidates, "candidates", _are_candidates),
        _shaped(excluded, "excluded", _are_numbers_by_rule),
        _shaped(notes, "notes", _are_notes),
        place,
    )
    first = next((one[0] for one in json.loads(row.candidates)), None)
    if first != row.agent_id:
        raise invalid("candidates", row.candidates, "the agent is the first")
    return row


def _shaped(text: Value, field: str, fits: Callable[[Any], bool]) -> str:
    """Return JSON of the right shape. Raises InvalidInput."""
    try:
        is_right = fits(json.loads(text or ""))
    except (ValueError, RecursionError):
        is_right = False
    if text is None or not is_right:
        raise invalid(field, text or "", "as in an export")
    return text


def _are_candidates(found: Any) -> bool:
    if not isinstance(found, list):
        return False
    return all(isinstance(one, list) and len(one) > 0 and type(one[0]) is int for one in found)


def _are_numbers_by_rule(found: Any) -> bool:
    return isinstance(found, dict) and all(
        isinstance(numbers, list) and all(type(number) is int for number in numbers)
        for numbers in found.values()
    )


def _are_notes(found: Any) -> bool:
    if not isinstance(found, dict):
        return False
    relaxed, counts = found.get("relaxed", []), found.get("counts", {})
    return (
        isinstance(relaxed, list)
        and all(isinstance(one, str) for one in relaxed)
        and isinstance(counts, dict)
        and all(type(number) is int for number in counts.values())
    )


class Decisions:
    """New decisions about leads of the files, and the times at which something was decided about each."""

    def __init__(self, remarks: Remarks, people: People, space: Workspace) -> None:
        self.new = space.rows_of(DecisionRow)
        self.times = RowStore[list[str]](space)
        self._remarks = remarks
        self._people = people

    def add(self, rows: Sequence[DecisionRow], usable_agents: set[int]) -> None:
        """Sort decisions into new, unchanged and quarantined; agents and leads must be known."""
        known = set(
            on_desk(Decision.lead_id, (Decision.decided_at, Decision.policy), {row.lead_id for row in rows})
        )
        times: dict[int, list[str]] = {}
        for row in rows:
            if row.lead_id not in self._people.leads:
                reason = self._remarks.absent(LEADS, "lead", row.lead_id)
            elif row.agent_id is not None and row.agent_id not in usable_agents:
                reason = self._remarks.absent(AGENTS, "agent", row.agent_id)
            else:
                times.setdefault(row.lead_id, []).append(row.decided_at)
                if (row.lead_id, row.decided_at, row.policy) in known:
                    self._remarks.keep(DECISIONS)
                else:
                    self.new[row.decision_id] = row
                continue
            self._remarks.quarantine(DECISIONS, row.place, row.decision_id, reason)
        for lead_id, decided in times.items():
            self.times[lead_id] = [*self.times.get(lead_id, ()), *decided]

    def without(self, leads: set[int]) -> None:
        """Leave out decisions about leads that are not imported after all."""
        for row in self.new.values() if leads else ():
            if row.lead_id in leads:
                del self.new[row.decision_id]
