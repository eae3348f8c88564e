"""A new issue from the customer's own words, triaged while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Static, TextArea

from dispatch import customers
from dispatch.customers.row_types import CustomerCard
from dispatch.service.issues import intake, text_analysis
from dispatch.service.row_types import IssueDetails
from dispatch.service.wording import category, priority_words, sentiment_words
from dispatch.triage.row_types import Triage
from models.base import Json
from models.errors import DeskError, InvalidInput
from models.issues import CATEGORIES, CHANNELS, TIERS
from screens.base.keys import key, key_of
from screens.customers.finder import FindCustomer
from screens.dialogs.command_modal import CommandModal
from screens.dialogs.modal import buttons
from screens.fields.choice import Choice, Pick
from screens.fields.field_line import REQUIRED, is_required
from screens.fields.prose import Prose
from screens.service.detail import LABEL, add_steps
from screens.service.forms import booking_number
from screens.widgets.detail_pane import add_facts
from screens.widgets.steady_text import HangingText
from screens.wording import issues as words
from screens.wording.text import CARE, short

TYPING_PAUSE_S = 0.2
CHANNEL_NAMES = {words.channel_word(name): name for name in CHANNELS}
CATEGORY_NAMES = {name.replace("_", " "): name for name in CATEGORIES}
NOTHING_YET = "The triage result appears here while you type"
PLACEHOLDER = "The customer's own words"
UNSURE = "Choose a category, or press {} again to leave it unsure"


class NewIssue(CommandModal[IssueDetails]):
    """A modal that closes with the opened issue, or None; a refusal is shown here, and nothing is lost.

    ``customer`` (a result of ``customers.card``) and ``booking_id`` are filled in already.
    """

    FRAME = "new-issue"
    AUTO_FOCUS = "#text"
    NOUNS: ClassVar[Mapping[str, str]] = {"text": "message"}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS = [
        key("new.close", "escape", "Close", "Close without opening an issue"),
        key("new.open", "f9", "Open issue", "Open the issue, from any field", "submit", priority=True),
        key(
            "new.customer",
            "ctrl+f",
            "Customer",
            "By name, phone, e-mail or a booking's number",
            priority=True,
        ),
    ]

    def __init__(self, customer: CustomerCard | None = None, booking_id: int | None = None) -> None:
        super().__init__("New issue")
        self._customer = customer
        self._booking_id = booking_id
        self._triage: Triage | None = None
        self._read_text: str | None = None
        self._submits = self._is_asked = False
        self._number: int | None = None  # of the booking, as typed

    def body(self) -> ComposeResult:
        with Horizontal(id="parts"):
            with Vertical(id="words"):
                yield Label(Content.assemble("Message ", (REQUIRED, "$text-accent")))
                yield Prose(placeholder=PLACEHOLDER, id="text")
                for label, widget in self._fields().items():
                    with Horizontal(classes="field"):
                        yield Label(label)
                        yield widget
            with VerticalScroll(id="understood", can_focus=False) as understood:
                understood.border_title = Content("Triage")
                yield HangingText(Text(NOTHING_YET), id="triage")
        yield Static(id="problem")
        yield from buttons(("submit", "Open issue"), ("close", "Close"))

    def _fields(self) -> dict[str, Widget]:
        booking, hint = str(self._booking_id or ""), "booking No. (optional)"
        return {
            "Channel": Pick(CHANNEL_NAMES, value="web form", id="channel"),
            "Tier": Pick(TIERS, prompt="from the customer's card", id="tier"),
            "Customer": Button(f"Find customer ({key_of(self.app, 'find')})", compact=True, id="customer"),
            "Booking": Input(booking, placeholder=hint, compact=True, id="booking"),
            "Category": Pick(CATEGORY_NAMES, prompt="by triage", id="category"),
        }

    def on_mount(self) -> None:
        if self._customer is not None:
            self._show_customer(self._customer)
        # the model loads now, in the background, so that the first word does not wait for it
        self.host.ask(lambda: text_analysis.understand("hello", None), lambda _: None)

    @property
    def text(self) -> str:
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
        self.forget_asked("triage")
        self.after_typing(pause_s, self._ask_triage)

    def _ask_triage(self) -> None:
        text, tier, category = self.text, self._tier, self._category

        def work() -> Triage | None:
            try:
                read = text_analysis.understand(text, tier)
            except InvalidInput:  # nothing to see in it yet
                return None
            if category:
                priority = text_analysis.prioritise(category, text, tier)
                read |= {"priority": priority["priority"], "priority_steps": priority["priority_steps"]}
            return read

        def then(triage: Triage | None) -> None:
            self._triage, self._read_text = triage, text
            read = triaged(triage, category) if triage else Text(NOTHING_YET)
            self.query_one("#triage", HangingText).show(read)
            if self._submits:
                self._submits = False
                self.action_submit()

        self.ask_newest("triage", work, then, self._refused)

    @property
    def _tier(self) -> str | None:
        return self.query_one("#tier", Pick).chosen or (self._customer["tier"] if self._customer else None)

    @property
    def _category(self) -> str | None:
        return CATEGORY_NAMES.get(self.query_one("#category", Pick).chosen)

    @on(Button.Pressed, "#customer")
    def action_customer(self) -> None:
        def found(customer_id: int) -> None:
            self.host.ask(lambda: customers.card(customer_id), self._use_customer, opens=True)

        self.open(FindCustomer("Whose issue is it?"), found)

    def _use_customer(self, card: CustomerCard) -> None:
        if self.is_laid_out:
            self._customer = card
            self._show_customer(card)
            self._understand(0)
            if not self.query_one("#text").has_focus:  # there, somebody may be in the middle of a sentence
                self.query_one("#customer").focus()

    def _show_customer(self, customer: CustomerCard) -> None:
        tier = f", {customer['tier']}" if customer.get("tier") else ""
        self.query_one("#customer", Button).label = Content(f"{short(customer['name'], 28)}{tier}")

    @on(Input.Submitted)
    @on(Choice.Accepted)
    def _next(self) -> None:
        """Go to the next field on enter, and submit from the last one; none of them is required."""
        last = self.query_one("#category", Pick)
        if self._slipped() or self._is_wrong():
            return
        if not last.has_focus:
            self.focus_next()
        elif self._is_asked and not last.chosen:
            last.action_show_overlay()  # the question is not answered yet
        else:
            self.action_submit()

    @on(Input.Blurred)
    def _is_wrong(self) -> bool:
        """Return whether the booking's number cannot be one; if so, say it."""
        booking = self.query_one("#booking", Input).value
        try:
            self._number = booking_number(booking) if booking.strip() else None
        except DeskError as error:
            self._refused(error)
            return True
        return False

    @on(Input.Changed)
    def _number_typed(self) -> None:
        self._show_problem("")

    def action_submit(self) -> None:
        if self._busy or self._slipped():
            return
        if not self.text.strip():
            self._show_problem(is_required(self.NOUNS["text"]))
            self.query_one("#text").focus()
            return
        if self._read_text != self.text and not self._submits:  # f9 was quicker than triage
            self._submits = True
            self._understand(0)
            return
        if self._triage and self._triage["unsure"] and not self._category and not self._is_asked:
            self._is_asked = True
            self._show_problem(UNSURE.format(self._key_of("new.open")))
            self.query_one("#category", Pick).focus()
            return
        if self._is_wrong():
            self.query_one("#booking").focus()
            return
        text = self.text
        given: Json = {
            "channel": CHANNEL_NAMES.get(self.query_one("#channel", Pick).chosen),
            "tier": self.query_one("#tier", Pick).chosen or None,
            "customer_id": self._customer["customer_id"] if self._customer else None,
            "booking_id": self._number,
            "category": self._category,
        }
        self._send(lambda desk: intake.open_issue(desk, text, **given))

    def _key_of(self, identifier: str) -> str:
        bound = (active.binding for active in self.active_bindings.values())
        return next(self.app.get_key_display(each) for each in bound if each.id == identifier)

    def unsaved(self) -> str:
        return "New issue: the customer's words will be lost." if self.text.strip() else ""

    def _refused(self, error: DeskError) -> None:
        super()._refused(error)
        self._submits = False


def triaged(triage: Triage, chosen: str | None = None) -> Text:
    """Format the triage of a message; ``chosen`` is the category that a person gave."""
    text = Text(overflow="fold")
    best = triage["alternatives"][0]
    if chosen:
        text.append(chosen.replace("_", " "), "bold").append(", chosen by you", "dim")
    elif triage["unsure"]:
        text.append("? Not sure: choose the category", f"bold {CARE}")
    else:
        text.append(category(triage), "bold").append(f" {triage['confidence']:.0%}", "dim")
    if triage["unsure"] and not chosen:
        fallback = f"{triage['category'].replace('_', ' ')}, {priority_words(triage['priority'])}"
        guess = f"{best['category'].replace('_', ' ')}, {best['probability']:.0%}"
        add_facts(text, (("Best guess", guess), ("If unsure", fallback)), LABEL)
    else:
        add_facts(text, [("Priority", words.priority(triage))], LABEL)
    add_steps(text, triage["priority_steps"])
    add_facts(text, _read(triage), LABEL)
    return text


def _read(triage: Triage) -> list[tuple[str, str]]:
    return [
        ("Sentiment", sentiment_words(triage["sentiment"]["compound"])),
        ("Urgent", ", ".join(triage["urgency_indicators"])),
        ("Mentions", words.mentions(triage)),
        ("Keywords", ", ".join(triage["keywords"])),
        ("Complexity", triage["complexity"]),
    ]
