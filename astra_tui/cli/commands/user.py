"""``astra user``: who works on the desk, and what they may do."""

from __future__ import annotations

import pwd
from typing import Any

import rich_click as click

from astra_tui.cli import passwords
from astra_tui.cli.options import Call, changing, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, line, required_keys
from astra_tui.cli.value_types import AGENT, Word
from dispatch.desk.access.permissions import ROLES
from dispatch.desk.terminal.account import process_account
from dispatch.inputs import validation
from dispatch.people import users
from dispatch.people.passwords import folded
from dispatch.people.row_types import UserRow
from dispatch.queries.wording import moment
from models.errors import InvalidInput


def _state(row: UserRow) -> str:
    if row["disabled_at"] is not None:
        return f"disabled {moment(row['disabled_at'])}"
    return f"locked until {moment(row['locked_until'])}" if row["locked_until"] is not None else ""


USERS: Listing[UserRow] = Listing(
    (
        Column("Name", "login"),
        Column("Role", "role"),
        Column("Agent", "agent_id", right=True),
        Column("Account", "account", sparse=True),
        Column("Password", lambda row: "yes" if row["has_password"] else "none"),
        Column("State", _state, sparse=True),
    ),
    required_keys(UserRow),
    "login",
)
ROLE = Word(ROLES, "ROLE")


class Account(click.ParamType[str]):
    """An account of this machine, or none: a wrong one would let nobody in, the first user not either."""

    name = "account"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value != users.NONE and value != process_account():
            try:
                pwd.getpwnam(value)
            except (KeyError, ValueError):  # ValueError: a name with a null character
                problem = f"this machine has no account {validation.excerpt(value)}"
                hint = f"yours is {process_account()}"
                raise InvalidInput("account", problem, hint) from None
        return str(value)


ACCOUNT = Account()
user_name = click.argument("login", metavar="NAME")


@click.group("user")
def user() -> None:
    """Add users, give them roles, disable them. The first one closes the desk (docs/people.md)."""


@user.command("list")
@formatted
@reading
def list_users(call: Call) -> None:
    """List the users of the desk."""
    call.show_rows(call.read(users.list_users), USERS, "no users: the desk is open to whoever opens its file")


@user.command()
@user_name
@click.option("--role", type=ROLE, help=f"{', '.join(ROLES)}; the first user is a supervisor.")
@click.option("--agent", "agent_id", type=AGENT, help="The agent who this person is.")
@click.option(
    "--account", type=ACCOUNT, metavar="NAME", help="An account of this machine that needs no password."
)
@click.option("--password", "has_password", is_flag=True, help="Ask for a password beside --account, too.")
@reading
def add(call: Call, /, has_password: bool, **given: Any) -> None:
    """Add a user. The password is asked for, or read from stdin; with --account there need not be one.

    On a server NAME is a login of the server, which signs people in.

    The first user is a supervisor and closes the desk: from then on everybody signs in.
    """
    with call.desk() as desk:
        is_asked = has_password or (given["account"] is None and desk.database.login is None)
        password = passwords.ask_new(call) if is_asked else None
        row = users.new_user(desk, **given, password=password)
    call.show(row, lambda row: line(f"Added {row['login']} as {row['role']}"))


@user.command("set")
@user_name
@click.option("--role", type=ROLE, help=f"{', '.join(ROLES)}.")
@click.option("--agent", "agent_id", metavar="AGENT", help="The agent who this person is, or none.")
@click.option("--account", type=ACCOUNT, metavar="NAME", help="An account of this machine, or none.")
@changing
def set_(call: Call, /, **given: Any) -> None:
    """Change a user's role, agent or account; it holds at once, in open sessions too."""
    call.show(call.change(users.change, **given), _print_changed)


@user.command()
@user_name
@changing
def disable(call: Call, login: str) -> None:
    """Keep a user from signing in, and end what they have open."""
    call.show(call.change(users.disable, login), lambda row: line(f"Disabled {row['login']}"))


@user.command()
@user_name
@changing
def enable(call: Call, login: str) -> None:
    """Let a disabled user sign in again."""
    call.show(call.change(users.enable, login), lambda row: line(f"Enabled {row['login']}"))


@user.command()
@click.argument("login", metavar="[NAME]", required=False)
@reading
def passwd(call: Call, login: str | None) -> None:
    """Set a password, your own without NAME; asked for, or read from stdin.

    Your own needs the one so far, on the line before the new one. A new password also ends the wait after too
    many wrong ones.
    """
    with call.desk() as desk:
        mine = "" if desk.staff.is_open else desk.staff.person(desk.now()).login
        name = mine if login is None else login
        users.check_may_set_password(desk, name)
        is_own = folded(name) == mine and users.has_password(name)
        current = passwords.ask(call, "Password so far") if is_own else None
        row = users.set_password(desk, name, passwords.ask_new(call), current)
    call.show(row, lambda row: line(f"{row['login']} has a new password"))


@user.command()
@reading
def grants(call: Call) -> None:
    """Print the SQL that gives people their rights on a desk on a server (README, A team on several hosts).

    A login in the group astra_desk may then use the desk, and one in astra_auditor read it.
    """
    with call.desk(identifies=False) as desk:
        sql = desk.database.grants()
    call.show({"sql": sql}, lambda row: _print_lines(row["sql"]))


def _print_lines(text: str) -> None:
    for one in text.splitlines():
        line(one)


def _print_changed(row: UserRow) -> None:
    agent = f", agent {row['agent_id']}" if row["agent_id"] is not None else ""
    account = f", account {row['account']}" if row["account"] is not None else ""
    line(f"{row['login']}: {row['role']}{agent}{account}")
