"""``astra shuffle`` balances the loads; ``astra sweep`` does what is due."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, changing, dry_run, reading
from astra_tui.cli.output.printing import Column, line, narrate, table
from dispatch.assignment import shuffle as shuffling
from dispatch.operations import sweep as sweeping
from dispatch.operations.row_types import SweepResult
from dispatch.queries.row_types import MoveRow
from dispatch.queries.wording import plural

UNSOUND = 1
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

    Ignores the dwell time and cool-down of the recurring run. astra undo reverses it.
    """
    result = call.read(shuffling.preview_shuffle) if dry_run else call.change(shuffling.shuffle)
    call.show(result, lambda row: _print_moves(row["moves"], dry_run))


@click.command("sweep")
@reading
def sweep(call: Call) -> None:
    """Do what is due: breaks, shifts, offers, claims, waiting bookings, issues, the recurring shuffle.

    Also train the satisfaction model and make the daily backup. The application does this itself; without
    it, run the command every minute.
    """
    done = call.read(sweeping.sweep_and_back_up)
    call.show(done, _print_sweep)
    for problem in filter(None, (done["training_problem"], done["backup_problem"])):
        narrate(problem)
        call.surroundings.exit_code = UNSOUND


def _print_moves(moves: list[MoveRow], is_preview: bool) -> None:
    would = "would move" if is_preview else "moved"
    line(f"{plural(len(moves), 'booking')} {would}" if moves else "The loads are even: nothing moves")
    if moves:
        table(MOVE_COLUMNS, moves, "")


def _print_sweep(result: SweepResult) -> None:
    for words, numbers in (
        ("presence of agents changed", result["presence"]),
        ("offers passed on", result["lapsed"]),
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
        _print_moves(result["moves"], False)
    if result["trained"]:
        line(f"satisfaction model trained on {result['trained']['answers']:,} answers")
    for file in result["backups"]:
        line(f"daily backup: {file}")
    if not any(result.values()):
        line("Nothing was due")
