"""``astra shuffle`` and ``astra sweep``: evening out the loads, and what the clock does."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, changing, dry_run, reading
from astra_tui.cli.output.printing import Column, line, table
from dispatch.assignment import shuffle as shuffling
from dispatch.operations import sweep as sweeping
from dispatch.operations.row_types import SweepResult
from dispatch.queries.row_types import MoveRow
from dispatch.queries.wording import plural

MOVE_COLUMNS: tuple[Column[MoveRow], ...] = (
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


def _tell_moves(moves: list[MoveRow], is_preview: bool) -> None:
    would = "would move" if is_preview else "moved"
    line(f"{plural(len(moves), 'booking')} {would}" if moves else "The loads are even: nothing moves")
    if moves:
        table(MOVE_COLUMNS, moves, "")


def _tell_sweep(result: SweepResult) -> None:
    for words, numbers in (
        ("presence of agents changed", result["presence"]),
        ("offers went on", result["lapsed"]),
        ("agents asked about a claim: bookings", result["asked"]),
        ("claims released", result["released"]),
        ("waiting bookings assigned", result["assigned"]),
        ("issues whose time runs out", result["warned"]),
        ("issues escalated", result["escalated"]),
        ("resolved issues closed", result["closed"]),
    ):
        if numbers:
            line(f"{words}: {', '.join(map(str, numbers))}")
    if result["moves"]:
        _tell_moves(result["moves"], False)
    if not any(result.values()):
        line("Nothing was due")
