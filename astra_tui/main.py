"""The ``astra`` command: the command line, or the application."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from astra_tui import __version__
from astra_tui.cli.output.streams import OUTPUT_LOST, OutputLost, guarded, leave_stdout, open_missing

if TYPE_CHECKING:
    from astra_tui.user.preferences import Preferences

# Peewee imports every database driver it finds, which takes longer than all of Astra; this version
# opens SQLite files only.
UNUSED_DRIVERS = ("psycopg2cffi", "psycopg2", "psycopg", "pymysql", "MySQLdb")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code (docs/cli.md)."""
    given = sys.argv[1:] if arguments is None else arguments
    open_missing()
    if given == ["--version"]:
        return _print_version()
    _import_peewee_alone()
    from astra_tui.cli.run import run

    return run(given, open_application, check_preferences)


def _print_version() -> int:
    with guarded():
        try:
            sys.stdout.write(f"astra {__version__}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            leave_stdout()
        except OutputLost as lost:
            leave_stdout()
            sys.stderr.write(f"Error: {OUTPUT_LOST}: {lost}\n")
            return 1
    return 0


def open_application(database: str | None, actor: str | None) -> int:
    """Run the application on a database (None: the user's own) and return its exit code.

    Raises InvalidInput without a terminal, and DatabaseUnavailable before the screen is taken.
    """
    _check_terminal()
    from functools import partial

    from astra_tui.cli.database import database_to_create, opened
    from astra_tui.cli.identity import identify_application, is_open, named_file

    path = database_to_create(database)
    identify = partial(identify_application, actor=actor, named=named_file())
    with opened(path, actor, create=True, identifies=False) as desk:
        identify(desk)
        is_closed, actor, is_new = not is_open(desk), desk.actor, desk.is_new
    from astra_tui.app import AstraApp
    from astra_tui.user import preferences

    wanted, problems = preferences.load(check=check_preferences)
    file = preferences.config_path()  # by its name alone: a message has little room
    shown = [problem.replace(str(file), file.name) for problem in problems]
    app = AstraApp(
        database=path,
        actor=actor,
        preferences=wanted,
        problems=shown,
        is_new=is_new,
        identify=identify if is_closed else None,
    )
    app.is_alone = True
    app.run()
    return 1 if app.return_code is None else app.return_code  # None: it ended unasked


def _check_terminal() -> None:
    """Raise InvalidInput where the application cannot be drawn."""
    from astra_tui.cli.output.printing import is_dumb
    from models.errors import InvalidInput

    if not has_terminal():
        raise InvalidInput(
            "terminal",
            "the application needs a terminal, and there is none here",
            "give a command instead: astra -h lists them",
        )
    if is_dumb():
        raise InvalidInput(
            "terminal",
            "the application draws, and this terminal only takes lines (TERM=dumb)",
            "every screen has its command: astra -h lists them, --plain reads well aloud",
        )


def check_preferences(wanted: Preferences) -> dict[str, str]:
    """Return what is wrong with the configured keys and theme; see preferences.Check."""
    from screens.base.theme import problem_of
    from screens.shell.keymap import problems_of

    wrong = {f"keymap.{name}": problem for name, problem in problems_of(wanted.keymap).items()}
    theme = problem_of(wanted.theme)
    return wrong | ({"theme": theme} if theme else {})


def has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _import_peewee_alone() -> None:
    if "peewee" in sys.modules:
        return
    hidden = [name for name in UNUSED_DRIVERS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: importing it fails at once
    try:
        import peewee  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]


if __name__ == "__main__":
    sys.exit(main())
