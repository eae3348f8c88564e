"""An application that does one thing after the other, and knows when nothing is under way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import takewhile

from textual import events, on, work
from textual.app import App
from textual.message_pump import MessagePump
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget

STEP_S = 0.005
PATIENT_TURNS = 400
"""Of STEP_S each: 2 s on an idle machine, more on a busy one, which is no reason to give up."""
ANSWER_S = 1.0
STILL_ROUNDS, MOST_ROUNDS = 2, 50
SILENT_ROUNDS = 5  # what a round counts for in which somebody did not answer: ten of them are enough

Typed = events.Key | events.Paste


class SteadyScreen(Screen[ScreenResultType]):
    """Calls what waits for a refresh once it is laid out: in a batch of updates, Textual calls it before.

    It keeps its styles while it is out of sight, instead of having them worked out whenever it comes back.
    Where the focus moves, the two that it moves between are painted, and not the whole screen.
    """

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @on(events.ScreenResume)
    def _keep_styles(self, event: events.ScreenResume) -> None:
        event.refresh_styles = False

    async def _invoke_and_clear_callbacks(self) -> None:
        if not (self.is_current and (self.app._batch_count or self._layout_required)):
            await super()._invoke_and_clear_callbacks()


class SteadyApp(App[None]):
    """Does what one key asks for before it looks at the next.

    Textual hands keys on as fast as they come: typed ahead of a slow moment, the name of the next
    customer would land in the field, or the place, that the key before is just about to leave.
    """

    BUSY_GROUPS = frozenset({"open", "command"})
    """The workers that a key is waited for; the rest go on beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._typed_ahead: deque[Typed] = deque()
        self._is_at_a_key = False

    async def on_event(self, event: events.Event) -> None:
        if event.is_forwarded or not isinstance(event, events.Key | events.Paste | events.MouseUp):
            await super().on_event(event)
        elif isinstance(event, events.MouseUp):
            await super().on_event(event)
            if not self._is_at_a_key:  # a click opens things, too, and not only where the focus is
                self._begin(self._all_of_screen)
        elif self._is_at_a_key:
            self._typed_ahead.append(event)
        else:
            await super().on_event(event)
            self._begin(self._typed_at)

    def delay_update(self, delay: float = 0) -> None:
        """Paint another place at once: a section of it that is chosen meanwhile has to be laid out."""

    def _end_batch(self) -> None:
        super()._end_batch()
        if not self._batch_count and self.screen_stack:
            self.screen.check_idle()  # what waits for a refresh can be called now

    def _begin(self, nodes: Callable[[], Iterable[MessagePump]]) -> None:
        self._is_at_a_key = True
        self._go_on_typing(nodes)

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
            self._begin(self._typed_at)

    @work(group="typing")
    async def _go_on_typing(self, nodes: Callable[[], Iterable[MessagePump]]) -> None:
        while True:
            if not await self._quiet(nodes, self.BUSY_GROUPS, self._wants_to_leave):
                self._drop_what_waits()
            if not self._typed_ahead:
                break
            await super().on_event(self._typed_ahead.popleft())
        self._is_at_a_key = False

    def _wants_to_leave(self) -> bool:
        return any(map(self._leaves, self._typed_ahead))

    def _leaves(self, event: Typed) -> bool:
        """Is it a key by which somebody leaves what does not answer, and no letter of a text?"""
        if not isinstance(event, events.Key) or event.is_printable:
            return False
        active = self.active_bindings.get(event.key)
        action = "" if active is None else active.binding.action
        return event.key == "escape" or action == "quit" or action.startswith("go(")

    def _drop_what_waits(self) -> None:
        """Forget what was typed for something that did not open, before the key that leaves it."""
        waiting = list(takewhile(lambda event: not self._leaves(event), self._typed_ahead))
        for _ in waiting:
            self._typed_ahead.popleft()
        if waiting:
            self.notify("The desk did not answer; what was typed meanwhile is dropped", severity="warning")

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

    async def _quiet(
        self,
        nodes: Callable[[], Iterable[MessagePump]],
        groups: frozenset[str] | None,
        gives_up: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Wait until no worker is at work and no message waits; False if somebody ``gives_up`` before.

        A round counts only if it ends where it began: what a worker opens while the nodes of before are
        asked has no field yet that could take a key. A message that is passed on takes a round for each
        node, hence more than one; a screen that never comes to rest does not hold a key for ever.
        """
        still = rounds = turns = 0
        while still < STILL_ROUNDS and rounds < MOST_ROUNDS:
            if self.is_busy(groups):
                still = rounds = 0
                turns += 1
                if turns > PATIENT_TURNS and gives_up():
                    return False
                await asyncio.sleep(STEP_S)
                continue
            there = list(nodes())
            at_work = [node for node in there if not _is_at_rest(node)]
            await asyncio.sleep(0)
            rounds += 1 if await _all_answered(at_work) else SILENT_ROUNDS
            is_still = not at_work and not self.is_busy(groups) and there == list(nodes())
            still = still + 1 if is_still else 0
        return True

    def is_busy(self, groups: frozenset[str] | None = None) -> bool:
        """Is a worker, or one of these groups, at work?"""
        return any(
            not worker.is_finished for worker in self.workers if groups is None or worker.group in groups
        )

    @property
    def is_at_command(self) -> bool:
        """Is a command under way? What the clock finds changed meanwhile may be one's own doing."""
        return self.is_busy(frozenset({"command"}))

    def _all_of_screen(self) -> list[MessagePump]:
        return [self, *self.screen.walk_children(with_self=True)]

    def _typed_at(self) -> list[MessagePump]:
        """Those that a key goes through; all of a modal, which may have been opened just now."""
        if self.focused is None or isinstance(self.screen, ModalScreen):
            return self._all_of_screen()
        return list(self.focused.ancestors_with_self)


def _is_at_rest(node: MessagePump) -> bool:
    """Has it nothing left to do? To look is a hundred times cheaper than to ask each by a message."""
    if node._closing or node._closed:
        return True
    if not node.is_running:
        return node._mounted_event.is_set()
    ready: asyncio.Event = node._message_queue.ready_event
    return bool(ready._waiters) and not ready.is_set()  # its loop waits for a message, and none is there


async def _all_answered(nodes: Iterable[MessagePump]) -> bool:
    """Has each of the nodes come to a message that is sent to it now?"""
    reached: list[asyncio.Event] = []
    for node in nodes:
        event = asyncio.Event()
        if not node.is_running and not node._closing:
            reached.append(node._mounted_event)  # its first messages are still to come
        elif node.call_later(event.set):
            reached.append(event)
    return await _all_set(reached)


async def _all_set(happenings: list[asyncio.Event]) -> bool:
    with suppress(TimeoutError):  # a widget that was removed meanwhile never answers
        async with asyncio.timeout(ANSWER_S):
            for event in happenings:
                await event.wait()
            return True
    return False
