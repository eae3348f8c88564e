"""When a desk was last swept, whether that is too long ago, and what the doctor says about it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from dispatch.agents import cover, presence
from dispatch.assignment import caps
from dispatch.assignment.waiting_list import drainable
from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import Finding, finding, named
from dispatch.operations.timeouts import first_contact, offers_and_claims
from dispatch.queries.wording import exact, moment
from dispatch.service import due_checks
from dispatch.service.issues import lifecycle
from models.audit import Event
from models.base import tuples
from models.clock import from_text
from models.hints import act

FRESH, LATE, ABSENT = timedelta(seconds=90), timedelta(minutes=10), timedelta(hours=8)
HINT = f"open Astra, or run {act('sweep')}; docs/running.md shows how to schedule it"


def note(desk: Desk) -> None:
    """Record that the desk has just been swept, if its folder can be written."""
    if not desk.why_read_only:
        with suppress(OSError):
            desk.database.sweep_record.note(desk.now())


def is_left_to_sweeper(desk: Desk) -> bool:
    """Return whether a process sweeps the desk all the time, and has done so just now."""
    last = desk.database.sweep_record.last()
    is_fresh = bool(last) and timedelta() <= _ago(desk, last) < FRESH
    return is_fresh and desk.database.sweep_record.sweeper() is not None


def unswept_since(desk: Desk, longest: timedelta = LATE) -> str:
    """Return when the desk was last swept if that is too long ago; "" if it is not, or not known.

    Too long is ``longest``, and the interval of its sweeper if it has one.
    """
    last = desk.database.sweep_record.last()
    if not last or _ago(desk, last) <= longest:
        return ""
    sweeper = desk.database.sweep_record.sweeper()
    return "" if sweeper and _ago(desk, last) <= longest + timedelta(seconds=sweeper.every_s) else last


def absence(desk: Desk) -> str:
    """Return the words for a desk that nothing has swept for hours, to be said before it is; else ""."""
    since = "" if desk.why_read_only else unswept_since(desk, ABSENT)
    return f"No sweep since {exact(since)}; sweeping now" if since else ""


def check(desk: Desk) -> Finding:
    """Check that the desk is swept while something is due."""
    record = desk.database.sweep_record
    last, sweeper = record.last(), record.sweeper()
    sound = f"last swept at {moment(last)}" if last else "nothing is due"
    if sweeper:
        sound += f"; process {sweeper.pid} on {sweeper.host} does it every {sweeper.every_s} s"
    problem, hint = "", HINT
    since = unswept_since(desk) if last else _begun_long_ago(desk)
    due = _due(desk) if since else ""
    if not desk.why_read_only and (unwritable := record.unwritable()):
        problem = f"cannot write {unwritable}: the last sweep is unknown"
        hint = "give it the owner and permissions of the desk's file"
    elif due and last:
        problem = f"no sweep since {moment(since)}, work is due: {due}"
    elif due:
        problem = f"never swept, work is due: {due}"
    return finding("sweep", sound, problem, hint, warning=True)


def _begun_long_ago(desk: Desk) -> str:
    """Return when the desk's first event was, if a sweep should have followed it by now."""
    first = tuples(Event.select(Event.at).order_by(Event.event_id).limit(1))
    return str(first[0][0]) if first and _ago(desk, first[0][0]) > LATE else ""


def _due(desk: Desk) -> str:
    """Return what a sweep would do now: the first ones of each kind."""
    found = (
        named("presence of agents", presence.due(desk)),
        named("cover for absences", cover.due(desk, None)),
        named("offers", offers_and_claims.lapsed(desk)),
        named("silent claims", offers_and_claims.silent(desk)),
        named("unanswered claims", offers_and_claims.unanswered(desk)),
        named("claims of agents who are away", first_contact.to_pass_on(desk)),
        named("leads to warn about", first_contact.to_warn(desk)),
        "bookings that wait" if drainable(desk) or caps.is_waited_for(desk) else "",
        named("issues", due_checks.due(desk, desk.now())),
        named("resolved issues", lifecycle.due_to_close(desk)),
    )
    return "; ".join(filter(None, found))


def _ago(desk: Desk, earlier: str) -> timedelta:
    now: datetime = from_text(desk.now())
    return now - from_text(earlier)
