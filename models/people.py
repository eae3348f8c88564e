"""The people of a desk: users with a role, their tokens, and failed tries to sign in (docs/people.md)."""

from __future__ import annotations

from peewee import AutoField, IntegerField, TextField

from models.base import BaseModel, CompiledQuery, parameter


class User(BaseModel):
    """A person who signs in as ``login``, which is in small letters and is what events are signed with.

    ``agent_id`` is the agent whose work is this person's own. ``account`` is an account of the machine whose
    processes need no password; ``password_hash`` is argon2's, None if the person has no password.
    """

    label = "user"
    table = "users"

    user_id = AutoField()
    login = TextField()
    role = TextField()
    agent_id = IntegerField(null=True)
    account = TextField(null=True)
    password_hash = TextField(null=True)
    created_at = TextField()
    disabled_at = TextField(null=True)
    version = IntegerField(default=1)


class UserToken(BaseModel):
    """What a person signs in with in scripts; the row has only its digest."""

    label = "token"
    table = "user_tokens"

    token_id = AutoField()
    user_id = IntegerField()
    digest = TextField()
    note = TextField(null=True)
    created_at = TextField()
    expires_at = TextField()
    revoked_at = TextField(null=True)
    version = IntegerField(default=1)


class SignInFailure(BaseModel):
    """How often a name was tried in vain since the last success, and when last; the name as a digest."""

    label = "failure"
    table = "sign_in_failures"

    login_digest = TextField(primary_key=True)
    failures = IntegerField()
    last_at = TextField()


people = CompiledQuery(
    lambda: User.select(
        User.user_id, User.login, User.role, User.agent_id, User.disabled_at, User.password_hash
    )
)
"""Everybody's id, login, role, agent, the time they were disabled at, and the digest of the password."""
good_tokens = CompiledQuery(
    lambda: UserToken.select(UserToken.token_id).where(
        UserToken.user_id == parameter("user_id"), UserToken.revoked_at.is_null()
    )
)
"""The tokens of a user that were not revoked."""
