"""Amounts of money as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.inputs.amounts import LARGEST_CENTS, currency_sign, money_cents
from dispatch.queries import wording
from models.errors import InvalidInput


@given(st.integers(0, LARGEST_CENTS))
def test_every_amount_with_two_decimals_is_exact(cents: int) -> None:
    assert money_cents(str(Decimal(cents) / 100), "amount") == cents
    assert money_cents(f"{cents // 100}.{cents % 100:02d}", "amount") == cents


@given(st.integers(0, LARGEST_CENTS), st.sampled_from(["USD", "€", "credits", ""]))
def test_every_amount_can_be_typed_as_it_is_shown(cents: int, currency: str) -> None:
    wording.show_in(currency)
    try:
        assert money_cents(wording.money(cents / 100), "amount", currency) == cents
    finally:
        wording.show_in("")


@given(st.text() | st.floats() | st.integers() | st.from_regex(r"\A[0-9., kKmM'+-]{1,30}\Z"))
def test_any_amount_is_accepted_exactly_or_refused(value: Any) -> None:
    try:
        cents = money_cents(value, "amount")
    except InvalidInput:
        return
    assert 0 <= cents <= LARGEST_CENTS


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("25,000", "25000"),
        ("25 000", "25000"),
        ("25\u202f000.50", "25000.50"),
        ("25'000", "25000"),
        ("1,234,567.89", "1234567.89"),
        ("1,234", "1234"),
        ("25k", "25000"),
        ("25.5K", "25500"),
        ("25 k", "25000"),
        ("1.2m", "1200000"),
        ("1.234k", "1234"),
        (".5", "0.5"),
        ("$25,000", "25000"),
        ("25k $", "25000"),
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, units: str) -> None:
    assert money_cents(text, "amount", "$") == Decimal(units) * 100


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1.234", "type 1234 for thousands, or two decimal places"),
        ("1,23", "type 1.23: commas only group thousands"),
        ("1.234,50", "type 1234.50: commas only group thousands"),
        ("0.125", "use at most two decimals"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_how_to_type_it(text: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        money_cents(text, "package_revenue")
    assert (caught.value.message, caught.value.hint) == (f"'{text}' is not a package revenue", hint)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-0.01",
        "0.0001k5",
        "inf",
        "nan",
        "1e999",
        "12,34,567",
        "1,2345",
        "25 000,000",
        "5b",
        "€5",
        None,
        True,
    ],
)
def test_an_invalid_amount_is_refused_with_what_is_accepted(value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        money_cents(value, "package_revenue", "USD")
    assert caught.value.code == "invalid_package_revenue"
    assert "25.5k" in caught.value.hint


@pytest.mark.parametrize("text", ["1USD", "U S", "a,b", "dollarsandcents", "-"])
def test_a_currency_never_looks_like_a_part_of_an_amount(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        currency_sign(text)
    assert [currency_sign(each) for each in (" EUR ", "€", "off", "")] == ["EUR", "€", "", ""]
