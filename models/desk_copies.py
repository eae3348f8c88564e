"""A desk copied whole, from any engine to any: as of one moment, all or nothing (docs/decisions/0040)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from models.base import tuples
from models.content import Progress, Written, transfer
from models.dispositions import Disposition
from models.engine import Engine
from models.errors import Refused
from models.policy_indexes import keep_order
from models.settings import Setting
from models.sqlite import copies
from models.sqlite.new_file import new_file


class _Rehearsed(Exception):
    """The end of a rehearsal: what was made is rolled back."""


def fill_file(source: Engine, path: Path, progress: Progress | None = None) -> Written:
    """Fill an empty file with a desk's rows; whole and on the disk in the end. Raises DeskErrors."""
    with new_file(path) as made:
        return fill(source, made, progress)


def fill(source: Engine, target: Engine, progress: Progress | None = None) -> Written:
    """Make a desk of an empty target, with another's rows, in one transaction. Raises DeskErrors."""
    done: list[Written] = []

    def arrive() -> None:
        Disposition.delete().execute()  # what a new desk begins with
        with target.content.unhindered():
            done.append(transfer(source.content, target.content, progress))
        keep_own_order()

    tables = source.content.tables()
    with source.active(), source.snapshot():
        source.content.hold(tables)
        with target.active():
            target.upgrade(arrive)
    if not done:
        raise is_taken(target.address)
    return done[0]


def write_file(source: Engine, path: Path) -> None:
    """Copy a desk into an empty file: page by page if it is one. Raises DeskErrors, driver's errors."""
    if source.is_file:
        copies.copy_file(source.file, path)
    else:
        fill_file(source, path)


def replace(desk: Engine, copy: Engine, locked: Callable[[], object]) -> None:
    """Replace a desk's rows by those of a copy, in one transaction, as ``Engine.take_over`` says."""
    with desk.active(), desk.transaction():
        locked()
        with copy.active(), copy.snapshot(), desk.content.replaced():
            transfer(copy.content, desk.content)
        keep_own_order()


def keep_own_order() -> None:
    """Make the indexes of the policy that a desk's settings name, and of no other; a new desk's has none."""
    named = tuples(Setting.select(Setting.value).where(Setting.key == "policy"))
    keep_order(named[0][0] if named else "")


def rehearse(target: Engine) -> None:
    """Make a desk of an empty target and undo that: raises what would keep a copy from being made."""

    def end() -> None:
        raise _Rehearsed

    with suppress(_Rehearsed), target.active():
        target.upgrade(end)


def is_taken(target: str) -> Refused:
    """Return the refusal to copy into what holds something."""
    return Refused("not_empty", f"{target} is not empty", "copy into a new file, or an empty database")
