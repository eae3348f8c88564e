"""Reading a desk that cannot be written: a mounted backup, another user's file, an auditor's folder.

SQLite needs files beside a database even to read it, and a reader who leaves such files in somebody
else's folder locks its owner out.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple

from models.errors import DatabaseUnavailable
from models.sqlite.desk_file import has_log, header, log_of

ATTEMPTS = 5
WRITE_BITS = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Source(NamedTuple):
    """How to read the file: why it cannot be written, SQLite's address for it, and a folder to remove."""

    why: str
    address: str
    copy: str | None = None


def reason(path: Path) -> str:
    """Return why a desk cannot be written, or ""."""
    if _is_mounted_read_only(path):
        return "its disk is read-only"
    if not os.access(path, os.W_OK):
        return "you have no write permission"
    return "" if os.access(path.absolute().parent, os.W_OK) else "its folder is not writable"


def source(path: Path, schema: int) -> Source:
    """Return the file itself if nobody can change it while it is read, and else a private copy.

    Of another ``schema`` there is a copy in any case, as it can be upgraded. Raises DatabaseUnavailable.
    """
    why = reason(path) or "it cannot be opened for writing"
    if _nobody_writes(path) and (found := header(path)) is not None and found.schema == schema:
        return Source(why, f"{path.absolute().as_uri()}?immutable=1")
    folder = tempfile.mkdtemp(prefix="astra-read-")
    copy = Path(folder) / "desk.db"
    try:
        _copy(path, copy)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        problem = f"cannot read {path}: {error.strerror or error}"
        raise DatabaseUnavailable("cannot_open", problem, "check its permissions") from error
    return Source(why, copy.as_uri(), folder)


def refusal(path: Path, why: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "read_only", f"cannot write {path}: {why}", "check its permissions and its folder's"
    )


def _nobody_writes(path: Path) -> bool:
    """Return whether the system keeps everybody from writing, and nothing is left in a log to be read."""
    if has_log(path):
        return False
    places = (path, path.absolute().parent)
    if any(os.access(place, os.W_OK) for place in places):
        return False
    return _is_mounted_read_only(path) or not any(place.stat().st_mode & WRITE_BITS for place in places)


def _is_mounted_read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _copy(path: Path, copy: Path) -> None:
    """Copy the file and its log, as they are at one moment; somebody may be writing them."""
    for _ in range(ATTEMPTS):
        before = _state(path)
        log = log_of(copy)
        log.unlink(missing_ok=True)
        shutil.copyfile(path, copy)
        if has_log(path):
            shutil.copyfile(log_of(path), log)
        if _state(path) == before:
            return
    raise DatabaseUnavailable("locked", f"{path} is being written", "try again in a moment")


def _state(path: Path) -> list[tuple[int, int]]:
    files = [path, log_of(path)] if has_log(path) else [path]
    return [(found.st_mtime_ns, found.st_size) for found in map(os.stat, files)]
