"""Search for customers and bookings by text, against a look at every row."""

from __future__ import annotations

import shutil
import threading
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import bookings, customers, queries
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.leads import intake
from dispatch.operations import undo
from dispatch.queries import customer_index
from dispatch.queries.customer_index import backlog
from models.customer_index import CustomerSearch
from models.customers import Customer
from models.errors import DeskError
from models.text_index import INDEXES
from tests.steady import examples

LETTERS = "aabeknKN \u00e9\u00c9\u00df'-1\u674e"
NAMES = st.text(LETTERS, min_size=1, max_size=9).filter(lambda name: _accepted(name))
PHONES = st.sampled_from([None, "4911", "+49 11 1", "11-1112"])
ROWS = st.integers(1, 6)
STEPS = st.one_of(
    st.tuples(st.just("lead"), NAMES, PHONES),
    st.tuples(st.just("rename"), ROWS, NAMES),
    st.tuples(st.just("mend"), ROWS, NAMES),
    st.tuples(st.just("merge"), ROWS, ROWS),
    st.tuples(st.sampled_from(["wish", "note", "contact"]), ROWS, NAMES),
    st.tuples(st.sampled_from(["undo", "redo"])),
    st.tuples(st.just("index"), st.just(9)),
)
TEXTS = st.one_of(NAMES, st.text(LETTERS, max_size=3), st.sampled_from(["49", "+4911", "#1", "2", "mar"]))


def _accepted(name: str) -> bool:
    with suppress(DeskError):
        return validation.name(name) != ""
    return False


def come_in(desk: Desk, name: str, phone: str | None) -> None:
    place = "Tokyo Spaceport Terminal"
    wants = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": place}
    intake.receive(desk, name=name, phone=phone, **wants)


def index_some(desk: Desk, limit: int) -> None:
    with desk.transaction():
        for index in INDEXES:
            index.append(limit)


VERBS: dict[str, Any] = {
    "lead": come_in,
    "rename": lambda desk, number, name: customers.edit(desk, number, name=name),
    "mend": lambda desk, number, name: editing.edit(desk, number, name=name),
    "wish": lambda desk, number, text: editing.edit(desk, number, requests=text),
    "note": bookings.note,
    "contact": lambda desk, number, text: bookings.contact(desk, number, "no_answer", text),
    "merge": customers.merge,
    "undo": undo.undo,
    "redo": undo.redo,
    "index": index_some,
}


def perform(desk: Desk, step: tuple[Any, ...]) -> None:
    """One step; a refusal changes nothing."""
    verb, *given = step
    with suppress(DeskError):
        VERBS[verb](desk, *given)


def plain(text: str) -> str:
    kept = [letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)]
    return "".join(kept).casefold()


def has(word: str, text: str) -> bool:
    if word in [one.replace("'", "")[: len(word)] for one in text.split() if "'" in one.strip("'")]:
        return True  # without its apostrophes
    if len(word) >= 3:
        return word in text or any(
            word in one.replace("'", "") for one in text.split() if "'" in one.strip("'")
        )
    starts = [
        place
        for place in range(len(text))
        if place == 0
        or text[place - 1] == " "
        or text[place - 1].isalnum() != text[place].isalnum()
        or text[place] == "\u674e"
    ]
    return any(text.startswith(word, place) for place in starts)


def naive_words(text: str) -> list[str]:
    if set(text) <= set("0123456789+./() -") and any(letter.isdecimal() for letter in text):
        return ["".join(letter for letter in text if letter.isdecimal())]
    return plain(text).split()


class Everything:
    """Every customer, lead and booking of the desk, read once."""

    def __init__(self, desk: Desk) -> None:
        ask = desk.database.driver().execute
        people = ask("SELECT customer_id, name, phone, email FROM customers WHERE merged_into IS NULL")
        self.customers = {row[0]: row[1:] for row in people}
        self.names = ask("SELECT customer_id, customer_name FROM new_customer").fetchall()
        self.bookings = ask(
            "SELECT booking_id, customer_id, b.destination FROM bookings b JOIN new_customer USING (lead_id)"
        ).fetchall()
        self.texts = ask(
            "SELECT booking_id, requests FROM bookings JOIN new_customer USING (lead_id) WHERE requests > ''"
            " UNION ALL SELECT booking_id, json_extract(detail, '$.text') FROM events"
            " WHERE command IN ('booking.note', 'booking.contact') AND detail LIKE '%\"text\"%'"
        ).fetchall()

    def matching(self, text: str) -> set[int]:
        """Every customer looked at: the names, phone and e-mail of each, word by word."""
        words, result = naive_words(text), set()
        for customer_id, (name, phone, email) in self.customers.items():
            names = [name, *(known for whose, known in self.names if whose == customer_id)]
            fields = [*map(plain, names), phone or "", plain(email or "")]
            if words and all(any(has(word, field) for field in fields) for word in words):
                result.add(customer_id)
        return result

    def found(self, text: str) -> set[int]:
        number = text.strip().removeprefix("#")
        return self.matching(text) | {whose for booking, whose, _ in self.bookings if str(booking) == number}

    def listed(self, text: str) -> set[int]:
        words, number, people = naive_words(text), text.strip().removeprefix("#"), self.matching(text)
        is_long = any(len(word) >= 3 for word in words)
        return {
            booking
            for booking, written in self.texts
            if is_long and all(has(word, " ".join(plain(written).split())) for word in words)
        } | {
            booking
            for booking, whose, destination in self.bookings
            if whose in people
            or (words and all(has(word, plain(destination)) for word in words))
            or number == str(booking)
        }


@settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(STEPS, min_size=4, max_size=12),
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    data=st.data(),
)
def test_the_index_finds_the_same_as_a_look_at_every_customer(
    tmp_path: Path,
    empty_desk_file: Path,
    steps: list[tuple[Any, ...]],
    texts: list[str],
    data: st.DataObject,
) -> None:
    desk = open_desk(shutil.copy(empty_desk_file, tmp_path / "search.db"), actor="kim")
    try:
        for step in steps:
            perform(desk, step)
        with desk.reading():
            said = [given for step in steps for given in step[1:] if isinstance(given, str)]  # old names, too
            if said:
                name = data.draw(st.sampled_from(said))
                start = data.draw(st.integers(0, len(name) - 1))
                texts = [*texts, *said, name[start:], name[: start + 1], name.swapcase()]
            everything = Everything(desk)
            for text in texts:
                found = [row["customer_id"] for row in customers.find(text, 100)]
                assert len(found) == len(set(found))
                assert set(found) == everything.found(text), text
                for most in (0, 5_000) if text else ():
                    with pytest.MonkeyPatch.context() as patch:
                        patch.setattr(customer_index, "MOST_FETCHED", most)
                        rows = queries.list_bookings(queries.BookingFilter(text=text), 100)
                    assert {row["booking_id"] for row in rows} == everything.listed(text), text
    finally:
        desk.close()
        for file in tmp_path.glob("search.db*"):
            file.unlink()


@pytest.fixture
def many(desk: Desk) -> Desk:
    """A desk with 600 customers."""
    with desk.transaction():
        Customer.insert_many(
            [{"name": f"Customer {n}", "created_at": "2082-01-01 00:00:00"} for n in range(600)]
        ).execute()
    return desk


@pytest.mark.on_file
def test_catching_up_stops_at_its_limit(many: Desk) -> None:
    assert customer_index.catch_up(many, 100) == 500
    answer: list[int] = []
    assert customer_index.catch_up(many, progress=answer.append) == 0
    assert answer == [250, 0]
    assert customer_index.catch_up(many) == 0


@pytest.mark.on_file
def test_terminals_catching_up_together_index_each_customer_once(many: Desk) -> None:
    def work() -> None:
        desk = open_desk(many.database.file, actor="lee")
        for _ in range(10):
            customer_index.catch_up(desk, 30)
        desk.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with many.reading():
        indexed = [row.number for row in CustomerSearch.select(CustomerSearch.number)]
    assert indexed == list(range(1, 601))


@pytest.mark.on_file
def test_a_search_indexes_a_large_backlog_and_leaves_a_small_one(
    many: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer_index.prepare(many)
    with many.reading():
        assert backlog() == 600
    monkeypatch.setattr(customer_index, "LARGE_BACKLOG", 600)
    customer_index.prepare(many)
    with many.reading():
        assert backlog() == 0


@pytest.mark.on_file
def test_only_the_newest_of_a_large_backlog_are_searched(many: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_index, "MOST_LOOKED_THROUGH", 10)
    with many.reading():
        assert [row["customer_id"] for row in customers.find("customer", 20)] == list(range(600, 590, -1))
