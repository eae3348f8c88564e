"""What SQLite's errors mean to the people at the desk."""

from __future__ import annotations

import os
from pathlib import Path

from models.errors import DatabaseUnavailable
from models.hints import act
from models.sqlite.desk_file import has_log, log_of

DAMAGED_HINT = f"{act('doctor')} shows the damage; {act('restore')} restores a backup"
LOG_HINT = "move the log and the file ending in -shm aside, then try again"
ROLLED_BACK = ("no transaction is active", "no such savepoint")  # said only after another error
SMALLEST_BYTES = 65_536
DAMAGED = ("no such table", "no such column", "no such index", "no such function", "UTF-8", "has no column")


def unavailable(error: Exception, path: Path) -> DatabaseUnavailable:
    """Turn a driver's error into a refusal that explains it."""
    while isinstance(error.__context__, Exception) and any(sign in str(error) for sign in ROLLED_BACK):
        error = error.__context__
    text = str(error)
    if isinstance(error, MemoryError):  # a damaged row may claim to be of any length
        problem = f"{path} is damaged, or the memory is full"
        return DatabaseUnavailable("damaged", problem, DAMAGED_HINT)
    if any(part in text for part in DAMAGED):
        return DatabaseUnavailable("damaged", f"{path} is damaged: {text}", DAMAGED_HINT)
    if "malformed" in text and has_log(path):
        problem = f"{path} is damaged, or does not match its log {log_of(path)}: {text}"
        return DatabaseUnavailable("not_a_database", problem, f"if you copied the file here: {LOG_HINT}")
    if "not a database" in text or "malformed" in text:
        return DatabaseUnavailable(
            "not_a_database", f"{path} is not an Astra database: {text}", "choose another file with --db"
        )
    if "readonly" in text or "read-only" in text:
        return DatabaseUnavailable(
            "read_only", f"cannot write {path}", "check its permissions and its folder's"
        )
    if "locked" in text:
        return DatabaseUnavailable("locked", f"{path} is locked by another process", "try again later")
    if "disk is full" in text or _is_full(path.parent):
        problem = f"{path}: the disk is full ({text})"
        return DatabaseUnavailable("disk", problem, "free some space, then repeat the command")
    if "disk I/O" in text:
        return DatabaseUnavailable("disk", f"{path}: {text}", "check the disk, then repeat the command")
    return DatabaseUnavailable("cannot_open", f"{path}: {text}", "check the path and its permissions")


def _is_full(folder: Path) -> bool:
    """Return whether there is no room for SQLite's smallest files, which even a reader needs."""
    try:
        found = os.statvfs(folder)
    except (OSError, ValueError):
        return False
    return found.f_bavail * found.f_frsize < SMALLEST_BYTES or (found.f_files > 0 and found.f_favail == 0)


def no_backup(target: Path, why: str) -> DatabaseUnavailable:
    """Return the refusal of an upgrade before which the desk cannot be copied."""
    return DatabaseUnavailable(
        "no_backup",
        f"cannot write the backup before the upgrade, {target}: {why}",
        "free some space, then try again; the desk is unchanged",
    )
