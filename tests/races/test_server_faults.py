"""Four clients at work while their server, its processes, their connections or they themselves are killed.

Whatever was answered is there once, nothing is there by half, and every client goes on by itself. A desk is
free again soon after whoever holds its lock has stopped.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from models.errors import DatabaseUnavailable
from tests.by_hand import as_file, ask
from tests.conftest import server_or_skip
from tests.races.conftest import PATIENCE_S, Worker, found_by_doctor
from tests.races.killing.soundness import broken_rules
from tests.races.proxy import Proxy
from tests.races.worker import TRIP, WORKED_ON
from tests.server import DURABLE, Server

CLIENTS = 4
LONGEST_S = 0.4  # between two faults
HANGS_S = 0.3
FAULTS = pytest.mark.parametrize("faults", [2, pytest.param(20, marks=pytest.mark.stress)])
SOON = 3  # waits of five seconds: a holder that has stopped frees the desk within 15 s
BACKENDS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'worker%' AND datname = current_database()"
)
REQUESTS = "SELECT request_id FROM events WHERE request_id LIKE 'client %'"

pytestmark = pytest.mark.timeout(1200)


class Client:
    """A process that works until it is ended; a thread reads what it tells."""

    def __init__(self, address: Path | str, name: str) -> None:
        self.worker = Worker("persist", address, name)
        self.told: list[list[str]] = []
        assert self.worker.read() == "ready"
        self.worker.go()  # the line is read; the next one ends it
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.worker.process.stdout is not None
        for line in self.worker.process.stdout:
            if line.startswith("["):  # and not the result
                self.told.append(json.loads(line))

    def requests(self, *states: str) -> list[str]:
        return [request for state, request, *_ in [*self.told] if state in states]

    def refusals(self) -> list[list[str]]:
        return [told for told in [*self.told] if told[0] == "unavailable"]

    def wait_for_more(self, number: int = 2) -> None:
        """Return once it has had answers to further commands."""
        wanted = len(self.requests("done", "refused")) + number
        deadline = time.monotonic() + PATIENCE_S
        while len(self.requests("done", "refused")) < wanted:
            assert self.worker.process.poll() is None, self.worker.process.communicate()[1]
            assert time.monotonic() < deadline, "it does not go on"
            time.sleep(0.005)

    def end(self) -> None:
        self.worker.go()
        self._thread.join(PATIENCE_S)
        assert self.worker.process.wait(PATIENCE_S) == 0

    def kill(self) -> None:
        if self.worker.process.poll() is None:
            self.worker.process.kill()
        self._thread.join()
        self.worker.kill()


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that these tests may kill; what it has answered, it has written."""
    with server_or_skip(DURABLE) as server:
        yield server


@pytest.fixture
def on_own_server(own_server: Server) -> Iterator[str]:
    """The address of a desk on it, with work to do."""
    name = own_server.new_database()
    make_work(own_server.url(name))
    yield own_server.url(name)
    own_server.drop_database(name)


@pytest.fixture
def proxy(own_server: Server) -> Iterator[Proxy]:
    with tempfile.TemporaryDirectory() as folder, Proxy(Path(folder), own_server.folder) as proxy:
        yield proxy


def make_work(desk_at: Path | str) -> None:
    """Five agents, and the first bookings."""
    with closing(open_desk(desk_at, create=True, actor="kim")) as desk:
        for years in range(5):
            agents.add(
                desk, first_name="Ada", last_name="Byron", department="Premium Bookings",
                job_title="Space Travel Agent", years=years, capacity=10_000,
            )  # fmt: skip
        for number in range(WORKED_ON):
            intake.receive(desk, name=f"Early {number}", **TRIP)


class Office:
    """Clients at work on a desk, and whoever was killed among them."""

    def __init__(self, desk: Path | str) -> None:
        self._desk, self._numbers = desk, count(1)
        self.chance = random.Random(16)
        self.clients = [self.hired() for _ in range(CLIENTS)]
        self.killed: list[Client] = []

    def hired(self) -> Client:
        return Client(self._desk, f"client {next(self._numbers)}")

    def suffer(self, harm: Callable[[], object], faults: int) -> None:
        """Do harm at random moments; after each, everybody has to go on."""
        for client in self.clients:
            client.wait_for_more()
        for _ in range(faults):
            time.sleep(self.chance.uniform(0, LONGEST_S))  # the moment is the point
            harm()
            for client in self.clients:
                client.wait_for_more()

    def kill_one(self) -> None:
        client = self.clients.pop(self.chance.randrange(CLIENTS))
        client.kill()
        self.killed.append(client)
        self.clients.append(self.hired())

    def close(self) -> None:
        for client in self.clients:
            client.end()

    def judge(self, desk: Path | str, rows: Path) -> None:
        """What was answered is there, what was not is there once at most, and the desk is whole."""
        everybody = [*self.clients, *self.killed]
        found = Counter(request for (request,) in ask(desk, REQUESTS))
        done = {request for client in everybody for request in client.requests("done")}
        assert [request for request in sorted(done) if found[request] != 1] == []
        unanswered = {client.requests("begun")[-1] for client in self.killed}
        assert found.keys() - done <= unanswered
        repeated = Counter(code for client in everybody for state, _, code in client.refusals())
        print(f"{len(done)} commands answered, unavailable: {dict(repeated)}")  # noqa: T201
        assert found_by_doctor(desk) == []
        with closing(sqlite3.connect(as_file(desk, rows))) as connection:
            assert broken_rules(connection) == []


@pytest.fixture
def office() -> Iterator[Callable[[Path | str], Office]]:
    opened: list[Office] = []

    def open_office(desk: Path | str) -> Office:
        opened.append(Office(desk))
        return opened[-1]

    yield open_office
    for one in opened:
        for client in one.clients:
            client.kill()


@FAULTS
def test_clients_are_killed(path: Path | str, office: Any, tmp_path: Path, faults: int) -> None:
    make_work(path)
    people = office(path)
    people.suffer(people.kill_one, faults)
    people.close()
    people.judge(path, tmp_path / "rows.db")


@FAULTS
def test_the_server_is_killed(
    own_server: Server, on_own_server: str, office: Any, tmp_path: Path, faults: int
) -> None:
    def kill() -> None:
        own_server.kill()
        own_server.start()

    people = office(on_own_server)
    people.suffer(kill, faults)
    people.close()
    people.judge(on_own_server, tmp_path / "rows.db")


@pytest.mark.parametrize("how", ["ended", "killed"])
@FAULTS
def test_a_process_of_the_server_is_killed(
    on_own_server: str, office: Any, tmp_path: Path, faults: int, how: str
) -> None:
    """Ended by an administrator, it ends its own connection; by kill -9, the server ends all and recovers."""
    people = office(on_own_server)

    def kill() -> None:
        pid = people.chance.choice(ask(on_own_server, BACKENDS))[0]
        if how == "ended":
            ask(on_own_server, f"SELECT pg_terminate_backend({pid})")
        else:
            os.kill(pid, signal.SIGKILL)

    people.suffer(kill, faults)
    people.close()
    people.judge(on_own_server, tmp_path / "rows.db")


@FAULTS
def test_the_network_stops(
    own_server: Server, on_own_server: str, proxy: Proxy, office: Any, tmp_path: Path, faults: int
) -> None:
    people = office(through(proxy, own_server, on_own_server))

    def stop() -> None:
        proxy.stop()
        time.sleep(HANGS_S)  # everybody waits for an answer by now
        proxy.cut()

    people.suffer(stop, faults)
    people.close()
    people.judge(on_own_server, tmp_path / "rows.db")


@pytest.mark.parametrize("what", ["process", "network"])
def test_a_holder_that_stops_frees_the_desk(
    own_server: Server, on_own_server: str, proxy: Proxy, what: str
) -> None:
    holder = Worker("hold", through(proxy, own_server, on_own_server))
    assert holder.read() == "ready"
    holder.go()
    assert holder.read() == "holding"
    if what == "process":
        holder.process.send_signal(signal.SIGSTOP)
    else:
        proxy.stop()
    refused: list[str] = []
    with closing(open_desk(on_own_server, actor="lee")) as desk:
        for _ in range(SOON):
            try:
                booking_id = intake.receive(desk, name="Waiting", **TRIP)["booking_id"]
                break
            except DatabaseUnavailable as error:
                refused.append(error.code)
    assert set(refused) <= {"locked"}
    assert booking_id == WORKED_ON + 1, "nothing is left of the one who held the lock"
    if what == "process":
        holder.process.send_signal(signal.SIGCONT)
    else:
        proxy.cut()
    holder.go()
    assert holder.read() == "unreachable"
    assert holder.result()["booking_id"] == WORKED_ON + 2


def through(proxy: Proxy, server: Server, address: str) -> str:
    return address.replace(str(server.folder), str(proxy.folder))
