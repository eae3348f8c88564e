"""Service: the issues of the desk by urgency, their conversations, and every action on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.widgets import Input

from dispatch.inputs.filters.filter_reader import Reading
from dispatch.service.issues import queries
from dispatch.service.issues.issue_filter_keys import ISSUE_KEYS
from dispatch.service.issues.queries import CHANGED, URGENCY, IssueFilter
from dispatch.service.row_types import IssueDetails, IssueRow
from screens.base import figures, keys
from screens.filters.issues import (
    VIEWS,
    parse_issue_filter,
    view_of,
    view_parts,
    whole_issue_text,
    without_view,
)
from screens.service.dashboard import ChosenFigure, Figures, ServiceBoard, read_figures, rows_of_figure
from screens.service.detail import issue_aside, issue_detail
from screens.service.list_window import IssueWindow
from screens.service.multi_select import MarkedIssues
from screens.shell.paged_list import Held, PagedList
from screens.shell.panes import Panes
from screens.widgets.columns import Column
from screens.widgets.detail_pane import Detail
from screens.widgets.filter_bar import FilterBar
from screens.widgets.live_table import LiveTable
from screens.widgets.view_tabs import ViewTabs
from screens.wording import issues as words
from screens.wording.times import aged, as_of

COLUMNS: tuple[Column[IssueRow], ...] = (
    Column(
        "time", "Urgency", 16, words.urgency, sort=URGENCY, title="Priority and time left", plain=words.due_at
    ),
    Column("issue_id", "No.", 4, right=True, sort="id", drop=2),
    Column("title", "Issue", 22, words.subject, grows=True, sort="title"),
    Column("customer_name", "Customer", 9, words.customer, grows=True, sort="customer", drop=3),
    Column("agent_name", "Agent", 10, lambda row: row["agent_name"] or "–", grows=True, sort="agent", drop=4),
    Column("state", "State", 14, words.short_state, sort="status", drop=1, plain=lambda row: row["status"]),
    Column("priority", "Priority", 10, words.priority, sort=URGENCY, extra=True),  # its letter is in Urgency
    Column("category", "About", 7, words.short_category, sort="category", drop=6),
    Column("changed_at", "Changed", 9, aged("changed_at"), right=True, sort=CHANGED, extra=True),
    Column("opened_at", "Came in", 9, aged("opened_at"), right=True, sort="opened", extra=True),
    Column("tier", "Tier", 10, sort="tier", extra=True),
    Column("channel", "Channel", 12, words.channel, sort="channel", extra=True),
    Column("booking_id", "Booking", 7, right=True, sort="booking", extra=True),
)
BOARD_HINT = "  enter lists a figure's issues, tab goes to the agents, {service.board} back"
NEWEST_FIRST = (URGENCY, CHANGED, "id", "opened", "booking")
"""The orders that begin with the highest."""


class Service(PagedList[IssueFilter, IssueRow, IssueDetails], MarkedIssues):
    """The issues, with a pane for the one under the cursor; or the figures of the desk in their place."""

    NAME = "service"
    FIGURES = (figures.URGENCY, figures.PRIORITY, figures.TIME_LEFT, figures.ESCALATED, figures.EXPECTED)
    HELP = (
        "Work customer issues, most urgent first: by priority (C, U, H, M, L), then by when they are due. "
        "Time left is for the first answer, then for the resolution. The pane shows the issue under the "
        "cursor; enter opens all of it to scroll and copy. {issue.open} opens a new issue from the "
        "customer's own words. {service.view} changes the view. {filter} filters by words or by keys such "
        "as status:new, agent:6, category:refund, "
        "priority>=high, is:escalated, is:mine, with and, or, not. {mark} marks issues; {issue.reassign}, "
        "{issue.edit} (priority) and {issue.close} then apply to all marked. {service.board} shows the "
        "figures; enter lists the issues behind one."
    )
    BINDINGS = [*keys.SERVICE]
    COLUMNS = COLUMNS
    HINT = "/ words, status:new, agent:6, category:refund, is:escalated"
    KEYS = ISSUE_KEYS
    VIEWS = tuple(VIEWS)
    EMPTY = "No open issues: {issue.open} opens one"
    NOTHING = "Choose an issue to see it here"
    HAS_ASIDE = True
    IS_TIMELY = True

    table = getters.query_one("#service", LiveTable)
    board = getters.query_one(ServiceBoard)
    issues = getters.query_one(".list-body", Panes)

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
            self._count_figures()
            return
        self.table.mark_sort(data.window.which.sort, self._is_descending(data.window.which))
        super().show(data)

    def _count_figures(self) -> None:
        """Read the figures; a change meanwhile has them read once more."""
        desk = self.backend.desk

        def show(figures: Figures) -> None:
            hint = keys.with_keys(self.app, BOARD_HINT)
            self.board.show(figures, Text.assemble(("Figures", "bold"), (hint, "dim")))

        if self._shows_board:
            is_first = not self.board.is_filled
            self.ask_in_turn("figures", lambda: read_figures(desk), show, self._count_figures, opens=is_first)

    def chosen(self) -> IssueRow | None:
        return None if self._shows_board else self.table.current

    def show_issue(self, issue_id: int) -> None:
        self._to_list()
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = ""
        which = IssueFilter(sort=self._filter.sort, reverse=self._filter.reverse)
        self.seek(IssueWindow(which, desk=lambda: self.backend.desk), issue_id)

    def show_only(self, text: str, view: str = "") -> None:
        self._to_list()
        super().show_only(text, view)

    def dressed(self, rows: list[IssueRow]) -> list[IssueRow]:
        return as_of(rows, self.backend.desk.now())

    def detail_of(self, row: IssueRow) -> Detail:
        return issue_detail(self.backend.desk, row["issue_id"])

    def detail_beside(self, row: IssueRow) -> Detail:
        return issue_detail(self.backend.desk, row["issue_id"], has_why=False)

    def aside_of(self, row: IssueRow) -> Detail:
        return issue_aside(self.backend.desk, row["issue_id"])

    def parse(self, text: str) -> IssueFilter:
        now = self._filter
        return parse_issue_filter(text, self.view, self._reading, sort=now.sort, reverse=now.reverse)

    @property
    def _reading(self) -> Reading:
        return self.backend.filter_reading(self.host.my_agent_id)

    def without_view(self, text: str) -> str:
        return without_view(text, self._reading)

    def view_in_sight(self) -> str:
        return view_of(self._filter, self.host.my_agent_id)

    def label(self) -> str:
        return self._figure if self._filter.ids is not None else "Mixed"

    def count(self, which: IssueFilter) -> int:
        return queries.count_issues(which)

    def count_views(self) -> Mapping[str, int]:
        mine = self.host.my_agent_id
        return {name: queries.count_issues(IssueFilter(**view_parts(name, mine))) for name in VIEWS}

    def order(self) -> str:
        return (
            f"{self._filter.sort.replace('id', 'number')} {'▾' if self._is_descending(self._filter) else '▴'}"
        )

    def _is_descending(self, which: IssueFilter) -> bool:
        return (which.sort in NEWEST_FIRST) != which.reverse

    def whole_text(self) -> str:
        reading = self.backend.filter_reading(self.host.my_agent_id)
        return whole_issue_text(super().whole_text(), self._filter, reading)

    def _unfiltered(self) -> IssueFilter:
        parts = view_parts(self.view, self.host.my_agent_id)
        return IssueFilter(sort=self._filter.sort, reverse=self._filter.reverse, **parts)

    def choose_view(self, view: str) -> None:
        self._to_list()
        super().choose_view(view)

    @property
    def sorted_by(self) -> str:
        return self._filter.sort

    def action_reverse(self) -> None:
        self._use(replace(self._filter, reverse=not self._filter.reverse))

    def order_by(self, sort: str) -> None:
        self._use(replace(self._filter, sort=sort, reverse=False))

    def action_board(self) -> None:
        if self._shows_board:
            self._to_list()
        else:
            self._show_board(True)
            self.board.figures.focus()
        self.reload(opens=True)

    def action_back(self) -> None:
        """Leave the figures; in the list remove the marks first, then clear what was typed."""
        if self._shows_board:
            self.action_board()
        elif not self.unmark_all():
            super().action_back()

    def action_mark_all(self) -> None:
        which = self._filter
        self.mark_all_of(lambda limit: queries.issue_ids(which, limit))

    def show_marks(self) -> None:
        super().show_marks()
        self._say_listed(self.table.rows_shown)

    def action_filter(self) -> None:
        self._to_list()
        super().action_filter()

    def _to_list(self) -> None:
        if self._shows_board:
            self._show_board(False)
        self.table.focus()

    def _show_board(self, shown: bool) -> None:
        """Show the figures in place of the list, and of its views and filter: they narrow no figure."""
        self.board.display = shown
        for of_the_list in (self.issues, self.query_one(ViewTabs), self.query_one(FilterBar)):
            of_the_list.display = not shown

    @on(ServiceBoard.FigureChosen)
    def _list_figure(self, message: ServiceBoard.FigureChosen) -> None:
        def found(figure: ChosenFigure) -> None:
            self._figure = figure.title
            with self.prevent(Input.Changed):
                self.query_one("#filter", Input).value = figure.text
            self._to_list()
            if figure.text:
                view = view_of(figure.which, self.host.my_agent_id)
                self.show_only(figure.text, view if view in VIEWS else "All")
            else:
                now = self._filter
                self._list(replace(figure.which, sort=now.sort, reverse=now.reverse))

        self.host.ask(lambda: rows_of_figure(message.figure), found, opens=True)

    def _message(self, rows: list[IssueRow]) -> Text:
        marked = self.marked_text()
        if marked is not None and not self._misread:
            return marked
        is_nobodys = self.view_in_sight() == "Mine" and self.host.my_agent_id is None
        if not rows and is_nobodys and not self._misread:
            return Text(keys.with_keys(self.app, "Whose? {place.my-desk} chooses an agent"), "dim")
        return super()._message(rows)
