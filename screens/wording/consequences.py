"""The consequences of a departure, a handover or a batch for the work concerned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from dispatch import queries
from dispatch.bookings.row_types import BatchLine, BatchResult
from dispatch.queries.caps import override_words
from dispatch.queries.row_types import AgentRow, BookingRow, IssueMoveRow, MoveRow
from dispatch.queries.wording import day_and_moment, plural
from dispatch.service.issues import queries as issues
from dispatch.service.row_types import IssueBatch, IssueBatchLine, IssueRow
from dispatch.service.wording import priority_words, status
from screens.wording.bookings import is_open, state_with_sign
from screens.wording.text import BAD, CARE, short

MOST_NAMED = 6  # agents who are named one by one
MOST_ROWS, NAME_CELLS = 5, 20  # bookings or issues that are named, and letters of a customer
MOST_LISTED = 300  # rows of a batch
LINE_CELLS = 72  # of a preview on a terminal of 80 columns
ABOVE = " ! above capacity"
LEAST_NAME = 16  # cells of a customer, however much else changes
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
    issue_moves = row.get("issue_moves", [])
    _moved(text, row["moves"], BOOKING)
    _named(text, [move["booking_id"] for move in row["moves"]], BOOKING)
    _moved(text, issue_moves, ISSUE)
    _named(text, [move["issue_id"] for move in issue_moves], ISSUE)
    if row["kept"]:
        verb = "stays" if len(row["kept"]) == 1 else "stay"
        _line(text, f"{plural(len(row['kept']), 'booking')} {verb} {kept}")
        _named(text, row["kept"], BOOKING)
    giver = row["agent_id"] if row["moves"] else None
    for line in _found_an_agent(drained, giver):
        _line(text, line)
    if row.get("over_capacity"):
        _line(text, f"! {taker} is then above capacity", f"bold {BAD}")
    return text if text.plain else Text("No bookings are affected")


def handed_over(row: AgentRow, names: Mapping[int, str], then: str = "") -> tuple[str, str]:
    """Say what an agent has handed over, to one agent of ``names`` if all went there; then in brief."""
    moves: dict[str, Moves] = {BOOKING: row["moves"], ISSUE: row.get("issue_moves", [])}
    counts = [plural(len(each), noun) for noun, each in moves.items() if each]
    takers = {move["to_agent_id"] for each in moves.values() for move in each}
    taker = names.get(takers.pop() or 0, "") if len(takers) == 1 else ""
    to = f" → {short(taker, 20)}" if taker else ""
    what = f"{' and '.join(counts) or 'nothing'} of {short(row['name'], 20)}{to}"
    return f"Handed over: {what}{then}", f"Moved {', '.join(counts) or 'nothing'}{then}"


def _found_an_agent(drained: Sequence[BookingRow], giver: int | None) -> list[str]:
    """Say who gets the waiting bookings, or how many those are; why, if it is who gives work away."""
    if len(drained) > MOST_NAMED:
        return [f"{plural(len(drained), 'waiting booking')} get an agent"]
    return [
        f"Waiting booking {each['booking_id']} goes to {short(each['agent_name'] or 'another agent')}"
        + (", who is still available and has room then" if giver and each["agent_id"] == giver else "")
        for each in drained
    ]


def _moved(text: Text, moves: Moves, noun: str) -> None:
    """Add who gets the bookings or issues that move, if any do."""
    if moves:
        verb = "goes" if len(moves) == 1 else "go"
        _line(text, f"{plural(len(moves), noun)} {verb} to others: ", "bold")
        text.append(_takers(moves))


def _named(text: Text, numbers: Sequence[int], noun: str) -> None:
    """Name the first bookings or issues with their customers, and count the others. Reads the names."""
    if not numbers:
        return
    shown = sorted(numbers)[:MOST_ROWS]
    names = (
        {row["booking_id"]: row["customer_name"] for row in queries.bookings_by_id(shown)}
        if noun == BOOKING
        else issues.customers_of(shown)
    )
    parts = [f"{number} {short(names.get(number, ''), NAME_CELLS)}".rstrip() for number in shown]
    if others := len(numbers) - len(shown):
        parts.append(f"{others:,} more")
    _line(text, "  " + ", ".join(parts), "dim")


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


def before_a_batch(result: Result, participle: str, noun: str = BOOKING) -> Text:
    """Preview a batch: the counts, and first what would be refused, with the reason."""
    return _row_by_row(counts_of(result, participle, noun), _refused_first(result["results"]), noun)


def before_bookings(
    result: BatchResult, participle: str, before: Mapping[int, BookingRow], taker: str = ""
) -> Text:
    """Preview a batch of bookings that are as they are ``before``, with what changes in columns.

    Of a change of hands to a ``taker``, who is named above, only the one before is named.
    """
    text, rows = counts_of(result, participle), _refused_first(result["results"])
    shown = rows[:MOST_LISTED]
    changes = {
        row["booking_id"]: _changed(before.get(row["booking_id"]), row["booking"], taker)
        for row in shown
        if row["ok"]
    }
    wide = max((len(str(row["booking_id"])) for row in shown), default=0)
    holders = max((cell_len(holder) for _, holder, _ in changes.values()), default=0)
    beside = holders + max((rest.cell_len for _, _, rest in changes.values()), default=0)
    beside += len(ABOVE) if any(row["ok"] and row["booking"].get("over_capacity") for row in shown) else 0
    room = max(LEAST_NAME, LINE_CELLS - wide - beside - len("✓       "))
    names = min(room, max((cell_len(name) for name, _, _ in changes.values()), default=0))
    for row in shown:
        number = f"{row['booking_id']:>{wide}}"
        if not row["ok"]:
            text.append(f"\n✗ {number}  {_refused_because(row, BOOKING)}", CARE)
            continue
        name, holder, rest = changes[row["booking_id"]]
        text.append(f"\n✓ {number}  {set_cell_size(_in_cells(name, names), names)}  ")
        text.append(f"{set_cell_size(holder, holders)}  " if holders else "").append_text(rest)
        text.append(ABOVE if row["booking"].get("over_capacity") else "", f"bold {BAD}")
    return _and_more(text, len(rows), BOOKING)


def overrides(result: BatchResult, agent: AgentRow, held: int) -> Text:
    """Say that an agent would have more than they should, once they have ``held`` bookings and issues."""
    text, capacity = Text(overflow="fold"), agent["capacity"]
    if result["done"] and held > capacity:
        _line(text, f"! above capacity then: {held} of {capacity}, kept as an override", f"bold {BAD}")
    capped = (row["booking"].get("over_cap", "") for row in result["results"] if row["booking"])
    for words in dict.fromkeys(filter(None, capped)):
        _line(text, f"! {override_words(agent['name'], words)}", f"bold {BAD}")
    return text


def after_a_batch(result: Result, participle: str, noun: str = BOOKING) -> Text:
    """List the results of a batch in their order; in a long one the refusals come first."""
    rows: Sequence[Any] = result["results"]
    rows = _refused_first(rows) if len(rows) > MOST_LISTED else rows
    return _row_by_row(counts_of(result, participle, noun).append("\n"), rows, noun)


def _refused_first(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: bool(row["ok"]))


def _refused_because(row: Any, noun: str) -> str:
    reason = str(row["error"]["message"]) if row["error"] else ""
    return reason.removeprefix(f"{noun} {row[f'{noun}_id']} ").removeprefix("is ")


def _and_more(text: Text, rows: int, noun: str) -> Text:
    if rows > MOST_LISTED:
        text.append(f"\n         and {plural(rows - MOST_LISTED, noun)} more", "dim")
    return text


def _row_by_row(text: Text, rows: Sequence[Any], noun: str) -> Text:
    for row in rows[:MOST_LISTED]:
        if row["ok"]:
            text.append("\n").append_text(_issue_row(row) if noun == ISSUE else _booking_row(row))
        else:
            text.append(f"\n✗ {row[f'{noun}_id']:>6}  {_refused_because(row, noun)}", CARE)
    return _and_more(text, len(rows), noun)


def _issue_row(row: IssueBatchLine) -> Text:
    issue = cast(IssueRow, row["issue"])
    holder = issue["agent_name"] or "waiting for an agent"
    about = f"{priority_words(issue['priority'])}, {status(issue)}, {holder}"
    return Text(f"✓ {row['issue_id']:>6}  {short(issue['title'])}: {about}")


def _booking_row(row: BatchLine) -> Text:
    booking = cast(BookingRow, row["booking"])
    text = Text(f"✓ {row['booking_id']:>6}  {short(booking['customer_name'], 24)}  ")
    text.append_text(state_with_sign(booking))
    text.append(f"  {booking['agent_name']}" if is_open(booking) and booking["agent_name"] else "")
    return text.append(ABOVE, f"bold {BAD}") if booking.get("over_capacity") else text


def _in_cells(name: str, cells: int) -> str:
    return name if cell_len(name) <= cells else f"{set_cell_size(name, cells - 1).rstrip()}…"


def _changed(before: BookingRow | None, after: BookingRow, taker: str) -> tuple[str, str, Text]:
    """Return a booking's customer, whose it was and becomes, and what else changes."""
    before = before or after
    name, holder, parts = after["customer_name"], "", list[Text]()
    states = state_with_sign(before), state_with_sign(after)
    if states[0].plain != states[1].plain:
        parts.append(Text(" → ").join(states))
    if is_open(after):
        holders = [_in_cells(row["agent_name"] or "nobody", 16) for row in (before, after)]
        due = after["follow_up_at"]
        if before["agent_id"] != after["agent_id"]:
            is_told = bool(taker) and after["agent_name"] == taker
            holder = f"from {holders[0]}" if is_told else " → ".join(holders)
        if before["priority"] != after["priority"]:
            parts.append(Text(f"priority {priority_words(after['priority'])}"))
        if before["follow_up_at"] != due:
            parts.append(Text(f"follow-up {day_and_moment(due) if due else 'removed'}"))
    nothing = Text() if holder else Text("no change", "dim")
    return name, holder, Text("  ").join(parts) if parts else nothing
