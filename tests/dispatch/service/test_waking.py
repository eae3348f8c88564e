"""Issues that are taken up again while their holder is not there: somebody else gets them, or they wait."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dispatch import agents, queries
from dispatch.agents import presence
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from dispatch.reporting import event_sentences
from dispatch.service.issues import conversation, escalation_commands, lifecycle, ownership
from models.issues import CUSTOMER, IN_PROGRESS, PENDING_CUSTOMER
from tests.dispatch.service.conftest import Row, refused

Step = Callable[[Desk], object]
Show = Callable[..., Row]
Sound = Callable[[], None]


def resolve(desk: Desk) -> None:
    lifecycle.resolve(desk, 1)


def ask(desk: Desk) -> None:
    conversation.reply(desk, 1, "Which card?", wait=True)


def close(desk: Desk) -> None:
    lifecycle.resolve(desk, 1)
    lifecycle.close(desk, 1)


def escalate(desk: Desk) -> None:
    escalation_commands.escalate(desk, 1, "the press called")


def hear(desk: Desk) -> None:
    conversation.reply(desk, 1, "Still broken", author=CUSTOMER)


def reopen(desk: Desk) -> None:
    lifecycle.reopen(desk, 1, "not solved")


def undo_before_absence(desk: Desk) -> None:
    """Undo what was done to the issue before its holder went away, the newest command first."""
    with desk.reading():
        known = [row for row in event_log.events(issue_id=1) if not row["command"].startswith("undo")]
    undo.undo(desk, known[0]["event_id"])


WAKING: dict[str, tuple[Step, Step]] = {
    "reopened": (resolve, reopen),
    "closed and reopened": (close, reopen),
    "the customer answers": (ask, hear),
    "the customer answers a solution": (resolve, hear),
    "the wait is over": (ask, lambda desk: lifecycle.set_status(desk, 1, IN_PROGRESS)),
    "escalation settled": (escalate, lambda desk: escalation_commands.settle(desk, 1, "all is well")),
    "end undone": (resolve, undo_before_absence),
    "wait undone": (
        lambda desk: lifecycle.set_status(desk, 1, PENDING_CUSTOMER),
        undo_before_absence,
    ),
    "claim undone": (lambda _: None, undo_before_absence),
}
ABSENCES: dict[str, Step] = {
    "away": lambda desk: presence.set_presence(desk, 1, "away"),
    "offline": lambda desk: presence.set_presence(desk, 1, "offline", reason="holiday"),
}


@pytest.fixture(autouse=True)
def begun(desk: Desk, ada: Row, open_issue: Callable[..., Row]) -> Row:
    """Issue 1, which Ada works on."""
    open_issue("[billing_dispute] charged twice")
    return ownership.claim(desk, 1, 1)


@pytest.mark.parametrize("absence", ABSENCES)
@pytest.mark.parametrize("kind", WAKING)
def test_an_issue_that_wakes_goes_to_somebody_present(
    desk: Desk, add_agent: Callable[..., Row], show: Show, sound: Sound, kind: str, absence: str
) -> None:
    sleep, wake = WAKING[kind]
    sleep(desk)
    add_agent("Eve", years=30)
    ABSENCES[absence](desk)
    assert show()["agent_id"] == 1, "what sleeps or is worked on stays"
    wake(desk)
    row = show()
    assert (row["agent_id"], row["status"]) == (2, "assigned")
    assert row["routing_reason"] == f"Ada Byron is {absence}: Skill level 5"
    sound()


@pytest.mark.parametrize("kind", WAKING)
def test_without_anybody_it_waits_and_says_why(desk: Desk, show: Show, sound: Sound, kind: str) -> None:
    sleep, wake = WAKING[kind]
    sleep(desk)
    presence.set_presence(desk, 1, "offline")
    wake(desk)
    row = show()
    assert (row["agent_id"], row["status"], row["queue_position"]) == (None, "new", 1)
    assert row["routing_reason"] == "Ada Byron is offline: no suitable agent has room"
    with desk.reading():
        newest = event_log.events(issue_id=1)[0]
        told = event_sentences.sentence(newest, event_sentences.names_in([newest]))
    assert told.endswith("; Ada Byron is offline, waits for an agent")
    sound()
    presence.set_presence(desk, 1, "available")
    assert show()["agent_id"] == 1, "the first who is there takes it"


@pytest.mark.parametrize("kind", WAKING)
@pytest.mark.parametrize("at_work", ["available", "busy", "break"])
def test_a_holder_who_is_there_keeps_it(desk: Desk, show: Show, kind: str, at_work: str) -> None:
    sleep, wake = WAKING[kind]
    sleep(desk)
    presence.set_presence(desk, 1, at_work)
    wake(desk)
    assert show()["agent_id"] == 1


def test_a_holder_who_left_is_replaced_when_an_end_is_undone(
    desk: Desk, add_agent: Callable[..., Row], show: Show, sound: Sound
) -> None:
    resolve(desk)
    add_agent("Eve", years=30)
    agents.leave(desk, 1)
    undo_before_absence(desk)
    row = show()
    assert (row["agent_id"], row["routing_reason"]) == (2, "Ada Byron has left: Skill level 5")
    sound()


def test_the_event_names_both_agents_and_the_reason(desk: Desk, add_agent: Callable[..., Row]) -> None:
    resolve(desk)
    add_agent("Eve", years=30)
    presence.set_presence(desk, 1, "offline")
    reopen(desk)
    with desk.reading():
        event = event_log.events(issue_id=1)[0]
        told = event_sentences.sentence(event, event_sentences.names_in([event]))
    assert event["detail"] == {
        "reason": "not solved",
        "passed_on": [{"issue_id": 1, "from": 1, "to": 2, "presence": "offline"}],
    }
    assert told == "reopened issue 1: not solved; Ada Byron is offline, passed to Eve Byron"


def test_taking_it_back_leaves_it_ended_with_its_holder(
    desk: Desk, add_agent: Callable[..., Row], show: Show, sound: Sound
) -> None:
    resolve(desk)
    add_agent("Eve", years=30)
    presence.set_presence(desk, 1, "offline")
    reopen(desk)
    undo.undo(desk)
    assert (show()["agent_id"], show()["status"]) == (1, "resolved")
    undo.redo(desk)
    assert (show()["agent_id"], show()["status"]) == (2, "assigned")
    sound()


def test_undo_gives_no_unstarted_issue_to_somebody_absent(
    desk: Desk, add_agent: Callable[..., Row], open_issue: Callable[..., Row]
) -> None:
    open_issue("[billing_dispute] another")
    add_agent("Eve", years=30)
    ownership.reassign(desk, 2, 2, "she knows them")
    presence.set_presence(desk, 1, "away")
    with desk.reading():
        given = event_log.events(issue_id=2)[0]["event_id"]
        assert queries.agent(2)["issue_load"] == 1
    refused(lambda: undo.undo(desk, given), "agent_away")
