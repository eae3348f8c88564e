"""The form of a lead: one line a field, checked as it is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, cast

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from dispatch.desk.accepted_values import AcceptedValues
from dispatch.inputs import validation
from dispatch.inputs.trip_facts import FACTS
from dispatch.leads import intake
from dispatch.matching.features import Terms
from models.errors import InvalidInput
from screens.base import keys
from screens.base.key_queue import TYPING_S
from screens.dispatch import doubts
from screens.dispatch.lead_fields import COMPLETIONS, INPUTS, LABELS, OPTIONAL, PERSONAL, WAY, given_name
from screens.dispatch.line_inputs import TO_CALL, TO_TEXT, ContactChoice, LineInput
from screens.dispatch.trip_form import words as trip_words
from screens.fields.choice import Choice, Pick
from screens.fields.field_line import FieldLine, is_required, noun_of
from screens.fields.type_ahead import fits, which
from screens.fields.values import value_of
from screens.fields.way import next_stop
from screens.widgets.frame import Frame
from screens.wording.contacts import is_a_call, needs_number
from screens.wording.priorities import NAMES
from screens.wording.text import short

if TYPE_CHECKING:
    from screens.base.app_protocol import Host
    from screens.base.key_queue import SteadyApp

KEPT = "kept"  # the tone of a notice that stays while somebody types
KEPT_NAME = 24  # characters: whoever types over the name has it in sight


class LeadForm(Frame):
    """Customer with phone and e-mail, contact, source, to, from, priority, wishes, and Assign.

    What is wrong with a field is said below it, all at once after Assign; the notice below the fields has
    the result of the last lead, and refusals that concern no field.
    """

    notice = getters.query_one("#notice", Static)
    guide = getters.query_one("#guide", Static)

    def __init__(self, values: AcceptedValues) -> None:
        super().__init__(id="lead-form")
        self._kept: dict[str, str] = {}  # the half-typed lead, as somebody came back to it
        self._named = ""  # in the notice about it
        self._on_file: dict[tuple[str, str, str], str] = {}  # by what it was looked up for
        self._asked_about: dict[str, str] = {}
        self._entered_at, self._pause = -inf, inf  # of the last enter, and before it
        self.facts: dict[str, str] = {}
        self.border_title = Content("New lead")
        self._values = values
        self._lines = {field: self._line(field) for field in LABELS}

    def _line(self, field: str) -> FieldLine:
        widget: Widget
        if field in INPUTS:
            widget = LineInput(placeholder=INPUTS[field], compact=True, select_on_focus=False, id=field)
        elif field in ("method", "source"):
            names, make = self._values.of(field), ContactChoice if field == "method" else Choice
            widget = make(names, id=field) if fits(names) else Pick(names, id=field)
        elif field == "priority":
            widget = Pick(NAMES, id=field, prompt="medium, unless you choose")
        else:
            widget = Pick(self._values.of(field), id=field)
        return FieldLine(LABELS[field], widget, required=field not in OPTIONAL)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="lead-fields", can_focus=False):
            yield from self._lines.values()
        with Horizontal(id="assign-row"):
            yield Button("Assign", id="assign", variant="primary", compact=True)
            yield Static(id="guide")
        yield Static(id="notice")

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _guide(self) -> None:
        """Say beside Assign in which field the cursor is, and whether enter goes on from there or assigns."""
        here = next((field for field, line in self._lines.items() if line.has_focus_within), "")
        self.guide.set_class(here == WAY[-1], "-last")
        leads_to = "assigns" if here == WAY[-1] else "next"
        self.guide.update(Content(f"{LABELS[here]}: ⏎ {leads_to}" if here else ""))

    def values(self) -> dict[str, str]:
        """The values of the form, under the names that intake takes."""
        return {given_name(field): self._value(field) for field in LABELS} | self.facts

    def _widget(self, field: str) -> Widget:
        return self.query_one(f"#{field}")

    def _value(self, field: str) -> str:
        return value_of(self._widget(field))

    def terms(self) -> Terms | None:
        """The lead's terms for a match score so far; None if nothing is known that it depends on."""
        fields = ("method", "source", "destination", "launch", "requests")
        terms = Terms(*(self._value(field).strip() for field in fields))
        return terms if any(terms) else None

    def identity(self) -> tuple[str, str, str]:
        """Name, phone and e-mail: who the customer may be."""
        return self._value("customer"), self._value("phone"), self._value("email")

    @property
    def is_empty(self) -> bool:
        return not any(self.values().values())

    # what is wrong

    def refusal(self) -> str:
        """Say below each field what the desk would refuse, by the lists as last read; return as ``_say``."""
        refused = intake.problems(self.values(), self._values)
        told = {
            field: self._told(field, refused[given_name(field)])
            for field in LABELS
            if given_name(field) in refused
        }
        told |= {field: which(names) for field, names in self._left_open().items()}
        told |= {field: line.way_on for field, line in self._lines.items() if line.refusal}
        return self._say(told, "wrong")

    def _say(self, told: Mapping[str, str], tone: str, at: str = "") -> str:
        """Say something below fields, go to the first or ``at`` another; return what the first has."""
        fields = [field for field in LABELS if field in told]
        for field in fields:
            self._lines[field].tell(told[field], tone)
        if fields:
            self._widget(at or fields[0]).focus()
        return told[fields[0]] if fields else ""

    def doubt(self) -> str:
        """Ask below a field whether its text was meant for it, once for a lead; go where enter assigns.

        Returns the question, or "". A priority typed as a wish moves to its field, as it will be said.
        """
        if name := doubts.priority_in(self._value("requests")):
            with self.prevent(Input.Changed):
                self.query_one("#requests", Input).value = ""
            self.query_one("#priority", Pick).choose(name)
            return self._say({"requests": f"Moved to Priority: {name}. ⏎ assigns"}, "warning")
        if self._asked_about == self.values() and not self._is_hasty:
            return ""
        told = {}
        if self._is_renamed:
            assign, clear = (keys.key_of(self.app, each) for each in ("form.assign", "form.clear"))
            told["customer"] = f"{self._renamed}: ⏎ or {assign} again assigns, {clear} clears"
        if doubts.is_of_another_field(wish := self._value("requests"), self._values):
            told["requests"] = f"Is “{short(wish.strip(), KEPT_NAME)}” a wish? ⏎ again assigns"
        self._asked_about = self.values() if told else {}
        return self._say({"requests": ""} | told, "warning", at="requests") if told else ""

    @property
    def _pressed_at(self) -> float:
        return cast("Host", self.app).pressed_at

    @property
    def _is_hasty(self) -> bool:
        """Whether the key pressed now is an enter that came too soon to have read a question."""
        return self._entered_at == self._pressed_at and self._pause < TYPING_S

    @property
    def _kept_name(self) -> str:
        return self._kept.get("name", "").strip()

    @property
    def _is_renamed(self) -> bool:
        """Whether the name of a half-typed lead has changed since somebody came back to it."""
        return self._value("customer").strip() not in ("", self._kept_name) and bool(self._kept_name)

    @property
    def _renamed(self) -> str:
        """Say what is still the customer's whose name was there, or else whose it was."""
        name, now = short(self._kept_name, KEPT_NAME), self.values()
        still = [LABELS[each] for each in PERSONAL if now[each] and now[each] == self._kept[each]]
        if not still:
            return f"Was {name}"
        *others, last = still
        listed = f"{', '.join(others)} and {last}" if others else last
        return f"{listed} {'are' if listed.endswith('s') or others else 'is'} still {name}'s"

    def _left_open(self) -> dict[str, tuple[str, ...]]:
        """Return the fields where letters leave several names open, with the names."""
        choices = {field: self._widget(field) for field in LABELS if field not in INPUTS}
        return {
            field: each.waiting
            for field, each in choices.items()
            if isinstance(each, Choice | Pick) and each.waiting
        }

    def _told(self, field: str, error: InvalidInput) -> str:
        is_empty = not self._value(field).strip()
        noun = noun_of(field, LABELS[field])
        return is_required(noun) if is_empty else keys.refusal(self.app, error, noun)

    def check(self, field: str) -> None:
        """Say below a text what is wrong with it so far, although somebody may still be typing it."""
        error = intake.problems(self.values(), self._values).get(given_name(field))
        text = self._value(field)
        is_wrong = error is not None and bool(text) and not self._is_beginning(field, text)
        told, tone = self._told(field, error) if error is not None and is_wrong else "", "wrong"
        if field == "customer" and not told and self._is_renamed:
            told, tone = f"{self._renamed}; {keys.key_of(self.app, 'form.clear')} clears the form", "warning"
        is_here = self._widget(field).has_focus
        if field == "phone" and error is None and not is_here:
            told, tone = self._stored(text), ""
        self._lines[field].tell(told, tone)
        if field in PERSONAL and is_here and self._is_renamed:
            self.check("customer")  # fewer texts may be those of the one before

    def _stored(self, number: str) -> str:
        """Say how a telephone number is stored, if otherwise than it is typed."""
        stored = validation.phone(number)
        return f"Stored as {stored}" if stored and stored != number.strip() else ""

    def is_wrong(self, field: str) -> bool:
        """Say below a text what is wrong with it as it stands, if so: enter does not leave it."""
        error = intake.problems(self.values(), self._values).get(given_name(field))
        if error is None or not self._value(field).strip():
            return False
        self._lines[field].tell(self._told(field, error), "wrong")
        return True

    def _is_beginning(self, field: str, text: str) -> bool:
        if field not in COMPLETIONS or not self._widget(field).has_focus:
            return False
        return field not in intake.problems({field: text + COMPLETIONS[field]}, self._values)

    def settle(self, field: str) -> None:
        """Remove what was said below a field whose choice has been made."""
        self._lines[field].tell("")

    # the way through the form

    def go_on(self, field: str) -> bool:
        """Go to the field after one; return whether there is one. A choice of one name is made on the way."""
        self._entered_at, self._pause = self._pressed_at, self._pressed_at - self._entered_at
        following = self._after(field)
        while following and self._is_settled(following):
            following = self._after(following)
        if field == "phone" and self._lacks_number:
            self._tell_of_number()
        if following == "phone":
            self._lines["phone"].tell(TO_CALL if is_a_call(self._value("method")) else TO_TEXT, "warning")
        if following:
            self._widget(following).focus()
        return bool(following)

    def _after(self, field: str) -> str:
        """Return the field that enter leads to; "" for the last."""
        if field in ("customer", "method") and self._lacks_number:
            return "phone"
        lacking = {each for each in LABELS if each not in OPTIONAL and not self._value(each).strip()}
        if field == "priority":
            return next((each for each in WAY if each in lacking), WAY[-1])
        return next_stop(field, WAY, lacking)

    def know_number(self, who: tuple[str, str, str], number: str) -> None:
        """Know the number on file ("" for none) of a name, phone and e-mail; say it where one was missed."""
        self._on_file = {who: number}
        if self._lines["phone"].told == self._no_number:
            self._tell_of_number()

    def _tell_of_number(self) -> None:
        known = self._on_file.get(self.identity())
        self._lines["phone"].tell(
            f"On file: {known}" if known else self._no_number, "" if known else "warning"
        )

    @property
    def _no_number(self) -> str:
        return f"Contact is {self._value('method')}, but no number"

    @property
    def _lacks_number(self) -> bool:
        return needs_number(self._value("method")) and not self._value("phone").strip()

    def _is_settled(self, field: str) -> bool:
        """Make a choice that has one name only; return whether it is made."""
        widget = self._widget(field)
        if not isinstance(widget, Choice | Pick) or len(widget.names) != 1:
            return False
        widget.choose(widget.names[0])
        return True

    @on(LineInput.LetterInNumber)
    def _skip_number(self, message: LineInput.LetterInNumber) -> None:
        """Take a letter in a phone field that was asked for as the answer to the next one."""
        message.stop()
        self.go_on("phone")
        cast("SteadyApp", self.app).type_again(message.key)

    @on(ContactChoice.NumberTyped)
    def _begin_number(self, message: ContactChoice.NumberTyped) -> None:
        """Let a number that is typed at the contact go on in the phone's field; the place says so."""
        phone = self.query_one("#phone", Input)
        phone.focus()
        phone.cursor_position = len(phone.value)
        cast("SteadyApp", self.app).type_again(message.key)

    def offer(self, values: AcceptedValues) -> None:
        """Offer the current lists, which may have grown or shrunk."""
        for field in ("method", "source", "destination", "launch"):
            cast("Choice | Pick", self._widget(field)).set_names(values.of(field))

    def fill(self, values: Mapping[str, str]) -> None:
        """Restore an earlier draft, except values that are no longer accepted."""
        for field in LABELS:
            widget, text = self._widget(field), values.get(given_name(field), "")
            if isinstance(widget, Input):
                with self.prevent(Input.Changed):
                    widget.value = text
            elif isinstance(widget, Choice | Pick) and text in widget.names:
                widget.choose(text)
        self.keep_facts({name: values.get(name, "") for name in FACTS})
        self._kept = self.values()

    def keep_facts(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Take over what is known of the trip, and return all values; the title says it."""
        self.facts = {name: text for name, text in facts.items() if text}
        told = f" · {trip_words(self.facts)}" if self.facts else ""
        self.border_title = Content(f"New lead{told}")
        return self.values()

    def begin_with(self, name: str) -> bool:
        """Put a name into a form that is empty, and return whether it was; go behind the name."""
        if was_empty := self.is_empty:
            self.query_one("#customer", Input).value = name
        self.stand_behind_name()
        return was_empty

    def stand_behind_name(self) -> None:
        """Go to the customer; what is typed now goes on with the name."""
        customer = self.query_one("#customer", Input)
        customer.focus()
        customer.cursor_position = len(customer.value)

    def show_notice(self, text: str, tone: str = "") -> None:
        """Show lines below the form: an error, a warning, or the result of the last lead."""
        self.notice.update(Content(text))
        self.notice.set_classes(f"-{tone}" if tone else "")

    def point_out_kept(self) -> None:
        """Say that a half-typed lead is here, and how to continue, unless a weightier notice is shown.

        Its name is remembered: what is typed next may be a command, or another customer's.
        """
        if self._kept_name in ("", self._value("customer").strip()):
            self._kept = self.values()
        is_told = any(self.notice.has_class(f"-{tone}") for tone in ("error", "warning", "restored"))
        if not self.is_empty and not is_told:
            self._named, clear = self._value("customer").strip(), keys.key_of(self.app, "form.clear")
            whose = f" ({short(self._named, KEPT_NAME)})" if self._named else ""
            self.show_notice(f"Half-typed lead kept{whose}; ⏎ continues, {clear} clears it", KEPT)

    @property
    def has_succeeded(self) -> bool:
        """Whether the line below still shows who got the last lead."""
        return self.notice.has_class("-success")

    def forget_notice(self, *, emptied: bool) -> None:
        """Remove a notice that has been read, since somebody types.

        A field that was ``emptied``, for example by Assign, removes only an error. That a lead was kept is
        shown until nothing of it is left or its name is another, which the field itself says then.
        """
        if self.is_empty:
            self._kept = {}
        is_read = not emptied
        if self.notice.has_class(f"-{KEPT}"):
            is_read = self._value("customer").strip() != self._named or self.is_empty
        if self.notice.has_class("-error") or is_read:
            self.show_notice("")

    def empty(self) -> None:
        self._kept, self._asked_about = {}, {}
        self.keep_facts({})
        for field in LABELS:
            cast("Input | Choice | Pick", self._widget(field)).clear()
            self._lines[field].tell("")
        self._widget("customer").focus()
