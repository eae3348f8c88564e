"""Check of imports and demos: begun, but neither finished nor undone."""

from __future__ import annotations

from dispatch.operations import import_record
from dispatch.operations.import_record import COUNTED, Head
from dispatch.operations.integrity.findings import Finding, finding, joined
from models.hints import act


def unfinished() -> Finding:
    """Look for imports that wait to be continued; the desk is sound meanwhile."""
    found = import_record.unfinished()
    numbers = " or ".join(act("log.undo", head.event_id) for head in found)
    hint = f"repeat the import or demo to finish it; {numbers} undoes it"
    problem = joined(map(_described, found))
    return finding("imports", "every import is finished", problem, hint, warning=True)


def _described(head: Head) -> str:
    what = ", ".join(head.plan.get("files", ())) or "a demo"
    written = ", ".join(f"{head.written[kind]:,} of {head.plan[kind]:,} {kind}" for kind in COUNTED)
    changes = head.plan.get("changes")
    made = f", {head.changed:,} of {changes:,} changes are made" if changes else ""
    return f"event {head.event_id} ({what}) is not finished: {written} are written{made}"
