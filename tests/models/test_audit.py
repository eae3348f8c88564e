"""Events are written once: SQLite itself refuses to change or remove one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from peewee import IntegrityError

from models.audit import Event
from models.engine import Engine

AddAgent = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'nobody'",
        "UPDATE events SET at = at",
        "DELETE FROM events",
        pytest.param("INSERT OR REPLACE INTO events SELECT * FROM events", marks=pytest.mark.on_file),
    ],
)
def test_a_written_event_cannot_be_changed(database: Engine, add_agent: AddAgent, statement: str) -> None:
    add_agent()
    before = list(Event.select().tuples())
    with pytest.raises(IntegrityError, match="append-only"):
        database.run(statement, ())
    assert list(Event.select().tuples()) == before


def test_an_event_is_undone_only_once(database: Engine, add_agent: AddAgent) -> None:
    add_agent()
    Event(at="x", actor="kim", command="undo", undoes=1).save()
    with pytest.raises(IntegrityError, match="undoes"):
        Event(at="x", actor="kim", command="undo", undoes=1).save()


def test_a_request_id_is_unique(database: Engine) -> None:
    Event(at="x", actor="kim", command="lead.add", request_id="a").save()
    with pytest.raises(IntegrityError, match="request_id"):
        Event(at="x", actor="kim", command="lead.add", request_id="a").save()
