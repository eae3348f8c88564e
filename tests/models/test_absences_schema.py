"""Upgrade to the schema with planned absences, cover and holidays: a desk from before has none of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from dispatch.agents.holidays import list_holidays, set_holidays
from dispatch.agents.planned_absences import add, list_absences
from dispatch.bootstrap import open_desk
from dispatch.operations import doctor
from models.agents import Agent
from tests.conftest import TestClock
from tests.old_desk import ROWS, make_old
from verify.checker import Checker

AGENT = """INSERT INTO space_travel_agents
    (first_name, last_name, job_title, department, years_of_service, rating, load, capacity, presence, hours,
    prior_rating, prior_answers, score_sum, score_count, offers_missed, specialisations, languages,
    issue_load)
    VALUES ('Ada', 'Byron', 'Space Travel Agent', 'Luxury Voyages', 3, 0, 0, 10, 'available',
    'daily 09:00-17:00 +00:00', 0, 0, 0, 0, 0, '[]', '[]', 0);
"""


@pytest.mark.parametrize("schema", [9, 24])
def test_an_old_desk_plans_from_now_on(tmp_path: Path, schema: int) -> None:
    path = make_old(tmp_path, schema, ROWS + AGENT)
    with closing(open_desk(path, clock=TestClock(), actor="kim")) as desk:
        with desk.reading():
            before = Agent.get_by_id(1)
            assert (before.region, before.hours) == (None, "daily 09:00-17:00 +00:00")
            assert (list_absences(desk.now()), list_holidays()) == ([], [])
        assert add(desk, 1, "fri", "fri")["from_at"] == "2082-03-06 00:00:00"
        assert set_holidays(desk, lines=["2082-03-02"])["added"] == 1
        with desk.reading():
            broken = [one for one in doctor.examine(desk)["checks"] if not (one["ok"] or one["warning"])]
        assert [one["check"] for one in broken if one["check"] in ("schema", "types", "absences")] == []
    assert Checker(path).run()["first_fault"] is None
