"""The daily backup, made by the sweep of any terminal."""

from __future__ import annotations

from typing import NamedTuple

from dispatch.desk import settings
from dispatch.desk.desk import Desk
from dispatch.operations.backup_record import TRIED_AT, is_due
from models.errors import DeskError


class Made(NamedTuple):
    """The backups made, none or one, and what went wrong."""

    files: list[str]
    problem: str


def run_if_due(desk: Desk) -> Made:
    """Make the daily backup if it is due; of several terminals, the first one does it."""
    from dispatch.operations.backup import backup  # and the doctor, which no start of the application needs

    with desk.reading():
        if not is_due(desk):
            return Made([], "")
        with desk.database.atomic():
            if not is_due(desk):  # another terminal was first
                return Made([], "")
            settings.remember(TRIED_AT, desk.now())
    try:
        made = backup(desk, keep=desk.settings["backup_keep"])
    except DeskError as error:  # the rest of the sweep is done; it is reported with it
        return Made([], f"The daily backup was not made: {error.message}")
    wrong = "; ".join(made["findings"])
    return Made([made["file"]], f"The daily backup is not sound: {wrong}" if wrong else "")
