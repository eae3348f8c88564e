"""Values of files: cleaned where they are only dressed differently, kept as remarks, never guessed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.inputs import cleaning
from dispatch.inputs.times.moments import DMY, MDY, moment
from dispatch.inputs.value_words import meant
from models.errors import InvalidInput
from tests.steady import STEADY, examples

ACCEPTED = {
    "method": ("Phone Call", "Text"),
    "source": ("Bought", "Organic"),
    "destination": ("Europa", "Ganymede", "Mars", "Titan", "Venus"),
    "launch": ("Dallas-Fort Worth Launch Complex", "London Ascension Platform", "New York Orbital Gateway"),
    "status": ("Pending", "Confirmed", "Cancelled"),
}


def accepted(kind: str) -> Sequence[str]:
    return ACCEPTED[kind]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("method", "phone", "Phone Call"),
        ("method", "CALL", "Phone Call"),
        ("method", "sms", "Text"),
        ("source", "Paid", "Bought"),
        ("source", " organic search ", "Organic"),
        ("status", "CONFIRMED", "Confirmed"),
        ("status", "Canceled", "Cancelled"),
        ("destination", "mars", "Mars"),
        ("launch", "London", "London Ascension Platform"),
        ("launch", "new-york", "New York Orbital Gateway"),
    ],
)
def test_values_are_known_in_other_words(kind: str, text: str, value: str) -> None:
    assert meant(kind, text, ACCEPTED[kind]) == value


@pytest.mark.parametrize(
    ("kind", "text", "known"),
    [
        ("method", "letter", ACCEPTED["method"]),
        ("method", "email", ACCEPTED["method"]),
        ("method", "Te", ACCEPTED["method"]),
        ("source", "referral", ACCEPTED["source"]),
        ("launch", "L", ACCEPTED["launch"]),
        ("launch", "London", ("London Ascension Platform", "London Heathrow")),
        ("destination", "", ACCEPTED["destination"]),
        ("method", "phone", ("Phone", "Phone Call")),
        ("source", "mars", ("Mars", "MARS")),
    ],
)
def test_an_unknown_or_ambiguous_value_is_left_to_be_refused(
    kind: str, text: str, known: Sequence[str]
) -> None:
    exact = {"phone": "Phone Call"}.get(text, text) if text in known else text
    assert meant(kind, text, known) == exact


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2081-03-01T10:00:00Z", "2081-03-01 10:00:00"),
        ("2081-03-01T10:00:00.000Z", "2081-03-01 10:00:00"),
        ("2081-03-01 10:00:00.123456", "2081-03-01 10:00:00"),
        ("2081-03-01T12:00:00+02:00", "2081-03-01 10:00:00"),
        ("2081-03-01 12:00:00+02", "2081-03-01 10:00:00"),
        ("2081-02-28T23:30:00-0130", "2081-03-01 01:00:00"),
        ("2081-03-01 10:00", "2081-03-01 10:00:00"),
        ("2081-03-01", "2081-03-01 00:00:00"),
        ("2081/3/1", "2081-03-01 00:00:00"),
        ("'2081-03-01 10:00:00 UTC", "2081-03-01 10:00:00"),
        ("13/03/2081", "2081-03-13 00:00:00"),
        ("03/13/2081 5:07 PM", "2081-03-13 17:07:00"),
        ("03/03/2081", "2081-03-03 00:00:00"),
        ("01.03.2081 10:00", "2081-03-01 10:00:00"),
        ("1 Mar 2081", "2081-03-01 00:00:00"),
        ("01-Mar-2081", "2081-03-01 00:00:00"),
        ("March 1, 2081, 12:00 am", "2081-03-01 00:00:00"),
    ],
)
def test_dates_of_other_programs_are_read(text: str, stored: str) -> None:
    assert moment(text, "date") == stored
    assert moment(stored, "date") == stored


def test_a_date_with_two_readings_is_refused_with_both() -> None:
    with pytest.raises(InvalidInput) as refused:
        moment("01/03/2081", "assigned_date_time")
    assert refused.value.message == "'01/03/2081' is 1 March 2081 or 3 January 2081"
    assert refused.value.hint == "say which comes first: --dates dmy (the day) or --dates mdy"
    assert moment("01/03/2081", "date", DMY) == "2081-03-01 00:00:00"
    assert moment("01/03/2081", "date", MDY) == "2081-01-03 00:00:00"


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2081-02-30", "2081-03-01 24:00:00", "2081-03-01 10:00:60", "2081-03-01T10:00+25:00"),
        *("01/03/81", "2081-03", "13/13/2081", "1 Foo 2081", "0000-01-01", "0001-01-01T00:00:00+02:00"),
        *("2081-03-01 13:00 pm", "20810301", "44986.5", "1 2 2081", "01/03-2081"),
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a valid booking date"):
        moment(text, "booking_date")


def test_the_other_order_is_not_tried_where_one_is_said() -> None:
    with pytest.raises(InvalidInput):
        moment("03/13/2081", "date", DMY)


@pytest.mark.parametrize(
    ("text", "decimal", "cents"),
    [
        ("150,000.00", ".", 15_000_000),
        ("150.000,00", ",", 15_000_000),
        ("4,5", ",", 450),
        ("150 000,5", ",", 15_000_050),
        ("1.500", ",", 150_000),
        ("150000", ",", 15_000_000),
        ("150000.50", ",", 15_000_050),
    ],
)
def test_amounts_are_read_with_the_decimal_sign_given(text: str, decimal: str, cents: int) -> None:
    assert cleaning.money(text, "revenue", decimal) == cents


@pytest.mark.parametrize(
    ("text", "decimal"), [("150.000,00", "."), ("4,5", "."), ("1.500", "."), ("1,500", ",")]
)
def test_an_ambiguous_amount_is_refused(text: str, decimal: str) -> None:
    with pytest.raises(InvalidInput):
        cleaning.money(text, "revenue", decimal)


def test_ids_of_a_spreadsheet_are_whole_numbers() -> None:
    assert [cleaning.identifier(text, "agent_id") for text in ("7", " 7.0", "'7", "+7.00")] == [7] * 4
    assert [cleaning.whole(text) for text in ("5.0", "5", "5.5", "x")] == ["5", "5", "5.5", "x"]
    for text in ("0", "1.5", "1,000", "", "9999999999", "\u0661x"):
        with pytest.raises(InvalidInput, match="is not a valid agent id"):
            cleaning.identifier(text, "agent_id")


@pytest.mark.parametrize(
    ("cell", "address", "rest"),
    [
        ("Ada Holm <Ada@Example.com>", "ada@example.com", ""),
        ("mailto:ada@example.com?subject=Mars", "ada@example.com", ""),
        ("ada@example.com; bob@example.com", "ada@example.com", "bob@example.com"),
        ("\u200bada@example.com\u00a0", "ada@example.com", ""),
        ("ada at example", None, "ada at example"),
        ("@home", None, "@home"),
    ],
)
def test_an_address_is_taken_out_of_what_is_around_it(cell: str, address: str | None, rest: str) -> None:
    assert cleaning.first_address(cell) == (address, rest)


def test_a_lead_is_cleaned_and_keeps_what_is_no_contact_as_a_remark() -> None:
    lead = {
        "name": "\u202aAda Holm\u202c",
        "method": "sms",
        "source": "paid",
        "destination": "mars",
        "launch": "London",
        "phone": "+1 555 0100 x12",
        "email": "ask her",
        "requests": "a window",
    }
    assert cleaning.lead(lead, accepted) == {
        "name": "Ada Holm",
        "method": "Text",
        "source": "Bought",
        "destination": "Mars",
        "launch": "London Ascension Platform",
        "phone": "+15550100",
        "email": None,
        "requests": "a window\nphone: ext. 12\nemail: ask her",
    }


@pytest.mark.parametrize("nothing", ["n/a", "N.A.", "-", "none", "NULL", "0", "#N/A"])
def test_no_contact_is_no_remark(nothing: str) -> None:
    assert cleaning.lead({"phone": nothing, "email": nothing}, accepted) == {"phone": None, "email": None}


CELLS = st.text(alphabet="0123456789+-./:,' TZapmjun@<>x\u202a\u2011", max_size=30) | st.text(max_size=30)


@settings(STEADY, max_examples=examples(200))
@given(CELLS)
def test_cleaning_refuses_only_with_a_reason_and_cleans_once(text: str) -> None:
    readers = (
        lambda cell: moment(cell, "date"),
        lambda cell: moment(cell, "date", MDY),
        lambda cell: str(cleaning.identifier(cell, "id")),
        cleaning.visible,
        cleaning.whole,
        lambda cell: cleaning.number(cell, ","),
        lambda cell: cleaning.first_address(cell).value or "",
    )
    for read in readers:
        try:
            once = read(text)
        except InvalidInput:
            continue
        assert once == "" or read(once) == once, read


@settings(STEADY, max_examples=examples(200))
@given(st.fixed_dictionaries(dict.fromkeys(("name", "method", "phone", "email", "requests"), CELLS)))
def test_a_cleaned_lead_stays_as_it_is(fields: dict[str, str]) -> None:
    once = cleaning.lead(fields, accepted)
    assert cleaning.lead(once, accepted) == once
