"""Roles and permissions: what each role may do, and how a command is refused (docs/people.md).

Every command names the permission that it needs. Agents have some for their own work only: the row must be
theirs, or the agent named must be they themselves.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from models.bookings import Booking
from models.errors import InvalidInput, NotPermitted
from models.hints import act
from models.issues import Issue

DISPATCHER, AGENT, SUPERVISOR, AUDITOR = ROLES = ("dispatcher", "agent", "supervisor", "auditor")
_DESK = (DISPATCHER, SUPERVISOR)
_WORK = (DISPATCHER, AGENT, SUPERVISOR)


class Permission(NamedTuple):
    """What it allows, in words behind "may", and who has it; agents for their ``own`` work only."""

    words: str
    roles: tuple[str, ...]
    own: bool = False


PERMISSIONS = {
    "account.own": Permission("change their own password and tokens", ROLES),
    "agent.manage": Permission("change the roster", (SUPERVISOR,)),
    "agent.presence": Permission("set the presence of agents", _WORK, own=True),
    "assignment.manage": Permission("move work between agents", _DESK),
    "batch.run": Permission("run a batch", _WORK),
    "booking.manage": Permission("manage bookings", _DESK),
    "booking.work": Permission("work on bookings", _WORK, own=True),
    "clock.act": Permission("do what the clock does", _DESK),
    "customer.edit": Permission("edit customers", _DESK),
    "customer.erase": Permission("erase customers", (SUPERVISOR,)),
    "desk.keep": Permission("import, back up, restore or repair", (SUPERVISOR,)),
    "desk.set": Permission("change settings", (SUPERVISOR,)),
    "issue.manage": Permission("manage issues", _DESK),
    "issue.work": Permission("work on issues", _WORK, own=True),
    "lead.enter": Permission("enter leads", _DESK),
    "people.manage": Permission("manage users", (SUPERVISOR,)),
    "undo.use": Permission("undo", _WORK),
    "view.manage": Permission("save views for all", _DESK),
}
"""Every permission by name. The undo of a command needs that command's permission, too."""


class Person(NamedTuple):
    """A user as the desk's rules know them."""

    user_id: int
    login: str
    role: str
    agent_id: int | None
    disabled_at: str | None
    password_hash: str | None


class Needs(NamedTuple):
    """What a command needs: a permission, and for an agent's own work how its parameters name the row."""

    may: str
    signature: inspect.Signature
    names_holder: bool

    def values(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return what a call gives, by the names of the parameters."""
        try:
            return dict(self.signature.bind(None, *args, **kwargs).arguments)
        except TypeError:  # a call that the function itself refuses
            return kwargs


def needs(name: str, may: str, function: Callable[..., Any]) -> Needs:
    """Check what a command says that it needs. Raises TypeError: its module cannot be imported then."""
    if may not in PERMISSIONS:
        raise TypeError(f"{name}: no permission {may!r}")
    signature = inspect.signature(function)
    agent = signature.parameters.get("agent_id")
    names_holder = agent is not None and agent.default is inspect.Parameter.empty
    if PERMISSIONS[may].own and not (
        names_holder or {"booking_id", "issue_id"} & signature.parameters.keys()
    ):
        raise TypeError(f"{name}: {may} is for an agent's own work, and no parameter says whose it is")
    return Needs(may, signature, names_holder)


def check_role(person: Person, may: str) -> None:
    """Raise NotPermitted unless a person's role has a permission."""
    permission = PERMISSIONS[may]
    if person.role not in permission.roles:
        *others, last = (f"{_article(role)} {role}" for role in permission.roles)
        able = " or ".join(filter(None, (", ".join(others), last)))
        problem = f"{_article(person.role)} {person.role} may not {permission.words}"
        raise NotPermitted("not_permitted", problem[:1].upper() + problem[1:], f"ask {able}")


def check_own(person: Person, need: Needs, given: dict[str, Any]) -> None:
    """Raise NotPermitted if an agent's command is about the work of others.

    One that has to name its agent is about them, as a claim makes them the holder; any other is about the
    row's holder, and a further agent that it names.
    """
    if person.role != AGENT or not PERMISSIONS[need.may].own:
        return
    named = given.get("agent_id")
    if need.names_holder or named is not None:
        _check_self(person, named)
    if not need.names_holder:
        _check_holder(person, given)


def _check_self(person: Person, agent_id: Any) -> None:
    if agent_id != person.agent_id:
        problem = f"Agent {agent_id} is somebody else: you are agent {person.agent_id}"
        raise NotPermitted("not_yours", problem, "an agent works on their own work only")


def _check_holder(person: Person, given: dict[str, Any]) -> None:
    model, number = (
        (Booking, given.get("booking_id")) if "booking_id" in given else (Issue, given["issue_id"])
    )
    row = model.lock_or_none(number)
    if row is not None and row.agent_id != person.agent_id:  # a row that is missing is refused as such
        holder = "waits for an agent" if row.agent_id is None else f"is with agent {row.agent_id}"
        problem = f"{row.label.capitalize()} {number} {holder}, so it is not yours"
        raise NotPermitted("not_yours", problem, "an agent works on their own work only")


def nobody() -> NotPermitted:
    """Return the refusal of somebody who has not signed in."""
    return NotPermitted("not_signed_in", "This desk has users: sign in first", f"{act('login')} signs in")


def check_known_role(role: str) -> str:
    """Return a role's name. Raises InvalidInput."""
    text = role.strip().casefold()
    if text not in ROLES:
        raise InvalidInput("role", f"{role!r} is not a role", "accepted: " + ", ".join(ROLES))
    return text


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"
