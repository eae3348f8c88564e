"""Users: the first closes the desk, the last supervisor stays, and changes are in force at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import bookings
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import backup, doctor, restore
from dispatch.operations.configuration import set_value
from dispatch.people import sign_in, tokens, users
from dispatch.people.passwords import SHORTEST
from dispatch.queries.row_types import AgentRow
from dispatch.reporting.event_sentences import sentence
from models.audit import Event
from models.errors import DeskError, InvalidInput, NotFound, NotPermitted, Refused
from models.people import User, UserToken, people
from tests.conftest import TestClock
from tests.dispatch.people.conftest import PASSWORD, Enter, add_user


def people_check(desk: Desk) -> dict[str, Any]:
    with desk.reading():
        return next(one for one in doctor.examine(desk)["checks"] if one["check"] == "people")


@pytest.mark.on_file
def test_a_desk_without_users_is_open_and_the_first_closes_it(desk: Desk) -> None:
    set_value(desk, "policy", "skill")
    assert "open desk" in people_check(desk)["detail"]
    row = users.new_user(desk, "Anna", password=PASSWORD)
    assert (row["login"], row["role"], row["has_password"]) == ("anna", "supervisor", True)
    with pytest.raises(NotPermitted) as caught:
        set_value(desk, "policy", "rank")
    assert caught.value.code == "not_signed_in"
    sign_in.sign_in(desk, "ANNA", PASSWORD)
    set_value(desk, "policy", "rank")
    assert people_check(desk)["detail"] == "1 user, of them 1 supervisor"


@pytest.mark.on_file
def test_events_are_signed_by_the_person_and_hold_no_secret(desk: Desk) -> None:
    users.new_user(desk, "anna", password=PASSWORD)
    sign_in.sign_in(desk, "anna", PASSWORD)
    users.set_password(desk, "anna", "another long one", PASSWORD)
    made = tokens.make_token(desk, note="nightly")
    tokens.revoke(desk, made["token_id"])
    with desk.reading():
        events = event_log.events()
        user, token = User.get(), UserToken.get()
        raw = json.dumps(list(Event.select().dicts()))
    assert [event["command"] for event in events] == [
        "token.revoke",
        "token.add",
        "user.passwd",
        "user.add",
    ]
    assert {event["actor"] for event in events[:-1]} == {"anna"}
    for secret in (PASSWORD, "another long one", str(user.password_hash), made["token"], token.digest):
        assert secret not in raw
    assert made["token"] not in (token.digest, token.note)


@pytest.mark.on_file
@pytest.mark.parametrize(
    ("given", "code", "kind"),
    [
        ({"login": "bea"}, "invalid_role", InvalidInput),
        ({"login": "bea", "role": "boss"}, "invalid_role", InvalidInput),
        ({"login": "bea", "role": "auditor"}, "invalid_password", InvalidInput),
        ({"login": "bea", "role": "auditor", "password": "short"}, "invalid_password", InvalidInput),
        (
            {"login": "bea", "role": "auditor", "password": "tab\there is long"},
            "invalid_password",
            InvalidInput,
        ),
        (
            {"login": "beatrix.potter", "role": "auditor", "password": "Beatrix.Potter"},
            "invalid_password",
            InvalidInput,
        ),
        ({"login": "be a", "role": "auditor", "account": "x"}, "invalid_login", InvalidInput),
        ({"login": "", "role": "auditor", "account": "x"}, "invalid_login", InvalidInput),
        ({"login": "Sweeper", "role": "auditor", "account": "x"}, "invalid_actor", InvalidInput),
        ({"login": "Dora", "role": "auditor", "account": "x"}, "user_exists", Refused),
        ({"login": "bea", "role": "agent", "account": "x"}, "invalid_agent", InvalidInput),
        ({"login": "bea", "role": "agent", "agent_id": 1, "account": "x"}, "agent_taken", Refused),
        ({"login": "bea", "role": "agent", "agent_id": 99, "account": "x"}, "not_found", NotFound),
        ({"login": "bea", "role": "auditor", "account": "dora"}, "account_taken", Refused),
    ],
)
def test_a_user_who_is_refused_is_not_there(
    closed: Desk, unchanged: Callable[[], int], given: dict[str, Any], code: str, kind: type[DeskError]
) -> None:
    before = unchanged()
    with pytest.raises(kind) as caught:
        users.new_user(closed, **given)
    assert caught.value.code == code
    assert "\n" not in caught.value.message
    assert given.get("password", "no password") not in caught.value.message
    assert unchanged() == before


def test_the_first_user_is_no_other_than_a_supervisor(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        add_user(desk, "anna", "auditor")
    assert caught.value.code == "first_user"
    assert add_user(desk, "anna", "supervisor")["role"] == "supervisor"


@pytest.mark.parametrize(
    "run", [lambda desk: users.disable(desk, "anna"), lambda desk: users.change(desk, "anna", "dispatcher")]
)
def test_the_last_supervisor_stays(
    closed: Desk, unchanged: Callable[[], int], run: Callable[[Desk], object]
) -> None:
    before = unchanged()
    with pytest.raises(Refused) as caught:
        run(closed)
    assert (caught.value.code, unchanged()) == ("last_supervisor", before)
    add_user(closed, "bea", "supervisor")
    run(closed)
    with pytest.raises(Refused):
        users.enable(closed, "bea")


def test_a_disabled_supervisor_does_not_count(closed: Desk) -> None:
    add_user(closed, "bea", "supervisor")
    users.disable(closed, "bea")
    with pytest.raises(Refused, match="last supervisor"):
        users.disable(closed, "anna")


@pytest.fixture
def beside(closed: Desk, path: Path, clock: TestClock) -> Any:
    """The supervisor's desk in another terminal."""
    other = open_desk(path, clock=clock, actor="kim")
    with other.reading():
        user = User.get(User.login == "anna")
    from dispatch.desk.access.staff import SignedIn

    other.staff.signed_in = SignedIn(user.user_id, "anna")
    other.actor = "anna"
    yield other
    other.close()


@pytest.mark.on_file
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda desk: users.disable(desk, "dora"), "user_disabled"),
        (lambda desk: users.change(desk, "dora", "auditor"), "not_permitted"),
    ],
)
def test_what_is_taken_away_is_away_in_an_open_session(
    closed: Desk,
    beside: Desk,
    enter: Enter,
    unchanged: Callable[[], int],
    change: Callable[[Desk], object],
    code: str,
) -> None:
    enter("dora")
    bookings.note(closed, 1, "hello")
    change(beside)
    before = unchanged()
    with pytest.raises(NotPermitted) as caught:
        bookings.note(closed, 1, "still here")
    assert (caught.value.code, unchanged()) == (code, before)


def test_what_was_read_before_a_change_is_not_kept(
    closed: Desk, beside: Desk, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread of the application reads the users while they change."""
    enter("dora")

    def slowly() -> list[tuple[Any, ...]]:
        rows = people()
        monkeypatch.undo()
        users.disable(beside, "dora")
        with closed.transaction():  # as the next command begins
            assert closed.staff.everybody()[rows[1][0]]
        return rows

    monkeypatch.setattr("dispatch.desk.access.staff.people", slowly)
    with closed.reading():
        closed.staff.everybody()
    with pytest.raises(NotPermitted) as caught:
        bookings.note(closed, 1, "hello")
    assert caught.value.code == "user_disabled"


def test_a_disabled_user_comes_back(closed: Desk, enter: Enter) -> None:
    users.disable(closed, "dora")
    assert users.enable(closed, "dora")["disabled_at"] is None
    enter("dora")
    bookings.note(closed, 1, "back")


@pytest.mark.on_file
def test_an_agents_user_can_be_moved_and_cleared(closed: Desk) -> None:
    assert users.change(closed, "adam", agent_id="2")["agent_id"] == 2
    with pytest.raises(InvalidInput):
        users.change(closed, "adam", agent_id="none")
    assert users.change(closed, "adam", "auditor", agent_id="none")["agent_id"] is None
    with pytest.raises(InvalidInput):
        users.change(closed, "adam", account="none")


@pytest.mark.on_file
def test_an_own_password_needs_the_one_so_far(closed: Desk, enter: Enter) -> None:
    users.set_password(closed, "dora", PASSWORD)
    enter("dora")
    with pytest.raises(NotPermitted) as caught:
        users.set_password(closed, "dora", "x" * SHORTEST, "wrong")
    assert caught.value.code == "wrong_password"
    users.set_password(closed, "dora", "x" * SHORTEST, PASSWORD)
    sign_in.sign_in(closed, "dora", "x" * SHORTEST)


def opened(path: Path, clock: TestClock) -> Desk:
    desk = open_desk(path, clock=clock)
    with desk.reading():
        if not desk.staff.is_open:
            sign_in.sign_in(desk, "anna", PASSWORD)
    return desk


@pytest.mark.on_file  # with passwords
def test_a_restore_keeps_the_people_of_the_desk(
    desk: Desk, path: Path, clock: TestClock, tmp_path: Path
) -> None:
    """A backup from before the first user opened the desk, and one let in who was disabled since."""
    before = tmp_path / "before.db"
    backup.backup(desk, str(before))
    users.new_user(desk, "anna", password=PASSWORD)
    with pytest.raises(NotPermitted):
        restore.restore(lambda file: open_desk(file, clock=clock), path, before)
    sign_in.sign_in(desk, "anna", PASSWORD)
    done = restore.restore(
        lambda file: opened(file, clock) if file == path else open_desk(file, clock=clock), path, before
    )
    desk.settings.forget()
    with desk.reading():
        assert [row["login"] for row in users.list_users(desk)] == ["anna"]
        assert event_log.events(limit=1)[0]["actor"] == "anna"
    assert done["event_id"]
    with pytest.raises(NotPermitted):
        open_again(path, clock)


@pytest.mark.on_file  # with passwords
def test_a_restore_leaves_no_user_the_agent_who_is_added_next(
    closed: Desk, path: Path, clock: TestClock, tmp_path: Path, add_agent: Callable[..., AgentRow]
) -> None:
    before = tmp_path / "before.db"
    backup.backup(closed, str(before))
    number = add_agent("Cyd")["agent_id"]
    users.add(closed, "cyd", "agent", number, "cyd")
    users.add(closed, "sue", "supervisor", add_agent("Sue")["agent_id"], "sue")

    def opened_by_anna(file: Path | str) -> Desk:
        other = open_desk(file, clock=clock)
        other.staff.signed_in, other.actor = closed.staff.signed_in, "anna"
        return other

    restore.restore(opened_by_anna, path, before)
    closed.settings.forget()
    with closed.reading():
        closed.settings.refresh()
        found = {row["login"]: row for row in users.list_users(closed)}
        assert (found["cyd"]["agent_id"], found["cyd"]["disabled_at"]) == (number, closed.now())
        assert (found["sue"]["agent_id"], found["sue"]["disabled_at"]) == (None, None)
        assert found["adam"]["disabled_at"] is None
        assert people_check(closed)["ok"]
        User.update(disabled_at=None).where(User.login == "cyd").execute()
        assert "cyd: there is no such agent" in people_check(closed)["detail"]


def open_again(path: Path, clock: TestClock) -> None:
    other = open_desk(path, clock=clock)
    try:
        set_value(other, "policy", "skill")
    finally:
        other.close()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A number for each time that the users are read."""
    counted: list[int] = []

    def read() -> list[tuple[Any, ...]]:
        counted.append(len(counted))
        return people()

    monkeypatch.setattr("dispatch.desk.access.staff.people", read)
    return counted


def test_an_open_desk_looks_for_users_once(
    desk: Desk, add_agent: Callable[..., object], add_lead: Callable[..., object], reads: list[int]
) -> None:
    add_agent("Ada")
    for name in ("Kate", "John", "Mia"):
        add_lead(name)
    assert len(reads) == 1


def test_commands_read_the_users_only_after_a_change(closed: Desk, enter: Enter, reads: list[int]) -> None:
    enter("dora")
    for text in ("one", "two", "three"):
        bookings.note(closed, 1, text)
    assert len(reads) == 1
    enter("anna")
    users.disable(closed, "otto")
    bookings.note(closed, 1, "four")
    assert len(reads) == 3


@pytest.mark.on_file
def test_an_event_says_whose_work_and_which_account(closed: Desk) -> None:
    users.add(closed, "bea", "agent", 2, "beatrix")
    users.change(closed, "bea", "auditor", "none", "bea")
    with closed.reading():
        changed, added = event_log.events(limit=2)
        sentences = [sentence(event, {}) for event in (added, changed)]
    assert sentences == [
        "added user bea as agent, agent 2, account beatrix",
        "changed user bea, now auditor, agent none, account bea",
    ]
