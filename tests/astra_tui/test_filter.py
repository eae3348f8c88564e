"""``--filter`` on every listing and batch: one language, refused by name where it cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents
from dispatch.desk.desk import Desk
from tests.astra_tui.conftest import Run


@pytest.mark.parametrize(
    ("listing", "text", "found"),
    [
        ("booking list", "kate status:pend", 1),
        ("booking list", "not to:mars", 0),
        ("booking list", "to:venus or agent:hopper", 1),
        ("booking list --agent 2 --status pending --text nguyen", "created>2000-01-01 from:dal", 1),
        ("booking list --status confirmed", "status:pending", 0),
        ("agent list", "load>=1", 1),
        ("agent list", "grace or load:0", 2),
        ("agent list --limit 1", "department:prem", 1),
        ("issue list", "category!=refund (priority<=medium or is:waiting)", 1),
        ("issue list", "status:closed", 0),
        ("issue list --all", "not status:closed", 1),
        ("issue list", "is:mine", 0),  # the configuration says of nobody that it is they
        ("log", "command:lead.add or by:nobody", 1),
        ("log --agent 1", "not command:agent.add", 0),
        ("customer find", "name:kate open>0", 1),
        ("customer find kate", "not nguyen", 0),
        ("customer find", "ngu", 1),
    ],
)
def test_what_a_filter_finds(booked: Run, listing: str, text: str, found: int) -> None:
    booked("issue", "open", "--text", "When does the office open?")
    ended = booked(*listing.split(), "--filter", text, "--json")
    assert len(ended.json) == found, ended.err


@pytest.mark.parametrize(
    ("listing", "text", "code", "hint"),
    [
        ("booking list", "status:lost", "invalid_status", "accepted: Pending, Confirmed, Cancelled"),
        ("booking list", "stauts:x", "invalid_key", "did you mean status? accepted: status, is, agent"),
        ("agent list", "load>many", "invalid_load", ""),
        ("issue list", "priority>=hihg", "invalid_priority", "did you mean high?"),
        ("log", "since:soon", "invalid_time", "today, 9:00, -2h"),
        ("customer find", "(kate", "invalid_filter", "quote it"),
        ("booking cancel --reason x", "to:pluto", "invalid_destination", "accepted: Europa"),
    ],
)
def test_what_cannot_be_read_is_wrong_input(
    booked: Run, listing: str, text: str, code: str, hint: str
) -> None:
    ended = booked(*listing.split(), "--filter", text, "--json")
    assert (ended.code, ended.error["code"]) == (2, code)
    assert hint in ended.error["hint"]


def test_somebody_has_to_be_looked_for(booked: Run) -> None:
    assert booked("customer", "find", "--json").error["code"] == "usage"


def test_a_batch_takes_what_fits_and_is_pending(booked: Run, add_lead: Callable[..., Any]) -> None:
    for name in ("Ann Able", "Kate Other"):
        add_lead(name, destination="Venus")
    dry = ("--reason", "x", "--dry-run", "--json")

    def planned(*which: str) -> list[int]:
        return [row["booking_id"] for row in booked("booking", "cancel", *which, *dry).json["results"]]

    assert planned("--filter", "kate or ann") == [1, 2, 3]
    assert planned("--filter", "kate not to:mars") == [3]
    booked("booking", "cancel", "3", "--reason", "x")
    assert planned("--filter", "kate") == [1]
    assert planned("--filter", "status!=pending") == [3]  # asked for, and then refused by name
    assert booked("booking", "cancel", "--text", " ", *dry).code == 2  # not: all there are
    assert booked("booking", "release", "1", "--filter", "kate", "--json").error["code"] == "usage"


def test_ones_own_issues_are_those_of_the_configured_agent(booked: Run, tmp_path: Path) -> None:
    booked("issue", "open", "--text", "When does the office open?")
    booked("issue", "claim", "1", "--agent", "1")
    (tmp_path / "xdg_config_home" / "astra").mkdir(parents=True)
    config = tmp_path / "xdg_config_home" / "astra" / "config.toml"
    config.write_text("agent = 1\n")
    assert len(booked("issue", "list", "--filter", "is:mine", "--json").json) == 1


def test_those_who_left_are_found_by_when(booked: Run, desk: Desk) -> None:
    agents.leave(desk, 1)
    found = ("agent", "list", "--all", "--filter", "left>2082-01-01", "--json")
    assert [row["agent_id"] for row in booked(*found).json] == [1]


def test_words_find_bookings_by_wishes_and_notes(booked: Run) -> None:
    def found(text: str) -> int:
        return len(booked("booking", "list", "--filter", text, "--json").json)

    assert found("trapeze") == found("zeppelin") == 0
    assert booked("booking", "note", "1", "--text", "asks for a Zéppelin tour").code == 0
    assert booked("booking", "edit", "1", "--requests", "a trapeze in the cabin").code == 0
    assert found("zeppelin asks") == found("trapeze") == found("not trapeze") + 1 == 1
    assert found("trapeze zeppelin") == 0, "no one text has both"
    assert booked("undo").code == 0
    assert found("trapeze") == 0
