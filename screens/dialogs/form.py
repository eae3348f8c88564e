"""A modal form: fields, one submit key, errors below each field, nothing lost by a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, OptionList, RadioSet, Select, Static, TextArea

from dispatch.desk.desk import Desk
from models.errors import DeskError, InvalidInput
from screens.base import keys
from screens.base.keys import key
from screens.base.textual_internals import rename_action
from screens.dialogs.command_modal import Outcome
from screens.dialogs.form_field import Field as Field
from screens.dialogs.form_field import reason_field as reason_field
from screens.dialogs.modal import HOLDS_TEXT, buttons
from screens.dialogs.name_question import NameQuestion
from screens.fields.agent_picker import PICKER_LINES, AgentPicker
from screens.fields.choice import Choice, Pick
from screens.fields.field_line import FieldLine
from screens.fields.preview import Preview
from screens.fields.type_ahead import which
from screens.fields.values import value_of
from screens.fields.way import next_stop

Values = dict[str, str]
Verb = str | Callable[[Values], str]
Changed = Input.Changed | RadioSet.Changed | Select.Changed | TextArea.Changed

FRAME = 2  # lines of the form's frame
HIGH = 30  # lines of a screen with room above and below a form
AROUND_PREVIEW, USUAL_PREVIEW = 16, 9  # lines of such a screen beside fields and preview; and of a preview
LEAST_FIELDS = 3  # lines of them in sight on the lowest screen


class FormModal(NameQuestion[Outcome]):
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
                yield FieldLine(field.label, field.widget(), required=field.required, noun=field.noun)
        if self._preview:
            yield self._preview
        yield Static(id="problem")
        yield from buttons(("submit", self._verb), ("close", self._way_out))

    def on_mount(self) -> None:
        self.take_letters()
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

    def _shown(self) -> list[Field]:
        self._show_asked()
        return [field for field in self._fields if self.line(field.name).display]

    def _begin(self) -> None:
        """Put the cursor into the first field that needs a key."""
        if self._first is not None:
            self._focus(self._first.name)

    @property
    def _first(self) -> Field | None:
        return next((field for field in self._fields if not field.needs_no_key), None)

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
        self.withdraw_question()
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
        told, wrong = self._read(field, typed)
        self.line(field.name).tell(wrong or told, "wrong" if wrong else "")

    def _read(self, field: Field, typed: str) -> tuple[str, str]:
        """Return how a text is understood, and why it is not."""
        try:
            return (field.note(typed, self.backend.desk.now()) if field.note else ""), ""
        except DeskError as error:
            accepted = f"; try {field.hint}" if field.hint else ""
            return "", f"{keys.said(error, field.noun)}{accepted}"

    @on(Input.Submitted)
    @on(Choice.Accepted)
    @on(AgentPicker.Picked)
    def _next(self) -> None:
        """Go to the next field on enter, and submit from the last one; a text the desk would refuse stays."""
        here = self._here
        if here is None or self._is_wrong_here():
            return
        following = next_stop(here.name, [field.name for field in self._shown()], self._lacking())
        if following:
            self._focus(following)
        elif self._is_refused(self._to_send()):
            return
        elif self._kept_open:
            self._kept_open = False
            self._show_problem(f"Enter again, if this is meant: {self._verb}")
        elif self._asks is not None and self._asked_about != self.values() and self._asks(self.values()):
            self._asked_about = self.values()
            self._show_note(f"Enter again: {self._asks(self._asked_about)}")
        elif here is self._first and isinstance(self.focused, Input):
            self.send_unless_a_name(here.label, value_of(self.focused))
            self.call_after_refresh(self._fit)
        else:
            self.action_submit()

    def _lacking(self) -> set[str]:
        """Return the fields that enter stops in: required ones still empty; all if none was so at first."""
        shown = self._shown()
        asked = {field.name for field in shown if field.required and not field.start}
        if not asked:
            return {field.name for field in shown if not field.needs_no_key}
        lacking = {name for name, text in self.values().items() if name in asked and not text.strip()}
        return lacking | {field.name for field in shown if field.stops}

    @property
    def _here(self) -> Field | None:
        """The field in focus."""
        inside = self.focused.ancestors_with_self if self.focused is not None else ()
        return next((field for each in inside if (field := self._named(each.id))), None)

    def takes_for_a_name(self) -> bool:
        is_asked = self._here is None or self._here.note is None  # with one, it reads no name
        if is_asked:
            self._letters = ""  # asked once
        return is_asked

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
        values = self._to_send()
        if self._is_refused(values):
            return
        if values or not self._changes_only:
            self._send(lambda desk: self._command(desk, values))
        else:
            self.leave()

    def _to_send(self) -> Values:
        """Return the values, or with ``changes_only`` those that were changed."""
        before = {field.name: field.value for field in self._fields} if self._changes_only else {}
        return {name: text for name, text in self.values().items() if text != before.get(name)}

    def _is_refused(self, values: Values) -> bool:
        """Say below each field at fault what is wrong with it, and go to the first one."""
        found = {field.name: self._refusal(field, values.get(field.name)) for field in self._shown()}
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
        if isinstance(widget, Choice | Pick) and (widget.refused or widget.waiting):
            return self.line(field.name).way_on or which(widget.waiting)
        if text is None:
            return ""
        return field.refusal(self.app, text) or self._read(field, text)[1]

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
