"""Applying changed rows: each is a command and a commit of its own, so a refused one stops no other."""

from __future__ import annotations

from collections.abc import Callable

from peewee import chunked

from dispatch.desk.commands import HalfDone
from dispatch.operations.changed_rows.changing import change_row
from dispatch.operations.import_record import Run
from models.errors import DeskError, InvalidInput, NotFound, Refused
from seeds.importing.differences import Seen
from seeds.importing.plan import Plan
from seeds.importing.remarks import reason_of

ROWS_AT_ONCE = 250  # commits that wait for the disk together


def apply(run: Run, plan: Plan, done: Callable[[int], None]) -> None:
    """Apply the plan's different rows; those that the desk's rules forbid are quarantined with the reason.

    Raises Conflict or Refused as ``Run.part`` does, if the run must stop.
    """
    different, plan.known.different = plan.known.different, []
    number = 0
    for some in chunked(different, ROWS_AT_ONCE):
        with run.desk.flushed_once():
            for seen in some:
                _apply(run, seen, plan)
        number += len(some)
        done(number)


def _apply(run: Run, seen: Seen, plan: Plan) -> None:
    refusal: DeskError | None = None
    try:
        with run.change() as head:
            try:
                noted = change_row(run.desk, head, seen.kind, seen.number, seen.of_desk(), seen.of_file())
            except (InvalidInput, NotFound, Refused) as error:  # before it had written anything
                refusal = error
    except HalfDone as half:
        refusal = half.refusal
    if refusal is not None:
        plan.remarks.quarantine(seen.kind, seen.place, seen.number, reason_of(refusal))
        return
    plan.known.different.append(seen)
    plan.known.updated[seen.kind] += 1
    if noted["fault"] is not None:
        plan.remarks.flag(seen.kind, seen.place, seen.number, noted["fault"])
    if noted["unsuited"]:
        plan.remarks.unsuit(seen.kind, seen.place, seen.number, noted["unsuited"])
