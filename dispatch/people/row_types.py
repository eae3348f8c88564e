"""Row types of people; none has a secret."""

# without "from __future__ import annotations", which would compile every key at start
from typing import TypedDict


class UserRow(TypedDict):
    """A user; ``locked_until`` while too many wrong passwords keep them from signing in."""

    user_id: int
    login: str
    role: str
    agent_id: int | None
    account: str | None
    has_password: bool
    created_at: str
    disabled_at: str | None
    locked_until: str | None


class TokenRow(TypedDict):
    """A token, without the text that signs in."""

    token_id: int
    login: str
    note: str | None
    created_at: str
    expires_at: str
    revoked_at: str | None


class NewToken(TokenRow):
    """A token that was just made, with the text that signs in: the desk does not keep it."""

    token: str
