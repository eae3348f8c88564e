"""The part of the application that knows who has signed in: nothing of a desk with users is shown before.

A session ends when nobody has typed for some minutes, and at once when the user is disabled. The places stay
as they are underneath, so the same person finds what they had typed; for another they are made anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from textual import events
from textual.app import SystemCommand
from textual.screen import ModalScreen, Screen

from dispatch.desk.access.permissions import Person
from dispatch.people import users
from models.errors import DeskError
from screens.app.keys_over_modals import BELOW_A_MODAL, is_told
from screens.app.palette_app import PaletteApp
from screens.app.routes import PLACE_MAKERS
from screens.base import keys
from screens.base.backend import Changes
from screens.base.message_log import MessageLog, News
from screens.base.textual_internals import begin_in, forget_copied
from screens.people.password_form import TITLE, password_form
from screens.people.sign_in import SignIn
from screens.shell.desk_screen import Place

SIGN_IN = "sign-in"
LOOK_EVERY_S = 5
WORKS_HERE = frozenset({"quit", "focus_next", "focus_previous"})
"""The actions of the application that work on the sign-in screen."""
NEW_USERS = "This desk has users now."
TYPED_IS_KEPT = "What you typed is kept for you."
NO_PASSWORD = "Without a password, quit and start Astra again."
"""For who was known by the account or token of the process."""


class SessionApp(PaletteApp):
    """An application whose desk may have users."""

    why_signed_out = last_login = ""
    _came_back = ""
    """The place to show after signing in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._input_at: datetime | None = None
        self._last_user: int | None = None
        self._was_greeted = self._by_process = False

    async def on_load(self) -> None:
        """Begin with the sign-in screen where somebody has to sign in; the desk is open by now."""
        self.add_mode(SIGN_IN, SignIn)
        self._came_back = self.current_mode
        if not self.is_admitted:
            begin_in(self, SIGN_IN)

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY_S, self.look_at_idle)
        if self.is_admitted:
            person = self._host.backend.person
            self._by_process = person is not None
            self._admit(person)

    @property
    def is_admitted(self) -> bool:
        """Return whether the desk may be shown: it has no users, or one of them has signed in."""
        return self._host.backend.is_open or self._host.backend.person is not None

    @property
    def is_signing_in(self) -> bool:
        """Return whether the sign-in screen is in sight."""
        return self.current_mode == SIGN_IN

    def welcome(self) -> None:
        """Greet who sees the desk for the first time in this run; an application with a user overrides it."""

    def belongs_to(self, login: str) -> None:
        """Keep the drafts of a person from now on; an application that keeps drafts overrides it."""

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent) and not event.is_forwarded:
            self._input_at = self._host.backend.desk.real_time()
        await super().on_event(event)

    def announce(self, *news: News) -> None:
        """Announce nothing to whom has not signed in."""
        if not self.is_signing_in:
            super().announce(*news)

    # the end of a session

    def look_at_idle(self) -> None:
        """End the session when nobody has touched a key or the mouse for long, or its token has expired."""
        backend = self._host.backend
        minutes, now = backend.desk.settings["idle_minutes"], backend.desk.real_time()
        self._input_at = self._input_at or now
        if backend.person is not None and minutes and now - self._input_at >= timedelta(minutes=minutes):
            self.end_session(f"Signed out after {minutes} minutes without a key.")
        session = backend.desk.staff.signed_in
        if (
            session is not None
            and session.expires_at is not None
            and session.expires_at <= backend.desk.now()
        ):
            self.end_session("The token expired.")

    def look_at_session(self, changes: Changes) -> None:
        """End the session if its user was disabled, its token revoked, or the desk has users now."""
        error = self._host.backend.not_admitted
        if changes.any and error is not None and not self.is_signing_in:
            self.end_session(f"{keys.said(error)}." if self._last_user is not None else NEW_USERS)

    def action_change_password(self) -> None:
        """Ask for a new password of who has signed in."""
        login, place = self.last_login, self._host.place

        def offer(has_password: bool) -> None:
            form = password_form(login, has_password=has_password)
            if isinstance(place, Place):
                place.open(form, lambda _: self._host.tell(f"{login} has a new password"))

        self._host.ask(lambda: users.has_password(login), offer, opens=True)

    def action_sign_out(self) -> None:
        """End the session."""
        self.end_session("Signed out.")

    def end_session(self, why: str) -> None:
        """Show the sign-in screen; the places stay underneath, with what was typed."""
        if self.is_signing_in:
            return
        self._came_back = self.current_mode
        self.why_signed_out = f"{why} {NO_PASSWORD if self._by_process else TYPED_IS_KEPT}"
        self._host.backend.sign_out()
        self.switch_mode(SIGN_IN)
        screen = self.screen
        if isinstance(screen, SignIn) and screen.is_mounted:
            screen.begin()
        self.show_window_title("Astra - Sign in")

    # the beginning of one

    def try_sign_in(self, login: str, password: str) -> None:
        """Sign in in the writing thread, and show the desk, or why not."""

        async def work() -> None:
            try:
                person = await self._host.backend.sign_in(login, password)
            except DeskError as error:
                if isinstance(self.screen, SignIn):
                    self.screen.refuse(keys.said(error))
            except Exception as error:  # noqa: BLE001  # Textual would print the variables: the password
                self._host.report(error)
            else:
                await self._show_desk(person)

        self.run_worker(work(), group="command")

    async def _show_desk(self, person: Person) -> None:
        """Go on where the same person left, or begin anew for another."""
        if self._last_user not in (None, person.user_id):
            for place, maker in PLACE_MAKERS.items():
                await self.remove_mode(place)
                self.add_mode(place, maker)
            self.messages = MessageLog()
            forget_copied(self)
        self._by_process = False
        self._admit(person)
        await self.switch_mode(self._came_back)
        if self.screen_stack and isinstance(self.screen, Screen):
            await self._host.look_for_changes()

    def _admit(self, person: Person | None) -> None:
        if person is not None:
            if self._last_user != person.user_id:
                self.belongs_to(person.login)
            self._last_user, self.last_login = person.user_id, person.login
            self._input_at = self._host.backend.desk.real_time()
            if person.agent_id is not None:
                self._host.my_agent_id = person.agent_id
        if not self._was_greeted:
            self._was_greeted = True
            self.call_after_refresh(self.welcome)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """On the sign-in screen only leaving works; under a modal its own keys, and those that say so."""
        if not self.screen_stack:
            return True
        if self.is_signing_in:
            return action in WORKS_HERE
        if not isinstance(self.screen, ModalScreen) or action not in BELOW_A_MODAL:
            return True
        return is_told(self, action)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Let who has signed in sign out."""
        if self._host.backend.person is not None:
            words = f"End the session of {self.last_login}; what you typed is kept"
            yield SystemCommand("Sign out", words, self.action_sign_out)
        if self._host.backend.person is not None and self._host.backend.desk.database.login is None:
            yield SystemCommand(TITLE, f"Of {self.last_login}", self.action_change_password)
        yield from super().get_system_commands(screen)
