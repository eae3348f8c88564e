"""An application that handles keys one at a time, and knows when nothing is under way."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import takewhile
from typing import Any

from textual import events, work
from textual.app import ScreenStackError
from textual.filter import LineFilter
from textual.message_pump import MessagePump
from textual.screen import ModalScreen

from screens.base.harmless_text import HARMLESS_LINES, visible
from screens.base.textual_internals import (
    SteadyBatches,
    character_to_key,
    is_at_rest,
    is_closing,
    is_painted,
    mounted_event,
    screens_in_sight,
)

TYPING_S = 0.6
"""Keys at most this far apart, in seconds, are one piece of typing."""
STEP_S = 0.005
PATIENT_TURNS = 400
"""In steps of STEP_S: 2 s on an idle machine, more on a busy one, which is no reason to give up."""
ANSWER_S = 1.0
STILL_ROUNDS, MOST_ROUNDS = 2, 50
SILENT_ROUNDS = 5  # the cost of a round in which a node did not answer: ten of them are enough

LOOK_EVERY_S = 2.0
WORTH_IT = 10  # collections of the middle generation, as Python counts them by default
TOO_MANY = 300  # somebody types without a pause: memory has its limit
NEVER = 1_000_000

Typed = events.Key | events.Paste


def escape_and_character(event: events.Event) -> Sequence[events.Key]:
    """Return the two keys that a terminal sends as one, alt with a character; otherwise nothing.

    Somebody who types on within 0.1 s of an escape means both: without the escape, a form that should
    close would take the text.
    """
    if not isinstance(event, events.Key) or not event.key.startswith("alt+") or not event.is_printable:
        return []
    character = event.character or ""
    return [events.Key("escape", "\x1b"), events.Key(character_to_key(character), character)]


class SteadyApp(SteadyBatches):
    """An application that finishes what one key started before it handles the next.

    Textual passes keys on as fast as they arrive: after a slow moment, the next customer's name
    would land in the field, or the place, that the previous key is about to leave.
    """

    BUSY_GROUPS = frozenset({"open", "command"})
    """The groups of workers that a key waits for; other workers run beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._typed_ahead: deque[Typed] = deque()
        self._is_at_a_key = False
        self.keys_typed = 0
        self.is_alone = False
        """Whether the process has no other application, whose garbage may then wait."""

    async def on_load(self) -> None:
        """Start tasks at the loop's next turn on every Python.

        From 3.12 on, Textual has them start at once: an input in the first place then looks for a screen
        that is not on the stack yet, and the application ends.
        """
        asyncio.get_running_loop().set_task_factory(None)
        if self.is_alone:
            IdleCollection(self)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing that is drawn control the terminal."""
        return [*super().get_line_filters(), HARMLESS_LINES]

    def notify(self, message: str, **given: Any) -> None:
        """Show a notification with control characters escaped: it may quote any text."""
        super().notify(visible(message), **given)

    async def on_event(self, event: events.Event) -> None:
        """Take a key, or let it wait for the one before it; a key with alt that nobody mapped is two keys."""
        pair = [] if event.is_forwarded else escape_and_character(event)
        if pair and isinstance(event, events.Key) and event.key not in self.active_bindings:
            for each in pair:
                await self._take(each)
        else:
            await self._take(event)

    async def _take(self, event: events.Event) -> None:
        if event.is_forwarded or not isinstance(event, events.Key | events.Paste | events.MouseUp):
            await super().on_event(event)
        elif isinstance(event, events.MouseUp):
            await super().on_event(event)
            if not self._is_at_a_key:  # a click opens things, too, and not only where the focus is
                self._begin(self._all_of_screen)
        elif self._is_at_a_key:
            self._typed_ahead.append(event)
        else:
            await self._handle(event)
            self._begin(self._typed_at)

    async def _handle(self, event: Typed) -> None:
        self.before_typed()
        if not self.is_ignored(event):
            await super().on_event(event)

    def is_ignored(self, event: Typed) -> bool:
        """Return whether what was typed does nothing here; an application that knows overrides it."""
        return False

    def before_typed(self) -> None:
        """Hear of a key before it does anything."""

    def show_messages(self) -> None:
        """Show what is said at present; an application that speaks overrides it."""

    def delay_update(self, delay: float = 0) -> None:
        """Paint a new place at once, so that a section chosen in it is laid out."""

    def _begin(self, nodes: Callable[[], Iterable[MessagePump]]) -> None:
        self._is_at_a_key = True
        self.keys_typed += 1
        self._go_on_typing(nodes)

    def type_again(self, *typed: events.Key | events.Paste) -> None:
        """Handle keys once more, in order, before those that were typed after them."""
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
            await self._handle(self._typed_ahead.popleft())
        self._is_at_a_key = False

    def _wants_to_leave(self) -> bool:
        return any(map(self._leaves, self._typed_ahead))

    def _leaves(self, event: Typed) -> bool:
        """Return whether the key leaves what does not answer, rather than being a letter of a text."""
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
            self.notify("No answer from the desk; keys typed meanwhile are dropped", severity="warning")

    async def quiet(self) -> None:
        """Return when every message is handled, no worker is running, and everything is on screen."""
        still = 0
        for _ in range(MOST_ROUNDS):  # a repaint may ask for another: the footer is rebuilt after it
            if self.return_code is not None:  # it ends
                return
            await self._quiet(self._all_in_sight, None)
            refreshed = asyncio.Event()
            self.screen.call_after_refresh(refreshed.set)
            await _all_set([refreshed])
            still = still + 1 if is_painted(self) else 0
            if still == STILL_ROUNDS:
                break
            if not still:
                await asyncio.sleep(STEP_S)  # a screen below a modal draws at its own time

    async def _quiet(
        self,
        nodes: Callable[[], Iterable[MessagePump]],
        groups: frozenset[str] | None,
        gives_up: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Wait until no worker is running and no message waits; False if ``gives_up`` ends the wait.

        A round counts only if it ends with the nodes it began with: a screen opened by a worker
        meanwhile has no field yet that could take a key. A forwarded message takes a round for each
        node, hence several rounds; a screen that is never at rest does not hold a key forever.
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
            at_work = [node for node in there if not is_at_rest(node)]
            await asyncio.sleep(0)
            rounds += 1 if await _all_answered(at_work) else SILENT_ROUNDS
            is_still = not at_work and not self.is_busy(groups) and there == list(nodes())
            still = still + 1 if is_still else 0
        return True

    def is_busy(self, groups: frozenset[str] | None = None) -> bool:
        """Return whether a worker, or one of these groups, is running."""
        return any(not one.is_finished for one in self.workers if groups is None or one.group in groups)

    @property
    def is_at_command(self) -> bool:
        """Return whether a command is under way: changes found meanwhile may be our own."""
        return self.is_busy(frozenset({"command"}))

    def _all_of_screen(self) -> list[MessagePump]:
        return [self, *self.screen.walk_children(with_self=True)]

    def _all_in_sight(self) -> list[MessagePump]:
        """The same with what shows through from below a modal."""
        return [self, *(node for one in screens_in_sight(self) for node in one.walk_children(with_self=True))]

    def _typed_at(self) -> list[MessagePump]:
        """The nodes that a key passes through; all of a modal, which may have just opened."""
        try:
            screen = self.screen
        except ScreenStackError:  # the application ends while keys wait
            return [self]
        if self.focused is None or isinstance(screen, ModalScreen):
            return self._all_of_screen()
        return list(self.focused.ancestors_with_self)


async def _all_answered(nodes: Iterable[MessagePump]) -> bool:
    """Return whether each of the nodes has handled a message sent to it now."""
    reached: list[asyncio.Event] = []
    for node in nodes:
        event = asyncio.Event()
        if not node.is_running and not is_closing(node):
            reached.append(mounted_event(node))  # its first messages are still to come
        elif node.call_later(event.set):
            reached.append(event)
    return await _all_set(reached)


async def _all_set(happenings: list[asyncio.Event]) -> bool:
    with suppress(TimeoutError):  # a removed widget never answers
        async with asyncio.timeout(ANSWER_S):
            for event in happenings:
                await event.wait()
            return True
    return False


class IdleCollection:
    """Runs full garbage collections between keys, for the only application of a process.

    Python starts them by the number of new objects, so that every twentieth change of place would hesitate
    for 0.15 s. Here they wait until nobody types; short ones go on as usual.
    """

    def __init__(self, app: SteadyApp) -> None:
        self._app, self._seen = app, app.keys_typed
        gc.set_threshold(*gc.get_threshold()[:2], NEVER)
        app.set_interval(LOOK_EVERY_S, self.look)

    def look(self) -> None:
        """Collect if nothing was typed since the last look, and there is something to collect."""
        is_idle, self._seen = self._app.keys_typed == self._seen, self._app.keys_typed
        if gc.get_count()[2] >= (WORTH_IT if is_idle else TOO_MANY):
            gc.collect()
