"""The process that forks one process for each trial: started once, it has loaded everything.

Run as ``python server.py``. Each line it reads is an Order in JSON, and it answers each with a Told in JSON.
It never opens a desk itself, so that nothing of an engine's is inherited.
"""

from __future__ import annotations

import gc
import json
import os
import secrets
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn, TypedDict

from dispatch.operations.command_list import every_command
from dispatch.triage import pipeline
from models.errors import DeskError
from tests.races.killing.catalogue import KINDS
from tests.races.killing.kinds import ADDRESS, make_desk

PATIENCE_S = 60.0
DRIVER = ("psycopg", "models.postgres.opening")
WRITES = "write,pwrite64,pwritev,fsync,fdatasync,ftruncate,fallocate,rename,link,unlink,unlinkat,mkdir,rmdir"
"""The system calls that change files."""
MESSAGES = "write,sendto,recvfrom"
"""The system calls of a process that works on a server: to tell its answer, and to talk with the server."""


class Unwatched(Exception):
    """There is no strace, or it may not watch our processes."""


class Order(TypedDict, total=False):
    """What to do in a folder: ``make`` the desk at work, ``prepare`` a kind, or ``act``.

    The process is killed ``after_s`` seconds after its start, or after the desk is open (``once_open``), or
    when it makes the system call named ``call`` for the time number ``time``. ``trace_to`` is a file for the
    list of all its system calls that write, or that are among ``calls``.
    """

    task: str
    kind: str
    folder: str
    after_s: float
    once_open: bool
    call: str
    time: int
    trace_to: str
    calls: str


class Told(TypedDict):
    """How a trial went: ``answer`` if one was given before the process ended, ``error`` if it failed.

    ``seconds`` are from its start to its end, ``opening_s`` of them until the desk was open.
    """

    answered: bool
    answer: Any
    error: str
    killed: bool
    seconds: float
    opening_s: float


def carry_out(order: Order) -> Told:
    """Fork a process that does what is ordered, kill it in time, and return what it told."""
    if order["task"] == "act":
        on_server = (Path(order["folder"]) / ADDRESS).exists()
        for name in (*KINDS[order["kind"]].loads, *(DRIVER if on_server else ())):
            import_module(name)
    answers, answering = os.pipe()
    gate, opening = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(answers)
        os.close(opening)
        _work(order, gate, answering)
    os.close(answering)
    os.close(gate)
    try:
        strace = _traced(pid, order) if "call" in order or "trace_to" in order else None
    except Unwatched:
        os.close(opening)  # a process that is not told to go ends
        os.close(answers)
        os.waitpid(pid, 0)
        raise
    began = time.perf_counter()
    os.write(opening, b"go")
    os.close(opening)
    told = _watched(pid, answers, order, began)
    if strace is not None:
        strace.communicate()
    return told


def _work(order: Order, gate: int, answering: int) -> NoReturn:
    """The forked process: wait for the gate, work, and tell how it went."""
    if not os.read(gate, 2):
        os._exit(1)

    def tell(value: object) -> None:
        os.write(answering, json.dumps(value).encode() + b"\n")

    # a seal's salt is random
    secrets.token_hex = lambda nbytes=None: "5a" * (nbytes or 16)

    def act() -> None:
        folder = Path(order["folder"])
        if order["task"] == "make":
            make_desk(folder)
        elif order["task"] == "prepare":
            KINDS[order["kind"]].prepare(folder)
        else:
            KINDS[order["kind"]].act(folder, lambda value: tell({"answer": value}))

    try:
        act()
    except DeskError as error:
        tell({"answer": error.as_json()})
    except BaseException:  # noqa: BLE001  # whatever it is, the test shows it
        tell({"error": traceback.format_exc()})
    os._exit(0)


def _watched(pid: int, answers: int, order: Order, began: float) -> Told:
    """Read what the process tells until it ends, by itself or killed."""
    text, opened_at = b"", began
    deadline = began + order["after_s"] if "after_s" in order and not order.get("once_open") else None
    while True:
        patience = PATIENCE_S if deadline is None else max(0.0, deadline - time.perf_counter())
        if not select.select([answers], [], [], patience)[0]:
            os.kill(pid, signal.SIGKILL)
            if deadline is None:
                text += json.dumps({"error": f"it did not end in {PATIENCE_S:.0f} s"}).encode() + b"\n"
            deadline = None
            continue
        found = os.read(answers, 65_536)
        if not found:
            break
        if not text:
            opened_at = time.perf_counter()
            if order.get("once_open"):
                deadline = opened_at + order["after_s"]
        text += found
    os.close(answers)
    _, status = os.waitpid(pid, 0)
    return _told(text, os.WIFSIGNALED(status), time.perf_counter() - began, opened_at - began)


def _told(text: bytes, killed: bool, seconds: float, opening_s: float) -> Told:
    lines = [json.loads(line) for line in text.split(b"\n")[:-1]]  # what comes after the last is cut off
    error = next((line["error"] for line in lines if "error" in line), "")
    answers = [line["answer"] for line in lines if "answer" in line][1:]  # the first: the desk is open
    return Told(
        answered=bool(answers),
        answer=answers[-1] if answers else None,
        error=error,
        killed=killed,
        seconds=seconds,
        opening_s=opening_s,
    )


def _traced(pid: int, order: Order) -> subprocess.Popen[str]:
    """Let strace list the process's writing calls, or kill it at one; returns once it watches."""
    if "call" in order:
        # strace counts each system call by itself; a killed one is not carried out
        call = order["call"]
        how = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={order['time']}"]
    else:
        how = ["-y", "-e", f"trace={order.get('calls', WRITES)}"]  # with the path of each file
    watching = ["strace", "-f", "-o", order.get("trace_to", os.devnull), *how, "-p", str(pid)]
    try:
        strace = subprocess.Popen(watching, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        raise Unwatched("this system has no strace") from None
    assert strace.stderr is not None
    line = strace.stderr.readline()
    if "attached" not in line:
        strace.communicate()
        raise Unwatched(f"strace cannot watch a process here: {line.strip()}")
    return strace


def _serve(orders: IO[str], emit: Callable[[object], None]) -> None:
    every_command()
    pipeline.load()
    gc.freeze()  # a collection in a forked process would copy all pages
    emit("ready")
    for line in orders:
        try:
            emit(carry_out(json.loads(line)))
        except Unwatched as error:
            emit({"unwatched": str(error)})


def _emit(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve(sys.stdin, _emit)
