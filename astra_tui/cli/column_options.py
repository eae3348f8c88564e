"""Options that say what a file's columns are: --map and --ignore, with the defaults for what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import rich_click as click

from dispatch.inputs.column_choice import ColumnChoice, pairs

DEFAULTS = ("method", "source", "destination", "launch", "requests")


def naming_columns(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options; they go with ``choice_of``."""
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


def choice_of(about: Mapping[str, Any], fields: Mapping[str, str | None]) -> ColumnChoice:
    """Return what the options say. Raises InvalidInput for a --map that is no HEAD=FIELD."""
    defaults = {name: value for name in DEFAULTS if (value := fields.get(name)) is not None}
    return ColumnChoice(pairs(about["mapped"]), about["unread"], defaults)
