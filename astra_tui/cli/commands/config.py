"""``astra config``: the personal configuration file."""

from __future__ import annotations

import dataclasses

import rich_click as click

from astra_tui.cli.options import Call, bare
from astra_tui.cli.output.printing import details, line
from astra_tui.user import preferences
from models.errors import InvalidInput


@click.group("config")
def config() -> None:
    """Show your configuration: desk, theme, keys and agent."""


@config.command()
@bare
def path(call: Call) -> None:
    """Show the path of the configuration file."""
    where = preferences.config_path()
    call.show({"path": str(where), "exists": where.is_file()}, lambda row: line(row["path"]))


@config.command()
@bare
def show(call: Call) -> None:
    """Show the configuration."""
    call.show(
        _valid(call),
        lambda row: (
            details(*((key, _as_typed(value)) for key, value in row.items()))
            if any(value not in (None, {}) for value in row.values())
            else line("nothing is configured")
        ),
    )


def _as_typed(value: object) -> object:
    """Return a value as the file has it."""
    return str(value).lower() if isinstance(value, bool) else value


@config.command()
@bare
def validate(call: Call) -> None:
    """Check the configuration file, keys and theme too.

    Problems are listed by line, with a likely correction if there is one: exit code 2.
    """
    _valid(call)
    where = str(preferences.config_path())
    call.show({"path": where, "valid": True}, lambda row: line(f"{row['path']} is valid"))


def _valid(call: Call) -> dict[str, object]:
    """Return the preferences if the whole file is valid. Raises InvalidInput."""
    given, problems = preferences.load(check=call.surroundings.check_preferences)
    if problems:
        hint = "edit the file; astra config path shows where it is"
        raise InvalidInput("config", "\n".join(problems), hint)
    return dataclasses.asdict(given)
