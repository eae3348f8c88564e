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
        _sound(call),
        lambda row: (
            details(row.items())
            if any(value not in (None, {}) for value in row.values())
            else line("nothing is configured")
        ),
    )


@config.command()
@bare
def validate(call: Call) -> None:
    """Check the configuration file, keys and theme too.

    What is wrong is told with its line and, where one can be guessed, the right word: exit code 2.
    """
    _sound(call)
    where = str(preferences.config_path())
    call.tell({"path": where, "valid": True}, lambda row: line(f"{row['path']} is sound"))


def _sound(call: Call) -> dict[str, object]:
    """The preferences, if the whole file is sound. Raises InvalidInput."""
    given, problems = preferences.load(check=call.surroundings.check_preferences)
    if problems:
        raise InvalidInput(
            "config", "\n".join(problems), "mend the file with an editor; astra config path tells where it is"
        )
    return dataclasses.asdict(given)
