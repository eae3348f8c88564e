"""Row types of upkeep: doctor, sweep, undo, import and demo."""

# without "from __future__ import annotations", which would compile every key at start
from typing import Any, NotRequired, TypedDict

from dispatch.queries.row_types import BookingRow, MoveRow
from dispatch.service.row_types import ModelRow
from models.base import Json


class Diagnosis(TypedDict):
    """The doctor's report; ``checks`` are Findings."""

    database: str
    ok: bool
    checks: list[Json]
    repaired: NotRequired[Json]


class SweepResult(TypedDict):
    """Everything a sweep changed: agents by presence, bookings, the shuffle's moves, issues, customers.

    ``seen_by_all`` are the bookings that now wait because every agent who may take work has seen them,
    ``passed_on`` claims whose agents are away, ``first_contact`` leads about whose first contact somebody was
    warned.
    ``sealed`` is the number of events that joined the chain, ``backups`` the file of the daily backup,
    ``backup_problem`` why there is none, or what is wrong in it; ``trained`` the new satisfaction model,
    ``training_problem`` why there is none although it was due.
    """

    presence: list[int]
    covered: list[int]
    lapsed: list[int]
    asked: list[int]
    released: list[int]
    passed_on: list[int]
    first_contact: list[int]
    assigned: list[int]
    seen_by_all: list[int]
    moves: list[MoveRow]
    warned: list[int]
    escalated: list[int]
    closed: list[int]
    erased: list[int]
    sealed: int
    backups: list[str]
    backup_problem: str
    trained: ModelRow | None
    training_problem: str


class BackupResult(TypedDict):
    """A copy of the desk; ``checked``: the doctor found nothing wrong in it, else ``findings`` says what.

    ``deleted`` are the older automatic backups that it replaces.
    """

    file: str
    bytes: int
    bookings: int
    last_event: int
    checked: bool
    findings: list[str]
    deleted: list[str]


class CopyResult(TypedDict):
    """A desk copied, or what would be: the number of rows of each table, and a digest of all their values."""

    source: str
    target: str
    dry_run: bool
    rows: int
    tables: dict[str, int]
    digest: str | None


class LostEvent(TypedDict):
    """An event of the present desk that a backup does not have."""

    event_id: int
    at: str
    actor: str
    command: str
    booking_id: int | None
    agent_id: int | None
    customer_id: int | None
    issue_id: int | None


class Lost(TypedDict):
    """What the present desk has and a backup does not: numbers of rows, and the newest events.

    ``come_back`` are customers who have been erased since the backup, and are in it. The numbers are None
    where the present desk cannot be read.
    """

    events: int | None
    leads: int | None
    bookings: int | None
    issues: int | None
    newest: list[LostEvent]
    come_back: list[int]


class RestoreResult(TypedDict):
    """A desk restored from ``file``, or what it would be.

    ``last_event`` is the backup's newest, ``lost`` what the desk had beyond it, ``kept`` the file with the
    desk as it was, and ``event_id`` the restore's own event. ``findings`` of the doctor can be repaired.
    """

    file: str
    database: str
    dry_run: bool
    last_event: int
    findings: list[str]
    lost: Lost
    kept: str | None
    event_id: int | None


class RefusedRow(TypedDict):
    """A row that an undo leaves, as "booking 12", and why: another command has changed it since, for one.

    ``event_id`` is the command that would be undone of it.
    """

    row: str
    event_id: int
    error: dict[str, str]


class SettingChange(TypedDict):
    """What an undo or redo does to a setting: from its ``old`` value to the ``new`` one."""

    key: str
    old: Any
    new: Any


class UndoResult(TypedDict):
    """The event undone, of a redo (``redone``) an undo; ``command`` is what is no longer done, or done again.

    ``over_capacity`` lists the agents left with too much work.

    Of an import, ``bookings`` counts those taken back; ``kept_bookings`` and ``kept_agents`` stay, as they
    have changed since, or hold work, and so do the changes in ``kept_events``. Of a batch, these are its
    commands that cannot be undone. ``refused`` are the rows of several that stay. ``setting`` is what
    changed of a setting, ``about`` in words what no number says: the cap, the view, the columns of an edit.
    """

    undone_event_id: int
    redone: bool
    command: str
    booking_id: int | None
    agent_id: int | None
    customer_id: int | None
    issue_id: int | None
    over_capacity: list[int]
    bookings: int
    kept_agents: list[int]
    kept_bookings: list[int]
    kept_events: list[int]
    refused: list[RefusedRow]
    booking: BookingRow | None
    setting: SettingChange | None
    agent_name: str | None
    about: dict[str, str]


class UndoPreview(TypedDict):
    """What an undo, or a redo (``redone``), would change; the event as in UndoResult, with who did it when.

    ``rows`` names what would change, each as "booking 12": bookings, issues and agents, or else customers;
    ``refused`` are those that would stay. ``setting`` and ``about`` are as in UndoResult.
    ``is_last``: the actor has done nothing after the command in this session, also no undo or redo.
    """

    undone_event_id: int
    redone: bool
    command: str
    at: str
    actor: str
    booking_id: int | None
    agent_id: int | None
    customer_id: int | None
    issue_id: int | None
    rows: list[str]
    refused: list[RefusedRow]
    booking: BookingRow | None
    setting: SettingChange | None
    agent_name: str | None
    about: dict[str, str]
    is_last: bool


class ImportRemark(TypedDict):
    """A quarantined or flagged row, and the reason."""

    file: str
    table: str
    row: int
    line: int
    id: int | None
    reason: str


class ImportDifference(TypedDict):
    """A row that differs from the desk's; ``changes`` are {column: [on the desk, in the file]}."""

    file: str
    kind: str
    row: int
    line: int
    id: int
    changes: dict[str, list[Any]]


class DemoResult(TypedDict):
    """Numbers of rows; ``pending`` counts the bookings still open.

    ``resumed`` is the event of an interrupted demo that was finished, None for a new one.
    """

    agents: int
    assignments: int
    bookings: int
    pending: int
    issues: NotRequired[int]
    resumed: int | None


class ImportResult(TypedDict):
    """Rows written, unchanged, different, in conflict, quarantined and flagged.

    ``different`` rows have changed in the file only, ``conflicts`` also on the desk; ``updated`` counts the
    different ones that were applied, by kind; ``unsuited`` are bookings among them whose agent does not suit
    the new trip.
    ``customers`` and ``leads`` are those of files of their own: every other assignment makes one of each.
    ``resumed`` is the event of an interrupted import that was continued, None for a new one. ``passed_over``
    lists SQL statements that were skipped: {"file", "line", "statement"}; ``notes`` says how files were read.
    ``remembered`` is what an earlier import said about columns, by the files for which it is used.
    """

    agents: int
    assignments: int
    bookings: int
    customers: int
    leads: int
    quarantined: list[ImportRemark]
    flagged: list[ImportRemark]
    unsuited: list[ImportRemark]
    unchanged: dict[str, int]
    different: list[ImportDifference]
    conflicts: list[ImportDifference]
    updated: dict[str, int]
    resumed: int | None
    passed_over: list[Json]
    notes: list[str]
    remembered: dict[str, Json]
    database: NotRequired[str]
