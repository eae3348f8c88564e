"""What the form of an agent's presence says of the time after it."""

from __future__ import annotations

from typing import Any

import pytest

from screens.roster.presence_forms import presence_form

NOW = "2082-03-04 12:00:00"  # a Wednesday
ADA: Any = {"agent_id": 1, "name": "Ada Byron", "left_at": None, "owed": 0, "presence": "available"}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


@pytest.mark.parametrize(
    ("hours", "typed", "words"),
    [
        (None, "18:00", "= Wed 4 Mar 2082 18:00, then available"),
        ("mon-fri 09:00-17:00 +00:00", "16:00", "= Wed 4 Mar 2082 16:00, then available"),
        (
            "mon-fri 09:00-17:00 +00:00",
            "18:00",
            "= Wed 4 Mar 2082 18:00, then off shift until Thu 5 Mar 2082 09:00",
        ),
        (
            "mon-wed 09:00-17:00 +00:00",
            "17:00",
            "= Wed 4 Mar 2082 17:00, then off shift until Mon 9 Mar 2082 09:00",
        ),
    ],
)
def test_what_follows_a_presence_depends_on_the_shift(hours: str | None, typed: str, words: str) -> None:
    agent = ADA | {"hours": hours, "presence_until": None, "presence_reason": None}
    until = presence_form(agent)._fields[1]
    assert until.note is not None
    assert until.note(typed, NOW) == words
