"""Full garbage collections wait for a pause."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any, cast

import pytest

from screens.base.key_queue import TOO_MANY, WORTH_IT, IdleCollection


class Typing:
    """An application that only counts keys."""

    keys_typed = 0

    def set_interval(self, interval: float, callback: object) -> None:
        pass


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    before = gc.get_threshold()
    ran: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: ran.append(1))
    yield ran
    gc.set_threshold(*before)


def test_it_collects_once_nobody_types(collected: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    app, waiting = Typing(), [0]
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, waiting[0]))
    collection = IdleCollection(cast("Any", app))
    for typed, middle, expected in (
        (0, WORTH_IT - 1, 0),  # nothing worth it
        (1, WORTH_IT, 0),  # a key was typed
        (2, TOO_MANY - 1, 0),
        (2, WORTH_IT, 1),  # a pause
        (3, TOO_MANY, 2),  # too much for any wait
    ):
        app.keys_typed, waiting[0] = typed, middle
        collection.look()
        assert len(collected) == expected
