"""Full-text index of customers (docs/decisions/0007).

A customer's document is one folded text: every full name, then the word beginnings inside the names, then
phone and e-mail. ``customer_search`` holds the documents up to its highest id; newer customers are not
indexed yet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from peewee import Expression, IntegerField, ModelSelect, TextField, fn

from models.base import CompiledQuery, DeskModel, parameter, tuples
from models.customers import Customer, Lead

NAME = "\t\t"  # precedes every name: typed text never contains a tab
WORD = "  "  # precedes every word of a name but the first, and every word beginning
TRIGRAM = 3
LEFT_OUT = frozenset({"Mn", "Cs"})  # combining accents after decomposition; broken characters

_pieces = re.compile(r"[^\W_]+|(?:[^\w\s]|_)+")
_unprintable = re.compile(r"[\x00-\x1f\x7f]")
_phone_like = re.compile(r"[0-9+./() -]*[0-9][0-9+./() -]*")


class CustomerSearch(DeskModel):
    """A customer's document; empty if the customer was merged."""

    table = "customer_search"

    customer_id = IntegerField(primary_key=True, column_name="rowid")
    words = TextField()


def fold(text: str) -> str:
    """Fold a text for comparison: lower case, no accents."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in decomposed if unicodedata.category(letter) not in LEFT_OUT)
    return _unprintable.sub(" ", text.casefold())


MOST_WORDS = 24
"""Words of a query that are looked for; SQLite refuses a condition of some hundred parts."""


def words_in(text: str) -> tuple[str, ...]:
    """Split a query into folded words, the first of them; a phone number becomes one word of digits."""
    folded = fold(text)
    if _phone_like.fullmatch(folded):
        return ("".join(letter for letter in folded if letter in "0123456789"),)
    return tuple(folded.split()[:MOST_WORDS])


def document(names: Iterable[str], phone: str | None = None, email: str | None = None) -> str:
    """Build a customer's document, to be searched with ``needle`` and ``name_needle``."""
    full = list(dict.fromkeys(WORD.join(fold(name).split()) for name in names))
    texts = (*full, phone or "", fold(email) if email else "")
    parts = dict.fromkeys(part for text in texts for part in _beginnings(text))
    return "".join(NAME + name for name in full) + "".join(WORD + part for part in parts)


def _beginnings(text: str) -> Iterator[str]:
    """Yield the rest of a word from each boundary between letters and others, unless WORD precedes it."""
    for found in _pieces.finditer(text):
        if not text.endswith(WORD, 0, found.start()):
            yield text[found.start() :].partition(" ")[0]


def needle(word: str) -> str:
    """Return the text to look for in documents; a word too short for a trigram must begin a word there."""
    return word if len(word) >= TRIGRAM else WORD + word


def name_needle(words: Collection[str]) -> str:
    """Return the text to look for to find names that begin with these words."""
    return NAME + WORD.join(words)


def has_all(needles: Collection[str]) -> Expression:
    """Build the condition that a document, looked up by its customer, contains all needles."""
    condition: Expression = fn.INSTR(CustomerSearch.words, next(iter(needles))) > 0
    for text in list(needles)[1:]:
        condition &= fn.INSTR(CustomerSearch.words, text) > 0
    return condition


def indexed(needles: Collection[str], limit: int) -> list[int]:
    """Return the indexed customers whose documents contain all needles, newest first."""
    return _ids(_with_trigrams(needles).where(has_all(needles)), limit)


def has_more_than(number: int, needles: Collection[str]) -> bool:
    """Return whether more than ``number`` indexed customers have the needles' trigrams.

    An upper bound: the trigrams may be scattered, but no document has to be read.
    """
    return len(_ids(_with_trigrams(needles), number + 1)) > number


def _with_trigrams(needles: Collection[str]) -> ModelSelect[CustomerSearch]:
    wanted = Expression(CustomerSearch._meta.entity, "MATCH", _trigrams(needles))
    return CustomerSearch.select(CustomerSearch.customer_id).where(wanted)


def _ids(query: ModelSelect[CustomerSearch], limit: int) -> list[int]:
    ordered = query.order_by(CustomerSearch.customer_id.desc()).limit(limit)
    return [customer_id for (customer_id,) in tuples(ordered)]


def _trigrams(needles: Collection[str]) -> str:
    """Build the full-text query for all trigrams of the needles."""
    found = dict.fromkeys(
        text[place : place + TRIGRAM] for text in needles for place in range(len(text) - TRIGRAM + 1)
    )
    return " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in found)


_last_indexed = CompiledQuery(
    lambda: (
        CustomerSearch.select(CustomerSearch.customer_id).order_by(CustomerSearch.customer_id.desc()).limit(1)
    )
)
_last_customer = CompiledQuery(lambda: Customer.select(fn.MAX(Customer.customer_id)))
_document_of = CompiledQuery(
    lambda: CustomerSearch.select(CustomerSearch.words).where(
        CustomerSearch.customer_id == parameter("customer_id")
    )
)

_people = CompiledQuery(
    lambda: Customer.select(
        Customer.customer_id, Customer.name, Customer.phone, Customer.email, Customer.merged_into
    ).where(Customer.customer_id.between(parameter("low"), parameter("high")))
)
_leads = CompiledQuery(
    lambda: Lead.select(Lead.customer_id, Lead.customer_name).where(
        Lead.customer_id.between(parameter("low"), parameter("high"))
    )
)
_insert = CompiledQuery(
    lambda: CustomerSearch.insert(
        {CustomerSearch.customer_id: parameter("customer_id"), CustomerSearch.words: parameter("words")}
    )
)


def last_indexed() -> int:
    """Return the highest customer id in the index; 0 if it is empty."""
    rows = _last_indexed()
    return rows[0][0] if rows else 0


def backlog() -> int:
    """Return how many of the newest ids are not indexed yet."""
    return max(0, (_last_customer()[0][0] or 0) - last_indexed())


def documents(low: int, high: int) -> list[tuple[int, str]]:
    """Build the documents of customers ``low`` to ``high``; those of merged customers are empty."""
    used: dict[int, list[str]] = {}
    for customer_id, name in _leads(low=low, high=high):
        used.setdefault(customer_id, []).append(name)
    return [
        (customer_id, document((name, *used.get(customer_id, ())), phone, email) if merged is None else "")
        for customer_id, name, phone, email, merged in _people(low=low, high=high)
    ]


def append(limit: int) -> int:
    """Index the next customers, under the write lock; returns how many ids were processed."""
    low = last_indexed() + 1
    high = min(low + limit - 1, _last_customer()[0][0] or 0)
    for customer_id, words in documents(low, high):
        _insert(customer_id=customer_id, words=words)
    return max(0, high - low + 1)


def renew(customer_id: int) -> None:
    """Rewrite an indexed customer's document, under the write lock."""
    before = _document_of(customer_id=customer_id)
    for _, words in documents(customer_id, customer_id) if before else ():
        if words != before[0][0]:
            CustomerSearch.update(words=words).where(CustomerSearch.customer_id == customer_id).execute()


def include(customer_id: int, name: str) -> None:
    """Add a name that an indexed customer has used, if it is new."""
    before = _document_of(customer_id=customer_id)
    if before and name_needle(fold(name).split()) not in before[0][0]:
        renew(customer_id)
