"""Several leads at once: pasted or typed as lines, checked while typing, assigned together."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence

from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, DataTable, Static, TextArea

from dispatch import customers
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.leads.file_intake import Received, receive_lines
from dispatch.leads.pasted_leads import Pasted, PastedLine, read_pasted
from dispatch.queries.wording import plural
from models.base import Json
from models.errors import DeskError
from screens.base.keys import key, without_options
from screens.dialogs.command_modal import CommandModal
from screens.dialogs.modal import buttons
from screens.dispatch.lead_file import LeadFileForm
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording import duplicates
from screens.wording.text import BAD, CARE, GOOD

TYPING_PAUSE_S = 0.15
CHECKING = "checking"
PLACEHOLDER = (
    "Paste from a file or a spreadsheet, one lead per line:\n"
    "name, method, source, destination, launch, requests, phone, email, priority\n"
    "The first line may name the columns. JSON lines work too."
)
ASKED = "f9 again assigns it anyway; delete the line if it is the same trip"


def _verdict(row: Json) -> Text:
    if row["errors"]:
        return Text(f"✗ {'; '.join(row['errors'])}", BAD)
    if row["question"]:
        return Text(f"? {row['question']}", CARE)
    return Text(row["became"], GOOD) if row["became"] else Text("✓ ready", GOOD)


COLUMNS: tuple[Column[Json], ...] = (
    Column("line", "Line", 4, lambda row: str(row["place"] or ""), right=True),
    Column("name", "Customer", 16, lambda row: row["fields"].get("name") or "–"),
    Column("destination", "To", 8, lambda row: row["fields"].get("destination") or "–", drop=1),
    Column("verdict", "Result", 24, _verdict, grows=True),
)


class SeveralLeads(CommandModal[str]):
    """Lines above, the check of each below; closes with a line that sums up what was done, or None."""

    FRAME = "question"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]
    NOTE_ID = "#told"
    NOTHING_DONE = "No lead assigned"
    AT_WORK = "assigning ..."
    DROPS = "Close again to discard these lines"
    AUTO_FOCUS = "#lines"
    BINDINGS = [
        key("several.close", "escape", "Close", "Back to the form"),
        key("several.assign", "f9", "Assign leads", "Assign the lines without errors", priority=True),
        key(
            "several.columns",
            "f8",
            "Columns",
            "Say what the columns of these lines are, or of a file",
            "name_columns",
            priority=True,
        ),
    ]

    _lines = getters.query_one("#lines", TextArea)
    _table = getters.query_one("#checked", LiveTable)

    def __init__(self, text: str = "") -> None:
        super().__init__("Several leads")
        self._first_text = text
        self._count = 0  # of what was assigned in all
        self._known: set[str] = set()  # lines assigned next time, even if the customer has an open booking

    @property
    def text(self) -> str:
        return self._lines.text

    def unsaved(self) -> str:
        return "Lines of leads that are not assigned: they will be lost." if self.text.strip() else ""

    def body(self) -> ComposeResult:
        yield TextArea(
            self._first_text, soft_wrap=False, show_line_numbers=True, placeholder=PLACEHOLDER, id="lines"
        )
        yield Static(id="told")
        yield LiveTable(COLUMNS, "line", id="checked")
        yield Static(id="detail")
        yield from buttons(("assign-lines", "Assign leads", "assign"), ("close", "Close"))

    def on_mount(self) -> None:
        self._lines.move_cursor(self._lines.document.end)
        self._typed()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._is_warned = False
        self._check()

    @work(group=CHECKING, exclusive=True)
    async def _check(self) -> None:
        await asyncio.sleep(TYPING_PAUSE_S)
        if self.is_laid_out:
            pasted = await asyncio.to_thread(read_pasted, self.text, self.backend.values)
            if self.is_laid_out:
                self._show(pasted)

    def _show(self, pasted: Pasted) -> None:
        self._list([_row(line) for line in pasted.lines])
        self._show_note(_counts(pasted) if self.text.strip() else "")

    def _list(self, rows: list[Json]) -> None:
        self._table.show_rows(rows)
        ready = sum(not row["errors"] and not row["became"] for row in rows)
        self.query_one("#assign-lines", Button).label = (
            f"Assign {plural(ready, 'lead')}" if ready else "Assign leads"
        )
        first_bad = next((place for place, row in enumerate(rows) if row["errors"] or row["question"]), 0)
        if not self._table.has_focus:
            self._table.move_cursor(row=first_bad)
        self._show_detail()

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        """Show every error of the line under the cursor, with what is accepted instead."""
        row = self._table.current
        asked = [f"{row['question']}; {ASKED}"] if row and row["question"] else []
        text = "\n".join(f"line {row['place']}: {each}" for each in (*row["errors"], *asked)) if row else ""
        self.query_one("#detail", Static).update(Content(text))

    @on(DataTable.RowSelected)
    def _go_to_line(self) -> None:
        row = self._table.current
        if row is not None and row["place"]:
            self._lines.move_cursor((row["place"] - 1, 0))
            self._lines.focus()

    def action_assign(self) -> None:
        if self._busy:
            return
        self._lines.read_only = True  # assigned lines must not be edited
        self.workers.cancel_group(self, CHECKING)  # the command below checks the lines again
        text, values, asked = self.text, self.backend.values, frozenset(self._known)
        run = secrets.token_hex(8)  # a new one each time: what was pasted twice is meant twice

        def work(desk: Desk) -> Answer:
            pasted = read_pasted(text, values)
            with desk.reading():
                questions = _questions([line for line in pasted.good if line.text not in asked])
            lines = [(line.line, line.fields) for line in pasted.good if line.line not in questions]
            with desk.request(run):
                received = receive_lines(desk, lines) if lines else []
            with desk.reading():
                return pasted, questions, {one["line"]: _outcome(one) for one in received}

        self._show_note(self.AT_WORK)
        self._send(work, self._assigned)

    def _assigned(self, answer: Answer) -> None:
        pasted, questions, outcomes = answer
        self._busy = self._lines.read_only = False
        if not outcomes and not questions:
            self._show(pasted)
            if not pasted.problem:
                self._show_problem(
                    "Nothing to assign: " + (_counts(pasted) if pasted.lines else "there are no lines")
                )
            return
        rows = [
            _row(line, outcomes.get(line.line, ("", "")), questions.get(line.line, ""))
            for line in pasted.lines
        ]
        left = [line for line, row in zip(pasted.lines, rows, strict=True) if not row["became"]]
        self._known |= {line.text for line in left if line.line in questions}
        with self._lines.prevent(TextArea.Changed):
            self._lines.load_text(pasted.text_of(left) if left else "")
        places = dict(zip((line.line for line in left), pasted.places_of(left), strict=True))
        done = len(rows) - len(left)
        self._count += done
        self._list([row | {"place": places.get(row["line"])} for row in rows])
        self._show_note(_summary(done, len(left) - len(questions), len(questions)))

    def action_name_columns(self) -> None:
        """Say what the columns of the lines are; without lines, those of a file."""
        if not self._busy:
            self.open(LeadFileForm(self.text if self.text.strip() else ""), self._taken_in)

    def _taken_in(self, done: str) -> None:
        with self._lines.prevent(TextArea.Changed):
            self._lines.load_text("")
        super().leave(done)

    def _refused(self, error: DeskError) -> None:
        super()._refused(error)
        self._lines.read_only = False

    def leave(self, result: str | None = None) -> None:
        super().leave(_summary(self._count) if self._count else None)


Outcome = tuple[str, str]
"""What became of a line, and why it was refused; one of them is empty."""
NOTHING: Outcome = ("", "")
Answer = tuple[Pasted, dict[int, str], dict[int, Outcome]]


def _questions(lines: Sequence[PastedLine]) -> dict[int, str]:
    """List the lines whose customers already have an open booking, to be confirmed by a person."""
    found = {}
    for line in lines:
        name, phone, email = (line.fields.get(field) or "" for field in ("name", "phone", "email"))
        known = customers.in_question(customers.suspects(name, phone, email))
        if known:
            found[line.line] = duplicates.describe_suspects(known[:1])
    return found


def _outcome(received: Received) -> Outcome:
    """Say what became of a line; reads the desk."""
    if received["lead"] is None:
        return "", received["error"]
    lead = intake.noted(received["lead"])
    became = f"→ {lead['agent_name'] or 'waits'}, booking {lead['booking_id']}"
    return f"{became}; {lead['customer_note']}" if lead["customer_note"] else became, ""


def _row(line: PastedLine, outcome: Outcome = NOTHING, question: str = "") -> Json:
    """Format what is wrong with a line, or its result; ``place`` is where it is now."""
    became, refused = outcome
    errors = (refused,) if refused else line.errors
    verdict = {"errors": errors, "question": question, "became": became}
    return {"line": line.line, "place": line.line, "fields": line.fields, **verdict}


def _counts(pasted: Pasted) -> str:
    if pasted.problem:
        return f"f8 says what the columns are: {_in_words(pasted.problem)}" if pasted.asks else pasted.problem
    parts = [f"{len(pasted.good)} ready", f"{len(pasted.bad) or 'none'} with errors"]
    if pasted.ignored:
        parts.append("ignored: " + ", ".join(pasted.ignored))
    return ", ".join(parts)


def _in_words(problem: str) -> str:
    """Return a refusal without what its hint, in brackets, proposes to type in a shell."""
    message, _, hint = problem.partition(" (")
    kept = without_options(hint.removesuffix(")"))
    return f"{message} ({kept})" if kept else message


def _summary(done: int, bad: int = 0, known: int = 0) -> str:
    """Say how many are in and how many are not."""
    line = f"{done} {'lead' if done == 1 else 'leads'} assigned"
    if bad:
        line += f"; {bad} with errors stay{'s' if bad == 1 else ''} above"
    if known:
        whose = "customer has an open booking" if known == 1 else "customers have open bookings"
        line += f"; {known} whose {whose}: f9 again assigns {'it' if known == 1 else 'them'}"
    return line
