"""The customer index compared with the customers, and made again where it differs."""

from __future__ import annotations

from peewee import DatabaseError, IntegerField, fn

from models.base import DeskModel, tuples
from models.customer_index import NAME, WORD, CustomerSearch, append, backlog, documents, last_indexed
from models.customers import Customer
from models.database import current_database

AT_ONCE = 1000
UNUSED = 2  # rows of the index's own table before the first document
VERIFY = "INSERT INTO customer_search (customer_search) VALUES ('integrity-check')"
MERGE = "INSERT INTO customer_search (customer_search) VALUES ('optimize')"
REBUILD = "INSERT INTO customer_search (customer_search) VALUES ('rebuild')"


class Segment(DeskModel):
    """A page of the index itself."""

    table = "customer_search_data"

    id = IntegerField(primary_key=True)


def outdated() -> list[int]:
    """Return the indexed customers who are not found by a name, phone or e-mail, or are by another's."""
    wrong: list[int] = []
    newest = tuples(Customer.select(fn.MAX(Customer.customer_id)))[0][0] or 0
    last = last_indexed()
    for low in range(1, last + 1, AT_ONCE):
        high = min(low + AT_ONCE - 1, last)
        held = dict(tuples(CustomerSearch.select().where(CustomerSearch.customer_id.between(low, high))))
        made = documents(low, min(high, newest))
        wrong += [number for number, words in made if not _serves(held.pop(number, None), words)]
        wrong += held
    return sorted(wrong)


def _serves(held: str | None, words: str) -> bool:
    """Return whether a stored document serves as well as a new one.

    A name that begins another one of the same customer is found by it, so it may be missing.
    """
    if held is None or held == words:
        return held is not None
    wanted = _pieces(words)
    return _pieces(held) <= wanted and all(
        (piece if piece.startswith(NAME) else WORD + piece) in held for piece in wanted if piece
    )


def _pieces(document: str) -> set[str]:
    return set(document.replace(NAME, WORD + NAME).split(WORD))


def damage() -> str:
    """Describe an index that does not fit its own documents; empty if it does, or is in use just now."""
    if not last_indexed() and Segment.select().count() > UNUSED:
        return "the index was emptied"
    try:
        current_database.execute_sql(VERIFY)
    except DatabaseError as error:
        return "the index is damaged" if "malformed" in str(error) else ""
    return ""


def repair() -> int:
    """Index customers again whose documents are wrong, or all of them; return how many."""
    wrong = outdated()
    if wrong:
        for number in wrong:
            CustomerSearch.delete().where(CustomerSearch.customer_id == number).execute()
            for customer_id, words in documents(number, number):
                CustomerSearch.insert(customer_id=customer_id, words=words).execute()
    if damage():
        current_database.execute_sql(REBUILD)
        return max(len(wrong), last_indexed() or append(backlog()))
    return len(wrong)
