"""Tokens: what scripts and the command line sign in with. The desk keeps digests, and says each text once."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from dispatch.desk import settings
from dispatch.desk.access.permissions import AUDITOR, SUPERVISOR
from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.people.row_types import NewToken, TokenRow
from dispatch.people.secrets import digest_of, new_text
from dispatch.people.sign_in import by_login, check_not_on_a_server
from dispatch.people.users import check_own_account
from models.clock import from_text, to_text
from models.errors import NotFound, Refused
from models.hints import act
from models.people import User, UserToken

MOST_DAYS = 3_650


@command("token.add", past="token made", undo=never("revoke the token instead"), may="account.own")
def add(running: Command, digest: str, login: str, days: int, note: str | None) -> TokenRow:
    """Keep the digest of a token, good for some days. Raises NotFound, NotPermitted, Refused."""
    check_not_on_a_server(running.desk)
    user = _user(login)
    check_own_account(running.desk, user)
    if user.disabled_at is not None:
        raise Refused("user_disabled", f"The user {user.login} was disabled at {user.disabled_at}")
    expires_at = to_text(from_text(running.now) + timedelta(days=days))
    token = UserToken(
        user_id=user.user_id, digest=digest, note=note, created_at=running.now, expires_at=expires_at
    )
    token.save()
    running.detail = {"token": token.token_id, "login": user.login, "expires_at": expires_at}
    return _row(token, user.login)


def make_token(
    desk: Desk, login: str | None = None, days: int | None = None, note: str | None = None
) -> NewToken:
    """Make a token for who has signed in, or for another user. Raises InvalidInput, NotFound, Refused."""
    with desk.reading():
        name = login if login is not None else desk.staff.person(desk.now()).login
        good_for = validation.whole(
            desk.settings["token_days"] if days is None else days, "days", 1, MOST_DAYS
        )
    text = new_text()
    row = add(desk, digest_of(text), name, good_for, validation.optional_text(note, "note"))
    return cast("NewToken", row | {"token": text})


@command("token.revoke", past="token revoked", undo=never("make another token"), may="account.own")
def revoke(running: Command, token_id: int) -> TokenRow:
    """Let a token sign nobody in any more. Raises NotFound, Refused."""
    token = UserToken.lock(token_id)
    user = User.lock(token.user_id)
    check_own_account(running.desk, user)
    if token.revoked_at is not None:
        raise Refused("token_revoked", f"Token {token_id} was revoked at {token.revoked_at}")
    token.revoked_at = running.now
    token.save()
    settings.raise_version()
    running.desk.staff.forget()
    running.detail = {"token": token_id, "login": user.login}
    return _row(token, user.login)


def list_tokens(desk: Desk) -> list[TokenRow]:
    """Return the tokens, newest first; supervisors and auditors see all. Reads the database."""
    if desk.staff.is_open:
        return []
    me = desk.staff.person(desk.now())
    found = UserToken.select().order_by(UserToken.token_id.desc())
    if me.role not in (SUPERVISOR, AUDITOR):
        found = found.where(UserToken.user_id == me.user_id)
    logins = {number: one.login for number, one in desk.staff.everybody().items()}
    return [_row(token, logins.get(token.user_id, "")) for token in found]


def _user(login: str) -> User:
    user = by_login(login)
    if user is None:
        raise NotFound("user", validation.excerpt(login), f"{act('user.list')} shows them")
    return user


def _row(token: UserToken, login: str) -> TokenRow:
    return {
        "token_id": token.token_id,
        "login": login,
        "note": token.note,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }
