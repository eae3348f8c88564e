"""The daily backup, made by the sweep of any terminal."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from dispatch.desk import settings
from dispatch.desk.commands import require
from dispatch.desk.desk import Desk
from dispatch.operations.backup_record import TRIED_AT, is_due
from models.errors import DatabaseUnavailable, DeskError, NotPermitted


class Made(NamedTuple):
    """The backups made, none or one, and what went wrong."""

    files: list[str]
    problem: str


def run_if_due(desk: Desk) -> Made:
    """Make the daily backup if it is due; of several terminals, the first one does it."""
    from dispatch.operations.backup import backup  # and the doctor, which no start of the application needs

    if not _may_be_here(desk) or not _is_ours(desk):
        return Made([], "")
    try:
        made = backup(desk, keep=desk.settings["backup_keep"])
    except DeskError as error:  # the rest of the sweep is done; it is reported with it
        return Made([], f"The daily backup was not made: {error.message}")
    wrong = "; ".join(made["findings"])
    return Made([made["file"]], f"The daily backup is not sound: {wrong}" if wrong else "")


def _may_be_here(desk: Desk) -> bool:
    """Return whether this terminal may have a copy of everything: of a file it has the desk itself."""
    if desk.database.is_file:
        return True
    with suppress(NotPermitted):
        require(desk, "desk.keep")
        return True
    return False


def _is_ours(desk: Desk) -> bool:
    """Return whether a backup is due that no other terminal has begun; not at a desk that is only read."""
    with suppress(DatabaseUnavailable), desk.reading():
        if is_due(desk):
            with desk.database.atomic():
                if is_due(desk):
                    settings.remember(TRIED_AT, desk.now())
                    return True
    return False
