"""Upgrade to the schema in which values are retired: those of older desks are all accepted."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.accepted_values import FIRST_VALUES
from dispatch.operations import doctor, lists
from tests.old_desk import ROWS, make_old


@pytest.mark.parametrize("schema", [9, 24])
def test_every_value_of_an_old_desk_is_accepted(tmp_path: Path, schema: int) -> None:
    path = make_old(tmp_path, schema, ROWS)
    with closing(open_desk(path, actor="kim")) as desk:
        with desk.reading():
            assert desk.values.of("destination") == tuple(sorted(FIRST_VALUES["destination"]))
        lists.retire_value(desk, "destination", "Mars")
        lists.rename_value(desk, "source", "Organic", "Search")
        with desk.reading():
            assert "Mars" in desk.values.known("destination")
            checks = {row["check"]: row for row in doctor.examine(desk)["checks"]}
    assert checks["schema"]["ok"], checks["schema"]
