"""A new issue from the customer's own words, understood while one types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, Static, TextArea

from dispatch import customers
from dispatch.customers.row_types import CustomerCard
from dispatch.desk.desk import Desk
from dispatch.service.issues import intake, text_analysis
from dispatch.service.row_types import IssueDetails
from dispatch.service.wording import category
from dispatch.triage.row_types import Triage
from models.errors import DeskError, InvalidInput
from models.issues import CATEGORIES, CHANNELS, TIERS
from screens.customers.finder import FindCustomer
from screens.dialogs.command_modal import CommandModal
from screens.service.forms import booking_number
from screens.widgets.choice import Pick
from screens.widgets.key_line import KeyLine
from screens.wording import issues as words
from screens.wording.text import CARE, short

TYPING_PAUSE_S = 0.2
CHANNEL_NAMES = {name.replace("_", " "): name for name in CHANNELS}
CATEGORY_NAMES = {name.replace("_", " "): name for name in CATEGORIES}
NOTHING_YET = "What triage makes of it stands here while you type"
PLACEHOLDER = "The customer's own words"


class NewIssue(CommandModal[IssueDetails]):
    """Closes with the opened issue, or None; what the desk refuses is told here, and nothing is lost.

    ``customer`` (as ``customers.card`` tells) and ``booking_id`` are filled in already.
    """

    AUTO_FOCUS = "#text"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS = [
        Binding("escape", "close", "Close", id="new.close", tooltip="Close without opening an issue"),
        Binding(
            "f9", "submit", "Open it", id="new.open", tooltip="Open the issue, from any field", priority=True
        ),
        Binding(
            "ctrl+f",
            "customer",
            "Customer",
            id="new.customer",
            tooltip="Whose issue it is: by part of a name, phone or e-mail, or a booking's number",
            priority=True,
        ),
    ]

    def __init__(self, customer: CustomerCard | None = None, booking_id: int | None = None) -> None:
        super().__init__()
        self._ticket = 0
        self._customer = customer
        self._booking_id = booking_id
        self._told: Triage | None = None
        self._read_text: str | None = None
        self._submits = self._is_asked = False

    def compose(self) -> ComposeResult:
        with Vertical(id="new-issue"):
            with Horizontal(id="parts"):
                with Vertical(id="words"):
                    yield TextArea(placeholder=PLACEHOLDER, compact=True, tab_behavior="focus", id="text")
                    yield from self._fields()
                with VerticalScroll(id="understood", can_focus=False):
                    yield Static(Content(NOTHING_YET), id="triage")
            yield Static(Content(""), id="problem")
            with Horizontal(id="buttons"):
                yield Button("Open it", id="submit", variant="primary", compact=True)
                yield Button("Close", id="close", compact=True)
        yield KeyLine()

    def _fields(self) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Label("Channel")
            yield Pick(CHANNEL_NAMES, value="web form", id="channel")
        with Horizontal(classes="field"):
            yield Label("Tier")
            yield Pick(TIERS, prompt="the customer's", id="tier")
        with Horizontal(classes="field"):
            yield Label("Customer")
            yield Button("nobody yet: find one", compact=True, id="customer")
        with Horizontal(classes="field"):
            yield Label("Booking")
            known = str(self._booking_id or "")
            yield Input(known, placeholder="its number, if it is about one", compact=True, id="booking")
        with Horizontal(classes="field"):
            yield Label("Category")
            yield Pick(CATEGORY_NAMES, prompt="as triage says", id="category")

    def on_mount(self) -> None:
        self.query_one("#new-issue").border_title = Content("New issue")
        self.query_one("#understood").border_title = Content("What triage reads")
        if self._customer is not None:
            self._show_customer(self._customer)
        # the model is read now, in the background, so that the first word does not wait for it
        self.host.ask(lambda: text_analysis.understand("hello", None), lambda _: None)

    @property
    def text(self) -> str:
        """The customer's words as they stand."""
        return self.query_one("#text", TextArea).text

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._is_warned = self._is_asked = self._submits = False
        self._understand(TYPING_PAUSE_S)

    @on(Pick.Changed)
    def _chosen(self) -> None:
        self._is_asked = False
        self._understand(0)

    def _understand(self, pause_s: float) -> None:
        # a worker that the next key cancels, so that a fast typist asks once
        self._ticket += 1
        self.run_worker(self._understand_after(pause_s, self._ticket), group="typing", exclusive=True)

    async def _understand_after(self, pause_s: float, ticket: int) -> None:
        await asyncio.sleep(pause_s)
        text, tier, category = self.text, self._tier, self._category

        def work() -> Triage | None:
            try:
                told = text_analysis.understand(text, tier)
            except InvalidInput:  # nothing to see in it yet
                return None
            if category:
                anew = text_analysis.prioritise(category, text, tier)
                told |= {"priority": anew["priority"], "priority_steps": anew["priority_steps"]}
            return told

        def then(told: Triage | None) -> None:
            if ticket == self._ticket and self.is_laid_out:
                self._told, self._read_text = told, text
                shown = triaged(told, category) if told else Content(NOTHING_YET)
                self.query_one("#triage", Static).update(shown)
                if self._submits:
                    self._submits = False
                    self.action_submit()

        self.host.ask(work, then, self._refused)

    @property
    def _tier(self) -> str | None:
        return self.query_one("#tier", Pick).chosen or (self._customer["tier"] if self._customer else None)

    @property
    def _category(self) -> str | None:
        return CATEGORY_NAMES.get(self.query_one("#category", Pick).chosen)

    @on(Button.Pressed, "#customer")
    def action_customer(self) -> None:
        def found(customer_id: int | None) -> None:
            if customer_id is not None:
                self.host.ask(lambda: customers.card(customer_id), self._use_customer, opens=True)

        self.open(FindCustomer("Whose issue is it?"), found)

    def _use_customer(self, card: CustomerCard) -> None:
        if self.is_laid_out:
            self._customer = card
            self._show_customer(card)
            self._understand(0)

    def _show_customer(self, customer: CustomerCard) -> None:
        tier = f", {customer['tier']}" if customer.get("tier") else ""
        self.query_one("#customer", Button).label = Content(f"{short(customer['name'], 28)}{tier}")

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#submit")
    def action_submit(self) -> None:
        if self._busy:
            return
        if self._read_text != self.text and not self._submits:  # f9 was quicker than triage
            self._submits = True
            self._understand(0)
            return
        if self._told and self._told["unsure"] and not self._category and not self._is_asked:
            self._is_asked = True
            self._tell("What is it about? Choose the category, or open it so: it stays marked as unsure")
            self.query_one("#category", Pick).focus()
            return
        try:
            booking = self.query_one("#booking", Input).value
            number = booking_number(booking) if booking.strip() else None
        except DeskError as error:
            self._refused(error)
            return
        self._send(self._command(number))

    def _command(self, booking_id: int | None) -> Callable[[Desk], IssueDetails]:
        text, category, customer = self.text, self._category, self._customer
        channel = CHANNEL_NAMES.get(self.query_one("#channel", Pick).chosen)
        tier = self.query_one("#tier", Pick).chosen or None

        def command(desk: Desk) -> IssueDetails:
            return intake.open_issue(
                desk,
                text,
                channel=channel,
                tier=tier,
                customer_id=customer["customer_id"] if customer else None,
                booking_id=booking_id,
                category=category,
            )

        return command

    def unsaved(self) -> str:
        return "New issue: the customer's words will be lost." if self.text.strip() else ""

    def _refused(self, error: DeskError) -> None:
        super()._refused(error)
        self._submits = False


def triaged(told: Triage, chosen: str | None = None) -> Text:
    """What triage says of a message; ``chosen`` is the category that a person gave."""
    text = Text(overflow="fold")
    best = told["alternatives"][0]
    if chosen:
        text.append(chosen.replace("_", " "), "bold").append(", chosen by you", "dim")
    elif told["unsure"]:
        guess = f"{best['category'].replace('_', ' ')} {best['probability']:.0%}"
        text.append("? Not sure: choose the category", f"bold {CARE}").append(f"\nbest guess {guess}", "dim")
    else:
        text.append(category(told), "bold").append(f" {told['confidence']:.0%}", "dim")
    text.append("\n").append_text(words.priority(told))
    for step in told["priority_steps"]:
        text.append(f"\n{step['add']:+d} {step['priority']:<9}", "bold").append(step["why"])
    for label, value in _read(told):
        if value:
            text.append(f"\n{label:<11}", "dim").append(value)
    return text


def _read(told: Triage) -> list[tuple[str, str]]:
    return [
        ("Sentiment", f"{told['sentiment']['compound']:+.2f}"),
        ("Urgent", ", ".join(told["urgency_indicators"])),
        ("Mentions", words.mentions(told)),
        ("Keywords", ", ".join(told["keywords"])),
        ("Complexity", told["complexity"]),
    ]
