"""Signing in: by name and password, by token, or by the account that the process belongs to.

On a server none of them counts: the server has signed in whom its login belongs to.
"""

from __future__ import annotations

from dispatch.desk.access import staff
from dispatch.desk.access.permissions import Person
from dispatch.desk.access.staff import NEW_TOKEN, SignedIn
from dispatch.desk.desk import Desk
from dispatch.people import failures, passwords
from dispatch.people.secrets import digest_of
from models.errors import NotPermitted, Refused
from models.people import User, UserToken


def sign_in(desk: Desk, login: str, password: str) -> SignedIn:
    """Sign in by name and password; the desk's commands are this person's from now on.

    A wrong password, an unknown name and a disabled user have one answer, which takes as long for each.
    Raises NotPermitted, and Refused for a desk without users or on a server.
    """
    check_not_on_a_server(desk)
    _check_closed(desk)
    with desk.reading():
        failures.count(desk, login)
        user = by_login(login)
        is_known = user is not None and user.disabled_at is None
        digest = user.password_hash if user is not None else None
        is_right = passwords.matches(digest, password)
        if user is None or digest is None or not (is_known and is_right):
            problem = "The name or password is wrong"
            raise NotPermitted("wrong_password", problem, "a supervisor can set a new password")
        failures.clear(desk, login)
        return _enter(desk, SignedIn(user.user_id, user.login, passwords=(digest,)))


def by_token(desk: Desk, text: str) -> SignedIn:
    """Sign in by a token. Raises NotPermitted, and Refused as ``sign_in``."""
    check_not_on_a_server(desk)
    _check_closed(desk)
    with desk.reading():
        token = UserToken.get_or_none(UserToken.digest == digest_of(text))
        if token is None:
            raise NotPermitted("token_unknown", "This desk does not know the token", NEW_TOKEN)
        if token.expires_at <= desk.now():
            raise staff.expired(token.expires_at)
        user = User.lock(token.user_id)
        return _enter(desk, SignedIn(user.user_id, user.login, token.token_id, token.expires_at))


def by_account(desk: Desk) -> SignedIn | None:
    """Sign in the user whom the process's account belongs to; None if there is none. Raises NotPermitted."""
    check_not_on_a_server(desk)
    _check_closed(desk)
    with desk.reading():
        user = User.get_or_none(User.account == desk.account)
        return None if user is None else _enter(desk, SignedIn(user.user_id, user.login))


def by_server(desk: Desk) -> SignedIn:
    """Sign in whom the server has signed in. Raises NotPermitted."""
    _check_closed(desk)
    with desk.reading():
        login = desk.database.login
        user = User.get_or_none(User.login == login)  # as the server writes it: another case is another login
        if user is None:
            problem = f"The server knows you as {login}, who is no user of this desk"
            raise NotPermitted("not_signed_in", problem, "a supervisor adds users; or use another login")
        return _enter(desk, SignedIn(user.user_id, user.login))


def check_not_on_a_server(desk: Desk) -> None:
    """Raise Refused for a desk on a server, which signs people in itself."""
    if desk.database.login is not None:
        problem = "The server signs people in: this desk has no passwords or tokens"
        raise Refused("server_signs_in", problem, "name your own login of the server in --db")


def sign_out(desk: Desk) -> None:
    """Let nobody be signed in here."""
    resume(desk, None)


def resume(desk: Desk, session: SignedIn | None) -> None:
    """Go back to a session that was good before; whether it still is, the next command finds out."""
    desk.staff.signed_in = session
    desk.staff.forget()
    if session is not None:
        desk.actor = session.login


def confirm(desk: Desk, person: Person, password: str) -> None:
    """Let who has signed in show that they are still there. Raises NotPermitted."""
    with desk.reading():
        failures.count(desk, person.login)
        if not passwords.matches(User.lock(person.user_id).password_hash, password):
            raise NotPermitted("wrong_password", "The password so far is wrong")
        failures.clear(desk, person.login)


def by_login(login: str) -> User | None:
    """Return the user of a name, in small letters or not. Reads the database."""
    name = passwords.folded(login).encode("utf-8", "replace").decode()  # whatever a terminal sends
    user: User | None = User.get_or_none(User.login == name)
    return user


def _enter(desk: Desk, session: SignedIn) -> SignedIn:
    """Make this the desk's session, if it is good by now."""
    before = desk.staff.signed_in
    desk.staff.signed_in = session
    desk.staff.forget()
    try:
        desk.staff.person(desk.now())
    except NotPermitted:
        desk.staff.signed_in = before
        desk.staff.forget()
        raise
    desk.actor = session.login
    return session


def _check_closed(desk: Desk) -> None:
    with desk.reading():
        desk.staff.forget()
        if desk.staff.is_open:
            problem = "This desk has no users: there is nobody to sign in"
            raise Refused("open_desk", problem, "the first user closes it")
