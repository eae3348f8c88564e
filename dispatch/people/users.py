"""The users of a desk: adding, changing, disabling, passwords. Nobody is deleted: events name them.

An event has a user's name and role, never a secret, and so no command here is undone from its event.
"""

from __future__ import annotations

from dispatch.assignment.agent_checks import working_agent
from dispatch.desk import settings
from dispatch.desk.access.permissions import AGENT, SUPERVISOR, Person, check_known_role, check_role
from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk, person
from dispatch.inputs import validation
from dispatch.people import failures, passwords, sign_in
from dispatch.people.row_types import UserRow
from models.base import tuples
from models.errors import InvalidInput, NotFound, Refused
from models.hints import act
from models.people import User, UserToken, good_tokens

NONE = "none"
"""What clears a user's agent or account."""


@command("user.add", past="user added", undo=never("disable the user instead"), may="people.manage")
def add(
    running: Command,
    login: str,
    role: str | None = None,
    agent_id: int | None = None,
    account: str | None = None,
    digest: str | None = None,
) -> UserRow:
    """Add a user with the digest of a password, an account of the machine, or both; on a server, its login.

    The first is a supervisor, and closes the desk: from then on everybody signs in. Raises InvalidInput,
    NotFound for the agent, and Refused.
    """
    name = person(passwords.checked_login(login))
    is_first = not tuples(User.select(User.user_id).limit(1))
    user = User(login=name, role=_first_role(role) if is_first else _role(role), created_at=running.now)
    if sign_in.by_login(name) is not None:
        raise Refused(
            "user_exists", f"There is a user {name} already", f"{act('user.set', name)} changes them"
        )
    if agent_id is not None:
        user.agent_id = _agent(agent_id, None)
    if account is not None:
        user.account = _account(running.desk, account, None)
    user.password_hash = digest
    _check_whole(user)
    _check_can_sign_in(running.desk, user, is_first=is_first)
    user.save()
    given = _given(user, agent_id, account)
    return _changed(running, user, {"role": user.role} | given | ({"closes_desk": True} if is_first else {}))


@command("user.set", past="user changed", undo=never("change the user again"), may="people.manage")
def change(
    running: Command,
    login: str,
    role: str | None = None,
    agent_id: int | str | None = None,
    account: str | None = None,
) -> UserRow:
    """Change a user's role, agent or account; "none" clears the latter two. Raises as ``add``."""
    user = _user(login)
    if role is None and agent_id is None and account is None:
        raise InvalidInput("change", "nothing to change", "give a role, an agent or an account")
    was = user.role
    if role is not None:
        user.role = _role(role)
    if agent_id is not None:
        user.agent_id = None if agent_id == NONE else _agent(agent_id, user.user_id)
    if account is not None:
        user.account = None if account == NONE else _account(running.desk, account, user.user_id)
    _check_whole(user)
    _check_can_sign_in(running.desk, user)
    if was == SUPERVISOR != user.role:
        _check_not_last(user)
    user.save()
    given = _given(user, agent_id, account)
    return _changed(running, user, given | ({"role": user.role} if user.role != was else {}))


@command("user.disable", past="user disabled", undo=never("enable the user instead"), may="people.manage")
def disable(running: Command, login: str) -> UserRow:
    """Keep a user from signing in, and from what they have open. Raises NotFound, Refused."""
    user = _user(login)
    if user.disabled_at is not None:
        raise Refused("user_disabled", f"The user {user.login} was disabled at {user.disabled_at}")
    if user.role == SUPERVISOR:
        _check_not_last(user)
    user.disabled_at = running.now
    user.save()
    return _changed(running, user, {})


@command("user.enable", past="user enabled", undo=never("disable the user instead"), may="people.manage")
def enable(running: Command, login: str) -> UserRow:
    """Let a disabled user sign in again. Raises NotFound, Refused."""
    user = _user(login)
    if user.disabled_at is None:
        raise Refused("user_enabled", f"The user {user.login} is not disabled")
    if user.agent_id is not None:
        _agent(user.agent_id, user.user_id)
    user.disabled_at = None
    user.save()
    return _changed(running, user, {})


@command("user.passwd", past="password changed", undo=never("set another password"), may="account.own")
def set_digest(running: Command, login: str, digest: str) -> UserRow:
    """Give a user the digest of a new password, which ends their tokens, and sessions elsewhere.

    Of one's own, the session that gives the command goes on, with its token. Raises NotFound, NotPermitted,
    and Refused on a server.
    """
    desk = running.desk
    sign_in.check_not_on_a_server(desk)
    user = _user(login)
    check_own_account(desk, user)
    user.password_hash = digest
    user.save()
    failures.clear_all(desk, user.login)
    session, revoked = desk.staff.signed_in, 0
    for (number,) in good_tokens(user_id=user.user_id):
        if session is None or number != session.token_id:
            token = UserToken.lock(number)
            token.revoked_at = running.now
            token.save()
            revoked += 1
    return _changed(running, user, {"tokens": revoked} if revoked else {})


def set_password(desk: Desk, login: str, new: str, current: str | None = None) -> UserRow:
    """Set a password; who changes their own gives the ``current`` one, too. Raises InvalidInput, Refused."""
    check_may_set_password(desk, login)
    with desk.reading():
        user = _user(login)
        me = desk.staff.person(desk.now())
        if me.user_id == user.user_id and user.password_hash is not None:
            sign_in.confirm(desk, me, current or "")
    digest = passwords.hashed(passwords.accepted(new, user.login))
    desk.staff.accept_password(user.user_id, digest)
    return set_digest(desk, user.login, digest)


def check_may_set_password(desk: Desk, login: str) -> None:
    """Raise what setting a user's password would raise, whatever the password: before anybody types one."""
    sign_in.check_not_on_a_server(desk)
    with desk.reading():
        check_own_account(desk, _user(login))


def new_user(
    desk: Desk,
    login: str,
    role: str | None = None,
    agent_id: int | None = None,
    account: str | None = None,
    password: str | None = None,
) -> UserRow:
    """Add a user with a password in clear, which is digested before the desk is locked. Raises as ``add``."""
    name = passwords.checked_login(login)
    if password is not None:
        sign_in.check_not_on_a_server(desk)
    digest = None if password is None else passwords.hashed(passwords.accepted(password, name))
    return add(desk, name, role, agent_id, account, digest)


def list_users(desk: Desk) -> list[UserRow]:
    """Return the users by name. Reads the database."""
    return [_row(desk, user) for user in User.select().order_by(User.login)]


def has_password(login: str) -> bool:
    """Return whether a user has a password. Reads the database."""
    user = sign_in.by_login(login)
    return user is not None and user.password_hash is not None


def check_own_account(desk: Desk, user: User) -> None:
    """Raise NotPermitted if somebody without the right to manage users is about another user."""
    me: Person = desk.staff.person(desk.now())
    if me.user_id != user.user_id:
        check_role(me, "people.manage")


def _user(login: str) -> User:
    user = sign_in.by_login(login)
    if user is None:
        raise NotFound("user", validation.excerpt(login), f"{act('user.list')} shows them")
    return User.lock(user.user_id)


def _first_role(role: str | None) -> str:
    if role is not None and check_known_role(role) != SUPERVISOR:
        problem = f"The first user is a {SUPERVISOR}: somebody has to manage the others"
        raise Refused("first_user", problem, f"add a {SUPERVISOR} first")
    return SUPERVISOR


def _role(role: str | None) -> str:
    if role is None:
        raise InvalidInput("role", "role is required", "dispatcher, agent, supervisor or auditor")
    return check_known_role(role)


def _agent(agent_id: int | str, user_id: int | None) -> int:
    number = validation.whole(agent_id, "agent", 1, 2**63 - 1)
    agent = working_agent(number)
    other = User.get_or_none(
        User.agent_id == number, User.disabled_at.is_null(), User.user_id != (user_id or 0)
    )
    if other is not None:
        raise Refused("agent_taken", f"{agent.name} is {other.login} already", "an agent is one user's")
    return number


def _account(desk: Desk, account: str, user_id: int | None) -> str:
    sign_in.check_not_on_a_server(desk)
    name = validation.name(account, "account")
    other = User.get_or_none(User.account == name, User.user_id != (user_id or 0))
    if other is not None:
        raise Refused("account_taken", f"The account {name} is {other.login}'s already")
    return name


def _given(user: User, agent_id: object, account: object) -> dict[str, object]:
    """Return what an event says of the agent and the account: whose work it is, and who gets in by which."""
    detail: dict[str, object] = {} if agent_id is None else {"is_agent": user.agent_id or NONE}
    return detail if account is None else detail | {"account": user.account or NONE}


def _check_whole(user: User) -> None:
    """Raise InvalidInput if a user is an agent without work of their own."""
    if user.role == AGENT and user.agent_id is None:
        raise InvalidInput(
            "agent", f"Which agent is {user.login}?", "an agent's user needs the agent's number"
        )


def _check_can_sign_in(desk: Desk, user: User, *, is_first: bool = False) -> None:
    """Raise InvalidInput if a user could not sign in; on a server, its owner adds the first user."""
    database = desk.database
    if database.login is None:
        if user.password_hash is None and user.account is None:
            raise InvalidInput("password", f"{user.login} could not sign in", "give a password or an account")
        return
    if is_first and not database.is_owner:
        problem = f"The first user is added by the owner of the tables: you are {database.login}"
        raise Refused("first_user", problem, "name the owner's login in --db")
    if not database.knows_login(user.login):
        problem = f"The server has no login {validation.excerpt(user.login)}"
        raise InvalidInput(
            "login", problem, "createuser makes one, in small letters: README, A team on several hosts"
        )


def _check_not_last(user: User) -> None:
    others = User.select(User.user_id).where(
        User.role == SUPERVISOR, User.disabled_at.is_null(), User.user_id != user.user_id
    )
    if not tuples(others.limit(1)):
        problem = f"{user.login} is the last {SUPERVISOR}: nobody could manage the users"
        raise Refused("last_supervisor", problem, f"make somebody else a {SUPERVISOR} first")


def _changed(running: Command, user: User, detail: dict[str, object]) -> UserRow:
    """Write down who was changed, and let every terminal read the users again."""
    settings.raise_version()
    running.desk.staff.forget()
    running.detail = {"login": user.login} | detail
    return _row(running.desk, user)


def _row(desk: Desk, user: User) -> UserRow:
    return {
        "user_id": user.user_id,
        "login": user.login,
        "role": user.role,
        "agent_id": user.agent_id,
        "account": user.account,
        "has_password": user.password_hash is not None,
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
        "locked_until": failures.locked_until(desk, user.login),
    }
