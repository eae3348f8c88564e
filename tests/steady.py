"""How long the slow property tests search: ten times as long under ``make stress``, less on a server."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

STEADY = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Of the state machines: the same steps every time, on any machine."""


def examples(number: int) -> int:
    """Return this number of examples, times ASTRA_EXAMPLES if it is set."""
    return max(1, round(number * float(os.environ.get("ASTRA_EXAMPLES", "1"))))
