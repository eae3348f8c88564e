"""Running one command, from its arguments to its exit code, and reporting its errors."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click
import rich_click.rich_click
from click import Abort, UsageError
from click.exceptions import ClickException, Exit, NoArgsIsHelpError

from astra_tui.cli.hints import hint_of
from astra_tui.cli.output.printing import is_dumb, narrate, printable, put_json
from astra_tui.cli.output.streams import OUTPUT_LOST, OutputLost, guarded
from astra_tui.cli.output.streams import leave_stdout as _leave_stdout
from astra_tui.cli.root import OpenApplication, Surroundings, astra
from models.errors import DeskError

if TYPE_CHECKING:
    from astra_tui.user.preferences import Check

DONE, REFUSED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
COMPLETION_VARIABLE = "_ASTRA_COMPLETE"
LINES_ONLY = "plain-slim"  # the look of help without frames and colours


def run(arguments: list[str], open_application: OpenApplication, check_preferences: Check) -> int:
    """Run a command; report errors on stderr, or as JSON with --json."""
    _never_fail_on_a_character()
    surroundings = Surroundings(open_application, check_preferences)
    with guarded():
        try:
            return _run(arguments, surroundings)
        except OutputLost as lost:
            return _report_lost(lost, surroundings)


def _run(arguments: list[str], surroundings: Surroundings) -> int:
    as_json = _wants(arguments, "--json")
    lines_only = is_dumb() or _wants(arguments, "--plain")
    rich_click.rich_click.THEME = LINES_ONLY if lines_only else None
    try:
        code = _invoke(arguments, surroundings)
        sys.stdout.flush()
        return code
    except NoArgsIsHelpError as error:
        narrate(error.message, plain=False)
        return WRONG_USAGE
    except ClickException as error:
        message = " ".join(error.format_message().split())
        return _report(as_json, WRONG_USAGE, "usage", message, _usage_hint(error))
    except DeskError as error:
        return _report(as_json, error.exit_code, error.code, error.message, hint_of(error.hint))
    except (KeyboardInterrupt, Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _leave_stdout()
        return DONE
    except OutputLost:
        raise
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _internal(as_json, error)
        what = printable(error.filename or "a temporary file")
        message, hint = f"cannot write {what}: the disk is full", "free some space, then repeat"
        return _report(as_json, REFUSED, "output", message, hint)
    except Exception as error:  # noqa: BLE001  # the last resort: a log entry instead of a traceback
        return _internal(as_json, error)


def _invoke(arguments: list[str], surroundings: Surroundings) -> int:
    if COMPLETION_VARIABLE in os.environ:
        from astra_tui.cli.commands.completion import complete

        return complete(surroundings)
    try:
        with astra.make_context("astra", list(arguments), obj=surroundings) as context:
            astra.invoke(context)
    except Exit as end:
        return end.exit_code
    return surroundings.exit_code


def _wants(arguments: list[str], option: str) -> bool:
    """Return whether the arguments have an option, even if they cannot be parsed."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return option in options


def _report(as_json: bool, exit_code: int, code: str, message: str, hint: str) -> int:
    if as_json:
        try:
            put_json({"error": {"code": code, "message": message, "hint": hint}})
            sys.stdout.flush()
            return exit_code
        except (OutputLost, BrokenPipeError):  # stderr may be better off
            _leave_stdout()
    narrate(f"Error: {message}")
    if hint:
        narrate(f"Hint: {hint}")
    return exit_code


def _report_lost(lost: OutputLost, surroundings: Surroundings) -> int:
    """Tell what was done from what was not: a script must not repeat the one."""
    _leave_stdout()
    if surroundings.has_committed:
        narrate(f"Done, but the output was lost: {lost}")
        return surroundings.exit_code
    return _report(False, REFUSED, "output", f"{OUTPUT_LOST}: {lost}", "")


def _usage_hint(error: ClickException) -> str:
    if not isinstance(error, UsageError):
        return ""
    path = error.ctx.command_path if error.ctx else "astra"
    return f"{path} -h shows its usage"


def _never_fail_on_a_character() -> None:
    """Escape characters that the terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _internal(as_json: bool, error: Exception) -> int:
    """Report a bug of Astra: the traceback goes to the log, one line to the user."""
    what = printable(f"{type(error).__name__}: {error}")
    try:
        hint = f"details are in {_log(error)}"
    except OSError as unwritable:
        hint = f"the details could not be saved: {unwritable}"
    return _report(as_json, REFUSED, "internal", f"internal error ({what})", hint)


def _log(error: Exception) -> Path:
    import traceback

    from astra_tui.user.mentions import log_path
    from models import private_files
    from models.clock import to_text, utc_now

    path = log_path()
    private_files.make_folder(path.parent)
    opener = private_files.opener
    with open(path, "a", encoding="utf-8", errors="backslashreplace", opener=opener) as log:
        log.write(f"{to_text(utc_now())} UTC\n{''.join(traceback.format_exception(error))}\n")
    return path
