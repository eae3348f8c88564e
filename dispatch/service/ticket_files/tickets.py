"""A file of tickets, read row by row and understood as the desk would take each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO, TypedDict

from dispatch.inputs import cleaning
from dispatch.inputs.column_choice import ColumnChoice, FileChoice
from dispatch.inputs.column_names import Columns
from dispatch.inputs.head_words import plain
from dispatch.inputs.layouts import ISSUES, layouts
from dispatch.inputs.lead_files import begun
from dispatch.inputs.phone_numbers import first_number
from dispatch.inputs.rows import Row, RowReader, open_stream
from dispatch.inputs.rows.row import REASON
from dispatch.service.ticket_files import words
from dispatch.service.ticket_files.comments import Comment, comments_of
from dispatch.service.ticket_files.words import without_markup
from models.errors import DeskError, InvalidInput
from models.hints import rendered
from models.issues import CATEGORIES, TIERS

HINT = "give CSV with a header line, JSON, SQL text or .xlsx with a column subject or text"
LISTS = ("tags", "comments")
"""The fields whose values may be lists in JSON."""
MOST_SHAPES = 1_000
IGNORED_NAMED = 20
AS_NAMED = ColumnChoice()

Fields = dict[str, str | None]


class Ticket(TypedDict):
    """A ticket as the desk takes it. ``state`` is of words.py, ``remarks`` are kept as a note.

    ``external`` names it in its own program, ``row`` is a digest of its values.
    """

    subject: str
    text: str
    name: str | None
    email: str | None
    phone: str | None
    state: str
    priority: int | None
    category: str | None
    channel: str | None
    tier: str | None
    tags: list[str]
    comments: list[Comment]
    remarks: str
    external: str | None
    row: str


class TicketFile:
    """An opened file; iterating it yields each row's line with its ticket, or why it cannot be one."""

    def __init__(
        self, stream: BinaryIO, name: str, encoding: str | None = None, choice: ColumnChoice = AS_NAMED
    ) -> None:
        self._name, self._choice = name, choice
        self.choices = FileChoice(choice, layouts()[ISSUES].field_of)
        self._rows = RowReader(stream, name, self._known, encoding=encoding, hint=HINT)
        self.digest, self.size, self.notes = self._rows.digest, self._rows.size, self._rows.notes
        self.ignored: list[str] = []
        self.columns: Columns | None = None
        self.row = Row(None, 0, (), ())
        self._shapes: dict[tuple[str, ...], Columns] = {}
        self._ahead: Iterator[Row] = iter(self._rows)
        self._has_begun = False
        if self._rows.header:
            own = self.choices.begin(self._rows.header)
            with self.choices.explained():
                columns = own.columns(self._rows.header, ISSUES)
                own.check(columns, name)
                self._check_text(columns)
            self._columns_of(self._rows.header)

    def __iter__(self) -> Iterator[tuple[int, Ticket | str]]:
        for row in self._ahead:
            self.row = row
            yield row.line, row.fault or self._ticket(row)
        if self._rows.is_cut:
            self.notes.append(self._rows.stopped)

    def begin(self) -> None:
        """Read on to the first row, which tells the columns where there is no header."""
        if not self._has_begun:
            self._has_begun = True
            self._ahead = begun(self._ahead, self.choices)

    def read_bytes(self) -> int:
        """Return how many bytes have been read."""
        return self._rows.read_bytes()

    def detach(self) -> None:
        """Leave the stream open for the caller."""
        self._rows.detach()

    def _known(self, table: str | None, names: Sequence[str]) -> int:
        places = self.choices.of(names).columns_of_one(names, ISSUES).places
        return len(places) if {"subject", "text"} & {*places, *self._choice.defaults} else 0

    def _check_text(self, columns: Columns) -> None:
        if not {"subject", "text"} & set(columns.places):
            found = ", ".join(filter(None, columns.heads[:IGNORED_NAMED]))
            hint = f"found: {found}; say which it is, like --map HEAD=subject or --map HEAD=text"
            raise InvalidInput("file", f"{self._name} lacks the column subject or text", hint)

    def _ticket(self, row: Row) -> Ticket | str:
        columns = self._columns_of(row.names)
        for field, places in columns.places.items():
            if field not in LISTS and not set(places).isdisjoint(row.unfit):
                return f"{field} holds a list or object, no text"
        if doubt := self._choice.doubt(columns):
            return doubt
        try:
            return ticket_of(self._choice.filled(columns.values(row.values)))
        except InvalidInput as error:
            return f"{error.message} ({rendered(error.hint, lambda *_: None)})"

    def _columns_of(self, names: tuple[str, ...]) -> Columns:
        columns = self._shapes.get(names)
        if columns is None:
            self.choices.begin(names)
            columns = self.choices.of(names).columns_of_one(names, ISSUES)
            if len(self._shapes) < MOST_SHAPES:
                self._shapes[names] = columns
            new = [head for head in columns.ignored if head not in (*self.ignored, REASON)]
            self.ignored += new[: IGNORED_NAMED - len(self.ignored)]
        self.columns = self.columns or columns
        return columns


def ticket_of(fields: Mapping[str, str | None]) -> Ticket:
    """Return the ticket of a row's fields. Raises InvalidInput."""
    cells = {field: cleaning.visible(value) for field, value in fields.items() if value and value.strip()}
    subject = " ".join(cells.get("subject", "").split())
    text = without_markup(cells.get("text", "")) or subject
    if not text:
        raise InvalidInput("text", "subject and text are empty", "one of them is needed")
    contact, remarks = _contact(cells)
    known = {plain(one): one for one in CATEGORIES}
    requester = {"name": contact["name"], "email": contact["email"], "id": cells.get("requester_id")}
    return Ticket(
        subject=subject,
        text=text,
        name=contact["name"],
        email=contact["email"],
        phone=contact["phone"],
        state=words.state(cells.get("status")),
        priority=words.priority(cells.get("priority")),
        category=known.get(plain(cells.get("category", ""))),
        channel=words.channel(cells.get("channel")),
        tier=(tier if (tier := cells.get("tier", "").lower()) in TIERS else None),
        tags=words.tags(cells.get("tags")),
        comments=comments_of(cells.get("comments"), requester, text),
        remarks="\n".join((*_facts(cells, known), *remarks)),
        external=cells.get("external_id"),
        row=hashlib.blake2b(
            repr(sorted(cells.items())).encode("utf-8", "replace"), digest_size=8
        ).hexdigest(),
    )


def _contact(cells: Mapping[str, str]) -> tuple[Fields, list[str]]:
    """Return name, email and phone, and what is neither; a name that is an address is one."""
    made: Fields = {"name": " ".join(cells.get("name", "").split()) or None}
    remarks = []
    for field, read in (("email", cleaning.first_address), ("phone", first_number)):
        found = cleaning.contact(cells.get(field, ""), read)
        made[field] = found.value
        remarks += [f"{field}: {cleaning.visible(found.rest)}"] if found.rest else []
    if made["name"] and "@" in made["name"]:
        address = cleaning.contact(made["name"], cleaning.first_address).value
        made["email"] = made["email"] or address
    made["name"] = made["name"] or made["email"] or made["phone"]
    return made, remarks


def _facts(cells: Mapping[str, str], categories: Mapping[str, str]) -> Iterator[str]:
    """Yield what the desk has no field for: the ticket's own number and time, and words it does not know."""
    number = f"ticket {cells['external_id']}" if "external_id" in cells else ""
    created = f"created {cells['created']}" if "created" in cells else ""
    status = f"status {cells['status']}" if "status" in cells else ""
    if number or created:
        yield "from a file: " + ", ".join(filter(None, (number, created, status)))
    if "category" in cells and plain(cells["category"]) not in categories:
        yield f"category: {cells['category']}"
    if "channel" in cells and words.channel(cells["channel"]) is None:
        yield f"channel: {cells['channel']}"
    if "tier" in cells and cells["tier"].lower() not in TIERS:
        yield f"tier: {cells['tier']}"


@contextmanager
def open_tickets(
    stream: BinaryIO, name: str, encoding: str | None = None, choice: ColumnChoice = AS_NAMED
) -> Iterator[TicketFile]:
    """Open a file of tickets from a stream; a pipe is copied first. Raises InvalidInput."""
    with open_stream(stream, name) as file:
        tickets = TicketFile(file, name, encoding, choice)
        try:
            yield tickets
        finally:
            tickets.detach()


def refusal(error: DeskError) -> str:
    """Format a refusal as one line of a report."""
    hint = rendered(error.hint, lambda *_: None)
    return f"{error.message} ({hint})" if hint else error.message
