"""Times in the past as people type them, as the start or end of a period."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.inputs.times.date_ranges import EXAMPLES, FEW_EXAMPLES, period, since, until
from models.calendars import Calendar
from models.clock import from_text, to_text
from models.errors import InvalidInput

NOW = "2082-11-24 09:02:03"  # 10:02 in the terminal's zone
ZONE = Calendar(timezone(timedelta(hours=1)), 0)


def there(stored: str) -> str:
    return to_text(ZONE.here(from_text(stored)))[:16]


@pytest.mark.parametrize(
    ("said", "begins", "ends"),
    [
        ("today", "2082-11-24 00:00", "2082-11-25 00:00"),
        ("Yesterday", "2082-11-23 00:00", "2082-11-24 00:00"),
        ("2082-11-22", "2082-11-22 00:00", "2082-11-23 00:00"),
        ("22.11.2082", "2082-11-22 00:00", "2082-11-23 00:00"),
        ("24.11.", "2082-11-24 00:00", "2082-11-25 00:00"),
        ("25.11.", "2081-11-25 00:00", "2081-11-26 00:00"),  # the last such day
        ("11-22", "2082-11-22 00:00", "2082-11-23 00:00"),
        ("9:00", "2082-11-24 09:00", "2082-11-24 09:00"),
        ("10:02", "2082-11-24 10:02", "2082-11-24 10:02"),
        ("22:00", "2082-11-23 22:00", "2082-11-24 22:00"),  # since last night, until tonight
        ("9am", "2082-11-24 09:00", "2082-11-24 09:00"),
        *(
            (said, meant, meant)
            for said, meant in (
                ("yesterday 17:30", "2082-11-23 17:30"),
                ("yesterday 9", "2082-11-23 09:00"),
                ("2082-11-22 09:30", "2082-11-22 09:30"),
                ("2082-11-22T09:30", "2082-11-22 09:30"),
                ("2082-11-22 09:30Z", "2082-11-22 10:30"),
                ("2082-11-22 09:30:59 UTC", "2082-11-22 10:30"),
                ("-2h", "2082-11-24 08:02"),
                ("2h ago", "2082-11-24 08:02"),
                ("2h", "2082-11-24 08:02"),
                ("60m", "2082-11-24 09:02"),
                ("3 days", "2082-11-21 10:02"),
                ("30 min ago", "2082-11-24 09:32"),
                ("- 90 minutes", "2082-11-24 08:32"),
                ("3 days ago", "2082-11-21 10:02"),
                ("-1w", "2082-11-17 10:02"),
            )
        ),
    ],
)
def test_a_period_begins_and_ends(said: str, begins: str, ends: str) -> None:
    assert (there(since(said, NOW, ZONE)), there(until(said, NOW, ZONE))) == (begins, ends)


@pytest.mark.parametrize("example", EXAMPLES.split(", "))
def test_every_example_of_the_hint_is_understood(example: str) -> None:
    assert since(example, NOW, ZONE) <= NOW


@pytest.mark.parametrize(
    "said",
    [
        *("", " ", "tomorrow", "soon", "9", "2", "-2h ago", "25:00", "13pm", "2082-13-01", "31.2."),
        *("2082-11-22 9:60", "yesterday today", "today x", "999999 weeks ago", "0001-01-01 0:00 x", "٩:٠٠"),
    ],
)
def test_an_invalid_time_is_refused_with_examples(said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        until(said, NOW, ZONE)
    assert caught.value.code == "invalid_time"
    assert "2082-11-24 10:02" in caught.value.hint
    assert FEW_EXAMPLES in caught.value.hint


def test_a_span_alone_is_refused_where_it_may_be_ahead() -> None:
    with pytest.raises(InvalidInput):
        period("2h", NOW, ZONE)
    assert there(period("2h ago", NOW, ZONE)[0]) == "2082-11-24 08:02"


FORMS = [
    *EXAMPLES.split(", "),
    "29.2.",
    "9999-12-31",
    "0001-01-01",
    "12am",
    "-999999w",
    "0:00Z",
    "02-29 9:00",
]


@given(
    st.one_of(st.text(), st.sampled_from(FORMS), st.from_regex(r"\A-?[0-9]{1,4}[-.: ]?[0-9a-z:. ]*\Z")),
    st.integers(-48, 56).map(lambda quarters: Calendar(timezone(timedelta(minutes=15 * quarters)), 0)),
)
def test_any_text_is_a_time_or_refused(text: str, zone: Calendar) -> None:
    for bound in (since, until):
        try:
            assert to_text(from_text(stored := bound(text, NOW, zone))) == stored
        except InvalidInput as error:
            assert error.hint  # noqa: PT017  # either is right; a refusal has a hint
