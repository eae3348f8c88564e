"""Passwords: what is accepted, and their argon2id digests."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from dispatch.inputs import validation
from models.errors import InvalidInput

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 1_000
ROUNDS, MEMORY_KIB, LANES = 3, 65_536, 4  # what RFC 9106 advises where memory is scarce
DECOY = "$argon2id$v=19$m=65536,t=3,p=4$UOGhyDjm7KFuwd2ohaKkMw$fSs79KfwneozcSpEBvoQGj2yUPbYCC+z6zXDjf4JQBA"
"""What the password of a name without one is compared with, so that its refusal takes as long."""


def accepted(password: str, login: str) -> str:
    """Return a new password. Raises InvalidInput, without quoting it."""
    if not SHORTEST <= len(password) <= LONGEST:
        problem = f"A password has {SHORTEST} to {LONGEST:,} characters"
        raise InvalidInput("password", problem, "a few words are easy to remember")
    if any(not character.isprintable() for character in password) or not password.strip():
        raise InvalidInput("password", "The password has characters that cannot be seen", "use others")
    if password.casefold() == login.casefold():
        raise InvalidInput("password", "The password is the name", "choose another")
    return password


def hashed(password: str) -> str:
    """Return a password's digest; it takes 0.05 s and 64 MB, so never while the desk is locked."""
    return _hasher().hash(_bytes(password))


def matches(digest: str | None, password: str) -> bool:
    """Return whether a password is the one of a digest; without one it takes as long, and is not.

    No password is that of a damaged digest: a supervisor sets a new one.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(digest or DECOY, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return digest is not None


def checked_login(login: str) -> str:
    """Return the name that somebody signs in with, in small letters. Raises InvalidInput."""
    text = folded(validation.name(login, "login"))
    if any(character.isspace() or not character.isprintable() for character in text):
        raise InvalidInput("login", f"{validation.excerpt(text)} is not one word", "like anna or anna.lee")
    return text


def folded(login: str) -> str:
    """Return the same for a name however it is typed: its case, and how the keyboard composes an accent."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login.strip()).casefold())


def _bytes(password: str) -> bytes:
    """Return the same for an accented letter however the keyboard composes it."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # 0.02 s to import, and seldom needed

    return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)
