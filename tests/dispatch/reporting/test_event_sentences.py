"""Events as sentences, for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.desk.desk import Desk
from dispatch.desk.event_chain import DIGEST_BYTES
from dispatch.operations.command_list import every_command
from dispatch.queries.row_types import AgentRow
from dispatch.reporting.event_sentences import COUNTED, FIELD, PART, SENTENCES, names_in, sentence
from dispatch.reporting.reversals import NOUNS

AddAgent = Callable[..., AgentRow]
NAMES: dict[int | None, str] = {6: "Soren Baker", 9: "Nova Singh"}
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("booking_id", "issue_id", "customer_id", "agent_id", "customer_name")),
    "detail": {},
    "before": {},
    "after": {},
}
OF_ANN = {"booking_id": 413, "customer_name": "Ann", "agent_id": 6}
CLAIM = {"detail": {"command": "booking.claim"}}
ERASED = {"erased": "00" * DIGEST_BYTES}
WARNING = {"issue_id": 11, "clock": "first_response", "percent": 50}
ESCALATION = {"issue_id": 6, "escalation_id": 1, "level": 2, "urgency": "high", "told": "Tadeo Marchetti"}


def said(command: str, **values: Any) -> str:
    event: Any = NOTHING | {"command": command} | values
    return sentence(event, NAMES)


def test_every_command_has_a_sentence() -> None:
    reversals = {"undo", "redo"}
    assert {*every_command()} - reversals == {name for name in SENTENCES if " " not in name}


def test_no_sentence_holds_a_python_value_or_an_empty_part() -> None:
    for command in SENTENCES:
        words = said(command.split()[0])
        assert not set("[]{}") & set(words), words
        assert "None" not in words
        assert not words.endswith((":", ",", " "))
        assert not re.search(r"\b(\w+) \1\b", words), words


def test_what_can_be_undone_has_a_noun_for_it() -> None:
    undoable = {name for name, known in every_command().items() if not known.undo.never}
    assert {*NOUNS} == undoable - {"undo", "redo"}


@pytest.mark.parametrize("verb", ["undo", "redo"])
@pytest.mark.parametrize("command", NOUNS)
def test_an_undo_names_its_rows_and_no_field(verb: str, command: str) -> None:
    """Of the command itself an undo knows the rows alone: "set Nova Singh to presence" was said of one."""
    numbers = {"booking_id": 413, "issue_id": 6, "customer_id": 2, "agent_id": 9, "customer_name": "Ann"}
    words = said(verb, **numbers, detail={"command": command})
    fields = {each for template in (*SENTENCES.values(), *NOUNS.values()) for each in FIELD.findall(template)}
    always = set(FIELD.findall(PART.sub("", NOUNS[command])))
    assert always <= {"agent", "booking", "customer", "issue", "lead", *COUNTED}
    assert not {each for each in fields if "_" in each and each in words}
    assert not set("[]{}") & set(words)
    expected = {"agent": "Nova Singh", "booking": "413 (Ann)", "customer": "customer 2", "issue": "issue 6"}
    expected["lead"] = "lead 413 (Ann)"
    assert all(expected[each] in words for each in always - {*COUNTED})
    assert words.startswith(("undid ", "redid "))
    assert not re.match(r"\w+ (set|\w+ed) ", words), "a noun follows the verb"


@pytest.mark.parametrize(
    ("command", "values", "words"),
    [
        ("booking.claim", OF_ANN, "claimed 413 (Ann) for Soren Baker"),
        (
            "agent.handover",
            {"agent_id": 6, "detail": {"to": "desk"}},
            "handed over Soren Baker's work to the desk",
        ),
        ("booking.claim", OF_ANN | {"agent_id": 7}, "claimed 413 (Ann) for agent 7"),
        (
            "booking.decline",
            OF_ANN | {"agent_id": 9, "detail": {"reason": "[/] ill", "declined_by": 6}},
            "declined 413 (Ann) for Soren Baker: [/] ill; now with Nova Singh",
        ),
        (
            "booking.decline",
            OF_ANN
            | {"agent_id": None, "detail": {"declined_by": 6}, "after": {"bookings:413": {"agent_id": None}}},
            "declined 413 (Ann) for Soren Baker; waits for an agent",
        ),
        ("booking.cancel", OF_ANN, "cancelled 413 (Ann)"),
        (
            "booking.reassign_all",
            {
                "detail": {"bookings": 2, "reason": "balance"},
                "after": {"bookings:1": {"agent_id": 9}, "bookings:2": {"agent_id": 9}},
            },
            "reassigned 2 bookings to Nova Singh: balance",
        ),
        (
            "undo",
            {
                "detail": {"command": "booking.reassign_all"},
                "before": {"bookings:1": {"agent_id": 9}},
                "after": {"bookings:1": {"agent_id": 6}},
            },
            "undid the reassignment of 1 booking to Nova Singh",
        ),
        (
            "agent.handover",
            {
                "agent_id": 6,
                "detail": {"to": "desk", "drained": [3]},
                "after": {
                    "bookings:1": {"agent_id": 9},
                    "bookings:2": {"agent_id": None},
                    "bookings:3": {"agent_id": 6},
                    "bookings:4": {"version": 2},
                    "issues:1": {"agent_id": 9},
                },
            },
            "handed over Soren Baker's work to the desk: "
            "1 booking and 1 issue to Nova Singh, 1 booking waits",
        ),
        (
            "agent.handover",
            {"agent_id": 6, "detail": {"to": 9}, "after": {"bookings:1": {"agent_id": 9}}},
            "handed over Soren Baker's work to Nova Singh: 1 booking",
        ),
        (
            "agent.presence",
            {"agent_id": 6, "detail": {"presence": "offline"}, "after": {"bookings:1": {"agent_id": 7}}},
            "set Soren Baker to offline; 1 booking to agent 7",
        ),
        (
            "booking.release",
            OF_ANN | {"agent_id": 9, "after": {"bookings:413": {"agent_id": 9}}},
            "released 413 (Ann); now with Nova Singh",
        ),
        (
            "waiting.assign",
            {"detail": {"drained": [1, 2]}, "after": {f"bookings:{n}": {"agent_id": 9} for n in (1, 2)}},
            "assigned 2 waiting bookings to Nova Singh",
        ),
        (
            "waiting.assign",
            {
                "detail": {"returned": [1, 2], "drained": [3]},
                "after": {f"bookings:{n}": {"agent_id": None if n == 1 else 9} for n in (1, 2, 3)},
            },
            "passed on the work of agents who are away: 2 bookings to Nova Singh, 1 booking waits",
        ),
        ("booking.cancel_all", {"detail": {"bookings": [1, 2], "reason": "no"}}, "cancelled 2 bookings: no"),
        (
            "booking.note",
            OF_ANN | {"detail": {"text": {"erased": "00" * DIGEST_BYTES}}},
            "added a note to 413 (Ann): erased",
        ),
        (
            "undo",
            OF_ANN | {"detail": {"command": "booking.claim"}},
            "undid the claim on 413 (Ann) for Soren Baker",
        ),
        (
            "redo",
            OF_ANN | {"detail": {"command": "booking.claim"}},
            "redid the claim on 413 (Ann) for Soren Baker",
        ),
        (
            "booking.follow_up",
            OF_ANN | {"at": "2082-03-01 09:00:00", "detail": {"follow_up_at": "2082-03-04 08:00:00"}},
            "set the follow-up of 413 (Ann) to 4 Mar 08:00",
        ),
        (
            "booking.follow_up",
            OF_ANN | {"at": "2082-12-31 09:00:00", "detail": {"follow_up_at": "2083-01-02 08:00:00"}},
            "set the follow-up of 413 (Ann) to 2 Jan 2083 08:00",
        ),
        (
            "booking.follow_up",
            OF_ANN | {"at": "2082-03-01 09:00:00", "detail": {"follow_up_at": None}},
            "removed the follow-up of 413 (Ann)",
        ),
        ("import.rows", {"detail": {"agents": 30, "bookings": 0}}, "imported rows: 30 agents"),
        ("import", {"detail": {"agents": 0, "assignments": 1}}, "imported 1 assignment"),
        ("undo", {"detail": {"command": "import", "agents": 30}}, "undid the import of 30 agents"),
        ("undo", {"detail": {"command": "import"}}, "undid the import"),
        ("undo", {"detail": {"command": "lead.add_all"}}, "undid the addition of leads"),
        (
            "undo",
            {"agent_id": 9, "detail": {"command": "agent.presence"}},
            "undid Nova Singh's change of presence",
        ),
        (
            "undo",
            {"detail": {"command": "lead.add_all"}, "after": {"bookings:1": {}, "bookings:2": {}}},
            "undid the addition of 2 leads",
        ),
        ("setting.set", {"detail": {"key": "pull", "old": True, "new": False}}, "set pull to off"),
        ("setting.set", {"detail": {"key": "currency", "old": "USD", "new": ""}}, "set currency to empty"),
        (
            "undo",
            {"detail": {"command": "setting.set", "key": "policy", "old": "balanced", "new": "rank"}},
            "undid a change of settings: policy is rank again",
        ),
        ("undo", {"detail": {"command": "later.command"}}, "undid later.command"),
        ("lead.add_all", {"detail": {"leads": 1}}, "added 1 lead"),
        ("booking.cancel_all", {"detail": {"bookings": 2}}, "cancelled 2 bookings"),
        (
            "issue.reply",
            {"issue_id": 6, "detail": {"author": "customer", "text": "No."}},
            "recorded the customer's answer on issue 6: No.",
        ),
        ("later.command", OF_ANN, "later.command"),
    ],
)
def test_wording(command: str, values: dict[str, Any], words: str) -> None:
    assert said(command, **values) == words


def test_of_many_takers_the_first_are_named() -> None:
    after = {f"bookings:{one}": {"agent_id": one} for one in range(1, 6)} | {"bookings:6": {"agent_id": 5}}
    words = said("agent.leave", agent_id=6, after=after)
    assert words == (
        "deactivated Soren Baker; 2 bookings to agent 5, 1 booking to agent 1, 1 booking to agent 2, "
        "2 bookings to others"
    )
    del after["bookings:4"]
    assert said("agent.leave", agent_id=6, after=after).endswith(", 1 booking to agent 3")


def test_the_names_of_those_who_have_the_work_then_are_known(desk: Desk, add_agent: AddAgent) -> None:
    add_agent("Ada")
    event: Any = NOTHING | {
        "command": "agent.leave",
        "agent_id": None,
        "after": {"issues:1": {"agent_id": 1}},
    }
    with desk.reading():
        assert names_in([event]) == {1: "Ada Byron"}


def test_a_check_of_the_clocks_tells_what_it_raised() -> None:
    warned = {"warnings": [WARNING, WARNING | {"percent": 75}], "escalations": []}
    assert said("issue.sweep", agent_id=6, issue_id=11, detail=warned) == (
        "warned Soren Baker: issue 11, 75% of the first answer time used"
    )
    raised = {
        "warnings": [WARNING | {"percent": 100}],
        "escalations": [ESCALATION | {"trigger": each} for each in ("unresolved", "no_progress")],
    }
    assert said("issue.sweep", detail=raised) == (
        "warned about issue 11: first answer time is over; "
        "escalated issue 6 to level 2 (unresolved, no progress), Tadeo Marchetti to be told"
    )
