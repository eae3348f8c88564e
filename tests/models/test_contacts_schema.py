"""Upgrade to schema 28: addresses are folded, nobody is merged, and old desks stay sound."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from dispatch import customers
from dispatch.bootstrap import open_desk
from dispatch.operations import doctor
from tests.old_desk import ROWS, make_old

PEOPLE = """INSERT INTO customers (customer_id, name, phone, email, created_at) VALUES
    (101, 'Jörg One', '01710000001', 'jörg@straße.example', '2082-01-01 00:00:00'),
    (102, 'Jörg One', '+491710000001', 'jörg@strasse.example', '2082-01-01 00:00:00'),
    (103, 'Lea Two', '+491710000001', 'lea''s@example.com', '2082-01-01 00:00:00');"""


@pytest.mark.parametrize("schema", [9, 24])
def test_an_old_desk_lists_who_may_be_one_and_merges_nobody(tmp_path: Path, schema: int) -> None:
    path = make_old(tmp_path, schema, ROWS + PEOPLE)
    with closing(open_desk(path, actor="kim")) as desk, desk.reading():
        one, other, lea = (customers.card(number) for number in (101, 102, 103))
        assert (one["email"], one["email_typed"]) == ("jörg@strasse.example", "jörg@straße.example")
        assert (other["email"], other["email_typed"]) == ("jörg@strasse.example", None)
        assert (lea["phone"], lea["email"]) == ("+491710000001", "lea's@example.com")
        assert [row["pair"] for row in customers.duplicates()] == ["101-102"]
        checks = {row["check"]: row for row in doctor.examine(desk)["checks"]}
        told = "1 phone number and 1 e-mail of several customers"
        assert checks["contacts"]["detail"] == told
        assert checks["schema"]["ok"]
        assert "customers" not in checks["values"]["detail"]
