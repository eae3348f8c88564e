"""Intake of leads from a file, thousands a second, without blocking others on the same desk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from dispatch.assignment.selection import policy_named
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.outputs.rejected_rows import RejectedRows
from models.errors import DatabaseUnavailable, DeskError
from models.hints import rendered

if TYPE_CHECKING:
    from dispatch.inputs.lead_files import LeadFile, Record

# One commit a batch, and a pause between batches in which a terminal that tries for the write lock every
# 0.5 to 3 ms finds it free. While nobody else writes, a batch may take longer.
BATCH_S = 0.025
ALONE_BATCH_S = 0.05
PAUSE_S = 0.003


class Rejected(TypedDict):
    """A rejected line, and why."""

    line: int
    error: str


class CustomerNote(TypedDict):
    """A line whose phone or e-mail is known under another name."""

    line: int
    note: str


class FileResult(TypedDict):
    """The result for a file; ``repeated`` lines were already in, and count as accepted."""

    accepted: int
    rejected: list[Rejected]
    repeated: int
    customer_notes: list[CustomerNote]


def receive_file(
    desk: Desk,
    leads: LeadFile,
    *,
    policy: str | None = None,
    run: str | None = None,
    rejects: RejectedRows | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FileResult:
    """Take in each line as a separate command, with a request id made of content and line.

    An interrupted run can therefore be repeated. ``rejects`` gets the refused rows. When this returns, all
    lines are on the disk. Raises InvalidInput for an unknown policy, and DatabaseUnavailable; what was
    committed before stays.
    """
    if policy is not None:
        policy_named(policy)
    intaking = _Intaking(desk, f"{run}-{leads.digest}" if run else leads.digest, policy)
    if rejects is not None:
        intaking.reject_to = lambda error: rejects.add(leads.row.names, leads.row.values, error)
    records = iter(leads)
    try:
        with desk.flushed_once():
            while intaking.batch(records):
                if progress is not None:
                    progress(leads.read_bytes(), leads.size)
                time.sleep(PAUSE_S)
    except DatabaseUnavailable as error:
        done = intaking.result["accepted"]
        hint = f"{error.hint}; {done} lines are in; repeat the command to continue"
        raise DatabaseUnavailable(error.code, error.message, hint) from error
    return intaking.result


class Received(TypedDict):
    """The result for one line: the lead, or why the desk refused it."""

    line: int
    lead: intake.LeadResult | None
    error: str


Lines = Sequence[tuple[int, Mapping[str, str | None]]]


@command("lead.add_all", past="several came in", undo=put_back)
def receive_lines(running: Command, lines: Lines) -> list[Received]:
    """Take in several lines in one command, so that one undo removes them all.

    A refused line does not affect the others. Raises DatabaseUnavailable; then nothing is in.
    """
    results = [_taken_in(running, line, fields) for line, fields in lines]
    running.booking_id = running.agent_id = None
    running.detail = {"leads": sum(one["lead"] is not None for one in results)}
    return results


def _taken_in(running: Command, line: int, fields: Mapping[str, Any]) -> Received:
    written = running.writes
    try:
        return Received(line=line, lead=intake.received(running, **fields), error="")
    except DeskError as error:
        if isinstance(error, DatabaseUnavailable) or running.writes != written:  # roll all back
            raise
        return Received(line=line, lead=None, error=format_refusal(error))


def format_refusal(error: DeskError) -> str:
    """Format a refusal as one line of a report, without what only a front door can name."""
    hint = rendered(error.hint, lambda *_: None)
    return f"{error.message} ({hint})" if hint else error.message


class _Intaking:
    def __init__(self, desk: Desk, prefix: str, policy: str | None) -> None:
        from dispatch.inputs import cleaning  # slow to import, and one lead does not need it

        self._cleaned = cleaning.lead
        self.desk = desk
        self.prefix = prefix
        self.policy = policy
        self.reject_to: Callable[[str], None] | None = None
        self._seen_version = -1
        self._line = self._on_line = self._sheet = 0
        self.result = FileResult(accepted=0, rejected=[], repeated=0, customer_notes=[])

    def batch(self, records: Iterator[Record]) -> bool:
        """Take in lines for some milliseconds and commit them; return whether there may be more."""
        with self.desk.batch(), self.desk.request(None):
            # SQLite counts the rows it wrote: a repeated command writes none
            connection = self.desk.database.driver()
            until = time.perf_counter() + self._length()
            for line, fields in records:
                written = connection.total_changes
                if isinstance(fields, str):
                    self._reject(line, fields)
                elif self._receive(line, fields):
                    self.result["accepted"] += 1
                    self.result["repeated"] += connection.total_changes == written
                if time.perf_counter() > until:
                    return True
        return False

    def _length(self) -> float:
        """The time for this batch in seconds: shorter if somebody else has written since the last one."""
        before, self._seen_version = self._seen_version, self.desk.data_version()
        return ALONE_BATCH_S if self._seen_version == before else BATCH_S

    def _receive(self, line: int, fields: dict[str, Any]) -> bool:
        self.desk.request_id = f"{self.prefix}:{self._place(line)}"
        try:
            lead: Any = self._cleaned(fields, self.desk.values.of)
            result = intake.receive(self.desk, **lead, policy=self.policy)
        except DatabaseUnavailable:
            raise
        except DeskError as error:
            self._reject(line, format_refusal(error))
            return False
        if result.get("other_customer_id") is not None:
            note = intake.noted(result)["customer_note"] or ""
            self.result["customer_notes"].append({"line": line, "note": note})
        return True

    def _place(self, line: int) -> str:
        """Return the place of a row: its line, and its number there if others begin on the same line.

        Where the lines begin again, so does a sheet.
        """
        self._sheet += line < self._line
        self._on_line = self._on_line + 1 if line == self._line else 1
        self._line = line
        place = f"{line}.{self._on_line}" if self._on_line > 1 else str(line)
        return f"{self._sheet}/{place}" if self._sheet else place

    def _reject(self, line: int, error: str) -> None:
        self.result["rejected"].append({"line": line, "error": error})
        if self.reject_to is not None:
            self.reject_to(error)
