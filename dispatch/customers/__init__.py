"""Customers: their records, search, duplicates and merging."""

from dispatch.customers.apart import keep_apart
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
from dispatch.customers.whole_file import PAGE, duplicates

__all__ = [
    "CUSTOMER_KEYS",
    "MOST_COMPARED",
    "MOST_FOUND",
    "MOST_LISTED",
    "PAGE",
    "TAKEN",
    "card",
    "complete",
    "duplicates",
    "each",
    "edit",
    "filtered",
    "find",
    "first_names",
    "further_rows",
    "in_question",
    "keep_apart",
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
