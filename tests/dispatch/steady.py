"""Settings of the state machines: the same steps every time, on any machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

STEADY = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
