"""Customers: their records, search, duplicates and merging."""

from dispatch.customers.contacts import further_rows, standing, written
from dispatch.customers.duplicates import (
    MOST_COMPARED,
    first_names,
    in_question,
    similar,
    suggestions,
    suspects,
)
from dispatch.customers.merging import TAKEN, merge, preview_merge
from dispatch.customers.recognition import note_on, recognise, recognised
from dispatch.customers.records import MOST_LISTED, card, complete, edit, refuse_erased
from dispatch.customers.search import CUSTOMER_KEYS, MOST_FOUND, each, filtered, find

__all__ = [
    "CUSTOMER_KEYS",
    "MOST_COMPARED",
    "MOST_FOUND",
    "MOST_LISTED",
    "TAKEN",
    "card",
    "complete",
    "each",
    "edit",
    "filtered",
    "find",
    "first_names",
    "further_rows",
    "in_question",
    "merge",
    "note_on",
    "preview_merge",
    "recognise",
    "recognised",
    "refuse_erased",
    "similar",
    "standing",
    "suggestions",
    "suspects",
    "written",
]
