"""One command: one transaction, one event, and the same request id only once."""

from __future__ import annotations

import os
import pwd
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from peewee import IntegrityError

from dispatch import agents, bookings, queries
from dispatch.agents import presence
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.commands import COMMANDS, Command, command, put_back
from dispatch.desk.desk import Desk
from dispatch.desk.terminal.account import default_actor
from dispatch.leads import intake
from dispatch.leads.intake import LeadResult
from dispatch.operations import configuration, lists
from dispatch.operations.command_list import every_command
from dispatch.operations.undo import undo
from models.agents import Agent
from models.audit import Event
from models.errors import InvalidInput, NotFound, Refused

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]
LEAD = {
    "name": "Kate Nguyen",
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the commands made by these tests out of the desk's registry, which has to be complete before."""
    every_command()
    monkeypatch.setattr("dispatch.desk.commands.COMMANDS", COMMANDS.copy())


# -- the log


def newest(look: Look) -> dict[str, Any]:
    events: list[dict[str, Any]] = look(event_log.events, limit=1)
    return events[0]


EVERY_COMMAND: list[tuple[str, Callable[[Desk], object]]] = [
    ("booking.claim", lambda desk: bookings.claim(desk, 1, 1)),
    ("booking.release", lambda desk: bookings.release(desk, 1)),
    ("booking.contact", lambda desk: bookings.contact(desk, 1, "no_answer")),
    ("booking.note", lambda desk: bookings.note(desk, 1, "hello")),
    ("booking.edit", lambda desk: editing.edit(desk, 1, requests="aisle")),
    ("booking.decline", lambda desk: bookings.decline(desk, 1, "full")),
    ("booking.reassign", lambda desk: bookings.reassign(desk, 1, 1, "back")),
    ("booking.confirm", lambda desk: bookings.confirm(desk, 1, "Luxury Dome Stay", 1, 2)),
    ("booking.rate", lambda desk: bookings.rate(desk, 1, 5)),
    ("booking.reopen", lambda desk: bookings.reopen(desk, 1)),
    ("booking.cancel", lambda desk: bookings.cancel(desk, 1, "no money")),
    ("agent.set", lambda desk: agents.change(desk, 2, years=6)),
    ("agent.leave", lambda desk: agents.leave(desk, 2)),
    ("agent.return", lambda desk: agents.come_back(desk, 2)),
    ("setting.set", lambda desk: configuration.set_value(desk, "default_capacity", "5")),
    ("value.add", lambda desk: lists.add_value(desk, "destination", "Pluto")),
    ("value.rename", lambda desk: lists.rename_value(desk, "destination", "Pluto", "Charon")),
    ("value.retire", lambda desk: lists.retire_value(desk, "destination", "Charon")),
    ("lead.add", lambda desk: intake.receive(desk, **LEAD)),
    ("undo", undo),
]


def test_every_command_leaves_one_event_with_its_actor(
    desk: Desk, lead: LeadResult, clock: Any, look: Look
) -> None:
    for number, (name, run) in enumerate(EVERY_COMMAND, len(look(event_log.events)) + 1):
        clock.advance(minutes=1)
        desk.actor = f"actor {number}" if name != "undo" else desk.actor
        run(desk)
        event = newest(look)
        assert (event["event_id"], event["command"], event["actor"]) == (number, name, desk.actor)
        assert event["at"] == desk.now()


def test_an_event_keeps_the_rows_before_and_after(desk: Desk, lead: LeadResult, look: Look) -> None:
    bookings.claim(desk, 1, 1)
    event = newest(look)
    assert event["before"] == {"bookings:1": {"claimed_at": None, "progress_at": None, "version": 1}}
    now = "2082-03-01 09:00:00"
    assert event["after"] == {"bookings:1": {"claimed_at": now, "progress_at": now, "version": 2}}
    assert (event["booking_id"], event["agent_id"]) == (1, 1)


def test_a_created_row_has_no_before(desk: Desk, lead: LeadResult, look: Look) -> None:
    event = newest(look)
    assert event["before"] == {}
    assert set(event["after"]) == {"customers:1", "new_customer:1", "assignment_history:1", "bookings:1"}


def test_derived_columns_are_not_in_the_log(desk: Desk, lead: LeadResult, look: Look) -> None:
    bookings.reassign(desk, 1, 2, "speaks French")
    assert set(newest(look)["after"]) == {"bookings:1"}, "loads and the assignment's agent are derived"


def test_a_row_created_and_changed_by_one_command_counts_as_created(desk: Desk, look: Look) -> None:
    @command("test.twice", past="added twice", undo=put_back, may="lead.enter")
    def twice(running: Command) -> None:
        agent = Agent(first_name="A", last_name="B", job_title="C", department="D")
        agent.save()
        agent.email = "a@example.com"
        agent.save()

    twice(desk)
    assert newest(look)["before"] == {}
    (told,) = newest(look)["after"].values()
    assert (told["first_name"], told["email"], told["presence"]) == ("A", "a@example.com", "available")


def test_the_log_holds_the_first_values_of_new_rows(desk: Desk, lead: LeadResult, look: Look) -> None:
    told = newest(look)["after"]
    assert told["new_customer:1"] == {
        "customer_id": 1,
        "customer_name": "Kate Nguyen",
        "method": "Text",
        "source": "Organic",
        "destination": "Mars",
        "launch_location": "Dallas-Fort Worth Launch Complex",
        "requests": "window seat",
        "received_at": newest(look)["at"],
    }
    assert told["bookings:1"]["status"] == "Pending"
    assert "load" not in told["bookings:1"], "derived"
    assert "destination" not in told["bookings:1"], "the lead's own"
    assert "claimed_at" not in told["bookings:1"], "empty"


@pytest.mark.parametrize(
    "run",
    [
        lambda desk: bookings.claim(desk, 1, 2),
        lambda desk: agents.change(desk, 1, years="old"),
        lambda desk: configuration.set_value(desk, "year_shift", "0"),
        lambda desk: lists.add_value(desk, "destination", "Mars"),
        lambda desk: editing.edit(desk, 1),
    ],
)
def test_a_refused_command_leaves_no_event(
    desk: Desk, lead: LeadResult, look: Look, run: Callable[[Desk], object]
) -> None:
    before = look(event_log.events)
    with pytest.raises((Refused, InvalidInput)):
        run(desk)
    assert look(event_log.events) == before


def test_a_command_that_fails_half_way_leaves_nothing(desk: Desk, lead: LeadResult, look: Look) -> None:
    @command("test.half", past="half done", undo=put_back, may="lead.enter")
    def half(running: Command) -> None:
        agent = Agent.lock(1)
        agent.years_of_service = 50
        agent.save()
        raise Refused("no", "changed its mind")

    with pytest.raises(Refused):
        half(desk)
    assert look(queries.agent, 1)["years_of_service"] == 9


def test_a_batch_never_commits_half_a_command(desk: Desk, lead: LeadResult, look: Look) -> None:
    @command("test.half", past="half done", undo=put_back, may="lead.enter")
    def half(running: Command) -> None:
        agent = Agent.lock(1)
        agent.years_of_service = 50
        agent.save()
        raise Refused("no", "changed its mind")

    def batch() -> None:
        with desk.batch():
            bookings.claim(desk, 1, 1)
            half(desk)

    with pytest.raises(RuntimeError, match="was refused after it had written"):
        batch()
    assert look(queries.booking, 1)["claimed_at"] is None
    assert look(queries.agent, 1)["years_of_service"] == 9


def test_leads_are_written_only_inside_a_command(desk: Desk, lead: LeadResult) -> None:
    from dispatch.assignment.decisions import choose_for_new_lead
    from models.customers import Lead

    with pytest.raises(LookupError), desk.transaction():
        choose_for_new_lead(Lead.lock(1))


def test_the_actor_is_from_the_environment_or_the_account(
    monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    account = pwd.getpwuid(os.getuid()).pw_name
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "mallory")
    assert default_actor() == account, "whatever the environment says"
    monkeypatch.setenv("ASTRA_ACTOR", " mia ")
    assert default_actor() == "mia"
    desk = open_desk(path, actor="kim")
    assert desk.actor == "kim"
    desk.close()


def test_a_machine_without_names_has_a_numbered_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(number: int) -> Any:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert default_actor() == f"account {os.getuid()}"


def test_an_actor_that_is_only_said_is_marked_with_the_account(desk: Desk, two: None, look: Look) -> None:
    desk.actor = "zoe"
    presence.set_presence(desk, 1, "break")
    assert (newest(look)["actor"], newest(look)["account"]) == ("zoe", desk.account)
    desk.actor = desk.account
    presence.set_presence(desk, 1, "available")
    assert (newest(look)["actor"], newest(look)["account"]) == (desk.account, None)


@pytest.mark.parametrize("actor", ["sweeper", "Sweeper", " "])
def test_nobody_signs_with_the_desks_own_name(path: Path, desk: Desk, actor: str) -> None:
    with pytest.raises(InvalidInput):
        open_desk(path, actor=actor)
    with pytest.raises(InvalidInput):
        desk.actor = actor


# -- request ids


def rows(look: Look) -> Any:
    return look(
        lambda: (queries.list_bookings(queries.BookingFilter()), queries.list_agents(), event_log.events())
    )


def test_a_repeated_request_returns_the_first_result_and_writes_nothing(
    desk: Desk, two: None, clock: Any, look: Look
) -> None:
    with desk.request("r1"):
        first = intake.receive(desk, **LEAD)
    before = rows(look)
    clock.advance(days=1)
    with desk.request("r1"):
        assert intake.receive(desk, **LEAD) == first
    assert rows(look) == before


def test_a_repeat_after_the_row_has_changed_still_returns_the_first_result(
    desk: Desk, two: None, look: Look
) -> None:
    with desk.request("r1"):
        first = intake.receive(desk, **LEAD)
    bookings.reassign(desk, 1, 2, "speaks French")
    with desk.request("r1"):
        assert intake.receive(desk, **LEAD) == first


def test_a_repeat_may_omit_empty_values(desk: Desk, two: None) -> None:
    with desk.request("r1"):
        first = intake.receive(desk, **LEAD, phone=None)
    with desk.request("r1"):
        assert intake.receive(desk, **LEAD) == first


@pytest.mark.parametrize(
    "run",
    [
        lambda desk: intake.receive(desk, **(LEAD | {"name": "John Doe"})),
        lambda desk: intake.receive(desk, **LEAD, phone="4711"),
        lambda desk: bookings.claim(desk, 1, 1),
    ],
)
def test_a_request_id_is_for_only_one_command(
    desk: Desk, two: None, look: Look, run: Callable[[Desk], object]
) -> None:
    with desk.request("r1"):
        intake.receive(desk, **LEAD)
    before = rows(look)
    with pytest.raises(Refused) as caught, desk.request("r1"):
        run(desk)
    assert caught.value.code == "request_id_reused"
    assert rows(look) == before


def test_a_refused_request_may_be_repeated(desk: Desk, lead: LeadResult) -> None:
    with pytest.raises(Refused), desk.request("r1"):
        bookings.claim(desk, 1, 2)
    bookings.reassign(desk, 1, 2, "speaks French")
    with desk.request("r1"):
        assert bookings.claim(desk, 1, 2)["claimed_at"]


def test_a_request_ends_with_its_block(desk: Desk, two: None) -> None:
    with desk.request("outer"):
        with desk.request("inner"):
            intake.receive(desk, **LEAD)
        assert desk.request_id == "outer"
    assert desk.request_id is None


def test_every_result_survives_storage(desk: Desk, lead: LeadResult) -> None:
    """The result is stored as JSON; a repeat must return the very same value."""
    for number, (_, run) in enumerate(EVERY_COMMAND):
        with desk.request(f"r{number}"):
            first = run(desk)
            assert run(desk) == first


# -- settings and values after a rollback


def roll_back(desk: Desk, command: Callable[[], object]) -> None:
    with suppress(ZeroDivisionError), desk.transaction():
        command()
        raise ZeroDivisionError


def test_a_setting_that_was_rolled_back_is_forgotten(desk: Desk, path: Path) -> None:
    roll_back(desk, lambda: configuration.set_value(desk, "default_capacity", "3"))
    other = open_desk(path)
    configuration.set_value(other, "default_capacity", "7")  # the same version number, another value
    other.close()
    with desk.transaction():
        assert desk.settings["default_capacity"] == 7


def test_a_value_that_was_rolled_back_is_not_accepted(desk: Desk, two: None) -> None:
    roll_back(desk, lambda: lists.add_value(desk, "destination", "Pluto"))
    with pytest.raises(InvalidInput):
        intake.receive(desk, **(LEAD | {"destination": "Pluto"}))


# -- two threads on one desk


def together(desk: Desk, *work: Callable[[], object]) -> list[BaseException]:
    """Run functions in threads that start at the same moment; returns what they raised."""
    ready = threading.Barrier(len(work))
    raised: list[BaseException] = []

    def run(function: Callable[[], object]) -> None:
        ready.wait()
        try:
            function()
        except BaseException as error:  # noqa: BLE001  # handed to the test
            raised.append(error)
        finally:
            desk.close()  # this thread's connection

    threads = [threading.Thread(target=run, args=(function,)) for function in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_a_batch_in_one_thread_does_not_cover_another(desk: Desk, two: None, look: Look) -> None:
    """A second thread that joined the batch would write without a transaction."""
    in_batch, done = threading.Event(), threading.Event()
    seen: list[object] = []

    def batch() -> None:
        with desk.batch(), desk.request("mine"):
            intake.receive(desk, **LEAD)
            in_batch.set()
            done.wait(5)

    def other() -> None:
        in_batch.wait(5)
        with desk.reading():
            seen.extend([desk.in_batch, desk.request_id, queries.count_totals().pending])
        done.set()
        intake.receive(desk, **LEAD)

    assert together(desk, batch, other) == []
    assert seen == [False, None, 0]
    assert look(Event.select().where(Event.request_id == "mine").count) == 1


def test_threads_on_one_desk_lose_nothing(desk: Desk, two: None, look: Look) -> None:
    def work(name: str) -> Callable[[], None]:
        def run() -> None:
            for number in range(25):
                with desk.request(f"{name}{number}"):
                    intake.receive(desk, **LEAD)
                with desk.reading():
                    assert queries.count_totals().drift == ()

        return run

    assert together(desk, work("a"), work("b"), work("c")) == []
    assert look(queries.count_totals) == queries.Totals(waiting=0, pending=75, drift=())
    assert [row["load"] for row in look(queries.list_agents)] in ([37, 38], [38, 37])


def test_programming_errors_are_not_blamed_on_the_file(desk: Desk) -> None:
    with pytest.raises(IntegrityError), desk.reading():
        raise IntegrityError("CHECK constraint failed")


def test_a_number_too_long_for_the_database_is_refused(desk: Desk, look: Look) -> None:
    for function in (queries.booking, queries.agent):
        with pytest.raises((InvalidInput, NotFound)):
            look(function, 10**30)


def test_a_request_id_belongs_to_the_outermost_command(desk: Desk, two: None, look: Look) -> None:
    @command("test.inner", past="worked", undo=put_back, may="lead.enter")
    def inner(running: Command, number: int) -> int:
        running.detail = {"number": number}
        return number

    @command("test.outer", past="worked", undo=put_back, may="lead.enter")
    def outer(running: Command) -> list[int]:
        return [inner(running.desk, number) for number in (1, 2)]

    with desk.request("r1"):
        assert outer(desk) == outer(desk) == [1, 2]
    assert [row["command"] for row in look(event_log.events, limit=3)] == [
        *("test.outer", "test.inner", "test.inner")
    ]
