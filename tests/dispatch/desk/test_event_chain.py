"""The chain of events: whatever is changed in a sealed log is found, and what was erased stays covered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import bookings, privacy
from dispatch.desk import event_chain
from dispatch.desk.desk import Desk
from dispatch.desk.event_chain import ERASED, START, erase, head_after, map_texts, newest_seal, seal
from dispatch.leads.intake import LeadResult
from dispatch.operations import doctor
from models.audit import Erasure, Event, EventSeal, write_over_row
from models.errors import InvalidInput

Look = Callable[..., Any]
LEAD = 3
"""The event of the lead: two agents were added before."""
NOBODY_SEES_IT = "DROP TRIGGER {0}_keep; DROP TRIGGER {0}_stay;"


@pytest.fixture
def worked(desk: Desk, lead: LeadResult) -> Desk:
    bookings.claim(desk, 1, 1)
    bookings.note(desk, 1, "wants a window seat")
    seal(desk)
    return desk


def chain_of(desk: Desk, head: str | None = None) -> dict[str, str]:
    """The doctor's words about the chain; empty if it is whole."""
    with desk.reading():
        checks = doctor.examine(desk, head)["checks"]
    return {
        row["check"]: row["detail"]
        for row in checks
        if row["check"] in ("chain", "erasures", "head") and not row["ok"]
    }


def by_hand(desk: Desk, *statements: str) -> None:
    """Change the file as another program would."""
    desk.close()
    with closing(sqlite3.connect(desk.database.file)) as file:
        for table in ("events", "event_seals"):
            file.executescript(NOBODY_SEES_IT.format(table))
        for statement in statements:
            file.executescript(statement)


def test_every_event_is_sealed_once(worked: Desk, look: Look) -> None:
    numbers = look(lambda: [one.event_id for one in EventSeal.select().order_by(EventSeal.event_id)])
    assert numbers == look(lambda: [one.event_id for one in Event.select().order_by(Event.event_id)])
    assert seal(worked) == 0
    assert chain_of(worked) == {}


def test_newer_events_continue_the_chain(worked: Desk, look: Look) -> None:
    before = look(newest_seal)
    bookings.contact(worked, 1, "reached")
    assert chain_of(worked) == {}, "an event that is not sealed yet is no fault"
    assert seal(worked) == 1
    assert look(newest_seal) != before
    assert chain_of(worked, f"{before.event_id}:{before.head}") == {}


BENT = [
    ("UPDATE events SET actor = 'mallory' WHERE event_id = {n}", "changed since they were sealed"),
    ("UPDATE events SET at = '2082-03-01 08:59:59' WHERE event_id = {n}", "changed since they were sealed"),
    ("UPDATE events SET detail = replace(detail, 'window', 'aisle') WHERE event_id = {n}", "changed since"),
    ("UPDATE events SET session = 'shell 1' WHERE event_id = {n}", "changed since they were sealed"),
    ("UPDATE events SET account = 'mallory' WHERE event_id = {n}", "changed since they were sealed"),
    ("UPDATE events SET detail = 'no json' WHERE event_id = {n}", "changed since they were sealed"),
    ("DELETE FROM events WHERE event_id = {n}", "deleted after they were sealed: {n}"),
    ("UPDATE event_seals SET head = '00' WHERE event_id = {n}", "changed since they were sealed"),
    ("UPDATE event_seals SET salts = '\"00\"' WHERE event_id = {n}", "changed since they were sealed"),
    ("UPDATE event_seals SET salts = '[]' WHERE event_id = {n}", "changed since they were sealed"),
    ("DELETE FROM event_seals WHERE event_id = 1", "without their seal: 1"),
]


@pytest.mark.on_file
@pytest.mark.parametrize(("statement", "words"), BENT)
def test_a_log_changed_by_hand_is_found(worked: Desk, look: Look, statement: str, words: str) -> None:
    newest = look(newest_seal).event_id
    by_hand(worked, statement.format(n=newest))
    assert words.format(n=newest) in chain_of(worked)["chain"]


@pytest.mark.on_file
def test_one_bent_event_is_the_only_one_named(worked: Desk) -> None:
    by_hand(worked, "UPDATE events SET agent_id = 9 WHERE event_id = 2")
    assert chain_of(worked)["chain"].endswith(": 2")


@pytest.mark.on_file
def test_a_log_sealed_again_from_its_beginning_has_another_head(worked: Desk, look: Look) -> None:
    noted = look(newest_seal)
    by_hand(worked, "UPDATE events SET actor = 'mallory' WHERE event_id = 1; DELETE FROM event_seals")
    seal(worked)
    assert chain_of(worked) == {}, "only who has noted the head can tell"
    assert "a different head" in chain_of(worked, f"{noted.event_id}:{noted.head}")["head"]


def test_the_head_of_a_desk_without_seals_may_be_noted(desk: Desk, look: Look) -> None:
    noted = look(newest_seal)
    assert chain_of(desk, f"{noted.event_id}:{noted.head}") == {}
    assert "a different head" in chain_of(desk, "0:" + "1" * 32)["head"]


def test_a_head_of_an_event_that_is_gone_is_told(worked: Desk, look: Look) -> None:
    noted = look(newest_seal)
    words = chain_of(worked, f"{noted.event_id + 1}:{noted.head}")["head"]
    assert words.startswith(f"no event {noted.event_id + 1} is sealed")


@pytest.mark.parametrize(
    "text", ["", "5", "5:", "x:" + START, "5:" + "g" * 32, "5:abc", "9" * 30 + ":" + START]
)
def test_what_is_no_head_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(InvalidInput, match="head of the chain"):
        doctor.examine(desk, text)


@pytest.mark.on_file
def test_only_an_open_erasure_may_change_events(worked: Desk) -> None:
    by_hand(worked, "INSERT INTO erasures VALUES (1, '2082-03-01 09:00:00', 0)")
    assert "left open for customers: 1" in chain_of(worked)["erasures"]


# -- erasing


@pytest.fixture
def erasing(worked: Desk) -> Iterator[Desk]:
    with worked.transaction():
        Erasure(customer_id=1, erased_at=worked.now()).save()
        yield worked
        row = Erasure.lock(1)
        row.closed = True
        row.save()


def erase_all(event_id: int, is_personal: Callable[[str, str], bool]) -> bool:
    rows = Event.lock(event_id), EventSeal.lock(event_id)
    is_erased = erase(*rows, is_personal)
    for row in rows if is_erased else ():
        write_over_row(row)
    return is_erased


def texts_of(event: Event) -> dict[str, str]:
    found: dict[str, str] = {}
    map_texts(event, lambda _part, path, text: found.setdefault(path, text))
    return found


def test_erased_texts_are_gone_and_the_head_is_the_same(erasing: Desk, look: Look) -> None:
    assert erase_all(LEAD, lambda _, path: path.endswith(("/name", "/customer_name", "/phone")))
    event, sealed = Event.lock(LEAD), EventSeal.lock(LEAD)
    assert "Kate" not in str(event.__data__)
    after = json.loads(event.after or "")
    assert after["customers:1"]["name"].keys() == {ERASED}
    assert after["new_customer:1"]["destination"] == "Mars", "not personal"
    assert head_after(EventSeal.lock(LEAD - 1).head, event, json.loads(sealed.salts)) == sealed.head


def test_the_salts_of_erased_texts_are_destroyed(erasing: Desk) -> None:
    before = json.loads(EventSeal.lock(LEAD).salts)
    erase_all(LEAD, lambda part, path: part == "customers:1" and path.endswith("/name"))
    after = json.loads(EventSeal.lock(LEAD).salts)
    assert before not in after.values(), "all others could be derived from it"
    assert "customers:1" not in after, "so could those of the row's texts"
    assert "after/customers:1/name" not in after
    assert "after/customers:1/created_at" in after
    assert "new_customer:1" in after


def test_an_event_can_be_erased_twice(erasing: Desk) -> None:
    assert erase_all(LEAD, lambda _, path: path.endswith("/name"))
    assert erase_all(LEAD, lambda _, path: path.endswith("/customer_name"))
    assert not erase_all(LEAD, lambda _, path: path.endswith("/customer_name")), "nothing is left to erase"
    event, sealed = Event.lock(LEAD), EventSeal.lock(LEAD)
    assert head_after(EventSeal.lock(LEAD - 1).head, event, json.loads(sealed.salts)) == sealed.head


@pytest.mark.on_file
def test_what_is_left_of_an_event_is_still_checked(worked: Desk, look: Look) -> None:
    with worked.transaction():
        Erasure(customer_id=1, erased_at=worked.now()).save()
        erase_all(LEAD, lambda _, path: path.endswith("name"))
        row = Erasure.lock(1)
        row.closed = True
        row.save()
    assert "chain" not in chain_of(worked)
    by_hand(worked, "UPDATE events SET after = replace(after, 'Mars', 'Venus') WHERE event_id = 3")
    assert "changed since they were sealed, or after one that is missing: 3" in chain_of(worked)["chain"]


@pytest.mark.on_file
@pytest.mark.parametrize("has_other_salts", [False, True])
def test_a_text_erased_by_hand_is_found(worked: Desk, look: Look, has_other_salts: bool) -> None:
    """Whoever can write the file can work out what an erasure would leave of a text."""
    newest = look(newest_seal).event_id
    row, sealed = look(lambda: (Event.get_by_id(newest), EventSeal.get_by_id(newest)))
    row.loaded, sealed.loaded = {}, {}
    before = sealed.salts
    assert erase(row, sealed, lambda part, _: part == "detail")
    by_hand(worked)
    with closing(sqlite3.connect(worked.database.file)) as file:
        salts = sealed.salts if has_other_salts else before
        file.execute("UPDATE events SET detail = ? WHERE event_id = ?", (row.detail, newest))
        file.execute("UPDATE event_seals SET salts = ? WHERE event_id = ?", (salts, newest))
        file.commit()
    words = "erased, but of nobody who was" if has_other_salts else "changed since they were sealed"
    assert words in chain_of(worked)["chain"]


@pytest.mark.on_file
def test_an_erasure_without_its_event_is_found(worked: Desk) -> None:
    by_hand(worked, "INSERT INTO erasures VALUES (1, '2082-03-01 09:00:00', 1)")
    assert chain_of(worked)["erasures"] == "no event records their erasure: customers: 1"


@pytest.mark.on_file
@pytest.mark.parametrize("request_id", ["erased:Kate", "erased:" + "ab" * 16])
def test_a_request_id_may_look_like_an_erased_text(
    desk: Desk, add_lead: Callable[..., LeadResult], request_id: str
) -> None:
    with desk.request(request_id):
        add_lead("Kate Nguyen")
    bookings.cancel(desk, 1, "no")
    seal(desk)
    assert chain_of(desk) == {}
    privacy.forget(desk, 1)
    assert chain_of(desk) == {}
    by_hand(desk)
    with closing(sqlite3.connect(desk.database.file)) as file:
        assert file.execute("SELECT 1 FROM events WHERE request_id = ?", (request_id,)).fetchall() == []


@pytest.mark.on_file
def test_nothing_is_sealed_that_a_restore_has_taken_away(
    worked: Desk, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    bookings.contact(worked, 1, "reached")
    gone, known = look(newest_seal).event_id + 1, event_chain._seals

    def restored(last: event_chain.Seal, events: Iterable[Event]) -> Iterator[EventSeal]:
        rows = list(known(last, events))
        monkeypatch.setattr(event_chain, "_seals", known)
        by_hand(worked, f"DELETE FROM events WHERE event_id = {gone}")
        return iter(rows)

    monkeypatch.setattr(event_chain, "_seals", restored)
    assert seal(worked) == 0
    assert look(newest_seal).event_id == gone - 1


def test_a_sweep_seals_no_more_text_than_it_may(worked: Desk, look: Look) -> None:
    known = look(newest_seal).event_id
    for _ in range(3):
        bookings.note(worked, 1, "x" * 1_000)
    assert seal(worked, 2_000) == 2, "the second one reaches it"
    assert seal(worked, 1) == 1, "but always one"
    assert look(newest_seal).event_id == known + 3
    assert chain_of(worked) == {}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
rows = st.dictionaries(
    st.sampled_from(["customers:1", "bookings:2", "bookings:3"]), st.dictionaries(st.text(), values)
)


@given(detail=values, before=rows, after=rows, result=values, fingerprint=st.text(), data=st.data())
def test_any_choice_of_texts_can_be_erased(
    detail: Any, before: Any, after: Any, result: Any, fingerprint: str, data: st.DataObject
) -> None:
    told = {"detail": detail, "before": before, "after": after, "result": result}
    event = Event(
        event_id=1, at="a", actor="b", command="c", fingerprint=fingerprint,
        **{name: json.dumps(value) for name, value in told.items()},
    )  # fmt: skip
    salt = "ab" * 16
    head = head_after(START, event, salt)
    paths = sorted(texts_of(event))
    personal = set(data.draw(st.lists(st.sampled_from(paths)))) if paths else set()
    row = EventSeal(event_id=1, head=head, salts=json.dumps(salt))
    event.loaded, row.loaded = {}, {}
    assert erase(event, row, lambda _, path: path in personal) == bool(personal)
    assert head_after(START, event, json.loads(row.salts)) == head
    left = texts_of(event)
    assert sorted(left) == paths
    assert {path for path, text in left.items() if isinstance(text, event_chain.Erased)} == personal
