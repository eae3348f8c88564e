"""Failed tries to sign in: after five, a name waits a minute, then twice as long each time, up to an hour.

They are rows, so all terminals count together; and counted by name, whether anybody has it or not.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from dispatch.desk.desk import Desk
from dispatch.people.passwords import folded
from models.clock import from_text, to_text
from models.errors import NotPermitted
from models.people import SignInFailure

FREE_TRIES = 5
LONGEST_WAIT = 60  # minutes
KEPT = timedelta(days=1)


def digest_of(desk: Desk, login: str) -> str:
    """Return what a name is counted by: people type passwords into the wrong field."""
    key = (desk.settings.desk_id or "").encode()
    return hashlib.blake2b(folded(login).encode("utf-8", "surrogatepass"), key=key).hexdigest()


def count(desk: Desk, login: str) -> None:
    """Count a try before it is checked, so that no two at once are one. Raises NotPermitted while locked."""
    if desk.why_read_only:  # whoever can read the file can try as often as they like, without Astra
        return
    with desk.transaction():
        now, number = desk.now(), digest_of(desk, login)
        row = SignInFailure.lock_or_none(number) or SignInFailure(
            login_digest=number, failures=0, last_at=now
        )
        until = _locked_until(row.failures, row.last_at)
        if until is not None and row.last_at <= now < until:
            raise _locked(now, until)
        row.failures, row.last_at = row.failures + 1, now
        row.save()
        oldest = to_text(from_text(now) - KEPT)
        SignInFailure.delete().where(SignInFailure.last_at < oldest).execute()


def clear(desk: Desk, login: str) -> None:
    """Forget the failed tries of a name."""
    if not desk.why_read_only:
        with desk.transaction():
            SignInFailure.delete().where(SignInFailure.login_digest == digest_of(desk, login)).execute()


def locked_until(desk: Desk, login: str) -> str | None:
    """Return until when a name has to wait; None if it has not. Reads the database."""
    row = SignInFailure.lock_or_none(digest_of(desk, login))
    until = None if row is None else _locked_until(row.failures, row.last_at)
    return until if until is not None and until > desk.now() else None


def _locked_until(failures: int, last_at: str) -> str | None:
    if failures < FREE_TRIES:
        return None
    minutes = min(2 ** min(failures - FREE_TRIES, 10), LONGEST_WAIT)
    return to_text(from_text(last_at) + timedelta(minutes=minutes))


def _locked(now: str, until: str) -> NotPermitted:
    minutes = -(-(from_text(until) - from_text(now)).total_seconds() // 60)
    wait = "1 minute" if minutes == 1 else f"{minutes:.0f} minutes"
    return NotPermitted("locked_out", f"Too many tries: wait {wait}", "a supervisor can set a new password")
