"""``astra shuffle`` balances the loads; ``astra sweep`` does what is due."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import rich_click as click

from astra_tui.cli import value_types
from astra_tui.cli.database import database_path, opened
from astra_tui.cli.hints import error_json
from astra_tui.cli.options import Call, changing, dry_run, reading
from astra_tui.cli.output.printing import Column, line, narrate, put_json_line, table
from astra_tui.cli.signals import StopSignals
from astra_tui.user import preferences
from dispatch.assignment import shuffle as shuffling
from dispatch.assignment.row_types import Shuffled
from dispatch.desk.desk import Desk
from dispatch.operations import sweep as sweeping
from dispatch.operations.notices.hook import Hook
from dispatch.operations.row_types import SweepResult
from dispatch.operations.sweep_record import absence
from dispatch.operations.sweep_rounds import Round, Rounds
from dispatch.queries.row_types import MoveRow
from dispatch.queries.wording import moment, plural, span
from models.base import Json
from models.errors import DeskError
from models.opening import shown

UNSOUND = 1
TELLING_S, STOPPING_S = 60.0, 2.0  # how long to wait for the command in the configuration
LEAST_S, MOST_S = 5, 86_400  # between two rounds
MOVE_COLUMNS: tuple[Column[MoveRow], ...] = (
    Column("Booking", "booking_id", right=True),
    Column("From agent", "from_agent_id", right=True),
    Column("To agent", "to_agent_id", right=True),
)


@click.command("shuffle")
@dry_run
@changing
def shuffle(call: Call, dry_run: bool) -> None:
    """Move unclaimed bookings from busy agents to those with less work.

    Ignores the dwell time and cool-down of the recurring run. astra undo reverses it.
    """
    result = call.read(shuffling.preview_shuffle) if dry_run else call.change(shuffling.shuffle)
    call.show(result, lambda row: _print_shuffle(row, dry_run))


@click.command("sweep")
@click.option(
    "--every",
    "every_s",
    type=value_types.Interval(LEAST_S, MOST_S),
    help="Sweep now and then every 60s, 5m or 1h, until stopped.",
)
@reading
def sweep(call: Call, every_s: int | None) -> None:
    """Do what is due: breaks, shifts, offers, claims, waiting bookings, issues, the recurring shuffle.

    And the training and daily backup that are due; customers whom retention_days no longer keeps are erased.
    The application does this itself while it is open;
    without it, keep astra sweep --every 60s running (docs/running.md). With --json as well, each round
    prints one line.
    """
    if every_s is not None:
        _sweep_on(call, every_s)
        return
    with call.desk(identifies=False) as desk:
        done = _sweep_once(desk)
    call.show(done, _print_sweep)
    for problem in _problems(done):
        narrate(problem)
        call.surroundings.exit_code = UNSOUND
    hook = _hook(call)
    if hook is not None:
        sys.stdout.flush()  # nobody waits for the command in the configuration
        hook.kick()
        hook.finish(TELLING_S)


def _hook(call: Call) -> Hook | None:
    """Return what runs the command of the user's configuration, if it has one."""
    mine, _ = preferences.load()
    if mine.notify_command is None:
        return None
    path = database_path(call.database)

    def open_quietly() -> AbstractContextManager[Desk]:
        return opened(path, call.actor, says_read_only=False, identifies=False)

    return Hook(mine.notify_command, mine.agent, open_quietly)


def _sweep_once(desk: Desk) -> SweepResult:
    words = absence(desk)
    if words:
        narrate(words)
    return sweeping.sweep_and_back_up(desk)


def _sweep_on(call: Call, every_s: int) -> None:
    path = database_path(call.database)

    def open_quietly() -> AbstractContextManager[Desk]:
        return opened(path, call.actor, says_read_only=False, identifies=False)

    with StopSignals() as stop, Rounds(path, every_s, open_quietly) as rounds, _telling(call) as tell_others:
        reports = RoundReports(path, every_s, as_json=call.as_json)

        def tell(one: Round) -> None:
            reports.tell(one)
            tell_others()

        rounds.keep_on(stop.wait, tell)


@contextmanager
def _telling(call: Call) -> Iterator[Callable[[], object]]:
    """Yield what to call after each round, so that the command in the user's configuration is run."""
    hook = _hook(call)
    if hook is None:
        yield lambda: None
        return
    try:
        yield hook.kick
    finally:
        hook.finish(STOPPING_S)


class RoundReports:
    """Reports of rounds: what was done, in one line each, and problems once."""

    def __init__(self, path: Path | str, every_s: int, *, as_json: bool) -> None:
        self._path = path
        self._as_json = as_json
        self._problem = ""
        self._stuck: frozenset[int] = frozenset()
        self._greeting = f"Sweeping {shown(path)} every {span(every_s / 60)}, until stopped"

    def tell(self, one: Round) -> None:
        if self._greeting:
            narrate(self._greeting)
            self._greeting = ""
        if one.note:
            narrate(one.note)
        self._tell_problem(one.error)
        words = "; ".join(_lines(self._news(one.done))) if one.done else ""
        for problem in _problems(one.done) if one.done else ():
            narrate(problem)
        if words and not self._as_json:
            narrate(f"{moment(one.at)}  {words}")
        if self._as_json:
            put_json_line({"at": one.at} | _as_json(one))

    def _news(self, done: SweepResult) -> SweepResult:
        """The result without the leads seen by all of which the last round has told."""
        before, self._stuck = self._stuck, frozenset(done["seen_by_all"])
        return {**done, "seen_by_all": sorted(self._stuck - before)}

    def _tell_problem(self, error: DeskError | None) -> None:
        problem = f"{error.message}; retrying every round" if error else ""
        if problem != self._problem:
            narrate(problem or f"{self._path} can be swept again")
        self._problem = problem


def _problems(done: SweepResult) -> list[str]:
    return [problem for problem in (done["training_problem"], done["backup_problem"]) if problem]


def _as_json(one: Round) -> Json:
    return {"error": error_json(one.error)} if one.error else dict(one.done or {})


def _print_shuffle(result: Shuffled, is_preview: bool) -> None:
    moves, pinned = result["moves"], result["pinned"]
    would = "would move" if is_preview else "moved"
    line(f"{plural(len(moves), 'booking')} {would}" if moves else "The loads are even: nothing moves")
    if moves:
        table(MOVE_COLUMNS, moves, "")
    if pinned:
        line(f"pinned by a person's decision: {', '.join(map(str, pinned))}")


def _print_sweep(result: SweepResult) -> None:
    for words in _lines(result):
        line(words)
    if result["moves"]:
        table(MOVE_COLUMNS, result["moves"], "")
    if result["sealed"]:
        line(f"{plural(result['sealed'], 'event')} sealed")
    if not any(result.values()):
        line("Nothing was due")


def _lines(result: SweepResult) -> list[str]:
    numbered = (
        ("presence of agents changed", result["presence"]),
        ("absences covered", result["covered"]),
        ("offers passed on", result["lapsed"]),
        ("agents asked about a claim: bookings", result["asked"]),
        ("claims released", result["released"]),
        ("claims of agents who are away passed on", result["passed_on"]),
        ("first contacts awaited too long", result["first_contact"]),
        ("waiting bookings assigned", result["assigned"]),
        ("seen by all, taken by nobody", result["seen_by_all"]),
        ("issues whose time runs out", result["warned"]),
        ("issues escalated", result["escalated"]),
        ("resolved issues closed", result["closed"]),
        ("customers erased", result["erased"]),
    )
    found = [f"{words}: {', '.join(map(str, numbers))}" for words, numbers in numbered if numbers]
    if result["moves"]:
        found.append(f"{plural(len(result['moves']), 'booking')} moved to even out the loads")
    if result["trained"]:
        found.append(f"satisfaction model trained on {result['trained']['answers']:,} answers")
    return found + [f"daily backup: {file}" for file in result["backups"]]
