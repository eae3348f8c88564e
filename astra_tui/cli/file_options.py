"""Options of commands that read files of rows: --encoding, --rejects and --ok-partial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import rich_click as click

from astra_tui.cli.options import Call
from astra_tui.cli.output.printing import narrate
from dispatch.outputs.rejected_rows import RejectedRows
from dispatch.queries.wording import plural

REFUSED = 1
FILE_OPTIONS = {
    "mapped": "--map",
    "unread": "--ignore",
    "forget": "--forget-columns",
    "dry_run": "--dry-run",
    "encoding": "--encoding",
    "rejects": "--rejects",
    "ok_partial": "--ok-partial",
}
"""The options about a file, beside --from, by the names of their parameters."""


def reading_files(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options; they go with FileOptions."""
    for option in (
        click.option("--ok-partial", is_flag=True, help="Exit with 0 although rows were refused."),
        click.option(
            "--rejects",
            metavar="FILE",
            help="Write refused rows, with the reason, to a new .csv or .jsonl file that can be read again.",
        ),
        click.option(
            "--encoding", metavar="NAME", help="The encoding, if neither UTF-8, UTF-16 nor Windows-1252."
        ),
    ):
        function = option(function)
    return function


@dataclass(frozen=True)
class FileOptions:
    """What was given for the reading of files."""

    encoding: str | None = None
    rejects: str | None = None
    ok_partial: bool = False

    def rejected_rows(self) -> RejectedRows | None:
        """Return where refused rows go. Raises InvalidInput if the file cannot be written."""
        from dispatch.inputs.rows.row import REASON  # slow to import, seldom needed

        return RejectedRows(self.rejects, REASON) if self.rejects is not None else None

    def finish(self, call: Call, rejects: RejectedRows | None, refused: int) -> None:
        """Write the refused rows, and exit with 1 if there are any and that is not --ok-partial."""
        if rejects is not None and rejects.write():
            narrate(
                f"{plural(rejects.count, 'refused row')} in {rejects.path}: put them right and read it again"
            )
        if refused and not self.ok_partial:
            call.surroundings.exit_code = REFUSED


def without_file(about: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Refuse options about a file, each named as it is written, where there is none."""
    if any(value or value == "" for value in about.values()):
        raise click.UsageError(f"{', '.join(names.values())} go with --from FILE")


def instead_of_file(given: Mapping[str, object], noun: str) -> None:
    """Refuse the fields of a single row, each by its option, beside a file."""
    for name, value in given.items():
        if value is not None:
            raise click.UsageError(f"--{name} and --from exclude each other: the file has the {noun}s")
