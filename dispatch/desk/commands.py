"""Commands, each one transaction: checked, saved, and logged with its actor.

``@command("booking.claim", past="claimed", undo=put_back, may="booking.work")`` turns a function of a Command
into one of a Desk, for those who have that permission (permissions.py). Every row the function saves is
recorded by signal in the event, so no command can forget its audit.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from dispatch.desk.access.permissions import Needs, check_role, needs
from dispatch.desk.desk import DESK_ACTOR, Desk
from models.agents import Agent
from models.audit import Decision, Event, EventBooking, EventIssue, log_event
from models.base import BaseModel, CompiledQuery, Json, after_save, parameter
from models.bookings import Assignment, Booking
from models.caps import Cap
from models.customers import Apart, ContactPoint, Customer, Lead
from models.dispositions import Disposition
from models.errors import DeskError, Refused
from models.holidays import Holiday
from models.issues import Issue, Survey
from models.planned_absences import Cover, PlannedAbsence
from models.steps import MEANWHILE, STEPS, WATCHED, Step, step_of, unusual
from models.views import SavedView

P = ParamSpec("P")
R = TypeVar("R")

AUDITED: dict[type[BaseModel], tuple[str, ...]] = {
    # derived columns are left out: the triggers restore them on undo
    Booking: (),
    Agent: (
        "load",
        "issue_load",
        "rating",
        "score_sum",
        "score_count",
        "last_given_at",
        "owed",
        "capped_until",
        "capped_scopes",
    ),
    Assignment: ("agent_id",),
    **dict.fromkeys((Customer, ContactPoint, Apart, Lead, Issue, Survey, SavedView, Cap), ()),
    **dict.fromkeys((Disposition, PlannedAbsence, Cover, Holiday), ()),
}
TABLES = {model._meta.table_name: model for model in AUDITED}
_KEYS = {model: (model._meta.table_name, model._meta.primary_key.name) for model in AUDITED}
_OF_THE_LEAD = {
    Assignment: {"customer_name", "method", "source"},
    Booking: {"destination", "launch_location", "created_at"},
}
"""What a new row has from its lead, whose own values the same event holds."""
OF_A_CLAIM = {"claimed_at", "progress_at", "version"}
MOVED = "moved"
"""What an event says of an imported row with a history on another desk: its columns are not a new row's.

Of an agent it holds when they were last given a booking, which follows from no row here.
"""
TOLD = {
    model.table: {*model._meta.fields, MOVED}
    - {*derived, model._meta.primary_key.name}
    - _OF_THE_LEAD.get(model, set())
    for model, derived in AUDITED.items()
}
"""The columns of a new row that its event holds, by table."""


class UndoRule(NamedTuple):
    """How undo treats a command: ``never`` is the reason why it is never undone, empty where it is.

    ``row_by_row``: rows that have changed since stay, and the others are restored. ``rowless``: its event
    alone counts, as a note's, or that of a command whose rows are in other events. ``in_parts``: it is the
    head of an act, whose commands are undone one by one (dispatch/desk/acts.py).
    """

    never: str = ""
    row_by_row: bool = False
    rowless: bool = False
    in_parts: bool = False


never = UndoRule
put_back = UndoRule()
put_each_back = UndoRule(row_by_row=True)
reverse_event = UndoRule(rowless=True)
put_parts_back = UndoRule(in_parts=True)


class CommandInfo(NamedTuple):
    """A command's words in the log, its undo rule, and what it needs of who runs it."""

    past: str
    undo: UndoRule
    needs: Needs

    @property
    def needs_rows(self) -> bool:
        """Return whether there is something to undo only if rows have changed."""
        return not (self.undo.never or self.undo.rowless)


REQUEST_ID_REUSED = "request_id_reused"
BATCH = "batch"
"""The detail of an event that names the head of its act (dispatch/desk/acts.py)."""


class HalfDone(RuntimeError):
    """A command was refused after it had written: what shares its transaction must not commit half of it."""

    def __init__(self, name: str, refusal: DeskError) -> None:
        super().__init__(f"{name} was refused after it had written")
        self.refusal = refusal


COMMANDS: dict[str, CommandInfo] = {}
"""The commands of all modules imported so far, by name; ``operations/command_list.py`` imports the rest."""

_running: ContextVar[Command | None] = ContextVar("running_command", default=None)


class Command:
    """A running command: its desk and time, and the rows it has saved so far."""

    booking_id: int | None = None
    issue_id: int | None = None
    agent_id: int | None = None
    customer_id: int | None = None
    undoes: int | None = None
    event_id: int | None = None  # of its event, if that may not be the next one
    policy: str | None = None
    request_id: str | None = None  # under which the command itself looks for repeats
    decision: Decision | None = None
    writes = 0
    may_free = False  # can somebody take work who could not before?

    def __init__(self, desk: Desk, name: str, actor: str | None = None) -> None:
        self.desk = desk
        self.name = name
        self.actor = actor or desk.actor
        # who signs is only said, unless it is the account itself or they have signed in
        is_known = self.actor in (desk.account, DESK_ACTOR) or desk.staff.knows(self.actor)
        self.account = None if is_known else desk.account
        self.now = desk.now()
        self.detail: Json = {}
        self.before: dict[str, Json] = {}
        self.after: dict[str, Json] = {}
        self.steps: list[Step] = []
        self.bookings: set[int] = set()
        self.issues: set[int] = set()
        self.kept_from: dict[int, dict[int, str]] = {}  # booking: agents who must not get it, and why

    def note_row(self, row: BaseModel, created: bool) -> None:
        """Record a saved row: whole if it is new, else the changed columns, old and new."""
        self.writes += 1
        kind = type(row)
        table, key_column = _KEYS[kind]
        number = row.__data__[key_column]
        key = f"{table}:{number}"
        if kind is Booking:
            self.bookings.add(number)
        if kind is Issue:
            self.issues.add(number)
        if kind in WATCHED and not (created and kind is Lead):  # which comes before all
            self._note_step(row, key)
        if created or (key in self.after and key not in self.before):  # this command made it
            self.after[key] = row.__data__.copy()
            self.may_free = self.may_free or kind is Agent
            return
        derived = AUDITED[kind]
        changed = {column: value for column, value in row.changed.items() if column not in derived}
        if not changed:
            return
        self.may_free = self.may_free or _may_free(kind, changed)
        before = self.before.setdefault(key, {})
        for column in changed:
            before.setdefault(column, row.was(column))
        self.after.setdefault(key, {}).update(changed)

    def _note_step(self, row: BaseModel, key: str) -> None:
        step = step_of(row, key, row.changed)
        if step is not None:
            self.steps.append(step)
            if type(row) is Agent and ("skills" in row.changed or "locations" in row.changed):
                self.desk.settings.begin()  # whether any agent lists some, for the choices still to come


def _may_free(kind: type[BaseModel], changed: Json) -> bool:
    """Whether somebody may be able to take work once a row is changed; a claim frees nobody."""
    if kind is Booking:
        return not changed.keys() <= OF_A_CLAIM
    return kind in (Agent, Issue) or (kind is Lead and "source" in changed)  # for the caps on a source


@after_save()
def _write_down(sender: type[BaseModel], row: BaseModel, created: bool) -> None:
    running = _running.get()
    if running is not None and sender in AUDITED:
        running.note_row(row, created)


def running_command() -> Command:
    """Return the command running in this thread. Raises LookupError outside of one."""
    running = _running.get()
    if running is None:
        raise LookupError("rows of the desk are written inside a command")
    return running


def command(
    name: str, *, past: str, undo: UndoRule, may: str, by_desk: bool = False
) -> Callable[[Callable[Concatenate[Command, P], R]], Callable[Concatenate[Desk, P], R]]:
    """Make a function of a Command one transaction with one event; see the module's docstring.

    ``past`` is its word in the log, ``may`` the permission that it needs on a desk with users; what the desk
    itself does needs none. ``by_desk``: the desk runs it inside another command's transaction. The
    function's result must be JSON: with a request id it is kept, and a repeat returns it.
    """

    def decorate(function: Callable[Concatenate[Command, P], R]) -> Callable[Concatenate[Desk, P], R]:
        need = needs(name, may, function)
        COMMANDS[name] = CommandInfo(past, undo, need)

        def once(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R:
            with desk.transaction():
                fingerprint, done = None, None
                if desk.request_id and _running.get() is None:  # it is the outermost command's
                    fingerprint = _fingerprint(name, args, kwargs)
                    done = None if desk.is_first_try else _by_request(desk.request_id)
                if is_asked(desk):
                    if done is not None and done[0] == desk.actor:  # the row may be somebody else's by now
                        desk.staff.check_repeat(need, desk.now())
                    else:
                        desk.staff.check(need, args, kwargs, desk.now())
                if done is not None:
                    first: R = _replay(desk, done, fingerprint)
                    return first
                return _perform(Command(desk, name), fingerprint, function, *args, **kwargs)

        @functools.wraps(function)
        def run(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if by_desk:
                return _perform(Command(desk, name, DESK_ACTOR), None, function, *args, **kwargs)
            if desk.repeating is None or desk.in_transaction:
                return once(desk, *args, **kwargs)
            whose = f"{desk.actor} {_fingerprint(name, args, kwargs)}"
            return desk.repeating.run(desk, whose, lambda: once(desk, *args, **kwargs))

        return run

    return decorate


def is_asked(desk: Desk) -> bool:
    """Return whether who runs a command has to have signed in: the desk has users, and it is not the desk."""
    return not desk.staff.is_open and desk.actor != DESK_ACTOR


def require(desk: Desk, may: str) -> None:
    """Raise NotPermitted unless who runs something that is no command has a permission."""
    with desk.reading():
        if is_asked(desk):
            check_role(desk.staff.person(desk.now()), may)


def _perform(
    running: Command,
    fingerprint: str | None,
    function: Callable[Concatenate[Command, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    outer = _running.get()
    token = _running.set(running)
    try:
        result = function(running, *args, **kwargs)
        if running.may_free:
            running.desk.rules.after_command(running)
        if running.before:
            running.desk.rules.rows_changed(running.before)
        event_id = _write_event(running, fingerprint, result)
        if outer is not None:
            outer.steps.append((MEANWHILE, event_id, None, None))
        return result
    except BaseException as error:
        running.desk.last_event = None  # those of commands inside it are rolled back
        if isinstance(error, DeskError) and running.after and running.desk.in_batch:
            raise HalfDone(running.name, error) from error
        raise
    finally:
        _running.reset(token)


def _write_event(running: Command, fingerprint: str | None, result: Any) -> int:
    event = Event(
        event_id=running.event_id,
        at=running.now,
        actor=running.actor,
        command=running.name,
        booking_id=running.booking_id,
        agent_id=running.agent_id,
        customer_id=running.customer_id,
        session=running.desk.session,
        account=running.account,
    )
    if running.issue_id is not None:
        event.issue_id = running.issue_id
    if detail := _detail(running):
        event.detail = to_json(detail)
    if running.before:
        event.before = to_json(running.before)
    if running.after:
        event.after = to_json(_told(running.before, running.after))
    if running.undoes:
        event.undoes = running.undoes
    if fingerprint:
        event.request_id = running.desk.request_id
        event.fingerprint = fingerprint
        event.result = to_json(result)
    elif running.request_id:
        event.request_id = running.request_id
    event.save()
    event_id = running.desk.last_event = event.event_id
    log_event(event_id)
    running.desk.tell_written(event_id)
    _write_others(running, event_id)
    return event_id


def _write_others(running: Command, event_id: int) -> None:
    """Write down the further bookings and issues that a command changed."""
    if len(running.bookings) > 1 or running.booking_id is None:
        for booking_id in sorted(running.bookings - {running.booking_id}):
            EventBooking(event_id=event_id, booking_id=booking_id).save()
    for issue_id in sorted(running.issues - {running.issue_id}):
        EventIssue(event_id=event_id, issue_id=issue_id).save()


def _detail(running: Command) -> Json:
    """Return an event's detail; of a batch's command it names the head, and it has unusual steps."""
    head = running.desk.batch_head
    is_alone = head is None or running.actor == DESK_ACTOR
    detail = running.detail if is_alone else {**running.detail, BATCH: head}
    order = unusual(running.steps) if len(running.steps) > 1 else None
    return {**detail, STEPS: order} if order else detail


def _told(before: dict[str, Json], after: dict[str, Json]) -> dict[str, Json]:
    """Return the new values of an event; of a new row those that are neither empty nor derived."""
    told: dict[str, Json] = {}
    for key, values in after.items():
        if key in before:
            told[key] = values
        else:
            names = TOLD[key[: key.index(":")]]
            told[key] = {name: value for name, value in values.items() if value is not None and name in names}
    return told


to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
"""The JSON of an event's columns."""

_events_by_request = CompiledQuery(
    lambda: Event.select(Event.actor, Event.fingerprint, Event.result).where(
        Event.request_id == parameter("request_id")
    )
)


def _by_request(request_id: str) -> tuple[Any, ...] | None:
    return next(iter(_events_by_request(request_id=request_id)), None)


def _replay(desk: Desk, done: tuple[Any, ...], fingerprint: str | None) -> Any:
    """Return the first result; on a desk with users it is for who gave the command. Raises Refused."""
    actor, known, result = done
    by_another = is_asked(desk) and actor != desk.actor
    if by_another or known != fingerprint:
        what = "by somebody else" if by_another else "for another command"
        raise Refused(
            REQUEST_ID_REUSED,
            f"request id {desk.request_id!r} was used {what}",
            "use a new id, or repeat the first command unchanged",
        )
    return json.loads(result)


def _fingerprint(name: str, args: tuple[Any, ...], kwargs: Json) -> str:
    given = sorted(item for item in kwargs.items() if item[1] is not None)
    text = repr((name, args, given))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
