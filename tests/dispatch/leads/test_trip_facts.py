"""The facts of a trip: departure, return, travellers, budget and language of a lead."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.assignment import explanations
from dispatch.bookings import editing
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import Reading, asked
from dispatch.inputs.languages import language
from dispatch.inputs.lead_files import open_leads
from dispatch.leads.file_intake import receive_file
from dispatch.operations import doctor, undo
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.row_types import BookingRow
from models.errors import DeskError, InvalidInput

AddLead = Callable[..., Any]
AddAgent = Callable[..., Any]
Look = Callable[..., Any]
NAMES = ("departs_on", "returns_on", "travellers", "budget", "language")
FACTS = {
    "departs": "2083-03-12",
    "returns": "20.3.2083",
    "travellers": "2",
    "budget": "25k",
    "language": "de",
}


def facts(row: BookingRow) -> list[Any]:
    return [row[name] for name in NAMES]  # type: ignore[literal-required]


def test_a_lead_keeps_the_facts_of_its_trip(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    number = add_lead(**FACTS)["booking_id"]
    assert facts(look(queries.booking, number)) == ["2083-03-12", "2083-03-20", 2, 25_000.0, "German"]
    plain = add_lead(name="Bea")["booking_id"]
    assert facts(look(queries.booking, plain)) == [None] * 5


def test_they_are_edited_while_pending_and_undone(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    number = add_lead(**FACTS)["booking_id"]
    editing.edit(desk, number, returns="", travellers=3, budget="30,000.50", language="FRENCH")
    assert facts(look(queries.booking, number)) == ["2083-03-12", None, 3, 30_000.5, "French"]
    undo.undo(desk)
    assert facts(look(queries.booking, number)) == ["2083-03-12", "2083-03-20", 2, 25_000.0, "German"]
    bookings.cancel(desk, number, "no money")
    with pytest.raises(DeskError) as caught:
        editing.edit(desk, number, travellers=3)
    assert caught.value.code == "not_pending"


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"departs": "2083-03-12", "returns": "2083-03-01"}, "invalid_returns", "if they were swapped"),
        ({"departs": "soon"}, "invalid_departs", "such as 2083-03-12"),
        ({"departs": "03/04/2083"}, "invalid_departs", ""),
        ({"departs": "2083-02-30"}, "invalid_departs", ""),
        ({"travellers": "two"}, "invalid_travellers", "a whole number, 1 to 10000"),
        ({"travellers": "0"}, "invalid_travellers", ""),
        ({"budget": "cheap"}, "invalid_budget", "25.5k"),
        ({"budget": "-5"}, "invalid_budget", ""),
        ({"language": "x" * 200}, "invalid_language", ""),
        ({"colour": "red"}, "invalid_field", "departs, returns"),
    ],
)
def test_bad_facts_are_refused_and_nothing_is_written(
    desk: Desk, two: None, add_lead: AddLead, look: Look, given: dict[str, str], code: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        add_lead(**given)
    assert caught.value.code == code
    assert words in caught.value.hint
    assert look(queries.list_bookings, queries.BookingFilter()) == []


def test_a_departure_in_the_past_is_taken_with_a_warning(desk: Desk, two: None, add_lead: AddLead) -> None:
    result = add_lead(departs="2082-01-05")
    assert result["trip_note"] == "The departure 2082-01-05 is in the past"
    assert "trip_note" not in add_lead(name="Bea", departs="in 3 weeks")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("departs:2083-03", ["Ann", "Bea"]),
        ("departs:2083-03-12", ["Ann"]),
        ("departs>2083-03-12", ["Bea", "Cy"]),
        ("departs<=2083-03-12", ["Ann"]),
        ("departure:12.3.2083 or travellers>3", ["Ann", "Cy"]),
        ("returns<2083-04-01", ["Ann"]),
        ("budget>=20k budget<30k", ["Ann"]),
        ("language:deutsch", ["Ann", "Cy"]),
        ("not language:german", ["Bea", "Dan"]),
    ],
)
def test_filters_find_them(
    desk: Desk, two: None, add_lead: AddLead, look: Look, text: str, found: list[str]
) -> None:
    add_lead(name="Ann", **FACTS)
    add_lead(name="Bea", departs="2083-03-20", language="en")
    add_lead(name="Cy", departs="2083-05-01", travellers=4, budget=40_000, language="German")
    add_lead(name="Dan")

    def names() -> list[str]:
        fields, _ = asked(parse(text), BOOKING_KEYS, Reading(desk.now(), desk.values.of))
        rows = queries.list_bookings(queries.BookingFilter(**fields), 50)
        return sorted(row["customer_name"] for row in rows)

    assert look(names) == found


GERMAN = """Name;Kontaktart;Quelle;Ziel;Startort;Abreise;Rückreise;Personen;Budget;Sprache
Ann;Text;Organic;Mars;Dubai;12.03.2083;20.03.2083;2;25,000;Deutsch
Bea;Text;Organic;Mars;Dubai;bald;;zwei;10k-20k;
Cy;Text;Organic;Mars;Dubai;2083-03-12;2083-03-01;;;
"""


def test_a_file_has_them_by_many_names_and_no_lead_is_lost_for_them(
    desk: Desk, two: None, look: Look
) -> None:
    with open_leads(io.BytesIO(GERMAN.encode()), "leads.csv") as leads:
        result = receive_file(desk, leads)
    assert result["accepted"] == 2
    (rejected,) = result["rejected"]
    assert "before the departure" in rejected["error"]
    rows = {row["customer_name"]: row for row in look(queries.list_bookings, queries.BookingFilter())}
    assert facts(rows["Ann"]) == ["2083-03-12", "2083-03-20", 2, 25_000.0, "German"]
    assert rows["Bea"]["requests"] == "departs: bald\ntravellers: zwei\nbudget: 10k-20k"


@pytest.mark.parametrize("text", ["de", "Deutsch", "german", " GERMAN "])
def test_a_language_has_one_name(text: str) -> None:
    assert language(text) == "German"
    assert language("klingon") == "Klingon"


def test_a_lead_goes_to_somebody_who_speaks_its_language(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    """Ada ranks first; an agent without languages speaks all."""
    agents.change(desk, 1, languages="de, English")
    agents.change(desk, 2, languages="français")
    result = add_lead(name="Ann", language="fr")
    assert result["agent_id"] == 2
    excluded = look(explanations.why, result["booking_id"])["excluded"]
    assert [row["agent_id"] for row in excluded] == [1]
    assert "speaks no French" in excluded[0].values()
    assert add_lead(name="Bea", language="German")["agent_id"] == 1
    nobody = add_lead(name="Cy", language="pl")
    assert "language dropped" in nobody["reason"]
    agents.change(desk, 2, languages="")
    assert add_lead(name="Dan", language="Polish")["agent_id"] == 2


def test_an_edit_of_the_language_passes_unclaimed_work_on(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    agents.change(desk, 1, languages="German")
    agents.change(desk, 2, languages="French")
    number = add_lead(language="German")["booking_id"]
    row = editing.edit(desk, number, language="French")
    assert (row["agent_id"], row["unsuited"]) == (2, "Ada Byron speaks no French")


def test_the_doctor_looks_at_them(desk: Desk, two: None, add_lead: AddLead) -> None:
    add_lead(**FACTS)
    with desk.reading():
        assert doctor.examine(desk)["ok"]
    with desk.transaction():
        desk.database.run("UPDATE new_customer SET departs_on = 'soon'", ())
    with desk.reading():
        report = doctor.examine(desk)
    assert "departs_on is no day" in str(report["checks"])
