"""Dispatch: a lead is typed in on the left, and the right says who gets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, DataTable, Input, Static

from dispatch import checks, decisions, intake, views
from dispatch.views import BookingFilter
from models.errors import DeskError, InvalidInput
from screens import figures, keys
from screens.booking_actions import BookingActions
from screens.text import load_bar, refusal, short_moment, state
from screens.widgets.choice import Choice
from screens.widgets.lead_form import LeadForm
from screens.widgets.live_table import Column, LiveTable

Row = dict[str, Any]
LATEST = 30
BOOKING_ACTIONS = frozenset(binding.action for binding in keys.BOOKING)

CANDIDATES = (
    Column("rank", "#", 3, lambda row: str(row["rank"]), right=True),
    Column("name", "Agent", 14, lambda row: row["name"], grows=True),
    Column("department", "Department", 20, lambda row: row["department"], drop=3),
    Column("load", "Load", 6, load_bar),
    Column("years_of_service", "Years", 5, lambda row: str(row["years_of_service"]), right=True, drop=1),
    Column(
        "rating",
        "Rating",
        6,
        lambda row: f"{row['rating']:.1f}" if row["rating"] else "–",
        right=True,
        drop=2,
    ),
)
LATEST_COLUMNS = (
    Column("created_at", "Came in", 11, lambda row: short_moment(row["created_at"]), drop=3),
    Column("customer_name", "Customer", 12, lambda row: row["customer_name"], grows=True),
    Column("destination", "To", 8, lambda row: row["destination"], drop=2),
    Column("agent_name", "Agent", 12, lambda row: f"→ {row['agent_name'] or 'waiting'}", grows=True),
    Column("state", "State", 18, state, drop=1),
)


class Dispatch(BookingActions):
    """Where leads come in."""

    NAME = "dispatch"
    FIGURES = (figures.CANDIDATES, figures.RANK, figures.LOAD, figures.RATING, figures.STATE)
    HELP = (
        "Type a lead and press Assign: the best agent gets it at once, and a booking is opened. Enter "
        "goes to the next field; in Contact, Source, Destination and Launch a first letter chooses. "
        "The right side shows who gets it under the policy in force, and the latest bookings; a "
        "booking's keys work on the one under the cursor there."
    )
    BINDINGS = [*keys.FORM, *keys.WHY_SHOWN, *keys.BOOKING]
    CSS_PATH = "dispatch.tcss"
    AUTO_FOCUS = "#customer"

    def __init__(self) -> None:
        super().__init__()
        self._assigning = False

    def body(self) -> ComposeResult:
        with Horizontal(id="dispatch-body"):
            yield LeadForm(self.backend.values)
            with Vertical(id="answers"):
                with Vertical(id="who"):
                    yield LiveTable(CANDIDATES, "agent_id", id="candidates", cursor=False)
                    yield Static(Content(""), id="reason")
                yield LiveTable(LATEST_COLUMNS, "booking_id", id="latest")

    def on_mount(self) -> None:
        self.query_one("#who").border_title = Content("Who gets it")
        self.query_one("#latest").border_title = Content("Latest")

    @property
    def form(self) -> LeadForm:
        return self.query_one(LeadForm)

    def chosen_booking(self) -> Row | None:
        return self.query_one("#latest", LiveTable).current

    def look_up(self) -> Callable[[], Row]:
        desk, customer = self.backend.desk, self.form.values()["name"]

        def work() -> Row:
            return {
                "preview": decisions.preview(desk),
                "latest": views.bookings(BookingFilter(sort="id"), limit=LATEST),
                "open": views.open_bookings_of(customer),
                "customer": customer,
            }

        return work

    def show(self, data: Row) -> None:
        preview = data["preview"]
        self.form.offer(self.backend.values)
        self.query_one("#candidates", LiveTable).show_rows(preview["candidates"])
        self.query_one("#reason", Static).update(_reason(preview))
        self.query_one("#latest", LiveTable).show_rows(data["latest"])
        self._tell_open(data["customer"], data["open"])

    @on(Input.Changed, "#customer")
    def _customer_typed(self, event: Input.Changed) -> None:
        try:
            checks.optional_text(event.value, "customer_name")
        except InvalidInput as error:
            self.form.tell(refusal(error), "error")
            return
        name = event.value
        if name:
            self.form.tell("")
        self.host.ask(lambda: views.open_bookings_of(name), lambda rows: self._tell_open(name, rows))

    def _tell_open(self, customer: str, rows: list[Row]) -> None:
        """Say that the customer has an open booking; an answer for another name is too late."""
        if customer != self.form.values()["name"] or not customer:
            return
        if rows:
            holder = rows[0]["agent_name"] or "waiting"
            name, number = rows[0]["customer_name"], rows[0]["booking_id"]
            self.form.warn(f"{name} has open booking {number} ({holder})")
        else:
            self.form.warn("")

    @on(Input.Submitted)
    @on(Choice.Accepted)
    def _next_field(self, event: Input.Submitted | Choice.Accepted) -> None:
        event.stop()
        self.focus_next()

    @on(DataTable.RowSelected, "#latest")
    def _entered(self) -> None:
        self.action_why()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a lead is on its way, what is typed is meant for the next one, and no key."""
        return not (self._assigning and action in BOOKING_ACTIONS)

    @on(Button.Pressed, "#assign")
    def action_assign(self) -> None:
        values = self.form.values()
        if self._assigning or (self.form.has_succeeded and not any(values.values())):
            return  # pressed twice: what became of the lead stays to be read
        problem = self.form.problem()
        if problem is not None:
            field, error = problem
            self.form.tell(refusal(error), "error")
            self.query_one(f"#{field}").focus()
            return
        self._assigning = True
        self.form.tell("assigning ...")
        self.host.perform(
            lambda desk: intake.receive(desk, **values),
            lambda result: self._assigned(values, result),
            self._refused,
        )

    def _assigned(self, values: dict[str, str], result: intake.LeadResult) -> None:
        self._assigning = False
        if self.form.values() == values:  # else somebody has typed on while the desk was slow
            self.form.empty()
        given = f"→ {result['agent_name']}" if result["agent_id"] else "waits: no agent can take it yet"
        self.form.tell(f"{values['name']} {given}, booking {result['booking_id']}", "success")

    def _refused(self, error: DeskError) -> None:
        """What was typed stays in the form."""
        self._assigning = False
        self.form.tell(refusal(error), "error")


def _reason(preview: Row) -> Text:
    if not preview["candidates"]:
        return Text("No agents yet: leads wait. f3 opens the roster, where a adds one.", "bold yellow")
    first = preview["candidates"][0]
    return Text.assemble((first["name"], "bold"), f": {preview['reason']}", overflow="fold")
