"""Several leads at once: pasted or typed as lines, checked while one types, assigned in one go."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, DataTable, Static, TextArea

from dispatch import customers
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import Fields
from dispatch.leads.file_intake import Received, receive_lines
from dispatch.leads.pasted_leads import Pasted, PastedLine, read_pasted
from models.base import Json
from models.errors import DeskError
from screens.dialogs.modal import Modal
from screens.widgets.columns import Column
from screens.widgets.key_line import KeyLine
from screens.widgets.live_table import LiveTable
from screens.wording import duplicates
from screens.wording.text import BAD, CARE, GOOD, refusal

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

TYPING_PAUSE_S = 0.15
PLACEHOLDER = (
    "Paste lines here, from a file or a spreadsheet, one lead a line:\n"
    "name, method, source, destination, launch, requests, phone, email\n"
    "A first line with the columns' names may stand above; JSONL is understood too."
)
DROP = "Closing again drops these lines"
ASKED = "f9 again assigns it all the same; if it is the same trip, take the line out"


def _verdict(row: Json) -> Text:
    if row["errors"]:
        return Text(row["errors"][0], BAD)
    if row["question"]:
        return Text(f"? {row['question']}", CARE)
    return Text(row["became"], GOOD) if row["became"] else Text("✓ good", GOOD)


COLUMNS: tuple[Column[Json], ...] = (
    Column("line", "Line", 4, lambda row: str(row["place"] or ""), right=True),
    Column("name", "Customer", 16, lambda row: row["fields"].get("name") or "–"),
    Column("destination", "To", 8, lambda row: row["fields"].get("destination") or "–", drop=1),
    Column("verdict", "What becomes of it", 24, _verdict, grows=True),
)


class SeveralLeads(Modal[str | None]):
    """Lines above, what the desk makes of each below; closes with what was done, told in a line, or None."""

    AUTO_FOCUS = "#lines"
    BINDINGS = [
        Binding("escape", "close", "Close", id="several.close", tooltip="Back to the form"),
        Binding(
            "f9",
            "assign",
            "Assign",
            id="several.assign",
            tooltip="Assign the good lines at once",
            priority=True,
        ),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._first_text = text
        self._pasted = Pasted()
        self._ticket = 0
        self._is_busy = self._is_warned = False
        self._done = self._done_last = 0
        self._asked: set[str] = set()  # lines that are assigned next time, whoever has an open booking
        # what was pasted twice is meant twice; what is pressed twice is not
        self._run = secrets.token_hex(8)

    @property
    def host(self) -> Host:
        return cast("Host", self.app)

    @property
    def text(self) -> str:
        """The lines as they stand."""
        return self.query_one("#lines", TextArea).text

    def unsaved(self) -> str:
        """What is lost if this closes, or ""."""
        return "Lines of leads that are not assigned: they will be lost." if self.text.strip() else ""

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield TextArea(
                self._first_text, soft_wrap=False, show_line_numbers=True, placeholder=PLACEHOLDER, id="lines"
            )
            yield Static(Content(""), id="told")
            yield LiveTable(COLUMNS, "line", id="checked")
            yield Static(Content(""), id="detail")
            with Horizontal(id="buttons"):
                yield Button("Assign", id="assign-lines", variant="primary", compact=True)
                yield Button("Close", id="close", compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#question").border_title = Content("Several leads")
        lines = self.query_one("#lines", TextArea)
        lines.move_cursor(lines.document.end)
        self._typed()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._ticket += 1
        self._is_warned = False
        self.run_worker(self._check(self._ticket), group="checking")

    async def _check(self, ticket: int) -> None:
        await asyncio.sleep(TYPING_PAUSE_S)
        if self._is_newest(ticket):
            pasted = await asyncio.to_thread(read_pasted, self.text, self.host.backend.values)
            if self._is_newest(ticket):
                self._show(pasted)

    def _is_newest(self, ticket: int) -> bool:
        """Is this still about the lines as they stand, and are they still there?"""
        return ticket == self._ticket and bool(self.query("#lines")) and bool(self.query("#checked"))

    def _show(self, pasted: Pasted) -> None:
        self._pasted = pasted
        self._list([_row(line.line, line.fields, line.errors) for line in pasted.lines])
        self._tell(_counts(pasted) if self.text.strip() else "")

    def _list(self, rows: list[Json]) -> None:
        table = self.query_one("#checked", LiveTable)
        table.show_rows(rows)
        first_bad = next((place for place, row in enumerate(rows) if row["errors"] or row["question"]), 0)
        if not table.has_focus:
            table.move_cursor(row=first_bad)
        self._show_detail()

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        """All that is wrong with the line under the cursor, with what is accepted instead."""
        row = self.query_one("#checked", LiveTable).current
        told = (*row["errors"], *([f"{row['question']}; {ASKED}"] if row["question"] else [])) if row else ()
        text = "\n".join(f"line {row['place']}: {each}" for each in told) if row else ""
        self.query_one("#detail", Static).update(Content(text))

    @on(DataTable.RowSelected)
    def _go_to_line(self) -> None:
        """To the line in the text, where it can be mended."""
        row = self.query_one("#checked", LiveTable).current
        if row is not None and row["place"]:
            lines = self.query_one("#lines", TextArea)
            lines.move_cursor((row["place"] - 1, 0))
            lines.focus()

    def _tell(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(text))

    @on(Button.Pressed, "#assign-lines")
    def action_assign(self) -> None:
        if self._is_busy:
            return
        self._set_busy(True)
        self._ticket += 1  # what is being checked is checked again below
        text, values, run = self.text, self.host.backend.values, f"{self._run}:{self._ticket}"
        asked = frozenset(self._asked)

        def work(desk: Desk) -> Answer:
            pasted = read_pasted(text, values)
            with desk.reading():
                questions = _questions([line for line in pasted.good if line.text not in asked])
            lines = [(line.line, line.fields) for line in pasted.good if line.line not in questions]
            with desk.request(run):
                return pasted, questions, receive_lines(desk, lines) if lines else []

        self._tell("assigning ...")
        self.host.perform(work, lambda answer: self._assigned(*answer), self._refused)

    def _set_busy(self, busy: bool) -> None:
        """While the desk is at work the lines stay as they are: what is in must not be typed over."""
        self._is_busy = self.query_one("#lines", TextArea).read_only = busy

    def _assigned(self, pasted: Pasted, questions: dict[int, str], received: list[Received]) -> None:
        self._set_busy(False)
        if not received and not questions:
            self._show(pasted)
            if not pasted.problem:
                self._tell(
                    "Nothing to assign: " + (_counts(pasted) if pasted.lines else "there are no lines")
                )
            return
        became = {one["line"]: one for one in received}
        rows = [
            _row(line.line, line.fields, line.errors, became.get(line.line), questions.get(line.line, ""))
            for line in pasted.lines
        ]
        left = [line for line, row in zip(pasted.lines, rows, strict=True) if not row["became"]]
        self._asked |= {line.text for line in left if line.line in questions}
        lines = self.query_one("#lines", TextArea)
        with lines.prevent(TextArea.Changed):
            lines.load_text(pasted.text_of(left) if left else "")
        places = dict(zip((line.line for line in left), pasted.places_of(left), strict=True))
        self._done_last = len(rows) - len(left)
        self._done += self._done_last
        self._list([row | {"place": places.get(row["line"])} for row in rows])
        self._tell(_summary(self._done_last, len(left) - len(questions), len(questions)))

    def _refused(self, error: DeskError) -> None:
        self._set_busy(False)
        self._tell(refusal(error))

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        if self._is_busy:
            self._tell("one moment: the desk has not answered yet")
        elif self.text.strip() and not self._is_warned:
            self._is_warned = True
            self._tell(DROP)
        else:
            self.leave(_summary(self._done, last=self._done_last) if self._done else None)


Answer = tuple[Pasted, dict[int, str], list[Received]]


def _questions(lines: Sequence[PastedLine]) -> dict[int, str]:
    """The lines whose customers have an open booking already: what a person should know of them first."""
    found = {}
    for line in lines:
        name, phone, email = (line.fields.get(field) or "" for field in ("name", "phone", "email"))
        known = customers.in_question(customers.suspects(name, phone, email))
        if known:
            found[line.line] = duplicates.told(known[:1])
    return found


def _row(
    line: int, fields: Fields, errors: tuple[str, ...], received: Received | None = None, question: str = ""
) -> Json:
    """What is wrong with a line, or what became of it; ``place`` is where it is now."""
    became = ""
    if received is not None and received["lead"] is None:
        errors = (received["error"],)
    elif received is not None and received["lead"] is not None:
        lead = received["lead"]
        became = f"→ {lead['agent_name'] or 'waits'}, booking {lead['booking_id']}"
    told = {"errors": errors, "question": question, "became": became}
    return {"line": line, "place": line, "fields": fields, **told}


def _counts(pasted: Pasted) -> str:
    if pasted.problem:
        return pasted.problem
    bad = len(pasted.bad)
    parts = [f"{len(pasted.good)} good", f"{bad} with errors" if bad else "none with errors"]
    if pasted.ignored:
        parts.append("ignored: " + ", ".join(pasted.ignored))
    return ", ".join(parts)


def _summary(done: int, bad: int = 0, known: int = 0, last: int | None = None) -> str:
    """How many are in and how many are not, and what ``u`` would take back of them."""
    told = f"{done} {'lead' if done == 1 else 'leads'} assigned"
    if done:
        taken = f"the last {last}" if last not in (None, done) else "it" if done == 1 else "all"
        told += f" (u takes {taken} back)"
    if bad:
        told += f"; {bad} to be mended stay{'s' if bad == 1 else ''} above"
    if known:
        whose = "customer has an open booking" if known == 1 else "customers have open bookings"
        told += f"; {known} whose {whose}: f9 again assigns {'it' if known == 1 else 'them'}"
    return told
