"""Copying a desk to a new file or an empty database, whichever engine keeps either (docs/rules.md)."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from dispatch.desk.commands import require
from dispatch.desk.desk import Desk
from dispatch.operations.backup import checked_file, naming
from dispatch.operations.row_types import CopyResult
from models import desk_copies, opening
from models.content import Progress, Written
from models.engine import Engine
from models.errors import InvalidInput
from models.files import put_in_place
from models.postgres import is_address
from models.sqlite import copies


def copy_desk(
    desk: Desk, target: Path | str, *, dry_run: bool = False, progress: Progress | None = None
) -> CopyResult:
    """Copy everything on a desk to a path or an address, as of one moment, and compare both.

    With ``dry_run`` it is only checked, and said what would be copied. Raises Refused, InvalidInput and
    DatabaseUnavailable, and there is no copy then.
    """
    require(desk, "desk.keep")
    copy = _to_server if is_address(target) else _to_file
    with desk.reading():
        done = copy(desk.database, target, dry_run, progress)
        rows = _counts(desk.database) if done is None else done.rows
    return CopyResult(
        source=desk.database.address,
        target=opening.shown(target),
        dry_run=dry_run,
        rows=sum(rows.values()),
        tables=rows,
        digest=None if done is None else done.digest,
    )


def _counts(source: Engine) -> dict[str, int]:
    with source.snapshot():
        return {table: source.content.count(table) for table in sorted(source.content.tables())}


def _to_file(source: Engine, named: Path | str, dry_run: bool, progress: Progress | None) -> Written | None:
    target = checked_file(source, Path(named), what="target")
    is_there = os.path.lexists(target)
    if is_there and target.stat().st_size:
        raise desk_copies.is_taken(str(target))
    if dry_run:
        return None
    with naming(target), copies.beside(target) as temporary:
        written = desk_copies.fill_file(source, temporary, progress)
        try:
            put_in_place(temporary, target, force=is_there)
        except FileExistsError:  # made meanwhile
            raise desk_copies.is_taken(str(target)) from None
    return written


def _to_server(source: Engine, named: Path | str, dry_run: bool, progress: Progress | None) -> Written | None:
    database, version = opening.connect(named, create=True)
    with closing(database):
        if version and database.identity() == source.identity():
            raise InvalidInput("target", f"{database.address} is the desk itself", "name another database")
        if version:
            raise desk_copies.is_taken(database.address)
        if dry_run:
            desk_copies.rehearse(database)
            return None
        return desk_copies.fill(source, database, progress)
