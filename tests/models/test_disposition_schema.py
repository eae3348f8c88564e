"""Upgrade to dispositions: an old desk gets them, and its attempts count from then on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from dispatch import queries
from dispatch.bookings import dispositions
from dispatch.bootstrap import open_desk
from dispatch.operations import doctor
from models.bookings import Booking
from models.dispositions import FIRST
from tests.old_desk import ROWS, make_old


@pytest.mark.parametrize("schema", [9, 24])
def test_an_old_desk_offers_what_a_new_one_does(tmp_path: Path, schema: int) -> None:
    with closing(open_desk(make_old(tmp_path, schema, ROWS), actor="kim")) as desk:
        with desk.reading():
            old = dispositions.listing(retired=True)
            rows = [queries.booking(row.booking_id) for row in Booking.select()]
            found = doctor.examine(desk)
        assert [
            (row["name"], row["delay"], row["attempts"], row["ends"], row["reason"], row["reaches"])
            for row in old
        ] == [*FIRST]
        assert {(row["attempts_in_row"], row["unreachable"]) for row in rows} == {(0, False)}
        assert [
            check for check in found["checks"] if check["check"] in ("origins", "schema") and not check["ok"]
        ] == []
    with closing(open_desk(tmp_path / "new.db", create=True)) as desk, desk.reading():
        assert dispositions.listing(retired=True) == old
