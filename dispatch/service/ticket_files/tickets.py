"""A file of tickets, read row by row and understood as the desk would take each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TypedDict

from dispatch.desk.file_acts import format_refusal
from dispatch.inputs import cleaning
from dispatch.inputs.head_words import plain
from dispatch.inputs.layouts import ISSUES
from dispatch.inputs.phone_numbers import first_number
from dispatch.inputs.rows.record_file import Fields, RecordFile
from dispatch.service.ticket_files import words
from dispatch.service.ticket_files.comments import Comment, comments_of
from dispatch.service.ticket_files.words import without_markup
from models.errors import InvalidInput
from models.issues import CATEGORIES, TIERS

HINT = "give CSV with a header line, JSON, SQL text or .xlsx with a column subject or text"


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


class TicketFile(RecordFile[Ticket]):
    """An opened file; iterating it yields each row's line with its ticket, or why it cannot be one."""

    layout, needs, lists, hint = ISSUES, ("subject", "text"), ("tags", "comments"), HINT

    def record(self, fields: Fields) -> Ticket | str:
        try:
            return ticket_of(fields)
        except InvalidInput as error:
            return format_refusal(error)


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
