"""The texts of tokens, and what the desk keeps of them."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "astra_"
BYTES = 32


def new_text() -> str:
    """Return the text of a new token: it cannot be guessed, so a plain digest keeps it."""
    return PREFIX + secrets.token_urlsafe(BYTES)


def digest_of(text: str) -> str:
    """Return what the desk knows a token by."""
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()
