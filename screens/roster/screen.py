"""Roster: every agent with live load, capacity, rank and rating."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from dispatch import queries
from dispatch.assignment.contact_rate import with_rates
from dispatch.inputs.filters.filter_language import Node, parse
from dispatch.inputs.filters.filter_reader import read
from dispatch.matching.evidence import MATCH as MATCH_POLICY
from dispatch.matching.roster_scores import RosterScores, roster_scores
from dispatch.queries.row_types import AgentRow
from dispatch.reporting.daily_figures import confirmed_by_agent
from dispatch.views.row_types import ViewRow
from models.errors import InvalidInput
from screens.base import keys
from screens.base.figures import (
    CAPACITY,
    LOAD,
    MATCH,
    PRESENCE,
    RANK,
    RATING,
    REACHED,
    SHRUNK,
    URGENCY,
    YEARS,
)
from screens.filters.agents import ACTIVE, VIEWS, count_views, is_in, whole_text
from screens.roster.actions import AgentActions
from screens.roster.columns import (
    COLUMNS,
    CONTACT,
    HIGHEST_FIRST,
    NO_DAYS,
    RATES,
    SCORE,
    SORTS,
    TREND,
    with_conversion,
    with_trends,
)
from screens.roster.detail import agent_detail, department_detail
from screens.roster.groups import DEPARTMENT, grouped, have_departments, sort_key, starts_of, totals_text
from screens.shell.detailed_list import DetailedList
from screens.shell.filtered_list import FilteredList
from screens.shell.panes import Panes
from screens.shell.saved_views import ViewedList
from screens.widgets.detail_pane import Detail, DetailPane
from screens.widgets.filter_bar import LAST_VALID, FilterBar
from screens.widgets.live_table import LiveTable
from screens.widgets.steady_text import SteadyText
from screens.widgets.view_tabs import ViewTabs
from screens.wording.agents import with_score
from screens.wording.text import CARE, no_matches

MOST_HELD = 500  # a DataTable takes seconds to fill with thousands of rows
WIDE = 110
ROWS_WITH_PANE, PANE, LIST_NEEDS = 30, 30, {1: 90}  # rows of a narrow terminal; cells of the pane
WIDEST_PANE = 55  # then the list gets its titles back
HINT = "/ name, department or number, presence:break, load<5, skill:mars"
NO_AGENTS = "No agents yet: {agent.add} adds one, {first_steps} imports them"


class Roster(
    AgentActions,
    DetailedList[AgentRow, AgentRow],
    FilteredList[AgentRow, AgentRow],
    ViewedList[AgentRow, AgentRow],
):
    NAME = "roster"
    FIGURES = (RANK, LOAD, CAPACITY, YEARS, RATING, PRESENCE, REACHED, MATCH, SHRUNK, URGENCY)
    HELP = (
        "Manage the agents. Rank 1 gets the next lead: fewest bookings, then most years of service, then best"
        " rating; equals share a rank. Load counts Pending bookings and open issues against the capacity;"
        " 14 days shows bookings confirmed per day. Enter folds a department; sort by another column for "
        "one list. {sort} and {sort.reverse} sort, as does a click on a header. {roster.view} changes the "
        "view; {filter} filters by words or by keys such as presence:break, load<5, skill:mars. "
        "{agent.presence} sets presence, {agent.handover} hands over all work, {agent.shift} sets working"
        " hours, {absence.add} plans an absence; each shows the effect first. {roster.fairness} shows who got"
        " how many leads. ! marks load above capacity, or claimed work whose agent is away. Match is for the"
        " lead in Dispatch's form, or else for the latest lead. {columns} adds columns, such as Confirmed."
    )
    BINDINGS = [*keys.ROSTER, *keys.LIST]
    KEYS = queries.AGENT_KEYS
    VIEWS = VIEWS
    NOTHING = "Choose an agent to see them here"

    def __init__(self) -> None:
        super().__init__()
        self._sort = DEPARTMENT
        self._descending = False
        self.view = ACTIVE
        self.everybody: list[AgentRow] = []
        self._scores = RosterScores()
        self._trends: dict[int, list[int]] = {}
        self._folded: list[str] = []
        self._asked: Node | None = None
        self._misread = ""
        self._sought: int | None = None
        self._listed: list[AgentRow] = []
        self._shown_as: tuple[Any, ...] = ()
        self._whole = 0

    def on_mount(self) -> None:
        """Restore the last order."""
        sort = self.host.recall("roster.sort", self._sort)
        self._sort = sort if sort in SORTS else self._sort
        self._descending = self.host.recall("roster.descending", self._descending)
        self._folded = self.host.recall("roster.folded", self._folded)

    def body(self) -> ComposeResult:
        yield ViewTabs()
        yield FilterBar(HINT)
        with Panes(self.NAME, ROWS_WITH_PANE, PANE, LIST_NEEDS, widest=WIDEST_PANE):
            with Vertical():
                yield LiveTable(COLUMNS, "agent_id", id="roster")
                yield SteadyText(id="totals")
            yield DetailPane()

    def everything_in(self, table: LiveTable[Any]) -> Callable[[], list[Any]]:
        return lambda: [{**one, TREND: self._trends.get(one["agent_id"], NO_DAYS)} for one in self._listed]

    def look_up(self) -> Callable[[], list[AgentRow]]:
        shown = {*self.table.chosen, self._sort}
        desk = self.backend.desk

        def work() -> list[AgentRow]:
            rows, left_alone = queries.list_agents(with_left=True), queries.unattended()
            rows = [row | {"unattended": left_alone.get(row["agent_id"], 0)} for row in rows]
            if CONTACT in shown:  # all that came in for ninety days is looked at
                rows = with_rates(desk, rows)
            return rows if RATES.isdisjoint(shown) else with_conversion(rows)

        return work

    def show(self, data: list[AgentRow]) -> None:
        self.everybody = data
        self._arrange()
        self._sought = None  # who is not there now has gone
        self.show_detail()
        if TREND in self.table.chosen:
            self._count_days()
        self._score()

    def _count_days(self) -> None:
        """Show what was confirmed a day when it is counted."""
        now = self.backend.desk.now()

        def then(trends: dict[int, list[int]]) -> None:
            self._trends = trends
            self._arrange()

        self.ask_newest("trends", lambda: confirmed_by_agent(now), then, beside=True)

    def _score(self) -> None:
        """Show the scores when they are ready, which takes a while with thousands of agents."""
        lead = self.host.lead

        def then(scores: RosterScores) -> None:
            self._scores = scores
            self._arrange()

        self.ask_newest("scores", lambda: roster_scores(lead), then, beside=True)

    def _arrange(self) -> None:
        scores, steers = self._scores.by_agent, self._scores.steers
        whole = [row for row in self.everybody if is_in(self.view, row)]
        hour = f"{self.backend.desk.now()[:13]}:00:00"  # worded anew once an hour, and not each second
        rows = [row | {"as_of": hour} for row in queries.filtered(whole, self._asked)]
        found = [with_score(row, scores.get(row["agent_id"]), steers=steers) for row in rows]
        self.table.leave_out(() if self._match_counts else (SCORE,))
        self.table.mark_sort(self._sort, self._descending)
        self._listed = found
        self._list(found)
        self._tell(found, len(whole))

    def _tell(self, found: list[AgentRow], whole: int) -> None:
        """Show the views with their counts, the answer to the filter, and the totals."""
        order = f"{self._sort.replace('_', ' ')} {'▾' if self._descending else '▴'}"
        self.query_one(ViewTabs).show(VIEWS, self.view, count_views(self.everybody), order)
        text = self.query_one("#filter", Input).value
        bar = self.query_one(FilterBar)
        bar.show_found(
            LAST_VALID if self._misread else f"{len(found):,} of {whole:,}" if text else f"{whole:,}"
        )
        bar.show_message(self._message(found))
        self._whole = whole
        self._show_totals()

    @on(events.Resize)
    def _totals_below_columns(self) -> None:
        self.call_after_refresh(self._show_totals)

    def _show_totals(self) -> None:
        totals = self.query_one("#totals", SteadyText)
        hints, width = self._hints(self._listed), totals.content_size.width or None
        totals.update(totals_text(self._listed, self._whole, hints, starts_of(self.table), width))

    def _message(self, found: list[AgentRow]) -> Text:
        """Return the answer below the filter: what is wrong with the text, or why there are no rows."""
        if self._misread:
            return Text(self._misread, f"bold {CARE}")
        if found:
            return Text()
        if self._asked is not None:
            return Text(no_matches(self.query_one("#filter", Input).value, self.KEYS), "dim")
        if self.view != ACTIVE:
            way = keys.with_keys(self.app, "{roster.view} changes the view")
            return Text(f"Nobody is {self.view.lower()}: {way}", "dim")
        return Text(keys.with_keys(self.app, NO_AGENTS), "bold")

    def _list(self, found: list[AgentRow]) -> None:
        """Put agents into the table, with the cursor on the one sought; another order begins at its top."""
        sought = next((row for row in found if row["agent_id"] == self._sought), None)
        if sought is not None:
            self._folded = [name for name in self._folded if name != sought["department"]]
        shown_as = (self.view, self._sort, self._descending)
        is_another, self._shown_as = shown_as != self._shown_as or not self.table.rows_shown, shown_as
        self.table.show_rows(with_trends(self._in_order(found)[:MOST_HELD], self._trends))
        if sought is not None:
            self.table.stand_at(self._sought)
            self._sought = None
        elif is_another and found:
            self.table.move_cursor(row=0)
            people = [row["agent_id"] for row in self.table.rows_shown if "members" not in row]
            self.table.stand_at(next(iter(people), None))  # below the department, for keys to act on somebody

    def _in_order(self, found: list[AgentRow]) -> list[AgentRow]:
        if self._sort == DEPARTMENT and self._asked is None and have_departments(found):
            return grouped(found, self._folded, descending=self._descending)
        return sorted(found, key=lambda row: sort_key(row.get(self._sort)), reverse=self._descending)

    @property
    def _match_counts(self) -> bool:
        """Whether the match score says anything: it is believed, or the policy in force goes by it."""
        return self._scores.believed or self.backend.desk.settings["policy"] == MATCH_POLICY

    def _hints(self, found: list[AgentRow]) -> list[str]:
        """Return what the totals do not tell: how many are held, and for which lead the match is."""
        hints = [f"first {MOST_HELD} shown; / finds the others"] if len(found) > MOST_HELD else []
        is_told = found and self._scores.whose and self._match_counts and self.size.width >= WIDE
        return [*hints, f"match: {self._scores.whose}"] if is_told else hints

    @on(Input.Changed, "#filter")
    def _typed(self, message: Input.Changed) -> None:
        """List the agents that match; if the text is refused, the list stays."""
        self.complete()
        self._misread = ""
        try:
            self._asked = read(parse(message.value), self.KEYS, self.backend.filter_reading())
        except InvalidInput as error:
            self._misread = keys.refusal(self.app, error)
        self._arrange()

    def show_agent(self, agent_id: int) -> None:
        """List everybody, and put the cursor on this agent."""
        self._sought, self.view, self._asked, self._misread = agent_id, ACTIVE, None, ""
        self.query_one("#filter", Input).value = ""
        self.table.focus()
        self._arrange()

    def present_view(self) -> ViewRow:
        text = whole_text(self.query_one("#filter", Input).value, self.view)
        return self.view_now(text, self._sort, descending=self._descending)

    def apply_view(self, view: ViewRow) -> None:
        """List what a saved view says: its text is in the filter, so that nothing is hidden."""
        self.view = ACTIVE
        self.query_one("#filter", Input).value = view["filter"]
        if view["sort"] in SORTS:
            self._order_by(view["sort"], view["descending"])
        self.reload(opens=True)  # a chosen column may need more to be read

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.table.focus()

    @property
    def sorted_by(self) -> str:
        return self._sort

    def order_by(self, sort: str) -> None:
        self._order_by(sort, sort in HIGHEST_FIRST)

    def _order_by(self, sort: str, descending: bool) -> None:
        self._sort, self._descending = sort, descending
        self._arrange()
        self.host.remember("roster.sort", self._sort)
        self.host.remember("roster.descending", self._descending)

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        """Clear what was typed, and go back to the list; the view that was chosen stays."""
        text = self.query_one("#filter", Input)
        if not text.value and self.focused is self.table:
            self.say_the_view_stays()
        text.value = ""
        self.table.focus()

    def action_reverse(self) -> None:
        self._order_by(self._sort, not self._descending)

    def choose_view(self, view: str) -> None:
        """List a view; what is typed stays."""
        self.view = view
        self._arrange()

    def chosen(self) -> AgentRow | None:
        row = self.table.current
        return None if row is None or "members" in row else row

    def detail_of(self, row: AgentRow) -> Detail:
        return department_detail(row) if "members" in row else agent_detail(self.backend.desk, row)

    def action_open_row(self) -> None:
        row = self.table.current
        if row is not None and "members" in row:
            self._fold(row["department"])
        else:
            self.action_bookings()

    def _fold(self, department: str) -> None:
        """Fold a department, or unfold it; the next run begins with it so."""
        others = [name for name in self._folded if name != department]
        self._folded = others if department in self._folded else [*others, department]
        self.host.remember("roster.folded", self._folded)
        self._arrange()
