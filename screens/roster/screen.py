"""Roster: every agent with live load, capacity, rank and rating."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from dispatch import agents, queries
from dispatch.assignment.contact_rate import with_rates
from dispatch.inputs.filter_language import Node, parse
from dispatch.inputs.filter_reader import read
from dispatch.matching.conversion_rates import rates
from dispatch.matching.evidence import MATCH as MATCH_POLICY
from dispatch.matching.roster_scores import RosterScores, roster_scores
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import contact_rate
from dispatch.views.row_types import ViewRow
from models.errors import InvalidInput
from screens.base import keys
from screens.base.figures import CAPACITY, LOAD, MATCH, PRESENCE, RANK, RATING, REACHED, SHRUNK, YEARS
from screens.roster.agent_forms import add_agent_form, edit_agent_form
from screens.roster.presence import open_presence, presence_text
from screens.roster.presence_forms import handover_form, leaving_form, shift_form
from screens.shell.row_actions import on_chosen
from screens.shell.saved_views import ViewedList
from screens.widgets.choice import next_of
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.widgets.steady_text import SteadyText
from screens.wording.agents import load_bar, match_score, with_score
from screens.wording.plots import interval
from screens.wording.text import CARE, refusal, short

CONTACT = "contact_rate"


def rating(row: AgentRow) -> Text:
    """Format an average to two places, or a dash without ratings."""
    return Text(f"{row['rating']:.2f}" if row["rating"] else "–")


def _confirmed(row: AgentRow) -> str:
    return interval(row) if row.get("rate") is not None else ""


SHRUNK_TITLE = "Confirmed, shrunk (95 %)"
COLUMNS: tuple[Column[AgentRow], ...] = (
    Column("rank", "#", 5, lambda row: str(row["rank"] or "–"), right=True, sort="rank", title="Rank"),
    Column("name", "Agent", 16, grows=True, sort="name"),
    Column("department", "Department", 20, drop=3, grows=True, sort="department"),
    Column("job_title", "Title", 25, drop=5, sort="job_title"),
    Column("load", "Load", 9, load_bar, sort="load"),
    Column("years_of_service", "Years", 6, right=True, sort="years_of_service"),
    Column("rating", "Rating", 7, rating, right=True, sort="rating"),
    Column("match_score", "Match", 6, match_score, drop=2, right=True, sort="match_score"),
    Column("presence", "Presence", 15, presence_text, drop=1, grows=True, sort="presence"),
    Column("agent_id", "Id", 6, drop=4, right=True, sort="agent_id"),
    Column("email", "E-mail", 26, sort="email", extra=True),
    Column("manager_name", "Manager", 18, sort="manager_name", extra=True),
    Column("license_number", "Licence", 12, sort="license_number", extra=True),
    Column("hours", "Shift", 20, sort="hours", extra=True),
    Column(CONTACT, "Reached", 20, contact_rate, sort=CONTACT, extra=True, title="Reached in time"),
    Column("rate", "Confirmed", 12, _confirmed, right=True, sort="rate", extra=True, title=SHRUNK_TITLE),
    Column("decided", "Decided", 8, right=True, sort="decided", extra=True),
)
SCORE, RATES = "match_score", frozenset(("rate", "decided"))
"""Columns computed only where they are chosen: with thousands of agents that takes a while."""
SORTS = tuple(column.sort for column in COLUMNS)
MOST_HELD = 500  # a DataTable takes seconds to fill with thousands of rows
HIGHEST_FIRST = ("load", "years_of_service", "rating", CONTACT, SCORE, *RATES)
WIDE = 110
NO_AGENTS = "No agents yet: {agent.add} adds one, {first_steps} imports them"
HINTS = (
    "enter or {agent.bookings} bookings  {agent.presence} presence  {agent.handover} hand over  "
    "{agent.shift} shift  {filter} filter"
)


def _is_here(row: AgentRow) -> bool:
    return row["left_at"] is None


class Roster(ViewedList[AgentRow, AgentRow]):
    NAME = "roster"
    FIGURES = (RANK, LOAD, CAPACITY, YEARS, RATING, PRESENCE, REACHED, MATCH, SHRUNK)
    HELP = (
        "Every agent, best rank first. Rank 1 gets the next lead: the lowest load, then most years of "
        "service, then the best rating; agents alike in all three share a rank. Load is the number of "
        "the agent's Pending bookings, of the capacity. Click a header, or use {sort} and {sort.reverse}, "
        "to sort; {filter} filters by name and department. {agent.presence} says how an agent is at work, "
        "{agent.handover} hands over all of their work, {agent.shift} sets the hours at which they come and "
        "go; each previews what would become of the work. An ! marks a load above capacity, "
        "and claimed work that is unattended because its agent is away. "
        "Match is the score for the lead in Dispatch's form, or else for the latest one. {columns} offers "
        "more columns: Confirmed is what the agent sold."
    )
    BINDINGS = [*keys.ROSTER, *keys.LIST]
    NUMBER = "agent_id"
    ENTER = "bookings"
    POSSIBLE = dict.fromkeys(("presence", "hand_over", "shift"), _is_here)
    NOTHING_CHOSEN = "No agent is chosen"

    def __init__(self) -> None:
        super().__init__()
        self._sort = "rank"
        self._descending = False
        self._with_left = False
        self._agents: list[AgentRow] = []
        self._scores = RosterScores()
        self._asked: Node | None = None
        self._misread = ""
        self._sought: int | None = None
        self._found: list[AgentRow] = []

    def on_mount(self) -> None:
        """Restore the last order."""
        sort = self.host.recall("roster.sort", self._sort)
        self._sort = sort if sort in SORTS else self._sort
        self._descending = self.host.recall("roster.descending", self._descending)

    def body(self) -> ComposeResult:
        yield SteadyText(classes="headline")
        yield Input(placeholder="/ name, department, title or id", compact=True, id="filter")
        yield LiveTable(COLUMNS, "agent_id", id="roster")

    def everything_in(self, table: LiveTable[Any]) -> Callable[[], list[AgentRow]]:
        found = self._found
        return lambda: found

    def look_up(self) -> Callable[[], list[AgentRow]]:
        shown = {*self.table.chosen, self._sort}
        with_left, desk = self._with_left, self.backend.desk

        def work() -> list[AgentRow]:
            rows, left_alone = queries.list_agents(with_left=with_left), queries.unattended()
            rows = [row | {"unattended": left_alone.get(row["agent_id"], 0)} for row in rows]
            if CONTACT in shown:  # all that came in for ninety days is looked at
                rows = with_rates(desk, rows)
            return rows if RATES.isdisjoint(shown) else _with_rates(rows)

        return work

    def show(self, data: list[AgentRow]) -> None:
        self._agents = data
        self._arrange()
        self._score()

    def _score(self) -> None:
        """Show the scores when they are ready, which takes a while with thousands of agents."""
        lead = self.host.lead

        def then(scores: RosterScores) -> None:
            self._scores = scores
            self._arrange()

        self.ask_newest("scores", lambda: roster_scores(lead), then, beside=True)

    def _arrange(self) -> None:
        scores, steers = self._scores.by_agent, self._scores.steers
        rows = queries.filtered(self._agents, self._asked)
        found = [with_score(row, scores.get(row["agent_id"]), steers=steers) for row in rows]
        found.sort(key=lambda row: _sort_key(row.get(self._sort)), reverse=self._descending)
        self.table.leave_out(() if self._match_counts else (SCORE,))
        self.table.mark_sort(self._sort, self._descending)
        self._found = found
        self.table.show_rows(found[:MOST_HELD])
        if self._sought is not None and found:
            self.table.stand_at(self._sought)
            self._sought = None
        hidden_sort = "" if self.table.shows_sort(self._sort) else self._sort.replace("_", " ")
        line = _headline(self._agents, found, hidden_sort, self._hints())
        refused = Text(self._misread, f"bold {CARE}")
        self.query_one(".headline", Static).update(refused if self._misread else line)

    @property
    def _match_counts(self) -> bool:
        """Whether the match score says anything: it is believed, or the policy in force goes by it."""
        return self._scores.believed or self.backend.desk.settings["policy"] == MATCH_POLICY

    def _hints(self) -> str:
        if not self._agents:
            return keys.with_keys(self.app, NO_AGENTS)
        is_told = self._scores.whose and self._match_counts and self.size.width >= WIDE
        whose = f"  ·  match: {self._scores.whose}" if is_told else ""
        return keys.with_keys(self.app, HINTS) + whose

    @on(Input.Changed, "#filter")
    def _typed(self, message: Input.Changed) -> None:
        """List the agents that match; if the text is refused, the list stays."""
        self._misread = ""
        try:
            self._asked = read(parse(message.value), queries.AGENT_KEYS, self.backend.filter_reading())
        except InvalidInput as error:
            self._misread = refusal(error)
        self._arrange()

    def show_agent(self, agent_id: int) -> None:
        """List everybody, and put the cursor on this agent."""
        self._sought = agent_id
        self.query_one("#filter", Input).value = ""
        self.table.focus()
        self._arrange()

    def present_view(self) -> ViewRow:
        text = self.query_one("#filter", Input).value.strip()
        return self.view_now(text, self._sort, descending=self._descending)

    def apply_view(self, view: ViewRow) -> None:
        """List what a saved view says: its text is in the filter, so that nothing is hidden."""
        self.query_one("#filter", Input).value = view["filter"]
        if view["sort"] in SORTS:
            self._order_by(view["sort"], view["descending"])
        self.reload(opens=True)  # a chosen column may need more to be read

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.table.focus()

    @on(LiveTable.SortAsked)
    def _sort_by_header(self, message: LiveTable.SortAsked) -> None:
        if message.sort == self._sort:
            self.action_reverse()
        else:
            self._order_by(message.sort, message.sort in HIGHEST_FIRST)

    def _order_by(self, sort: str, descending: bool) -> None:
        self._sort, self._descending = sort, descending
        self._arrange()
        self.host.remember("roster.sort", self._sort)
        self.host.remember("roster.descending", self._descending)

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        self.query_one("#filter", Input).value = ""
        self.table.focus()

    def action_sort(self) -> None:
        orders = [column.sort for column in COLUMNS if column.key in self.table.chosen]
        following = next_of(orders, self._sort)
        self._order_by(following, following in HIGHEST_FIRST)

    def action_reverse(self) -> None:
        self._order_by(self._sort, not self._descending)

    def action_toggle_left(self) -> None:
        self._with_left = not self._with_left
        self.reload(opens=True)

    def describe_done(self, word: str, row: AgentRow) -> str:
        return f"{word}: {row['name']}, agent {row['agent_id']}"

    @on_chosen
    def action_bookings(self, row: AgentRow) -> None:
        self.host.show_bookings(f"agent:{row['agent_id']}")

    def action_add_agent(self) -> None:
        self._open(add_agent_form(self.backend.values), "Added")

    @on_chosen
    def action_edit_agent(self, row: AgentRow) -> None:
        self._open(edit_agent_form(row, self.backend.values), "Saved")

    @on_chosen
    def action_leave(self, row: AgentRow) -> None:
        if row["left_at"] is not None:
            self.at_once("is back", agents.come_back, _name_first)
        elif row["load"]:
            self._open(leaving_form(row), "Handed over and left")
        else:
            what = f"deactivate {short(row['name'])} ({row['agent_id']})"
            self.host.ask_again(
                "agent.leave", what, lambda: self.at_once("deactivated", agents.leave, _name_first)
            )

    @on_chosen
    def action_presence(self, row: AgentRow) -> None:
        open_presence(self, row)

    @on_chosen
    def action_hand_over(self, row: AgentRow) -> None:
        others = [agent for agent in self._agents if not agent["left_at"]]
        self._open(handover_form(row, others), "Handed over")

    @on_chosen
    def action_shift(self, row: AgentRow) -> None:
        self._open(shift_form(row), "Shift hours set")

    @on_chosen
    def action_copy(self, row: AgentRow) -> None:
        self.copy(f"Agent {row['agent_id']}, {row['name']}, {row['department']}, {row['email'] or ''}")

    def _open(self, form: ModalScreen[AgentRow | None], word: str) -> None:
        self.open(form, lambda agent: self.say_done(self.describe_done(word, agent)))


def _name_first(word: str, row: AgentRow) -> str:
    return f"{row['name']} {word}"


def _with_rates(rows: list[AgentRow]) -> list[AgentRow]:
    """Return the agents with their rates of Confirmed bookings; former agents have none."""
    known = {rate.agent_id: rate for rate in rates()}
    return [{**row, **known[row["agent_id"]].row()} if row["agent_id"] in known else row for row in rows]


def _headline(agents: list[AgentRow], found: list[AgentRow], hidden_sort: str = "", hints: str = "") -> Text:
    if not agents:
        return Text(hints, "bold")
    total = f"{len(agents)} {'agent' if len(agents) == 1 else 'agents'}"
    count = total if len(found) == len(agents) else f"{len(found)} of {total}"
    line = Text(count, "bold")
    if hidden_sort:
        line.append(f"  ·  by {hidden_sort}", "dim")
    if len(found) > MOST_HELD:
        line.append(f"  ·  the first {MOST_HELD} shown, / finds the others", "dim")
    else:
        line.append(f"  ·  {hints}", "dim")
    return line


def _sort_key(value: Any) -> tuple[bool, Any]:
    """Sort None last, and text regardless of case."""
    return (value is None, value.lower() if isinstance(value, str) else value or 0)
