"""Work in a process of its own: what it answers, how it fails, and that it never outlives its question."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.desk import separate_process
from dispatch.service.satisfaction import training
from dispatch.service.satisfaction.case import Case
from dispatch.service.satisfaction.formula import Facts
from dispatch.service.satisfaction.training import Answer
from models.base import Json
from models.errors import DatabaseUnavailable, DeskError, Refused
from models.issues import CATEGORIES, CHANNELS
from tests.in_process import run_apart as run

HERE = "tests.dispatch.desk.test_separate_process"


def echo(given: Json, progress: Callable[..., object]) -> Json:
    progress(1, 2, "half")
    print("a library speaks")  # noqa: T201
    return {"given": given, "pid": os.getpid()}


def refuse(given: Json, _progress: object) -> Json:
    kind = {"Refused": Refused, "DatabaseUnavailable": DatabaseUnavailable}[given["kind"]]
    raise kind("too_few", "3 are too few", "at least 50 are needed")


def fail(_given: Json, _progress: object) -> Json:
    raise ValueError("no such column")


def killed(_given: Json, _progress: object) -> Json:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def leave(_given: Json, _progress: object) -> Json:
    os._exit(0)


def wrong(_given: Json, _progress: object) -> Any:
    return [1]


def hang(_given: Json, progress: Callable[..., object]) -> Json:
    progress(os.getpid(), 0, "waiting")
    threading.Event().wait()
    return {}


def test_a_result_and_the_progress_come_from_another_process() -> None:
    steps: list[tuple[int, int, str]] = []
    given = {"text": "Zoë", "numbers": [0.1, 1e-300, 2**53]}
    result = run(f"{HERE}:echo", given, progress=lambda *step: steps.append(step))
    assert result["given"] == given
    assert result["pid"] != os.getpid()
    assert steps == [(1, 2, "half")]


@pytest.mark.parametrize("kind", [Refused, DatabaseUnavailable])
def test_a_refusal_is_passed_on(kind: type[DeskError]) -> None:
    with pytest.raises(kind) as found:
        run(f"{HERE}:refuse", {"kind": kind.__name__})
    assert found.value.as_json() == {
        "code": "too_few",
        "message": "3 are too few",
        "hint": "at least 50 are needed",
    }


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        ("fail", "ValueError: no such column"),
        ("killed", "ended by the system (SIGKILL)"),
        ("leave", "ended with code 0"),
        ("wrong", "could not be read"),
        ("absent", "has no attribute 'absent'"),
    ],
)
def test_a_failure_is_refused_in_words(work: str, reason: str) -> None:
    with pytest.raises(Refused) as found:
        run(f"{HERE}:{work}", {})
    assert found.value.code == "training_failed"
    assert reason in found.value.message


def test_without_another_python_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Refused, match="no other Python could be started"):
        run(f"{HERE}:echo", {})


def test_a_silent_process_is_ended() -> None:
    pids: list[int] = []
    with pytest.raises(Refused, match="said nothing"):
        run(f"{HERE}:hang", {}, progress=lambda pid, *_: pids.append(pid), silence_s=0.3)
    assert_gone(pids)


@pytest.mark.parametrize("error", [KeyboardInterrupt, Refused("stopped", "the training was stopped")])
def test_what_stops_the_work_ends_its_process(error: Any) -> None:
    pids: list[int] = []

    def check() -> None:
        if pids:
            raise error

    with pytest.raises((KeyboardInterrupt, Refused)):
        run(f"{HERE}:hang", {}, progress=lambda pid, *_: pids.append(pid), check=check)
    assert_gone(pids)


def assert_gone(pids: list[int]) -> None:
    for pid in pids:  # none if it was ended before it could say anything
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_training_loads_no_library_here_and_learns_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        Answer(Case(Facts(place % 7, 3, 2, place / 50), CATEGORIES[place % 3], 3, CHANNELS[place % 2]), score)
        for place, score in enumerate([5, 1, 4, 2, 3] * 20)
    ]
    groups = [answers, answers[::2]]
    expected = training.learn(groups)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("sklearn", "numpy", "scipy")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(separate_process, "run", run)
    assert training.learn(groups) == expected
    assert not {"sklearn", "numpy", "scipy"} & set(sys.modules)
