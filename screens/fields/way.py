"""The way of enter through a form: the same in every form of several fields."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def next_stop(here: str, fields: Sequence[str], lacking: Collection[str]) -> str:
    """Return the field that enter leads to: the next one that is still ``lacking`` a value, else the last.

    It is "" for the last one, where enter submits. Tab goes to every field.
    """
    rest = fields[fields.index(here) + 1 :]
    return next((each for each in rest if each in lacking), rest[-1] if rest else "")
