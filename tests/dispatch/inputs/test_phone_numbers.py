"""Telephone numbers as people and programs write them: one number in every dress, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.inputs import validation
from dispatch.inputs.phone_numbers import bare, dresses, first_number, national, reduced
from models.errors import InvalidInput
from tests.steady import STEADY, examples

MOBILE = "+491710000001"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+49 171 0000001", MOBILE),
        ("0049 171 0000001", MOBILE),
        ("00 49 (0)171-0000001", MOBILE),
        ("+49 (0)171 0000001", MOBILE),
        ("+49 0171 0000001", MOBILE),
        ("(+49) 171 0000001", MOBILE),
        ("tel:+49-171-0000001", MOBILE),
        ("'+49 171 0000001", MOBILE),
        ("\u202a+49 171 0000001\u202c", MOBILE),
        ("\ufeff+49\u2011171\u20110000001\u200b", MOBILE),
        ("+49\u00a0171\u20120000001", MOBILE),
        ("\uff0b49 171 \uff10\uff10\uff10\uff10\uff10\uff10\uff11", MOBILE),
        ("491710000001.0", "491710000001"),
        ("0171/0000001", "01710000001"),
        ("+39 (0)6 6982 0000", "+390669820000"),
        ("+7 (0)495 123", "+7495123"),
        ("+999 (0)12 345", "+99912345"),
        ("0711", "0711"),
        ("0000", "0000"),
    ],
)
def test_a_number_is_read_in_every_dress(text: str, number: str) -> None:
    assert reduced(text) == number == validation.phone(text)


@pytest.mark.parametrize(
    "text", ["123", "1" * 21, "+", "call me", "0711 1234 x12", "+49 1 +49 2", "1.555E+10", "12:34", "\u200b"]
)
def test_what_is_no_number_is_refused_where_it_is_typed(text: str) -> None:
    assert reduced(text) is None
    with pytest.raises(InvalidInput, match="is not a phone number"):
        validation.phone(text)


@pytest.mark.parametrize(
    ("cell", "number", "rest"),
    [
        ("+1 (555) 010-2002 x12", "+15550102002", "ext. 12"),
        ("+1 555 010 2002 ext. 12", "+15550102002", "ext. 12"),
        ("tel:+1-201-555-0123;ext=99", "+12015550123", "ext. 99"),
        ("0711 1234 Durchwahl 5", "07111234", "ext. 5"),
        ("p:+15551234567", "+15551234567", ""),
        ("Mobile: 0171 1234567", "01711234567", ""),
        ("+1 555 0100 (home)", "+15550100", ""),
        ("+49 171 1111111 / +49 172 2222222", "+491711111111", "+49 172 2222222"),
        ("+1 555 0100 +1 555 0101", "+15550100", "+1 555 0101"),
        ("0711 123456 or 0712 9999", "0711123456", "0712 9999"),
        ("0711 1234; 0712 99 x5", "07111234", "0712 99 x5"),
        ("ask for Ada, 0711 1234", "07111234", "ask for Ada"),
        ("0711/123456", "0711123456", ""),
        ("see e-mail", None, "see e-mail"),
        ("1.5550102004E+10", None, "1.5550102004E+10"),
    ],
)
def test_a_cell_gives_its_first_number_and_keeps_the_rest(cell: str, number: str | None, rest: str) -> None:
    assert first_number(cell) == (number, rest)


def test_a_number_is_looked_for_as_older_desks_hold_it() -> None:
    assert {MOBILE, "00491710000001", "+4901710000001"} <= set(dresses(MOBILE))
    assert dresses("0711123456") == ["0711123456"], "whose country is not known"


@pytest.mark.parametrize(
    ("digits", "own"),
    [
        ("01710000001", "10000001"),
        (MOBILE, "10000001"),
        ("0711123", "711123"),
        ("+711123", "711123"),
        ("0012", ""),
        ("", ""),
    ],
)
def test_a_number_is_searched_by_its_last_digits(digits: str, own: str) -> None:
    assert national(digits) == own
    assert own in MOBILE + "711123"


NUMBERS = st.text(alphabet="0123456789+()-./ x;,\u202a\u2011\u0661", max_size=30) | st.text(max_size=30)


@settings(STEADY, max_examples=examples(200))
@given(NUMBERS)
def test_reading_twice_changes_nothing(text: str) -> None:
    assert bare(bare(text)) == bare(text)
    found = first_number(text)
    for number in filter(None, (reduced(text), found.value)):
        assert reduced(number) == number
        assert validation.phone(number) == number
