"""Backups: whole, checked copies of a desk in use (docs/rules.md, Backup and restore)."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from peewee import DatabaseError

from dispatch.desk import settings
from dispatch.desk.desk import Desk
from dispatch.desk.event_log import last_event
from dispatch.operations.backup_record import FOLDER, remember_files, remember_newest
from dispatch.operations.doctor import examine
from dispatch.operations.row_types import BackupResult
from models import desk_copies
from models.bookings import Booking
from models.engine import Engine
from models.errors import DatabaseUnavailable, InvalidInput, Refused
from models.files import put_in_place as put_file_in_place
from models.private_files import PRIVATE_FILE, make_folder
from models.sqlite import copies, desk_file
from models.sqlite.copies import DriverError
from models.sqlite.desk_file import free_name, has_log, log_of
from models.sqlite.opening import looked_at
from models.sqlite.refusals import unavailable

UNREADABLE = (DatabaseUnavailable, DriverError, ValueError, LookupError)


def backup(
    desk: Desk, file: str | Path | None = None, *, keep: int | None = None, force: bool = False
) -> BackupResult:
    """Copy the desk whole into one file, while others go on working, and let the doctor check the copy.

    Without ``file`` the name is made of the desk's and the time, in a folder beside the desk, or among the
    user's own data for one on a server; then ``keep`` is the number of such backups to keep: older ones are
    deleted, unless the new one is not sound. Raises Refused, InvalidInput and DatabaseUnavailable, and leaves
    nothing behind then.
    """
    if keep is not None and file is not None:
        raise InvalidInput(
            "keep", "only backups with automatic names are deleted", "leave out either FILE or --keep"
        )
    target = (
        automatic_name(desk.database.home, desk.real_time())
        if file is None
        else checked_target(desk.database, Path(file), force=force)
    )
    made = _make(desk, target, force=force)
    if keep is not None and made["checked"]:
        made["deleted"] = _prune(desk, keep)
    with suppress(DatabaseUnavailable):  # the copy is there, even if the desk cannot be written now
        _remember(desk, target)
    return made


def _make(desk: Desk, target: Path, *, force: bool) -> BackupResult:
    with whole_copy(desk.database, target) as temporary:
        made = _examined(desk, temporary)
        with naming(target):
            made["bytes"] = temporary.stat().st_size
            put_in_place(temporary, target, force=force)
    return made | {"file": str(target)}


@contextmanager
def whole_copy(desk: Engine, target: Path) -> Iterator[Path]:
    """Copy a desk to a private file beside the target, under another name; removed if it is not renamed."""
    with ExitStack() as stack:
        with naming(target):
            temporary = stack.enter_context(copies.beside(target))
        with naming(target, desk.home):
            desk_copies.write_file(desk, temporary)
            if desk.is_file:
                temporary.chmod(PRIVATE_FILE & stat.S_IMODE(os.stat(desk.file).st_mode))
        yield temporary


def _examined(desk: Desk, copy: Path) -> BackupResult:
    """Let the doctor check a copy, and count what is in it."""
    made = BackupResult(file="", bytes=0, bookings=0, last_event=0, checked=False, findings=[], deleted=[])
    try:
        with desk.reading_copy(copy) as copied:
            wrong = wrong_checks(copied)
            made["bookings"], made["last_event"] = Booking.select().count(), last_event()
    except UNREADABLE as error:
        wrong = [("doctor", f"cannot read it: {error}".replace(str(copy), "the copy"))]
    made["checked"] = not wrong
    made["findings"] = [f"{check}: {detail}" for check, detail in wrong]
    return made


def wrong_checks(desk: Desk) -> list[tuple[str, str]]:
    """Return the doctor's checks that failed, beyond warnings, and what each one found.

    A desk that not even the doctor can read has one, as a copy of it is better than none.
    """
    try:
        with desk.reading():
            report = examine(desk)
    except UNREADABLE as error:
        return [("doctor", f"cannot read it: {error}")]
    return [(row["check"], row["detail"]) for row in report["checks"] if not row["ok"] and not row["warning"]]


def automatic_name(path: Path, moment: datetime, what: str = "") -> Path:
    """Return an unused name for a copy in the folder of backups beside a desk's home; creates the folder."""
    folder = path.absolute().parent / FOLDER
    with naming(folder):
        if not folder.is_dir():
            make_folder(folder)
    return free_name(folder / f"{path.stem}{what}-{moment:%Y%m%d-%H%M%S}.db")


def checked_target(desk: Engine, file: Path, *, force: bool) -> Path:
    """Return the real path of a copy to be written. Raises InvalidInput and Refused."""
    target = checked_file(desk, file)
    with naming(file):
        if target.is_file() and not force:
            raise _taken(target)
    return target


def checked_file(desk: Engine, file: Path, what: str = "file") -> Path:
    """Return the real path of a file to be made, or replaced. Raises InvalidInput for what is none."""
    with naming(file):
        target = Path(os.path.realpath(file.expanduser()))
        if target in _files_of(desk) or (target.exists() and desk_file.identity(target) == desk.identity()):
            raise InvalidInput(what, f"{file} is the desk itself", "choose another file")
        if target.is_dir():
            raise InvalidInput(what, f"{file} is a folder", f"name a file: {file / 'desk.db'}")
        if not target.parent.is_dir():
            raise InvalidInput(what, f"no folder {target.parent}", "create it first")
        if os.path.lexists(target) and not target.is_file():
            raise InvalidInput(what, f"{file} is not a file, but a device or a pipe", "name a file")
        if has_log(target):
            problem = f"another database left its log beside {file}: {log_of(target).name}"
            raise Refused("log_in_the_way", problem, "choose another name, or move the log aside")
    return target


def _files_of(desk: Engine) -> set[Path]:
    """Return the files that a desk has in use; none on a server."""
    if not desk.is_file:
        return set()
    path = Path(os.path.realpath(desk.file))
    return {path.with_name(path.name + end) for end in ("", "-wal", "-shm")}


def _taken(target: Path) -> Refused:
    return Refused("exists", f"{target} already exists", "choose another name, or overwrite it: --force")


def put_in_place(temporary: Path, target: Path, *, force: bool) -> None:
    """Give a finished file its name, for good. Raises OSError, and Refused if the name is taken by now."""
    try:
        put_file_in_place(temporary, target, force=force)
    except FileExistsError:
        raise _taken(target) from None


@contextmanager
def naming(target: Path, source: Path | None = None) -> Iterator[None]:
    """Turn the errors of files and the driver into refusals that name the copy, or its source."""
    try:
        yield
    except DriverError as error:
        if copies.is_full(error):
            raise no_room(target) from error
        raise unavailable(error, source or target) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        if copies.is_full(error):
            raise no_room(target) from error
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused("not_written", f"cannot write {target}: {reason}", "choose another place") from error


def no_room(target: Path) -> Refused:
    """Return the refusal of a copy that does not fit on the disk."""
    return Refused("no_room", f"not enough space for {target}", "free some space, or choose another disk")


def _prune(desk: Desk, keep: int) -> list[str]:
    """Delete the oldest automatic backups of this desk, and only of this one, beyond a number."""
    path = desk.database.home
    named = re.compile(re.escape(path.stem) + r"-\d{8}-\d{6}(-\d+)?\.db")
    folder = path.absolute().parent / FOLDER
    ours = [
        one
        for one in folder.iterdir()
        if named.fullmatch(one.name)
        and one.is_file()
        and not one.is_symlink()
        and identity(one) == desk.settings.desk_id
    ]
    ours.sort(key=_by_time)
    surplus = ours[: max(0, len(ours) - keep)]
    for one in surplus:
        one.unlink(missing_ok=True)
    return [str(one) for one in surplus]


def identity(copy: Path) -> str | None:
    """Return the id of the desk in a copy, of any schema; None without one, or if it cannot be read."""
    database = looked_at(copy)
    try:
        with suppress(DatabaseError), database.active():
            return settings.recall(settings.DESK_ID)
        return None
    finally:
        database.close()


def _by_time(file: Path) -> tuple[str, int]:
    """Order automatic names: a second backup of the same second comes after the first."""
    parts = file.stem.rsplit("-", 3)
    return ("-".join(parts[-3:-1]), int(parts[-1])) if len(parts[-1]) < 6 else ("-".join(parts[-2:]), 1)


def _remember(desk: Desk, target: Path) -> None:
    with desk.reading(), desk.database.atomic():
        remember_newest(desk, str(target))
        remember_files(desk, [target])
