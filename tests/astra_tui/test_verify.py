"""``astra verify``: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run
from tests.by_hand import ask, rows_of

pytestmark = pytest.mark.on_file  # a server's desk is refused: test_on_a_server.py


def test_a_sound_desk_is_said_to_be_so_as_far_as_it_was_looked_at(booked: Run, path: Path) -> None:
    before = rows_of(path)
    ended = booked("verify")
    assert ended.code == 0
    assert "1 decisions and 3 events: all that was checked follows from the log." in ended.out
    assert "not checked: 3 newest events: not sealed in the chain yet" in ended.out
    assert rows_of(path) == before


def test_what_a_person_decided_is_counted_as_not_checked(booked: Run) -> None:
    booked("booking", "reassign", 1, "--to", 1, "--reason", "speaks French")
    report = booked("verify", "--json").json
    assert report["ok"]
    assert report["first_fault"] is None
    assert report["checked"] == {"decisions": 2, "events": 4}
    assert report["not_checked"]["decisions by hand or by the shuffle: an agent was named"] == 1


def test_the_first_fault_is_named_with_what_follows(booked: Run, path: Path) -> None:
    ask(path, "UPDATE space_travel_agents SET load = 4 WHERE agent_id = 2")
    ended = booked("verify")
    assert ended.code == 1
    assert "DOES NOT FOLLOW: load of agent 2 now\nrecorded: 4\nfollows:  1" in ended.out


def test_a_fault_names_its_event_decision_and_booking(booked: Run, path: Path) -> None:
    ask(path, "UPDATE decisions SET agent_id = 1, candidates = '[[1,0,1,0.0],[2,0,9,0.0]]'")
    report = booked("verify", "--json").json
    fault = report["first_fault"]
    assert (fault["event"], fault["decision"], fault["booking"]) == (3, 1, 1)
    assert fault["what"] == "the digest"
    assert booked("verify").code == 1
