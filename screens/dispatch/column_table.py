"""The columns of a file, one a row: typed letters choose the field that the one under the cursor becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import events, on
from textual.binding import Binding
from textual.message import Message

from dispatch.leads.file_columns import FileColumn
from models.base import Json
from screens.base.harmless_text import visible
from screens.fields.type_ahead import TypeAhead
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.widgets.movable import BOTTOM, DOWN, TOP, UP
from screens.wording.text import CARE, GOOD

IGNORE, AS_NAMED = "ignore", "as named"
LONGEST_SAMPLE = 60


def _becomes(row: Json) -> Text:
    if row["asks"]:
        return Text("? may hold contacts", CARE)
    if row["field"]:
        return Text(f"→ {row['field']}{row['letters']}", GOOD)
    return Text(f"– {'ignored' if row['is_ignored'] else 'not read'}{row['letters']}", "dim")


COLUMNS: tuple[Column[Json], ...] = (
    Column("head", "Column", 18, lambda row: visible(row["head"]), grows=True),
    Column("sample", "First value", 16, lambda row: visible(row["sample"]) or "–", grows=True, drop=1),
    Column("field", "Becomes", 22, _becomes),
)


class ColumnTable(LiveTable[Json]):
    """The table; enter asks to take the file in, a click only moves the cursor."""

    BINDINGS = [Binding("enter", "screen.go", "Take in", show=False)]

    @dataclass
    class Chosen(Message):
        """A name was chosen for the column at a place: a field, IGNORE or AS_NAMED."""

        place: int
        name: str

    class TooEarly(Message):
        """Enter was typed before anybody can have seen the columns."""

    class Unknown(Message):
        """Letters were typed that begin no name."""

    def __init__(self, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(COLUMNS, "place", sorts=False, **kwargs)
        self.names = (*names, IGNORE, AS_NAMED)
        self._ahead = TypeAhead(waits=False)
        self._typed_at = -1
        self.ready_at = 0.0
        """The time before which an enter was still meant for the path, in seconds of the monotonic clock."""

    def show_columns(self, columns: Sequence[FileColumn], ignored: Sequence[str]) -> None:
        """Show what each column becomes; the letters that were typed stand behind the field."""
        letters = f"  ({self._ahead.letters})" if self._ahead.letters else ""
        self.show_rows(
            [
                {
                    **column,
                    "sample": column["sample"][:LONGEST_SAMPLE],
                    "is_ignored": column["head"] in ignored,
                    "letters": letters if column["place"] == self._typed_at else "",
                }
                for column in columns
            ]
        )

    def chosen_name(self) -> str:
        """Return what the column under the cursor becomes, as a name that can be chosen."""
        row = self.current
        if row is None or row["asks"]:
            return ""
        return str(row["field"]) or (IGNORE if row["is_ignored"] else AS_NAMED)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Claim letters, which choose here, so that no command's key is shown for them."""
        return character is not None and character.isalpha()

    @on(events.Key)
    def _take_letter(self, event: events.Key) -> None:
        if event.key == "enter" and event.time < self.ready_at:
            event.stop()
            event.prevent_default()
            self.post_message(self.TooEarly())
            return
        row = self.current
        if row is None or not self._is_choosing(event):
            self._ahead.forget()
            return
        event.stop()
        event.prevent_default()
        if row["place"] != self._typed_at:
            self._ahead.forget()
        self._typed_at = row["place"]
        if event.key == "backspace":
            name = self._ahead.take_back(event.time)
        else:
            name = self._ahead.add(event.character or "", event.time, self.names, self.chosen_name())
        if name:
            self.post_message(self.Chosen(row["place"], name))
        elif event.key != "backspace":
            self.post_message(self.Unknown())

    def _is_choosing(self, event: events.Key) -> bool:
        if event.key == "backspace":
            return bool(self._ahead.letters)
        if event.character is None or not event.character.isalpha():
            return False
        return bool(self._ahead.letters) or event.character not in (DOWN, UP, TOP, BOTTOM)
