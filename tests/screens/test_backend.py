"""The desk away from the UI thread: a training delays no command, and ends with the application."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.agents import presence
from dispatch.desk import separate_process
from dispatch.desk.desk import Desk
from models.base import Json
from screens.base.backend import Backend
from tests.conftest import TestClock
from tests.dispatch.service.answers import answer_many

LONGEST_S = 20


@pytest.fixture
async def backend(
    path: Path, desk: Desk, clock: TestClock, add_agent: Callable[..., Any]
) -> AsyncIterator[Backend]:
    """A desk on which a training is due."""
    add_agent()
    answer_many(desk, 100)
    backend = Backend(str(path), clock, "kim")
    await backend.open()
    yield backend
    await backend.close()


async def test_commands_do_not_wait_for_a_training(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    began, goes_on, here = threading.Event(), threading.Event(), separate_process.run

    def slow(*args: Any, **given: Any) -> Json:
        began.set()
        assert goes_on.wait(LONGEST_S)
        return here(*args, **given)

    monkeypatch.setattr(separate_process, "run", slow)
    sweep = asyncio.create_task(backend.sweep())
    assert await asyncio.to_thread(began.wait, LONGEST_S)
    busy = await backend.run(lambda desk: presence.set_presence(desk, 1, "busy"))
    assert busy["presence"] == "busy"
    assert not sweep.done()
    goes_on.set()
    done = await sweep
    assert done is not None
    assert done["trained"] is not None
    assert done["trained"]["answers"] == 100
    again = await backend.sweep()
    assert again is not None
    assert again["trained"] is None


async def test_a_training_ends_with_the_application(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = threading.Event()

    def endless(*_: Any, check: Callable[[], object]) -> Json:
        while True:
            began.set()
            check()
            threading.Event().wait(0.01)

    monkeypatch.setattr(separate_process, "run", endless)
    sweep = asyncio.create_task(backend.sweep())
    assert await asyncio.to_thread(began.wait, LONGEST_S)
    backend.closing.set()
    done = await sweep
    assert done is not None
    assert (done["trained"], done["training_problem"]) == (
        None,
        "Satisfaction is predicted as before: Astra was closed",
    )
