"""The check of the desk's settings."""

from __future__ import annotations

from datetime import timedelta

from peewee import fn

from dispatch.desk import settings
from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import RESTORE, Finding, finding, joined
from models.audit import Event
from models.base import tuples
from models.bookings import Booking
from models.clock import from_text
from models.hints import act
from models.settings import Setting

AHEAD = timedelta(days=2 * 365)  # a clock may be wrong, or set back
IDLE = timedelta(days=20 * 365)


def check(desk: Desk) -> Finding:
    """Check that every setting can be read, and that the year shift fits the desk's events."""
    stored = dict(tuples(Setting.select(Setting.key, Setting.value)))
    unreadable = [
        f"{key} is {text!r}, so {desk.settings[key]!r} holds"
        for key, text in sorted(desk.settings.unreadable.items())
    ]
    missing = [f"{key} is missing" for key in ("year_shift", settings.VERSION_KEY) if key not in stored]
    hint = f"{act('set')} corrects it; for year_shift, which is fixed: {RESTORE}"
    problem = joined([*unreadable, *missing, _implausible(desk), _unordered(stored)])
    return finding("settings", "every setting can be read", problem, hint)


def _implausible(desk: Desk) -> str:
    """Compare the desk's time with the newest event's, or the newest booking's before the first event."""
    newest = Event.select(fn.MAX(Event.at)).scalar() or Booking.select(fn.MAX(Booking.changed_at)).scalar()
    if newest is None:
        return ""
    now, then = from_text(desk.now()), from_text(newest)
    if now - IDLE <= then <= now + AHEAD:
        return ""
    shift = desk.settings["year_shift"]
    return f"year_shift is {shift}, so it is {desk.now()}, but the newest event is of {newest}"


def _unordered(stored: dict[str, str]) -> str:
    """A time that the desk keeps beside its settings."""
    wrong = [key for key, text in stored.items() if key.endswith("_at") and not _is_time(text)]
    return f"{', '.join(wrong)}: no time" if wrong else ""


def _is_time(text: str) -> bool:
    try:
        from_text(text)
    except ValueError:
        return False
    return True
