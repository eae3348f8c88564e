"""``astra config``: the personal configuration file."""

from __future__ import annotations

import dataclasses
from typing import Any

import rich_click as click

from astra_tui import preferences
from astra_tui.cli.options import Call, bare
from astra_tui.cli.output import details, line
from models.errors import InvalidInput


@click.group("config")
def config() -> None:
    """Look at your own configuration: desk, theme, keys, and which agent you are."""


COMMANDS = {"config": config}


@config.command()
@bare
def path(call: Call) -> None:
    """Tell where the configuration file is, or would be."""
    where = preferences.config_path()
    call.tell({"path": str(where), "exists": where.is_file()}, lambda row: line(row["path"]))


@config.command()
@bare
def show(call: Call) -> None:
    """Show the configuration."""
    call.tell(
        _sound(),
        lambda row: (
            details(row.items())
            if any(value not in (None, {}) for value in row.values())
            else line("nothing is configured")
        ),
    )


@config.command()
@bare
def validate(call: Call) -> None:
    """Check the configuration file: exit code 2 and the line, if something is wrong."""
    _sound()
    where = str(preferences.config_path())
    call.tell({"path": where, "valid": True}, lambda row: line(f"{row['path']} is sound"))


def _sound() -> dict[str, Any]:
    """The preferences, if the whole file is sound. Raises InvalidInput."""
    given, problems = preferences.load()
    if problems:
        raise InvalidInput(
            "config", "; ".join(problems), "mend the file with an editor; astra config path tells where it is"
        )
    return dataclasses.asdict(given)
