"""The desk's lists of accepted values: all seven in one panel, with keys to add, rename and retire."""

from __future__ import annotations

from typing import NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from dispatch.desk.accepted_values import KINDS, PACKAGE, WORDS
from dispatch.desk.desk import Desk
from dispatch.operations.lists import add_value, list_values, rename_value, retire_value
from dispatch.operations.lists.row_types import ValueRow, ValueUses
from dispatch.queries.wording import plural
from screens.base import keys
from screens.base.harmless_text import visible
from screens.base.keys import key
from screens.base.messages import DeskChanged
from screens.dialogs.form import Field, FormModal, Values
from screens.dialogs.modal import Modal
from screens.fields.preview import Preview
from screens.widgets.movable import Options


class Line(NamedTuple):
    """A line of the panel: a value, or with an empty name the head of a list."""

    kind: str
    name: str = ""
    destination: str | None = None
    is_retired: bool = False
    renamed_to: str | None = None

    @property
    def word(self) -> str:
        return WORDS.get(self.kind, self.kind)

    @property
    def text(self) -> str:
        if not self.name:
            return f"{self.word.capitalize()}s"
        place = f" · {self.destination}" if self.destination else ""
        state = f"  now {self.renamed_to}" if self.renamed_to else "  retired" if self.is_retired else ""
        return f"  {visible(self.name)}{visible(place)}{visible(state)}"

    @property
    def called(self) -> str:
        place = f" of {self.destination}" if self.destination else ""
        return f"{self.word}{place} {self.name}"


def lines() -> list[Line]:
    """Return all lists, each under its head; what was retired comes last. Reads the database."""
    found = list[Line]()
    for kind in KINDS:
        rows = [
            Line(kind, row["name"], row.get("destination"), row["retired_at"] is not None, row["renamed_to"])
            for row in list_values(kind, retired=True)
        ]
        found += [Line(kind), *sorted(rows, key=lambda line: line.is_retired)]
    return found


class ValueLists(Modal[None]):
    """The lists; a new value goes to the list under the cursor, of packages to that destination."""

    FRAME = "columns"
    BINDINGS = [
        key("lists.close", "escape", "Close", "Back to where you were"),
        key("lists.add", "a,enter", "Add", "Add a value to this list; a retired one again"),
        key("lists.rename", "r", "Rename", "Rename the value; open work follows"),
        key("lists.retire", "x,delete", "Retire", "Accept the value no more; what has it keeps it"),
        *keys.UNDO,
    ]

    def __init__(self, found: list[Line]) -> None:
        super().__init__("Lists")
        self._lines = found

    def body(self) -> ComposeResult:
        yield Options(compact=True, markup=False)
        yield Static(id="told")

    def on_mount(self) -> None:
        self._show(self._lines)

    def _show(self, found: list[Line]) -> None:
        options = self.query_one(Options)
        here, self._lines = options.highlighted or 0, found
        options.set_options(Option(Content(line.text)) for line in found)
        options.highlighted = min(here, len(found) - 1)

    def on_desk_changed(self, message: DeskChanged) -> None:
        self.ask_newest("lists", lines, self._show, opens=message.own)

    @property
    def _here(self) -> Line:
        return self._lines[self.query_one(Options).highlighted or 0]

    @on(Options.OptionHighlighted)
    def _moved(self) -> None:
        line = self._here
        text = f"a adds a {line.word}"
        if line.is_retired:
            text = "a accepts it again"
        elif line.name:
            text += "; r renames this one, x retires it"
        self.query_one("#told", Static).update(Content(text))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to rename or retire only what is accepted."""
        if action in ("rename", "retire"):
            return bool(self._here.name) and not self._here.is_retired
        return super().check_action(action, parameters)

    @on(Options.OptionSelected)
    def action_add(self) -> None:
        line = self._here
        if line.kind == PACKAGE:
            self.open_made(lambda: add_form(line, self.backend.values.of("destination")), self._added)
        else:
            self.open(add_form(line), self._added)

    def action_rename(self) -> None:
        self.open(rename_form(self._here), self._renamed)

    def action_retire(self) -> None:
        self.open(retire_form(self._here), self._retired)

    def _added(self, row: ValueRow) -> None:
        again = " again" if row.get("restored") else ""
        self.say_done(f"Accepted{again}: {row['name']}")

    def _renamed(self, row: ValueRow) -> None:
        self.say_done(f"Renamed: {row['was']} is {row['name']} now")

    def _retired(self, row: ValueRow) -> None:
        self.say_done(f"Retired: {row['name']}")

    def action_undo(self) -> None:
        self.host.reverse()

    def action_redo(self) -> None:
        self.host.reverse(redo=True)


def add_form(line: Line, destinations: tuple[str, ...] = ()) -> FormModal[ValueRow]:
    """Add to the list of a line; a retired value stands in the field already."""
    name = Field("name", "Name", line.name if line.is_retired else "", required=True)
    fields = [name]
    if line.kind == PACKAGE:
        place = line.destination if line.destination in destinations else ""
        fields.append(Field("destination", "Sold for", place or "", destinations, required=True))

    def command(desk: Desk, given: Values) -> ValueRow:
        return add_value(desk, line.kind, given["name"], given.get("destination"))

    return FormModal(f"Add a {line.word}", fields, command, submit=f"Add {line.word}")


def rename_form(line: Line) -> FormModal[ValueRow]:
    """Rename a value; below is what follows it."""

    def run(desk: Desk, given: Values) -> ValueRow:
        return rename_value(desk, line.kind, line.name, given["new_name"], line.destination)

    def look(desk: Desk, given: Values) -> Text:
        if given["new_name"].strip() in ("", line.name):
            return Text("Open bookings and agents follow; closed bookings keep the old name")
        return _used(desk.rehearse(lambda: run(desk, given))["used_by"], "follow", "still name the old one")

    return FormModal(
        f"Rename {line.called}",
        [Field("new_name", "New name", line.name, required=True)],
        run,
        submit="Rename",
        preview=Preview(look),
    )


def retire_form(line: Line) -> FormModal[ValueRow]:
    """Retire a value, after a look at what has it."""

    def run(desk: Desk, _: Values) -> ValueRow:
        return retire_value(desk, line.kind, line.name, line.destination)

    def look(desk: Desk, given: Values) -> Text:
        return _used(desk.rehearse(lambda: run(desk, given))["used_by"], "keep it", "name it")

    return FormModal(
        f"Retire {line.called}",
        [],
        run,
        submit="Retire",
        about="It is offered and accepted no more. It can come back.",
        preview=Preview(look),
    )


def _used(used: ValueUses, verb: str, of_views: str) -> Text:
    """Say what has a value."""
    parts = [
        plural(number, noun)
        for number, noun in ((used["open_bookings"], "open booking"), (used["agents"], "agent"))
        if number
    ]
    parts += [f"cap {number}" for number in used["caps"]] + [f"setting {key}" for key in used["settings"]]
    text = Text(f"{', '.join(parts)} {verb}" if parts else "Nothing open has it", overflow="fold")
    if used["views"]:
        text.append(f"\nSaved views that {of_views}: {', '.join(used['views'])}")
    return text
