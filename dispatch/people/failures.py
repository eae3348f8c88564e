"""Failed tries to sign in: after five, a name waits a minute, then twice as long each time, up to an hour.

They are rows, so all terminals count together; and counted by name, whether anybody has it or not, for each
account of the machine: whoever tries a name again and again keeps nobody out but those of their own account.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from peewee import Expression

from dispatch.desk.desk import Desk
from dispatch.people.passwords import folded
from models.base import tuples
from models.clock import from_text, to_text
from models.errors import NotPermitted
from models.people import SignInFailure

FREE_TRIES = 5
LONGEST_WAIT = 60  # minutes
KEPT = timedelta(days=1)
BY, BEHIND = ".", "/"  # between the digests of a name and an account, and the character after it


def digest_of(desk: Desk, login: str) -> str:
    """Return what a name is counted by: people type passwords into the wrong field."""
    return _digest(desk, folded(login))


def _digest(desk: Desk, text: str) -> str:
    key = (desk.settings.desk_id or "").encode()
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key).hexdigest()


def _here(desk: Desk, login: str) -> str:
    """Return what the tries of a name by this process's account are counted by."""
    return f"{digest_of(desk, login)}{BY}{_digest(desk, desk.account)}"


def _of_name(desk: Desk, login: str) -> Expression:
    """The condition of the rows of a name, whichever account has tried it."""
    name = digest_of(desk, login)
    condition: Expression = SignInFailure.login_digest.between(f"{name}{BY}", f"{name}{BEHIND}")
    return condition


def count(desk: Desk, login: str) -> None:
    """Count a try before it is checked, so that no two at once are one. Raises NotPermitted while locked."""
    if desk.why_read_only:  # whoever can read the file can try as often as they like, without Astra
        return
    with desk.transaction():
        now, number = desk.now(), _here(desk, login)
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
    """Forget the failed tries of a name by this process's account."""
    _forget(desk, SignInFailure.login_digest == _here(desk, login))


def clear_all(desk: Desk, login: str) -> None:
    """Forget all failed tries of a name."""
    _forget(desk, _of_name(desk, login))


def _forget(desk: Desk, which: Expression) -> None:
    if not desk.why_read_only:
        with desk.transaction():
            SignInFailure.delete().where(which).execute()


def locked_until(desk: Desk, login: str) -> str | None:
    """Return until when a name has to wait at some account; None if it has not. Reads the database."""
    rows = tuples(
        SignInFailure.select(SignInFailure.failures, SignInFailure.last_at).where(_of_name(desk, login))
    )
    until = max((_locked_until(*row) or "" for row in rows), default="")
    return until if until > desk.now() else None


def _locked_until(failures: int, last_at: str) -> str | None:
    if failures < FREE_TRIES:
        return None
    minutes = min(2 ** min(failures - FREE_TRIES, 10), LONGEST_WAIT)
    return to_text(from_text(last_at) + timedelta(minutes=minutes))


def _locked(now: str, until: str) -> NotPermitted:
    minutes = -(-(from_text(until) - from_text(now)).total_seconds() // 60)
    wait = "1 minute" if minutes == 1 else f"{minutes:.0f} minutes"
    return NotPermitted("locked_out", f"Too many tries: wait {wait}", "a supervisor can set a new password")
