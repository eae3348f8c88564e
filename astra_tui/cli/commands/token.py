"""``astra token``, ``astra login``, ``astra logout``: signing in on the command line and in scripts."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import cast

import rich_click as click

from astra_tui.cli import passwords
from astra_tui.cli.identity import refuse_actor
from astra_tui.cli.options import Call, changing, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, line, narrate, required_keys
from astra_tui.cli.value_types import LARGEST_ID
from astra_tui.user import token_file
from dispatch.desk.desk import Desk
from dispatch.desk.terminal.account import process_account
from dispatch.people import sign_in, tokens
from dispatch.people.row_types import NewToken, TokenRow
from dispatch.queries.wording import moment
from models.base import Json
from models.errors import DatabaseUnavailable, DeskError, Refused

TOKENS: Listing[TokenRow] = Listing(
    (
        Column("Token", "token_id", right=True),
        Column("User", "login"),
        Column("For", "note"),
        Column("Made", lambda row: moment(row["created_at"])),
        Column("Expires", lambda row: moment(row["expires_at"])),
        Column("Revoked", lambda row: moment(row["revoked_at"]) if row["revoked_at"] else "", sparse=True),
    ),
    required_keys(TokenRow),
    "token_id",
)
days_good = click.option(
    "--days", type=click.IntRange(1, tokens.MOST_DAYS), metavar="N", help="Good for N days; else token_days."
)
noted = click.option("--note", metavar="TEXT", help="What it is for.")


@click.group("token")
def token() -> None:
    """Make, list and revoke tokens: what scripts sign in with (docs/people.md)."""


@token.command()
@click.option("--user", "login", metavar="NAME", help="For another user; default: yourself.")
@days_good
@noted
@click.option("--to", "target", type=click.Path(), metavar="FILE", help="Write it to a new file of yours.")
@reading
def add(call: Call, login: str | None, days: int | None, note: str | None, target: str | None) -> None:
    """Make a token, and print it once: the desk keeps a digest only.

    Scripts name its file: astra --token-file FILE, or ASTRA_TOKEN_FILE.
    """
    if target is not None and os.path.lexists(target):
        raise token_file.taken(Path(target))
    made: NewToken = call.change(tokens.make_token, login, days, note)
    row = dict(made)
    if target is not None:
        token_file.write_new(Path(target), made["token"])
        del row["token"]
        row["token_file"] = target
    call.show(row, _print_made)


def _print_made(row: Json) -> None:
    narrate(f"Token {row['token_id']} of {row['login']}, good until {moment(row['expires_at'])}")
    line(row.get("token") or row["token_file"])


@token.command("list")
@formatted
@reading
def list_tokens(call: Call) -> None:
    """List your tokens, newest first; supervisors and auditors see all."""
    call.show_rows(call.read(tokens.list_tokens), TOKENS, "no tokens")


@token.command()
@click.argument("token_id", type=click.IntRange(1, LARGEST_ID), metavar="TOKEN")
@changing
def revoke(call: Call, token_id: int) -> None:
    """Revoke a token: it signs nobody in any more, and ends what it has open."""
    row = call.change(tokens.revoke, token_id)
    call.show(row, lambda row: line(f"Revoked token {row['token_id']} of {row['login']}"))


@click.command("login")
@click.argument("login", metavar="[NAME]", required=False)
@days_good
@noted
@reading
def login(call: Call, login: str | None, days: int | None, note: str | None) -> None:
    """Sign in by password and keep a token for the next commands; NAME is your account's unless given.

    The password is asked for, or read from stdin. astra logout ends it.
    """
    name = process_account() if login is None else login
    with call.desk(identifies=False) as desk:
        refuse_actor(call.actor)
        sign_in.check_not_on_a_server(desk)
        sign_in.sign_in(desk, name, passwords.ask(call, f"Password of {name}"))
        path = token_file.stored_path(desk.settings.desk_id)
        _revoke_stored(desk, path)
        made = tokens.make_token(desk, days=days, note=note or f"astra login at {socket.gethostname()}"[:100])
        token_file.store(path, made["token"])
    row = cast("Json", made) | {"token_file": str(path)}
    del row["token"]
    call.show(row, lambda row: line(f"Signed in as {row['login']} until {moment(row['expires_at'])}"))


@click.command("logout")
@reading
def logout(call: Call) -> None:
    """Revoke the token that astra login keeps, and delete its file."""
    with call.desk(identifies=False) as desk:
        path = token_file.stored_path(desk.settings.desk_id)
        if not os.path.lexists(path):
            raise Refused("not_logged_in", "You have not signed in here", "there is nothing to end")
        revoked = _revoke_stored(desk, path)
        path.unlink(missing_ok=True)
    row = {"token_file": str(path), "token_id": None if revoked is None else revoked["token_id"]}
    call.show(row, lambda _: line("Signed out"))


def _revoke_stored(desk: Desk, path: Path) -> TokenRow | None:
    """Revoke the token in a file; None if there is none that is good."""
    before = desk.staff.signed_in
    try:
        session = sign_in.by_token(desk, token_file.read(path))
        return None if session.token_id is None else tokens.revoke(desk, session.token_id)
    except DatabaseUnavailable:
        raise
    except DeskError:
        return None
    finally:
        sign_in.resume(desk, before)
