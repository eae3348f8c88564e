"""Possible duplicates of the whole file, measured on labelled pairs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch.customers import contacts, whole_file
from dispatch.desk.desk import Desk
from dispatch.operations import configuration

HERE = Path(__file__).parent


def labelled(*names: str) -> list[dict[str, Any]]:
    return [json.loads(line) for name in names for line in (HERE / name).read_text("utf-8").splitlines()]


def entered(desk: Desk, row: dict[str, Any]) -> int:
    phone, email = contacts.phone(row["phone"]), contacts.email(row["email"])
    customer = contacts.new_customer(row["name"], phone, email, desk.now())
    customer.save()
    return customer.customer_id


def measure(desk: Desk, pairs: list[dict[str, Any]]) -> tuple[float, float, list[str]]:
    """Enter all pairs into one desk, and return precision, recall, and what was wrong."""
    configuration.set_value(desk, "country", "DE")
    with desk.transaction():
        known = {(entered(desk, pair["one"]), entered(desk, pair["other"])): pair for pair in pairs}
        found = {numbers for _, numbers, _ in whole_file.scored_pairs()}
    same = {numbers for numbers, pair in known.items() if pair["same"]}
    wrong = [
        f"{'missed' if numbers in same else 'false'}: {known.get(numbers)}"
        for numbers in sorted(found ^ same)
    ]
    return len(found & same) / len(found), len(found & same) / len(same), wrong


@pytest.mark.parametrize(
    ("files", "least"),
    [(["pairs_development.jsonl"], 400), (["pairs.jsonl", "pairs_by_hand.jsonl"], 500)],
)
def test_of_labelled_pairs_nearly_all_are_told_right(desk: Desk, files: list[str], least: int) -> None:
    pairs = labelled(*files)
    assert len(pairs) >= least
    precision, recall, wrong = measure(desk, pairs)
    assert precision >= 0.98, wrong
    assert recall >= 0.95, wrong
