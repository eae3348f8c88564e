"""The root command: it knows the nouns by name and loads the one that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import rich_click as click

from astra_tui import __version__
from astra_tui.cli.output.printing import line

if TYPE_CHECKING:
    from astra_tui.user.preferences import Check

COMMANDS = {
    "demo": "demo",
    "import": "importing",
    "lead": "lead",
    "booking": "booking",
    "agent": "agent",
    "customer": "customer",
    "shuffle": "sweep",
    "sweep": "sweep",
    "issue": "issue",
    "triage": "triage",
    "dashboard": "dashboard",
    "why": "why",
    "match": "match",
    "train": "train",
    "weights": "weights",
    "report": "report",
    "log": "log",
    "undo": "undo",
    "policy": "settings",
    "set": "settings",
    "destination": "values",
    "launch": "values",
    "package": "values",
    "doctor": "doctor",
    "config": "config",
    "completion": "completion",
}
"""Command: the module of astra_tui.cli that has it, in the order in which help lists them."""


OpenApplication = Callable[[str | None, str | None], int]
"""Runs the application on a database by an actor, and returns its exit code."""


@dataclass
class Surroundings:
    """What a command is given around its own arguments.

    That is the way into the application, what it has to say about somebody's configuration, and the
    options that stood before the noun.
    """

    open_application: OpenApplication
    check_preferences: Check
    database: str | None = None
    actor: str | None = None
    exit_code: int = 0


class Nouns(click.RichGroup):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        return import_module(f"astra_tui.cli.commands.{module}").COMMANDS[cmd_name]  # type: ignore[no-any-return]


def _show_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        line(f"astra {__version__}")
        context.exit()


@click.group(
    "astra",
    cls=Nouns,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--db", "database", metavar="PATH", help="The desk's database; also accepted after the verb.")
@click.option("--as", "actor", metavar="ACTOR", help="Who is at work; also accepted after the verb.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
@click.pass_context
def astra(context: click.Context, database: str | None, actor: str | None) -> None:
    """The dispatch desk of a travel company.

    Without a command the application opens. Every command takes --json for scripts and --plain for
    screen readers.
    Exit codes: 0 done, 1 refused by the desk, 2 wrong usage or input, 3 no database.
    """
    surroundings: Surroundings = context.obj
    surroundings.database, surroundings.actor = database, actor
    if context.invoked_subcommand is None:
        surroundings.exit_code = surroundings.open_application(database, actor)
