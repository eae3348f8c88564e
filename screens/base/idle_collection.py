"""Full garbage collections between keys: one takes three times as long as a change of place may.

Python starts them by the number of new objects, so that every twentieth change of place would hesitate for
0.15 s. Here they wait until nobody types; short ones go on as usual.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Protocol

LOOK_EVERY_S = 2.0
WORTH_IT = 10  # collections of the middle generation, as Python counts them by default
TOO_MANY = 300  # somebody types without a pause: memory has its limit
NEVER = 1_000_000


class Typed(Protocol):
    """An application that counts what is typed."""

    keys_typed: int

    def set_interval(self, interval: float, callback: Callable[[], object]) -> object: ...


class IdleCollection:
    """Collects for the only application of a process, from now on."""

    def __init__(self, app: Typed) -> None:
        self._app, self._seen = app, app.keys_typed
        gc.set_threshold(*gc.get_threshold()[:2], NEVER)
        app.set_interval(LOOK_EVERY_S, self.look)

    def look(self) -> None:
        """Collect if nothing was typed since the last look, and there is something to collect."""
        is_idle, self._seen = self._app.keys_typed == self._seen, self._app.keys_typed
        if gc.get_count()[2] >= (WORTH_IT if is_idle else TOO_MANY):
            gc.collect()
