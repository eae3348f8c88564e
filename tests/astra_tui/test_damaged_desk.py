"""Commands on a damaged desk: refused in words that lead to the doctor, with exit code 3."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run
from tests.by_hand import ask


@pytest.mark.parametrize(
    ("damage", "command", "words"),
    [
        (
            "DROP TABLE sla_warnings",
            ("issue", "open", "--text", "My bill is wrong"),
            "is damaged: ",
        ),
        ("DROP VIEW bookings_in_wait", ("sweep",), "is damaged: "),
        (
            "UPDATE space_travel_agents SET skills = 'Mars;Io'",
            ("agent", "list"),
            "skills is not a JSON array",
        ),
        ("UPDATE bookings SET changed_at = 'yesterday'", ("booking", "list"), "changed_at is no time"),
        ("DELETE FROM settings WHERE key = 'settings_version'", ("sweep",), "have no settings_version"),
    ],
)
def test_a_damaged_desk_is_told_from_a_fault_of_astra(
    booked: Run, path: Path, damage: str, command: tuple[str, ...], words: str
) -> None:
    ask(path, damage)
    ended = booked(*command)
    assert ended.code == 3
    assert words in ended.err
    assert "inside Astra" not in ended.err


def test_repair_says_what_it_made_again(booked: Run, path: Path) -> None:
    ask(path, "DROP INDEX events_request")
    ask(path, "UPDATE space_travel_agents SET rating = 1 WHERE agent_id = 1")
    ended = booked("doctor", "--repair")
    assert ended.code == 0
    assert "events_request was made again" in ended.out
    assert "agent 1: rating 1.00 is now 0.00" in ended.out
