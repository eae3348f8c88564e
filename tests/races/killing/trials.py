"""Trials: a kind of work, killed on a copy of its desk, judged, and run again to its end."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from tests.races.killing.catalogue import KINDS
from tests.races.killing.judge import Reference, dump_of
from tests.races.killing.kinds import ADDRESS, COMMAND, Kind, desk_in
from tests.races.killing.server import MESSAGES, PATIENCE_S, WRITES, Order, Told, Unwatched
from tests.server import Server as DatabaseServer
from tests.server import database_of

ROOT = Path(__file__).resolve().parents[3]
LONG_RUN, ENDS, STRIDE = 100, 3, 16
TRIAL, LOOK_S = "trial", 0.005
CONNECTED = f"SELECT pid FROM pg_stat_activity WHERE datname = '{TRIAL}'"
BY_ITSELF = "ended by itself"
LATEST = 1.2  # of the time a command takes: some are killed after their answer, or not at all
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}


class Trials:
    """The fork server, and a folder in which all trials happen: paths are in answers and events.

    With a ``database_server``, the desks are databases on it, and the folder has the trial's address.
    """

    def __init__(self, place: Path, database_server: DatabaseServer | None = None) -> None:
        self.place = place
        self._databases = database_server
        self.folder = place / "trial"
        aside = place / "aside"  # what killed processes leave in the system's folder of temporary files
        aside.mkdir()
        script = Path(__file__).with_name("server.py")
        self._server = subprocess.Popen(
            [sys.executable, str(script)],
            env=os.environ | ENVIRONMENT | {"TMPDIR": str(aside)},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._read()
        self._begin(None)
        self.order({"task": "make"})
        self._keep(place / "at work")

    def order(self, order: Order) -> Told:
        """Have the server do something in the folder of the trial."""
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(order | {"folder": str(self.folder)}) + "\n")
        self._server.stdin.flush()
        answer = self._read()
        if "unwatched" in answer:
            raise Unwatched(answer["unwatched"])
        told: Told = answer
        self._wait_for_server()
        if order["task"] != "act" and told["error"]:
            raise RuntimeError(told["error"])
        return told

    def _read(self) -> Any:
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        if not line:
            raise RuntimeError("the fork server has ended")
        return json.loads(line)

    def end(self) -> None:
        self._server.communicate()

    def _begin(self, template: Path | None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if template is None:
            self.folder.mkdir()
        else:
            shutil.copytree(template, self.folder)
        if self._databases is not None:
            source = "template1" if template is None else database_of((template / ADDRESS).read_text("utf-8"))
            self._databases.drop_database(TRIAL)
            self._databases.execute(f"CREATE DATABASE {TRIAL} TEMPLATE {source} STRATEGY file_copy")
            (self.folder / ADDRESS).write_text(self._databases.url(TRIAL), "utf-8")

    def _keep(self, template: Path) -> None:
        """Let others begin with what the folder and its desk hold now."""
        shutil.copytree(self.folder, template)
        if self._databases is not None:
            copy = self._databases.new_database(TRIAL)
            (template / ADDRESS).write_text(self._databases.url(copy), "utf-8")

    def _wait_for_server(self) -> None:
        """Wait until the database server has noticed that the process is dead, and done what it had sent."""
        deadline = time.monotonic() + PATIENCE_S
        while self._databases is not None and self._databases.execute(CONNECTED):
            if time.monotonic() > deadline:
                raise RuntimeError("a connection outlives its process")
            time.sleep(LOOK_S)

    def prepared(self, kind: str) -> Path:
        """The folder in which a kind of work begins; made once."""
        template = self.place / "kinds" / kind
        if not template.exists():
            self._begin(self.place / "at work")
            self.order({"task": "prepare", "kind": kind})
            self._keep(template)
        return template

    def act(self, kind: str, **given: Any) -> Told:
        """Do the work on a fresh copy of its folder, killed as given."""
        self.begin(kind)
        return self.again(kind, **given)

    def begin(self, kind: str) -> None:
        """Make the folder as it is before the work."""
        self._begin(self.prepared(kind))

    def again(self, kind: str, **given: Any) -> Told:
        """Do the work on whatever is left in the folder."""
        return self.order(Order(task="act", kind=kind, **given))  # type: ignore[typeddict-item]


class Killing:
    """One kind of work, its reference, and how its trials went."""

    def __init__(self, trials: Trials, name: str) -> None:
        self._trials, self.name = trials, name
        first, told = trials.act(name), trials.act(name)  # the first one may have to warm up
        if told["error"] or not told["answered"]:
            raise RuntimeError(f"{name} does not even work undisturbed: {told}")
        self.seconds = min(first["seconds"], told["seconds"])
        self.opening_s = min(first["opening_s"], told["opening_s"])
        self.reference = _reference(KINDS[name], trials.prepared(name), trials.folder, told["answer"])
        self.landed: Counter[str] = Counter()
        self.wrong: list[str] = []

    @property
    def commands(self) -> set[str]:
        """The names of the events that it wrote."""
        before = self.reference.before.get("events", [])
        return {str(row[COMMAND]) for row in self.reference.after["events"] if row not in before}

    def at_random(self, number: int, chance: Random) -> None:
        """Kill it at random moments: a quarter of them from its start, the others once the desk is open.

        One that ends before its moment is judged, too, and tried again, at most three times as often.
        """
        for trial in range(4 * number):
            from_start = trial % 4 == 0
            latest = LATEST * (self.seconds if from_start else self.seconds - self.opening_s)
            self._try(after_s=chance.uniform(0, latest), once_open=not from_start)
            if self.landed.total() - self.landed[BY_ITSELF] == number:
                break

    def at_every_write(self) -> int:
        """Kill it at its first writing system call, its second, ... to the last; return how many there are.

        Of a long run of writes to one file, as in a copy, only the first and last ones and every sixteenth.
        """
        calls = self._calls()
        times: Counter[str] = Counter()
        for _, group in groupby(calls):
            run = list(group)
            for number, (call, path) in enumerate(run):
                times[call] += 1
                near_an_end = min(number, len(run) - number) <= ENDS
                if path and (len(run) < LONG_RUN or near_an_end or number % STRIDE == 0):
                    self._try(call=call, time=times[call])
        return len(calls)

    def at_every_message(self, *, while_opening: bool) -> int:
        """Kill it before each message to the server, before each answer is read, and before its own is given.

        Return how many there are; those until the desk is open are alike for all kinds.
        """
        calls, times = self._calls(MESSAGES), Counter[str]()
        opened = next(number for number, (_, path) in enumerate(calls) if path)
        for number, (call, _) in enumerate(calls):
            times[call] += 1
            if while_opening or number >= opened:
                self._try(call=call, time=times[call])
        return len(calls)

    def _calls(self, which: str = WRITES) -> list[tuple[str, str]]:
        """All such system calls, with the path in the folder or the pipe; "" for a path elsewhere."""
        trace, folder = self._trials.place / "trace", re.escape(str(self._trials.folder))
        self._trials.act(self.name, trace_to=str(trace), calls=which)
        ours = re.compile(rf"^\d+ +(\w+)\((?:.*({folder}[^>\"]*|pipe:))?", re.MULTILINE)
        return ours.findall(trace.read_text("utf-8"))

    def _try(self, **given: Any) -> None:
        """Kill it once, and run it again."""
        told = self._trials.act(self.name, **given)
        state, wrong = self.reference.verdict(self._trials.folder, told)
        again = self._trials.again(self.name)
        wrong += self.reference.verdict_again(self._trials.folder, state, again)
        self.landed[_landing(state, told)] += 1
        self.wrong += [f"{self.name}, killed {given}: {one}" for one in wrong]


def _reference(kind: Kind, template: Path, folder: Path, answer: Any) -> Reference:
    """What the folder held before the work, and what it holds now."""
    before, after = (kind.left_out(dump_of(desk_in(place))) for place in (template, folder))
    if before == after and not kind.copies:
        raise RuntimeError(f"nothing was done: {answer}")
    files = {
        str(path.relative_to(place))
        for place in (template, folder)
        for path in place.rglob("*")
        if path.is_file()
    }
    earlier = [path for pattern in kind.copies for path in template.glob(pattern)]
    copies = (before, after, *(kind.left_out(dump_of(path)) for path in earlier))
    return Reference(kind, before, after, answer, frozenset(files), copies)


def _landing(state: str, told: Told) -> str:
    if not told["killed"]:
        return BY_ITSELF
    return f"{state}, answered" if told["answered"] else state
