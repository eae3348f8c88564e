"""Triage of a customer's message: loading the model, then one message at a time.

The messages are those of the corpus and one of 10,000 characters. All have been read once before, as a
working desk has seen most words.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import Effort, Row, Times, by_turns, ms
from benchmarks.processes import run_command
from dispatch.triage.known_names import of_a_new_desk
from dispatch.triage.pipeline import triage
from seeds.triage.corpus import corpus

MESSAGE_BUDGET_S = 0.005
LOAD_BUDGET_S = 0.2
LOADING = (
    "import time; import dispatch.triage.pipeline as pipeline; begin = time.perf_counter(); "
    "pipeline.triage('where is my refund'); print(time.perf_counter() - begin)"
)


def run(effort: Effort, folder: Path) -> list[Row]:
    texts = [example.text for example in corpus()][:: max(1, int(4 / effort.scale))]
    known = of_a_new_desk()
    long = " ".join(texts)
    long = (long * (10_000 // len(long) + 1))[:10_000]

    def every_message() -> None:
        for text in texts:
            triage(text, known=known)

    (each,) = by_turns([every_message], effort.rounds, each=len(texts))
    (longest,) = by_turns([lambda: triage(long, known=known)], min(effort.rounds, 10))
    loading = Times([_load(folder) for _ in range(min(effort.rounds, 10))])
    return [
        _row("a message triaged", MESSAGE_BUDGET_S, each),
        Row("a message of 10,000 characters", "", ms(longest.median), ms(longest.best)),
        _row("triage loaded, first message included", LOAD_BUDGET_S, loading),
    ]


def _load(folder: Path) -> float:
    """Measure the first call in a new process, in seconds."""
    return float(run_command(sys.executable, "-c", LOADING, folder=folder))


def _row(what: str, budget_s: float, times: Times) -> Row:
    ratio = f"{times.median / budget_s:.2f} x"
    ok = times.median <= budget_s
    return Row(what, f"<= {budget_s * 1e3:.0f} ms", ms(times.median), ms(times.best), ratio, ok)
