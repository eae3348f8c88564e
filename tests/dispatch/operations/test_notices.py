"""What somebody outside is told: once, by whichever terminal, and by a command that may misbehave."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from dispatch import bookings
from dispatch.bookings import follow_ups
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from dispatch.operations.notices.claims import MOST_AT_ONCE, Scope, check, claim
from dispatch.operations.notices.hook import Hook, arguments_of
from dispatch.service.issues import escalation_commands, intake, ownership
from models.errors import InvalidInput
from tests.conftest import TestClock

ALL = Scope()
AddLead = Callable[..., Any]
Tell = Callable[..., str]

pytestmark = pytest.mark.usefixtures("lead")


@pytest.fixture
def begun(desk: Desk, lead: Any) -> None:
    """The first claim tells nothing: what was before is not news."""
    assert claim(desk, ALL) == []


def kinds(desk: Desk, scope: Scope = ALL) -> list[tuple[str, int | None]]:
    return [
        (one["kind"], (one["booking"] or {}).get("booking_id") or (one["issue"] or {}).get("issue_id"))
        for one in claim(desk, scope)
    ]


def test_what_happens_is_claimed_once(desk: Desk, begun: None, add_lead: AddLead) -> None:
    add_lead("Ann")
    assert kinds(desk) == [("assigned", 2)]
    assert kinds(desk) == []
    bookings.claim(desk, 2, 2)
    bookings.note(desk, 2, "hello")
    assert kinds(desk) == []
    bookings.reassign(desk, 2, 1, "speaks French")
    undo.undo(desk)
    assert kinds(desk) == [("assigned", 2), ("assigned", 2)]
    bookings.contact(desk, 2, "wrong_number")
    assert kinds(desk) == [("unreachable", 2)]
    bookings.cancel(desk, 1, "no money")
    assert kinds(desk) == []


def test_a_notice_says_who_and_what(desk: Desk, begun: None, add_lead: AddLead) -> None:
    add_lead("Ann")
    (one,) = claim(desk, ALL)
    assert one["text"] == "Booking assigned: 2 Ann, Mars, Bob Byron"
    assert (one["desk"], one["at"]) == (desk.database.address, "2082-03-01 09:00:00")
    assert one["agent"] is not None
    assert one["agent"]["name"] == "Bob Byron"
    assert json.loads(json.dumps(one)) == one


def test_issues_and_escalations_are_told(desk: Desk, begun: None) -> None:
    number = intake.open_issue(desk, "The invoice is wrong", customer_id=1)["issue_id"]
    assert kinds(desk) == []  # it waits for an agent
    ownership.reassign(desk, number, 2, "knows invoices")
    assert kinds(desk) == [("issue_assigned", number)]
    escalation_commands.escalate(desk, number, "the whole company is stuck", 3)
    (one,) = claim(desk, ALL)
    assert (one["kind"], "to level 3" in one["text"]) == ("issue_escalated", True)


def test_a_follow_up_is_told_at_its_minute(desk: Desk, begun: None, clock: TestClock) -> None:
    follow_ups.follow_up(desk, 1, "in 10 min")
    assert kinds(desk) == []
    clock.advance(minutes=9, seconds=59)
    assert kinds(desk) == []
    clock.advance(seconds=1)
    assert kinds(desk) == [("follow_up_due", 1)]
    clock.advance(minutes=60)
    assert kinds(desk) == []
    follow_ups.follow_up(desk, 1, "in 10 min")
    clock.advance(minutes=10)
    assert kinds(desk) == [("follow_up_due", 1)]
    clock.advance(minutes=-5)
    assert kinds(desk) == []
    clock.advance(minutes=5)
    assert kinds(desk) == []


def test_many_at_once_are_told_as_one(desk: Desk, begun: None, clock: TestClock, add_lead: AddLead) -> None:
    for number in range(50):
        add_lead(f"C{number}")
        follow_ups.follow_up(desk, number + 2, "in 10 min")
    (one,) = claim(desk, ALL)
    assert (one["kind"], one["count"], one["kinds"]) == ("several", 50, {"assigned": 50})
    clock.advance(minutes=10)
    (one,) = claim(desk, ALL)
    assert (one["text"], len(one["notices"])) == ("50 x follow-up due", MOST_AT_ONCE)
    assert kinds(desk) == []


def test_an_agent_is_told_of_their_own_work(desk: Desk, add_lead: AddLead) -> None:
    assert claim(desk, Scope(2)) == []
    add_lead("Ann")
    add_lead("Not Bob's")
    bookings.reassign(desk, 1, 2, "speaks French")
    assert kinds(desk, Scope(2)) == [("assigned", 2), ("assigned", 1)]
    assert kinds(desk, Scope(2)) == []


def test_terminals_side_by_side_tell_everything_once(
    desk: Desk, begun: None, path: Any, clock: TestClock, add_lead: AddLead
) -> None:
    for number in range(12):
        add_lead(f"C{number}")
    barrier = Barrier(4)

    def one_terminal(_: int) -> list[int]:
        with closing(open_desk(path, clock=clock, actor="kim")) as other:
            barrier.wait()
            return [one["event_id"] or 0 for one in claim(other, ALL)]

    with ThreadPoolExecutor(4) as pool:
        told = [number for numbers in pool.map(one_terminal, range(4)) for number in numbers]
    assert len(told) == len(set(told)) == 12


# the command


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        file = tmp_path / "tell"
        file.write_text(f"#!/bin/bash\n{text}\n")
        file.chmod(0o755)
        return str(file)

    return write


@pytest.fixture
def tell(
    desk: Desk, begun: None, path: Any, clock: TestClock, add_lead: AddLead
) -> Iterator[Callable[..., str]]:
    """Let a command be told of one new lead; return what the doctor says of it then."""
    hooks: list[Hook] = []

    @contextmanager
    def opened() -> Iterator[Desk]:
        with closing(open_desk(path, clock=clock, actor="kim")) as other:
            yield other

    def run(command: str, longest_s: float = 10.0, leads: int = 1) -> str:
        for number in range(leads):
            add_lead(f"Told {number}")
        hook = Hook(command, None, opened, longest_s)
        hooks.append(hook)
        hook.kick()
        hook.finish(60)
        with desk.reading():
            return check(desk).detail

    yield run
    for hook in hooks:
        hook.close()


def test_the_command_gets_json_and_no_secrets(
    tell: Tell, script: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTRA_TOKEN", "secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    out = tmp_path / "it's out"
    command = script('cat > "$1"; env > "$1.env"; echo; seq 100000; exit 0')
    assert tell(f'"{command}" "{out}" ; rm').startswith("sent to the command: desk last at ")
    assert json.loads(out.read_text())["booking"]["customer_name"] == "Told 0"
    environment = Path(f"{out}.env").read_text()
    assert "secret" not in environment
    assert "PATH=" in environment


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("exit 1", "ended with exit code 1"),
        ("kill -9 $$", "was ended by signal 9"),
        ("sleep 60", "took longer than 0.5 s and was stopped"),
        ("head -c 1000000000 /dev/zero; exit 3", "ended with exit code 3"),
        ("sleep 60 & echo $! > pid; disown; exit 4", "ended with exit code 4"),
        ("cat /dev/zero", "took longer than 0.5 s and was stopped"),
    ],
)
def test_what_goes_wrong_is_listed_by_the_doctor(
    tell: Tell, script: Callable[[str], str], text: str, problem: str, tmp_path: Path
) -> None:
    longest_s = 0.5 if "longer" in problem else 10.0
    said = tell(script(f"cd {tmp_path}\n{text}"), longest_s)
    assert said.startswith("1 notice failed: ")
    assert f"{problem} (Booking assigned: 2 Told 0" in said
    if (tmp_path / "pid").exists():
        os.kill(int((tmp_path / "pid").read_text()), 9)


def test_a_command_that_is_missing_or_no_program(tell: Tell, tmp_path: Path) -> None:
    assert "cannot be run: No such file or directory" in tell(str(tmp_path / "nowhere"))
    (tmp_path / "text").write_text("no program")
    assert "cannot be run: Permission denied" in tell(str(tmp_path / "text"))


def test_one_that_hangs_is_not_tried_for_each(tell: Tell, script: Callable[[str], str]) -> None:
    said = tell(script("sleep 60"), 0.3, leads=6)
    assert said.startswith("6 notices failed: ")
    assert "not run: it hung before" in said


def test_what_it_started_is_stopped_with_it(tell: Tell, script: Callable[[str], str], tmp_path: Path) -> None:
    tell(script(f"sleep 60 & echo $! > {tmp_path}/child; wait"), 0.5)
    child = int((tmp_path / "child").read_text())
    while is_running(child):  # for a moment: a signal takes its time
        continue


def is_running(process: int) -> bool:
    """Whether a process is there and not just waiting for its parent to notice its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("command", ["", "  ", 'tell "me', "tell\0"])
def test_a_command_has_words(command: str) -> None:
    with pytest.raises(InvalidInput):
        arguments_of(command)
