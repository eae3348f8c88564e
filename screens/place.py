"""What every place of the application has: bars, live data, commands, and help."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen

from dispatch import customers, views
from models.clock import to_local
from models.errors import DeskError
from screens.breakpoints import fit
from screens.figures import Figure
from screens.keys import key_of
from screens.messages import DeskChanged, PlaceChosen
from screens.modals.columns import Columns
from screens.modals.customer_card import CustomerCard
from screens.modals.find_customer import FindCustomer
from screens.steady_app import SteadyScreen
from screens.text import short
from screens.widgets.bars import EmptyDesk, Heading, StatusBar, TopBar
from screens.widgets.live_table import LiveTable
from screens.widgets.lost_bar import LostBar

if TYPE_CHECKING:
    from dispatch.desk import Desk
    from screens.backend import Backend
    from screens.host import Host

Result = TypeVar("Result")
Row = dict[str, Any]
MINUTE = 16  # characters of a stored time, as far as its minute


class Place(SteadyScreen[None]):
    """A full screen with its own data, read in the background whenever the desk changes.

    A subclass says what it is for (HELP) and where its numbers come from (FIGURES), lays out its
    ``body()``, gives a ``look_up()`` that is run in the reading thread, and ``show()``s what came back.
    A late answer never replaces a newer one. Keys stand in HELP by their ids: ``{queue.view}``.
    """

    NAME: ClassVar[str]
    HELP: ClassVar[str] = ""
    IS_TIMELY: ClassVar[bool] = False
    """Does what is shown change by time alone, from one minute to the next?"""
    FIGURES: ClassVar[tuple[Figure, ...]] = ()
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]

    def __init__(self) -> None:
        super().__init__()
        fit(self)
        # Its widgets are styled as they come: for a new place Textual would parse every sheet anew, twice.
        self._css_update_count = self.app._css_update_count
        self._ticket = 0
        self._minute = ""
        self._others_changed = False
        self._opens = False
        self.is_lost = False
        # A new screen takes its styles as it is mounted. Textual has every style sheet parsed anew for it as
        # well, twice (0.2 s), unless it knows the present state of the styles.
        self._css_update_count = self.app._css_update_count

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
        yield LostBar()
        yield EmptyDesk()
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

    def on_mount(self) -> None:
        for table in self.query(LiveTable):
            table.choose(self.host.recall(self._columns_key(table), list[str]()))

    def _columns_key(self, table: LiveTable) -> str:
        return f"{self.NAME}.{table.id}.columns"

    @on(LiveTable.ColumnsAsked)
    def _choose_columns(self, message: LiveTable.ColumnsAsked) -> None:
        table = message.table
        self.open(Columns(table, lambda keys: self.host.remember(self._columns_key(table), keys)))

    def action_columns(self) -> None:
        """Choose the columns of the table in focus, or of the first one."""
        table = self.focused if isinstance(self.focused, LiveTable) else self.query(LiveTable).first()
        table.post_message(LiveTable.ColumnsAsked(table))

    @on(events.ScreenResume)
    def _in_sight(self) -> None:
        self.reload(opens=True)

    def on_desk_changed(self, message: DeskChanged) -> None:
        self._others_changed |= message.by_others
        self.reload(opens=message.own)

    @on(PlaceChosen)
    def _go(self, message: PlaceChosen) -> None:
        self.host.go(message.place)

    def reload(self, query: Callable[[], Any] | None = None, *, opens: bool = False) -> None:
        """Read anew in the background; the screen stays usable meanwhile.

        Keys wait for what ``opens`` the place, also when a change asks for it again before it is there.
        """
        self._ticket += 1
        self._opens |= opens
        ticket, wanted, backend = self._ticket, query or self.look_up(), self.backend
        self._minute = backend.desk.now()[:MINUTE]

        def work() -> tuple[Any, views.Totals, bool]:
            backend.desk.settings.refresh()
            backend.values.reload()
            return wanted(), views.totals(), views.is_unused()

        def then(answer: tuple[Any, views.Totals, bool]) -> None:
            if ticket == self._ticket and self.is_laid_out:
                self._opens = False
                self.found()
                self._mark_others()
                self.show(answer[0])
                self.query_one(StatusBar).tell(answer[1])
                self.query_one(EmptyDesk).display = answer[2]
                self.tell_time()

        def refused(error: DeskError) -> None:
            self._opens = False
            self.host.report(error)

        self.host.ask(work, then, refused, opens=self._opens)

    def _mark_others(self) -> None:
        """Let the tables mark what is about to change if others are the cause of it."""
        for table in self.query(LiveTable):
            table.marks_changes = self._others_changed and table.can_focus
        self._others_changed = False

    def lost(self, error: DeskError) -> None:
        """Tell in a bar that the database cannot be reached; what is on screen stays readable."""
        self.host.lost_since = self.host.lost_since or to_local(self.backend.desk.now())[11:]
        self.is_lost = True
        self.query_one(LostBar).tell(error, self.host.lost_since, key_of(self.app, "retry"))

    def found(self) -> None:
        """The database answers again."""
        self.host.lost_since = None
        self.query_one(LostBar).display = self.is_lost = False

    def look_at_clock(self) -> None:
        """Another minute: show it, and what it makes of the rows."""
        if self.IS_TIMELY and self.backend.desk.now()[:MINUTE] != self._minute:
            self.reload()
        self.tell_time()

    def tell_time(self) -> None:
        """Show in the top bar who is at work, at which desk, its policy and time, and what is new."""
        desk, inbox = self.backend.desk, self.host.inbox
        heading = Heading(
            f"{desk.settings['policy']} policy",
            desk.actor,
            inbox.name,
            self.backend.path,
            to_local(desk.now()),
            len(inbox.unseen),
        )
        self.query_one(TopBar).tell(heading)

    def unsaved(self) -> str:
        """What was typed here and is not sent yet, in a sentence, or ""."""
        return ""

    def say(self, text: str, *, severity: SeverityLevel = "information") -> None:
        """A toast; the text may hold anything that a person typed."""
        self.host.tell(text, severity=severity)

    def copy(self, text: str, what: str = "") -> None:
        """Put a text on the clipboard, and tell which: not every terminal takes it."""
        self.app.copy_to_clipboard(text)
        self.say(f"Copied {what}: {short(text, 100)}" if what else f"Copied: {short(text, 100)}")

    def find_customer(self) -> None:
        """Ask for a customer, and open the card of the one who is chosen."""
        self.open(FindCustomer(), lambda chosen: None if chosen is None else self.open_customer(chosen))

    def open_customer(self, customer_id: int) -> None:
        """Open a customer's card; the booking or issue that is chosen there is shown in its place."""

        def closed(chosen: tuple[str, int] | None) -> None:
            if chosen is not None:
                kind, number = chosen
                (self.host.show_issue if kind == "issue" else self.host.show_booking)(number)

        self.host.ask(
            lambda: customers.card(customer_id),
            lambda card: self.open(CustomerCard(card), closed),
            opens=True,
        )

    def perform_on(
        self, row: Row | None, command: Callable[[Row], Callable[[Desk], Row]], tell: Callable[[Row], str]
    ) -> None:
        """Run a command for a row, if there is one, and tell of its result or of what speaks against it."""
        if row is None:
            return
        try:
            ready = command(row)
        except DeskError as error:
            self.host.report(error)
            return
        self.host.perform(ready, lambda result: self.say(tell(result)))

    def open_form(self, make: Callable[[], ModalScreen[Row | None]], tell: Callable[[Row], str]) -> None:
        """Open a form that is made in the reading thread, and tell of its result."""
        self.host.ask(make, lambda form: self.open(form, self.telling(tell)), opens=True)

    def telling(self, tell: Callable[[Row], str]) -> Callable[[Row | None], None]:
        """What to do when a form closes: tell of its result, if it has one."""
        return lambda result: None if result is None else self.say(tell(result))

    def open(self, modal: ModalScreen[Result], closed: Callable[[Result | None], None] | None = None) -> None:
        """Open a modal over this place, unless the person has opened another or gone elsewhere meanwhile."""
        if self.app.screen is self:
            self.app.push_screen(modal, closed)
