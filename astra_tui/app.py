"""The application: opens the desk, shows the places, and wires them to each other."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from rich.text import Text
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.message_pump import MessagePump
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen

from astra_tui.preferences import Preferences, save
from dispatch import undo
from dispatch.desk import Desk
from models.clock import Clock
from models.errors import DatabaseUnavailable, DeskError
from screens import keys
from screens.backend import Backend
from screens.help import help_panel
from screens.messages import DeskChanged
from screens.modals.panel import Panel
from screens.place import Place
from screens.places import PLACE_MAKERS
from screens.text import COMMAND_WORDS
from screens.theme import THEMES

T = TypeVar("T")

LOOK_EVERY_S = 0.25
STEP_S = 0.005


class AstraApp(App[None]):
    """Astra in a terminal, or headless under Pilot.

    ``database`` is a file's path, ``clock`` tells the present UTC moment, ``actor`` signs events.
    With ``preferences`` the theme, the agent and the keys are the user's own, and are remembered;
    without, no file of the user's is read or written. ``problems`` with that file are told at the start.
    """

    TITLE = "Astra"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.APP]
    MODES = PLACE_MAKERS
    DEFAULT_MODE = "dispatch"

    my_agent_id: reactive[int | None] = reactive(None, init=False)
    """Whose desk My desk shows."""

    def __init__(
        self,
        database: str | Path,
        clock: Clock | None = None,
        actor: str | None = None,
        preferences: Preferences | None = None,
        problems: Sequence[str] = (),
    ) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        wanted = preferences or Preferences()
        self.theme = wanted.theme if wanted.theme in self.available_themes else THEMES[0].name
        self.set_reactive(AstraApp.my_agent_id, wanted.agent)
        self.set_keymap(wanted.keymap)
        self.backend = Backend(str(database), clock, actor)
        self._remembers = preferences is not None
        self._problems = problems
        self._looking = asyncio.Lock()

    async def on_load(self) -> None:
        """Open the desk before anything is painted."""
        await self.backend.open()

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY_S, self._look)
        for problem in self._problems:
            self.notify(problem, severity="warning", markup=False, timeout=15)
        self.theme_changed_signal.subscribe(self, lambda theme: self._remember("theme", theme.name))

    def watch_my_agent_id(self, agent_id: int | None) -> None:
        if agent_id is not None:
            self._remember("agent", agent_id)

    def _remember(self, key: str, value: str | int) -> None:
        if self._remembers:
            self.run_worker(self._attempt(asyncio.to_thread(save, key, value), None, None))

    async def on_unmount(self) -> None:
        await self.backend.close()

    @property
    def place(self) -> Place | None:
        """The place in sight, or under the modal in sight."""
        bottom = self.screen_stack[0]
        return bottom if isinstance(bottom, Place) else None

    def go(self, place: str) -> None:
        self.switch_mode(place)

    def show_bookings_of(self, agent_id: int) -> None:
        from screens.queue import Queue

        self.go("queue")
        queue = self.screen
        if isinstance(queue, Queue):
            queue.call_after_refresh(queue.filter_by, f"agent:{agent_id}")

    # work in the background

    def ask(self, query: Callable[[], T], then: Callable[[T], object]) -> None:
        self.run_worker(self._attempt(self.backend.read(query), then, None), group="ask")

    def perform(
        self,
        command: Callable[[Desk], T],
        then: Callable[[T], object] | None = None,
        refused: Callable[[DeskError], object] | None = None,
    ) -> None:
        async def work() -> None:
            await self._attempt(self.backend.run(command), then, refused)
            await self.look_for_changes()

        self.run_worker(work(), group="command")

    async def _attempt(
        self,
        work: Awaitable[T],
        then: Callable[[T], object] | None,
        refused: Callable[[DeskError], object] | None,
    ) -> None:
        """The one place where errors of the background arrive: the application outlives them all."""
        try:
            result = await work
        except DeskError as error:
            if refused is not None:
                refused(error)
            else:
                self.report(error)
        except Exception as error:  # noqa: BLE001  # told in a panel that can be copied
            self.report(error)
        else:
            if then is not None:
                then(result)

    # what another terminal did

    def _look(self) -> None:
        if not self._looking.locked():
            self.run_worker(self.look_for_changes(), group="look")

    async def look_for_changes(self) -> None:
        """Find out now whether anybody has committed, and tell the place in sight."""
        async with self._looking:
            await self._attempt(self.backend.has_changed(), self._looked, None)

    def _looked(self, changed: bool) -> None:
        place = self.place
        if place is None or not place.is_laid_out:
            return
        place.found()
        if changed:
            place.post_message(DeskChanged())
        else:
            place.tell_time()

    # errors

    def report(self, error: Exception) -> None:
        place = self.place
        is_lost = isinstance(error, DatabaseUnavailable) and error.code != "locked"
        if is_lost and isinstance(error, DeskError) and place is not None and place.is_laid_out:
            place.lost(error)
        elif isinstance(error, DeskError):
            text = f"{error.message}\n{error.hint}" if error.hint else error.message
            self.notify(text, severity="warning", markup=False, timeout=8)
        else:
            self._show_unexpected(error)

    def _show_unexpected(self, error: Exception) -> None:
        self.log.error(error)
        lines = "".join(traceback.format_exception(error))
        about = (
            "This should not have happened; nothing was written. y copies the text below for a report.\n\n"
        )
        self.push_screen(Panel("Unexpected error", Text(about + lines, overflow="fold"), error=True))

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Under a modal only the modal's own keys work."""
        return not (isinstance(self.screen, ModalScreen) and action in ("go", "undo", "help", "why"))

    def action_go(self, place: str) -> None:
        self.go(place)

    def action_help(self) -> None:
        self.push_screen(help_panel(self.screen))

    def action_undo(self) -> None:
        self.perform(undo.undo, self._undone)

    def _undone(self, done: dict[str, Any]) -> None:
        what = COMMAND_WORDS.get(done["command"], done["command"])
        about = f"booking {done['booking_id']}" if done["booking_id"] else f"agent {done['agent_id']}"
        self.notify(f"Taken back: {about} {what}", markup=False)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: every key's verb of the place in sight, and what Textual brings."""
        seen = set()
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.description and binding.action not in seen and not binding.system:
                seen.add(binding.action)
                yield SystemCommand(
                    binding.description, binding.tooltip, self._runner(active.node, binding.action)
                )
        yield from super().get_system_commands(screen)

    def _runner(self, node: Any, action: str) -> Any:
        async def run() -> None:
            await self.run_action(action, node)

        return run

    # for scripts and tests

    async def settle(self) -> None:
        """Return when nothing is under way: no query, no command, no message, nothing to repaint."""
        while True:
            await self.look_for_changes()
            await self._handled()
            busy = False
            while any(not worker.is_finished for worker in self.workers):
                busy = True
                await asyncio.sleep(STEP_S)
            if not busy:
                return

    async def _handled(self) -> None:
        """Wait until every widget has worked through its messages, twice: the first may cause others."""
        for _ in range(2):
            nodes: list[MessagePump] = [self, *self.screen.walk_children(with_self=True)]
            waiting = []
            for node in nodes:
                if node.is_running:
                    done = asyncio.Event()
                    if node.call_later(done.set):
                        waiting.append(asyncio.create_task(done.wait()))
            if waiting:
                await asyncio.wait(waiting, timeout=1)
            refreshed = asyncio.Event()
            self.screen.call_after_refresh(refreshed.set)
            await asyncio.wait([asyncio.create_task(refreshed.wait())], timeout=1)
