"""Who works on a desk, as of the last change of its users, and who of them has signed in here.

A command asks no query: every change of the users raises the version of the settings, which each command
reads as it begins.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from dispatch.desk.access import permissions
from dispatch.desk.access.permissions import Needs, Person
from models.errors import NotPermitted
from models.people import UserToken, people


class SignedIn(NamedTuple):
    """Who has signed in; with a token, until when that is good.

    ``passwords`` are digests, if there are any: the session lasts as long as one of them is the password's.
    """

    user_id: int
    login: str
    token_id: int | None = None
    expires_at: str | None = None
    passwords: tuple[str, ...] = ()


class Staff:
    """The people of a desk; without any, it is open: whoever opens it may do everything."""

    def __init__(self) -> None:
        self.is_private = False
        """Whether nobody works on this copy of a desk but the command that made it."""
        self.signed_in: SignedIn | None = None
        self._people: dict[int, Person] | None = None
        self._is_revoked = False
        self._forgotten = 0

    def forget(self) -> None:
        """Read the users again before the next look."""
        self._forgotten += 1
        self._people = None

    @property
    def is_open(self) -> bool:
        """Return whether the desk has no users. May read the database."""
        return self.is_private or not (self._read() if self._people is None else self._people)

    def knows(self, actor: str) -> bool:
        """Return whether an actor is not only a name, but has signed in."""
        return self.signed_in is not None and self.signed_in.login == actor

    @property
    def is_auditor(self) -> bool:
        """Return whether who has signed in here writes nothing anyway. May read the database."""
        person = None if self.signed_in is None else self.everybody().get(self.signed_in.user_id)
        return person is not None and person.role == permissions.AUDITOR

    def everybody(self) -> dict[int, Person]:
        """Return the users by id. May read the database."""
        return self._read() if self._people is None else self._people

    def person(self, now: str) -> Person:
        """Return who has signed in here, as they are by now. Raises NotPermitted. May read the database."""
        session, everybody = self.signed_in, self.everybody()
        person = None if session is None else everybody.get(session.user_id)
        if session is None or person is None or person.login != session.login:
            raise permissions.nobody()
        if person.disabled_at is not None:
            problem = f"The user {person.login} was disabled"
            raise NotPermitted("user_disabled", problem, "a supervisor enables users")
        if self._is_revoked:
            raise NotPermitted("token_revoked", f"The token of {person.login} was revoked", NEW_TOKEN)
        if session.passwords and person.password_hash not in session.passwords:
            problem = f"The password of {person.login} was changed"
            raise NotPermitted("password_changed", problem, "sign in again")
        if session.expires_at is not None and session.expires_at <= now:
            raise expired(session.expires_at)
        return person

    def accept_password(self, user_id: int, digest: str) -> None:
        """Let the session here go on with another password, if it is the user's own and began with one."""
        session = self.signed_in
        if session is not None and session.user_id == user_id and session.passwords:
            self.signed_in = session._replace(passwords=(*session.passwords, digest))

    def check_admitted(self, now: str) -> None:
        """Read the users again; raise NotPermitted if there are some, and nobody here is one of them."""
        self.forget()
        if not self.is_open:
            self.person(now)

    def check(self, need: Needs, args: tuple[Any, ...], kwargs: dict[str, Any], now: str) -> None:
        """Raise NotPermitted unless who has signed in may run a command with what it is given."""
        person = self.person(now)
        permissions.check_role(person, need.may)
        permissions.check_own(person, need, need.values(args, kwargs))

    def check_repeat(self, need: Needs, now: str) -> None:
        """Raise NotPermitted unless who has signed in may still run a command that they have run before."""
        permissions.check_role(self.person(now), need.may)

    def check_undo(self, need: Needs, actor: str, now: str) -> None:
        """Raise NotPermitted unless who has signed in may undo a command, which the actor gave."""
        person = self.person(now)
        permissions.check_role(person, need.may)
        if person.role == permissions.AGENT and actor != person.login:
            problem = f"{actor} did this: an agent undoes their own commands only"
            raise NotPermitted("not_yours", problem, "ask a dispatcher")

    def _read(self) -> dict[int, Person]:
        """Read the users; what another thread has forgotten meanwhile is not kept."""
        before, session = self._forgotten, self.signed_in
        found = {row[0]: Person(*row) for row in people()}
        number = None if session is None else session.token_id
        token = None if number is None else UserToken.lock_or_none(number)
        if before == self._forgotten:
            self._is_revoked = token is not None and token.revoked_at is not None
            self._people = found
        return found


NEW_TOKEN = "sign in again for a new one"


def expired(at: str) -> NotPermitted:
    """Return the refusal of a token that is too old."""
    return NotPermitted("token_expired", f"The token expired at {at}", NEW_TOKEN)
