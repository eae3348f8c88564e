"""The service desk with 10,000 open issues: the sweep, the first page by urgency, opening an issue."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.large import timed
from benchmarks.measure import Effort, Row, Times, ms, s
from benchmarks.terminal import NothingPainted, Terminal
from dispatch import customers
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.reporting import service_dashboard
from dispatch.service.due_checks import sweep_issues
from dispatch.service.escalation import monitor
from dispatch.service.issues import editing, intake, queries
from dispatch.service.sla import clocks
from models.clock import utc_now
from models.issues import CATEGORIES, CHANNELS, Issue
from seeds.demo.demo import make_demo

ISSUES = 10_000
PAGE = 500
SWEEP_BUDGET_S, LIST_BUDGET_S, OPEN_BUDGET_S, SCREEN_BUDGET_S = 1.0, 0.2, 0.05, 0.2
LATELY = timedelta(minutes=30)
TO_DISPATCH, TO_SERVICE, ESCAPE = b"\x1bOQ", b"\x1b[17~", b"\x1b"  # f2, f6
CUSTOMER = 1
MESSAGE = "I was charged twice for my trip to Mars and cannot reach anybody, please refund $300 today."


class _Clock:
    """A clock that the benchmark sets, starting shortly ago, to choose the times of the sweeps."""

    def __init__(self) -> None:
        self.moment = utc_now() - LATELY

    def __call__(self) -> datetime:
        return self.moment


def run(effort: Effort, folder: Path) -> list[Row]:
    number, clock = effort.size(ISSUES), _Clock()
    desk = open_desk(folder / "service.db", create=True, clock=clock, actor="bench")
    make_demo(desk)
    _fill(desk, clock, number)
    rows = [_swept(desk, clock, number, rounds=min(5, effort.rounds))]
    with desk.reading():
        page = timed(lambda: queries.issues(desk, queries.IssueFilter(), PAGE), effort.rounds)
        board = timed(lambda: service_dashboard.dashboard(desk), min(5, effort.rounds))
    opened = timed(lambda: intake.open_issue(desk, MESSAGE, tier="gold"), effort.rounds)
    rows += [
        *_screen(desk, folder, number, effort.rounds),
        _row(f"first {PAGE} of {number:,} issues by urgency", page, LIST_BUDGET_S),
        _row("one issue opened, triaged and routed", opened, OPEN_BUDGET_S),
        Row(f"dashboard of {number:,} open issues", measured=ms(board.median), best=ms(board.best)),
        _late(desk, clock),
    ]
    desk.close()
    return rows


def _row(what: str, times: Times, budget_s: float) -> Row:
    return Row(what, ms(budget_s), ms(times.median), ms(times.best), ok=times.median <= budget_s)


def _screen(desk: Desk, folder: Path, number: int, rounds: int) -> list[Row]:
    """Measure from the key press elsewhere in the application to content that was not there before."""
    what = f"Service opened, {number:,} open issues"
    with desk.reading():
        (top,) = queries.issues(desk, queries.IssueFilter(), 1)
    editing.edit(desk, top["issue_id"], customer_id=CUSTOMER)
    try:
        first, rows, panes = _opened(desk, folder, rounds)
    except NothingPainted as error:
        return [Row(what, ms(SCREEN_BUDGET_S), note=f"skipped: {error}")]
    return [
        _row(f"{what}, to its rows", rows, SCREEN_BUDGET_S),
        _row(f"{what}, to the pane too", panes, SCREEN_BUDGET_S),
        Row(f"{what}, the first time", measured=ms(first)),
    ]


def _opened(desk: Desk, folder: Path, rounds: int) -> tuple[float, Times, Times]:
    """Time the first opening, then the rows and the pane, which both show the customer's new name."""
    rows, panes = [], []
    with Terminal(folder, desk.database.file, rows=36, columns=120) as terminal:
        terminal.rest()
        terminal.press(ESCAPE)  # the tour
        for count in range(rounds + 1):
            terminal.press(TO_DISPATCH)
            terminal.rest()
            name = f"Round {count}th"
            customers.edit(desk, CUSTOMER, name=name)
            terminal.rest()
            start = time.perf_counter()
            terminal.press(TO_SERVICE)
            terminal.wait_for(name)
            rows.append(time.perf_counter() - start)
            terminal.wait_for(name)
            panes.append(time.perf_counter() - start)
    return panes[0], Times(rows[1:]), Times(panes[1:])


def _swept(desk: Desk, clock: _Clock, number: int, rounds: int) -> Row:
    """Sweep at intervals of a minute: the index finds what has become due."""
    seconds, looked = [], 0
    for _ in range(rounds):
        clock.moment += timedelta(minutes=1)
        start = time.perf_counter()
        looked += sweep_issues(desk)["examined"]
        seconds.append(time.perf_counter() - start)
    times = Times(seconds)
    what = f"sweep of {number:,} open issues, {looked // rounds} due"
    return Row(what, s(SWEEP_BUDGET_S), ms(times.median), ms(times.best), ok=times.median <= SWEEP_BUDGET_S)


def _late(desk: Desk, clock: _Clock) -> Row:
    """Sweep after a week without sweeps, when everything is due at once."""
    clock.moment += timedelta(days=7)
    start = time.perf_counter()
    swept = sweep_issues(desk)
    taken = time.perf_counter() - start
    raised = len(swept["warnings"]) + len(swept["escalations"])
    return Row(f"sweep after a week, {swept['examined']:,} due, {raised:,} alarms", measured=s(taken))


def _fill(desk: Desk, clock: _Clock, number: int) -> None:
    """Create open, unanswered issues, one every few seconds, as triage would leave them."""
    end = clock.moment
    for first in range(0, number, 1000):
        with desk.transaction():
            made = [
                _issue(desk, clock, end, place, number) for place in range(first, min(number, first + 1000))
            ]
            clock.moment = end
            monitor.examine(desk, desk.now(), made)


def _issue(desk: Desk, clock: _Clock, end: datetime, place: int, number: int) -> int:
    clock.moment = end - timedelta(seconds=10 * (number - place))
    now = desk.now()
    issue = Issue(
        agent_id=1 + place % 30,
        status="assigned",
        category=CATEGORIES[place % 7],
        confidence=0.9,
        priority=1 + place % 5,
        priority_steps="[]",
        channel=CHANNELS[place % 5],
        title=f"Issue {place}",
        description=MESSAGE,
        tags="[]",
        sentiment='{"compound":0.0}',
        entities="[]",
        urgency_indicators="[]",
        complexity="low",
        routing_reason="bench",
        opened_at=now,
        changed_at=now,
        assigned_at=now,
    )
    issue.save()
    clocks.start(issue, desk.settings)
    return int(issue.issue_id)
