"""A modal form: fields, one submit key, errors beside the input, nothing lost by a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList, RadioSet, Select, Static, TextArea

from dispatch.desk.desk import Desk
from dispatch.queries import list_agents
from dispatch.queries.row_types import AgentRow
from models.errors import DeskError, InvalidInput
from screens.base.keys import key
from screens.dialogs.command_modal import CommandModal, Outcome
from screens.dialogs.modal import HOLDS_TEXT, buttons
from screens.widgets.agent_picker import AgentPicker
from screens.widgets.choice import Choice, Pick
from screens.widgets.columns import Row
from screens.widgets.preview import Preview
from screens.wording.text import refusal

Values = dict[str, str]

FIELD_WIDTH = 54  # cells beside the label
OPTION_EXTRA = 4  # an option's mark and the blanks around it


@dataclass(frozen=True)
class Field:
    """One field of a form: a text (of several ``lines``), one of ``options``, or (``agent``) an agent.

    A few short ``options`` are shown side by side; others open as a list. ``note`` describes, below
    the field, how the typed text is read at the desk's time, or raises DeskError.
    """

    name: str
    label: str
    value: str = ""
    options: tuple[str, ...] = ()
    hint: str = ""
    agents: tuple[AgentRow, ...] = ()
    note: Callable[[str, str], str] | None = None
    lines: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """The options, and the row's present value if it is not among them: leaving it changes nothing."""
        return self.options if not self.value or self.value in self.options else (*self.options, self.value)

    @property
    def is_choice(self) -> bool:
        """Whether the options fit side by side."""
        return bool(self.options) and sum(len(name) + OPTION_EXTRA for name in self.names) <= FIELD_WIDTH

    def widget(self) -> Widget:
        """Return the input for this field, with the field's name as its id."""
        if self.agents:
            return AgentPicker(self.agents, id=self.name)
        if self.is_choice:
            return Choice(self.names, id=self.name)
        if self.options:
            return Pick(self.names, value=self.value or Pick.NULL, id=self.name)
        if self.lines > 1:
            area = TextArea(
                self.value, placeholder=self.hint, compact=True, tab_behavior="focus", id=self.name
            )
            area.styles.height = self.lines
            return area
        return Input(self.value, placeholder=self.hint, compact=True, id=self.name)


class FormModal(CommandModal[Outcome]):
    """Ask for a few values and run a command with them; closes with its result, or None on escape.

    A refusal is shown inside the form, which stays open with everything typed in it; the cursor
    goes to the field at fault, and the message disappears at the next change.
    With ``changes_only`` the command gets only what was changed, and the form just closes
    when nothing was. ``preview`` shows what it would do, while it is filled in.
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-middle"), (30, "-high")]
    BINDINGS = [
        key("form.close", "escape", "Close", "Close without doing anything"),
        key("form.submit", "f9", "Submit", "Submit, from any field", priority=True),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        command: Callable[[Desk, Values], Outcome],
        *,
        submit: str,
        about: str = "",
        changes_only: bool = False,
        preview: Preview | None = None,
    ) -> None:
        super().__init__(title)
        self._fields = tuple(fields)
        self._command = command
        self._verb = submit
        self._about = about
        self._changes_only = changes_only
        self._preview = preview

    def body(self) -> ComposeResult:
        if self._about:
            yield Static(Content(self._about), id="about")
        with VerticalScroll(id="fields", can_focus=False):
            for field in self._fields:
                with Horizontal(classes="field"):
                    yield Label(Content(field.label))
                    yield field.widget()
                if field.note:
                    yield Static(classes="told", id=f"{field.name}-told")
        if self._preview:
            yield self._preview
        yield Static(id="problem")
        yield from buttons(("submit", self._verb), ("close", "Close" if "Cancel" in self._verb else "Cancel"))

    def on_mount(self) -> None:
        self.set_class(any(field.agents for field in self._fields), "-picks")
        for field in self._fields:
            if field.is_choice:
                self.query_one(f"#{field.name}", Choice).value = field.value
            self._understand(field, field.value)
        self.call_after_refresh(self._look_ahead)

    @on(Input.Changed)
    @on(RadioSet.Changed)
    @on(Select.Changed)
    @on(OptionList.OptionHighlighted)
    @on(AgentPicker.Narrowed)
    def _look_ahead(self) -> None:
        if self._preview is not None and self.is_laid_out:
            self._preview.follow(self.values())

    def values(self) -> Values:
        return {field.name: value_of(self.query_one(f"#{field.name}")) for field in self._fields}

    @on(Input.Changed)
    @on(RadioSet.Changed)
    @on(Select.Changed)
    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._is_warned = False
        self._show_note("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        for field in self._fields:
            if field.name == event.input.id:
                self._understand(field, event.value)

    def _understand(self, field: Field, typed: str) -> None:
        if field.note is None:
            return
        below = self.query_one(f"#{field.name}-told", Static)
        try:
            text, wrong = field.note(typed, self.backend.desk.now()), False
        except DeskError as error:
            text, wrong = error.message, True
        below.update(Content(text))
        below.set_class(wrong, "-wrong")

    @on(Input.Submitted)
    @on(Choice.Accepted)
    @on(AgentPicker.Picked)
    def _next(self) -> None:
        """Go to the next field on enter, and submit from the last one."""
        last = self.query_one(f"#{self._fields[-1].name}")
        if self.focused is not None and last in self.focused.ancestors_with_self:
            self.action_submit()
        else:
            self.focus_next()

    def action_submit(self) -> None:
        if self._busy:
            return
        values = self.values()
        if self._changes_only:
            before = {field.name: field.value for field in self._fields}
            values = {name: text for name, text in values.items() if text != before[name]}
        if values or not self._changes_only:
            self._send(lambda desk: self._command(desk, values))
        else:
            self.leave()

    def unsaved(self) -> str:
        """Typed text that would be lost; a choice takes one key to repeat and needs no warning."""
        given = zip(self._fields, self.values().values(), strict=True)
        typed = any(
            text != field.value and isinstance(self.query_one(f"#{field.name}"), Input | TextArea)
            for field, text in given
        )
        return f"{self.heading}: what you have typed there will be lost." if typed else ""

    def why_it_stays(self) -> str:
        sought = any(field.value for field in self.query("AgentPicker Input").results(Input))
        return super().why_it_stays() or (HOLDS_TEXT if sought else "")

    def _refused(self, error: DeskError) -> None:
        self._busy = False
        is_shown = any(str(below.visual) == error.message for below in self.query(".told").results(Static))
        self._show_note(error.hint[:1].upper() + error.hint[1:] if is_shown else refusal(error))
        if isinstance(error, InvalidInput) and any(field.name == error.field for field in self._fields):
            self.query_one(f"#{error.field}").focus()


def value_of(widget: Widget) -> str:
    """Return what is typed or chosen in a field."""
    if isinstance(widget, TextArea):
        return widget.text
    return widget.chosen if isinstance(widget, Pick) else str(cast("Any", widget).value)


def as_typed(value: object) -> str:
    """Return a stored value as it would be typed: a list with commas, an amount or average to two places."""
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def picked(agent_id: str) -> int:
    """Return the agent chosen in a picker. Raises InvalidInput."""
    if not agent_id:
        raise InvalidInput("agent", "no agent is chosen", "type a part of the name, or the id")
    return int(agent_id)


@dataclass(frozen=True)
class RowForms(Generic[Row]):
    """Makes the forms about rows of one ``kind``, such as "booking"; ``describe`` heads them."""

    kind: str
    describe: Callable[[Row], str]

    def form(
        self,
        row: Row,
        title: str,
        fields: Sequence[Field],
        command: Callable[..., Row],
        *,
        submit: str,
        about: str = "",
        changes_only: bool = False,
    ) -> FormModal[Row]:
        """Make a form about a row; its values go to the command under the fields' names."""
        number = row[f"{self.kind}_id"]
        return FormModal(
            f"{title} {self.kind} {number}",
            fields,
            lambda desk, given: command(desk, number, **given),
            submit=submit,
            about=about or self.describe(row),
            changes_only=changes_only,
        )

    def asking(
        self, title: str, fields: Sequence[Field], command: Callable[..., Row], *, submit: str
    ) -> Callable[[Row], FormModal[Row]]:
        """Return a maker of forms whose fields are the same for every row."""
        return lambda row: self.form(row, title, fields, command, submit=submit)

    def reassigning(self, command: Callable[[Desk, int, int, str], Row]) -> Callable[[Row], FormModal[Row]]:
        """Return a maker of forms that give a row to another agent."""

        def reassign(desk: Desk, number: int, to: str, reason: str) -> Row:
            return command(desk, number, picked(to), reason)

        def make(row: Row) -> FormModal[Row]:
            others = tuple(agent for agent in list_agents() if agent["agent_id"] != row["agent_id"])
            fields = Field("to", "To", agents=others), Field("reason", "Reason", hint="why it changes hands")
            return self.form(row, "Reassign", fields, reassign, submit="Reassign")

        return make
