"""Options that say what a file's columns are, --map and --ignore, and how they were understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import rich_click as click

from astra_tui.cli.output.printing import line


def naming_columns(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options; they go with ``take_in`` in row_files."""
    for option in (
        click.option(
            "--ignore", "unread", metavar="HEAD", multiple=True, help="With --from: do not read this column."
        ),
        click.option(
            "--map",
            "mapped",
            metavar="HEAD=FIELD",
            multiple=True,
            help="With --from: the column HEAD is this field.",
        ),
    ):
        function = option(function)
    return function


def print_columns(columns: Mapping[str, str], defaults: Mapping[str, str], ignored: Sequence[str]) -> None:
    """Print which head of a file each field is from, what fills a missing one, and what is not read."""
    for field, heads in columns.items():
        line(f"{field:<12} from {heads}")
    for field, value in defaults.items():
        line(f"{field:<12} {value}, where the file has none")
    if ignored:
        line(f"{'ignored':<12} {', '.join(ignored)}")
