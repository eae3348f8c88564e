"""A file of leads: what its columns become, the first rows as they are understood, then all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from time import monotonic

from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, DataTable, Input, Label, Select, Static

from dispatch.desk.desk import Desk
from dispatch.desk.remembered_columns import remembered_columns
from dispatch.inputs.column_choice import ColumnChoice
from dispatch.leads import file_columns, file_record
from dispatch.leads.file_columns import LeadSource, Reading, TakenIn
from dispatch.leads.file_lines import OWN_LISTING, KnownFrom
from dispatch.queries.wording import plural, short_moment
from models.base import Json
from models.errors import DeskError
from screens.base.harmless_text import visible
from screens.base.keys import key, refusal
from screens.base.messages import Progressed
from screens.base.textual_internals import rename_action
from screens.dialogs.command_modal import SOON_S, CommandModal
from screens.dialogs.modal import HOLDS_TEXT, buttons
from screens.dialogs.typed_paths import path_in
from screens.dispatch.column_table import AS_NAMED, IGNORE, ColumnTable
from screens.fields.choice import Choice, Pick
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording.text import BAD, GOOD

MOST_REASONS = 2
PLACEHOLDER = "leads.csv, .json, .sql or .xlsx: type its path, or drop it here"


def _verdict(row: Json) -> Text:
    if row["error"]:
        return Text(f"✗ {visible(row['error'])}", BAD)
    return Text("= known already", "dim") if row["known"] else Text("✓ ready", GOOD)


ROWS: tuple[Column[Json], ...] = (
    Column("line", "Line", 5, lambda row: str(row["line"]), right=True),
    Column("name", "Customer", 16, lambda row: visible(row["lead"].get("name") or "–")),
    Column("contact", "Reached at", 16, lambda row: visible(_contact(row["lead"])), drop=2),
    Column("destination", "To", 8, lambda row: visible(row["lead"].get("destination") or "–"), drop=1),
    Column("verdict", "Result", 20, _verdict, grows=True),
)


def _contact(lead: Mapping[str, str | None]) -> str:
    return lead.get("phone") or lead.get("email") or "–"


class LeadFileForm(CommandModal[str]):
    """A path above, the columns of the file, and its first rows below; closes with what was done, or None.

    With a ``text``, that is the file. Nothing is written before the file is taken in.
    """

    FRAME = "lead-file"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]
    NOTHING_DONE = "No file imported"
    AT_WORK = ""  # the line above shows the progress
    STILL_AT_WORK = "One moment: still importing the file"
    DROPS = "Close again to discard what you chose"
    BINDINGS = [
        key("file.close", "escape", "Close", "Close; nothing is written"),
        key("file.go", "f9", "Read", "Read the file, then import it", priority=True),
        key(
            "file.as-named",
            "f8",
            "As named",
            "Go by the file's own column names",
            "as_named",
            priority=True,
        ),
    ]

    _path = getters.query_one("#path", Input)
    _columns = getters.query_one("#columns", ColumnTable)
    _rows = getters.query_one("#rows", LiveTable)
    _becomes = getters.query_one("#becomes", Pick)

    def __init__(self, text: str = "") -> None:
        super().__init__("Leads from a file" if not text else "Columns of the pasted leads")
        self._source = LeadSource("the pasted text", text=text) if text else None
        self._given: dict[str, str] = {}
        self._dropped: list[str] = []
        self._is_new = True  # nobody has chosen anything yet: what is remembered counts
        self._was_remembered = self._is_changed = False
        self._is_looking = self._goes_then = False
        self._has_path, self._typed_path = not text, ""
        self._seen: Reading | None = None
        self._unusable = ""  # why the file cannot be taken in as it is understood now

    def unsaved(self) -> str:
        return "Your choice of columns will be lost." if self._is_changed else ""

    def why_it_stays(self) -> str:
        return super().why_it_stays() or ("" if self._seen is None else HOLDS_TEXT)

    def body(self) -> ComposeResult:
        if self._has_path:
            with Horizontal(classes="field"):
                yield Label("File")
                yield Input(placeholder=PLACEHOLDER, compact=True, id="path")
        yield ColumnTable(file_columns.fields(), id="columns")
        with Horizontal(classes="field", id="chosen"):
            yield Label("Becomes")
            yield Pick((*file_columns.fields(), IGNORE, AS_NAMED), id="becomes")
        yield Static(id="told")
        yield LiveTable(ROWS, "line", cursor=False, id="rows")
        yield Static(id="problem")
        yield from buttons(("go", "Read"), ("close", "Close"))

    def on_mount(self) -> None:
        self.set_class(True, "-empty")
        rename_action(self, "go", "Read")
        if self._source is not None:
            self._look()

    # what the file is

    @on(Input.Submitted, "#path")
    def _open(self) -> None:
        if self._busy:
            return
        try:
            path = path_in(self._path.value.strip())
        except DeskError as error:
            self._refused(error)
            return
        self._source, self._typed_path = LeadSource(path.name, path), self._path.value.strip()
        self._given, self._dropped = {}, []
        self._is_new, self._is_changed, self._was_remembered, self._seen = True, False, False, None
        self._look()

    @on(Input.Changed, "#path")
    def _path_changed(self) -> None:
        self._show_note("")
        self._relabel()

    @property
    def _is_read(self) -> bool:
        """Whether what is shown is the file that is named above."""
        is_same = not self._has_path or self._path.value.strip() == self._typed_path
        return self._seen is not None and is_same

    def _relabel(self) -> None:
        word = "Take in" if self._is_read else "Read"
        self.query_one("#go", Button).label = Content(word)
        rename_action(self, "go", word)
        self.refresh_bindings()

    def _choice(self, desk: Desk) -> ColumnChoice:
        if self._is_new:
            return ColumnChoice(remembered=remembered_columns(desk, file_record.HEAD.name))
        return ColumnChoice(dict(self._given), list(self._dropped), forgets=self._was_remembered)

    def _look(self) -> None:
        """Read the first rows in the background; the newest choice counts."""
        source, desk = self._source, self.backend.desk
        if source is None:
            return
        choice, self._is_looking = self._choice, True
        self.ask_newest(
            "file",
            lambda: file_columns.read(desk, source, choice(desk)),
            self._show,
            self._unreadable,
            opens=self._seen is None,  # keys typed ahead are about its columns
            beside=True,
        )

    def _unreadable(self, error: DeskError) -> None:
        self._is_looking = self._goes_then = False
        if self.is_laid_out:
            self._unusable = refusal(self.app, error)
            self._show_problem(self._unusable)

    def _show(self, seen: Reading) -> None:
        is_first, self._seen, self._is_looking = self._seen is None, seen, False
        if self._is_new:
            self._given, self._dropped = dict(seen["given"]), list(seen["dropped"])
            self._was_remembered = seen["preview"]["remembered"] is not None
            self._is_new = False
        self.set_class(False, "-empty")
        self._columns.show_columns(seen["columns"], self._dropped)
        self._rows.show_rows(_rows_of(seen))
        self.query_one("#told", Static).update(Content("\n".join(_told(seen))))
        self._unusable = visible(seen["problem"])
        self._show_problem(self._unusable)
        if is_first:
            self._columns.ready_at = monotonic() + SOON_S
            self._columns.focus()
            if seen["at"] is not None:
                self._columns.stand_at(seen["at"])
        self._show_chosen()
        self._relabel()
        if self._goes_then:
            self.action_go()

    # what the columns become

    @on(DataTable.RowHighlighted, "#columns")
    def _show_chosen(self) -> None:
        with self._becomes.prevent(Select.Changed):
            self._becomes.choose(self._columns.chosen_name())

    @on(Select.Changed, "#becomes")
    def _picked(self) -> None:
        row, name = self._columns.current, self._becomes.chosen
        if row is not None and name and name != self._columns.chosen_name():
            self._set(row["head"], name)

    @on(Choice.Accepted, "#becomes")
    def _accepted(self) -> None:
        """Go back to the columns on enter; without a name, show what a column can become."""
        if self._becomes.chosen:
            self._columns.focus()
        else:
            self._becomes.action_show_overlay()

    @on(ColumnTable.Chosen)
    def _typed(self, message: ColumnTable.Chosen) -> None:
        if self._seen is not None:
            head = next(one["head"] for one in self._seen["columns"] if one["place"] == message.place)
            self._set(head, message.name)

    @on(ColumnTable.TooEarly)
    def _too_early(self) -> None:
        self._show_problem(self._unusable or "Enter again imports the file")

    @on(ColumnTable.Unknown)
    def _no_name(self) -> None:
        self._show_problem("No field begins with that; " + ", ".join(self._columns.names))

    def _set(self, head: str, name: str) -> None:
        if self._busy:
            return
        self._given.pop(head, None)
        self._dropped = [one for one in self._dropped if one != head]
        if name == IGNORE:
            self._dropped.append(head)
        elif name != AS_NAMED:
            self._given[head] = name
        self._is_changed, self._is_warned = True, False
        self._look()

    def action_as_named(self) -> None:
        if self._seen is not None and not self._busy:
            self._given, self._dropped = {}, []
            self._is_changed = True
            self._look()

    # taking it in

    def action_go(self) -> None:
        """Take the file in; before one is read, read it."""
        source, choice = self._source, self._choice
        self._goes_then = self._is_looking and self._seen is not None  # what was just chosen counts, too
        if self._busy or self._goes_then:
            return
        if source is None or self._seen is None or not self._is_read:
            if not self._is_looking and self._has_path:
                self._open()
            return

        def work(desk: Desk) -> TakenIn:
            return file_columns.take_in(desk, source, choice(desk), self._report)

        self._show_problem(self._unusable)
        if not self._unusable:
            self._send(work, lambda taken: self._done(_summary(taken)))

    def _report(self, done: int, total: int) -> None:
        """Post the progress; called in the writing thread."""
        self.post_message(Progressed(f"{100 * done // total if total else 0}% imported"))

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        if self._busy:
            self.query_one("#told", Static).update(Content(message.text))


def _rows_of(seen: Reading) -> list[Json]:
    """Return the first rows, and the first refused ones below them."""
    first = [{**row, "error": "; ".join(row["errors"])} for row in seen["preview"]["rows"]]
    there = {row["line"] for row in first}
    refused = [row for row in seen["preview"]["rejected"] if row["line"] not in there]
    return [
        *first,
        *({"line": row["line"], "lead": {}, "error": row["error"], "known": False} for row in refused[:20]),
    ]


def _told(seen: Reading) -> list[str]:
    """Say what is remembered, and how many rows would come in."""
    found, lines = seen["preview"], []
    remembered = found["remembered"]
    if remembered is not None:
        lines.append(
            f"Columns as last time ({visible(remembered['file'])}, {short_moment(remembered['at'])});"
            " choose again to change them"
        )
    lines += [visible(each) for each in (seen["changed"], *seen["notes"]) if each]
    new = found["acceptable"] - found["repeated"]
    counts = [plural(new, "row") + " would come in"]
    counts += [f"{found['repeated']:,} known already"] * bool(found["repeated"])
    counts += [f"{len(found['rejected']):,} refused"] * bool(found["rejected"])
    rows = new + found["repeated"] + len(found["rejected"])
    lines.append(("" if seen["is_whole"] else f"Of the first {rows:,} rows: ") + ", ".join(counts))
    reasons = Counter(row["error"] for row in found["rejected"])
    lines += [f"{count:,} × {visible(error)}" for error, count in reasons.most_common(MOST_REASONS)]
    for known in found["known"][:MOST_REASONS]:
        lines.append(f"line {known['lines']}: {_whence(known)}")
    return lines


def _whence(known: KnownFrom) -> str:
    """Say where rows that are in already came from."""
    if known["file"] is None:
        return OWN_LISTING
    return f"came in from {visible(known['file'])}, {short_moment(known['at'])}"


def _summary(taken: TakenIn) -> str:
    """Say how many came in, were known and were refused, and where those are."""
    result = taken.result
    parts = [f"{plural(result['accepted'] - result['repeated'], 'lead')} came in"]
    parts += [f"{result['repeated']:,} were known already"] * bool(result["repeated"])
    if result["rejected"]:
        where = f", in {taken.rejects}" if taken.rejects else ""
        parts.append(f"{len(result['rejected']):,} refused{where}")
    if result["warning"]:
        parts.append(result["warning"])
    return "; ".join(parts)
