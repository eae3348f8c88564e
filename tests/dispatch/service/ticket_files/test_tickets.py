"""Tickets of other programs: how their rows are understood, whatever form they come in."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.inputs.column_choice import ColumnChoice
from dispatch.service.ticket_files import words
from dispatch.service.ticket_files.comments import comments_of
from dispatch.service.ticket_files.tickets import Ticket, TicketFile, ticket_of
from models.errors import DeskError, InvalidInput

ZENDESK = (
    '"Summation column","Id","Requester","Requester id","Requester external id","Requester email",'
    '"Requester domain","Submitter","Assignee","Group","Subject","Tags","Status","Priority","Via",'
    '"Created at"\n'
    '1,1041,Ada Lovelace,991,,ada@example.com,example.com,Ada,Sam,Billing,"Charged twice","billing refund",'
    'Open,Normal,Mail,"2026-03-02 09:00"\n'
)
FRESHDESK = (
    "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Tags,Full name,Title,Email,"
    "Work phone,Mobile phone,Contact ID\n"
    '7,Refund please,Waiting on Customer,Urgent,Phone,Question,Sam,Billing,2026-03-01 10:00:00,"vip, refund",'
    "Eve Fox,Director,eve@example.com,+49 171 5550000,,55\n"
)
FRESHDESK_JSON = {
    "id": 7,
    "subject": "Refund please",
    "description": "<div>I want my <b>money</b> back</div>",
    "description_text": "I want my money back",
    "status": 4,
    "priority": 2,
    "source": 1,
    "tags": ["vip", "refund"],
    "requester": {"id": 55, "name": "Eve Fox", "email": "Eve@example.com"},
    "conversations": [
        {"body_text": "Which booking?", "incoming": False, "private": False, "user_id": 9},
        {"body_text": "A double booking", "incoming": False, "private": True},
        {"body_text": "Number 5", "incoming": True, "private": False},
    ],
}


def read(text: str, **choice: Any) -> list[Ticket | str]:
    with TicketFile.open(io.BytesIO(text.encode()), "tickets", None, ColumnChoice(**choice)) as file:
        return [ticket for _, ticket in file]


def one(text: str, **choice: Any) -> Ticket:
    (ticket,) = read(text, **choice)
    assert isinstance(ticket, dict), ticket
    return ticket


def test_an_export_of_zendesk() -> None:
    ticket = one(ZENDESK)
    assert (ticket["subject"], ticket["text"], ticket["state"]) == (
        "Charged twice",
        "Charged twice",
        words.OPEN,
    )
    assert (ticket["name"], ticket["email"], ticket["phone"]) == ("Ada Lovelace", "ada@example.com", None)
    assert (ticket["priority"], ticket["channel"], ticket["external"]) == (2, "email", "1041")
    assert ticket["tags"] == ["billing", "refund"]
    assert ticket["remarks"] == "from a file: ticket 1041, created 2026-03-02 09:00, status Open"


def test_an_export_of_freshdesk() -> None:
    ticket = one(FRESHDESK)
    assert (ticket["name"], ticket["email"], ticket["phone"]) == (
        "Eve Fox",
        "eve@example.com",
        "+491715550000",
    )
    assert (ticket["state"], ticket["priority"], ticket["channel"]) == (words.PENDING, 4, "phone")
    assert (ticket["subject"], ticket["tags"]) == ("Refund please", ["vip", "refund"])


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(FRESHDESK_JSON),
        json.dumps([FRESHDESK_JSON]),
        json.dumps({"count": 1, "tickets": [FRESHDESK_JSON]}, indent=1),
    ],
    ids=["lines", "array", "wrapped"],
)
def test_json_of_freshdesk_with_its_conversation(text: str) -> None:
    ticket = one(text)
    assert (ticket["text"], ticket["state"], ticket["priority"]) == ("I want my money back", words.ENDED, 2)
    assert (ticket["name"], ticket["email"]) == ("Eve Fox", "eve@example.com")
    assert [(comment["kind"], comment["author"], comment["text"]) for comment in ticket["comments"]] == [
        ("message", "desk", "Which booking?"),
        ("note", "desk", "A double booking"),
        ("message", "customer", "Number 5"),
    ]


def test_comments_of_zendesk_know_the_requester_and_repeat_no_description() -> None:
    requester = {"name": "Ada Lovelace", "email": "ada@example.com", "id": "991"}
    cell = json.dumps(
        [
            {"author_id": 991, "body": "It broke", "public": True},
            {"author_id": 12, "body": "Looking", "public": False, "created_at": "2026-03-02"},
            {"author_id": 12, "body": "Which one?", "public": True},
            {"author": {"name": "ada lovelace"}, "html_body": "<p>The blue one</p>"},
            {"author": "agent", "body": "Done"},
        ]
    )
    assert [
        (comment["kind"], comment["author"], comment["text"])
        for comment in comments_of(cell, requester, "It broke")
    ] == [
        ("note", "desk", "2026-03-02: Looking"),
        ("note", "desk", "Which one?"),
        ("message", "customer", "The blue one"),
        ("message", "desk", "Done"),
    ], "what nobody is known to have said to the customer is a note"


def test_a_plain_text_of_comments_is_a_note() -> None:
    assert comments_of(" called twice ", {}, "x") == [
        {"kind": "note", "author": "desk", "text": "called twice"}
    ]
    assert comments_of("[not json", {}, "x")[0]["text"] == "[not json"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"subject": "x", "status": "Frobbed"}, "'Frobbed' is not a status"),
        ({"subject": "x", "priority": "soonish"}, "'soonish' is not a priority"),
        ({"subject": " ", "text": ""}, "subject and text are empty"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(fields: dict[str, str], error: str) -> None:
    with pytest.raises(InvalidInput, match=error):
        ticket_of(fields)


def test_a_field_that_is_no_text_costs_its_row() -> None:
    assert read('{"subject": "x", "text": ["a"]}') == ["text holds a list or object, no text"]


def test_a_german_file_in_the_encoding_of_excel() -> None:
    head, row = "Betreff;Kunde;E-Mail;Zustand;Priorität", "Ärger;Jörg;joerg@example.de;gelöst;hoch"
    content = f"{head}\n{row}\n".encode("cp1252")
    with TicketFile.open(io.BytesIO(content), "tickets") as file:
        ((_, ticket),) = file
    assert isinstance(ticket, dict)
    assert (ticket["name"], ticket["state"], ticket["priority"]) == ("Jörg", words.ENDED, 3)


def test_sql_text_of_a_ticket_table() -> None:
    columns = "id, subject, description, requester_email"
    ticket = one(
        "INSERT INTO users (id, name) VALUES (1, 'x');\n"
        f"INSERT INTO tickets ({columns}) VALUES (7, 'It''s', NULL, 'a@x.org');\n"
    )
    assert (ticket["external"], ticket["text"], ticket["email"]) == ("7", "It's", "a@x.org")


def test_words_the_desk_has_no_field_for_are_kept() -> None:
    ticket = ticket_of(
        {"subject": "x", "channel": "carrier pigeon", "category": "Rockets", "phone": "ask Bob"}
    )
    assert (ticket["channel"], ticket["category"], ticket["phone"]) == (None, None, None)
    assert ticket["remarks"].splitlines() == [
        "category: Rockets",
        "channel: carrier pigeon",
        "phone: ask Bob",
    ]


def test_a_file_without_subject_or_text_is_refused_with_what_it_has() -> None:
    with pytest.raises(InvalidInput) as refused:
        read("Id,Status,Betrifft\n1,open,x\n")
    assert "lacks the column subject or text" in refused.value.message
    assert "found: Id, Status, Betrifft" in refused.value.hint
    assert one("Id,Status,Betrifft\n1,open,x\n", given={"Betrifft": "subject"})["subject"] == "x"


def test_a_column_that_may_be_a_contact_is_asked_about() -> None:
    with pytest.raises(InvalidInput, match="may have contacts in the column Backup phone"):
        read("Subject,Backup phone\nx,1\n")
    assert (
        one("Subject,Backup phone\nx,5551234567\n", given={"Backup phone": "phone"})["phone"] == "5551234567"
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>Hi,</p><p>it <b>broke</b><br>twice</p><style>p {}</style>", "Hi,\n\nit broke\ntwice"),
        ("a < b and c > d", "a < b and c > d"),
        ("&lt;div&gt; stays", "&lt;div&gt; stays"),
    ],
)
def test_texts_in_html(text: str, plain: str) -> None:
    assert words.without_markup(text) == plain


CELL = (
    st.none()
    | st.text(max_size=30)
    | st.sampled_from(["[", '[{"body": 1}]', "{}", "<div", "\ud800", "5", "[1, null]"])
)
FIELDS = [
    "subject",
    "text",
    "name",
    "email",
    "phone",
    "status",
    "priority",
    "tags",
    "comments",
    "external_id",
]


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(FIELDS), CELL))
def test_any_cells_make_a_ticket_or_a_refusal(fields: dict[str, str | None]) -> None:
    try:
        ticket = ticket_of(fields)
    except DeskError:
        return
    assert ticket["text"].strip()
    assert all(comment["text"] for comment in ticket["comments"])


@settings(max_examples=150)
@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\\n;ab1', max_size=100).map(str.encode))
def test_any_bytes_make_rows_or_a_refusal(content: bytes) -> None:
    with suppress(DeskError):
        list(TicketFile(io.BytesIO(b"subject,status\n" + content), "fuzz"))
