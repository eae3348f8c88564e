"""The verbs for issues: an i before the letter of the key."""

from __future__ import annotations

from collections.abc import Callable

from dispatch.command_line.verbs import ISSUE, Argument, Asker, Given, Kind, Verb, agent, text
from dispatch.desk.desk import Desk
from dispatch.queries import agent as agent_of
from dispatch.service import wording
from dispatch.service.issues import (
    conversation,
    editing,
    escalation_commands,
    lifecycle,
    ownership,
    queries,
    surveys,
)
from dispatch.service.row_types import IssueDetails
from models.errors import Refused
from models.issues import CATEGORIES, ISSUE_STATUSES

REASON = text("reason", "--reason")


def told(word: str, row: IssueDetails) -> str:
    who = row["agent_name"] or "waiting for an agent"
    return f"{word}: issue {row['issue_id']}, {row['priority']} {wording.category(row)} ({who})"


def _one(word: str, command: Callable[..., IssueDetails], *names: str) -> Callable[[Desk, Given], str]:
    def run(desk: Desk, given: Given) -> str:
        chosen = {name: given[name] for name in names if given.get(name) is not None}
        return told(word, command(desk, given["numbers"][0], **chosen))

    return run


def _taker(desk: Desk, given: Given, asker: Asker) -> None:
    """Claim for the holder; a waiting one for the agent who types."""
    if given.get("agent") is not None:
        return
    row = queries.issue(desk, given["numbers"][0])
    taker = row["agent_id"] if row["agent_id"] is not None else asker.agent_id
    if taker is None:
        raise Refused("waiting", f"issue {row['issue_id']} waits for an agent", "name the agent who takes it")
    given["agent"] = agent_of(taker)


def _claim(desk: Desk, given: Given) -> str:
    return told("Claimed", ownership.claim(desk, given["numbers"][0], given["agent"]["agent_id"]))


def _reassign(desk: Desk, given: Given) -> str:
    number, to = given["numbers"][0], given["agent"]["agent_id"]
    return told("Reassigned", ownership.reassign(desk, number, to, given["reason"]))


ISSUE_VERBS = (
    Verb(
        "ic",
        "issue",
        "claim",
        "Claim {rows} for {agent}",
        _claim,
        (ISSUE, agent("--agent", required=False)),
        fill=_taker,
    ),
    Verb(
        "it",
        "issue",
        "reply",
        "Reply to the customer of {rows}: {text}",
        _one("Replied", conversation.reply, "text", "wait", "solution"),
        (
            ISSUE,
            text("text", "--text"),
            Argument("wait", Kind.FLAG, "--wait", required=False, only_option=True),
            Argument("solution", Kind.FLAG, "--solution", required=False, only_option=True),
        ),
        is_final=True,
    ),
    Verb(
        "if",
        "issue",
        "resolve",
        "Resolve {rows}",
        _one("Resolved", lifecycle.resolve, "text"),
        (ISSUE, text("text", "--text", required=False)),
        labels={"text": "closing message"},
    ),
    Verb("ix", "issue", "close", "Close {rows}", _one("Closed", lifecycle.close), (ISSUE,)),
    Verb(
        "ir",
        "issue",
        "reassign",
        "Reassign {rows} to {agent}: {reason}",
        _reassign,
        (ISSUE, agent("--to"), REASON),
    ),
    Verb(
        "in",
        "issue",
        "note",
        "Internal note on {rows}: {text}",
        _one("Noted", conversation.note, "text"),
        (ISSUE, text("text", "--text")),
        is_final=True,
    ),
    Verb(
        "io",
        "issue",
        "reopen",
        "Reopen {rows}: {reason}",
        _one("Reopened", lifecycle.reopen, "reason"),
        (ISSUE, REASON),
    ),
    Verb(
        "i!",
        "issue",
        "escalate",
        "Escalate {rows}: {reason}",
        _one("Escalated", escalation_commands.escalate, "reason", "level"),
        (ISSUE, REASON, Argument("level", Kind.WORD, "--level", required=False, only_option=True)),
        is_final=True,
    ),
    Verb(
        "iK",
        "issue",
        "acknowledge",
        "Acknowledge the escalations of {rows}",
        _one("Acknowledged", escalation_commands.acknowledge),
        (ISSUE,),
        is_final=True,
    ),
    Verb(
        "iD",
        "issue",
        "settle",
        "Settle the escalations of {rows}: {reason}",
        _one("Settled", escalation_commands.settle, "reason"),
        (ISSUE, REASON),
        is_final=True,
    ),
    Verb(
        "iP",
        "issue",
        "status",
        "Move {rows} to {status}",
        _one("Moved", lifecycle.set_status, "status"),
        (ISSUE, Argument("status", Kind.CHOICE, choices=ISSUE_STATUSES)),
    ),
    Verb(
        "iC",
        "issue",
        "edit",
        "Set the category of {rows} to {category}",
        _one("Category set", editing.edit, "category"),
        (ISSUE, Argument("category", Kind.CHOICE, "--category", choices=CATEGORIES)),
    ),
    Verb(
        "is",
        "issue",
        "rate",
        "Score {rows}: {score} of 5",
        _one("Scored", surveys.rate, "score"),
        (ISSUE, Argument("score", Kind.CHOICE, "--score", choices=("1", "2", "3", "4", "5"))),
    ),
)
