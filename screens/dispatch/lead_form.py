"""The form of a lead: one line a field, checked as it is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual import events, getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from dispatch.desk.accepted_values import AcceptedValues
from dispatch.inputs.lead_files import REQUIRED
from dispatch.leads import intake
from dispatch.matching.features import Terms
from models.errors import InvalidInput
from screens.dialogs.form import value_of
from screens.widgets.choice import Choice, Pick
from screens.widgets.frame import Frame

if TYPE_CHECKING:
    from dispatch.matching.conversion import Chance

LABELS = {
    "customer": "Customer",
    "phone": "Phone",
    "email": "E-mail",
    "method": "Contact",
    "source": "Source",
    "destination": "Destination",
    "launch": "Launch",
    "requests": "Requirements",
}
INPUTS = {
    "customer": "name",
    "phone": "optional: press tab",
    "email": "optional: press tab",
    "requests": "what they wish for",
}
STAYING = frozenset({"-error", "-success", "-restored"})
"""Classes of a notice that a warning does not replace."""

# a valid beginning: while somebody types, only what no further key can correct is wrong
COMPLETIONS = {"phone": "0000", "email": "@example.com"}


class LineInput(Input):
    """A field of one line that does not silently drop the other lines of a pasted text."""

    @dataclass
    class LinesPasted(Message):
        """Several lines were pasted: leads from a file or a spreadsheet."""

        text: str

    def on_paste(self, event: events.Paste) -> None:
        if self._take_lines(event.text):
            event.stop()
            event.prevent_default()

    def action_paste(self) -> None:
        if not self._take_lines(self.app.clipboard):
            super().action_paste()

    def _take_lines(self, text: str) -> bool:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            return False
        if self.id == "requests" and not _are_leads(lines):
            self.insert_text_at_cursor(" ".join(lines))
        else:
            self.post_message(self.LinesPasted(text))
        return True


def _are_leads(lines: list[str]) -> bool:
    """Return whether a text looks like rows of leads, rather than a customer's words."""
    columns = max(lines[0].count(separator) for separator in ",;\t") + 1
    return lines[0].startswith("{") or columns >= len(REQUIRED)


class LeadForm(Frame):
    """Customer with phone and e-mail, contact, source, destination, launch, requirements, and Assign."""

    notice = getters.query_one("#notice", Static)

    def __init__(self, values: AcceptedValues) -> None:
        super().__init__(id="lead-form")
        self.border_title = Content("New lead")
        self._values = values

    def compose(self) -> ComposeResult:
        for field, label in LABELS.items():
            with Horizontal(classes="field"):
                yield Label(Content(label))
                if field in INPUTS:
                    yield LineInput(placeholder=INPUTS[field], compact=True, select_on_focus=False, id=field)
                elif field in ("method", "source"):
                    yield Choice(self._values.of(field), id=field)
                else:
                    yield Pick(self._values.of(field), id=field)
        with Horizontal(id="assign-row"):
            yield Button("Assign", id="assign", variant="primary", compact=True)
        yield Static(id="notice")
        yield Static(id="chance")

    def values(self) -> dict[str, str]:
        """The values of the form, under the names that intake takes."""
        return {_given_name(field): self._value(field) for field in LABELS}

    def _value(self, field: str) -> str:
        return value_of(self.query_one(f"#{field}"))

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

    def problem(self) -> tuple[str, InvalidInput] | None:
        """The first field that the desk would refuse, and why; checked against the lists as last read."""
        refused = intake.problems(self.values(), self._values)
        return next(((f, refused[_given_name(f)]) for f in LABELS if _given_name(f) in refused), None)

    def slip(self) -> InvalidInput | None:
        """The first error in a text so far, although the form is incomplete and somebody is typing."""
        refused = intake.problems(self.values(), self._values)
        for field in INPUTS:
            error, text = refused.get(_given_name(field)), self._value(field)
            if error is not None and text and not self._is_beginning(field, text):
                return error
        return None

    def _is_beginning(self, field: str, text: str) -> bool:
        if field not in COMPLETIONS or not self.query_one(f"#{field}").has_focus:
            return False
        return field not in intake.problems({field: text + COMPLETIONS[field]}, self._values)

    def offer(self, values: AcceptedValues) -> None:
        """Offer the current lists, which may have grown."""
        for field in ("destination", "launch"):
            self.query_one(f"#{field}", Pick).set_names(values.of(field))

    def fill(self, values: Mapping[str, str]) -> None:
        """Restore an earlier draft, except values that are no longer accepted."""
        for field in LABELS:
            widget, text = self.query_one(f"#{field}"), values.get(_given_name(field), "")
            if isinstance(widget, Input):
                with self.prevent(Input.Changed):
                    widget.value = text
            elif text in self._values.of(field) and isinstance(widget, Choice | Pick):
                widget.value = text

    def show_notice(self, text: str, tone: str = "") -> None:
        """Show lines below the form: an error, a warning, or the result of the last lead."""
        self.notice.update(Content(text))
        self.notice.set_classes(f"-{tone}" if tone else "")

    def show_chance(self, chance: Chance | None) -> None:
        """Show how likely the lead is to be confirmed, and why; None shows nothing."""
        line = Text()
        if chance is not None:
            line.append(f"Chance to confirm {chance.probability:.0%}", "bold").append(f"\n{chance.reason}")
        self.query_one("#chance", Static).update(line)

    @property
    def has_succeeded(self) -> bool:
        """Whether the line below still shows who got the last lead."""
        return self.notice.has_class("-success")

    def warn(self, text: str) -> None:
        """Show a warning, or remove it; other lines there stay."""
        if text and STAYING.isdisjoint(self.notice.classes):
            self.show_notice(text, "warning")
        elif not text and self.notice.has_class("-warning"):
            self.show_notice("")

    def go_on(self, *, emptied: bool) -> None:
        """Remove lines that have been read, since somebody types; a warning stays until there is another.

        A field that was ``emptied``, for example by Assign, removes only an error.
        """
        if self.notice.has_class("-error") or not (emptied or self.notice.has_class("-warning")):
            self.show_notice("")

    def empty(self) -> None:
        for field in LABELS:
            cast("Input | Choice | Pick", self.query_one(f"#{field}")).clear()
        self.query_one("#customer").focus()


def _given_name(field: str) -> str:
    """Return intake's name for a field of the form."""
    return "name" if field == "customer" else field
