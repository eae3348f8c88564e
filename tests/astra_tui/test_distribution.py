"""Presence, policies, sweeps, shuffles and batches from the command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
LEAD = ("--name", "Kate", "--method", "Text", "--source", "Organic", "--destination", "Mars")
TRIP = (*LEAD, "--launch", "Sydney Stellar Port")


@pytest.fixture
def busy(staffed: Run) -> Run:
    """A desk with some work."""
    for _ in range(4):
        staffed("lead", "add", *TRIP)
    return staffed


def test_presence_is_previewed_set_and_listed(busy: Run) -> None:
    before = busy("agent", "show", "1", "--json").json
    reply = busy(
        "agent", "presence", "1", "away", "--until", "in 2 hours", "--reason", "lunch", "--dry-run", "--json"
    )
    assert busy("agent", "show", "1", "--json").json == before
    done = busy("agent", "presence", "1", "AWAY", "--until", "in 2 hours", "--reason", "lunch", "--json")
    assert {key: done.json[key] for key in ("presence", "returned", "kept")} == {
        key: reply.json[key] for key in ("presence", "returned", "kept")
    }
    assert "away until" in busy("agent", "list").out
    assert busy("agent", "presence", "1", "asleep", "--json").code == 2
    assert "available" in busy("agent", "presence", "1", "available").out


def test_shift_handover_and_leaving(busy: Run) -> None:
    assert busy("agent", "shift", "1", "--hours", "daily 0:00-23:59 UTC", "--json").json["hours"]
    assert busy("agent", "shift", "1", "--hours", "sometimes", "--json").error["code"] == "invalid_hours"
    assert busy("agent", "shift", "1", "--hours", "none", "--json").json["hours"] is None
    held = busy("agent", "show", "1", "--json").json["load"]
    planned = busy("agent", "handover", "1", "--to", "2", "--dry-run", "--json").json
    assert len(planned["moves"]) == held
    assert busy("agent", "handover", "1", "--to", "2", "--json").json == planned
    assert busy("agent", "handover", "1", "--to", "nobody", "--json").code == 2
    again = busy("agent", "handover", "1", "--to", "2", "--json")
    assert (again.code, again.error["code"]) == (1, "nothing_to_hand_over")
    shift = ("agent", "shift", "2", "--hours", "mon 0:00-0:01 UTC")
    assert "Would be: Agent 2" in busy(*shift, "--dry-run").out
    assert busy("agent", "show", "2", "--json").json["hours"] is None
    leave = ("agent", "leave", "2", "--hand-over")
    planned = busy(*leave, "--dry-run", "--json").json
    assert busy("agent", "show", "2", "--json").json["left_at"] is None
    assert busy(*leave, "--json").json["moves"] == planned["moves"]


def test_policies_are_listed_previewed_and_chosen(busy: Run) -> None:
    names = [row["name"] for row in busy("policy", "--json").json]
    assert {"rank", "rank+contact", "round_robin", "skill", "balanced"} <= set(names)
    tried = busy("policy", "round_robin", "--preview", "--json").json
    assert len(tried["leads"]) == 4
    assert "would go to a different agent than under rank" in busy("policy", "balanced", "--preview").out
    assert busy("set", "policy", "--json").json["value"] == "rank", "a preview chooses nothing"
    assert busy("policy", "--preview", "--json").code == 2
    assert busy("lead", "add", *TRIP, "--policy", "round_robin", "--json").json["policy"] == "round_robin"
    busy("policy", "balanced")
    assert busy("lead", "add", *TRIP, "--json").json["policy"] == "balanced"


def test_shuffle_and_sweep_print_their_moves(busy: Run) -> None:
    assert set(busy("sweep", "--json").json) == {
        "presence",
        "covered",
        "lapsed",
        "asked",
        "released",
        "passed_on",
        "first_contact",
        "assigned",
        "seen_by_all",
        "moves",
        "warned",
        "escalated",
        "closed",
        "erased",
        "sealed",
        "backups",
        "backup_problem",
        "trained",
        "training_problem",
    }
    assert "Nothing was due" in busy("sweep").out
    for booking in range(1, 5):
        busy("booking", "reassign", str(booking), "--to", "1", "--reason", "hers")
    kept = busy("shuffle", "--dry-run", "--json").json
    assert kept["pinned"] == [1], "it would have moved before the others, which are younger"
    assert "pinned by a person's decision: 1\n" in busy("shuffle", "--dry-run").out
    assert re.search(r"kept +with .* by ", busy("booking", "show", "1").out)
    for booking in range(1, 5):
        busy("booking", "claim", str(booking), "--agent", "1")
        busy("booking", "release", str(booking))
    planned = busy("shuffle", "--dry-run", "--json").json
    assert set(planned["moves"][0]) == {"booking_id", "from_agent_id", "to_agent_id"}
    assert busy("shuffle", "--json").json == planned
    assert "nothing moves" in busy("shuffle").out
    assert busy("undo", "--json").json["command"] == "shuffle"


def test_several_bookings_are_changed_and_undone_together(busy: Run) -> None:
    preview = busy(
        "booking", "cancel", "1", "2", "99", "--reason", "launch is off", "--dry-run", "--json"
    ).json
    assert [row["ok"] for row in preview["results"]] == [True, True, False]
    result = busy("booking", "cancel", "1", "2", "99", "--reason", "launch is off", "--json")
    assert (result.code, result.json["done"], result.json["refused"]) == (0, 2, 1)
    assert busy("booking", "show", "1", "--json").json["history"][-1]["command"] == "booking.cancel_all"
    busy("undo")
    assert busy("booking", "show", "2", "--json").json["status"] == "Pending"
    reply = busy("booking", "reassign", "1", "2", "--to", "1", "--reason", "ill")
    assert "refused" in reply.out
    assert busy("booking", "release", "98", "99", "--json").code == 1


def test_a_claim_is_kept_and_unanswered_claims_are_listed(busy: Run) -> None:
    holder = busy("booking", "show", "1", "--json").json["agent_id"]
    busy("booking", "claim", "1", "--agent", str(holder))
    assert busy("booking", "keep", "1", "--json").json["asked_at"] is None
    assert busy("booking", "list", "--asked", "--json").json == []


def test_why_not_and_other_policies(busy: Run) -> None:
    row = busy("why", "1", "--json").json
    other = next(each["agent_id"] for each in row["next"])
    reply = busy("why", "1", "--not", str(other), "--policies", "--json").json
    assert reply["not"]["agent_id"] == other
    assert reply["not"]["because"]
    assert {each["policy"] for each in reply["policies"]} >= {"rank", "balanced"}
    text = busy("why", "1", "--not", str(other), "--policies").out
    assert f"({other}):" in text
    assert "Would choose now" in text


def test_agents_have_skills_capacity_and_a_contact_rate(busy: Run) -> None:
    row = busy("agent", "set", "1", "--skills", "mars", "--locations", "Sydney Stellar Port", "--json").json
    assert (row["skills"], row["locations"]) == (["Mars"], ["Sydney Stellar Port"])
    shown = busy("agent", "show", "1", "--json").json
    assert {"contact_rate", "contact_low", "contact_high", "contact_assigned"} <= set(shown)
    assert {"contact_rate"} <= set(busy("agent", "list", "--json").json[0])
    skilled = ("--capacity", "3", "--skills", "titan", "--level", "4", "--languages", "Greek")
    names = ("--first-name", "Ann", "--last-name", "Noether", "--job-title", "Space Travel Agent")
    added = busy("agent", "add", *names, "--department", "Premium Bookings", *skilled, "--json").json
    assert [added[key] for key in ("capacity", "skills", "level", "languages")] == [
        3,
        ["Titan"],
        4,
        ["Greek"],
    ]


def test_a_bulk_command_covers_all_bookings_of_a_filter(busy: Run) -> None:
    held = [row["booking_id"] for row in busy("booking", "list", "--agent", "1", "--json").json]
    given = ("--agent", "1", "--to", "2", "--reason", "she is ill")
    planned = busy("booking", "reassign", *given, "--dry-run", "--json").json
    assert sorted(row["booking_id"] for row in planned["results"]) == sorted(held)
    for _ in range(2):
        result = busy("booking", "reassign", *given, "--request-id", "once", "--json").json
        assert result["done"] == planned["done"] == len(held)
    assert busy("booking", "list", "--agent", "1", "--json").json == []
    assert busy("booking", "cancel", "--agent", "1", "--reason", "x").out.strip() == "no such bookings"
    assert "0 refused" in busy("booking", "cancel", "--destination", "mars", "--reason", "x", "--dry-run").out
    for wrong in ((), ("1", "--unclaimed")):
        assert busy("booking", "cancel", *wrong, "--reason", "x", "--json").error["code"] == "usage"
    assert busy("booking", "release", "--agent", "99", "--json").error["code"] == "not_found"
