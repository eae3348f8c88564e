"""When a desk was last copied, when the daily backup is due, and what the doctor says about it."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from socket import gethostname

from peewee import fn

from dispatch.desk import settings
from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import Finding, finding
from models.audit import Event
from models.base import tuples
from models.bookings import Booking
from models.clock import from_text
from models.hints import act

NEWEST_AT, NEWEST_FILE, NEWEST_HOST = "backup_at", "backup_file", "backup_host"
"""Kept beside the settings: when the desk was copied, to which file, and on which host."""
TRIED_AT = "backup_tried_at"  # by the sweep
FILES, MOST_FILES = "backup_files", 100
"""The names of the newest backups, as a JSON list."""
FOLDER = "backups"
"""Beside the desk; backups with automatic names are in it."""
DAY, PAUSE = timedelta(days=1), timedelta(hours=1)


def is_due(desk: Desk) -> bool:
    """Return whether the sweep is to make a backup.

    It is due a day after the last one, or else after the desk's first event; one that failed is tried again
    after an hour.
    """
    if not desk.settings["backup_daily"]:
        return False
    tried = settings.recall(TRIED_AT)
    if tried is not None and _ago(desk, tried) < PAUSE:
        return False
    since = _unsaved_since()
    return since is not None and _ago(desk, since) >= DAY


def _ago(desk: Desk, moment: str) -> timedelta:
    now: datetime = from_text(desk.now())
    return now - from_text(moment)


def _unsaved_since() -> str | None:
    """Return when the desk was last copied, or else begun; None for a demo, or without a booking."""
    newest = settings.recall(NEWEST_AT)
    if newest is not None:
        return newest
    first = tuples(Event.select(Event.at, Event.detail).order_by(Event.event_id).limit(1))
    if not first or not tuples(Booking.select(fn.MAX(Booking.booking_id)))[0][0]:
        return None
    at, detail = first[0]
    is_demo = detail is not None and json.loads(detail).get("demo")
    return None if is_demo else str(at)


def remember_newest(desk: Desk, file: str) -> None:
    """Keep when the desk was copied, to which file, and of a server also on which host."""
    settings.remember(NEWEST_AT, desk.now())
    settings.remember(NEWEST_FILE, file)
    if not desk.database.is_file:
        settings.remember(NEWEST_HOST, gethostname())


def remember_files(desk: Desk, targets: Sequence[Path]) -> None:
    """Keep the names of backups, for as long as they are there; those of a server may be on another host."""
    files = [
        file for file in remembered() if file not in targets and (file.exists() or not desk.database.is_file)
    ]
    settings.remember(FILES, json.dumps([str(file) for file in [*files, *targets][-MOST_FILES:]]))


def remembered() -> list[Path]:
    return [Path(name) for name in json.loads(settings.recall(FILES) or "[]")]


def known_copies(desk: Desk) -> list[Path]:
    """Return the copies of the desk that can be found: backups, files set aside, and copies not finished."""
    path = Path(os.path.realpath(desk.database.home))
    beside, folder = glob.escape(path.name), path.parent / FOLDER
    found = {*remembered(), *folder.glob("*.db"), *folder.glob(".*.db-*")}
    for pattern in (f"{beside}.*.bak", f"{beside}-wal.*", f".{beside}*"):
        found |= {*path.parent.glob(pattern)}
    return sorted(one for one in found if one.is_file())


def _elsewhere(desk: Desk) -> str:
    """Say where the newest backup is, if it is on another host than this: a server has many."""
    host = settings.recall(NEWEST_HOST)
    return f" on {host}" if host and not desk.database.is_file and host != gethostname() else ""


def freshness(desk: Desk) -> Finding:
    """Check that there is a backup, and that it is not too old."""
    since, longest = _unsaved_since(), desk.settings["backup_warn_days"]
    file = settings.recall(NEWEST_FILE)
    elsewhere = _elsewhere(desk)
    problem = ""
    if since is not None and longest and _ago(desk, since) > longest * DAY:
        days = f"{_ago(desk, since).days} days"
        problem = f"the newest backup is {days} old" if file else f"no backup for {days}"
    elif longest and file and not elsewhere and not Path(file).exists():
        problem = f"the newest backup is missing: {file}"
    sound = f"the newest backup is {file}{elsewhere}" if file else "no backup is needed yet"
    return finding(
        "backup",
        sound,
        problem,
        f"{act('backup')} makes one; setting backup_daily makes one every day",
        warning=True,
    )
