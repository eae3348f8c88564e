"""The search indexes compared with the rows they are made of, and made again where they differ."""

from __future__ import annotations

from models.base import tuples
from models.customer_index import NAME, WORD
from models.database import current_database
from models.search_index import SearchIndex
from models.text_index import INDEXES

AT_ONCE = 1000


def outdated(index: SearchIndex) -> list[int]:
    """Return the indexed rows that are not found by one of their words, or are by another's."""
    wrong: list[int] = []
    newest, last, table = index.newest(), index.last_indexed(), index.table
    for low in range(1, last + 1, AT_ONCE):
        high = min(low + AT_ONCE - 1, last)
        held: dict[int, str] = dict(tuples(table.select().where(table.number.between(low, high))))
        made = index.documents(low, min(high, newest))
        wrong += [number for number, words in made if not _serves(held.pop(number, ""), words)]
        wrong += [number for number, words in held.items() if words or number > newest]
    return sorted(wrong)


def _serves(held: str, words: str) -> bool:
    """Return whether a stored document serves as well as a new one.

    A name that begins another one of the same customer is found by it, so it may be missing.
    """
    if held == words:
        return True
    wanted = _pieces(words)
    return _pieces(held) <= wanted and all(
        (piece if piece.startswith(NAME) else WORD + piece) in held for piece in wanted if piece
    )


def _pieces(document: str) -> set[str]:
    return set(document.replace(NAME, WORD + NAME).split(WORD))


def damage(index: SearchIndex) -> str:
    """Describe an index that does not fit its own documents; empty if it does, or is in use just now."""
    fault = current_database.obj.full_text_fault(index.table.table)
    return f"the index of {index.rows} {fault}" if fault else ""


def repair() -> int:
    """Index rows again whose documents are wrong, or all of them; return how many."""
    return sum(map(_repair, INDEXES))


def _repair(index: SearchIndex) -> int:
    wrong, table = outdated(index), index.table
    for number in wrong:
        table.delete().where(table.number == number).execute()
        index.add(number)
    if damage(index):
        current_database.obj.rebuild_full_text(table.table)
        return max(len(wrong), index.last_indexed() or index.append(index.backlog()))
    return len(wrong)
