"""Desks to test on: each in a file of its own, copied from one that was made once."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from dispatch import agents
from dispatch.bootstrap import open_desk
from dispatch.desk import separate_process
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.people import passwords
from dispatch.queries.row_types import AgentRow
from models.sqlite import engine
from tests.in_process import run_here
from tests.server import Server, binaries
from tests.unclosed import watch_connections

QUIET = "UPDATE settings SET value = '0' WHERE key IN ('offer_minutes', 'shuffle_seconds')"
CHOOSING = {"path", "lasting_path", "trials"}  # fixtures that make desks where --engine says
ABOUT_FILES = Path(__file__).parent / "models" / "sqlite"
START = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)


watch_connections()
# no test asserts a wall-clock time: a busy machine makes examples slow
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
# no test waits for the disk, unless it is about that (test_durability.py)
engine.PRAGMAS["synchronous"], engine.NORMAL, engine.FULL = "OFF", 0, 0
# no test starts a process to train in, unless it is about that (test_separate_process.py)
separate_process.run = run_here


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="where the desks of the fixtures are",
    )
    parser.addoption(
        "--cases", type=int, default=0, help="run so many of the cases of each test at most, from all over"
    )
    parser.addoption("--half", type=int, choices=(0, 1), help="run every second test: these, or the others")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about files, where the desks are on a server, and what is the same on any engine."""
    on_server = config.getoption("--engine") == "postgres"
    left = a_few_of_each(items, config.getoption("--cases"))
    if on_server:
        left = [item for item in left if not CHOOSING.isdisjoint(getattr(item, "fixturenames", ()))]
    if (half := config.getoption("--half")) is not None:
        left = left[half::2]
    kept = set(left)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = left
    for item in items if on_server else ():
        if item.get_closest_marker("on_file") or item.path.is_relative_to(ABOUT_FILES):
            item.add_marker(pytest.mark.skip(reason="about a desk's file"))


def a_few_of_each(items: list[pytest.Item], most: int) -> list[pytest.Item]:
    """At most so many cases of each test, evenly spread; all of them for 0."""
    if not most:
        return items
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return [one for found in cases.values() for one in found[:: -(-len(found) // most)]]


def pytest_collection_finish() -> None:
    """Look for lost objects less often, and not among modules: each application leaves many to look at."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 10, 25)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: a screen's test waits for repaints a third of its time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


class TestClock:
    """A clock that stands still until it is told to go on."""

    __test__ = False

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **delta: float) -> None:
        self.moment += timedelta(**delta)


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's configuration, desk or name."""
    for variable in ("ASTRA_DATABASE", "ASTRA_ACTOR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digest quickly: what a password costs is no matter of the rules."""
    for name, value in {"ROUNDS": 1, "MEMORY_KIB": 8, "LANES": 1}.items():
        monkeypatch.setattr(passwords, name, value)


def make_quiet(path: Path) -> None:
    """Switch off what a new desk does by itself: offers that lapse, and the recurring shuffle."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(QUIET)


@pytest.fixture(scope="session")
def empty_desk_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    open_desk(path, create=True).close()
    make_quiet(path)
    return path


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@contextmanager
def server_or_skip(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A PostgreSQL server for a block; the test is skipped where there is none."""
    if binaries() is None:
        pytest.skip("no PostgreSQL on this machine")
    with Server(settings) as running:
        yield running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for the session."""
    with server_or_skip() as running:
        yield running


@pytest.fixture(scope="session")
def empty_database(server: Server) -> str:
    """The name of a database with an empty desk, to be copied."""
    name = server.new_database()
    desk = open_desk(server.url(name), create=True)
    desk.close()
    server.execute(QUIET, name)
    return name


@pytest.fixture
def address(server: Server, empty_database: str) -> Iterator[str]:
    """The address of a new empty desk on the server."""
    name = server.new_database(empty_database)
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path | str:
    """A new empty desk: its file, or its address with ``--engine postgres``."""
    if request.config.getoption("--engine") == "postgres":
        return str(request.getfixturevalue("address"))
    return Path(shutil.copy(request.getfixturevalue("empty_desk_file"), tmp_path / "desk.db"))


@pytest.fixture(scope="module")
def lasting_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    """The same for all tests of a module."""
    if request.config.getoption("--engine") == "postgres":
        server = request.getfixturevalue("server")
        return str(server.url(server.new_database(request.getfixturevalue("empty_database"))))
    empty = request.getfixturevalue("empty_desk_file")
    return Path(shutil.copy(empty, tmp_path_factory.mktemp("lasting") / "desk.db"))


@pytest.fixture
def desk(path: Path, clock: TestClock) -> Iterator[Desk]:
    """An empty desk; ``kim`` is at work."""
    desk = open_desk(path, clock=clock, actor="kim")
    yield desk
    desk.close()


@pytest.fixture
def add_agent(desk: Desk) -> Callable[..., AgentRow]:
    """Take on an agent; only what matters to the test needs to be said."""

    def add(first_name: str = "Ada", **given: Any) -> AgentRow:
        wanted = {"last_name": "Byron", "department": "Premium Bookings", "job_title": "Space Travel Agent"}
        return agents.add(desk, first_name=first_name, **(wanted | given))

    return add


@pytest.fixture
def add_lead(desk: Desk) -> Callable[..., intake.LeadResult]:
    """Take in a lead; only what matters to the test needs to be said."""

    def add(name: str = "Kate Nguyen", **given: Any) -> intake.LeadResult:
        wanted = {
            "method": "Text",
            "source": "Organic",
            "destination": "Mars",
            "launch": "Dallas-Fort Worth Launch Complex",
        }
        return intake.receive(desk, name=name, **(wanted | given))

    return add


@pytest.fixture(scope="session")
def challenge_data() -> Path:
    """The folder of the public challenge's files; the test is skipped where it is absent."""
    folder = Path(
        os.environ.get("ASTRA_CHALLENGE_DATA", Path(__file__).parents[2] / "shared/data/agent-challenge")
    )
    if not folder.is_dir():
        pytest.skip("the challenge's data is not here")
    return folder
