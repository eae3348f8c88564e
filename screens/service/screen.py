"""Service: the issues of the desk by urgency, what was said, and all that can be done about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from dispatch.service.issues.queries import CHANGED, SORTS, URGENCY, IssueFilter
from screens.base import figures, keys
from screens.base.keys import key_of
from screens.filters.issues import VIEWS, parse_issue_filter, view_of, view_parts
from screens.service.actions import IssueActions
from screens.service.dashboard import Figures, ServiceBoard, Shown, board_query, rows_of_figure
from screens.service.detail import IssueDetail, issue_query
from screens.service.list_window import IssueWindow
from screens.shell.paged_list import Held, PagedList
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording import issues as words
from screens.wording.text import short_moment

Row = dict[str, Any]

COLUMNS = (
    Column("issue_id", "No.", 5, lambda row: str(row["issue_id"]), right=True, drop=2),
    Column("priority", "Priority", 8, words.priority, sort=URGENCY),
    Column("time", "Time left", 16, words.time_left),
    Column("state", "State", 12, words.state, grows=True),
    Column("category", "About", 7, words.short_category),
    Column("agent_name", "Agent", 10, lambda row: row["agent_name"] or "–", grows=True),
    Column("customer_name", "Customer", 9, words.customer, grows=True, drop=1),
    Column(
        "changed_at", "Changed", 11, lambda row: short_moment(row["changed_at"]), sort=CHANGED, extra=True
    ),
    Column("opened_at", "Came in", 11, lambda row: short_moment(row["opened_at"]), extra=True),
    Column("title", "Title", 20, lambda row: row["title"], grows=True, extra=True),
    Column("tier", "Tier", 10, lambda row: row["tier"] or "", extra=True),
    Column("channel", "Channel", 12, lambda row: row["channel"].replace("_", " "), extra=True),
    Column("booking_id", "Booking", 7, lambda row: str(row["booking_id"] or ""), right=True, extra=True),
)
ORDERS = {URGENCY: "by urgency", CHANGED: "newest change first"}


class Service(PagedList[IssueFilter], IssueActions):
    """The issues, with a pane for the one under the cursor; in their place, the figures of the desk."""

    NAME = "service"
    FIGURES = (figures.PRIORITY, figures.TIME_LEFT, figures.ESCALATED, figures.EXPECTED)
    HELP = (
        "What customers need, the most urgent first, with the time that is left for the first answer or "
        "the resolution. The pane tells all about the issue under the cursor; enter opens all of it, to be "
        "scrolled and copied. {issue.open} opens a new one from the customer's own words. {service.view} "
        "changes what is listed; {filter} filters by words in title or customer, and by status:new, agent:6, "
        "category:refund, priority>=high, is:escalated, is:mine, with and, or, not. {service.board} "
        "shows the figures of the desk, where enter lists the issues that a figure is made of."
    )
    BINDINGS = [*keys.SERVICE]
    AUTO_FOCUS = "#service"
    IS_TIMELY = True

    def __init__(self) -> None:
        super().__init__(IssueWindow(desk=lambda: self.backend.desk))
        self._sought: int | None = None
        self._detail_ticket = 0
        self._figure = ""
        self._is_counting = self._counts_again = False

    def body(self) -> ComposeResult:
        with Horizontal(classes="list-body", id="issues"):
            with Vertical():
                yield Static(Content(""), classes="headline")
                yield Input(
                    placeholder="/ words, status:new, agent:6, category:refund, is:escalated",
                    compact=True,
                    id="filter",
                )
                yield LiveTable(COLUMNS, "issue_id", id="service")
            yield IssueDetail()
        yield ServiceBoard()

    @property
    def table(self) -> LiveTable:
        return self.query_one("#service", LiveTable)

    @property
    def board(self) -> ServiceBoard:
        return self.query_one(ServiceBoard)

    @property
    def _shows_board(self) -> bool:
        return self.is_laid_out and self.board.display

    def look_up(self) -> Callable[[], Any]:
        window = self._window
        if self._shows_board:
            return lambda: None  # the figures are read beside
        if self._sought is not None and isinstance(window, IssueWindow):
            return partial(window.at, self._sought)
        return super().look_up()

    def show(self, data: Held | None) -> None:
        if data is None or self._shows_board:
            self._count()
            return
        self._sought = None
        self.table.mark_sort(data[0].which.sort, data[0].which.sort == CHANGED)
        self._describe(self._take(data))
        self.show_detail()

    def _count(self) -> None:
        """Read the figures beside everything else; what changes meanwhile has them read once more."""
        self._counts_again = self._is_counting
        if self._is_counting or not self._shows_board:
            return
        self._is_counting = True

        def then(told: Figures) -> None:
            if self.is_laid_out:
                self.board.show(told, self._board_headline())
            if self._counts_again:
                self._count()

        self.host.ask(self._counted(), then, opens=not self.board.is_filled, beside=True)

    def _counted(self) -> Callable[[], Figures]:
        query = board_query(self.backend.desk)

        def work() -> Figures:
            try:
                return query()
            finally:
                self._is_counting = False

        return work

    def chosen_issue(self) -> Row | None:
        return None if self._shows_board else self.table.current

    def show_issue(self, issue_id: int) -> None:
        """List the issues with the cursor on this one."""
        self._to_list()
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = ""
        self._window = IssueWindow(IssueFilter(sort=self._filter.sort), desk=lambda: self.backend.desk)
        self._listed, self._sought = None, issue_id
        self.reload(opens=True)

    def show_only(self, text: str) -> None:
        self._to_list()
        super().show_only(text)

    @on(DataTable.RowHighlighted, "#service")
    def show_detail(self) -> None:
        """Fill the pane; when the cursor has moved on meanwhile, the answer is dropped."""
        self._detail_ticket += 1
        ticket, row = self._detail_ticket, self.table.current

        def then(data: Row | None) -> None:
            if ticket == self._detail_ticket and self.is_laid_out:
                self.query_one(IssueDetail).show(data)

        self.host.ask(issue_query(self.backend.desk, row["issue_id"] if row else None), then)

    @on(DataTable.RowSelected, "#service")
    def _entered(self) -> None:
        self.action_read()

    def parse(self, text: str) -> IssueFilter:
        return parse_issue_filter(text, self._filter, self.backend.filter_reading(self.host.my_agent_id))

    def _unfiltered(self) -> IssueFilter:
        return IssueFilter(sort=self._filter.sort)

    def action_next_view(self) -> None:
        if self._shows_board:
            self._to_list()
        names, mine = list(VIEWS), self.host.my_agent_id
        current = view_of(self._filter, mine)
        following = names[(names.index(current) + 1) % len(names)] if current in names else names[0]
        self._use(replace(self._filter, ids=None, **view_parts(following, mine)))

    def action_sort(self) -> None:
        following = SORTS[(SORTS.index(self._filter.sort) + 1) % len(SORTS)]
        self._use(replace(self._filter, sort=following))

    @on(LiveTable.SortAsked)
    def _sort_by_header(self, message: LiveTable.SortAsked) -> None:
        self._use(replace(self._filter, sort=message.sort))

    def action_board(self) -> None:
        """The figures in place of the list, or the list again."""
        if self._shows_board:
            self._to_list()
        else:
            self.query_one("#issues").display = False
            self.board.display = True
            self.board.take_focus()
        self.reload(opens=True)

    def action_back(self) -> None:
        if self._shows_board:
            self.action_board()
        else:
            super().action_back()

    def action_filter(self) -> None:
        self._to_list()
        super().action_filter()

    def _to_list(self) -> None:
        if self._shows_board:
            self.board.display = False
            self.query_one("#issues").display = True
        self.table.focus()

    @on(ServiceBoard.FigureChosen)
    def _list_figure(self, message: ServiceBoard.FigureChosen) -> None:
        """List what a figure is made of."""

        def found(which: Shown) -> None:
            self._figure = which.name
            with self.prevent(Input.Changed):
                self.query_one("#filter", Input).value = ""
            self._to_list()
            self._list(replace(which.filter, sort=self._filter.sort))

        self.host.ask(rows_of_figure(message.figure), found, opens=True)

    def _board_headline(self) -> Text:
        back = (
            f"enter lists what a figure is made of, tab goes over, {key_of(self.app, 'service.board')} back"
        )
        return Text.assemble(("Dashboard", "bold"), (f"  {back}", "dim"))

    def headline(self, rows: list[Row]) -> Text:
        view = view_of(self._filter, self.host.my_agent_id)
        line = Text(self._figure if view == "Figure" else view, "bold")
        if rows:
            line.append(
                f"  {len(rows)} shown{self.more(rows)}  ·  {ORDERS[self._filter.sort]}  ·  "
                f"{key_of(self.app, 'service.view')} view, {key_of(self.app, 'service.board')} dashboard",
                "dim",
            )
        elif view == "Mine" and self.host.my_agent_id is None:
            line.append(f"  whose? {key_of(self.app, 'place.my-desk')} chooses an agent", "dim")
        elif self._filter == self._unfiltered():
            line.append(f"  nothing is open: {key_of(self.app, 'issue.open')} opens an issue", "dim")
        else:
            line.append("  nothing like this: escape lists what is open", "dim")
        return line
