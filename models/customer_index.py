"""Full-text index of customers (docs/decisions/0007).

A customer's document is one folded text: every full name, then the word beginnings inside the names, then
phone and e-mail.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from peewee import fn

from models.base import CompiledQuery, parameter, tuples
from models.customers import ContactPoint, Customer, Lead
from models.folding import fold
from models.search_index import TRIGRAM, SearchIndex, SearchTable
from models.sql import listed

NAME = "\t\t"  # precedes every name: typed text never contains a tab
WORD = "  "  # precedes every word of a name but the first, and every word beginning

PIECES = re.compile(r"[^\W_]+|(?:[^\w\s]|_)+")
# Scripts without spaces between words, of which any letter may begin one: Chinese, Japanese, Thai and others;
# of Korean syllables, which decompose, the first letters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u115f\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uf900-\ufaff\U00020000-\U0003ffff]"
)
_phone_like = re.compile(r"[0-9+./() -]*[0-9][0-9+./() -]*")


class CustomerSearch(SearchTable):
    """A customer's document; empty if the customer was merged."""

    table = "customer_search"


MOST_WORDS = 24
"""Words of a query that are looked for; SQLite refuses a condition of some hundred parts."""


def words_in(text: str) -> tuple[str, ...]:
    """Split a query into folded words, the first of them; a phone number becomes one word of digits."""
    folded = fold(text)
    if _phone_like.fullmatch(folded):
        return ("".join(letter for letter in folded if letter in "0123456789"),)
    return tuple(folded.split()[:MOST_WORDS])


def document(names: Iterable[str], *contacts: str | None) -> str:
    """Build a customer's document, to be searched with ``needle`` and ``name_needle``."""
    full = list(dict.fromkeys(WORD.join(fold(name).split()) for name in names))
    texts = (*full, *(fold(contact) for contact in contacts if contact))
    parts = dict.fromkeys(part for text in texts for part in _beginnings(text))
    return "".join(NAME + name for name in full) + "".join(WORD + part for part in parts)


def _beginnings(text: str) -> Iterator[str]:
    """Yield the rest of a word from each boundary between letters and others, and what is ``within``."""
    for found in PIECES.finditer(text):
        if not text.endswith(WORD, 0, found.start()):
            yield text[found.start() :].partition(" ")[0]
    for word in text.split():
        yield from within(word)


def within(word: str) -> Iterator[str]:
    """Yield what a word is also found by: without its apostrophes, and from any letter of unspaced script."""
    if "'" in word.strip("'"):
        yield word.replace("'", "")
    if not word.isascii():
        for found in _UNSPACED.finditer(word, 1):
            yield word[found.start() : found.start() + TRIGRAM - 1]


def needle(word: str) -> str:
    """Return the text to look for in documents; a word too short for a trigram must begin a word there."""
    return word if len(word) >= TRIGRAM else WORD + word


def name_needle(words: Collection[str]) -> str:
    """Return the text to look for to find names that begin with these words."""
    return NAME + WORD.join(words)


_last_customer = CompiledQuery(lambda: Customer.select(fn.MAX(Customer.customer_id)))
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


_further = CompiledQuery(
    lambda: ContactPoint.select(ContactPoint.customer_id, ContactPoint.value).where(
        ContactPoint.customer_id.between(parameter("low"), parameter("high")),
        ContactPoint.value.is_null(False),
        ~ContactPoint.removed,
    )
)


def documents(low: int, high: int) -> list[tuple[int, str]]:
    """Build the documents of customers ``low`` to ``high``; those of merged customers are empty.

    What a merged one had is in the document of the customer who remains.
    """
    used: dict[int, list[str]] = {}
    for customer_id, name in _leads(low=low, high=high):
        used.setdefault(customer_id, []).append(name)
    known = _of_merged(low, high)
    for customer_id, contact in _further(low=low, high=high):
        known.setdefault(customer_id, []).append(contact)
    return [
        (
            customer_id,
            document((name, *used.get(customer_id, ())), phone, email, *known.get(customer_id, ()))
            if merged is None
            else "",
        )
        for customer_id, name, phone, email, merged in _people(low=low, high=high)
    ]


def _of_merged(low: int, high: int) -> dict[int, list[str]]:
    """The contacts of customers merged into those of a range, in whatever steps."""
    known: dict[int, list[str]] = {}
    whose = dict(_merged(low=low, high=high))
    seen: set[int] = set()
    while whose:
        seen |= whose.keys()  # a damaged desk may have a circle
        people = listed(whose)
        main = Customer.select(Customer.customer_id, Customer.phone, Customer.email)
        rows = tuples(main.where(Customer.customer_id.in_(people)))
        further = ContactPoint.select(ContactPoint.customer_id, ContactPoint.value)
        rows += tuples(further.where(ContactPoint.customer_id.in_(people), ~ContactPoint.removed))
        for number, *contacts in rows:
            known.setdefault(whose[number], []).extend(filter(None, contacts))
        deeper = Customer.select(Customer.customer_id, Customer.merged_into)
        found = tuples(deeper.where(Customer.merged_into.in_(people)))
        whose = {number: whose[into] for number, into in found if number not in seen}
    return known


_merged = CompiledQuery(
    lambda: Customer.select(Customer.customer_id, Customer.merged_into).where(
        Customer.merged_into.between(parameter("low"), parameter("high"))
    )
)
CUSTOMERS = SearchIndex("customers", CustomerSearch, _last_customer, documents)


def include(customer_id: int, name: str) -> None:
    """Add a name that an indexed customer has used, if it is new."""
    before = CUSTOMERS.document_of(customer_id)
    if before is not None and name_needle(fold(name).split()) not in before:
        CUSTOMERS.renew(customer_id)
