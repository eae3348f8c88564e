"""CPU time from a key to its last paint: between every pair of places, and in a Queue of 1,000,000 bookings.

The application runs in this process with a driver that renders all that a terminal would be sent.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver

from astra_tui.app import AstraApp
from benchmarks.large import large_desk
from benchmarks.measure import Effort, Row, Times, ms
from dispatch.bootstrap import open_desk
from seeds.demo.demo import make_demo

SIZE = (120, 36)
BUDGET_S, KEY_BUDGET_S = 0.06, 0.05
KEY_ROUNDS = 10
QUEUE_KEYS = ("down", "pagedown", "end", "up", "home", "v")
PLACES = ("dispatch", "roster", "queue", "my-desk", "service", "insights", "log")
SOMEBODY = 7


class PaintingDriver(HeadlessDriver):
    """A terminal that takes everything and shows nothing."""

    @property
    def is_headless(self) -> bool:
        return False


def painted(path: Path) -> AstraApp:
    """Return the application, to be run with the driver."""
    app = AstraApp(path, actor="bench")
    app.is_alone = True  # as of a process of its own: full garbage collections wait for a pause

    def driver(*_: object, size: tuple[int, int], **__: object) -> Driver:
        app._driver = PaintingDriver(app, size=size)
        return app._driver

    app._build_driver = driver  # type: ignore[method-assign,assignment]
    return app


def run(effort: Effort, folder: Path) -> list[Row]:
    return [*_places(effort, folder), *_queue(effort)]


def _queue(effort: Effort) -> list[Row]:
    desk, bookings = large_desk(effort)
    path = desk.database.file
    desk.close()
    taken = asyncio.run(_typed(path, effort.size(KEY_ROUNDS)))
    rows = []
    for key, times in taken.items():
        ratio = f"{times.median / KEY_BUDGET_S:.2f} x"
        what, budget = f"CPU of {key} in the Queue, {bookings:,} bookings", f"<= {KEY_BUDGET_S * 1e3:.0f} ms"
        rows.append(Row(what, budget, ms(times.median), ms(times.best), ratio, times.median <= KEY_BUDGET_S))
    return rows


async def _typed(path: Path, rounds: int) -> dict[str, Times]:
    """Return seconds of CPU by the key that is pressed in the Queue."""
    app = painted(path)
    taken: dict[str, list[float]] = {key: [] for key in QUEUE_KEYS}
    async with app.run_test(size=SIZE) as pilot:
        await _go(app, "queue")
        await pilot.press("escape")
        await app.settle()
        for _ in range(rounds + 1):
            for key, seconds in taken.items():
                start = time.process_time()
                app.simulate_key(key)
                await app.settle()
                seconds.append(time.process_time() - start)
    return {key: Times(seconds[1:]) for key, seconds in taken.items()}


def _places(effort: Effort, folder: Path) -> list[Row]:
    path = folder / "desk.db"
    desk = open_desk(path, create=True, actor="bench")
    make_demo(desk)
    desk.close()
    taken = asyncio.run(_measured(path, min(effort.rounds, 5)))
    into = {
        place: Times([statistics.median(each) for (_, to), each in taken.items() if to == place])
        for place in PLACES
    }
    return [
        Row(
            f"CPU from the key to {place}, slowest from another place",
            f"<= {BUDGET_S * 1e3:.0f} ms",
            ms(max(times.seconds)),
            ms(times.best),
            f"{max(times.seconds) / BUDGET_S:.2f} x",
            max(times.seconds) <= BUDGET_S,
        )
        for place, times in into.items()
    ]


async def _measured(path: Path, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Return seconds of CPU by the place left and the place entered, one a round."""
    app = painted(path)
    app.set_reactive(AstraApp.my_agent_id, SOMEBODY)
    taken: dict[tuple[str, str], list[float]] = {}
    async with app.run_test(size=SIZE) as pilot:
        for place in PLACES:
            await _go(app, place)
        for _ in range(rounds):
            for before in PLACES:
                for place in PLACES:
                    if before != place:
                        await _go(app, before)
                        start = time.process_time()
                        await _go(app, place)
                        taken.setdefault((before, place), []).append(time.process_time() - start)
        await pilot.pause()
    return taken


async def _go(app: AstraApp, place: str) -> None:
    app.go(place)
    await app.settle()
