"""The verbs for bookings and agents, with the letters of their keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dispatch import bookings, queries
from dispatch.agents import presence
from dispatch.bookings import bulk_actions, editing, follow_ups
from dispatch.bookings.row_types import BatchResult
from dispatch.command_line.verbs import (
    BOOKING,
    OUTCOME,
    Argument,
    Asker,
    Given,
    Kind,
    Verb,
    agent,
    is_no_time,
    text,
)
from dispatch.desk.desk import Desk
from dispatch.inputs.times import due_times
from dispatch.queries.row_types import AgentRow, BookingRow
from dispatch.queries.wording import day_and_moment, plural
from models.agents import PRESENCES
from models.calendars import terminal
from models.errors import InvalidInput, Refused
from models.hints import act
from models.priorities import PRIORITIES

REASON = text("reason", "--reason")


def _told(word: str, row: BookingRow) -> str:
    holder = row["agent_name"] or "waiting for an agent"
    return f"{word}: booking {row['booking_id']}, {row['customer_name']} ({holder})"


def _one(word: str, command: Callable[..., BookingRow], *names: str) -> Callable[[Desk, Given], str]:
    """Run a command of one booking with some of the arguments, by their names there."""

    def run(desk: Desk, given: Given) -> str:
        row = command(desk, given["numbers"][0], **{name: given.get(name) for name in names})
        return _told(word, row)

    return run


def _all(
    word: str, one: Callable[[Desk, int, Given], BookingRow], several: Callable[..., BatchResult]
) -> Any:
    """Run the command of one booking, or of several as one event."""

    def run(desk: Desk, given: Given) -> str:
        numbers: tuple[int, ...] = given["numbers"]
        if len(numbers) == 1:
            return _told(word, one(desk, numbers[0], given))
        result = several(desk, numbers, given)
        refused = [line for line in result["results"] if line["error"]]
        first = refused[0]["error"] if refused else None
        if first is not None and not result["done"]:
            raise Refused(first["code"], f"{first['message']}", first["hint"])
        kept = f"; {plural(len(refused), 'booking')} refused, {first['message']}" if first else ""
        return f"{word}: {plural(result['done'], 'booking')}{kept}"

    return run


def _taker(desk: Desk, given: Given, asker: Asker) -> None:
    """Claim for the holder, or where agents pull work, for the one who types; not what is claimed already."""
    if given.get("agent") is not None:
        return
    row = queries.booking(given["numbers"][0])
    taker = row["agent_id"]
    if taker and asker.agent_id is not None and row["claimed_at"] is None and desk.settings["pull"]:
        taker = asker.agent_id
    if taker is None:
        raise Refused(
            "waiting",
            f"booking {row['booking_id']} waits for an agent",
            f"name the agent; {act('booking.reassign', row['booking_id'])} assigns it",
        )
    if row["claimed_at"] is not None:
        raise Refused(
            "already_claimed",
            f"{row['agent_name']} claimed booking {row['booking_id']} at {row['claimed_at']}",
        )
    given["agent"] = queries.agent(taker)


def _claim(desk: Desk, given: Given) -> str:
    return _told("Claimed", bookings.claim(desk, given["numbers"][0], given["agent"]["agent_id"]))


def _follow_up(desk: Desk, given: Given) -> str:
    at = None if is_no_time(given["at"]) else given["at"]
    row = follow_ups.follow_up(desk, given["numbers"][0], at)
    until = f", {day_and_moment(row['follow_up_at'])}" if row["follow_up_at"] else ", none"
    return _told("Follow-up", row) + until


def _reassign_one(desk: Desk, number: int, given: Given) -> BookingRow:
    return bookings.reassign(desk, number, given["agent"]["agent_id"], given["reason"])


def _understand_presence(desk: Desk, given: Given, _: Asker) -> None:
    """Divide what follows a presence into the time until when, and the reason."""
    words = (given.pop("when", None) or "").split()
    for most in range(len(words), 0, -1):
        try:
            due_times.understand_end(" ".join(words[:most]), desk.now(), terminal())
        except InvalidInput:
            continue
        given["until"], words = " ".join(words[:most]), words[most:]
        break
    if words and not given.get("until") and words[0][:1].isdecimal():
        due_times.understand_end(" ".join(words), desk.now(), terminal())  # raises what is accepted
    if words and not given.get("reason"):
        given["reason"] = " ".join(words)


def _presence(desk: Desk, given: Given) -> str:
    row: AgentRow = presence.set_presence(
        desk, given["agent"]["agent_id"], given["state"], given.get("until"), given.get("reason")
    )
    until = f" until {day_and_moment(row['presence_until'])}" if row["presence_until"] else ""
    counts = (len(row["returned"]), "booking"), (len(row["issue_moves"]), "issue")
    moved = " and ".join(plural(number, noun) for number, noun in counts if number)
    return f"{row['name']}: {row['presence']}{until}" + (f"; {moved} handed back" if moved else "")


BOOKING_VERBS = (
    Verb(
        "c",
        "booking",
        "claim",
        "Claim {rows} for {agent}",
        _claim,
        (BOOKING, agent("--agent", required=False)),
        fill=_taker,
    ),
    Verb(
        "t",
        "booking",
        "contact",
        "Log a call to {rows}: {outcome}",
        _one("Call logged", bookings.contact, "outcome", "text", "follow_up"),
        (
            BOOKING,
            Argument("outcome", Kind.CHOICE, "--outcome", listed=OUTCOME),
            text("text", "--text", required=False),
            Argument("follow_up", Kind.TEXT, "--follow-up", required=False, only_option=True),
        ),
        labels={"text": "note"},
        moments={"follow_up": due_times.understand},
    ),
    Verb(
        "f",
        "booking",
        "confirm",
        "Confirm {rows}",
        _one("Confirmed", bookings.confirm, "package", "destination_revenue", "package_revenue"),
        (
            BOOKING,
            Argument("package", Kind.CHOICE, "--package", required=False, listed="package"),
            Argument(
                "destination_revenue", Kind.WORD, "--destination-revenue", required=False, only_option=True
            ),
            Argument("package_revenue", Kind.WORD, "--package-revenue", required=False, only_option=True),
        ),
    ),
    Verb(
        "x",
        "booking",
        "cancel",
        "Cancel {rows}: {reason}",
        _all(
            "Cancelled",
            lambda desk, number, given: bookings.cancel(desk, number, given["reason"]),
            lambda desk, numbers, given: bulk_actions.cancel(desk, numbers, given["reason"]),
        ),
        (BOOKING, REASON),
        preview=lambda desk, given: bulk_actions.preview_cancel(desk, given["numbers"]),
    ),
    Verb(
        "r",
        "booking",
        "reassign",
        "Reassign {rows} to {agent}: {reason}",
        _all(
            "Reassigned",
            _reassign_one,
            lambda desk, numbers, given: bulk_actions.reassign(
                desk, numbers, given["agent"]["agent_id"], given["reason"]
            ),
        ),
        (BOOKING, agent("--to"), REASON),
        preview=lambda desk, given: bulk_actions.preview_reassign(
            desk, given["numbers"], given["agent"]["agent_id"]
        ),
    ),
    Verb(
        "l",
        "booking",
        "release",
        "Release {rows}",
        _all(
            "Released",
            lambda desk, number, _: bookings.release(desk, number),
            lambda desk, numbers, _: bulk_actions.release(desk, numbers),
        ),
        (BOOKING,),
        preview=lambda desk, given: bulk_actions.preview_release(desk, given["numbers"]),
    ),
    Verb(
        "d",
        "booking",
        "decline",
        "Pass {rows} on to the next agent: {reason}",
        _one("Declined", bookings.decline, "reason"),
        (BOOKING, REASON),
    ),
    Verb("o", "booking", "reopen", "Reopen {rows}", _one("Reopened", bookings.reopen), (BOOKING,)),
    Verb(
        "F",
        "booking",
        "follow-up",
        "Follow up {rows}: {at}",
        _follow_up,
        (BOOKING, text("at", "--at")),
        moments={"at": due_times.understand},
    ),
    Verb(
        "e",
        "booking",
        "priority",
        "Set the priority of {rows} to {priority}",
        _all(
            "Priority set",
            lambda desk, number, given: editing.edit(desk, number, priority=given["priority"]),
            lambda desk, numbers, given: bulk_actions.prioritise(desk, numbers, given["priority"]),
        ),
        (BOOKING, Argument("priority", Kind.CHOICE, "--to", choices=PRIORITIES[::-1])),
        preview=lambda desk, given: bulk_actions.preview_prioritise(
            desk, given["numbers"], given["priority"]
        ),
    ),
    Verb("K", "booking", "keep", "Keep the claim on {rows}", _one("Claim kept", bookings.keep), (BOOKING,)),
    Verb(
        "n",
        "booking",
        "note",
        "Note on {rows}: {text}",
        _one("Noted", bookings.note, "text"),
        (BOOKING, text("text", "--text")),
    ),
    Verb(
        "s",
        "booking",
        "rate",
        "Score {rows}: {score} of 5",
        _one("Scored", bookings.rate, "score"),
        (BOOKING, Argument("score", Kind.CHOICE, "--score", choices=("1", "2", "3", "4", "5"))),
    ),
    Verb(
        "p",
        "agent",
        "presence",
        "{agent}: {state}",
        _presence,
        (
            agent(""),
            Argument("state", Kind.CHOICE, choices=PRESENCES),
            Argument("when", Kind.TEXT, required=False),
            Argument("until", Kind.TEXT, "--until", required=False, only_option=True),
            Argument("reason", Kind.TEXT, "--reason", required=False, only_option=True),
        ),
        fill=_understand_presence,
        moments={"until": due_times.understand_end},
    ),
)
