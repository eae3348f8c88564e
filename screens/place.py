"""What every place of the application has: bars, live data, commands, and help."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from dispatch import views
from models.clock import to_local
from models.errors import DeskError
from screens.messages import DeskChanged, PlaceChosen
from screens.text import refusal, short
from screens.widgets.bars import StatusBar, TopBar

if TYPE_CHECKING:
    from screens.backend import Backend
    from screens.host import Host

Result = TypeVar("Result")


class Place(Screen[None]):
    """A full screen with its own data, read in the background whenever the desk changes.

    A subclass says what it is for (HELP), lays out its ``body()``, gives a ``look_up()`` that is run
    in the reading thread, and ``show()``s what came back. A late answer never replaces a newer one.
    """

    DEFAULT_CSS = """
    Place > #lost {
        display: none; height: auto; padding: 0 1; background: $error; color: $background;
    }
    """
    NAME: ClassVar[str]
    HELP: ClassVar[str] = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]

    def __init__(self) -> None:
        super().__init__()
        self._ticket = 0
        self.is_lost = False

    @property
    def host(self) -> Host:
        """The application, as far as screens know it."""
        return cast("Host", self.app)

    @property
    def backend(self) -> Backend:
        return self.host.backend

    @property
    def is_laid_out(self) -> bool:
        """Are the widgets there? An answer may come before them, or when they are gone again."""
        return self.is_attached and self.is_mounted

    def compose(self) -> ComposeResult:
        yield TopBar(self.NAME)
        yield Static(Content(""), id="lost")
        yield from self.body()
        yield StatusBar()

    @abstractmethod
    def body(self) -> ComposeResult:
        """The widgets between the two bars."""

    @abstractmethod
    def look_up(self) -> Callable[[], Any]:
        """What to read, made from the state of the screen now; run in the reading thread."""

    @abstractmethod
    def show(self, data: Any) -> None:
        """Put on screen what the query returned."""

    @on(events.ScreenResume)
    def _in_sight(self) -> None:
        self.reload(opens=True)

    def on_desk_changed(self, message: DeskChanged) -> None:
        self.reload(opens=message.own)

    @on(PlaceChosen)
    def _go(self, message: PlaceChosen) -> None:
        self.host.go(message.place)

    def reload(self, query: Callable[[], Any] | None = None, *, opens: bool = False) -> None:
        """Read anew in the background; the screen stays usable meanwhile."""
        self._ticket += 1
        ticket, wanted, backend = self._ticket, query or self.look_up(), self.backend

        def work() -> tuple[Any, views.Totals]:
            backend.desk.settings.refresh()
            backend.values.reload()
            return wanted(), views.totals()

        def then(answer: tuple[Any, views.Totals]) -> None:
            if ticket == self._ticket and self.is_laid_out:
                self.found()
                self.show(answer[0])
                self.query_one(StatusBar).tell(answer[1])
                self.tell_time()

        self.host.ask(work, then, opens=opens)

    def lost(self, error: DeskError) -> None:
        """Tell in a bar that the database cannot be reached; what is on screen stays readable."""
        bar = self.query_one("#lost", Static)
        bar.update(Content(f"{refusal(error)}. Trying again ..."))
        bar.display = self.is_lost = True

    def found(self) -> None:
        """The database answers again."""
        self.query_one("#lost", Static).display = self.is_lost = False

    def tell_time(self) -> None:
        """Show the desk's clock, policy and actor in the top bar."""
        desk = self.backend.desk
        self.query_one(TopBar).tell(f"{desk.settings['policy']} policy", desk.actor, to_local(desk.now()))

    def unsaved(self) -> str:
        """What was typed here and is not sent yet, in a sentence, or ""."""
        return ""

    def say(self, text: str, *, severity: SeverityLevel = "information") -> None:
        """A toast; the text may hold anything that a person typed."""
        self.host.tell(text, severity=severity)

    def copy(self, text: str) -> None:
        """Put a text on the clipboard, and tell which: not every terminal takes it."""
        self.app.copy_to_clipboard(text)
        self.say(f"Copied: {short(text, 100)}")

    def open(self, modal: ModalScreen[Result], closed: Callable[[Result | None], None] | None = None) -> None:
        """Open a modal over this place, unless the person has opened another or gone elsewhere meanwhile."""
        if self.app.screen is self:
            self.app.push_screen(modal, closed)
