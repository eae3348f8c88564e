"""A modal form: fields, one submit key, errors beside what was typed, nothing lost by a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Footer, Input, Label, Static

from dispatch.desk import Desk
from models.errors import DeskError
from screens.widgets.agent_picker import AgentPicker
from screens.widgets.choice import Choice, Pick

if TYPE_CHECKING:
    from screens.host import Host

Row = dict[str, Any]
Values = dict[str, str]


@dataclass(frozen=True)
class Field:
    """One field of a form: a text, one of ``options``, or (``agent``) an agent.

    ``options`` of up to three names stand side by side; more open as a list.
    """

    name: str
    label: str
    value: str = ""
    options: tuple[str, ...] = ()
    hint: str = ""
    agents: tuple[Row, ...] = ()

    def widget(self) -> Widget:
        """The input for this field, with the field's name as its id."""
        if self.agents:
            return AgentPicker(id=self.name)
        if len(self.options) > 3:
            known = self.value if self.value in self.options else Pick.NULL
            return Pick(self.options, value=known, id=self.name)
        if self.options:
            return Choice(self.options, id=self.name)
        return Input(self.value, placeholder=self.hint, compact=True, id=self.name)


class FormModal(ModalScreen[Row | None]):
    """Asks for a few values and runs a command with them; closes with its result, or None on escape.

    What the desk refuses is told inside the form, which stays open with everything typed in it.
    """

    CSS_PATH = "form.tcss"
    BINDINGS = [
        Binding("escape", "close", "Close", id="form.close", tooltip="Close without doing anything"),
        Binding("f9", "submit", "Do it", id="form.submit", tooltip="Do it, from any field", priority=True),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        command: Callable[[Desk, Values], Row],
        *,
        submit: str,
        about: str = "",
    ) -> None:
        super().__init__()
        self._heading = title
        self._fields = tuple(fields)
        self._command = command
        self._verb = submit
        self._about = about
        self._busy = False

    @property
    def host(self) -> Host:
        return cast("Host", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(id="form"):
            if self._about:
                yield Static(Content(self._about), id="about")
            with VerticalScroll(id="fields", can_focus=False):
                for field in self._fields:
                    with Horizontal(classes="field"):
                        yield Label(Content(field.label))
                        yield field.widget()
            yield Static(Content(""), id="problem")
            with Horizontal(id="buttons"):
                yield Button(Content(self._verb), id="submit", variant="primary", compact=True)
                yield Button("Close", id="close", compact=True)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one("#form").border_title = Content(self._heading)
        for field in self._fields:
            if field.agents:
                self.query_one(f"#{field.name}", AgentPicker).offer(field.agents)
            elif field.options and len(field.options) <= 3 and field.value in field.options:
                self.query_one(f"#{field.name}", Choice).value = field.value

    def values(self) -> Values:
        """What is in the fields now."""
        found: Values = {}
        for field in self._fields:
            widget = self.query_one(f"#{field.name}")
            found[field.name] = widget.chosen if isinstance(widget, Pick) else str(cast("Any", widget).value)
        return found

    @on(Input.Submitted)
    @on(Choice.Accepted)
    @on(AgentPicker.Picked)
    def _next(self) -> None:
        """Enter goes on to the next field, and from the last one does it."""
        last = self.query_one(f"#{self._fields[-1].name}")
        if self.focused is not None and last in self.focused.ancestors_with_self:
            self.action_submit()
        else:
            self.focus_next()

    @on(Button.Pressed, "#submit")
    def action_submit(self) -> None:
        if not self._busy:
            self._busy = True
            values = self.values()
            self.host.perform(lambda desk: self._command(desk, values), self.dismiss, self._refused)

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        self.dismiss(None)

    def _refused(self, error: DeskError) -> None:
        self._busy = False
        self.query_one("#problem", Static).update(Content(f"{error.message}. {error.hint}".rstrip(" .")))
