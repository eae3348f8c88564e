"""Several rows in one command: a result for each, and a refused one does not affect the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from dispatch.desk.row_types import BulkResult
from models.base import BaseModel
from models.errors import DeskError, InvalidInput

MOST = 10_000

M = TypeVar("M", bound=BaseModel)

Chosen = Sequence[int] | Callable[[int], list[int]]
"""Numbers of rows, or a query that finds them, at most so many."""


def checked(noun: str, chosen: Chosen, check: Callable[[int], M]) -> dict[int, M | DeskError]:
    """Return each row that passes the check, or its refusal, in the order requested and each once.

    Raises InvalidInput for none or too many; a query may find none.
    """
    wanted = chosen(MOST + 1) if callable(chosen) else list(dict.fromkeys(chosen))
    if len(wanted) > MOST or not (wanted or callable(chosen)):
        raise InvalidInput(f"{noun}s", f"{len(wanted)} {noun}s given", f"1 to {MOST} at once")
    return {number: _verdict(number, check) for number in wanted}


def _verdict(number: int, check: Callable[[int], M]) -> M | DeskError:
    try:
        return check(number)
    except DeskError as error:
        return error


def fit(verdicts: Mapping[int, M | DeskError]) -> dict[int, M]:
    """Return the rows that passed, by number."""
    return {number: each for number, each in verdicts.items() if not isinstance(each, DeskError)}


def answer(noun: str, verdicts: Mapping[int, M | DeskError], rows: Mapping[int, object]) -> BulkResult[Any]:
    """Return a result for each: under ``noun`` the row as it is afterwards, or why it was refused."""
    results = [
        {
            f"{noun}_id": number,
            "ok": number in rows,
            noun: rows.get(number),
            "error": verdict.as_json() if isinstance(verdict, DeskError) else None,
        }
        for number, verdict in verdicts.items()
    ]
    return {"done": len(rows), "refused": len(results) - len(rows), "results": results}
