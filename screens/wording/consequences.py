"""The consequences of a departure, a handover or a batch for the work concerned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from rich.text import Text

from dispatch import queries
from dispatch.bookings.row_types import BatchLine, BatchResult
from dispatch.queries.row_types import AgentRow, BookingRow, IssueMoveRow, MoveRow
from dispatch.queries.wording import day_and_moment, plural
from dispatch.service.row_types import IssueBatch, IssueBatchLine, IssueRow
from dispatch.service.wording import priority_words, status
from screens.wording.bookings import is_open, state_with_sign
from screens.wording.text import BAD, CARE, short

MOST_NAMED = 6  # agents who are named one by one
MOST_LISTED = 300  # rows of a batch
BOOKING, ISSUE = "booking", "issue"
Result = BatchResult | IssueBatch
Moves = Sequence[MoveRow] | Sequence[IssueMoveRow]


def of_an_agent(
    row: AgentRow, kept: str, taker: str = "The new agent", drained: Sequence[BookingRow] = ()
) -> Text:
    """Describe the effect on an agent's work; ``kept`` names who keeps the rest. Reads the names.

    ``drained`` are the waiting bookings that get an agent, as they are then.
    """
    text = Text(overflow="fold")
    _moved(text, row["moves"], BOOKING)
    _moved(text, row.get("issue_moves", []), ISSUE)
    if row["kept"]:
        verb = "stays" if len(row["kept"]) == 1 else "stay"
        _line(text, f"{plural(len(row['kept']), 'booking')} {verb} {kept}")
    for line in _found_an_agent(drained):
        _line(text, line)
    if row.get("over_capacity"):
        _line(text, f"! {taker} is then above capacity", f"bold {BAD}")
    return text if text.plain else Text("No bookings are affected")


def _found_an_agent(drained: Sequence[BookingRow]) -> list[str]:
    """Say who gets the waiting bookings, or how many those are."""
    if len(drained) > MOST_NAMED:
        return [f"{plural(len(drained), 'waiting booking')} get an agent"]
    return [
        f"Waiting booking {each['booking_id']} goes to {short(each['agent_name'] or 'another agent')}"
        for each in drained
    ]


def _moved(text: Text, moves: Moves, noun: str) -> None:
    """Add who gets the bookings or issues that move, if any do."""
    if moves:
        verb = "goes" if len(moves) == 1 else "go"
        _line(text, f"{plural(len(moves), noun)} {verb} to others: ", "bold")
        text.append(_takers(moves))


def _line(text: Text, line: str, style: str = "") -> None:
    text.append("\n" if text.plain else "")
    text.append(line, style)


def _takers(moves: Moves) -> str:
    counts = Counter(move["to_agent_id"] for move in moves)
    waiting = counts.pop(None, 0)
    names: dict[int | None, str] = {row["agent_id"]: row["name"] for row in queries.agents_by_id(counts)}
    parts = [f"{number} to {names.get(agent_id)}" for agent_id, number in counts.most_common(MOST_NAMED)]
    others = sum(counts.values()) - sum(number for _, number in counts.most_common(MOST_NAMED))
    parts += [f"{others} to others"] if others else []
    return ", ".join(parts + ([f"{waiting} waiting for an agent"] if waiting else []))


def counts_of(result: Result, participle: str, noun: str = BOOKING) -> Text:
    """Count how many rows of a batch succeed, and of how many if some do not."""
    done, refused = result["done"], result["refused"]
    count = f"{done:,} of {plural(done + refused, noun)}" if refused else plural(done, noun)
    text = Text(overflow="fold").append(f"{count} {participle}", "bold")
    return text.append(f", {refused:,} refused", f"bold {CARE}") if refused else text


def before_a_batch(
    result: Result, participle: str, noun: str = BOOKING, before: Mapping[int, BookingRow] | None = None
) -> Text:
    """Preview a batch: the counts, and first what would be refused, with the reason.

    With the bookings as they are ``before``, each is shown with what changes.
    """
    return _row_by_row(counts_of(result, participle, noun), _refused_first(result["results"]), noun, before)


def after_a_batch(result: Result, participle: str, noun: str = BOOKING) -> Text:
    """List the results of a batch in their order; in a long one the refusals come first."""
    rows: Sequence[Any] = result["results"]
    rows = _refused_first(rows) if len(rows) > MOST_LISTED else rows
    return _row_by_row(counts_of(result, participle, noun).append("\n"), rows, noun)


def _refused_first(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: bool(row["ok"]))


def _row_by_row(
    text: Text, rows: Sequence[Any], noun: str, before: Mapping[int, BookingRow] | None = None
) -> Text:
    for row in rows[:MOST_LISTED]:
        number = row[f"{noun}_id"]
        if row["ok"]:
            was = (before or {}).get(number)
            text.append("\n").append_text(_issue_row(row) if noun == ISSUE else _booking_row(row, was))
        else:
            reason = row["error"]["message"] if row["error"] else ""
            reason = reason.removeprefix(f"{noun} {number} ").removeprefix("is ")
            text.append(f"\n✗ {number:>6}  {reason}", CARE)
    if len(rows) > MOST_LISTED:
        text.append(f"\n         and {plural(len(rows) - MOST_LISTED, noun)} more", "dim")
    return text


def _issue_row(row: IssueBatchLine) -> Text:
    issue = cast(IssueRow, row["issue"])
    holder = issue["agent_name"] or "waiting for an agent"
    about = f"{priority_words(issue['priority'])}, {status(issue)}, {holder}"
    return Text(f"✓ {row['issue_id']:>6}  {short(issue['title'])}: {about}")


def _booking_row(row: BatchLine, before: BookingRow | None = None) -> Text:
    booking = cast(BookingRow, row["booking"])
    text = Text(f"✓ {row['booking_id']:>6}  {short(booking['customer_name'], 24)}  ")
    if before is None:
        text.append_text(state_with_sign(booking))
        text.append(f"  {booking['agent_name']}" if is_open(booking) and booking["agent_name"] else "")
    else:
        text.append_text(_changes(before, booking))
    return text.append(" ! above capacity", f"bold {BAD}") if booking.get("over_capacity") else text


def _changes(before: BookingRow, after: BookingRow) -> Text:
    """Return what a change does: to the state, and, of an open booking, to its agent and follow-up."""
    parts = []
    states = state_with_sign(before), state_with_sign(after)
    if states[0].plain != states[1].plain:
        parts.append(Text(" → ").join(states))
    if is_open(after):
        holders, times = [row["agent_name"] for row in (before, after)], after["follow_up_at"]
        if holders[0] != holders[1]:
            parts.append(Text(" → ".join(short(name or "nobody", 20) for name in holders)))
        if before["follow_up_at"] != times:
            parts.append(Text(f"follow-up {day_and_moment(times) if times else 'removed'}"))
    return Text("  ").join(parts) if parts else Text("no change", "dim")
