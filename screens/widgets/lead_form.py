"""The form of a lead: one line a field, checked as it is filled in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from dispatch import checks
from dispatch.values import AcceptedValues
from models.errors import InvalidInput
from screens.widgets.choice import Choice, Pick

LABELS = {
    "customer": "Customer",
    "method": "Contact",
    "source": "Source",
    "destination": "Destination",
    "launch": "Launch",
    "requests": "Requirements",
}
TONES = ("error", "warning", "success")


class LeadForm(Vertical):
    """Customer, contact, source, destination, launch, requirements, and the Assign button."""

    def __init__(self, values: AcceptedValues) -> None:
        super().__init__(id="lead-form")
        self._values = values

    def compose(self) -> ComposeResult:
        widgets = {
            "customer": Input(placeholder="name", compact=True, id="customer"),
            "method": Choice(self._values.of("method"), id="method"),
            "source": Choice(self._values.of("source"), id="source"),
            "destination": Pick(self._values.of("destination"), id="destination"),
            "launch": Pick(self._values.of("launch"), id="launch"),
            "requests": Input(placeholder="what they wish for", compact=True, id="requests"),
        }
        for name, widget in widgets.items():
            with Horizontal(classes="field"):
                yield Label(Content(LABELS[name]))
                yield widget
        with Horizontal(id="assign-row"):
            yield Button("Assign", id="assign", variant="primary", compact=True)
        yield Static(Content(""), id="notice")

    def on_mount(self) -> None:
        self.border_title = Content("New lead")

    def values(self) -> dict[str, str]:
        """What is in the form, under the names that intake takes."""
        return {
            "name": self.query_one("#customer", Input).value,
            "method": self.query_one("#method", Choice).value,
            "source": self.query_one("#source", Choice).value,
            "destination": self.query_one("#destination", Pick).chosen,
            "launch": self.query_one("#launch", Pick).chosen,
            "requests": self.query_one("#requests", Input).value,
        }

    def problem(self) -> tuple[str, InvalidInput] | None:
        """The first field that the desk would refuse, and why; checked against the lists as last read."""
        values = self.values()
        try:
            field = "customer"
            checks.name(values["name"], "customer_name")
            for field in ("method", "source", "destination", "launch"):
                self._values.check_known(field, values[field])
            field = "requests"
            checks.optional_text(values["requests"], "requests", limit=checks.TEXT_LENGTH)
        except InvalidInput as error:
            return field, error
        return None

    def offer(self, values: AcceptedValues) -> None:
        """Take over lists that have grown."""
        for field in ("destination", "launch"):
            self.query_one(f"#{field}", Pick).set_names(values.of(field))

    def tell(self, text: str, tone: str = "") -> None:
        """A line below the form: an error, a warning, or what became of the last lead."""
        notice = self.query_one("#notice", Static)
        notice.update(Content(text))
        for name in TONES:
            notice.set_class(name == tone, f"-{name}")

    @property
    def has_succeeded(self) -> bool:
        """Does the line below still tell who got the last lead?"""
        return self.query_one("#notice").has_class("-success")

    def warn(self, text: str) -> None:
        """A warning, or none any more; what else is told there stays."""
        notice = self.query_one("#notice", Static)
        if text and not (notice.has_class("-error") or notice.has_class("-success")):
            self.tell(text, "warning")
        elif not text and notice.has_class("-warning"):
            self.tell("")

    def empty(self) -> None:
        """Ready for the next lead."""
        for name in ("customer", "requests"):
            self.query_one(f"#{name}", Input).value = ""
        for name in ("method", "source"):
            self.query_one(f"#{name}", Choice).clear()
        for name in ("destination", "launch"):
            self.query_one(f"#{name}", Pick).clear()
        self.query_one("#customer", Input).focus()
