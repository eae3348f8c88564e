"""The consequences of a departure, a handover or a batch for the work concerned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from rich.text import Text

from dispatch import queries
from dispatch.bookings.row_types import BatchLine, BatchResult
from dispatch.queries.row_types import AgentRow, BookingRow, IssueMoveRow, MoveRow
from dispatch.queries.wording import plural
from dispatch.service.row_types import IssueBatch, IssueBatchLine, IssueRow
from dispatch.service.wording import priority_words, status
from screens.wording.text import BAD, CARE, short

MOST_NAMED = 6  # agents who are named one by one
MOST_LISTED = 300  # rows of a batch
BOOKING, ISSUE = "booking", "issue"
Result = BatchResult | IssueBatch
Moves = Sequence[MoveRow] | Sequence[IssueMoveRow]


def of_an_agent(row: AgentRow, kept: str, taker: str = "The new agent") -> Text:
    """Describe the effect on an agent's work; ``kept`` names who keeps the rest. Reads the names."""
    text = Text(overflow="fold")
    _moved(text, row["moves"], BOOKING)
    _moved(text, row.get("issue_moves", []), ISSUE)
    if row["kept"]:
        verb = "stays" if len(row["kept"]) == 1 else "stay"
        _line(text, f"{plural(len(row['kept']), 'booking')} {verb} {kept}")
    if row.get("drained"):
        _line(text, f"{plural(len(row['drained']), 'waiting booking')} found an agent")
    if row.get("over_capacity"):
        _line(text, f"! {taker} is then above capacity", f"bold {BAD}")
    return text if text.plain else Text("No bookings are affected")


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
    """Count how many rows of a batch succeed, and how many do not."""
    text = Text(overflow="fold").append(f"{plural(result['done'], noun)} {participle}", "bold")
    if result["refused"]:
        text.append(f", {result['refused']} refused", f"bold {CARE}")
    return text


def before_a_batch(result: Result, participle: str, noun: str = BOOKING) -> Text:
    """Preview a batch: the counts, and first what would be refused, with the reason."""
    return _row_by_row(counts_of(result, participle, noun), _refused_first(result["results"]), noun)


def after_a_batch(result: Result, participle: str, noun: str = BOOKING) -> Text:
    """List the results of a batch in their order; in a long one the refusals come first."""
    rows: Sequence[Any] = result["results"]
    rows = _refused_first(rows) if len(rows) > MOST_LISTED else rows
    return _row_by_row(counts_of(result, participle, noun).append("\n"), rows, noun)


def _refused_first(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: bool(row["ok"]))


def _row_by_row(text: Text, rows: Sequence[Any], noun: str) -> Text:
    format_row = _issue_row if noun == ISSUE else _booking_row
    for row in rows[:MOST_LISTED]:
        if row["ok"]:
            text.append("\n").append_text(format_row(row))
        else:
            reason = row["error"]["message"] if row["error"] else ""
            text.append(f"\n✗ {row[f'{noun}_id']:>6}  {reason}", CARE)
    if len(rows) > MOST_LISTED:
        text.append(f"\n         and {plural(len(rows) - MOST_LISTED, noun)} more", "dim")
    return text


def _issue_row(row: IssueBatchLine) -> Text:
    issue = cast(IssueRow, row["issue"])
    holder = issue["agent_name"] or "waiting for an agent"
    about = f"{priority_words(issue['priority'])}, {status(issue)}, {holder}"
    return Text(f"✓ {row['issue_id']:>6}  {short(issue['title'])}: {about}")


def _booking_row(row: BatchLine) -> Text:
    booking = cast(BookingRow, row["booking"])
    holder = booking["agent_name"] or "waiting for an agent"
    name = short(booking["customer_name"])
    text = Text(f"✓ {row['booking_id']:>6}  {name}: {booking['status']}, {holder}")
    return text.append(" ! above capacity", f"bold {BAD}") if booking.get("over_capacity") else text
