"""The base of every place: bars, live data, commands, and help."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.notifications import SeverityLevel

from dispatch import customers, queries
from dispatch.queries import wording
from dispatch.queries.next_steps import limits_of
from models.calendars import to_local
from models.clock import from_text
from models.errors import DeskError
from screens.base.backend import FileReplaced
from screens.base.figures import Figure
from screens.base.hosted import Hosted
from screens.base.keys import key_of
from screens.base.messages import DeskChanged, PlaceChosen
from screens.base.textual_internals import adopt_styles
from screens.customers.card import CustomerCard
from screens.customers.finder import FindCustomer
from screens.dialogs.column_chooser import Columns
from screens.shell.export import open_export
from screens.widgets.bars import EmptyDesk, Heading, StatusBar, TopBar
from screens.widgets.key_line import KeyLine
from screens.widgets.live_table import LiveTable
from screens.widgets.message_line import MessageRack
from screens.widgets.outage_bar import OutageBar
from screens.widgets.sweep_bar import SweepBar
from screens.wording.reasons import policy_word
from screens.wording.text import short

MINUTE, SECOND = 16, 19  # characters of a stored time, up to its minute or second
AGES_EVERY, FRESH = timedelta(seconds=3), timedelta(minutes=2)


class Place(Hosted[None]):
    """A full screen with its own data, read in the background whenever the desk changes.

    A subclass says what it is for (HELP) and where its numbers come from (FIGURES), lays out its
    ``body()``, gives a ``look_up()`` that is run in the reading thread, and ``show()``s the result.
    A late answer never replaces a newer one. HELP names keys by their ids: ``{queue.view}``.
    """

    NAME: ClassVar[str]
    HELP: ClassVar[str] = ""
    NO_PASTE = "Paste works in fields: press / or f2 first"
    IS_TIMELY: ClassVar[bool] = False
    """Whether time alone changes what is shown, from one minute to the next."""
    FIGURES: ClassVar[tuple[Figure, ...]] = ()
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]

    def __init__(self) -> None:
        super().__init__()
        self._fit()
        adopt_styles(self)
        self._minute = self._aged_at = ""
        self._currency: str | None = None
        self._others_changed = False
        self._opens = False
        self._waiting = 0
        self.is_lost = False

    def _fit(self) -> None:
        """Set the classes of the breakpoints from the first moment on.

        Textual sets them only after styling and laying out the screen without them, and does both again.
        """
        width, height = self.app.size
        for size, points in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            reached = [name for least, name in sorted(points, reverse=True) if size >= least]
            self.add_class(*reached[:1], update=False)

    def compose(self) -> ComposeResult:
        yield TopBar(self.NAME)
        yield OutageBar()
        yield SweepBar()
        yield EmptyDesk()
        yield from self.body()
        yield StatusBar()
        yield MessageRack()

    @abstractmethod
    def body(self) -> ComposeResult:
        """The widgets between the two bars."""

    @abstractmethod
    def look_up(self) -> Callable[[], Any]:
        """Return the query for the present state of the screen; it is run in the reading thread."""

    @abstractmethod
    def show(self, data: Any) -> None:
        """Show the result of the query."""

    def begin(self) -> None:
        """Put the cursor where the work begins: the place's key was pressed."""

    def on_mount(self) -> None:
        for table in self.query(LiveTable):
            table.choose(self.host.recall(self._columns_key(table), list[str]()))

    def _columns_key(self, table: LiveTable[Any]) -> str:
        return f"{self.NAME}.{table.id}.columns"

    @on(LiveTable.ColumnsAsked)
    def _choose_columns(self, message: LiveTable.ColumnsAsked) -> None:
        table = message.table
        self.open(Columns(table, lambda keys: self.host.remember(self._columns_key(table), keys)))

    def action_columns(self) -> None:
        """Choose the columns of the table in focus, or of the first one."""
        self._table.post_message(LiveTable.ColumnsAsked(self._table))

    def action_sort(self) -> None:
        """Sort the table in focus, or the first one, by its next column."""
        self._table.sort_next()

    def action_reverse(self) -> None:
        """Turn its order round."""
        self._table.sort_reverse()

    @property
    def _table(self) -> LiveTable[Any]:
        return self.focused if isinstance(self.focused, LiveTable) else self.query(LiveTable).first()

    def in_sight(self) -> frozenset[str]:
        return frozenset(name for table in self.query(LiveTable) for name in table.names_in_sight())

    def say(self, text: str, *, severity: SeverityLevel = "information") -> None:
        """Say something; why a key does nothing here is no news in another place."""
        is_about_here = severity != "information" and self.app.screen is self
        self.host.tell(text, severity=severity, place=self.NAME if is_about_here else "")

    @on(events.ScreenSuspend)
    def _out_of_sight(self) -> None:
        """Leave no toast below a modal."""
        for rack in self.query(MessageRack):
            rack.show([])

    def action_export(self) -> None:
        """Write all rows of the list in focus, or of the first one, into a file."""
        table = self.focused if isinstance(self.focused, LiveTable) else self.query(LiveTable).first()
        open_export(self, str(table.id), table, self.everything_in(table))

    def everything_in(self, table: LiveTable[Any]) -> Callable[[], Iterable[Any]]:
        """Return the query for all rows of a table's list; it is run beside everything else."""
        rows = table.rows_shown
        return lambda: rows

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
        """Read again in the background; the screen stays usable meanwhile.

        Keys wait for what ``opens`` the place, also when a change asks for it again before it is there.
        """
        self._opens |= opens
        wanted, backend = query or self.look_up(), self.backend
        self._minute = backend.desk.now()[:MINUTE]

        def work() -> tuple[Any, queries.Totals, bool]:
            backend.desk.settings.refresh()
            wording.show_in(backend.desk.settings["currency"])
            backend.values.reload()
            return wanted(), self._count(), queries.is_unused()

        def then(answer: tuple[Any, queries.Totals, bool]) -> None:
            data, totals, is_unused = answer
            self._opens = False
            self.found()
            self._mark_others()
            self._show_currency(backend.desk.settings["currency"])
            self.show(data)
            self.query_one(StatusBar).show(totals)
            self._waiting = totals.waiting
            self._look_at_row()
            self.query_one(EmptyDesk).display = is_unused
            self.show_time()

        def refused(error: DeskError) -> None:
            self._opens = False
            self.host.report(error)

        self.ask_newest("place", work, then, refused, opens=self._opens)

    def _count(self) -> queries.Totals:
        """Count what the bottom line shows; it is run in the reading thread."""
        desk = self.backend.desk
        return queries.count_totals(limits_of(desk.settings, desk.now()))

    def _count_again(self, now: str) -> None:
        """Count again in a new minute, which lets something be due or overdue."""
        self._minute = now[:MINUTE]
        self.ask_newest("totals", self._count, self.query_one(StatusBar).show)

    def _show_currency(self, currency: str) -> None:
        """Draw the amounts of the tables again once the desk has another currency."""
        before, self._currency = self._currency, currency
        if before not in (None, currency):
            for table in self.query(LiveTable):
                table.draw_again()

    @on(LiveTable.RowHighlighted)
    def _look_at_row(self) -> None:
        """Show on the key line what can be done with the row under the cursor."""
        self.name_verbs()
        self.query_one(KeyLine).row_changed()

    def name_verbs(self) -> None:
        """Give a verb that does the opposite for some rows its name for the row under the cursor."""

    def _mark_others(self) -> None:
        """Let the tables mark the coming changes if others made them."""
        for table in self.query(LiveTable):
            table.marks_changes = self._others_changed and table.can_focus
        self._others_changed = False

    def lost(self, error: DeskError) -> None:
        """Show in a bar that the database cannot be reached; what is on screen stays readable."""
        self.host.lost_since = self.host.lost_since or to_local(self.backend.desk.now())[11:]
        self.is_lost = True
        bar, retry = self.query_one(OutageBar), key_of(self.app, "retry")
        if isinstance(error, FileReplaced):
            bar.offer(error, self.host.lost_since, retry, key_of(self.app, "quit"))
        else:
            bar.show(error, self.host.lost_since, retry)
        self.show_time()

    def found(self) -> None:
        """Remove the bar: the database answers again."""
        self.host.lost_since = None
        self.query_one(OutageBar).display = self.is_lost = False

    def look_at_clock(self) -> None:
        """Show the new minute, and how it changes the rows; ages of seconds are shown again more often."""
        now = self.backend.desk.now()
        if self.IS_TIMELY and now[:MINUTE] != self._minute:
            self.reload()
        elif self._minute and now[:MINUTE] != self._minute:
            self._count_again(now)
        elif self._aged_at[:SECOND] != now[:SECOND]:
            self._let_age(now)
        self.show_time()

    def _let_age(self, now: str) -> None:
        """Show ages again every few seconds while one of them is fresh."""
        if self._aged_at and from_text(now) - from_text(self._aged_at) < AGES_EVERY:
            return
        self._aged_at, newest = now, max(self.moments_shown(), default="")
        if newest and from_text(now) - from_text(newest) < FRESH:
            self.show_ages()

    def moments_shown(self) -> Iterable[str]:
        """Return the stored times whose ages are shown."""
        return ()

    def show_ages(self) -> None:
        """Show how long ago the rows' times are now; no list is read."""

    def show_time(self) -> None:
        """Update the top bar: agent, desk, policy, time, and news; and the bar for a desk not swept."""
        desk, inbox = self.backend.desk, self.host.inbox
        policy, moment, new = (
            f"{policy_word(desk.settings['policy'])} policy",
            wording.exact(desk.now()),
            len(inbox.unseen),
        )
        backend, is_read_only = self.backend, bool(desk.why_read_only)
        place, states = (backend.name, backend.address), (is_read_only, backend.is_open, self.is_lost)
        heading = Heading(policy, desk.actor, inbox.name, *place, moment, new, *states)
        self.query_one(TopBar).show(heading)
        self.host.show_desk_title(self._waiting)
        self.query_one(SweepBar).show(self.backend.unswept_since, is_read_only=is_read_only)

    def copy(self, text: str, what: str = "") -> None:
        """Copy a text to the clipboard, and show it: not every terminal accepts it."""
        self.app.copy_to_clipboard(text)
        self.say(f"Copied {what}: {short(text, 100)}" if what else f"Copied: {short(text, 100)}")

    def find_customer(self) -> None:
        """Ask for a customer, and open the chosen one's card."""
        self.open(FindCustomer(), self.open_customer)

    def open_customer(self, customer_id: int) -> None:
        """Open a customer's card; the booking or issue that is chosen there is shown in its place."""

        def chosen(what: tuple[str, int]) -> None:
            kind, number = what
            (self.host.show_issue if kind == "issue" else self.host.show_booking)(number)

        self.open_made(lambda: CustomerCard(customers.card(customer_id)), chosen)
