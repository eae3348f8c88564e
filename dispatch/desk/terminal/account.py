"""Whose process a command runs in, and so who acts unless somebody says otherwise."""

from __future__ import annotations

import os
import pwd


def process_account() -> str:
    """Return the name of the account that this process belongs to, whatever its environment says."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container without a password database
        return f"account {number}"


def default_actor() -> str:
    """Return the default actor: ASTRA_ACTOR, else the process's account."""
    return os.environ.get("ASTRA_ACTOR", "").strip() or process_account()
