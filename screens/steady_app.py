"""An application that does one thing after the other, and knows when nothing is under way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

from textual import events, work
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import ModalScreen

STEP_S = 0.005
PATIENCE_S = 2.0
SETTLE_PATIENCE_S = 5.0
STILL_ROUNDS, MOST_ROUNDS = 2, 50


class SteadyApp(App[None]):
    """Does what one key asks for before it looks at the next.

    Textual hands keys on as fast as they come: typed ahead of a slow moment, the name of the next
    customer would land in the field, or the place, that the key before is just about to leave.
    """

    BUSY_GROUPS = frozenset({"open", "command"})
    """The workers that a key is waited for; the rest go on beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._typed_ahead: deque[events.Event] = deque()
        self._is_at_a_key = False

    async def on_event(self, event: events.Event) -> None:
        is_typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if is_typed and self._is_at_a_key:
            self._typed_ahead.append(event)
            return
        await super().on_event(event)
        if is_typed:
            self._is_at_a_key = True
            self._go_on_typing()

    def type_again(self, *typed: events.Key | events.Paste) -> None:
        """Look at keys once more, in their order, before those that were typed after them."""
        again = [
            events.Key(event.key, event.character)
            if isinstance(event, events.Key)
            else events.Paste(event.text)
            for event in typed
        ]
        self._typed_ahead.extendleft(reversed(again))
        if again and not self._is_at_a_key:
            self._is_at_a_key = True
            self._go_on_typing()

    @work(group="typing")
    async def _go_on_typing(self) -> None:
        while True:
            with suppress(TimeoutError):  # somebody who waits for the desk may still leave the place, or quit
                async with asyncio.timeout(PATIENCE_S):
                    await self._quiet(self._typed_at, self.BUSY_GROUPS)
            if not self._typed_ahead:
                break
            await super().on_event(self._typed_ahead.popleft())
        self._is_at_a_key = False

    async def quiet(self) -> None:
        """Return when every message is handled, no worker is at work, and all of it is on screen."""
        still = 0
        for _ in range(MOST_ROUNDS):  # a repaint may ask for another: the footer is made anew after it
            if self._exit:
                return
            await self._quiet(self._all_of_screen, None)
            refreshed = asyncio.Event()
            self.screen.call_after_refresh(refreshed.set)
            await _all_set([refreshed])
            still = still + 1 if self._is_painted() else 0
            if still == STILL_ROUNDS:
                break

    def _is_painted(self) -> bool:
        screen = self.screen
        waits = screen._callbacks or screen._dirty_widgets
        return not (waits or screen._layout_required or screen._repaint_required)

    async def _quiet(self, nodes: Callable[[], Iterable[MessagePump]], groups: frozenset[str] | None) -> None:
        await _handled(nodes)
        while self.is_busy(groups):
            await asyncio.sleep(STEP_S)
            if not self.is_busy(groups):
                await _handled(nodes)

    def is_busy(self, groups: frozenset[str] | None = None) -> bool:
        """Is a worker, or one of these groups, at work?"""
        return any(
            not worker.is_finished for worker in self.workers if groups is None or worker.group in groups
        )

    def _all_of_screen(self) -> list[MessagePump]:
        return [self, *self.screen.walk_children(with_self=True)]

    def _typed_at(self) -> list[MessagePump]:
        """Those that a key goes through; all of a modal, which may have been opened just now."""
        if self.focused is None or isinstance(self.screen, ModalScreen):
            return self._all_of_screen()
        return list(self.focused.ancestors_with_self)


async def _handled(nodes: Callable[[], Iterable[MessagePump]]) -> None:
    """Wait until none of the nodes has a message: one that is passed on takes a round for each of them."""
    still = 0
    with suppress(TimeoutError):  # a screen that never comes to rest must not hold a script for ever
        async with asyncio.timeout(SETTLE_PATIENCE_S):
            while still < STILL_ROUNDS:
                asked = list(nodes())
                await _all_reached(asked)
                still = 0 if any(node.message_queue_size for node in asked) else still + 1


async def _all_reached(nodes: Iterable[MessagePump]) -> None:
    """Wait until each of the nodes has come to a message that is sent to it now."""
    reached: list[asyncio.Event] = []
    for node in nodes:
        event = asyncio.Event()
        if not node.is_running and not node._closing:
            reached.append(node._mounted_event)  # its first messages are still to come
        elif node.call_later(event.set):
            reached.append(event)
    await _all_set(reached)


async def _all_set(happenings: list[asyncio.Event]) -> None:
    with suppress(TimeoutError):  # a widget that was removed meanwhile never answers
        async with asyncio.timeout(1):
            for event in happenings:
                await event.wait()
