"""Intake of leads from a file, thousands a second, without blocking others on the same desk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, cast

from dispatch.assignment.customer_owner import Known as KnownCustomer
from dispatch.assignment.selection import policy_named
from dispatch.desk import file_acts
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.desk.file_acts import format_refusal
from dispatch.leads import file_record, intake
from dispatch.leads.file_lines import KnownFrom, KnownLines, Places
from dispatch.outputs.rejected_rows import RejectedRows
from dispatch.queries.wording import plural, short_moment
from models.errors import DatabaseUnavailable, DeskError, NotPermitted

if TYPE_CHECKING:
    from dispatch.inputs.column_choice import RememberedColumns
    from dispatch.inputs.lead_files import Fields, LeadFile, Listed, Record
    from dispatch.inputs.rows import Row
    from dispatch.leads.known_rows import Identity, Known

# One commit a batch, and a pause between batches in which a terminal that tries for the write lock every
# 0.5 to 3 ms finds it free. While nobody else writes, a batch may take longer.
BATCH_S = 0.025
ALONE_BATCH_S = 0.05
PAUSE_S = 0.003
# So many rows are read and cleaned one after the other: done for each between two leads, it takes three times
# as long, as the processor has forgotten its code by then.
ROWS_AHEAD = 64


class Rejected(TypedDict):
    """A rejected line, and why."""

    line: int
    error: str


class CustomerNote(TypedDict):
    """A line whose phone or e-mail is known under another name."""

    line: int
    note: str


class WithOpen(KnownCustomer):
    """A line whose customer had open bookings, with what became of it."""

    line: int
    booking_id: int
    agent_id: int | None


class FileResult(TypedDict):
    """The result for a file; ``repeated`` rows were already in, and count as accepted: ``known`` says whence.

    ``with_open`` has the lines whose customers had open bookings. ``event_id`` is the file's own event, None
    if nothing was written. ``warning`` says so if most customers came in from another file just before.
    ``remembered``: what was said about its columns with another file.
    """

    accepted: int
    rejected: list[Rejected]
    repeated: int
    known: list[KnownFrom]
    customer_notes: list[CustomerNote]
    with_open: list[WithOpen]
    event_id: int | None
    warning: str | None
    remembered: RememberedColumns | None


def receive_file(
    desk: Desk,
    leads: LeadFile,
    *,
    policy: str | None = None,
    on_open: str | None = None,
    run: str | None = None,
    rejects: RejectedRows | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FileResult:
    """Take in each row that is not known yet as a separate command; all of them are one act.

    So an interrupted run can be repeated, and a file with one row mended too. ``run``: every row is meant
    again. ``policy`` and ``on_open`` are for every row, as in ``intake.received``. ``rejects`` gets the
    refused rows. When this returns, all rows are on the disk. Raises InvalidInput for these two, Refused if
    somebody undoes the file meanwhile, and DatabaseUnavailable; what was committed before stays.
    """
    if policy is not None:
        policy_named(policy)
    if on_open is not None:
        intake.check_on_open(on_open)
    intaking = _Intaking(desk, leads, {"policy": policy, "on_open": on_open}, run, rejects)
    try:
        with desk.flushed_once():
            while intaking.batch():
                if progress is not None:
                    progress(leads.read_bytes(), leads.size)
                time.sleep(PAUSE_S)
    except DatabaseUnavailable as error:
        done = intaking.result["accepted"]
        hint = f"{error.hint}; {done} lines are in; repeat the command to continue"
        raise DatabaseUnavailable(error.code, error.message, hint) from error
    return intaking.finished()


class Received(TypedDict):
    """The result for one line: the lead, or why the desk refused it."""

    line: int
    lead: intake.LeadResult | None
    error: str


Lines = Sequence[tuple[int, Mapping[str, str | None]]]


@command("lead.add_all", past="several came in", undo=put_back, may="lead.enter")
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


class _Read(NamedTuple):
    """A row as it is in the file, and what it is known by with its cleaned fields, or why it is none."""

    line: int
    place: str
    row: Row
    listed: Listed | None
    lead: tuple[Fields, Identity] | str


class _Row(NamedTuple):
    """A row that may become a lead."""

    read: _Read
    fields: Fields
    identity: Identity


class _InAlready(Exception):
    """Another terminal has added the row with which the file was to begin."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self.known = known


_JOINED = nullcontext()
"""The transaction of a batch, which its rows share."""


class _Intaking:
    def __init__(
        self,
        desk: Desk,
        leads: LeadFile,
        choices: dict[str, str | None],
        run: str | None,
        rejects: RejectedRows | None,
    ) -> None:
        from dispatch.inputs import cleaning  # slow to import, and one lead does not need them
        from dispatch.leads.known_rows import KnownRows

        self._cleaned = cleaning.lead
        self.desk = desk
        leads.begin()
        self._leads, self._records = leads, self._ahead(iter(leads))
        self._choices: dict[str, Any] = choices
        self._rejects = rejects
        self._rows = KnownRows(desk, leads.digest, run)
        said = leads.choices.record()
        self._act = file_acts.act_of(desk, file_record.HEAD, leads.name, self._rows.digest, said)
        self._seen_version = -1
        self._places = Places()
        self._known: dict[int | None, KnownLines] = {}
        with desk.reading():
            self._last_customer = file_record.newest_customer()
        self.result = FileResult(
            accepted=0,
            rejected=[],
            repeated=0,
            known=[],
            customer_notes=[],
            with_open=[],
            event_id=None,
            warning=None,
            remembered=leads.choices.remembered(),
        )

    def batch(self) -> bool:
        """Take in rows for some milliseconds and commit them; return whether there may be more."""
        if self._act.head is None:
            return self._first()
        with self.desk.batch(), self.desk.in_batch_of(self._act.head), self.desk.request(None):
            file_acts.check_not_undone(self._act.head)
            until = time.perf_counter() + self._length()
            for read in self._records:
                if row := self._looked_for(read):
                    self._add(row, _JOINED)
                if time.perf_counter() > until:
                    return True
        return False

    def _first(self) -> bool:
        """Look for the first new row, which is written together with the file's event."""
        until = time.perf_counter() + ALONE_BATCH_S
        for read in self._records:
            with self.desk.reading():
                row = self._looked_for(read)
            if (row and self._add(row, self._begun_with(row))) or time.perf_counter() > until:
                return True
        return False

    @contextmanager
    def _begun_with(self, row: _Row) -> Iterator[None]:
        with self._act.part(), self.desk.request(None):
            known = self._find(row)  # somebody else may have added it meanwhile
            if known is not None:
                raise _InAlready(known)
            yield

    def _length(self) -> float:
        """The time for this batch in seconds: shorter if somebody else has written since the last one."""
        before, self._seen_version = self._seen_version, self.desk.data_version()
        return ALONE_BATCH_S if self._seen_version == before else BATCH_S

    def _ahead(self, records: Iterator[Record]) -> Iterator[_Read]:
        """Read and clean some rows, then yield them."""
        while True:
            with self.desk.reading():
                some = [self._read(line, fields) for line, fields in islice(records, ROWS_AHEAD)]
            if not some:
                return
            yield from some

    def _read(self, line: int, fields: Fields | str) -> _Read:
        place, leads = self._places.of(line), self._leads
        if isinstance(fields, str):
            return _Read(line, place, leads.row, None, fields)
        fields = self._cleaned(fields, self.desk.values.of)
        lead = (fields, self._rows.identity(fields, leads.external_id, place))
        return _Read(line, place, leads.row, leads.listed(), lead)

    def _looked_for(self, read: _Read) -> _Row | None:
        """Return a row of the file if it is new."""
        if isinstance(read.lead, str):
            self._reject(read, read.lead)
            return None
        row = _Row(read, *read.lead)
        known = self._rows.own(read.listed, row.fields) or self._find(row)
        if known is None:
            return row
        self._repeat(read.line, known)
        return None

    def _find(self, row: _Row) -> Known | None:
        return self._rows.find(row.identity, row.fields, row.read.place)

    def _add(self, row: _Row, within: AbstractContextManager[None]) -> bool:
        """Take in a new row; return whether it is in."""
        try:
            with within:
                assert self._act.head is not None
                lead: Any = row.fields
                row_id = self._rows.new_id(row.identity, self._act.head)
                result = intake.receive(self.desk, **lead, **self._choices, row_id=row_id)
        except _InAlready as error:
            self._repeat(row.read.line, error.known)
            return False
        except (DatabaseUnavailable, NotPermitted):
            raise
        except DeskError as error:
            self._reject(row.read, format_refusal(error))
            return False
        self.result["accepted"] += 1
        self._note(row.read.line, result)
        return True

    def _note(self, line: int, result: intake.LeadResult) -> None:
        """Keep what is to be said about a line's customer."""
        if result["other_customer_id"] is not None:
            with self.desk.reading():
                note = intake.noted(result)["customer_note"] or ""
            self.result["customer_notes"].append({"line": line, "note": note})
        if (known := result["known"]) and known["open"]:
            about = {"line": line, "booking_id": result["booking_id"], "agent_id": result["agent_id"]}
            self.result["with_open"].append(cast(WithOpen, about | known))

    def _repeat(self, line: int, known: Known) -> None:
        self.result["accepted"] += 1
        self.result["repeated"] += 1
        self._known.setdefault(known.act, KnownLines(known.at)).add(line)

    def _reject(self, read: _Read, error: str) -> None:
        self.result["rejected"].append({"line": read.line, "error": error})
        if self._rejects is not None:
            self._rejects.add(read.row.names, read.row.values, error)

    def finished(self) -> FileResult:
        """Return the result, with the files that rows were known from."""
        result, head = self.result, self._act.head
        with self.desk.reading():
            result["known"] = [lines.told(act, self._leads.name) for act, lines in self._known.items()]
            if result["accepted"] > result["repeated"]:
                result["event_id"] = head
                result["warning"] = self._warning()
        return result

    def _warning(self) -> str | None:
        """Say so if at least half of the file's customers came in from another file just before."""
        added = self.result["accepted"] - self.result["repeated"]
        if self._act.head is None or 2 * (file_record.newest_customer() - self._last_customer) > added:
            return None  # most of them are new: there is no need to look for the others
        found = file_record.recent_file_of(self._act.head, self.desk.now())
        if found is None:
            return None
        act, number = found
        customers = plural(number, "customer")
        return f"{customers} of this file came in from {act.file} at {short_moment(act.at)}"
