"""``astra shuffle`` and ``astra sweep``: evening out the loads, and what the clock does."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, changing, dry_run, reading
from astra_tui.cli.output.printing import Column, line, plural, table
from dispatch.assignment import shuffle as shuffling
from dispatch.operations import sweep as sweeping

Row = dict[str, Any]

MOVE_COLUMNS = (
    Column("Booking", "booking_id", right=True),
    Column("From agent", "from_agent_id", right=True),
    Column("To agent", "to_agent_id", right=True),
)


@click.command("shuffle")
@dry_run
@changing
def shuffle(call: Call, dry_run: bool) -> None:
    """Move unclaimed bookings from agents with much work to those with less.

    It heeds neither the dwell time nor the cool-down of the recurring run. astra undo takes it back.
    """
    if dry_run:
        with call.desk() as desk:
            result = shuffling.preview_shuffle(desk)
    else:
        result = call.change(shuffling.shuffle)
    call.tell(result, lambda row: _tell_moves(row["moves"], dry_run))


@click.command("sweep")
@reading
def sweep(call: Call) -> None:
    """Do what the clock demands: breaks, shifts, offers, claims, what waits, issues, the recurring shuffle.

    The application does so by itself; a desk without one can call it every minute.
    """
    with call.desk() as desk:
        result = sweeping.sweep(desk)
    call.tell(result, _tell_sweep)


COMMANDS = {"shuffle": shuffle, "sweep": sweep}

WORDS = {
    "presence": "presence of agents changed",
    "lapsed": "offers went on",
    "asked": "agents asked about a claim: bookings",
    "released": "claims released",
    "assigned": "waiting bookings assigned",
    "warned": "issues whose time runs out",
    "escalated": "issues escalated",
    "closed": "resolved issues closed",
}


def _tell_moves(moves: list[Row], is_preview: bool) -> None:
    would = "would move" if is_preview else "moved"
    line(f"{plural(len(moves), 'booking')} {would}" if moves else "The loads are even: nothing moves")
    if moves:
        table(MOVE_COLUMNS, moves, "")


def _tell_sweep(result: Row) -> None:
    for key, words in WORDS.items():
        if result[key]:
            line(f"{words}: {', '.join(map(str, result[key]))}")
    if result["moves"]:
        _tell_moves(result["moves"], False)
    if not any(result.values()):
        line("Nothing was due")
