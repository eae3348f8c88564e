"""Signing in: one answer and one cost for every wrong one, the lock-out, tokens, accounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dispatch import bookings
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.people import failures, passwords, sign_in, tokens, users
from dispatch.reporting.event_sentences import sentence
from models.errors import InvalidInput, NotPermitted, Refused
from models.people import SignInFailure
from tests.conftest import TestClock
from tests.dispatch.people.conftest import PASSWORD, Enter

pytestmark = pytest.mark.on_file  # a server signs people in itself


@pytest.fixture
def guarded(closed: Desk) -> Desk:
    """The closed desk, where dora and otto have a password, and otto is disabled."""
    users.set_password(closed, "dora", PASSWORD)
    users.set_password(closed, "otto", PASSWORD)
    users.disable(closed, "otto")
    return closed


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls of argon2."""
    calls: list[str] = []
    for name in ("hash", "verify"):
        real = getattr(PasswordHasher, name)

        def call(self: PasswordHasher, *given: object, name: str = name, real: object = real) -> object:
            calls.append(name)
            return real(self, *given)  # type: ignore[operator]

        monkeypatch.setattr(PasswordHasher, name, call)
    return calls


WRONG = [
    ("dora", "wrong"),
    ("nobody", PASSWORD),
    ("otto", PASSWORD),  # disabled, and the password is right
    ("otto", "wrong"),
    ("adam", PASSWORD),  # has no password
    ("", ""),
    ("a" * 5_000, "b" * 5_000),
    ("\udcff", "\udcff"),
]


@pytest.mark.parametrize(("login", "password"), WRONG)
def test_every_wrong_answer_is_the_same_and_costs_the_same(
    guarded: Desk, counted: list[str], login: str, password: str
) -> None:
    sign_in.sign_out(guarded)
    with pytest.raises(NotPermitted) as caught:
        sign_in.sign_in(guarded, login, password)
    assert (caught.value.code, caught.value.message) == ("wrong_password", "The name or password is wrong")
    assert counted == ["verify"]
    assert guarded.staff.signed_in is None


def test_a_right_password_costs_as_much(guarded: Desk, counted: list[str]) -> None:
    assert sign_in.sign_in(guarded, "Dora", PASSWORD).login == "dora"
    assert counted == ["verify"]
    bookings.note(guarded, 1, "hello")


def test_what_stands_for_no_password_costs_what_a_password_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    mine = passwords.hashed(PASSWORD).split("$")
    assert passwords.DECOY.split("$")[:4] == mine[:4]
    assert [len(part) for part in passwords.DECOY.split("$")] == [len(part) for part in mine]
    assert not passwords.matches(None, PASSWORD)


def test_an_accent_is_the_same_however_it_is_typed(desk: Desk) -> None:
    users.new_user(desk, "zoë", password="un caf\u00e9 au lait")
    assert sign_in.sign_in(desk, "ZOË", "un cafe\u0301 au lait").login == "zoë"


@pytest.mark.parametrize("login", ["dora", "nobody"])
def test_after_five_failures_a_name_waits_twice_as_long_each_time(
    guarded: Desk, counted: list[str], clock: TestClock, login: str
) -> None:
    sign_in.sign_out(guarded)
    for _ in range(5):
        assert refusal(guarded, login) == "wrong_password"
    waited = []
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        done = len(counted)
        assert refusal(guarded, login) == "locked_out"
        assert refusal(guarded, login, PASSWORD) == "locked_out", "a right one is refused, too"
        assert len(counted) == done, "what is locked costs nothing, for any name"
        clock.advance(minutes=minutes, seconds=-1)
        assert refusal(guarded, login) == "locked_out"
        clock.advance(seconds=1)
        assert refusal(guarded, login) == "wrong_password"
        waited.append(minutes)
    clock.advance(hours=1)
    if login == "dora":
        sign_in.sign_in(guarded, login, PASSWORD)
        assert refusal(guarded, login) == "wrong_password", "counted from one again"


def refusal(desk: Desk, login: str, password: str = "wrong") -> str:
    with pytest.raises(NotPermitted) as caught:
        sign_in.sign_in(desk, login, password)
    assert "\n" not in caught.value.message
    return caught.value.code


def test_two_terminals_count_together(guarded: Desk, path: Path, clock: TestClock) -> None:
    other = open_desk(path, clock=clock)
    try:
        for desk in (guarded, other, guarded, other, guarded):
            assert refusal(desk, "dora") == "wrong_password"
        assert refusal(other, "dora", PASSWORD) == "locked_out"
    finally:
        other.close()


def test_nobody_keeps_a_name_waiting_for_those_of_another_account(guarded: Desk, clock: TestClock) -> None:
    """A try an hour would do, and for ever."""
    guarded.account = "mallory"
    for _ in range(5):
        assert refusal(guarded, "dora") == "wrong_password"
    for _ in range(3):
        assert refusal(guarded, "dora") == "locked_out"
        clock.advance(hours=1)
        assert refusal(guarded, "dora") == "wrong_password"
    with guarded.reading():
        assert failures.locked_until(guarded, "dora"), "the list of users says so"
    guarded.account = "dora"
    sign_in.sign_in(guarded, "dora", PASSWORD)
    guarded.account = "mallory"
    assert refusal(guarded, "dora") == "locked_out", "that the others have signed in ends no wait"


def test_a_try_counts_before_it_is_checked(guarded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many at once would otherwise be one."""
    seen: list[int] = []

    def look(digest: str | None, password: str) -> bool:
        with guarded.reading():
            seen.append(SignInFailure.get().failures)
        return False

    monkeypatch.setattr(passwords, "matches", look)
    for _ in range(3):
        refusal(guarded, "dora")
    assert seen == [1, 2, 3]


def test_a_supervisor_ends_the_wait_with_a_new_password(
    guarded: Desk, enter: Enter, clock: TestClock
) -> None:
    for _ in range(5):
        refusal(guarded, "dora")
    with guarded.reading():
        assert next(one for one in users.list_users(guarded) if one["login"] == "dora")["locked_until"]
    enter("anna")
    users.set_password(guarded, "dora", "a quite new one")
    sign_in.sign_in(guarded, "dora", "a quite new one")


@pytest.mark.on_file
def test_names_that_were_tried_are_not_kept(guarded: Desk, clock: TestClock) -> None:
    refusal(guarded, "hunter2 typed into the wrong field")
    assert b"hunter2" not in guarded.database.file.read_bytes()
    clock.advance(days=2)
    refusal(guarded, "nobody")
    with guarded.reading():
        assert SignInFailure.select().count() == 1


def test_a_clock_that_was_wrong_locks_nobody_out_for_years(guarded: Desk, clock: TestClock) -> None:
    clock.advance(days=900)
    for _ in range(6):
        refusal(guarded, "dora")
    clock.advance(days=-900)
    sign_in.sign_in(guarded, "dora", PASSWORD)


def test_a_token_signs_in_until_it_expires_or_is_revoked(
    guarded: Desk, enter: Enter, clock: TestClock
) -> None:
    enter("dora")
    made = tokens.make_token(guarded, days=30, note="nightly")
    sign_in.sign_out(guarded)
    assert sign_in.by_token(guarded, made["token"] + "\n").login == "dora"
    bookings.note(guarded, 1, "by a script")
    clock.advance(days=30)
    with pytest.raises(NotPermitted) as caught:
        bookings.note(guarded, 1, "in an open session")
    assert caught.value.code == "token_expired"
    with pytest.raises(NotPermitted) as caught:
        sign_in.by_token(guarded, made["token"])
    assert caught.value.code == "token_expired"


def test_a_revoked_token_ends_an_open_session(
    guarded: Desk, enter: Enter, path: Path, clock: TestClock
) -> None:
    enter("dora")
    made, other = tokens.make_token(guarded), tokens.make_token(guarded)
    script = open_desk(path, clock=clock)
    try:
        sign_in.by_token(script, made["token"])
        bookings.note(script, 1, "hello")
        tokens.revoke(guarded, made["token_id"])
        with pytest.raises(NotPermitted) as caught:
            bookings.note(script, 1, "still here")
        assert caught.value.code == "token_revoked"
        with pytest.raises(NotPermitted) as caught:
            sign_in.by_token(script, made["token"])
        assert caught.value.code == "token_revoked"
        sign_in.by_token(script, other["token"])
        bookings.note(script, 1, "by the other")
    finally:
        script.close()


@pytest.mark.parametrize("text", ["", "astra_", "astra_" + "x" * 43, "\udcff"])
def test_an_unknown_token_is_refused(guarded: Desk, text: str) -> None:
    with pytest.raises(NotPermitted) as caught:
        sign_in.by_token(guarded, text)
    assert caught.value.code == "token_unknown"


def test_tokens_are_ones_own(guarded: Desk, enter: Enter) -> None:
    theirs = tokens.make_token(guarded, "dora")
    enter("adam")
    with guarded.reading():
        assert tokens.list_tokens(guarded) == []
    with pytest.raises(NotPermitted):
        tokens.revoke(guarded, theirs["token_id"])
    mine = tokens.make_token(guarded)
    with guarded.reading():
        assert [one["token_id"] for one in tokens.list_tokens(guarded)] == [mine["token_id"]]
    tokens.revoke(guarded, mine["token_id"])
    with pytest.raises(Refused):
        tokens.revoke(guarded, mine["token_id"])


def test_an_account_of_the_machine_signs_in(guarded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "anna")
    monkeypatch.setenv("LOGNAME", "anna")
    sign_in.sign_out(guarded)
    assert sign_in.by_account(guarded) is None, "the environment counts for nothing"
    guarded.account = "dora"
    session = sign_in.by_account(guarded)
    assert session is not None
    assert session.login == "dora"
    guarded.account = "otto"
    with pytest.raises(NotPermitted) as caught:
        sign_in.by_account(guarded)
    assert caught.value.code == "user_disabled"
    assert guarded.staff.signed_in == session


def test_there_is_nobody_to_sign_in_on_an_open_desk(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        sign_in.sign_in(desk, "anna", PASSWORD)
    assert caught.value.code == "open_desk"
    with desk.reading():
        assert failures.locked_until(desk, "anna") is None


@pytest.mark.parametrize("digest", ["", "x", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_no_password_is_that_of_a_damaged_digest(digest: str) -> None:
    assert not passwords.matches(digest, PASSWORD)


def test_a_name_is_the_same_however_it_is_typed(desk: Desk) -> None:
    """As two users, one could sign what looks like the other's."""
    users.new_user(desk, "Rene\u0301", password=PASSWORD)
    assert sign_in.sign_in(desk, "REN\u00c9", PASSWORD).login == "ren\u00e9"
    with pytest.raises(Refused, match="already"):
        users.add(desk, "ren\u00e9", "auditor", account="rene")
    with pytest.raises(InvalidInput, match="one word"):
        users.add(desk, "re\u200bne", "auditor", account="rene")
    assert failures.digest_of(desk, "ren\u00e9") == failures.digest_of(desk, "Rene\u0301 ")


def test_a_new_password_ends_what_somebody_else_may_have(
    guarded: Desk, path: Path, clock: TestClock, enter: Enter
) -> None:
    """Sessions and tokens of before, but not the session in which it is set."""
    users.set_password(guarded, "anna", PASSWORD)
    sign_in.sign_in(guarded, "anna", PASSWORD)
    kept = tokens.make_token(guarded, "dora")
    desks = [open_desk(path, clock=clock) for _ in range(3)]
    mine, elsewhere, script = desks
    for desk in (mine, elsewhere):
        sign_in.sign_in(desk, "dora", PASSWORD)
    sign_in.by_token(script, kept["token"])
    users.set_password(mine, "dora", "another long one", PASSWORD)
    bookings.note(mine, 1, "still here")
    for desk, code in ((elsewhere, "password_changed"), (script, "token_revoked")):
        with pytest.raises(NotPermitted) as caught:
            bookings.note(desk, 1, "hello")
        assert caught.value.code == code
    users.set_password(guarded, "dora", "a third long one")
    with pytest.raises(NotPermitted) as caught:
        bookings.note(mine, 1, "hello")
    assert caught.value.code == "password_changed"
    bookings.note(guarded, 1, "the supervisor goes on")
    for desk in desks:
        desk.close()


def test_the_token_by_which_a_password_is_set_stays(guarded: Desk) -> None:
    sign_in.sign_in(guarded, "dora", PASSWORD)
    first, second = tokens.make_token(guarded), tokens.make_token(guarded)
    sign_in.by_token(guarded, first["token"])
    users.set_password(guarded, "dora", "another long one", PASSWORD)
    with guarded.reading():
        told = event_log.events(limit=1)[0]
    assert told["detail"] == {"login": "dora", "tokens": 1}
    assert sentence(told, {}) == "set a password for dora, and revoked 1 token"
    bookings.note(guarded, 1, "hello")
    with pytest.raises(NotPermitted) as caught:
        sign_in.by_token(guarded, second["token"])
    assert caught.value.code == "token_revoked"
