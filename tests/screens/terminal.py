"""Several applications at one desk in one test, each in its own task."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from astra_tui.app import AstraApp
from tests.screens.scenes import fill_in, press

T = TypeVar("T")
Step = tuple[Callable[[AstraApp], Awaitable[Any]], "asyncio.Future[Any]"]


class Terminal:
    """One user's application, headless; steps run inside its own task and context.

    Textual keeps the active application in a context variable, so two of them in one task would
    answer for each other.
    """

    def __init__(self, app: AstraApp, size: tuple[int, int] = (120, 36)) -> None:
        self._app = app
        self._size = size
        self._steps: asyncio.Queue[Step | None] = asyncio.Queue()
        self._life: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._app.animation_level = "none"
        self._life = asyncio.create_task(self._live())
        await self.settle()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._life is not None:
            await self._steps.put(None)
            await self._life

    async def _live(self) -> None:
        async with self._app.run_test(size=self._size, notifications=True):
            while (step := await self._steps.get()) is not None:
                work, answer = step
                try:
                    answer.set_result(await work(self._app))
                except BaseException as error:  # noqa: BLE001  # it is re-raised in the caller's task
                    answer.set_exception(error)

    async def do(self, work: Callable[[AstraApp], Awaitable[T]]) -> T:
        """Run a step inside the application, and return what it found."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        await self._steps.put((work, answer))
        result: T = await answer
        return result

    async def look(self, work: Callable[[AstraApp], T]) -> T:
        """Read something on screen."""

        async def step(app: AstraApp) -> T:
            return work(app)

        return await self.do(step)

    async def press(self, *keys: str) -> None:
        await self.do(lambda app: press(app, *keys))

    async def fill_in(self, **values: str) -> None:
        await self.do(lambda app: fill_in(app, **values))

    async def settle(self) -> None:
        await self.do(lambda app: app.settle())
