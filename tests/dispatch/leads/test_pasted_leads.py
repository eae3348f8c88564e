"""Leads pasted as text: parsing, errors line by line, and one commit for the good ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import file_intake, intake
from dispatch.leads.pasted_leads import MOST_CHARACTERS, MOST_LINES, Pasted, read_pasted
from dispatch.operations.undo import undo
from models.errors import DatabaseUnavailable, Refused

Look = Callable[..., Any]
HEADER = "name,method,source,destination,launch"
REST = "Text,Organic,Mars,Sydney Stellar Port"


@pytest.fixture
def read(desk: Desk, look: Look) -> Callable[[str], Pasted]:
    return lambda text: look(read_pasted, text, desk.values)


def names(pasted: Pasted) -> list[str | None]:
    return [line.fields.get("name") for line in pasted.lines]


@pytest.mark.parametrize(
    ("text", "head"),
    [
        (f"{HEADER}\nKate,{REST}\nJo,{REST}", HEADER),
        (f"Kate,{REST}\nJo,{REST}\n", ""),
        (f"Kate,{REST}\r\nJo,{REST}\r\n", ""),
        (f"Kate,{REST}\rJo,{REST}", ""),
        (f"\n\nKate,{REST}\n\n\nJo,{REST}\n", ""),
        (f"Kate,{REST},a dome,+49 711 1,kate@example.com\nJo,{REST}", ""),
        (f"Kate\t{REST}\nJo\t{REST}".replace(",", "\t"), ""),
        (f"{HEADER}\nKate,{REST}\nJo,{REST}".replace(",", "\t"), HEADER.replace(",", "\t")),
        ("Launch;name;method;source;destination\nX;Kate;Text;Organic;Mars\nX;Jo;Text;Organic;Mars", None),
        (
            '{"name": "Kate", "method": "Text", "source": "Organic", "destination": "Mars", '
            '"launch": "Sydney Stellar Port"}\n{"name": "Jo"}',
            "",
        ),
    ],
)
def test_files_spreadsheets_and_bare_lines_are_understood(
    read: Callable[[str], Pasted], text: str, head: str | None
) -> None:
    pasted = read(text)
    assert pasted.problem == ""
    assert names(pasted) == ["Kate", "Jo"]
    if head is not None:
        assert pasted.head == head
        assert pasted.lines[0].errors == ()


@pytest.mark.parametrize(
    ("line", "errors"),
    [
        (f"Kate,{REST}", []),
        (f",{REST}", ["customer name is required"]),
        (
            f"Kate,{REST.replace('Mars', 'Pluto')}",
            ["'Pluto' is not an accepted destination (accepted: Europa,"],
        ),
        ("Kate,Fax,Organic,Pluto,X", ["contact method", "destination", "launch location"]),
        (f"Kate,{REST},,call me,kate", []),
        (f"Kate,{REST.replace('Text', 'sms').replace('Mars', 'mars')},,+1 555 0100 x12", []),
        ("Kate,Text", ["2 fields; a lead needs 5: name, method, source, destination, launch"]),
        (f"Kate,{REST},a,711,b@c.de,normal", []),
        (f"Kate,{REST},a,711,b@c.de,9", ["'9' is not a priority"]),
        (f"Kate,{REST},a,711,b@c.de,low,9", ["10 fields"]),
        ('"Kate', ["cannot be read as CSV"]),
        (f"Ka\ud800te,{REST}", ["U+D800"]),
    ],
)
def test_each_line_has_all_its_errors(read: Callable[[str], Pasted], line: str, errors: list[str]) -> None:
    pasted = read(f"Good,{REST}\n{line}\nAlso,{REST}")
    result = next(one for one in pasted.lines if one.line == 2)
    assert len(result.errors) == len(errors)
    assert all(said in error for said, error in zip(errors, result.errors, strict=True))
    assert [one.line for one in pasted.good] == ([1, 2, 3] if not errors else [1, 3])


def test_the_bad_lines_are_returned_as_text(read: Callable[[str], Pasted]) -> None:
    quoted = f'"Ka\nte",{REST}'
    pasted = read(f"{HEADER}\n\nGood,{REST}\n{quoted}\n\nBad,Fax\nAlso,{REST}\n")
    assert [line.line for line in pasted.bad] == [4, 7]
    left = pasted.text_of(pasted.bad)
    assert left == f"{HEADER}\n{quoted}\n\nBad,Fax".replace("\n\nBad", "\nBad")
    again = read(left)
    assert (len(again.good), len(again.bad)) == (0, 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ""),
        (" \n ", ""),
        (HEADER, "only the names of the columns"),
        ("name,method\nKate,Text", "lacks the column source, destination, launch"),
        ("name,name\nx,y", "lacks the column"),
        ("[", "cut off"),
        ("a\0b", "not a text file"),
        (f"Kate,{REST}\n" * (MOST_LINES + 1), "At most 500 leads"),
        ("x" * (MOST_CHARACTERS + 1), "At most 500 leads"),
    ],
)
def test_a_text_without_leads_says_why(read: Callable[[str], Pasted], text: str, problem: str) -> None:
    pasted = read(text)
    assert pasted.lines == ()
    assert problem in pasted.problem
    assert bool(problem) == bool(pasted.problem)
    assert len(read(f"Kate,{REST}\n" * MOST_LINES).good) == MOST_LINES


def test_missing_columns_are_named(read: Callable[[str], Pasted]) -> None:
    assert read(f"{HEADER},shoe size\nKate,{REST},44").ignored == ("shoe size",)


def test_the_good_lines_are_one_commit_and_a_repeat_changes_nothing(
    two: None, desk: Desk, look: Look, read: Callable[[str], Pasted]
) -> None:
    lines = [(line.line, line.fields) for line in read(f"Kate,{REST}\nJo,{REST}\nIda,{REST}").good]
    lines.insert(1, (9, lines[0][1] | {"destination": "Pluto"}))
    with desk.request("x"):
        results = file_intake.receive_lines(desk, lines)
        assert [one["lead"]["booking_id"] for one in results if one["lead"]] == [1, 2, 3]
        assert [one["error"][:7] for one in results] == ["", "'Pluto'", "", ""]
        assert file_intake.receive_lines(desk, lines) == results
    assert len(look(queries.list_bookings, queries.BookingFilter())) == 3
    assert look(event_log.events, booking_id=2)[0]["command"] == "lead.add_all"


def test_all_lines_are_undone_together_or_not_at_all(
    two: None, desk: Desk, look: Look, read: Callable[[str], Pasted], add_lead: Callable[..., Any]
) -> None:
    kim = add_lead("Kim", phone="0711 1")
    lines = [
        (line.line, line.fields) for line in read(f"Kate,{REST}\nKim Jo,{REST},,0711 1\nIda,{REST}").good
    ]
    file_intake.receive_lines(desk, lines)
    assert [row["load"] for row in look(queries.list_agents)] == [2, 2]
    assert look(queries.booking, 3)["customer_id"] == look(queries.booking, kim["booking_id"])["customer_id"]
    with desk.acting_as("lee"):
        bookings.claim(desk, 3, look(queries.booking, 3)["agent_id"])
    with pytest.raises(Refused, match=r"booking 3 has changed since .* booking.claim of lee"):
        undo(desk)
    with desk.acting_as("lee"):
        undo(desk)
    undo(desk)
    assert [row["voided"] for row in look(queries.list_bookings, queries.BookingFilter(sort="id"))] == [
        True,
        True,
        True,
        False,
    ]
    assert [row["load"] for row in look(queries.list_agents)] == [0, 1], "Kim is still there"
    assert look(queries.count_totals).drift == ()


def test_a_lost_database_takes_in_none_of_the_lines(
    two: None, desk: Desk, look: Look, read: Callable[[str], Pasted], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [(line.line, line.fields) for line in read(f"Kate,{REST}\nJo,{REST}").good]
    received = intake.received

    def then_gone(running: Any, **fields: Any) -> Any:
        if fields["name"] == "Jo":
            raise DatabaseUnavailable("gone", "the disk is gone")
        return received(running, **fields)

    monkeypatch.setattr(intake, "received", then_gone)
    with pytest.raises(DatabaseUnavailable):
        file_intake.receive_lines(desk, lines)
    assert look(queries.list_bookings, queries.BookingFilter()) == []
