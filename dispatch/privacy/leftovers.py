"""Where erased values may still be: in unused parts of the file, and in older copies of the desk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from peewee import DatabaseError

from dispatch.desk import settings
from dispatch.desk.desk import Desk
from dispatch.desk.event_log import last_event
from dispatch.privacy.erasure import FORGET
from models.audit import ERASED_TEXT, Erasure, Event
from models.base import tuples
from models.customers import Customer
from models.errors import DatabaseUnavailable
from models.sql import listed
from models.sqlite.desk_file import has_log
from models.sqlite.opening import looked_at

COMPACTED = "compacted_event"
"""Kept beside the settings: the newest event when the file was last rewritten."""


def compact(desk: Desk) -> bool:
    """Rewrite the desk's file without what was erased; return whether its log is empty, too.

    Raises DatabaseUnavailable if the desk can only be read, somebody else writes for too long, or there is no
    room for a second file.
    """
    if desk.why_read_only:
        raise desk.database.unwritable()
    with desk.reading():
        newest = last_event()
        is_whole = desk.database.compact()
        if is_whole:
            with desk.database.atomic():
                settings.remember(COMPACTED, str(newest))
    return is_whole


def uncompacted() -> list[int]:
    """Return the customers erased since the file was last rewritten."""
    since = int(settings.recall(COMPACTED) or 0)
    newer = Event.select(Event.detail).where(Event.event_id > since, Event.command == FORGET)
    return sorted({number for (detail,) in tuples(newer) for number in json.loads(detail)["customers"]})


def copies_with_erased(desk: Desk, files: Iterable[Path]) -> list[str]:
    """Return those of the desk's copies that still hold somebody who was erased."""
    with desk.reading():
        erased = [number for (number,) in tuples(Erasure.select(Erasure.customer_id))]
    return copies_with(desk, files, erased) if erased else []


def copies_with(desk: Desk, files: Iterable[Path], customer_ids: Sequence[int]) -> list[str]:
    """Return those of the desk's copies that still hold one of these customers.

    A copy that cannot be read is among them, as nobody knows what it holds.
    """
    return [str(file) for file in files if _holds(file, desk.settings.desk_id, customer_ids)]


def _holds(file: Path, desk_id: str | None, customer_ids: Sequence[int]) -> bool:
    if has_log(file):
        return True
    copy = looked_at(file)
    try:
        with copy.active():
            theirs = settings.recall(settings.DESK_ID)
            named = Customer.select(Customer.name).where(Customer.customer_id.in_(listed(customer_ids)))
            if theirs not in (None, desk_id):
                return False
            names = {name for (name,) in tuples(named)}
            # an erased value is in the unused parts of a copy, too, until the desk is written anew
            return bool(names - {ERASED_TEXT} or (names and {*uncompacted()}.intersection(customer_ids)))
    except (DatabaseError, DatabaseUnavailable):
        return True
    finally:
        copy.close()
