"""Every command is registered with its log text and undo rule."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.desk.commands import AUDITED
from dispatch.desk.desk import Desk
from dispatch.operations.command_list import describe_command, describe_event, describe_value, every_command
from dispatch.operations.undo import undo
from dispatch.operations.undoing.rows import RULES
from models.audit import Event
from models.errors import Refused

ROOT = Path(__file__).resolve().parents[3]
NAMES = "from dispatch.operations.command_list import every_command; print(*every_command())"
COMMAND = """
from dispatch.desk.commands import command, never, put_back

@command("test.act"{})
def act(running): ...
"""


def test_the_list_has_each_command_of_the_source_once() -> None:
    """In a separate process, where no other test has imported a module."""
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "dispatch").rglob("*.py"))]
    declared = re.findall(r'^(?:@|\w+ = )command\(\s*"([\w.]+)"', "\n".join(sources), re.MULTILINE)
    listed = subprocess.run(
        [sys.executable, "-c", NAMES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert sorted(declared) == sorted(listed.stdout.split())


def test_each_command_has_log_text() -> None:
    assert [name for name, known in every_command().items() if not known.past.strip()] == []


@pytest.mark.parametrize(
    "given",
    [
        "",
        ', past="acted"',
        ", undo=put_back",
        ', past="acted", undo=put_back',
        ', undo=never("it stays"), may="lead.enter"',
    ],
)
def test_a_command_without_log_text_undo_rule_or_permission_is_refused(tmp_path: Path, given: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(COMMAND.format(given), encoding="utf-8")
    with pytest.raises(TypeError, match="required keyword-only argument"):
        runpy.run_path(str(module))


@pytest.fixture
def logged(desk: Desk) -> Callable[[str], None]:
    def log(name: str) -> None:
        with desk.transaction():
            Event(at=desk.now(), actor=desk.actor, command=name, session=desk.session).save()

    return log


@pytest.mark.parametrize("name", [name for name, known in every_command().items() if known.undo.never])
def test_commands_that_cannot_be_undone_say_why(desk: Desk, logged: Callable[[str], None], name: str) -> None:
    logged(name)
    with pytest.raises(Refused) as caught:
        undo(desk)
    assert (caught.value.code, caught.value.hint) == ("not_undoable", every_command()[name].undo.never)


def test_a_command_of_a_later_version_keeps_its_name_and_is_not_undone(
    desk: Desk, logged: Callable[[str], None]
) -> None:
    logged("later.command")
    assert describe_command("later.command") == "later.command"
    with pytest.raises(Refused, match=r"event 1 \(later\.command\) cannot"):
        undo(desk)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"issue_id": 3, "booking_id": 2, "agent_id": 1}, "issue 3 claimed"),
        ({"issue_id": None, "booking_id": 2, "agent_id": 1}, "booking 2 claimed"),
        ({"agent_id": 1}, "agent 1 claimed"),
        ({}, "claimed"),
    ],
)
def test_an_event_is_described_with_its_subject(about: dict[str, Any], words: str) -> None:
    assert describe_event(about | {"command": "booking.claim"}) == words


def test_every_audited_row_has_undo_rules() -> None:
    assert set(RULES) == set(AUDITED)


def test_a_value_of_an_event_is_told_in_words() -> None:
    assert describe_value({"erased": "9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f"}) == "erased"
    assert describe_value(["unresolved", {"issue_id": 3, "first_answer": True}]) == (
        "unresolved, issue 3 first answer yes"
    )
    assert describe_value(1.5) == "1.5"
