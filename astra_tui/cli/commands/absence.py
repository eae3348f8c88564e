"""``astra absence``: planned absences, the substitutes, and the work that they cover."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, agent_number, changing, dry_run, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, line, required_keys
from astra_tui.cli.value_types import ABSENCE, AGENT
from dispatch.agents import cover, planned_absences
from dispatch.agents.row_types import AbsenceRow, CoverRow
from dispatch.inputs.times import absence_spans
from dispatch.queries.row_types import MoveRow
from dispatch.queries.wording import moment, plural


def _substitute(row: AbsenceRow) -> str:
    if row["substitute_id"] is None:
        return ""
    return f"{row['substitute_name'] or 'agent'} ({row['substitute_id']})"


ABSENCES: Listing[AbsenceRow] = Listing(
    (
        Column("Id", "absence_id", right=True),
        Column("Agent", lambda row: f"{row['agent_name']} ({row['agent_id']})"),
        Column("From", lambda row: moment(row["from_at"])),
        Column("Until", lambda row: moment(row["until_at"])),
        Column("Substitute", _substitute),
        Column("Reason", lambda row: row["reason"] or ""),
    ),
    required_keys(AbsenceRow),
    "absence_id",
)


@click.group("absence")
def absence() -> None:
    """Plan the absences of agents, and who covers for them."""


@absence.command("list")
@click.option("--agent", "agent_id", type=AGENT, help="Of this agent; default: of everybody.")
@click.option("--all", "with_past", is_flag=True, help="Also those that are over.")
@formatted
@reading
def list_all(call: Call, agent_id: int | None, with_past: bool) -> None:
    """List the absences of now and those planned, the next first."""
    with call.desk() as desk:
        rows = planned_absences.list_absences(desk.now(), agent_id, with_past=with_past)
    call.show_rows(rows, ABSENCES, "no absence is planned: astra absence add AGENT --from DAY --to DAY")


@absence.command("add")
@agent_number
@click.option("--from", "since", required=True, metavar="WHEN", help=f"{absence_spans.EXAMPLES}.")
@click.option("--to", "until", required=True, metavar="WHEN", help="The last day, or a time.")
@click.option("--reason", metavar="TEXT", help="Why, for other agents to see.")
@click.option("--substitute", "substitute_id", type=AGENT, help="Who covers the claimed bookings.")
@dry_run
@changing
def add(call: Call, /, dry_run: bool, **given: Any) -> None:
    """Plan an absence: it begins and ends by itself.

    Absences of one agent that overlap become one. --dry-run also shows the work that would move now.
    """
    run = planned_absences.preview if dry_run else planned_absences.add
    row = call.read(run, **given) if dry_run else call.change(run, **given)
    call.show(row, lambda row: _print_added(row, is_preview=dry_run))


@absence.command()
@click.argument("absence_id", type=ABSENCE)
@dry_run
@changing
def remove(call: Call, absence_id: int, dry_run: bool) -> None:
    """Remove an absence; an agent whose absence has begun is back at once."""
    agent_id = call.read(lambda _: planned_absences.agent_of(absence_id))
    if dry_run:
        row = call.read(
            lambda desk: desk.rehearse(lambda: planned_absences.remove(desk, agent_id, absence_id))
        )
    else:
        row = call.change(planned_absences.remove, agent_id, absence_id)
    call.show(row, lambda row: line(f"{'Would be removed' if dry_run else 'Removed'}: {_words(row)}"))


@absence.command("return")
@agent_number
@dry_run
@changing
def bring_back(call: Call, agent_id: int, dry_run: bool) -> None:
    """Give an agent back the bookings that others have covered.

    What was closed meanwhile, or given to somebody else, stays as it is.
    """
    if dry_run:
        row = call.read(lambda desk: desk.rehearse(lambda: cover.bring_back(desk, agent_id)))
    else:
        row = call.change(cover.bring_back, agent_id)
    call.show(row, lambda row: _print_returned(row, is_preview=dry_run))


def _words(row: AbsenceRow) -> str:
    return (
        f"absence {row['absence_id']} of {row['agent_name']},"
        f" {moment(row['from_at'])} until {moment(row['until_at'])}"
    )


def _print_added(row: AbsenceRow, *, is_preview: bool) -> None:
    line(f"{'Would be planned' if is_preview else 'Planned'}: {_words(row)}")
    if row.get("merged"):
        line(f"  joined with what was planned: {plural(len(row['merged']), 'absence')}")
    _print_moves(row.get("moves", []))
    for issue in row.get("issue_moves", []):
        line(f"  issue {issue['issue_id']} {_taker(issue['to_agent_id'])}")
    if row.get("kept"):
        covers = f"covered by {_substitute(row)}" if row["substitute_id"] is not None else "not covered"
        numbers = ", ".join(map(str, row["kept"]))
        line(f"  {plural(len(row['kept']), 'claimed booking')} {covers}: {numbers}")


def _print_returned(row: CoverRow, *, is_preview: bool) -> None:
    would = "Would come back" if is_preview else "Back"
    line(f"{would} to {row['agent_name']}: {plural(len(row['moves']), 'booking')}")
    _print_moves(row["moves"])
    if row["stay"]:
        line(f"  closed or given away meanwhile: {', '.join(map(str, row['stay']))}")


def _print_moves(moves: list[MoveRow]) -> None:
    for move in moves:
        line(f"  booking {move['booking_id']} {_taker(move['to_agent_id'])}")


def _taker(agent_id: int | None) -> str:
    return "waits" if agent_id is None else f"to agent {agent_id}"
