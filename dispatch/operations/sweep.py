"""One pass over everything due: presences, shifts, offers, claims, waiting bookings, issues, the shuffle.

It may run in several terminals at once. What is due is looked up first without the lock, then again
with it, so that nothing another terminal has just done is done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dispatch.agents import cover, presence
from dispatch.agents.presence import SWEEPER
from dispatch.agents.unattended import assign_waiting
from dispatch.assignment import shuffle
from dispatch.assignment.waiting_list import drainable
from dispatch.desk.desk import Desk
from dispatch.desk.event_chain import seal
from dispatch.operations import daily_backup, sweep_record
from dispatch.operations.row_types import SweepResult
from dispatch.operations.timeouts import first_contact, offers_and_claims
from dispatch.privacy.retention import erase_expired
from dispatch.queries.offer_rounds import seen_by_all
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import lifecycle
from dispatch.service.row_types import IssueAlarm
from dispatch.service.satisfaction import training

AT_ONCE = 25
MOST_SEALED = 1_000_000  # characters of events in a sweep, sealed in 0.1 s: an event of an import has 100,000


def sweep_and_back_up(desk: Desk) -> SweepResult:
    """Sweep, then train the satisfaction model and make the daily backup if they are due."""
    done = sweep(desk)
    done["trained"], done["training_problem"] = training.run_if_due(desk)
    done["backups"], done["backup_problem"] = daily_backup.run_if_due(desk)
    return done


def sweep(desk: Desk) -> SweepResult:
    """Do everything that is due, each change an event of the sweeper.

    If nothing is due, take no lock, and shorten the database's log. The training of the satisfaction model
    and the daily backup are left to the caller: each takes longer than all of the rest.
    """
    with desk.acting_as(SWEEPER), desk.request(None):
        done: SweepResult = {
            "presence": _presences(desk),
            "covered": _each(desk, cover.due, cover.cover),
            "lapsed": _each(desk, offers_and_claims.lapsed, offers_and_claims.lapse),
            "asked": _each(desk, offers_and_claims.silent, offers_and_claims.ask),
            "released": _each(desk, offers_and_claims.unanswered, offers_and_claims.expire),
            "passed_on": _each(desk, first_contact.to_pass_on, first_contact.pass_on),
            "assigned": _assigned(desk),
            "seen_by_all": _seen_by_all(desk),
            "moves": shuffle.run_if_due(desk),
            "first_contact": _each(desk, first_contact.to_warn, first_contact.warn),
            "warned": [],
            "escalated": [],
            "closed": [],
            "erased": [],
            "sealed": 0,
            "backups": [],
            "backup_problem": "",
            "trained": None,
            "training_problem": "",
        }
        alarms = sweep_issues(desk)
        done["warned"], done["escalated"] = _issues(alarms["warnings"]), _issues(alarms["escalations"])
        done["closed"] = _each(desk, lifecycle.due_to_close, lifecycle.close)
        done["erased"] = erase_expired(desk)
        done["sealed"] = seal(desk, MOST_SEALED)
        if not any(value for key, value in done.items() if key != "seen_by_all"):  # nothing was done
            desk.tidy()
        sweep_record.note(desk)
        return done


def _seen_by_all(desk: Desk) -> list[int]:
    with desk.reading():
        return seen_by_all()


def _issues(alarms: Sequence[IssueAlarm]) -> list[int]:
    return sorted({row["issue_id"] for row in alarms})


def _presences(desk: Desk) -> list[int]:
    with desk.reading():
        due = presence.due(desk)
        desk.settings.begin()
        is_time = desk.settings.due_at is not None and desk.settings.due_at <= desk.now()
    if due or is_time:
        with desk.transaction():
            pass  # every transaction begins with the changes of presences and caps that are due
    return due


def _each(
    desk: Desk, find: Callable[[Desk, int | None], list[int]], act: Callable[[Desk, int], object]
) -> list[int]:
    """Act on every booking or issue that is due, AT_ONCE in a commit."""
    with desk.reading():
        due = find(desk, None)
    done = []
    for start in range(0, len(due), AT_ONCE):
        with desk.batch():
            for number in due[start : start + AT_ONCE]:
                if find(desk, number):
                    act(desk, number)
                    done.append(number)
    return done


def _assigned(desk: Desk) -> list[int]:
    """Assign waiting bookings that an agent can take by now."""
    with desk.reading():
        if not drainable(desk):
            return []
    with desk.batch():
        return assign_waiting(desk) if drainable(desk) else []
