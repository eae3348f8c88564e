"""Every command by every role: a command that is missing from the table fails."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, customers
from dispatch.agents.presence import set_presence
from dispatch.assignment.shuffle import shuffle
from dispatch.batches.record import together
from dispatch.bookings.follow_ups import follow_up
from dispatch.bootstrap import open_desk
from dispatch.desk.access.permissions import PERMISSIONS, ROLES
from dispatch.desk.commands import COMMANDS
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.leads import intake
from dispatch.operations import configuration, doctor
from dispatch.operations.command_list import every_command
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import redo, undo
from dispatch.people import sign_in, users
from dispatch.people.tokens import make_token
from dispatch.queries.log_follower import LogFollower
from dispatch.service.issues import conversation, lifecycle, ownership
from dispatch.views import desk_views
from models.errors import NotPermitted, Refused
from tests.conftest import TestClock
from tests.dispatch.people.conftest import PASSWORD, Enter

# who may run it: D dispatcher, A agent (a: their own work only), S supervisor, U auditor
TABLE = {
    "absence.add": "DaS",
    "absence.cover": "DS",
    "absence.remove": "DaS",
    "absence.return": "DS",
    "agent.add": "S",
    "agent.add_file": "S",
    "agent.handover": "DS",
    "agent.leave": "S",
    "agent.presence": "DaS",
    "agent.return": "S",
    "agent.set": "S",
    "agent.shift": "S",
    "agent.turn": "DS",
    "batch": "DAS",
    "booking.ask": "DS",
    "booking.cancel": "DaS",
    "booking.cancel_all": "DS",
    "booking.claim": "DaS",
    "booking.confirm": "DaS",
    "booking.contact": "DaS",
    "booking.decline": "DaS",
    "booking.edit": "DS",
    "booking.expire": "DS",
    "booking.first_contact": "DS",
    "booking.follow_up": "DaS",
    "booking.follow_up_all": "DS",
    "booking.keep": "DaS",
    "booking.lapse": "DS",
    "booking.note": "DaS",
    "booking.pass_on": "DS",
    "booking.prioritise_all": "DS",
    "booking.rate": "DS",
    "booking.reassign": "DS",
    "booking.reassign_all": "DS",
    "booking.release": "DaS",
    "booking.release_all": "DS",
    "booking.reopen": "DS",
    "cap.remove": "S",
    "cap.set": "S",
    "customer.apart": "DS",
    "customer.edit": "DS",
    "customer.forget": "S",
    "customer.merge": "DS",
    "desk.restore": "S",
    "disposition.add": "S",
    "disposition.retire": "S",
    "disposition.set": "S",
    "doctor.repair": "S",
    "holiday.set": "S",
    "import": "S",
    "import.change": "S",
    "import.rows": "S",
    "import.rows_back": "S",
    "issue.acknowledge": "DaS",
    "issue.add_file": "DS",
    "issue.claim": "DaS",
    "issue.close": "DaS",
    "issue.close_all": "DS",
    "issue.drain": "DS",
    "issue.edit": "DS",
    "issue.escalate": "DaS",
    "issue.let_go": "DS",
    "issue.note": "DaS",
    "issue.open": "DS",
    "issue.prioritise_all": "DS",
    "issue.rate": "DS",
    "issue.reassign": "DS",
    "issue.reassign_all": "DS",
    "issue.reopen": "DS",
    "issue.reply": "DaS",
    "issue.resolve": "DaS",
    "issue.settle": "DS",
    "issue.status": "DaS",
    "issue.sweep": "DS",
    "issue.take_in": "DS",
    "issue.train": "DS",
    "lead.add": "DS",
    "lead.add_all": "DS",
    "lead.add_file": "DS",
    "lead.file_again": "DS",
    "lead.file_back": "DS",
    "redo": "DAS",
    "setting.set": "S",
    "shuffle": "DS",
    "shuffle.recurring": "DS",
    "token.add": "DASU",
    "token.revoke": "DASU",
    "undo": "DAS",
    "user.add": "S",
    "user.disable": "S",
    "user.enable": "S",
    "user.passwd": "DASU",
    "user.set": "S",
    "value.add": "S",
    "value.rename": "S",
    "value.retire": "S",
    "view.delete": "DS",
    "view.save": "DS",
    "waiting.assign": "DS",
    "weights.learn": "S",
    "weights.use": "S",
}
LETTERS = {"dispatcher": "D", "agent": "A", "supervisor": "S", "auditor": "U"}
PEOPLE = {"dispatcher": "dora", "agent": "adam", "supervisor": "anna", "auditor": "otto"}
MINE: dict[str, Any] = {"booking_id": 1, "issue_id": 1, "agent_id": 1}
OTHERS: dict[str, Any] = {"booking_id": 2, "issue_id": 99, "agent_id": 2}


def test_the_table_has_every_command() -> None:
    assert set(TABLE) == set(every_command())
    assert set(PEOPLE) == set(ROLES) == set(LETTERS)


@pytest.mark.parametrize("role", ROLES)
def test_every_command_by_a_role(closed: Desk, enter: Enter, role: str) -> None:
    enter(PEOPLE[role])
    with closed.reading():
        assert closed.staff.person(closed.now()).role == role
        for name, known in every_command().items():
            given = {key: value for key, value in MINE.items() if key in known.needs.signature.parameters}
            allowed = LETTERS[role] in TABLE[name].upper()
            if allowed:
                closed.staff.check(known.needs, (), given, closed.now())
            else:
                with pytest.raises(NotPermitted) as caught:
                    closed.staff.check(known.needs, (), given, closed.now())
                assert caught.value.code == "not_permitted", name
                assert role in caught.value.message
                assert len(caught.value.message) <= 60


def test_an_agent_runs_commands_on_own_work_on_nobody_elses(closed: Desk, enter: Enter) -> None:
    enter("adam")
    own = [name for name, roles in TABLE.items() if "a" in roles]
    assert set(own) == {name for name, one in every_command().items() if PERMISSIONS[one.needs.may].own}
    with closed.reading():
        for name in own:
            need = every_command()[name].needs
            for key in OTHERS.keys() & need.signature.parameters.keys():
                if need.names_holder and key != "agent_id":
                    continue  # a claim is refused by its own rule, or pulls
                given = {k: v for k, v in MINE.items() if k in need.signature.parameters} | {key: OTHERS[key]}
                if key == "issue_id":  # no row of anybody: the command itself refuses it
                    closed.staff.check(need, (), given, closed.now())
                    continue
                with pytest.raises(NotPermitted) as caught:
                    closed.staff.check(need, (), given, closed.now())
                assert caught.value.code == "not_yours", name


@pytest.mark.parametrize(
    ("may", "parameters", "match"),
    [
        ("booking.invent", "booking_id", "no permission 'booking.invent'"),
        ("booking.work", "", "no parameter says whose it is"),
        ("booking.work", "which", "no parameter says whose it is"),
        ("booking.work", "agent_id=None", "no parameter says whose it is"),
    ],
)
def test_a_command_whose_permission_cannot_be_checked_does_not_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, may: str, parameters: str, match: str
) -> None:
    monkeypatch.setattr("dispatch.desk.commands.COMMANDS", COMMANDS.copy())
    module = tmp_path / "module.py"
    module.write_text(
        "from dispatch.desk.commands import command, put_back\n"
        f'@command("test.act", past="acted", undo=put_back, may="{may}")\n'
        f"def act(running, {parameters}): ...\n",
        encoding="utf-8",
    )
    with pytest.raises(TypeError, match=match):
        runpy.run_path(str(module))


LEAD = {
    "name": "Zoe Li",
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}
REFUSED: list[tuple[str, Callable[[Desk], object], str]] = [
    ("adam", lambda desk: bookings.claim(desk, 2, 2), "not_yours"),
    ("adam", lambda desk: bookings.note(desk, 2, "hello"), "not_yours"),
    ("adam", lambda desk: bookings.cancel(desk, 2, reason="no money"), "not_yours"),
    ("adam", lambda desk: bookings.contact(desk, booking_id=2, outcome="reached"), "not_yours"),
    ("adam", lambda desk: bookings.reassign(desk, 1, 2, "no"), "not_permitted"),
    ("adam", lambda desk: set_presence(desk, 2, "away"), "not_yours"),
    ("adam", lambda desk: intake.receive(desk, **LEAD), "not_permitted"),
    ("adam", lambda desk: conversation.note(desk, 1, "hello", agent_id=2), "not_yours"),
    ("adam", lambda desk: desk_views.save(desk, "Mine", "queue"), "not_permitted"),
    ("adam", lambda desk: users.disable(desk, "otto"), "not_permitted"),
    ("dora", lambda desk: agents.change(desk, 1, capacity=3), "not_permitted"),
    ("dora", lambda desk: configuration.set_value(desk, "policy", "skill"), "not_permitted"),
    ("dora", lambda desk: users.change(desk, "dora", "supervisor"), "not_permitted"),
    ("dora", doctor.repair, "not_permitted"),
    ("otto", lambda desk: bookings.claim(desk, 1, 1), "not_permitted"),
    ("otto", lambda desk: bookings.note(desk, 1, "seen"), "not_permitted"),
    ("otto", shuffle, "not_permitted"),
    ("otto", lambda desk: customers.edit(desk, 1, name="Kat"), "not_permitted"),
    ("otto", undo, "not_permitted"),
    ("otto", lambda desk: together(desk, [lambda: bookings.note(desk, 1, "hi")]), "not_permitted"),
]


@pytest.mark.on_file  # a server signs people in itself
@pytest.mark.parametrize(
    "run", [lambda desk: make_token(desk, "dora"), lambda desk: users.set_password(desk, "dora", PASSWORD)]
)
def test_an_agent_lets_nobody_else_in(closed: Desk, enter: Enter, run: Callable[[Desk], object]) -> None:
    enter("adam")
    with pytest.raises(NotPermitted) as caught:
        run(closed)
    assert caught.value.code == "not_permitted"


@pytest.mark.parametrize(("who", "run", "code"), REFUSED)
def test_what_is_refused_writes_nothing(
    closed: Desk,
    enter: Enter,
    unchanged: Callable[[], int],
    who: str,
    run: Callable[[Desk], object],
    code: str,
) -> None:
    enter(who)
    before = unchanged()
    with pytest.raises(NotPermitted) as caught:
        run(closed)
    assert caught.value.code == code
    assert "\n" not in caught.value.message
    assert unchanged() == before


def test_an_agent_works_on_their_own(closed: Desk, enter: Enter) -> None:
    enter("adam")
    assert bookings.claim(closed, 1, 1)["claimed_at"]
    bookings.contact(closed, 1, "reached")
    bookings.note(closed, 1, "wants a window")
    follow_up(closed, 1, "in 2 hours")
    bookings.confirm(closed, 1, "Luxury Dome Stay", 25_000, 5_000)
    assert bookings.decline(closed, 3, "full")["agent_id"] == 2
    assert set_presence(closed, 1, "busy")["presence"] == "busy"
    ownership.claim(closed, 1, 1)
    conversation.reply(closed, 1, "We look into it")
    lifecycle.resolve(closed, 1, "paid back")
    together(closed, [lambda: bookings.note(closed, 1, "done")])


def test_an_agent_undoes_own_commands_and_nobody_elses(
    closed: Desk, enter: Enter, unchanged: Callable[[], int]
) -> None:
    enter("adam")
    bookings.claim(closed, 1, 1)
    undo(closed)
    redo(closed)
    assert bookings.release(closed, 1)["claimed_at"] is None
    enter("dora")
    bookings.note(closed, 1, "call in the morning")
    number = unchanged()
    enter("adam")
    with pytest.raises(NotPermitted) as caught:
        undo(closed, number)
    assert (caught.value.code, unchanged()) == ("not_yours", number)
    enter("dora")
    undo(closed, number)


def test_undo_needs_the_permission_of_what_is_undone(
    closed: Desk, enter: Enter, unchanged: Callable[[], int]
) -> None:
    configuration.set_value(closed, "policy", "skill")
    number = unchanged()
    enter("dora")
    with pytest.raises(NotPermitted) as caught:
        undo(closed, number)
    assert (caught.value.code, unchanged(), closed.settings["policy"]) == ("not_permitted", number, "skill")


def test_nobody_is_refused_and_the_clock_is_not(closed: Desk, clock: TestClock, enter: Enter) -> None:
    set_presence(closed, 2, "break", "in 30 min")
    sign_in.sign_out(closed)
    with pytest.raises(NotPermitted) as caught:
        bookings.note(closed, 1, "hello")
    assert caught.value.code == "not_signed_in"
    clock.advance(hours=1)
    assert sweep(closed)["presence"] == [2]


def test_a_replayed_request_is_refused_to_whom_the_first_would_be(closed: Desk, enter: Enter) -> None:
    with closed.request("once"):
        bookings.note(closed, 1, "hello")
    enter("otto")
    with closed.request("once"), pytest.raises(NotPermitted):
        bookings.note(closed, 1, "hello")


def test_a_repeat_returns_ones_own_result_though_the_row_is_somebody_elses_by_now(
    closed: Desk, enter: Enter
) -> None:
    enter("adam")
    with closed.request("once"):
        first = bookings.decline(closed, 1, "ill")
    assert first["agent_id"] != 1
    with closed.request("once"):
        assert bookings.decline(closed, 1, "ill") == first
    with pytest.raises(NotPermitted):
        bookings.decline(closed, 1, "ill")


def test_a_request_id_is_its_persons(closed: Desk, enter: Enter) -> None:
    enter("dora")
    with closed.request("once"):
        bookings.note(closed, 1, "hello")
    for login in ("adam", "anna"):
        enter(login)
        with closed.request("once"), pytest.raises(Refused, match="somebody else"):
            bookings.note(closed, 1, "hello")


def test_a_refusal_lists_who_may(closed: Desk, enter: Enter) -> None:
    enter("otto")
    with pytest.raises(NotPermitted) as caught:
        undo(closed)
    assert caught.value.hint == "ask a dispatcher, an agent or a supervisor"


@pytest.mark.on_file
def test_whoever_was_disabled_follows_the_log_no_longer(closed: Desk, enter: Enter) -> None:
    path = closed.database.file
    enter("otto")

    def opened() -> Desk:
        desk = open_desk(path)
        desk.staff.signed_in = closed.staff.signed_in
        return desk

    with LogFollower(path, opened, EventFilter(), str, list) as follower:
        follower.begin(None)
        assert list(follower.news()) == []
        enter("anna")
        bookings.note(closed, 1, "hello")
        assert [row["command"] for row in follower.news()] == ["booking.note"]
        users.disable(closed, "otto")
        with pytest.raises(NotPermitted, match="disabled"):
            list(follower.news())
