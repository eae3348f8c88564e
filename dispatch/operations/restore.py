"""Restoring a desk from a backup, while others have it open (docs/rules.md, Backup and restore)."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from peewee import fn

from dispatch.desk import settings
from dispatch.desk.commands import Command, command, never, require
from dispatch.desk.desk import Desk
from dispatch.desk.event_log import last_event
from dispatch.operations import backup
from dispatch.operations.backup_record import remember_files, remember_newest, remembered
from dispatch.operations.row_types import Lost, LostEvent, RestoreResult
from dispatch.people.carrying import carry_over
from dispatch.queries.new_work import RESTORE
from models import engine, opening
from models.audit import Erasure, Event, write_lines
from models.base import BaseModel, Json, tuples
from models.bookings import Booking
from models.customers import Lead
from models.errors import DatabaseUnavailable, DeskError, InvalidInput, Refused
from models.files import sync
from models.hints import act
from models.issues import Issue
from models.private_files import PRIVATE_FILE, make_folder
from models.sqlite import copies, desk_file
from models.sqlite.upgrade import APPLICATION_ID

Opener = Callable[[Path | str], Desk]
"""Opens the desk at a path or an address, with the actor and the clock of the caller."""

T = TypeVar("T")

NEWEST_NAMED = 5
BEYOND_REPAIR = ("integrity", "references", "schema")
COUNTED: dict[str, type[BaseModel]] = {"events": Event, "leads": Lead, "bookings": Booking, "issues": Issue}
UNKNOWN: Lost = {
    "events": None,
    "leads": None,
    "bookings": None,
    "issues": None,
    "newest": [],
    "come_back": [],
}


@dataclass
class _Restore:
    """A restore under way: the backup's content in a desk that nobody else has open."""

    address: str
    copy: Desk
    result: RestoreResult
    other_desk: bool
    request_id: str | None


def restore(
    open_desk: Opener,
    path: Path | str,
    file: Path,
    *,
    other_desk: bool = False,
    dry_run: bool = False,
    request_id: str | None = None,
) -> RestoreResult:
    """Give a desk the content of a backup; who has it open goes on with that.

    The desk as it is now is first copied to the folder of backups; no command of others gets between that
    copy and the restore. With ``dry_run`` only what would be lost is counted. Raises Refused, InvalidInput
    and DatabaseUnavailable, and the desk is unchanged then.
    """
    _check_file(path, file)
    home = opening.home_of(path)
    with _folder(home) as folder:
        staged = folder / home.name
        _fetch(file, staged, home)
        known_id = backup.identity(staged)
        with closing(_opened(open_desk, staged, file)) as copy:
            begun = _begun(path, file, copy, dry_run)
            work = _Restore(begun["database"], copy, begun, other_desk, request_id)
            # what is due happens when the next command finds it due; nothing may get an event before ours
            copy.staff.is_private = True
            copy.rules = replace(copy.rules, before_command=_nothing, after_command=_nothing)
            present = _present(open_desk, path)
            if present is None:
                return work.result if dry_run else _put_there(work, home)
            with closing(present):
                return _replace(work, present, known_id)


def _begun(path: Path | str, file: Path, copy: Desk, dry_run: bool) -> RestoreResult:
    return RestoreResult(
        file=str(file.absolute()),
        database=opening.shown(path),
        dry_run=dry_run,
        last_event=_read(copy, last_event),
        findings=_findings(copy, file),
        lost=UNKNOWN,
        kept=None,
        event_id=None,
    )


def _nothing(_running: object) -> None:
    """No rules around a command."""


def _check_file(path: Path | str, file: Path) -> None:
    with backup.naming(file):
        if not file.exists():
            raise InvalidInput("file", f"no file {file}", f"{act('backup')} makes backups")
        if not file.is_file():
            raise InvalidInput("file", f"{file} is not a file", "name a backup's file")
        if isinstance(path, Path):
            if path.exists() and file.samefile(path):
                raise InvalidInput("file", f"{file} is the desk itself", "name a backup's file")
            if not path.parent.is_dir():
                raise InvalidInput("database", f"no folder {path.parent}", "create it first")


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """A private folder beside the desk's home: a backup is never opened where it lies."""
    with backup.naming(path):
        make_folder(path.parent)
        folder = tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:100]}-restore-")
    with folder as name:
        yield Path(name)


def _fetch(file: Path, staged: Path, path: Path) -> None:
    """Copy the backup, and check that it is one, whole, and not of a newer Astra."""
    with backup.naming(file):
        first = desk_file.header(file)
    if first is None:
        raise DatabaseUnavailable("not_a_database", f"{file} is not an Astra desk", "name a backup's file")
    size = file.stat().st_size
    if not desk_file.has_log(file) and size < first.pages * first.page_size:
        missing = first.pages - size // first.page_size
        raise _damaged(file, f"it is cut off, {missing:,} of its {first.pages:,} pages are missing")
    try:
        copies.create(staged, PRIVATE_FILE)
        copies.fetch(file, staged)
        problem = copies.problem(staged)
    except copies.DATABASE_ERRORS as error:
        if copies.is_full(error):
            raise backup.no_room(path) from error
        raise _damaged(file, str(error)) from error
    if problem:
        raise _damaged(file, problem)
    whole = desk_file.header(staged)
    if whole is None or whole.application_id != APPLICATION_ID:
        raise DatabaseUnavailable("foreign_database", f"{file} belongs to another program")
    if whole.schema > engine.SCHEMA_VERSION:
        made_by = f"schema {whole.schema}; this one reads {engine.SCHEMA_VERSION}"
        raise DatabaseUnavailable(
            "newer_database", f"{file} was made by a newer Astra ({made_by})", "update Astra"
        )


def _damaged(file: Path, problem: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "damaged_backup", f"{file} is damaged: {problem}", "choose another backup; the desk is unchanged"
    )


def _opened(open_desk: Opener, staged: Path, file: Path) -> Desk:
    """Open the copy, which upgrades one of an earlier Astra."""
    try:
        return open_desk(staged)
    except DatabaseUnavailable as error:
        message = error.message.replace(str(staged), str(file))
        raise DatabaseUnavailable(error.code, message, "choose another backup") from error


def _findings(copy: Desk, file: Path) -> list[str]:
    """Let the doctor check the copy; what a repair can correct does not keep it from being used."""
    wrong = backup.wrong_checks(copy)
    for check, detail in wrong:
        if check in BEYOND_REPAIR:
            raise _damaged(file, detail)
    return [f"{check}: {detail}" for check, detail in wrong]


def _present(open_desk: Opener, path: Path | str) -> Desk | None:
    """Open the desk as it is now; None if there is none, or the file cannot be read any more."""
    if isinstance(path, Path) and (not path.exists() or path.stat().st_size == 0):
        return None
    try:
        return open_desk(path)
    except DatabaseUnavailable as error:
        if error.code == "not_a_database" and isinstance(path, Path) and path.is_file():
            return None
        if error.code == "no_database":
            hint = f"{act('desk.copy')} makes one of a backup"
            raise DatabaseUnavailable(error.code, error.message, hint) from error
        raise


def _replace(work: _Restore, present: Desk, known_id: str | None) -> RestoreResult:
    """Replace the content of the file that others have open."""
    require(present, "desk.keep")
    if work.request_id and (done := _done_before(present, work.request_id)):
        return done
    if not work.other_desk and not _is_same(present, work.copy, known_id):
        raise Refused(
            "other_desk",
            f"{work.result['file']} is not a backup of {work.address}",
            "choose a backup of this desk, or give --other-desk",
        )
    if work.result["dry_run"]:
        return work.result | {"lost": _lost(present, work.copy)}
    copy_id = cast("str", work.copy.settings.desk_id)
    desk_id = copy_id if work.other_desk else present.settings.desk_id or copy_id
    work.copy.close()
    work.copy.actor = present.actor

    def locked() -> None:
        _keep_aside(work, present)
        work.result["lost"] = _lost(present, work.copy)
        if not work.other_desk:
            carry_over(present, work.copy)
        newest = max(_last_seen(present), work.result["last_event"])
        _record(work, newest + 1, desk_id, max(_version(present), _version(work.copy)) + 1)
        _remember_copies(work, present)
        work.copy.close()

    _swap(work, present, locked)
    return work.result


def _swap(work: _Restore, present: Desk, locked: Callable[[], None]) -> None:
    try:
        with backup.naming(present.database.home), present.reading():
            present.database.take_over(work.copy.database, locked)
    except DeskError:
        if work.result["kept"] is not None:  # of no use, and in the way where there is no room
            Path(work.result["kept"]).unlink(missing_ok=True)
        raise


def _last_seen(present: Desk) -> int:
    """Return the number of the present desk's newest event, as far as it can be read."""
    try:
        return _read(present, last_event)
    except backup.UNREADABLE:
        return 0


def _is_same(present: Desk, copy: Desk, known_id: str | None) -> bool:
    """Compare the desks' ids; a backup from before there were ids is known by its first event."""
    if known_id is not None:
        return known_id == present.settings.desk_id
    first = _read(present, _first_event)
    return bool(first) and first == _read(copy, _first_event)


def _first_event() -> list[tuple[Any, ...]]:
    query = Event.select(Event.event_id, Event.at, Event.actor, Event.command)
    return tuples(query.order_by(Event.event_id).limit(1))


def _keep_aside(work: _Restore, present: Desk) -> None:
    target = backup.automatic_name(present.database.home, work.copy.real_time(), "-before-restore")
    with backup.whole_copy(present.database, target) as temporary, backup.naming(target):
        backup.put_in_place(temporary, target, force=False)
    work.result["kept"] = str(target)


def _lost(present: Desk, copy: Desk) -> Lost:
    """Count what the present desk has beyond the copy."""

    def newest() -> dict[str, int]:
        return {name: _newest(model) for name, model in COUNTED.items()}

    known, erased = _read(copy, newest), _read(copy, _erased)

    def beyond() -> Lost:
        counts = {
            name: model.select().where(model._meta.primary_key > known[name]).count()
            for name, model in COUNTED.items()
        }
        columns = [getattr(Event, name) for name in LostEvent.__annotations__]
        events = Event.select(*columns).where(Event.event_id > known["events"])
        rows = list(events.order_by(Event.event_id.desc()).limit(NEWEST_NAMED).dicts())
        return cast("Lost", counts | {"newest": rows, "come_back": sorted(_erased() - erased)})

    try:
        return _read(present, beyond)
    except backup.UNREADABLE:  # damaged: that may be why it is being restored
        return UNKNOWN


def _erased() -> set[int]:
    return {number for (number,) in tuples(Erasure.select(Erasure.customer_id))}


def _newest(model: type[BaseModel]) -> int:
    return int(tuples(model.select(fn.COALESCE(fn.MAX(model._meta.primary_key), 0)))[0][0])


def _version(desk: Desk) -> int:
    _read(desk, desk.settings.refresh)
    return desk.settings.version


def _read(desk: Desk, query: Callable[[], T]) -> T:
    with desk.reading():
        return query()


def _record(work: _Restore, event_id: int | None, desk_id: str, version: int) -> None:
    """Write the restore's event to the copy, so that it arrives with the content, in the same commit."""
    work.copy.values.forget()
    with work.copy.request(work.request_id):
        done = record(work.copy, cast("Json", work.result), event_id, desk_id, version)
    work.result["event_id"] = done["event_id"]


def _remember_copies(work: _Restore, present: Desk | None) -> None:
    """Let the restored desk know the backups that the present one knows, and the one it is from."""
    known: list[Path] = []
    if present is not None:
        with suppress(*backup.UNREADABLE):
            known = _read(present, remembered)
    with work.copy.transaction():
        remember_files(present or work.copy, [*known, Path(work.result["file"])])


@command(
    "desk.restore",
    past="desk restored",
    undo=never("a restore is not undone; the desk as it was is in the file that the event names"),
    may="desk.keep",
)
def record(running: Command, detail: Json, event_id: int | None, desk_id: str, version: int) -> Json:
    """Log a restore, with a number beyond all that anybody has seen, and a version nobody has read."""
    write_lines()  # the number of the event may lie beyond the end of their block
    running.event_id = event_id if event_id is not None else detail["last_event"] + 1
    settings.remember(settings.DESK_ID, desk_id)
    settings.remember(settings.VERSION_KEY, str(version))
    remember_newest(running.desk, detail["kept"] or detail["file"])
    lost = {f"lost_{name}": detail["lost"][name] for name in COUNTED}
    running.detail = {key: detail[key] for key in ("file", "last_event", "kept")} | lost
    return detail | {"event_id": running.event_id}


def _done_before(present: Desk, request_id: str) -> RestoreResult | None:
    """Return the result of the restore that had this request id."""
    query = Event.select(Event.result).where(Event.request_id == request_id, Event.command == RESTORE)
    found = _read(present, lambda: tuples(query))
    return cast("RestoreResult", json.loads(found[0][0])) if found else None


def _put_there(work: _Restore, path: Path) -> RestoreResult:
    """Put the copy where no desk is, or one that cannot be read: that one is moved aside."""
    staged = work.copy.database.file
    with backup.naming(path):
        mode = stat.S_IMODE(os.stat(path).st_mode) if path.exists() else PRIVATE_FILE
        left = [end for end in ("", "-wal", "-shm") if os.path.lexists(path.with_name(path.name + end))]
        aside = backup.automatic_name(path, work.copy.real_time(), "-damaged")
        work.result["kept"] = str(aside) if left else None
        _record(work, None, cast("str", work.copy.settings.desk_id), _version(work.copy) + 1)
        _remember_copies(work, None)
        work.copy.close()  # nobody else has it open, so its log is written back and removed
        for end in left:
            os.replace(path.with_name(path.name + end), aside.with_name(aside.name + end))
        staged.chmod(mode)
        sync(staged)
        backup.put_in_place(staged, path, force=False)
    return work.result
