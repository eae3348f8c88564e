"""How the state machines run: the same steps every time, however slow the machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

STEADY = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
