"""The type of a finding, and its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from peewee import PeeweeException

from models.database import current_database
from models.errors import DeskError
from models.hints import act
from models.inspection.scan import NAMED

PROBLEMS = 40  # of a check
RESTORE = f"{act('restore')} restores a backup"
REPAIR = act("doctor.repair")
# because values are not what they should be; the driver has errors of its own, below
_FAILURES = (
    PeeweeException,
    DeskError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    MemoryError,  # a damaged row may claim to be of any length
)

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """The result of one check, and what to do about it; a ``warning`` leaves the desk sound."""

    check: str
    ok: bool
    detail: str
    hint: str = ""
    warning: bool = False


def failures() -> tuple[type[Exception], ...]:
    """Return the errors of a check on a damaged database."""
    return (*_FAILURES, current_database.obj.driver_error)


def finding(check: str, sound: str, problem: str, hint: str, *, warning: bool = False) -> Finding:
    """Return a check's finding: the ``sound`` state, unless there is a ``problem``."""
    return Finding(check, False, problem, hint, warning) if problem else Finding(check, True, sound)


def guarded(check: str, examine: Callable[[], T], failed: Callable[[Finding], T]) -> T:
    """Run a check on one snapshot of the desk; what it cannot read becomes its finding."""
    try:
        with _one_moment():
            return examine()
    except failures() as error:
        words = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, MemoryError):
            words = "a row is longer than the memory"
        detail = f"cannot be checked: {words}"
        return failed(Finding(check, False, detail, RESTORE))


def _one_moment() -> AbstractContextManager[object]:
    """One snapshot; inside a transaction a savepoint, as an error would end that for some engines."""
    database = current_database.obj
    moment: AbstractContextManager[object] = (
        database.savepoint() if database.in_transaction() else database.snapshot()
    )
    return moment


def named(what: str, numbers: Sequence[object]) -> str:
    """List the first numbers found after what they are; empty for none."""
    if not numbers:
        return ""
    more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
    return f"{what}: {', '.join(map(str, numbers[:NAMED]))}{more}"


def counted(rows: Sequence[T], describe: Callable[[T], str], what: str = "wrong") -> str:
    """Count wrong rows and describe the first ones: ``2 wrong: agent 3 ..., agent 8 ...``; empty for none."""
    if not rows:
        return ""
    return f"{len(rows)} {what}: {', '.join(map(describe, rows[:NAMED]))}"


def joined(problems: Iterable[object]) -> str:
    """Join problems to one line, the first ones; empty for none."""
    texts = [str(problem) for problem in problems if str(problem)]
    more = f"; and {len(texts) - PROBLEMS} more" if len(texts) > PROBLEMS else ""
    return "; ".join(texts[:PROBLEMS]) + more
