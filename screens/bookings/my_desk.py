"""My desk: what one agent does now, and all their work: due, in progress, new, done, and issues."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable

from dispatch import queries
from dispatch.agents.presence import set_presence
from dispatch.operations.timeouts.offers_and_claims import AWAY_REASON
from dispatch.queries.row_types import AgentRow, BookingRow
from dispatch.queries.wording import age, with_next_step
from dispatch.service.issues import queries as issue_queries
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.row_types import IssueRow
from models.agents import AVAILABLE, AWAY
from models.bookings import PENDING
from models.errors import NotFound
from screens.base import figures, keys
from screens.base.keys import key_of
from screens.bookings.desk_header import DeskHeader, counts
from screens.bookings.detail import booking_aside
from screens.bookings.list import EXTRA_COLUMNS, BookingList
from screens.bookings.now_card import NowCard, about_booking, about_issue, nothing
from screens.dialogs.agent_chooser import PickAgent
from screens.roster.presence import describe_presence_change, open_presence
from screens.service.detail import issue_aside, issue_detail
from screens.shell.panes import Panes
from screens.widgets.columns import Column
from screens.widgets.detail_pane import Detail, DetailPane
from screens.widgets.live_table import LiveTable
from screens.widgets.steady_text import SteadyText
from screens.wording import issues as issue_words
from screens.wording.bookings import STEPS, customer, sign, state_with_sign
from screens.wording.contacts import by_method
from screens.wording.text import CARE
from screens.wording.times import aged, ahead

Work = tuple[AgentRow | None, list[BookingRow], list[IssueRow]]

COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("group", "Work", 16, lambda row: _work(row)),
    Column("booking_id", "No.", 6, right=True),
    Column("customer_name", "Customer", 12, customer, grows=True),
    Column(
        "next", "Next step", 9, lambda row: STEPS[row["next"]][0] if row["next"] else state_with_sign(row)
    ),
    Column("method", "Contact", 20, by_method, drop=2),
    Column("follow_up_at", "Follow-up", 9, ahead("follow_up_at"), right=True, drop=3),
    Column("destination", "To", 8, drop=4),
    Column("created_at", "Came in", 9, aged("created_at"), right=True, drop=5),
    *(
        column
        for column in EXTRA_COLUMNS
        if column.key not in ("method", "created_at", "follow_up_at", "destination")
    ),
)


WORDS = {"in progress": "claimed", "tentative": "new"}
CLOSING = ("booking.confirm Confirm", "booking.cancel Cancel")

ISSUE_COLUMNS: tuple[Column[IssueRow], ...] = (
    Column("time", "Urgency", 16, issue_words.urgency, plain=issue_words.due_at),
    Column("title", "Issue", 20, issue_words.subject, grows=True),
    Column("customer_name", "Customer", 9, issue_words.customer, grows=True, drop=1),
    Column("state", "State", 14, issue_words.short_state, plain=lambda row: row["status"]),
    Column("issue_id", "No.", 5, right=True, drop=2),
)
"""As on Service, without the agent."""
MOST_ISSUES = 50
ROWS_WITH_PANE = 30  # of a narrow terminal


class MyDesk(BookingList):
    NAME = "my-desk"
    FIGURES = (figures.WORK, figures.STATE, figures.REVENUE, figures.LOAD, figures.URGENCY)
    HELP = (
        "Work one agent's bookings. NOW shows the one under the cursor: what to do, how to reach the "
        "customer, and the keys. Due work comes first, then claimed, then new, then done today, each by "
        "priority and age. "
        "{booking.next} does the next step; {booking.follow_up} sets when to contact the customer again. "
        'On "still on it?", {booking.keep} keeps the claim; unanswered, the claim ends. {agent.presence} '
        "sets presence, {desk.agent} chooses another agent. Tab goes to the agent's open issues; enter "
        "opens one in Service."
    )
    BINDINGS = [*keys.MY_DESK, *keys.WHY]
    NOTHING = ""
    DEFAULT_CSS = """
    MyDesk.-idle DetailPane { border: none; }
    """
    IS_TIMELY = True
    GOES_ON = True

    table: getters.query_one[LiveTable[BookingRow]] = getters.query_one("#my-desk", LiveTable)
    issues: getters.query_one[LiveTable[IssueRow]] = getters.query_one("#my-issues", LiveTable)

    def __init__(self) -> None:
        super().__init__()
        self._work: Work = (None, [], [])

    def body(self) -> ComposeResult:
        with Panes(self.NAME, ROWS_WITH_PANE):
            with Vertical():
                yield DeskHeader(classes="headline")
                yield NowCard()
                yield SteadyText(id="counts")
                yield LiveTable(COLUMNS, "booking_id", id="my-desk")
                yield LiveTable(ISSUE_COLUMNS, "issue_id", id="my-issues")
            yield DetailPane()
            yield DetailPane(classes="aside")

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
                targets = str(desk.settings["lead_target_minutes"])
                rows = [_dressed(row, now) for row in queries.desk_of(agent_id, now, targets)]
                issues = issue_queries.issues(desk, IssueFilter(agent_id=agent_id), MOST_ISSUES)
                return queries.agent(agent_id), rows, issues
            except NotFound:  # the remembered agent belongs to another desk
                return None, [], []

        return work

    def show(self, data: Work) -> None:
        _, rows, issues = self._work = data
        self.host.inbox.visited()
        current = self.table.current
        is_finished = current is not None and current["status"] == PENDING and not _has_open(rows, current)
        following = _next_open(self.table.rows_shown, current, rows) if is_finished else None
        self.table.show_rows(rows)
        self.issues.show_rows(issues)
        self._share_room(rows, issues)
        if following is not None:
            self.table.stand_at(following)
        elif is_finished and issues and self.table.has_focus:
            self.issues.focus()
        self._describe()
        self.show_detail()

    def since(self, row: BookingRow) -> str:
        return _since(row)

    def moments_shown(self) -> list[str]:
        return [_since(row) for row in self._work[1]]

    def show_ages(self) -> None:
        agent, rows, issues = self._work
        now = self.backend.desk.now()
        self._work = agent, [_dressed(row, now) for row in rows], issues
        self.table.show_rows(self._work[1])
        self._describe_now()
        self.show_detail()  # the pane says how old its row is, too

    def show_detail(self) -> None:
        """Fill the pane with the booking or the issue under the cursor."""
        issue, desk = self._issue, self.backend.desk
        if issue is None:
            super().show_detail()
            return
        number, is_beside = issue["issue_id"], self.shows_aside

        def read() -> list[Detail]:
            if is_beside:
                return [issue_detail(desk, number, has_why=False), issue_aside(desk, number)]
            return [issue_detail(desk, number)]

        self.ask_newest("detail", read, self.fill_panes)

    def aside_of(self, row: BookingRow) -> Detail:
        return booking_aside(row["booking_id"], self.backend.desk.now())

    @property
    def _issue(self) -> IssueRow | None:
        """The issue under the cursor, if that is among them."""
        return self.issues.current if self.issues.has_focus or not self._work[1] else None

    def _share_room(self, rows: list[BookingRow], issues: list[IssueRow]) -> None:
        """Give an empty table's room to the other, and the focus with it."""
        self.issues.display = bool(issues)
        self.issues.set_class(not rows, "-alone")
        self.table.set_class(not issues, "-alone")
        self.table.display = bool(rows) or not issues
        self.table.show_header = bool(rows)
        self.set_class(not rows and not issues, "-idle")
        for hidden, other in ((self.issues, self.table), (self.table, self.issues)):
            if not hidden.display and hidden.has_focus:
                other.focus()

    @on(DataTable.RowHighlighted, "#my-issues")
    @on(events.DescendantFocus)
    def _among_others(self) -> None:
        self._describe_now()
        self.show_detail()

    @on(DataTable.RowHighlighted, "#my-desk")
    def _describe_now(self) -> None:
        """Show in the card what the cursor is on, and the keys that are for it."""
        agent = self._work[0]
        booking, issue = self.table.current, self._issue
        card, now = self.query_one(NowCard), self.backend.desk.now()
        if agent is None:
            card.show(nothing(is_nobodys=True), self._keys("desk.agent Choose"))
        elif issue is not None:
            card.show(about_issue(issue), [("⏎", "Open on Service")])
        elif booking is None:
            keys_here = self._keys("place.queue Queue", "desk.agent Agent")
            card.show(nothing(is_nobodys=False), keys_here, is_idle=True)
        elif booking["status"] == PENDING:
            step = booking["next"] or "confirm"
            verbs = dict.fromkeys((f"booking.{step} {STEPS[step][0]}", *CLOSING))
            card.show(about_booking(booking, now), self._keys(*verbs))
        else:
            card.show(about_booking(booking, now), self._keys("booking.reopen Reopen"))

    def _keys(self, *verbs: str) -> list[tuple[str, str]]:
        """Return the user's keys for pairs of an id and a verb."""
        pairs = (verb.split(" ", 1) for verb in verbs)
        return [(key_of(self.app, identifier), verb) for identifier, verb in pairs]

    def _describe(self) -> None:
        agent, rows, issues = self._work
        is_back = agent is not None and _is_put_on_away(agent)
        key = key_of(self.app, "agent.presence") + (": I'm back" if is_back else " change")
        self.query_one(DeskHeader).show(agent, rows, key)
        shown = f"{len(issues)}{'+' if len(issues) == MOST_ISSUES else ''}" if issues else ""
        keep = key_of(self.app, "booking.keep")
        late = sum(map(issue_words.is_overdue, issues))
        told = Text("") if agent is None else counts(rows, shown, keep, late)
        self.query_one("#counts", SteadyText).update(told)
        self._describe_now()

    def on_mount(self) -> None:
        if self.host.my_agent_id is None:
            self.action_choose_agent()

    def action_presence(self) -> None:
        """Change the agent's own presence; one key ends an away set by the desk."""
        agent_id = self.host.my_agent_id
        if agent_id is None:
            self.say(
                keys.with_keys(self.app, "No desk chosen yet: {desk.agent} chooses an agent"),
                severity="warning",
            )
            return

        def ask(agent: AgentRow) -> None:
            if _is_put_on_away(agent):
                self.host.perform(
                    lambda desk: set_presence(desk, agent_id, AVAILABLE),
                    lambda row: self.say_done(describe_presence_change(row)),
                )
            else:
                open_presence(self, agent)

        self.host.ask(lambda: queries.agent(agent_id), ask, opens=True)

    def action_choose_agent(self) -> None:
        def offer(agents: list[AgentRow]) -> None:
            if agents:
                self.open(PickAgent("Whose desk is this?", agents, self.host.my_agent_id), self._use_agent)
            else:
                way = "No agents yet: {place.roster} opens the roster, {agent.add} adds one"
                self.say(keys.with_keys(self.app, way), severity="warning")

        self.host.ask(queries.list_agents, offer, opens=True)

    def _use_agent(self, agent_id: int) -> None:
        self.host.my_agent_id = agent_id
        self.reload()


def _is_put_on_away(agent: AgentRow) -> bool:
    """Return whether the desk has put the agent on away, as work was not attended to."""
    return agent["presence"] == AWAY and agent["presence_reason"] == AWAY_REASON


def _dressed(row: BookingRow, now: str) -> BookingRow:
    """Return a booking with what follows from the time: its next step, and how long it is in its state."""
    return with_next_step(row, now) | {"age": age(_since(row), now), "as_of": now}


def _since(row: BookingRow) -> str:
    """Return when a booking entered its state."""
    return row["changed_at"] if row["status"] != PENDING else row["claimed_at"] or row["created_at"]


def _work(row: BookingRow) -> Text:
    """Return the row's sign, and what the desk asks, how late it is, or since when it is in its state."""
    if row["asked_at"] and row["status"] == PENDING:
        return Text("! still on it?", f"bold {CARE}")
    word, since = WORDS.get(row["group"], ""), row.get("age", "")
    words = row["due"] or (since if " " in since else f"{word} {since}".strip())
    return sign(row).append(f" {words}")


def _has_open(rows: Sequence[BookingRow], wanted: BookingRow) -> bool:
    return any(row["booking_id"] == wanted["booking_id"] and row["status"] == PENDING for row in rows)


def _next_open(
    before: Sequence[BookingRow], current: BookingRow | None, rows: Sequence[BookingRow]
) -> int | None:
    """Return the next open booking after one that was open, in the order it was in, or else the first."""
    still_open = [row["booking_id"] for row in rows if row["status"] == PENDING]
    order = [row["booking_id"] for row in before]
    place = order.index(current["booking_id"]) if current is not None else 0
    return next(
        (number for number in order[place + 1 :] if number in still_open), next(iter(still_open), None)
    )
