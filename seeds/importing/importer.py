"""Import of a desk's tables: all files are read and checked before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from peewee import chunked

from dispatch.desk.desk import Desk
from dispatch.desk.remembered_columns import SAID
from dispatch.inputs import cleaning
from dispatch.inputs.column_choice import ColumnChoice
from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.operations import import_record
from dispatch.operations.import_record import DIGEST, Head, Run
from dispatch.operations.row_types import ImportRemark, ImportResult
from dispatch.outputs.rejected_rows import RejectedRows
from models.audit import Decision
from models.base import Json
from models.customers import Customer, Lead
from models.errors import InvalidInput, Refused
from models.hints import act
from seeds.bulk_writer import KEYS_AT_ONCE, in_batches, new_agents, new_rows, write_all
from seeds.importing import accepted
from seeds.importing.columns import Record, layout_of, refuse
from seeds.importing.decisions import DecisionRow, decision
from seeds.importing.desk_tables import CUSTOMERS, DECISIONS, LEADS, VALUES
from seeds.importing.differences import Seen
from seeds.importing.heads import AS_NAMED, check_spoken_of, field_named
from seeds.importing.plan import Plan
from seeds.importing.remarks import reason_of
from seeds.importing.row_rules import (
    AgentRow,
    AssignmentRow,
    BookingRow,
    CustomerRow,
    LeadRow,
    Notation,
    Place,
    Rules,
)
from seeds.importing.row_store import RowStore, Workspace
from seeds.importing.sources import Source, files_of
from seeds.importing.updating import apply

Progress = Callable[[int, int, str], None]
"""Called with the rows done, the total (0: not known yet) and the current step."""

PLAIN = Notation()
REPORT_EVERY = 10_000
BATCH_ROWS = 250  # assignments per commit: about 10 ms
ROWS: dict[str, type[Any]] = {
    AGENTS: AgentRow,
    CUSTOMERS: CustomerRow,
    LEADS: LeadRow,
    DECISIONS: DecisionRow,
    ASSIGNMENTS: AssignmentRow,
    BOOKINGS: BookingRow,
}


def no_progress(_done: int, _total: int, _what: str) -> None:
    """Report nothing."""


def import_files(
    desk: Desk,
    paths: Iterable[str | Path],
    dry_run: bool = False,
    progress: Progress | None = None,
    *,
    encoding: str | None = None,
    notation: Notation = PLAIN,
    rejects: RejectedRows | None = None,
    update: bool = False,
    choice: ColumnChoice = AS_NAMED,
) -> ImportResult:
    """Import SQL text, CSV and JSON files that belong together, in any order, or folders of them.

    Rows that break a rule are quarantined with the reason; rows whose only fault is an outcome dated before
    the assignment are imported and flagged. Rows already on the desk stay as they are; with ``update`` those
    that have changed in the file only are changed, the others are listed in any case. A run that was
    interrupted is continued by the next with the same contents, in any order and under any names. With
    ``dry_run``, or if no row is new, nothing is written. ``rejects`` gets the quarantined rows as they are.
    ``choice`` is what is said about the columns, of all files or of some.

    Raises InvalidInput for an unreadable file, before anything is written, Refused if an import of the same
    contents was undone, and Conflict if someone else takes an id or imports the same contents meanwhile.
    """
    report = progress or no_progress
    sources = _sources(paths, encoding, choice)
    with desk.reading(), Workspace() as space:
        rows = _read(desk, sources, report, notation, choice, space)
        known = import_record.newest(_digest(sources))
        _refuse_taken_back(known)
        plan = rows.plan()
        result = _result(plan, sources)
        result["resumed"] = known.event_id if known is not None and known.is_unfinished else None
        changes = plan.known.different if update else []
        if not dry_run:
            accepted.write(desk, rows.values)
        if not dry_run and (plan.has_new_rows or changes or result["resumed"] is not None):
            run = import_record.begin(desk, _event_detail(result, sources, len(changes)), known)
            _write(run, plan, changes, report)
            if changes:
                _tell_changes(result, plan, sources)
        if rejects is not None:
            _write_rejects(sources, result["quarantined"], rejects)
    return result


def _sources(paths: Iterable[str | Path], encoding: str | None, choice: ColumnChoice) -> list[Source]:
    """Return the files, once each. Raises InvalidInput without any, or for a column mapped to no field."""
    files = dict.fromkeys(file for path in paths for file in files_of(path))
    if not files:
        refuse("import", "no file given")
    for name in choice.given.values():
        field_named(name)
    return [Source(path, encoding, choice) for path in files]


def _read(
    desk: Desk,
    sources: list[Source],
    report: Progress,
    notation: Notation,
    choice: ColumnChoice,
    space: Workspace,
) -> _CheckedRows:
    """Read all files. What is said of a column that none of them has is refused first."""
    try:
        rows = _CheckedRows(desk, sources, report, notation, space)
    except InvalidInput:
        check_spoken_of(choice, [source.heads for source in sources])
        raise
    check_spoken_of(choice, [source.heads for source in sources])
    return rows


def _tell_changes(result: ImportResult, plan: Plan, sources: list[Source]) -> None:
    """Add what became of the different rows."""
    told = _result(plan, sources)
    result["updated"], result["different"] = told["updated"], told["different"]
    result["quarantined"], result["flagged"] = told["quarantined"], told["flagged"]
    result["unsuited"] = told["unsuited"]


def _write_rejects(sources: list[Source], remarks: list[ImportRemark], rejects: RejectedRows) -> None:
    """Read the files with quarantined rows once more, and add these rows as they are there."""
    for source in sources:
        reasons: dict[int, list[str]] = {}
        for remark in remarks:
            if remark["file"] == source.name:
                reasons.setdefault(remark["row"], []).append(remark["reason"])
        if reasons and not source.path.is_file():
            refuse(source.name, "a pipe cannot be read again for its refused rows", "save it to a file first")
        for number, row in enumerate(source.rows() if reasons else (), start=1):
            if number in reasons:
                rejects.add(row.names, row.values, "; ".join(reasons[number]))


def _digest(sources: list[Source]) -> str:
    """Return one digest of the files' contents, whatever their names and order."""
    return hashlib.blake2b(
        "".join(sorted(source.digest for source in sources)).encode(), digest_size=16
    ).hexdigest()


def _refuse_taken_back(known: Head | None) -> None:
    if known is not None and known.undone_by is not None and any(known.written.values()):
        raise Refused(
            "taken_back",
            f"these rows were imported in event {known.event_id} and undone in event {known.undone_by}",
            f"give the rows new ids; {act('restore')} goes back to a backup",
        )


class _CheckedRows:
    """The rows of all files, each checked on its own; of several with one id the first counts."""

    def __init__(
        self, desk: Desk, sources: list[Source], report: Progress, notation: Notation, space: Workspace
    ) -> None:
        rules = Rules(desk, notation)
        self._checks: dict[str, Callable[..., Any]] = {
            VALUES: rules.value,
            AGENTS: rules.agent,
            CUSTOMERS: rules.customer,
            LEADS: rules.lead,
            DECISIONS: lambda values, place, _more: decision(desk, values, place),
            ASSIGNMENTS: rules.assignment,
            BOOKINGS: rules.booking,
        }
        self._rows: dict[str, RowStore[Any]] = {kind: space.rows_of(row) for kind, row in ROWS.items()}
        self._report, self._space = report, space
        self.values: list[accepted.ValueRow] = []
        self._broken: list[tuple[str, Place, int | None, str]] = []
        self._again: list[tuple[str, Place, int, Place]] = []
        # a value that one file accepts may be in any other
        for source in sorted(sources, key=lambda source: source.path.stem.lower() != VALUES):
            for count, record in enumerate(source.records()):
                self._take(source.name, record)
                if count % REPORT_EVERY == 0:
                    report(count, 0, f"reading {source.path.name}")

    def _take(self, file: str, record: Record) -> None:
        place = Place(file, record.row, record.line, record.lacks)
        try:
            if record.fault is not None:
                raise InvalidInput("row", record.fault)
            row = self._checks[record.kind](record.values, place, record.more)
        except InvalidInput as error:
            self._broken.append((record.kind, place, _identifier(record), reason_of(error)))
            return
        if record.kind == VALUES:
            self.values.append(row)
            return
        first = self._rows[record.kind].setdefault(row[0], row)
        if first is not row:
            self._again.append((record.kind, place, row[0], first.place))

    def plan(self) -> Plan:
        """Compare the rows with one another and with the desk."""
        plan, rows = Plan(self._space), self._rows
        for broken in self._broken:
            plan.remarks.quarantine(*broken)
        for again in self._again:
            plan.remarks.repeat(*again)
        done, total = 0, sum(map(len, rows.values()))
        for kind, add in (
            (AGENTS, plan.add_agents),
            (CUSTOMERS, partial(plan.people.add_customers, every=rows[CUSTOMERS])),
            (LEADS, plan.people.add_leads),
            (DECISIONS, plan.add_decisions),
            (ASSIGNMENTS, plan.add_assignments),
            (BOOKINGS, partial(plan.add_bookings, files=rows[ASSIGNMENTS])),
        ):
            for some in chunked(rows[kind].values(), KEYS_AT_ONCE):
                add(some)
                done += len(some)
                self._report(done, total, "comparing")
        plan.settle()
        return plan


def _identifier(record: Record) -> int | None:
    """Return the id of a faulty row, if it is readable."""
    try:
        return cleaning.identifier(record.values[0] or "", layout_of(record.kind).fields[0])
    except InvalidInput:
        return None


def _result(plan: Plan, sources: list[Source]) -> ImportResult:
    order = {source.name: number for number, source in enumerate(sources)}

    def where(remark: ImportRemark) -> tuple[int, int]:
        return order[remark["file"]], remark["row"]

    def at(seen: Seen) -> tuple[int, int]:
        return order[seen.place.file], seen.place.row

    return ImportResult(
        agents=len(plan.agents),
        assignments=len(plan.assignments),
        bookings=len(plan.bookings) + len(plan.waiting),
        customers=len(plan.people.customers),
        leads=len(plan.people.new_leads),
        quarantined=sorted(plan.remarks.quarantined, key=where),
        flagged=sorted(plan.remarks.flagged, key=where),
        unsuited=sorted(plan.remarks.unsuited, key=where),
        unchanged=plan.remarks.unchanged,
        different=[seen.told() for seen in sorted(plan.known.different, key=at)],
        conflicts=[seen.told() for seen in sorted(plan.known.conflicts, key=at)],
        updated=plan.known.updated,
        resumed=None,
        passed_over=[statement for source in sources for statement in source.passed_over],
        notes=[f"{source.name}: {note}" for source in sources for note in _notes(source)],
        remembered={
            source.name: {**remembered} for source in sources if (remembered := source.heads.remembered())
        },
    )


def _notes(source: Source) -> list[str]:
    """Say how a file was read, and why nothing that was said of one like it is used."""
    return [*source.notes, *filter(None, (source.heads.changed(),))]


def _write(run: Run, plan: Plan, changes: list[Seen], report: Progress) -> None:
    total = plan.history_rows
    agents = new_agents(run.desk, [_columns(row) | dict(row.more) for row in plan.agents])
    people = plan.people
    write_all(
        run,
        in_batches(
            agents,
            plan.history(),
            BATCH_ROWS,
            customers=new_rows(Customer, map(_columns, people.customers.values())),
            leads=new_rows(Lead, map(_columns, people.new_leads.values())),
            decisions=new_rows(Decision, map(_columns, plan.decisions.new.values())),
            end=bool(people.leads),
        ),
        done=lambda written: report(written, total, "writing"),
        is_end=not changes,
    )
    if changes:
        apply(run, plan, lambda done: report(done, len(changes), "updating"))
        write_all(run, (), done=lambda _: None)


def _columns(row: AgentRow | CustomerRow | LeadRow | DecisionRow) -> Json:
    """Return a row's values by the model's columns."""
    return {name: value for name, value in row._asdict().items() if name not in ("place", "more")}


def _people(result: ImportResult) -> Json:
    """Return the numbers of customers and leads, if their files were there."""
    counts = {CUSTOMERS: result["customers"], LEADS: result["leads"]}
    return {kind: count for kind, count in counts.items() if count}


def _event_detail(result: ImportResult, sources: list[Source], changes: int) -> Json:
    detail = {
        "files": [source.path.name for source in sources],
        DIGEST: _digest(sources),
        "agents": result["agents"],
        "assignments": result["assignments"],
        "bookings": result["bookings"],
        **_people(result),
        "quarantined": len(result["quarantined"]),
        "flagged": len(result["flagged"]),
        "unchanged": result["unchanged"],
    }
    said = [said for source in sources for said in source.heads.record()]
    return detail | ({"changes": changes} if changes else {}) | ({SAID: said} if said else {})
