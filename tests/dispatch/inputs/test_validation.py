"""Accepted text, numbers and scores."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.inputs import validation
from models.errors import InvalidInput


@given(st.text())
def test_a_name_is_short_and_on_one_line_or_refused(text: str) -> None:
    try:
        name = validation.name(text)
    except InvalidInput:
        return
    assert 1 <= len(name) <= 100
    assert name == name.strip()
    assert not validation.BIDI_OVERRIDES & set(name)
    assert len(name.splitlines()) == 1
    name.encode()


@given(st.text())
def test_a_refusal_can_be_printed(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validation.name("\x00" + text + "\x00.")
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("+49 (711) 12-34", "+497111234"), ("0711/12.34", "07111234"), ("", None), (None, None)],
)
def test_a_phone_number_is_reduced_to_its_digits(typed: str | None, kept: str | None) -> None:
    assert validation.phone(typed) == kept


@pytest.mark.parametrize("typed", ["123", "1" * 21, "12 34 x", "١٢٣٤٥"])
def test_an_invalid_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        validation.phone(typed)


@pytest.mark.parametrize("typed", ["kate", "@example.com", "kate@", "kate@example", "k ate@example.com"])
def test_an_invalid_email_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        validation.email(typed)


@given(st.integers() | st.text() | st.floats())
def test_a_whole_number_is_in_its_range_or_refused(value: Any) -> None:
    try:
        number = validation.whole(value, "score", 1, 5)
    except InvalidInput:
        return
    assert number in range(1, 6)
    assert number == int(value)


@pytest.mark.parametrize("value", [-0.1, 5.1, "nan", "inf", "", None, "five"])
def test_an_invalid_rating_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        validation.rating(value)
