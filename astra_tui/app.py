"""The application: opens the desk, shows the screens and connects them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import work
from textual.binding import BindingType
from textual.reactive import reactive

from astra_tui import filling
from astra_tui.user.draft_files import DraftFile
from astra_tui.user.own_views import OwnViews, views_path
from astra_tui.user.preferences import Preferences, save
from astra_tui.user.remembered import Memory, memory_path
from astra_tui.user.throw_away import is_thrown_away
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from dispatch.queries import customer_index
from models.clock import Clock
from models.errors import DatabaseUnavailable, DeskError
from models.opening import absolute, shown
from screens.app.keys_over_modals import is_told, tell_to_close
from screens.app.routes import PLACE_MAKERS
from screens.app.session import SessionApp
from screens.app.watch import Watch
from screens.base import clipboard, keys
from screens.base.app_protocol import Views
from screens.base.backend import Backend, Changes
from screens.base.drafts import Drafts
from screens.base.messages import DeskChanged
from screens.base.textual_internals import all_screens
from screens.base.theme import THEMES
from screens.dialogs.modal import Modal
from screens.dialogs.panel import error_panel
from screens.dialogs.quit_warning import Leaving
from screens.shell.booking_notifications import Inbox
from screens.shell.desk_screen import Place
from screens.shell.help import Help, Verb
from screens.wording.events import describe_restore

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

T = TypeVar("T")

THROWN_AWAY = "This demo is a throw-away desk: the next demo begins without your work."
REACHED = ("locked", "read_only")  # no reason to call the database lost
LOOK_EVERY_S = 0.25


class AstraApp(SessionApp):
    """Astra in a terminal, or headless under Pilot.

    ``database`` is a file's path, ``clock`` returns the current UTC time, ``actor`` signs events; on a desk
    with users ``identify`` may sign in whom the process belongs to. With ``preferences`` the theme, the agent
    and the keys are the user's own, and are remembered; without, no file of the user is read or written.
    ``problems`` of that file, and a desk that ``is_new``, are told first. ``drafts`` keep a half-filled form.
    """

    TITLE = "Astra"
    ENABLE_COMMAND_PALETTE = False  # Textual's own
    # All at once: a style sheet loaded with its screen would reparse all of them (0.1 s).
    CSS_PATH = ["app.tcss", *sorted(Path(keys.__file__).parents[1].rglob("*.tcss"))]
    BINDINGS: ClassVar[list[BindingType]] = [*keys.APP]
    MODES = PLACE_MAKERS
    DEFAULT_MODE = "dispatch"

    my_agent_id: reactive[int | None] = reactive(None, init=False)
    """The agent whose work My desk shows."""

    def __init__(
        self,
        database: str | Path,
        clock: Clock | None = None,
        actor: str | None = None,
        preferences: Preferences | None = None,
        problems: Sequence[str] = (),
        drafts: Drafts | None = None,
        is_new: bool = False,
        identify: Callable[[Desk], object] | None = None,
    ) -> None:
        self._remembers = preferences is not None
        self._memory = Memory(memory_path() if self._remembers else None, shown(absolute(database)))
        place = self._memory.get("place", "")
        if place in PLACE_MAKERS:
            self.DEFAULT_MODE = place  # type: ignore[misc]  # as of this application
        super().__init__()
        wanted = preferences or Preferences()
        self.theme = wanted.theme if wanted.theme in self.available_themes else THEMES[0].name
        self.set_keymap(wanted.keymap)
        self.backend = Backend(str(database), clock, actor, identify)
        self.set_reactive(AstraApp.my_agent_id, self._memory.agent_here(wanted.agent))
        self.drafts = DraftFile(database) if drafts is None and self._remembers else drafts
        self.views: Views = OwnViews(views_path() if self._remembers else None)
        self.inbox = Inbox(self)
        self.lost_since: str | None = None
        self._is_reachable, self.has_title = True, wanted.title is not False
        self.tell_by(wanted.notify_command)
        self.rings, self.speaks_of_news = wanted.bell is not False, wanted.toasts is not False
        self.came_from, self._problems, self._is_new = self.DEFAULT_MODE, problems, is_new
        self._looking, self._watch = asyncio.Lock(), Watch(self._look)

    async def on_load(self) -> None:
        """Open the desk before anything is painted."""
        await self.backend.open()

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY_S, self._look)
        self.tell_at_start(self._problems, is_new=self._is_new)

    def welcome(self) -> None:
        if self._remembers:
            self.greet()

    def belongs_to(self, login: str) -> None:
        if isinstance(self.drafts, DraftFile):
            self.drafts = DraftFile(self.backend.path, person=login)

    def watch_my_agent_id(self, agent_id: int | None) -> None:
        if agent_id is not None:
            self._remember("agent", agent_id)
            self.remember("agent", [str(agent_id), self.backend.address])
        self.inbox.look()

    def recall(self, key: str, default: Any) -> Any:
        return self._memory.get(key, default)

    def remember(self, key: str, value: str | bool | int | list[str]) -> None:
        if self._memory.put(key, value):
            self.run_worker(self._attempt(asyncio.to_thread(self._memory.write), None, None))

    def keep_theme(self, name: str) -> None:
        self._remember("theme", name)

    def _remember(self, key: str, value: str | int) -> None:
        if self._remembers:
            self.run_worker(self._attempt(asyncio.to_thread(save, key, value), None, None))

    async def on_unmount(self) -> None:
        self._watch.stop()
        await self.stop_telling()
        await self.backend.close()
        if self.drafts is not None:
            self.drafts.close()

    @property
    def place(self) -> Place | None:
        """The visible screen, or the one under the visible modal; None while the application ends."""
        bottom = next(iter(self.screen_stack), None)
        return bottom if isinstance(bottom, Place) else None

    def go(self, place: str) -> None:
        if self.is_signing_in:  # what began before the session ended, such as an import, leads nowhere
            return
        if self.place is not None and place != self.place.NAME:
            self.came_from = self.place.NAME
        self.switch_mode(place)
        self.remember("place", place)

    def begin_lead(self, name: str) -> None:
        self._at("dispatch", lambda dispatch: dispatch.begin_lead(name))

    def show_bookings(self, text: str) -> None:
        self._at("queue", lambda queue: queue.show_only(text))

    def show_booking(self, booking_id: int) -> None:
        self._at("queue", lambda queue: queue.show_booking(booking_id))

    def show_issue(self, issue_id: int) -> None:
        self._at("service", lambda service: service.show_issue(issue_id))

    def show_agent(self, agent_id: int) -> None:
        self._at("roster", lambda roster: roster.show_agent(agent_id))

    def show_log(self, text: str) -> None:
        self._at("log", lambda log: log.show_only(text))

    def _at(self, name: str, work: Callable[[Any], object]) -> None:
        """Go to a screen, and do something there as soon as its widgets exist."""
        self.go(name)
        place = self.place
        if place is not None and place is self.screen:
            place.call_later(work, place)

    # work in the background

    def ask(
        self,
        query: Callable[[], T],
        then: Callable[[T], object],
        refused: Callable[[DeskError], object] | None = None,
        *,
        opens: bool = False,
        beside: bool = False,
    ) -> None:
        group, on_refusal = ("open", refused or self._refuse) if opens else ("ask", refused)
        read = self.backend.beside if beside else self.backend.read
        self.run_worker(self._attempt(read(query), then, on_refusal), group=group)

    def perform(
        self,
        command: Callable[[Desk], T],
        then: Callable[[T], object] | None = None,
        refused: Callable[[DeskError], object] | None = None,
    ) -> None:
        place = self.place_name

        def run(desk: Desk) -> T:
            """Run it, and find out whether it can be undone, and something redone."""
            before = self.backend.last_own_event
            result = command(desk)
            if self.backend.last_own_event != before:
                self.acted_in = place
                with desk.reading():
                    self.is_undoable = undo.is_undoable(self.backend.last_own_event)
                    self.is_redoable = undo.is_redoable(desk, self.backend.last_own_event)
            return result

        async def work() -> None:
            await self._attempt(self.backend.run(run), then, refused or self._refuse)
            await self.look_for_changes(own=True)

        self.run_worker(work(), group="command")

    async def _attempt(
        self,
        work: Awaitable[T],
        then: Callable[[T], object] | None,
        refused: Callable[[DeskError], object] | None,
    ) -> None:
        """Await background work and report its errors: the application survives them all."""
        try:
            try:
                result = await work
            except DeskError as error:
                (refused or self.report)(error)
            else:
                if then is not None:
                    then(result)
        except Exception as error:  # noqa: BLE001  # shown in a panel that can be copied
            self.report(error)

    importing = staticmethod(filling.importing)
    demo = staticmethod(filling.demo)

    # what another terminal did

    def _look(self) -> None:
        if self._watch.is_due() and not self._looking.locked():
            self.run_worker(self.look_for_changes(), group="look")

    async def look_for_changes(self, *, own: bool = False) -> None:
        async with self._looking:
            await self._attempt(
                self.backend.changes(), lambda changes: self._looked(changes, own), self._lost
            )
            if self._is_reachable:
                self._watch.follow(self.backend.change_signal)
            else:
                self._watch.lost()

    def _looked(self, changes: Changes, own: bool) -> None:
        place, self._is_reachable, own = self.place, True, own or self.is_at_command
        self.look_at_session(changes)
        if changes.restored is not None:
            self.tell(describe_restore(changes.restored), severity="warning", seconds=30)
        if place is not None and (changes.any or place.is_lost):
            for screen in self.screen_stack:  # modals may show the desk too
                screen.post_message(DeskChanged(own, changes.by_others))
            self.inbox.look()
            self.tell_others()
            self.catch_up()
        elif place is not None and place.is_laid_out:
            place.look_at_clock()

    def catch_up(self) -> None:
        self._catch_up()

    @work(group="search", exclusive=True)
    async def _catch_up(self) -> None:
        """Index the customers and texts of a bulk load, a batch at a time."""
        with suppress(DeskError):  # there is always a next change
            while await self.backend.read(customer_index.backlog) >= customer_index.LARGE_BACKLOG:
                await self.backend.run(lambda desk: customer_index.catch_up(desk, customer_index.BATCH))

    def _lost(self, error: DeskError) -> None:
        place, self._is_reachable = self.place, False
        if place is not None and place.is_laid_out:
            place.lost(error)

    # errors

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by OSC 52, which works over ssh, and to the machine's own clipboard."""
        super().copy_to_clipboard(text)
        if not self.is_headless:
            clipboard.put(text)

    def _refuse(self, error: DeskError) -> None:
        """Report why a key did nothing, even if the database is lost."""
        self.report(error)
        if isinstance(error, DatabaseUnavailable) and error.code not in REACHED:
            self.tell(f"Not done: {error.message}", severity="error")

    def report(self, error: Exception) -> None:
        if isinstance(error, DatabaseUnavailable) and error.code not in REACHED:
            self._lost(error)
        elif isinstance(error, DeskError):
            self.refuse(error)
        else:
            self._show_unexpected(error)

    def _show_unexpected(self, error: Exception) -> None:
        self.log.error(error)
        if not self.screen_stack or self.screen.has_class("-error"):
            return  # the first panel shows the cause; more would only have to be closed
        self.push_screen(error_panel(error))

    # actions

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action; its errors are reported like those of the background."""
        if is_told(self, action):
            tell_to_close(self, str(action))
            return True
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:  # noqa: BLE001  # shown in a panel that can be copied
            self.report(error)
            return True

    def action_go(self, place: str) -> None:
        self._at(place, lambda there: there.begin())

    def action_find(self) -> None:
        place = self.place
        if place is not None:
            place.find_customer()

    def action_log(self) -> None:
        self.go("log")

    def action_alerts(self) -> None:
        self._at("insights", lambda insights: insights.show_section("alerts"))

    async def action_retry(self) -> None:
        if self.backend.replaced is not None:
            await self._attempt(self.backend.load_replacement(), self.tell_of_replacement, self._refuse)
            if self.backend.replaced is not None:
                return
        await self.look_for_changes()
        if not self._is_reachable:
            self.tell("Tried again: the database still cannot be reached", severity="warning")
        elif self.place is not None:
            self.place.reload(opens=True)

    async def action_quit(self) -> None:
        """Quit; warn first of unsaved text, and leave at once the second time."""
        if isinstance(self.screen, Leaving):
            self.screen.action_quit_now()
            return
        if self.is_signing_in:  # what was typed is shown to nobody else
            self.exit()
            return
        screens = all_screens(self)
        unsaved = [text for one in screens if isinstance(one, Place | Modal) and (text := one.unsaved())]
        if is_thrown_away(self.backend.path):
            unsaved.append(THROWN_AWAY)
        if unsaved:
            await self.push_screen(Leaving(unsaved), lambda leaves: self.exit() if leaves else None)
        else:
            self.exit()

    def action_help(self) -> None:
        self.push_screen(Help(self.screen), self._do)

    def _do(self, verb: Verb | None) -> None:
        """Run the verb chosen in the help, now that it is closed."""
        if verb is not None:
            self.call_later(verb.run or partial(self.run_action, verb.binding.action, verb.node))

    async def settle(self) -> None:
        """Return when nothing is pending, for scripts: no query, command, message or repaint."""
        while True:
            await self.look_for_changes()
            await self.quiet()
            if not self.is_busy():
                return
