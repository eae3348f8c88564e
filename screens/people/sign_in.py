"""The sign-in screen: before a desk with users is shown, and after a session has ended."""

from __future__ import annotations

from typing import ClassVar, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from screens.base.harmless_text import visible
from screens.base.hosted import Hosted
from screens.base.keys import key_of
from screens.base.textual_internals import adopt_styles

LOGIN, PASSWORD = "sign-in-name", "sign-in-password"
NO_PASSWORD = "Type your password"
NO_NAME = "Type your name"


class Doorkeeper(Protocol):
    """The application, as this screen knows it."""

    why_signed_out: str
    """Why the session ended, or "" before the first."""

    last_login: str
    """Who was signed in before, or ""."""

    def try_sign_in(self, login: str, password: str) -> None:
        """Sign in in the background, and show the desk, or why not."""


class SignIn(Hosted[None]):
    """Asks for a name and a password; nothing of the desk is shown behind it."""

    NO_PASTE: ClassVar[str] = "Paste works in the two fields"

    def __init__(self) -> None:
        super().__init__()
        adopt_styles(self)

    def compose(self) -> ComposeResult:
        with Vertical(id="sign-in", classes="frame") as frame:
            frame.border_title = Content(f"Sign in to {visible(self.backend.name)}")
            yield Static(id="sign-in-why")
            with Horizontal():
                yield Label("Name")
                yield Input(id=LOGIN)
            with Horizontal():
                yield Label("Password")
                yield Input(id=PASSWORD, password=True)
            yield Static(id="sign-in-problem")
            with Horizontal(id="sign-in-buttons"):
                yield Static(Content(f"{key_of(self.app, 'quit')} quits"))
                yield Button("Sign in", "primary", id="sign-in-now", action="screen.submit", compact=True)

    def on_mount(self) -> None:
        self.begin()

    @property
    def _door(self) -> Doorkeeper:
        return cast("Doorkeeper", self.app)

    def begin(self) -> None:
        """Ask again, with the name of who was here before; no password is kept."""
        door = self._door
        self.query_one("#sign-in-why", Static).update(Content(visible(door.why_signed_out)))
        self.refuse("")
        name = self.query_one(f"#{LOGIN}", Input)
        if door.last_login:
            name.value = door.last_login
        (self.query_one(f"#{PASSWORD}", Input) if name.value else name).focus()

    def refuse(self, problem: str) -> None:
        """Say why nobody is signed in, and forget the password."""
        self.query_one("#sign-in-problem", Static).update(Content(visible(problem)))
        password = self.query_one(f"#{PASSWORD}", Input)
        password.value = ""
        if problem:
            password.focus()

    @on(Input.Submitted)
    def _enter(self, message: Input.Submitted) -> None:
        message.stop()
        if message.input.id == LOGIN and not self.query_one(f"#{PASSWORD}", Input).value:
            self.query_one(f"#{PASSWORD}", Input).focus()
        else:
            self.action_submit()

    def action_submit(self) -> None:
        login, password = (self.query_one(f"#{name}", Input) for name in (LOGIN, PASSWORD))
        missing = login if not login.value.strip() else password if not password.value else None
        if missing is None:
            self._door.try_sign_in(login.value, password.value)
        else:
            self.query_one("#sign-in-problem", Static).update(NO_NAME if missing is login else NO_PASSWORD)
            missing.focus()
