"""The root command, which imports only the command that is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import rich_click as click

from astra_tui import __version__

if TYPE_CHECKING:
    from astra_tui.user.preferences import Check
    from dispatch.desk.desk import Desk

COMMANDS = {
    "new": "new:new",
    "demo": "demo:demo",
    "import": "importing:import_",
    "export": "exporting:export",
    "batch": "batch:batch",
    "lead": "lead:lead",
    "assignment": "assignment:assignment",
    "booking": "booking:booking",
    "agent": "agent:agent",
    "absence": "absence:absence",
    "holiday": "holiday:holiday",
    "customer": "customer:customer",
    "shuffle": "sweep:shuffle",
    "sweep": "sweep:sweep",
    "serve": "serve:serve",
    "issue": "issue:issue",
    "triage": "triage:triage_command",
    "dashboard": "dashboard:dashboard",
    "alerts": "alerts:alerts",
    "why": "why:why",
    "match": "match:match",
    "train": "train:train",
    "weights": "weights:weights",
    "report": "report:report",
    "log": "log:log",
    "view": "view:view",
    "undo": "undo:undo",
    "redo": "undo:redo",
    "policy": "settings:policy",
    "cap": "cap:cap",
    "disposition": "disposition:disposition",
    "set": "settings:set_value",
    "method": "values:method",
    "source": "values:source",
    "department": "values:department",
    "title": "values:title",
    "destination": "values:destination",
    "launch": "values:launch",
    "package": "values:package",
    "user": "user:user",
    "token": "token:token",
    "login": "token:login",
    "logout": "token:logout",
    "copy": "copying:copy",
    "backup": "backup:backup",
    "restore": "restore:restore",
    "compact": "compact:compact",
    "doctor": "doctor:doctor",
    "verify": "verify:verify",
    "config": "config:config",
    "completion": "completion:completion",
}
"""Commands in the order of help, each with its module in astra_tui.cli.commands and its name there."""

OpenApplication = Callable[[str | None, str | None], int]
"""Run the application on a database as an actor, and return its exit code."""


@dataclass
class Surroundings:
    """The application, its check of the configuration, the options before the noun, and what came of it."""

    open_application: OpenApplication
    check_preferences: Check
    database: str | None = None
    actor: str | None = None
    token_file: str | None = None
    exit_code: int = 0
    has_committed: bool = False
    desk: Desk | None = None
    """The open desk of the batch that a command is a line of."""

    as_json: bool = False


class Nouns(click.RichGroup):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(f"astra_tui.cli.commands.{module}"), name)
        return command


HELP = {"help_option_names": ["-h", "--help"]}


@click.group("astra", cls=Nouns, invoke_without_command=True, context_settings=HELP)
@click.option(
    "--db", "database", metavar="DESK", help="The desk: a file, or a server's address; also after the verb."
)
@click.option(
    "--as", "actor", metavar="ACTOR", help="Who acts on an open desk; also accepted after the verb."
)
@click.option("--token-file", metavar="PATH", help="Sign in with this token; also ASTRA_TOKEN_FILE.")
@click.version_option(__version__, message="astra %(version)s", help="Show the version.")
@click.pass_context
def astra(context: click.Context, database: str | None, actor: str | None, token_file: str | None) -> None:
    """The dispatch desk of a travel company.

    Without a command the application opens. Every command takes --json for scripts and --plain for
    screen readers.
    Exit codes: 0 done, 1 refused by the desk, 2 wrong usage or input, 3 no database.
    """
    surroundings: Surroundings = context.obj
    surroundings.database, surroundings.actor = database, actor
    surroundings.token_file = token_file
    if context.invoked_subcommand is None:
        surroundings.exit_code = surroundings.open_application(database, actor)
