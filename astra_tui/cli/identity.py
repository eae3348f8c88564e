"""Who runs a command on a desk that has users: by a token's file, or by the account of the process.

On a server it is whom the server has signed in, and nobody else.

A command on an open desk does not load what signs in.
"""

from __future__ import annotations

import os
from pathlib import Path

from click import get_current_context

from dispatch.desk.access.permissions import nobody
from dispatch.desk.desk import Desk
from models.errors import Refused

TOKEN_FILE = "ASTRA_TOKEN_FILE"


def identify(desk: Desk, actor: str | None) -> None:
    """Sign in on a desk that has users. Raises NotPermitted, and Refused if an actor is named.

    A token's file that is named comes first, then the one that ``astra login`` wrote, then the account. The
    first of them that is there counts: one that is refused is not made up for by the next.
    """
    if not identify_by_name(desk, actor, named_file()):
        from astra_tui.user import token_file
        from dispatch.people import sign_in

        stored = token_file.stored_path(desk.settings.desk_id)
        if os.path.lexists(stored):
            sign_in.by_token(desk, token_file.read(stored))
        elif sign_in.by_account(desk) is None:
            raise nobody()


def identify_application(desk: Desk, actor: str | None, named: Path | None) -> None:
    """Sign in as whom the process belongs to, without ``astra login``: else the application asks."""
    if not identify_by_name(desk, actor, named):
        from dispatch.people import sign_in

        sign_in.by_account(desk)


def identify_by_name(desk: Desk, actor: str | None, named: Path | None) -> bool:
    """Sign in by the token's file that is named, if one is, or by the server; return whether that is all."""
    if is_open(desk):
        return True
    refuse_actor(actor)
    if desk.database.login is not None and named is None:
        from dispatch.people import sign_in

        sign_in.by_server(desk)
        return True
    if named is not None:
        from astra_tui.user import token_file
        from dispatch.people import sign_in

        sign_in.by_token(desk, token_file.read(named))
    return named is not None


def is_open(desk: Desk) -> bool:
    """Return whether a desk has no users."""
    with desk.reading():
        return desk.staff.is_open


def refuse_actor(actor: str | None) -> None:
    """Raise Refused if --as or ASTRA_ACTOR names somebody: on a desk with users nobody signs for others."""
    variable = os.environ.get("ASTRA_ACTOR", "").strip()
    if actor is not None or variable:
        what = "--as" if actor is not None else "ASTRA_ACTOR"
        problem = f"This desk has users: {what} does not say who you are"
        raise Refused("actor_refused", problem, "leave it out; sign in instead")


def named_file() -> Path | None:
    """Return the token's file that --token-file or the environment names."""
    context = get_current_context(silent=True)
    given = None if context is None else context.obj.token_file
    named = given or os.environ.get(TOKEN_FILE, "").strip()
    return Path(named).expanduser() if named else None
