"""The database of a command: finding and opening it."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from click import get_current_context

from astra_tui.cli.identity import identify
from astra_tui.cli.output.printing import narrate
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import NO_SETTINGS, Desk
from dispatch.desk.terminal.repeating import Repeating
from dispatch.inputs import validation
from dispatch.queries import wording
from models import private_files
from models.errors import DatabaseUnavailable, InvalidInput
from models.opening import has_password
from models.postgres import is_address

IN_MEMORY = ":memory:"  # what SQLite itself calls a database without a file
LONGEST_PROBLEM = 200
REPEAT_FOR_S = 10.0  # a command whose server is lost
# what garbage in a row makes of a command
UNEXPECTED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
URL = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*)://")


def database_path(given: str | None) -> Path | str:
    """Return --db, else ASTRA_DATABASE, else the configured desk, else the user's own: a path or an address.

    Raises InvalidInput for an empty name and DatabaseUnavailable for what no engine opens.
    """
    return _located(given)[0]


def database_to_create(given: str | None) -> Path | str:
    """Return the same, and create the folder of the user's own desk."""
    path, is_own = _located(given)
    if is_own and isinstance(path, Path):
        try:
            private_files.make_folder(path.parent)
        except OSError as error:
            problem = f"cannot create folder {path.parent}: {error.strerror}"
            raise DatabaseUnavailable("no_folder", problem, "choose another place with --db") from error
    return path


def _located(given: str | None) -> tuple[Path | str, bool]:
    if given is not None:
        return place_of(given), False
    named = os.environ.get("ASTRA_DATABASE") or _configured()
    if named:
        return place_of(named), False
    from platformdirs import user_data_path

    return user_data_path("astra", appauthor=False) / "astra.db", True


def _configured() -> str | None:
    from astra_tui.user import preferences

    settings, problems = preferences.load()
    for problem in problems:
        narrate(f"Warning: {problem}")
    return settings.database


def place_of(text: str) -> Path | str:
    """Return the file of a path or a sqlite:/// address, or the address of a server."""
    if is_address(text):
        return text
    url = URL.match(text)
    if url is not None and url[1].lower() == "sqlite" and text[url.end() :].startswith("/"):
        return _as_file(text[url.end() + 1 :])
    if url is None and not text.lower().startswith("file:"):
        return _as_file(text)
    scheme = "file:" if url is None else f"{url[1].lower()}://"
    raise DatabaseUnavailable(
        "unsupported_database",
        f"Astra opens SQLite files and PostgreSQL databases, not {scheme} addresses",
        "give a path, or postgresql://HOST/DATABASE",
    )


def _as_file(text: str) -> Path:
    """Return a path; raises InvalidInput for what names no file."""
    if not text.strip():
        problem = "the database's name is required"
    elif "\0" in text:
        problem = f"{validation.excerpt(text)} is not a path"
    elif text == IN_MEMORY:
        problem = f"{IN_MEMORY} is not a file: nothing would be saved"
    else:
        try:
            return Path(text).expanduser()
        except RuntimeError:
            problem = f"{validation.excerpt(text)} is not a path: no such user"
    raise InvalidInput("database", problem, "give a path: --db desk.db")


@contextmanager
def opened_or_made(
    given: str | None, actor: str | None, *, create: bool, says_made: bool = True, identifies: bool = True
) -> Iterator[Desk]:
    """Open the desk that --db and the configuration name, and say so if it is made.

    ``create`` makes a missing file; an empty one becomes a desk in any case.
    """
    path = database_to_create(given) if create else database_path(given)
    with opened(path, actor, create=create, identifies=identifies) as desk:
        if desk.is_new and says_made:
            narrate(f"Made a new desk: {desk.database.address}")
        yield desk


@contextmanager
def opened(
    path: Path | str,
    actor: str | None,
    *,
    create: bool = False,
    first: Mapping[str, str | None] = NO_SETTINGS,
    says_read_only: bool = True,
    identifies: bool = True,
) -> Iterator[Desk]:
    """Open the desk in a file or a database; inside the block it can be queried.

    A new one has the ``first`` settings. On a desk with users somebody has to have signed in, unless nobody
    is asked: the clock acts for the desk.
    """
    warn_of_password(path)
    desk = open_desk(path, actor=actor, create=create, first=first)
    if not desk.database.is_file:
        desk.repeating = Repeating(REPEAT_FOR_S, threading.Event(), _repeat_hint)
    try:
        with desk.reading():
            wording.show_in(desk.settings["currency"])
            if identifies:
                identify(desk, actor)
            if says_read_only and desk.why_read_only and not desk.staff.is_auditor:
                narrate(f"{desk.database.address} can only be read: {desk.why_read_only}")
            yield desk
    except UNEXPECTED as error:
        _refuse_damaged(desk, error)
        raise
    finally:
        desk.close()
        context = get_current_context(silent=True)
        if context is not None and desk.has_committed:
            context.obj.has_committed = True


@cache
def warn_of_password(path: Path | str) -> None:
    if has_password(path):
        narrate("Warning: others may read the password in the address; put it into a file, see PGPASSFILE")


def _repeat_hint(request_id: str) -> str:
    return f"it is safe to repeat with --request-id {request_id}: it is done once"


def _refuse_damaged(desk: Desk, error: Exception) -> None:
    """Raise DatabaseUnavailable if the desk itself explains a command's unexpected error."""
    from dispatch.operations import doctor

    with desk.reading():
        problem = doctor.damage(desk)
    if problem:
        what = f"{desk.database.address} is damaged: {validation.excerpt(problem, LONGEST_PROBLEM)}"
        raise DatabaseUnavailable("damaged", what, "astra doctor names the rows; restore a backup") from error


def open_identified(path: Path | str, actor: str | None, named: str | None) -> Desk:
    """Open a desk for somebody whom it knows, ``named`` with --as or not; the caller closes it."""
    desk = open_desk(path, actor=actor)
    try:
        identify(desk, named)
    except BaseException:  # an interruption, too, would leave the connection open
        desk.close()
        raise
    return desk
