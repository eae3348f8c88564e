"""Where erased values may still be: in unused parts of the file, and in older copies of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from peewee import DatabaseError

from dispatch.desk import settings
from dispatch.desk.desk import Desk
from models.audit import ERASED_TEXT, Erasure
from models.base import listed, tuples
from models.compaction import compact as rewrite
from models.customers import Customer
from models.database import DeskDatabase
from models.desk_file import has_log
from models.errors import DatabaseUnavailable
from models.read_only import Source

COMPACTED_AT = "compacted_at"
"""Kept beside the settings: when the file was last rewritten."""


def compact(desk: Desk) -> bool:
    """Rewrite the desk's file without what was erased; return whether its log is empty, too.

    Raises DatabaseUnavailable if somebody else writes for too long, or there is no room for a second file.
    """
    with desk.reading():
        at = desk.now()
        is_whole = rewrite(desk.database)
        if is_whole:
            with desk.database.atomic():
                settings.remember(COMPACTED_AT, at)
    return is_whole


def uncompacted() -> list[int]:
    """Return the customers erased since the file was last rewritten."""
    since = settings.recall(COMPACTED_AT) or ""
    mine = Erasure.select(Erasure.customer_id).where(Erasure.erased_at > since).order_by(Erasure.customer_id)
    return [number for (number,) in tuples(mine)]


def copies_with(desk: Desk, files: Iterable[Path], customer_ids: Sequence[int]) -> list[str]:
    """Return those of the desk's copies that still hold one of these customers.

    A copy that cannot be read is among them, as nobody knows what it holds.
    """
    return [str(file) for file in files if _holds(file, desk.settings.desk_id, customer_ids)]


def _holds(file: Path, desk_id: str | None, customer_ids: Sequence[int]) -> bool:
    if has_log(file):
        return True
    copy = DeskDatabase(file, Source("only looked at", f"{file.absolute().as_uri()}?immutable=1"))
    try:
        with copy.active():
            theirs = settings.recall(settings.DESK_ID)
            named = Customer.select(Customer.name).where(Customer.customer_id.in_(listed(customer_ids)))
            return theirs in (None, desk_id) and any(name != ERASED_TEXT for (name,) in tuples(named))
    except (DatabaseError, DatabaseUnavailable):
        return True
    finally:
        copy.close()
