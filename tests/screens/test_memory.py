"""Memory stays flat: what a round of keys makes is gone after it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from screens.base.message_log import KEPT
from tests.screens.long_session import SHORT, living, resident_mb, rounds

WARM_UP, MORE = 2, 2
LONG, SAMPLES, MOST_MB = 2_000, 20, 10


def kept(before: Counter[str], now: Counter[str], rounds: int) -> dict[str, int]:
    """What there is more of, one a round or more: a look at the desk may be under way, or a toast shown."""
    return {name: number for name, number in (now - before).items() if number >= min(rounds, 10)}


async def test_nothing_that_a_round_of_keys_makes_is_kept(running: Any) -> None:
    """What is kept grows with every round; the last screen closed may be held for a while."""
    async with running(size=(100, 30)) as (app, _):
        for number in range(KEPT):
            app.tell(f"message {number}")  # the last fifty are kept: from now on their number is the same
        await rounds(app, WARM_UP, SHORT)
        counts = [await living()]
        for _ in range(2):
            await rounds(app, MORE, SHORT)
            counts.append(await living())
        first, second = (kept(*pair, MORE) for pair in pairwise(counts))
        assert first.keys() & second.keys() == set()
        assert sum(counts[0].values()) > 500


@pytest.mark.stress
@pytest.mark.timeout(4 * 3600)
async def test_a_long_session_stays_within_ten_megabytes(running: Any) -> None:
    if not Path("/proc/self/statm").exists():
        pytest.skip("this system does not show a process's memory")
    async with running(size=(100, 30)) as (app, _):
        await rounds(app, LONG // SAMPLES)
        before, resident = await living(), resident_mb()
        for sample in range(1, SAMPLES):
            await rounds(app, LONG // SAMPLES)
            now, grown = await living(), resident_mb() - resident
            line = (
                f"{(sample + 1) * LONG // SAMPLES:6,} rounds  {grown:+6.1f} MB  {sum(now.values()):,} objects"
            )
            print(line)  # noqa: T201  # for make stress
            assert grown <= MOST_MB
        assert kept(before, now, LONG) == {}
