"""The kinds of work that are killed: a command each, with what has to happen before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from tests.races.killing.desk_at_work import furnish, opened

REQUEST = "request 1"
ADDRESS = "address"
COMMAND, FINGERPRINT = 3, 10  # columns of events
Tell = Callable[[object], None]
Dump = dict[str, list[tuple[Any, ...]]]
"""All rows of all tables in order, and under "schema" everything that was created; empty for no desk."""


def as_it_is(dump: Dump) -> Dump:
    return dump


def prepared_already(_folder: Path) -> None:
    """The desk at work will do."""


@dataclass(frozen=True)
class Kind:
    """One kind of work in a folder with a desk, which may be on a server unless there are ``copies``.

    ``prepare`` makes the folder ready. ``act`` does the work: it tells ``None`` when the desk is open, then
    the answer, as soon as a person would see it; ``answers_again`` if it gives the same one when it is run
    again. ``loads`` are modules to be loaded before, as they take long.

    ``in_parts``: it has several commits, and a kill may leave any of them, as long as the desk is sound.
    Run again, it ends as if it had never been killed.
    ``left_out`` makes equal what differs by nature. ``copies`` are patterns of the files that are copies of
    the desk: each is whole, as before or as after.
    """

    prepare: Callable[[Path], object]
    act: Callable[[Path, Tell], object]
    answers_again: bool = True
    loads: tuple[str, ...] = ()
    in_parts: bool = False
    left_out: Callable[[Dump], Dump] = as_it_is
    copies: tuple[str, ...] = ()


def file_in(folder: Path) -> Path:
    return folder / "desk.db"


def desk_in(folder: Path) -> Path | str:
    """The desk of a folder: its file, or the database on a server whose address is written there."""
    at = folder / ADDRESS
    return at.read_text("utf-8") if at.exists() else file_in(folder)


def make_desk(folder: Path) -> None:
    """Make the desk that every kind begins with."""
    with_desk(folder, furnish, create=True)


def with_desk(folder: Path, work: Callable[[Desk], Any], *, create: bool = False) -> None:
    desk = opened(desk_in(folder), create=create)
    try:
        work(desk)
    finally:
        desk.close()


def command(
    run: Callable[[Desk], Any],
    before: Callable[[Desk], Any] | None = None,
    *,
    answers_again: bool = True,
    loads: tuple[str, ...] = (),
) -> Kind:
    """A command of one transaction, with a request id; ``answers_again`` if it takes one."""

    def prepare(folder: Path) -> None:
        if before is not None:
            with_desk(folder, before)

    def act(folder: Path, tell: Tell) -> None:
        desk = opened(desk_in(folder))
        tell(None)
        with desk.request(REQUEST):
            tell(run(desk))
        desk.close()

    return Kind(prepare, act, answers_again, loads)


def several(*steps: Callable[[Desk], Any]) -> Callable[[Desk], None]:
    """One step after the other."""

    def run(desk: Desk) -> None:
        for step in steps:
            step(desk)

    return run


def set_to(key: str, value: str) -> Callable[[Desk], Any]:
    """Set a setting."""
    return lambda desk: configuration.set_value(desk, key, value)
