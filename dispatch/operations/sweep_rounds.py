"""Sweeping a desk all the time: one process a desk, round after round, whatever happens to the file."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from dispatch.desk.desk import Desk
from dispatch.desk.terminal.account import process_account
from dispatch.operations.row_types import SweepResult
from dispatch.operations.sweep import sweep_and_back_up
from dispatch.operations.sweep_record import absence
from dispatch.queries.wording import moment
from models.errors import DatabaseUnavailable, DeskError, Refused
from models.hints import act
from models.opening import place_of
from models.sweepers import Claim, Held, Sweeper

FINAL = ("newer_database", "already_swept", "no_claim")
"""Errors that end the rounds; after any other one the next round tries again."""
PASSING = ("locked",)
"""Errors that do not end the first round, either."""


class Round(NamedTuple):
    """What one round did at ``at``, or the error that kept it from sweeping; ``note`` is for people."""

    at: str | None
    done: SweepResult | None
    error: DeskError | None = None
    note: str = ""


class Rounds:
    """Rounds of sweeping, for as long as the block runs: no other process may do the same.

    The desk is opened for each round and closed after it. So a file that is moved, replaced or restored
    between two rounds is never written to under another name, and needs no watching.
    """

    def __init__(
        self, path: Path | str, every_s: int, opened: Callable[[], AbstractContextManager[Desk]]
    ) -> None:
        self.path = path
        self.every_s = every_s
        self._opened = opened
        self._claim: Claim | None = None
        self._since = ""
        self._desk_id: str | None = None
        self._place: object = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._claim is not None:
            self._claim.release()

    def keep_on(self, wait: Callable[[float], bool], tell: Callable[[Round], object]) -> None:
        """Sweep and tell of it, again and again, until ``wait(seconds)`` returns True.

        Raises DeskError for what no later round could change: a desk of a newer Astra, another sweeper, and
        whatever is wrong with the desk from the beginning.
        """
        tell(self.next(is_first=True))
        while not wait(self.every_s):
            tell(self.next())

    def next(self, *, is_first: bool = False) -> Round:
        """Do one round; see ``keep_on`` for what it raises."""
        try:
            with self._opened() as desk:
                return self._sweep(desk)
        except (DeskError, OSError) as cause:
            error = cause if isinstance(cause, DeskError) else _unreachable(self.path, cause)
            if error.code in FINAL or (is_first and error.code not in PASSING):
                raise error from cause
            return Round(None, None, error)

    def _sweep(self, desk: Desk) -> Round:
        if desk.why_read_only:
            raise desk.database.unwritable()
        self._since = self._since or desk.now()
        self._take_claim(desk)
        note = self._notice(desk) or absence(desk)
        return Round(desk.now(), sweep_and_back_up(desk), note=note)

    def _take_claim(self, desk: Desk) -> None:
        mine = Sweeper(os.getpid(), platform.node(), process_account(), self._since, self.every_s)
        try:
            self._claim = self._claim or desk.database.sweep_record.claim()
            self._claim.take(mine)
        except Held as held:
            raise _already_swept(self.path, held.sweeper) from held
        except OSError as error:
            problem = f"cannot lock {self.path} for sweeping: {error.strerror or error}"
            hint = f"keep the desk in a local, writable folder; or schedule {act('sweep')} with cron"
            raise Refused("no_claim", problem, hint) from error

    def _notice(self, desk: Desk) -> str:
        """Return the words for another file that has the path now."""
        was, self._place = self._place, place_of(self.path).identity()
        known, self._desk_id = self._desk_id, desk.settings.desk_id
        if known is not None and known != self._desk_id:
            return f"Another desk is at {self.path} now: sweeping that one"
        if was is not None and was != self._place:
            return f"Another file of the same desk is at {self.path} now: sweeping that one"
        return ""


def _already_swept(path: Path | str, sweeper: Sweeper | None) -> Refused:
    who = "another process"
    if sweeper is not None:
        since = moment(sweeper.since)
        who = f"process {sweeper.pid} of {sweeper.account} on {sweeper.host}, since {since}"
    hint = f"end that process first; {act('sweep')} without --every also works beside it"
    return Refused("already_swept", f"{path} is already being swept by {who}", hint)


def _unreachable(path: Path | str, error: OSError) -> DatabaseUnavailable:
    problem = f"cannot reach {path} ({error.strerror or error})"
    return DatabaseUnavailable("cannot_open", problem, "check the path and its permissions")
