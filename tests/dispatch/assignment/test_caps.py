"""Caps: how many leads each agent gets in an hour, a day or a week."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment import counterfactuals, policy_trial
from dispatch.assignment.caps import remove_cap, set_cap
from dispatch.assignment.explanations import preview, why
from dispatch.assignment.shuffle import preview_shuffle, shuffle
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import configuration, doctor
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import redo, undo
from dispatch.queries.caps import caps_of, list_caps
from models.agents import Agent
from models.base import tuples
from models.cap_counts import CapCount
from models.errors import DeskError, InvalidInput, NotFound, Refused
from tests.conftest import TestClock

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]


def holders(add_lead: AddLead, number: int, **given: Any) -> list[int | None]:
    return [add_lead(**given)["agent_id"] for _ in range(number)]


def counts(look: Look) -> list[tuple[int, int, int]]:
    """The cap, the agent and the number of every count."""
    query = CapCount.select(CapCount.cap_id, CapCount.agent_id, CapCount.taken).where(CapCount.taken > 0)
    return sorted(look(lambda: tuples(query)))


def test_each_agent_gets_no_more_than_the_cap(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    set_cap(desk, 2, "hour")
    assert holders(add_lead, 5) == [1, 2, 1, 2, None]
    assert look(why, 5)["reason"] == "no agent can take it yet: 2 at a cap until 10:00"
    assert look(why, 5)["excluded_by_rule"] == {"cap": 2}
    assert {row["rule"] for row in look(why, 5)["excluded"]} == {"has 2 of 2 leads this hour, until 10:00"}
    assert counts(look) == [(1, 1, 2), (1, 2, 2)]


@pytest.mark.parametrize("wake", ["sweep", "command"])
def test_the_end_of_a_window_assigns_what_waits(
    desk: Desk, two: None, add_lead: AddLead, look: Look, clock: TestClock, wake: str
) -> None:
    set_cap(desk, 1, "hour")
    assert holders(add_lead, 4) == [1, 2, None, None]
    clock.advance(minutes=59)
    assert add_lead()["agent_id"] is None
    clock.advance(minutes=1)
    if wake == "sweep":
        sweep(desk)
    else:
        agents.change(desk, 1, level=3)
    assert [look(queries.booking, number)["agent_id"] for number in (3, 4, 5)] == [1, 2, None]
    assert counts(look) == [(1, 1, 1), (1, 2, 1)]


def test_a_cap_is_never_dropped_and_named_with_the_window_that_ends_last(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent("Ada", skills="Mars")
    set_cap(desk, 1, "hour")
    set_cap(desk, 1, "week", agent_id=1)
    assert holders(add_lead, 2, destination="Titan") == [1, None]  # relaxed once, not twice
    answer = look(lambda: counterfactuals.why_not(desk, 2, 1))
    assert answer["because"] == "has 1 of 1 lead this week, until 00:00"
    assert look(lambda: caps_of(1)) == [
        "has 1 of 1 lead this hour, until 10:00",
        "has 1 of 1 lead this week, until 00:00",
    ]


def test_a_cap_on_some_leads_leaves_the_others(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    set_cap(desk, 1, "day", agent_id=1, source="Bought")
    set_cap(desk, 1, "day", destination="Mars")
    assert holders(add_lead, 3, source="Bought", destination="Titan") == [1, 2, 2]
    assert holders(add_lead, 4, source="Organic", destination="Mars") == [1, 2, None, None]
    assert look(why, 6)["reason"] == "no agent can take it yet: 2 at a cap until 00:00"
    assert {row["rule"] for row in look(why, 6)["excluded"]} == {"has 1 of 1 lead to Mars today, until 00:00"}
    assert holders(add_lead, 1, source="Organic", destination="Titan") == [1]
    assert look(lambda: preview(desk))["kept_out"] == {}
    assert (
        look(counterfactuals.why_not, desk, 6, 1)["because"] == "has 1 of 1 lead to Mars today, until 00:00"
    )


def test_leads_behind_one_at_a_cap_are_assigned_and_it_is_not_decided_again_and_again(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: TestClock
) -> None:
    add_agent("Ada", capacity=1)
    set_cap(desk, 1, "day", destination="Mars")
    assert holders(add_lead, 1, destination="Mars") == [1]
    assert holders(add_lead, 1, destination="Mars") == [None]
    assert holders(add_lead, 1, destination="Titan") == [None]
    bookings.cancel(desk, 1, "no")
    assert [look(queries.booking, number)["agent_id"] for number in (2, 3)] == [None, 1]
    bookings.cancel(desk, 3, "no")
    decisions = look(why, 2)["decisions"]
    for _ in range(2):
        clock.advance(minutes=1)
        assert sweep(desk)["assigned"] == []
    assert look(why, 2)["decisions"] == decisions
    assert look(doctor.examine, desk)["ok"]
    clock.advance(days=1)
    sweep(desk)
    assert look(queries.booking, 2)["agent_id"] == 1


def test_whoever_gets_what_waited_is_kept_from_the_next_and_that_is_not_decided_in_vain(
    desk: Desk, two: None, add_lead: AddLead, look: Look, clock: TestClock
) -> None:
    set_cap(desk, 1, "hour", destination="Mars")
    assert holders(add_lead, 5, destination="Mars") == [1, 2, None, None, None]
    clock.advance(hours=1)
    sweep(desk)
    assert [look(queries.booking, number)["agent_id"] for number in (3, 4, 5)] == [1, 2, None]
    assert look(why, 5)["decisions"] == 1


def test_a_department_has_its_own(desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look) -> None:
    add_agent("Ada", years=9, department="Luxury Voyages")
    add_agent("Bob", department="Premium Bookings")
    set_cap(desk, 1, "hour", department="Luxury Voyages")
    assert holders(add_lead, 3) == [1, 2, 2]
    agents.change(desk, 2, department="Luxury Voyages")
    assert holders(add_lead, 1) == [None]
    agents.change(desk, 1, department="Premium Bookings")
    assert look(queries.booking, 4)["agent_id"] == 1


@pytest.mark.parametrize(
    ("scope", "edit"),
    [
        ({"destination": "Mars"}, {"destination": "Titan"}),
        ({"source": "Organic"}, {"source": "Bought"}),
    ],
)
def test_counts_follow_a_corrected_lead(
    desk: Desk,
    add_agent: AddAgent,
    add_lead: AddLead,
    look: Look,
    scope: dict[str, Any],
    edit: dict[str, Any],
) -> None:
    add_agent("Ada")
    set_cap(desk, 1, "hour", **scope)
    assert holders(add_lead, 2) == [1, None]
    editing.edit(desk, 1, **edit)
    assert look(queries.booking, 2)["agent_id"] == 1, "there is room again"
    assert counts(look) == [(1, 1, 1)]


def test_somebody_may_exceed_a_cap_by_hand_and_the_decision_notes_it(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    set_cap(desk, 1, "hour")
    holders(add_lead, 3)
    words = "has 1 of 1 lead this hour, until 10:00"
    assert bookings.reassign(desk, 3, 2, "asked for him")["over_cap"] == words
    assert look(why, 3)["over_cap"] == words
    assert not look(why, 3)["over_capacity"]
    assert look(event_log.events, limit=1)[0]["detail"]["over_cap"] == words
    assert look(lambda: caps_of(2)) == ["has 2 of 1 lead this hour, until 10:00"]


def test_nobody_pulls_above_a_cap(desk: Desk, two: None, add_lead: AddLead) -> None:
    configuration.set_value(desk, "pull", "on")
    set_cap(desk, 1, "hour", agent_id=2)
    holders(add_lead, 3)
    with pytest.raises(Refused, match=r"Bob .* has 1 of 1 lead this hour"):
        bookings.claim(desk, 1, 2)


def test_what_moves_on_counts_for_its_next_agent_only(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    set_cap(desk, 5, "hour")
    holders(add_lead, 2)
    bookings.decline(desk, 1, "busy")
    assert counts(look) == [(1, 2, 2)]
    bookings.reassign(desk, 2, 1, "asked")
    assert counts(look) == [(1, 1, 1), (1, 2, 1)]
    bookings.cancel(desk, 2, "no")
    assert counts(look) == [(1, 1, 1), (1, 2, 1)]


def test_an_undone_lead_gives_its_cap_back_once_and_redo_takes_it_again(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent("Ada")
    set_cap(desk, 1, "hour")
    assert holders(add_lead, 2) == [1, None]
    undo(desk)
    undo(desk)
    assert counts(look) == []
    assert look(lambda: caps_of(1)) == []
    redo(desk)
    assert counts(look) == [(1, 1, 1)]
    assert look(lambda: caps_of(1)) == ["has 1 of 1 lead this hour, until 10:00"]
    redo(desk)
    assert look(queries.booking, 2)["agent_id"] is None


def test_the_shuffle_moves_nobody_above_a_cap(desk: Desk, add_agent: AddAgent, add_lead: AddLead) -> None:
    add_agent("Ada", years=9)
    holders(add_lead, 8)
    add_agent("Bob")
    set_cap(desk, 2, "hour", agent_id=2)
    assert [move["to_agent_id"] for move in preview_shuffle(desk)["moves"]] == [2, 2]
    shuffle(desk)
    assert shuffle(desk)["moves"] == []


def test_the_same_cap_gets_another_number(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    assert set_cap(desk, 1, "hour", source="Bought")["was"] is None
    set_cap(desk, 1, "hour")
    holders(add_lead, 3, source="Organic")
    row = set_cap(desk, 3, "hour")
    assert (row["cap_id"], row["was"], row["leads"]) == (2, 1, 3)
    assert look(queries.booking, 3)["agent_id"] == 1  # at once
    assert [row["words"] for row in look(list_caps)] == [
        "at most 1 lead from Bought an hour for each agent",
        "at most 3 leads an hour for each agent",
    ]
    undo(desk)
    assert look(list_caps)[1]["leads"] == 1
    assert look(list_caps)[1]["agents_at_cap"] == 2
    remove_cap(desk, 2)
    assert [row["cap_id"] for row in look(list_caps)] == [1]
    assert holders(add_lead, 1, source="Organic") != [None]
    undo(desk, event_id=look(event_log.events, limit=2)[1]["event_id"])
    assert [row["cap_id"] for row in look(list_caps)] == [1, 2]
    assert holders(add_lead, 1, source="Organic") == [None]


@pytest.mark.parametrize(
    ("given", "error", "hint"),
    [
        ({"leads": 0}, InvalidInput, "a whole number, 1 to 100000"),
        ({"leads": -1}, InvalidInput, "a whole number, 1 to 100000"),
        ({"leads": "NaN"}, InvalidInput, "a whole number, 1 to 100000"),
        ({"leads": "1.5"}, InvalidInput, "a whole number, 1 to 100000"),
        ({"leads": 100_001}, InvalidInput, "a whole number, 1 to 100000"),
        ({"per": "month"}, InvalidInput, "accepted: hour, day, week"),
        ({"agent_id": 7}, NotFound, ""),
        ({"agent_id": 2}, Refused, ""),
        ({"source": "Radio"}, InvalidInput, "Bought, Organic"),
        ({"destination": "Moon"}, InvalidInput, "Europa, Ganymede, Mars, Titan, Venus"),
        ({"department": "Sales"}, InvalidInput, "Interplanetary Sales"),
        ({"agent_id": 1, "department": "Luxury Voyages"}, InvalidInput, "one of the two"),
    ],
)
def test_what_is_no_cap_is_refused_and_nothing_written(
    desk: Desk, two: None, look: Look, given: dict[str, Any], error: type[DeskError], hint: str
) -> None:
    agents.leave(desk, 2)
    before = look(event_log.events)
    with pytest.raises(error) as refused:
        set_cap(desk, **{"leads": 5, "per": "hour", **given})
    assert hint in refused.value.hint
    assert look(list_caps) == []
    assert look(event_log.events) == before


def test_a_removed_cap_cannot_be_removed_again(desk: Desk) -> None:
    set_cap(desk, 5, "hour")
    remove_cap(desk, 1)
    for cap_id in (1, 2):
        with pytest.raises(NotFound):
            remove_cap(desk, cap_id)


def test_the_doctor_recounts(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    set_cap(desk, 1, "hour")
    holders(add_lead, 2)

    def check() -> dict[str, Any]:
        return next(row for row in look(doctor.examine, desk)["checks"] if row["check"] == "caps")

    assert check()["ok"]
    look(lambda: CapCount.update(taken=0, reached=False).where(CapCount.agent_id == 1).execute())
    assert not check()["ok"]
    doctor.repair(desk)
    assert check()["ok"]
    assert counts(look) == [(1, 1, 1), (1, 2, 1)]
    look(lambda: Agent.update(capped_until=None).where(Agent.agent_id == 2).execute())
    assert not check()["ok"]
    doctor.repair(desk)
    assert check()["ok"]


def test_the_zone_decides_when_a_day_begins(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: TestClock
) -> None:
    add_agent("Ada")
    set_cap(desk, 1, "day")
    clock.moment = clock.moment.replace(hour=22, minute=30)
    assert holders(add_lead, 2) == [1, None]
    configuration.set_value(desk, "zone", "europe/berlin")
    assert look(lambda: caps_of(1)) == ["has 1 of 1 lead today, until 00:00"]
    clock.advance(minutes=30)
    sweep(desk)
    assert look(queries.booking, 2)["agent_id"] == 1  # midnight in Berlin
    with pytest.raises(InvalidInput) as refused:
        configuration.set_value(desk, "zone", "Berlin")
    assert "Europe/Berlin" in refused.value.hint


def test_agents_who_sign_on_together_share_what_waits(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: TestClock
) -> None:
    for capacity in (10, 5, 10):
        set_presence(desk, add_agent(capacity=capacity)["agent_id"], "offline")
    configuration.set_value(desk, "policy", "balanced")
    configuration.set_value(desk, "drain_seconds", "60")
    holders(add_lead, 18)
    for agent_id in (1, 2, 3):
        set_presence(desk, agent_id, "available")
        clock.advance(seconds=20)
        assert sweep(desk)["assigned"] == [] or agent_id == 3
    assert [look(queries.agent, agent_id)["load"] for agent_id in (1, 2, 3)] == [7, 4, 7]


def test_a_new_lead_does_not_wait_for_those_who_sign_on(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: TestClock
) -> None:
    set_presence(desk, add_agent()["agent_id"], "offline")
    configuration.set_value(desk, "drain_seconds", "60")
    holders(add_lead, 2)
    set_presence(desk, 1, "available")
    assert holders(add_lead, 1) == [1]
    assert look(queries.booking, 1)["agent_id"] is None
    clock.advance(seconds=60)
    agents.change(desk, 1, level=2)
    assert [look(queries.booking, number)["agent_id"] for number in (1, 2)] == [1, 1]


def test_a_sweep_that_is_missed_is_told_of(
    desk: Desk, two: None, add_lead: AddLead, look: Look, clock: TestClock
) -> None:
    set_cap(desk, 1, "hour")
    holders(add_lead, 3)

    def due() -> str:
        checks = look(doctor.examine, desk)["checks"]
        return str(next(row["detail"] for row in checks if row["check"] == "sweep"))

    clock.advance(minutes=45)
    assert "work is due" not in due()
    clock.advance(minutes=30)
    assert "never swept, work is due: bookings that wait" in due()


def test_the_same_cap_again_is_no_change(desk: Desk, two: None, look: Look) -> None:
    set_cap(desk, 1, "hour", agent_id=1)
    before = look(event_log.events)
    with pytest.raises(Refused, match=r"cap 1 already allows 1 lead$"):
        set_cap(desk, 1, "hour", agent_id=1)
    assert look(event_log.events) == before
    assert set_cap(desk, 2, "hour", agent_id=1)["was"] == 1


def test_two_terminals_lose_no_change_of_a_cap(desk: Desk, path: Path, look: Look) -> None:
    def change(actor: str, numbers: range) -> None:
        other = open_desk(path, actor=actor)
        try:
            for number in numbers:
                set_cap(other, number, "hour")
        finally:
            other.close()

    threads = [
        Thread(target=change, args=(actor, numbers))
        for actor, numbers in (("ann", range(1, 100, 2)), ("bob", range(2, 101, 2)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = [event for event in look(event_log.events)[::-1] if event["command"] == "cap.set"]
    assert len(events) == 100
    before = None
    for event in events:
        assert event["detail"].get("was") == before, "each says the number that it replaced"
        before = next(iter(event["after"].values()))["leads"]
    assert [row["leads"] for row in look(list_caps)] == [before]


def test_a_trial_and_other_policies_leave_out_what_the_leads_themselves_count(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    set_cap(desk, 1, "hour")
    holders(add_lead, 2)
    tried = policy_trial.try_policy(desk, "balanced")
    assert [row["would_get"] for row in tried["leads"]] == [1, 2]
    chosen = {row["policy"]: row["agent_id"] for row in counterfactuals.other_policies(desk, 1)}
    assert set(chosen.values()) == {1}, "the other one is at the cap"
    assert counts(look) == [(1, 1, 1), (1, 2, 1)]
