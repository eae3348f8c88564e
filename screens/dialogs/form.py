"""A modal form: fields, one submit key, errors below each field, nothing lost by a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList, RadioSet, Select, Static, TextArea

from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.queries.row_types import AgentRow
from models.errors import DeskError, InvalidInput
from screens.base import keys
from screens.base.keys import key
from screens.base.textual_internals import rename_action
from screens.dialogs.command_modal import CommandModal, Outcome
from screens.dialogs.modal import HOLDS_TEXT, buttons
from screens.fields.agent_picker import PICKER_LINES, AgentPicker
from screens.fields.choice import Choice, Pick
from screens.fields.field_line import FieldLine, is_required, noun_of
from screens.fields.preview import Preview
from screens.fields.prose import Prose
from screens.fields.type_ahead import which
from screens.fields.values import value_of
from screens.fields.way import next_stop

Values = dict[str, str]
Verb = str | Callable[[Values], str]
Changed = Input.Changed | RadioSet.Changed | Select.Changed | TextArea.Changed

FIELD_WIDTH = 58  # cells beside the label
OPTION_EXTRA = 4  # an option's mark, and the brackets around the letters that choose it
GAP = 2  # between two options
FRAME = 2  # lines of the form's frame
HIGH = 30  # lines of a screen with room above and below a form
AROUND_PREVIEW, USUAL_PREVIEW = 16, 9  # lines of such a screen beside fields and preview; and of a preview
LEAST_FIELDS = 3  # lines of them in sight on the lowest screen


@dataclass(frozen=True)
class Field:
    """One field of a form: a text (of several ``lines``), one of ``options``, or (``agent``) an agent.

    A few short ``options`` are shown side by side; others open as a list. ``note`` describes, below
    the field, how the typed text is read at the desk's time, or raises DeskError. A ``required`` one has
    a mark; where it has one option, that is chosen. ``check`` raises InvalidInput for a text the desk
    would refuse. ``only_if`` names another field, and its value with which this one is shown.
    """

    name: str
    label: str
    value: str = ""
    options: tuple[str, ...] = ()
    hint: str = ""
    agents: tuple[AgentRow, ...] = ()
    note: Callable[[str, str], str] | None = None
    lines: int = 1
    required: bool = False
    check: Callable[[str], object] | None = None
    only_if: tuple[str, str] | None = None

    @property
    def start(self) -> str:
        """The value at first."""
        return self.options[0] if self._is_settled else self.value

    @property
    def _is_settled(self) -> bool:
        return self.required and not self.value and len(self.options) == 1

    @property
    def needs_no_key(self) -> bool:
        """Whether there is nothing to choose: the cursor need not stop here."""
        return bool(self.options) and len(self.names) == 1 and bool(self.start)

    def refusal(self, app: App[Any], text: str) -> str:
        """Return what is wrong with a value, as far as that can be said before it is sent."""
        if not text.strip():
            return is_required(self.noun) if self.required else ""
        try:
            if self.check is not None:
                self.check(text)
        except InvalidInput as error:
            return keys.refusal(app, error, self.noun)
        return ""

    @property
    def noun(self) -> str:
        """What the field is called in a sentence."""
        return noun_of(self.name, self.label)

    @property
    def names(self) -> tuple[str, ...]:
        """The options, and the row's present value if it is not among them: leaving it changes nothing."""
        return self.options if not self.value or self.value in self.options else (*self.options, self.value)

    @property
    def is_choice(self) -> bool:
        """Whether the options fit side by side."""
        cells = sum(len(name) + OPTION_EXTRA + GAP for name in self.names) - GAP
        return bool(self.options) and cells <= FIELD_WIDTH

    def widget(self) -> Widget:
        """Return the input for this field, with the field's name as its id."""
        if self.agents:
            return AgentPicker(self.agents, id=self.name)
        if self.is_choice:
            return Choice(self.names, id=self.name)
        if self.options:
            return Pick(self.names, value=self.start or Pick.NULL, id=self.name)
        if self.lines > 1:
            area = Prose(self.value, placeholder=self.hint, id=self.name)
            area.styles.height = self.lines
            return area
        return Input(self.value, placeholder=self.hint, compact=True, id=self.name)


def reason_field(hint: str, name: str = "reason", label: str = "Reason", lines: int = 1) -> Field:
    """Make a field for a text that the desk requires: a reason or a note."""
    check = partial(validation.required_text, field=name)
    return Field(name, label, hint=hint, lines=lines, required=True, check=check)


class FormModal(CommandModal[Outcome]):
    """Ask for a few values and run a command with them; closes with its result, or None on escape.

    All that is wrong is said below the fields at fault, and the cursor goes to the first; a refusal that
    concerns no field has the line below them. Everything typed stays, and a message disappears when its
    field changes. With ``changes_only`` the command gets only what was changed, and the form just closes when
    nothing was. ``preview`` shows what it would do. ``submit`` names the act, which may depend on what is
    chosen, on button and key line. With ``asks``, which names the consequence, enter in the last field asks
    for enter again.
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-middle"), (HIGH, "-high")]
    BINDINGS = [
        key("form.close", "escape", "Close", "Close without saving"),
        key("form.submit", "f9", "Submit", "Submit, from any field", priority=True),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        command: Callable[[Desk, Values], Outcome],
        *,
        submit: Verb,
        about: str = "",
        changes_only: bool = False,
        preview: Preview | None = None,
        asks: Callable[[Values], str] | None = None,
    ) -> None:
        super().__init__(title)
        self._kept_open = False
        self._asks, self._asked_about = asks, Values()
        self._fields = tuple(fields)
        self._command = command
        self._verb_for = submit if callable(submit) else lambda _: submit
        self._verb = self._verb_for({field.name: field.start for field in fields})
        self._about = about
        self._changes_only = changes_only
        self._preview = preview
        self._way_out = "Close" if "Cancel" in self._verb else "Cancel"
        rename_action(self, "submit", self._verb)
        rename_action(self, "close", self._way_out)

    def body(self) -> ComposeResult:
        if self._about:
            yield Static(Content(self._about), id="about")
        with VerticalScroll(id="fields", can_focus=False):
            for field in self._fields:
                yield FieldLine(field.label, field.widget(), required=field.required)
        if self._preview:
            yield self._preview
        yield Static(id="problem")
        yield from buttons(("submit", self._verb), ("close", self._way_out))

    def on_mount(self) -> None:
        for field in self._fields:
            if field.is_choice:
                self.query_one(f"#{field.name}", Choice).value = field.start
            self._understand(field, field.value)
        self._show_asked()
        self._begin()
        self.call_after_refresh(self._look_ahead)

    def _show_asked(self) -> None:
        """Show the fields that count, with what is chosen in the others."""
        values = self.values()
        for field in self._fields:
            if field.only_if is not None:
                self.line(field.name).display = values[field.only_if[0]] == field.only_if[1]

    def _begin(self) -> None:
        """Put the cursor into the first field that needs a key."""
        first = next((field for field in self._fields if not field.needs_no_key), None)
        if first is not None:
            self._focus(first.name)

    def _focus(self, name: str) -> None:
        self.query_one(f"#{name}").focus()

    def _named(self, name: str | None) -> Field | None:
        return next((each for each in self._fields if each.name == name), None)

    def line(self, name: str) -> FieldLine:
        """The line of a field: its label, input and message."""
        return next(line for line in self.query(FieldLine) if line.query(f"#{name}"))

    def on_resize(self, event: events.Resize) -> None:
        if self._preview:
            self._preview.styles.max_height = self._room_of_preview(event.size.height)
        self.call_after_refresh(self._fit)

    def _room_of_preview(self, height: int) -> int | None:
        """Return the lines that fields, notes and buttons leave; None where the usual ones must do."""
        fields = (PICKER_LINES if each.agents else each.lines + bool(each.note) for each in self._fields)
        room = height - AROUND_PREVIEW - sum(fields)
        return room if height >= HIGH and room > USUAL_PREVIEW else None

    @on(events.DescendantFocus)
    def _fit(self) -> None:
        """Let the fields scroll where they would push the buttons off the screen."""
        for frame in self.query(f"#{self.FRAME}"):  # none once it is closing
            for fields in frame.query("#fields"):
                others = (each for each in frame.children if each is not fields)
                taken = sum(each.outer_size.height + each.styles.margin.height for each in others)
                room = self.size.height - 1 - FRAME - frame.styles.margin.height
                fields.styles.max_height = max(LEAST_FIELDS, room - taken)

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
    def _changed(self, event: Changed) -> None:
        self._is_warned = False
        self._show_note("")
        field = self._named(event.control.id)
        if field is not None:
            self._understand(field, value_of(event.control))
        verb = self._verb_for(self.values())
        if verb != self._verb:
            self._verb = verb
            rename_action(self, "submit", verb)
            self.query_one("#submit", Button).label = Content(verb)
            self.refresh_bindings()
        self._show_asked()
        self.call_after_refresh(self._fit)

    def _understand(self, field: Field, typed: str) -> None:
        """Show below a field how its text is understood, or is not; without a note, nothing any more."""
        line = self.line(field.name)
        try:
            line.tell(field.note(typed, self.backend.desk.now()) if field.note else "")
        except DeskError as error:
            accepted = f"; try {field.hint}" if field.hint else ""
            line.tell(f"{keys.said(error, field.noun)}{accepted}", "wrong")

    @on(Input.Submitted)
    @on(Choice.Accepted)
    @on(AgentPicker.Picked)
    def _next(self) -> None:
        """Go to the next field on enter, and submit from the last one; a text the desk would refuse stays."""
        here = self._here
        if here is None or self._is_wrong_here() or self._slipped():
            return
        shown = [field.name for field in self._fields if self.line(field.name).display]
        following = next_stop(here.name, shown, self._lacking())
        if following:
            self._focus(following)
        elif self._kept_open:
            self._kept_open = False
            self._show_problem(f"Enter again, if this is meant: {self._verb}")
        elif self._asks is not None and self._asked_about != self.values():
            self._asked_about = self.values()
            self._show_note(f"Enter again: {self._asks(self._asked_about)}")
        else:
            self.action_submit()

    def _lacking(self) -> set[str]:
        """Return the fields that enter stops in: required ones still empty; all if none was so at first."""
        asked = {field.name for field in self._fields if field.required and not field.start}
        if not asked:
            return {field.name for field in self._fields if not field.needs_no_key}
        return {name for name, text in self.values().items() if name in asked and not text.strip()}

    @property
    def _here(self) -> Field | None:
        """The field in focus."""
        inside = self.focused.ancestors_with_self if self.focused is not None else ()
        return next((field for each in inside if (field := self._named(each.id))), None)

    def takes_for_a_name(self) -> bool:
        return self._here is None or self._here.note is None  # with one, it reads no name

    def _is_wrong_here(self) -> bool:
        """Say below the field in focus what is wrong with its text: what is typed next is meant for it."""
        if (field := self._here) is None:
            return False
        line, typed = self.line(field.name), value_of(self.query_one(f"#{field.name}"))
        if wrong := field.refusal(self.app, typed):
            line.tell(wrong, "wrong")
        else:
            self._understand(field, typed)
        self.call_after_refresh(self._fit)
        return line.has_class("-wrong")

    @on(events.DescendantBlur)
    def _left(self, event: events.DescendantBlur) -> None:
        """Say what is wrong with a text as it is left; not under a pointer, whose button would move away."""
        field = self._named(event.widget.id)
        is_pressed = isinstance(self.focused, Button) and self.app.mouse_over is self.focused
        if field is None or field.note is not None or is_pressed or not self.is_laid_out:
            return
        typed = value_of(event.widget)
        wrong = field.refusal(self.app, typed) if typed.strip() and typed != field.value else ""
        if wrong:
            self.line(field.name).tell(wrong, "wrong")
            self.call_after_refresh(self._fit)

    def action_submit(self) -> None:
        if self._busy:
            return
        values = self.values()
        if self._changes_only:
            before = {field.name: field.value for field in self._fields}
            values = {name: text for name, text in values.items() if text != before[name]}
        if self._is_refused(values):
            return
        if values or not self._changes_only:
            self._send(lambda desk: self._command(desk, values))
        else:
            self.leave()

    def _is_refused(self, values: Values) -> bool:
        """Say below each field at fault what is wrong with it, and go to the first one."""
        found = {field.name: self._refusal(field, values.get(field.name)) for field in self._fields}
        wrong = {name: text for name, text in found.items() if text}
        for name, text in wrong.items():
            self.line(name).tell(text, "wrong")
        for name in [*wrong][:1]:
            self._focus(name)
        self.call_after_refresh(self._fit)
        return bool(wrong)

    def _refusal(self, field: Field, text: str | None) -> str:
        """Return what is wrong with a value to be sent, if any, or that letters leave several names open."""
        widget = self.query_one(f"#{field.name}")
        if isinstance(widget, Choice | Pick) and widget.waiting:
            return which(widget.waiting)
        return "" if text is None else field.refusal(self.app, text)

    def unsaved(self) -> str:
        """Typed text that would be lost; a choice takes one key to repeat and needs no warning."""
        given = zip(self._fields, self.values().values(), strict=True)
        typed = any(
            text != field.value and isinstance(self.query_one(f"#{field.name}"), Input | TextArea)
            for field, text in given
        )
        return f"{self.heading}: what you typed will be lost." if typed else ""

    def stay(self, why: str) -> None:
        """Say why this stays; what is typed now may be meant for the place: one enter sends nothing."""
        super().stay(why)
        self._kept_open = True

    def why_it_stays(self) -> str:
        sought = any(field.value for field in self.query("AgentPicker Input").results(Input))
        return super().why_it_stays() or (HOLDS_TEXT if sought else "")

    def _refused(self, error: DeskError) -> None:
        self._busy = False
        field = self._named(error.field) if isinstance(error, InvalidInput) else None
        if field is not None:
            self.line(field.name).tell(keys.refusal(self.app, error, field.noun), "wrong")
            self._focus(field.name)
        else:
            self._show_problem(keys.refusal(self.app, error))
        self.call_after_refresh(self._fit)
