"""The desk's clock runs 56 years ahead and shifts years as SQLite does."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.bootstrap import open_desk
from models.clock import from_text, shift_years, to_text

# whole seconds from 1970 to 2400
MOMENTS = st.integers(0, 13_569_465_599).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
SQLITE = sqlite3.connect(":memory:")


def by_sqlite(moment: datetime, years: int) -> str:
    row = SQLITE.execute("SELECT datetime(?, ?)", (to_text(moment), f"+{years} years")).fetchone()
    return str(row[0])


@given(MOMENTS)
@example(datetime(2028, 2, 29, 12, 0, 0, tzinfo=UTC))  # 2084 has a 29 February
@example(datetime(2044, 2, 29, 23, 59, 59, tzinfo=UTC))  # 2100 has none
@example(datetime(2044, 2, 28, 23, 59, 59, tzinfo=UTC))
@example(datetime(2043, 12, 31, 23, 59, 59, tzinfo=UTC))
def test_years_are_shifted_as_sqlite_shifts_them(moment: datetime) -> None:
    assert to_text(shift_years(moment, 56)) == by_sqlite(moment, 56)


@given(MOMENTS, st.integers(0, 1000))
def test_any_shift_matches_sqlite(moment: datetime, years: int) -> None:
    assert to_text(shift_years(moment, years)) == by_sqlite(moment, years)


@given(MOMENTS)
def test_a_stored_time_reads_back_as_the_same_moment(moment: datetime) -> None:
    assert from_text(to_text(moment)) == moment


@pytest.mark.parametrize("text", ["", "2082-11-22", "2082-11-22T01:02:03", "22.11.2082 01:02:03"])
def test_other_time_formats_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not match"):
        from_text(text)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC), id="UTC"),
        pytest.param(datetime(2026, 11, 22, 3, 2, 3, tzinfo=timezone(timedelta(hours=2))), id="zone"),
        pytest.param(
            datetime(2026, 11, 22, 1, 2, 3, 999_999, tzinfo=UTC).replace(tzinfo=None),
            id="naive, cut to the second",
        ),
    ],
)
def test_the_desk_clock_is_utc_56_years_ahead(path: Path, moment: datetime) -> None:
    desk = open_desk(path, clock=lambda: moment)
    try:
        assert desk.now() == "2082-11-22 01:02:03"
    finally:
        desk.close()


def test_the_shift_is_fixed_when_the_desk_is_created(tmp_path: Path) -> None:
    moment = datetime(2044, 2, 29, 12, 0, 0, tzinfo=UTC)
    open_desk(tmp_path / "desk.db", create=True, year_shift=0).close()
    desk = open_desk(tmp_path / "desk.db", clock=lambda: moment, year_shift=56)
    try:
        assert desk.now() == "2044-02-29 12:00:00"
    finally:
        desk.close()
