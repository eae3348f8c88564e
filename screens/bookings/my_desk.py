"""My desk: one agent's bookings, in progress first, then tentatively theirs, then today's."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Static

from dispatch import queries
from dispatch.agents.presence import set_presence
from dispatch.operations.booking_timeouts import AWAY_REASON
from dispatch.queries.row_types import AgentRow, BookingRow
from dispatch.queries.wording import plural, short_moment, with_next_step
from dispatch.service.issues import queries as issue_queries
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.row_types import IssueRow
from models.agents import AVAILABLE, AWAY
from models.errors import NotFound
from screens.base import figures, keys
from screens.base.keys import key_of
from screens.bookings.list import EXTRA_COLUMNS, BookingList
from screens.dialogs.agent_chooser import PickAgent
from screens.roster.presence import describe_presence_change, open_presence, presence_text
from screens.widgets.columns import Column
from screens.widgets.detail_pane import DetailPane
from screens.widgets.live_table import LiveTable
from screens.wording import issues as issue_words
from screens.wording.agents import load_bar
from screens.wording.bookings import STEPS, state
from screens.wording.text import CARE

Work = tuple[AgentRow | None, list[BookingRow], list[IssueRow]]

GROUP_STYLES: dict[str, str] = {
    "due": f"bold {CARE}",
    "in progress": "bold",
    "tentative": "",
    "done today": "dim",
}
COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("group", "Work", 14, lambda row: _work(row)),
    Column("booking_id", "No.", 6, right=True),
    Column("customer_name", "Customer", 12, grows=True),
    Column("method", "Reach by", 10, drop=2),
    Column("destination", "To", 8, drop=4),
    Column("next", "Next step", 9, lambda row: STEPS[row["next"]][0] if row["next"] else state(row)),
    Column("follow_up_at", "Follow-up", 11, lambda row: short_moment(row["follow_up_at"]), drop=1),
    Column("created_at", "Came in", 11, lambda row: short_moment(row["created_at"]), drop=3),
    *(column for column in EXTRA_COLUMNS if column.key not in ("method", "created_at")),
)


ISSUE_COLUMNS: tuple[Column[IssueRow], ...] = (
    Column("issue_id", "Issue", 5, right=True),
    Column("priority", "Priority", 8, issue_words.priority),
    Column("time", "Time left", 16, issue_words.time_left),
    Column("state", "State", 12, issue_words.state, grows=True, drop=1),
    Column("title", "Title", 14, grows=True),
)
MOST_ISSUES = 50


class MyDesk(BookingList):
    NAME = "my-desk"
    FIGURES = (figures.WORK, figures.STATE, figures.REVENUE, figures.LOAD)
    HELP = (
        "One agent's work. On top is what is due: the follow-ups whose moment has come, the longest "
        "overdue first. In progress is what the agent has claimed; tentative is what the desk gave them "
        "and they have not claimed yet, oldest first; done today is what they closed. m does the next "
        "step of the booking under the cursor, F says when to get back to the customer. Where the desk "
        "asks whether you are still on it, {booking.keep} says yes; unanswered, the claim ends. "
        "{agent.presence} sets the agent's presence, and brings back at once an agent the desk put "
        "on away. {desk.agent} chooses another agent. Below are the agent's open issues: tab goes there, "
        "enter opens one on Service."
    )
    BINDINGS = [*keys.MY_DESK, *keys.WHY]
    IS_TIMELY = True

    table: getters.query_one[LiveTable[BookingRow]] = getters.query_one("#my-desk", LiveTable)
    issues: getters.query_one[LiveTable[IssueRow]] = getters.query_one("#my-issues", LiveTable)

    def body(self) -> ComposeResult:
        with Horizontal(classes="list-body"):
            with Vertical():
                yield Static(classes="headline")
                yield LiveTable(COLUMNS, "booking_id", id="my-desk")
                yield LiveTable(ISSUE_COLUMNS, "issue_id", id="my-issues")
            yield DetailPane()

    def chosen(self) -> BookingRow | None:
        """The booking under the cursor; None while the cursor is among the issues."""
        return None if self.issues.has_focus else self.table.current

    @on(DataTable.RowSelected, "#my-issues")
    def _go_to_issue(self) -> None:
        row = self.issues.current
        if row is not None:
            self.host.show_issue(row["issue_id"])

    def look_up(self) -> Callable[[], Work]:
        agent_id, desk = self.host.my_agent_id, self.backend.desk
        now = desk.now()

        def work() -> Work:
            if agent_id is None:
                return None, [], []
            try:
                rows = [with_next_step(row, now) for row in queries.desk_of(agent_id, now)]
                issues = issue_queries.issues(desk, IssueFilter(agent_id=agent_id), MOST_ISSUES)
                return queries.agent(agent_id), rows, issues
            except NotFound:  # the remembered agent belongs to another desk
                return None, [], []

        return work

    def show(self, data: Work) -> None:
        agent, rows, issues = data
        self.host.inbox.visited()
        keep, back = (key_of(self.app, identifier) for identifier in ("booking.keep", "agent.presence"))
        self.headline.update(_headline(agent, rows, len(issues), keep, back))
        self.table.show_rows(rows)
        if not issues and self.issues.has_focus:
            self.table.focus()
        self.issues.display = bool(issues)
        self.issues.show_rows(issues)
        self.show_detail()

    def on_mount(self) -> None:
        if self.host.my_agent_id is None:
            self.action_choose_agent()

    def action_presence(self) -> None:
        """Change the agent's own presence; one key ends an away set by the desk."""
        agent_id = self.host.my_agent_id
        if agent_id is None:
            self.say("Nobody's desk yet: a chooses an agent", severity="warning")
            return

        def ask(agent: AgentRow) -> None:
            if agent["presence"] == AWAY and agent["presence_reason"] == AWAY_REASON:
                self.host.perform(
                    lambda desk: set_presence(desk, agent_id, AVAILABLE),
                    lambda row: self.say(describe_presence_change(row)),
                )
            else:
                open_presence(self, agent)

        self.host.ask(lambda: queries.agent(agent_id), ask, opens=True)

    def action_choose_agent(self) -> None:
        def offer(agents: list[AgentRow]) -> None:
            if agents:
                self.open(PickAgent("Whose desk is this?", agents), self._use_agent)
            else:
                self.say("There are no agents yet; f3 opens the roster, where a adds one", severity="warning")

        self.host.ask(queries.list_agents, offer, opens=True)

    def _use_agent(self, agent_id: int) -> None:
        self.host.my_agent_id = agent_id
        self.reload()


def _work(row: BookingRow) -> Text:
    """Return the row's group, or what the desk asks or says about it."""
    if row["asked_at"] and row["group"] != "done today":
        return Text("still on it?", f"bold {CARE}")
    return Text(row["due"] or row["group"], GROUP_STYLES[row["group"]])


def _headline(agent: AgentRow | None, rows: list[BookingRow], issues: int, keep: str, back: str) -> Text:
    if agent is None:
        return Text("Nobody's desk yet: press a to choose an agent", "bold")
    line = Text(f"{agent['name']} ({agent['agent_id']})  ", "bold")
    if agent["presence"] != AVAILABLE:  # first, as the end of the line is cut
        line.append_text(presence_text(agent))
        line.append(f", {back} is back" if agent["presence_reason"] == AWAY_REASON else "", "bold")
        line.append("  ")
    line.append_text(load_bar(agent)).append(f", rank {agent['rank'] or '–'}", "dim")
    asked = sum(row["asked_at"] is not None and row["group"] != "done today" for row in rows)
    if asked:
        line.append(f"  ·  {asked} still on it? {keep} keeps it", f"bold {CARE}")
    found = {group: sum(row["group"] == group for row in rows) for group in GROUP_STYLES}
    counts = [f"{number} {group}" for group, number in found.items() if number]
    counts += [plural(issues, "issue")] if issues else []
    return line.append(" · " + (", ".join(counts) or "nothing to do"), "dim")
