"""A process that is killed leaves every command done or not begun; run again, nothing is done twice."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from dispatch.operations.command_list import every_command
from tests.races.killing.catalogue import SOUND
from tests.races.killing.trials import Killing, Trials

KILLS = int(os.environ.get("ASTRA_KILLS", "200"))
A_FEW = (
    "lead",
    "confirm",
    "reassign",
    "handover to the desk",
    "merge",
    "policy",
    "issue resolved",
    "undo of a cancellation",
)
AT_EVERY_WRITE = (
    "lead",
    "several leads",
    "confirm",
    "cancel",
    "several cancelled",
    "agent leaves",
    "merge",
    "shuffle",
    "policy",
    "repair",
    "issue",
    "issue resolved",
    "undo of a lead",
    "undo of a merge",
    "undo of a shuffle",
    "short file of leads",
    "import",
    "import into a new desk",
    "import of changes",
    "sweep",
    "backup",
    "backup in place of another",
    "restore",
    "restore to where no desk is",
    "upgrade",
)


ON_SERVER = [name for name in SOUND if not SOUND[name].copies]


def about_files(name: str) -> Any:
    """The name as a test's parameter: copies of a file are not for a server's desk."""
    return pytest.param(name, marks=pytest.mark.on_file) if SOUND[name].copies else name


def judge(killing: Killing, at: str) -> None:
    print(f"{killing.name}, killed {at}: {dict(killing.landed)}")  # noqa: T201  # shown with -rP
    assert killing.wrong == []


@pytest.mark.parametrize("name", A_FEW)
def test_a_killed_command_is_done_or_not_begun(trials: Trials, name: str) -> None:
    killing = Killing(trials, name)
    killing.at_random(2, Random(name))
    judge(killing, "at random moments")


@pytest.mark.stress
@pytest.mark.parametrize("name", [about_files(name) for name in SOUND])
def test_whatever_is_killed_is_done_or_not_begun(trials: Trials, name: str) -> None:
    killing = Killing(trials, name)
    killing.at_random(KILLS, Random(name))
    judge(killing, "at random moments")


@pytest.mark.on_file
@pytest.mark.parametrize(
    "name", ["claim", *(pytest.param(name, marks=pytest.mark.stress) for name in AT_EVERY_WRITE)]
)
def test_a_kill_at_any_write_loses_nothing(watched_trials: Trials, name: str) -> None:
    killing = Killing(watched_trials, name)
    assert killing.at_every_write() > 10
    judge(killing, "at every write")
    assert killing.landed["before"] > 1
    assert killing.landed["after"] >= 1, "the commit and its answer are two writes"


@pytest.mark.parametrize(
    "name",
    ["claim", *(pytest.param(name, marks=pytest.mark.stress) for name in ON_SERVER if name != "claim")],
)
def test_a_kill_between_any_two_messages_loses_nothing(server_trials: Trials, name: str) -> None:
    killing = Killing(server_trials, name)
    assert killing.at_every_message(while_opening=name == "lead") > 5
    judge(killing, "at every message")
    assert killing.landed["before"] >= 1
    assert killing.landed["after"] >= 1, "the commit and its answer are two messages"


@pytest.mark.on_file
@pytest.mark.stress
def test_every_command_is_killed(trials: Trials) -> None:
    killed = set().union(*(Killing(trials, name).commands for name in SOUND))
    assert every_command().keys() - killed == set()
