"""Customers have several numbers and addresses, as typed and to be compared, and a do-not-contact mark.

The main ones stay in ``customers``; further ones are in ``contact_points``. Addresses of older desks are
compared in any case and width of letters now, and none is merged with another for it.
"""

from __future__ import annotations

import unicodedata
from typing import Any

STATEMENTS = [
    "ALTER TABLE customers ADD COLUMN phone_typed TEXT",
    "ALTER TABLE customers ADD COLUMN email_typed TEXT",
    """ALTER TABLE customers ADD COLUMN do_not_contact INTEGER NOT NULL DEFAULT 0
        CHECK (do_not_contact IN (0, 1))""",
    "CREATE INDEX customers_not_contacted ON customers (customer_id) WHERE do_not_contact",
    # For the duplicates of a whole file, where sorting a million names takes longer than all the rest.
    "CREATE INDEX customers_name ON customers (name COLLATE NOCASE)",
    # Without a value once erased.
    """CREATE TABLE contact_points (
        contact_id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
        kind TEXT NOT NULL CHECK (kind IN ('phone', 'email')),
        value TEXT,
        typed TEXT,
        note TEXT,
        removed INTEGER NOT NULL DEFAULT 0,
        version INTEGER NOT NULL DEFAULT 1
    )""",
    "CREATE INDEX contact_points_value ON contact_points (value) WHERE value IS NOT NULL",
    "CREATE INDEX contact_points_customer ON contact_points (customer_id)",
    # Two customers who are known not to be one, the lower number first.
    """CREATE TABLE customers_apart (
        apart_id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
        other_id INTEGER NOT NULL REFERENCES customers (customer_id),
        removed INTEGER NOT NULL DEFAULT 0,
        version INTEGER NOT NULL DEFAULT 1,
        UNIQUE (customer_id, other_id),
        CHECK (customer_id < other_id)
    )""",
    "CREATE INDEX customers_apart_other ON customers_apart (other_id)",
]
ADDRESSES = "SELECT customer_id, email FROM customers WHERE email IS NOT NULL"


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
    for customer_id, email in db.execute_sql(ADDRESSES).fetchall():
        folded = email if email.isascii() else _folded(email)
        if folded != email:
            values = f"email = {_text(folded)}, email_typed = {_text(email)}"
            db.execute_sql(f"UPDATE customers SET {values} WHERE customer_id = {customer_id}")


def _text(value: str) -> str:
    """A text in a statement: the two engines mark a parameter differently."""
    return "'" + value.replace("'", "''") + "'"


def _folded(email: str) -> str:
    plain = unicodedata.normalize("NFKC", email).casefold()
    return unicodedata.normalize("NFKC", plain).lower()
