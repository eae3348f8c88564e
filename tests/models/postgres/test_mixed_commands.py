"""After a lot of work of every kind, the doctor finds nothing on a server, either."""

from __future__ import annotations

import random
from contextlib import closing, suppress
from datetime import timedelta
from typing import Any

from dispatch.bootstrap import open_desk
from dispatch.operations.doctor import examine
from models.audit import Event
from models.errors import DeskError
from tests.mixed_commands import hire, kinds

COMMANDS = 200


def test_the_doctor_finds_nothing(address: str, clock: Any) -> None:
    chance = random.Random(39)
    with closing(open_desk(address, clock=clock, actor="kim")) as desk:
        hire(desk)
        for _ in range(COMMANDS):
            clock.moment += timedelta(seconds=chance.randint(1, 900))
            with suppress(DeskError):
                chance.choice(kinds(desk, chance))()
        with desk.reading():
            done = {event.command for event in Event.select()}
            report = examine(desk)
    assert len(done) > 10, done
    assert [row for row in report["checks"] if not row["ok"] and not row["warning"]] == []
