"""The file of a token that signs in: one's own, for nobody else to read, and no link."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from platformdirs import user_state_path

from models import private_files
from models.errors import InvalidInput, NotPermitted, Refused

LONGEST = 1_000


def stored_path(desk_id: str | None) -> Path:
    """Return where ``astra login`` keeps the token of a desk."""
    return user_state_path("astra", appauthor=False) / "tokens" / (desk_id or "desk")


def read(path: Path) -> str:
    """Return the token in a file. Raises NotPermitted if others could have read, written or placed it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotPermitted("token_link", f"{path} is a link", "give the file itself") from error
        raise NotPermitted("token_file", f"Cannot read {path}: {error.strerror}", NEW) from error
    try:
        _check(path, os.fstat(descriptor))
        content = os.read(descriptor, LONGEST + 1)
    finally:
        os.close(descriptor)
    text = content.decode("ascii", "replace").strip()
    if not text or len(content) > LONGEST or not text.isprintable():
        raise NotPermitted("token_file", f"{path} holds no token", NEW)
    return text


NEW = "a new token is written by signing in again"


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotPermitted("token_file", f"{path} is not a file", NEW)
    if found.st_uid != os.getuid():
        problem = f"{path} belongs to another account"
        raise NotPermitted("token_foreign", problem, "use a file of your own")
    if found.st_mode & 0o077:
        problem = f"{path} is open to others (mode {stat.S_IMODE(found.st_mode):03o})"
        raise NotPermitted("token_open", problem, f"chmod 600 {path}; then make a new token")


def store(path: Path, token: str) -> None:
    """Keep a token in place of the one before. Raises Refused."""
    try:
        private_files.make_folder(path.parent)
        path.unlink(missing_ok=True)  # a link too, not what it leads to
        with private_files.replacing(path, may_exist=False) as file:
            file.write(token + "\n")
    except OSError as error:
        raise Refused("token_file", f"Cannot write {path}: {error.strerror}") from error


def taken(path: Path) -> InvalidInput:
    """Return the refusal of a file that is there already."""
    return InvalidInput("file", f"{path} exists already", "name a new file")


def write_new(path: Path, token: str) -> None:
    """Write a token to a file that is not there yet. Raises InvalidInput."""
    try:
        with private_files.replacing(path, may_exist=False) as file:
            file.write(token + "\n")
    except FileExistsError as error:
        raise taken(path) from error
    except OSError as error:
        raise InvalidInput("file", f"Cannot write {path}: {error.strerror}", "name another file") from error
