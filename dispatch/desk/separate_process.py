"""Work in a process of its own, for libraries that take seconds to load and a hundred megabytes to keep.

``run`` starts a Python like this one, which calls a function with JSON and answers in lines of JSON: its
progress, then its result or a refusal. This process never loads what the other one needs.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import IO, Any

from models.base import Json
from models.errors import DatabaseUnavailable, DeskError, Refused

Progress = Callable[[int, int, str], object]
"""Gets the steps done, all steps or 0, and what is being done; it may raise, to stop the work."""
Check = Callable[[], object]
"""Raises if the work is to stop."""

LOOK_EVERY_S = 0.1  # whether the work is to stop
LONGEST_SILENCE_S = 300.0
AT_ONCE = 65_536
HINT = "nothing changed; free some memory and try again"
START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from dispatch.desk.separate_process import serve
serve(sys.argv[2])
"""


def nothing(_done: int, _total: int, _what: str) -> None:
    """Report no progress."""


def go_on() -> None:
    """Let the work go on."""


def run(
    work: str,
    given: Json,
    *,
    progress: Progress = nothing,
    check: Check = go_on,
    silence_s: float = LONGEST_SILENCE_S,
) -> Json:
    """Call ``module:function`` with ``given`` and a Progress in another process, and return its result.

    What ``progress`` raises, or ``check`` ten times a second, ends the other process, too. Raises Refused if
    that fails, is killed, answers with anything else or says nothing for ``silence_s`` seconds, and the
    function's own Refused or DatabaseUnavailable.
    """
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as complaints:
        question.write(json.dumps(given).encode())
        question.seek(0)
        command = [sys.executable, "-P", "-c", START, json.dumps(sys.path), work]
        try:
            process = subprocess.Popen(command, stdin=question, stdout=subprocess.PIPE, stderr=complaints)
        except OSError as error:
            raise _failed(f"no other Python could be started ({error.strerror})") from error
        with process:
            try:
                return _answer(process, progress, check, silence_s) or _fail(process, complaints)
            finally:
                process.kill()  # before the block waits for its end; no effect on one that has ended


def _answer(
    process: subprocess.Popen[bytes], progress: Progress, check: Check, silence_s: float
) -> Json | None:
    """Return the result; None if the process ends without one."""
    for line in _lines(process, check, silence_s):
        match _read(line):
            case ["progress", int(done), int(total), str(what)]:
                progress(done, total, what)
            case ["result", dict(result)]:
                return result
            case ["refused", str(code), str(message), str(hint), 3]:
                raise DatabaseUnavailable(code, message, hint)
            case ["refused", str(code), str(message), str(hint), 1]:
                raise Refused(code, message, hint)
            case _:
                raise _failed("its answer could not be read")
    return None


def _lines(process: subprocess.Popen[bytes], check: Check, silence_s: float) -> Iterator[bytes]:
    """Yield the lines of a process as they come."""
    assert process.stdout is not None
    rest, heard = b"", time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if selector.select(LOOK_EVERY_S):
                data = os.read(process.stdout.fileno(), AT_ONCE)
                if not data:
                    return
                *lines, rest = (rest + data).split(b"\n")
                yield from lines
                heard = time.monotonic()
            elif time.monotonic() - heard > silence_s:
                raise _failed(f"it said nothing for {silence_s:.0f} seconds")
            check()


def _read(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _fail(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> Json:
    """Raise Refused with the reason why a process ended without a result."""
    code = process.wait()
    if code < 0:
        raise _failed(f"it was ended by the system ({signal.Signals(-code).name})")
    complaints.seek(0)
    lines = complaints.read().decode("utf-8", "replace").split("\n")
    raise _failed(next((line for line in reversed(lines) if line.strip()), f"it ended with code {code}"))


def _failed(reason: str) -> Refused:
    return Refused("training_failed", f"training failed: {reason}", HINT)


def serve(work: str) -> None:
    """Be the other process: read the question from stdin, and answer on stdout."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)  # what a library prints is no answer

        def say(*parts: object) -> None:
            print(json.dumps(parts), file=answers, flush=True)

        module, _, name = work.partition(":")
        try:
            function = getattr(import_module(module), name)
            say("result", function(json.load(sys.stdin), lambda *step: say("progress", *step)))
        except DeskError as error:
            say("refused", error.code, error.message, error.hint, error.exit_code)
