"""Service: the issues of the desk by urgency, their conversations, and every action on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from dispatch.queries.wording import short_moment
from dispatch.service.issues.queries import CHANGED, SORTS, URGENCY, IssueFilter
from dispatch.service.row_types import IssueDetails, IssueRow
from screens.base import figures, keys
from screens.filters.issues import VIEWS, parse_issue_filter, view_of, view_parts, whole_issue_text
from screens.service.actions import IssueActions
from screens.service.dashboard import ChosenFigure, Figures, ServiceBoard, read_figures, rows_of_figure
from screens.service.detail import EXCERPT, LAST_SPOKEN, describe_issue, read_issue
from screens.service.list_window import IssueWindow
from screens.shell.paged_list import Held, PagedList
from screens.widgets.choice import next_of
from screens.widgets.columns import Column
from screens.widgets.detail_pane import Detail, DetailPane
from screens.widgets.live_table import LiveTable
from screens.wording import issues as words

COLUMNS: tuple[Column[IssueRow], ...] = (
    Column("time", "Left", 16, words.time_bar, sort=URGENCY, title="Time left"),
    Column("title", "Issue", 25, words.subject, grows=True),
    Column("customer_name", "Customer", 8, words.customer, grows=True, drop=2),
    Column("agent_name", "Agent", 8, lambda row: row["agent_name"] or "–", grows=True, drop=3),
    Column("state", "State", 11, words.short_state, drop=1),
    Column("issue_id", "No.", 5, right=True, drop=4),
    Column("priority", "Priority", 8, words.priority, drop=5, sort=URGENCY),
    Column("category", "About", 7, words.short_category, drop=6),
    Column(
        "changed_at", "Changed", 11, lambda row: short_moment(row["changed_at"]), sort=CHANGED, extra=True
    ),
    Column("opened_at", "Came in", 11, lambda row: short_moment(row["opened_at"]), extra=True),
    Column("tier", "Tier", 10, extra=True),
    Column("channel", "Channel", 12, lambda row: row["channel"].replace("_", " "), extra=True),
    Column("booking_id", "Booking", 7, right=True, extra=True),
)
BOARD_HINT = "  enter lists a figure's issues, tab goes to the agents, {service.board} back"
ORDERS = {URGENCY: "by urgency", CHANGED: "newest change first"}


class Service(PagedList[IssueFilter, IssueRow, IssueDetails], IssueActions):
    """The issues, with a pane for the one under the cursor; or the figures of the desk in their place."""

    NAME = "service"
    FIGURES = (figures.PRIORITY, figures.TIME_LEFT, figures.ESCALATED, figures.EXPECTED)
    HELP = (
        "What customers need, the most urgent first, with the time that is left for the first answer or "
        "the resolution. The pane shows all about the issue under the cursor; enter opens all of it, to be "
        "scrolled and copied. {issue.open} opens a new one from the customer's own words. {service.view} "
        "changes what is listed; {filter} filters by words in title or customer, and by status:new, agent:6, "
        "category:refund, priority>=high, is:escalated, is:mine, with and, or, not. {service.board} "
        "shows the figures of the desk, where enter lists the issues that a figure is made of."
    )
    BINDINGS = [*keys.SERVICE]
    COLUMNS = COLUMNS
    HINT = "/ words, status:new, agent:6, category:refund, is:escalated"
    NOTHING = "Choose an issue to see it here"
    IS_TIMELY = True

    table = getters.query_one("#service", LiveTable)
    board = getters.query_one(ServiceBoard)
    issues = getters.query_one(".list-body", Horizontal)

    def __init__(self) -> None:
        super().__init__(IssueWindow(desk=lambda: self.backend.desk))
        self._figure = ""

    def body(self) -> ComposeResult:
        yield from super().body()
        yield ServiceBoard()

    @property
    def _shows_board(self) -> bool:
        return self.is_laid_out and self.board.display

    def look_up(self) -> Callable[[], Any]:
        return (lambda: None) if self._shows_board else super().look_up()  # the figures are read beside

    def show(self, data: Held[IssueRow] | None) -> None:
        if data is None or self._shows_board:
            self._count()
            return
        self.table.mark_sort(data[0].which.sort, data[0].which.sort == CHANGED)
        super().show(data)

    def _count(self) -> None:
        """Read the figures; a change meanwhile has them read once more."""
        desk = self.backend.desk

        def show(figures: Figures) -> None:
            hint = keys.with_keys(self.app, BOARD_HINT)
            self.board.show(figures, Text.assemble(("Dashboard", "bold"), (hint, "dim")))

        if self._shows_board:
            is_first = not self.board.is_filled
            self.ask_in_turn("figures", lambda: read_figures(desk), show, self._count, opens=is_first)

    def chosen(self) -> IssueRow | None:
        return None if self._shows_board else self.table.current

    def show_issue(self, issue_id: int) -> None:
        self._to_list()
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = ""
        which = IssueFilter(sort=self._filter.sort)
        self.seek(IssueWindow(which, desk=lambda: self.backend.desk), issue_id)

    def show_only(self, text: str) -> None:
        self._to_list()
        super().show_only(text)

    def detail_of(self, row: IssueRow) -> Detail:
        issue = read_issue(self.backend.desk, row["issue_id"])
        width = self.query_one(DetailPane).text_width
        return f"Issue {row['issue_id']}", describe_issue(issue, EXCERPT, LAST_SPOKEN, width)

    def parse(self, text: str) -> IssueFilter:
        return parse_issue_filter(text, self._filter, self.backend.filter_reading(self.host.my_agent_id))

    def whole_text(self) -> str:
        reading = self.backend.filter_reading(self.host.my_agent_id)
        return whole_issue_text(super().whole_text(), self._filter, reading)

    def _unfiltered(self) -> IssueFilter:
        return IssueFilter(sort=self._filter.sort)

    def action_next_view(self) -> None:
        if self._shows_board:
            self._to_list()
        mine = self.host.my_agent_id
        following = next_of(VIEWS, view_of(self._filter, mine))
        self._use(replace(self._filter, ids=None, **view_parts(following, mine)))

    def action_sort(self) -> None:
        self._use(replace(self._filter, sort=next_of(SORTS, self._filter.sort)))

    @on(LiveTable.SortAsked)
    def _sort_by_header(self, message: LiveTable.SortAsked) -> None:
        self._use(replace(self._filter, sort=message.sort))

    def action_board(self) -> None:
        if self._shows_board:
            self._to_list()
        else:
            self.issues.display = False
            self.board.display = True
            self.board.figures.focus()
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
            self.issues.display = True
        self.table.focus()

    @on(ServiceBoard.FigureChosen)
    def _list_figure(self, message: ServiceBoard.FigureChosen) -> None:
        def found(figure: ChosenFigure) -> None:
            self._figure = figure.title
            with self.prevent(Input.Changed):
                self.query_one("#filter", Input).value = figure.text
            self._to_list()
            self._window = replace(self._window, which=replace(figure.which, sort=self._filter.sort))
            self._list((self._parsed(figure.text) if figure.text else None) or self._filter)

        self.host.ask(lambda: rows_of_figure(message.figure), found, opens=True)

    def _describe(self, rows: list[IssueRow]) -> None:
        view = view_of(self._filter, self.host.my_agent_id)
        line = Text(self._figure if view == "Figure" else view, "bold")
        if not rows and view == "Mine" and self.host.my_agent_id is None:
            line.append(keys.with_keys(self.app, "  whose? {place.my-desk} chooses an agent"), "dim")
            self.headline.update(line)
        else:
            how = ORDERS[self._filter.sort] + "  ·  {service.view} view, {service.board} figures"
            empty = "nothing is open: {issue.open} opens an issue"
            self.show_listed(line, rows, how, empty)
