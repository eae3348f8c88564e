"""Options that say what a file's columns are: --map and --ignore."""

from __future__ import annotations

from collections.abc import Callable

import rich_click as click


def naming_columns(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options; they go with ``choice_of`` in lead_files."""
    for option in (
        click.option(
            "--ignore", "unread", metavar="HEAD", multiple=True, help="With --from: do not read this column."
        ),
        click.option(
            "--map",
            "mapped",
            metavar="HEAD=FIELD",
            multiple=True,
            help="With --from: the column HEAD is this field of a lead.",
        ),
    ):
        function = option(function)
    return function
