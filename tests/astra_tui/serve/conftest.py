"""A desk that is really served, by a process of its own, and visitors with a client of their own."""

from __future__ import annotations

import asyncio
import json
import queue
import re
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from dispatch.desk.desk import Desk
from dispatch.people import passwords, users
from tests.astra_tui.conftest import PATIENCE_S, Start

PASSWORD = "a long enough one"
START = "sys.path[:] = json.loads(sys.argv[1])"
"""What the command of every visitor's application holds."""


def children_of(pid: int) -> set[int]:
    """The visitors' applications that a server has running."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = re.search(r"^PPid:\s+(\d+)", (folder / "status").read_text(), re.MULTILINE)
            if parent and int(parent[1]) == pid and START in (folder / "cmdline").read_text():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


async def eventually(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():
            await asyncio.sleep(0.02)


class Served:
    """A served desk: its process, its address, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[dict[str, Any]] = []
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.address: str = self.wait_for("serving")["address"]
        self.host = self.address.partition("://")[2]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))

    def wait_for(self, what: str) -> dict[str, Any]:
        """Return the next line that says this."""
        while True:
            said = self._lines.get(timeout=PATIENCE_S)
            self.said.append(said)
            if said["what"] == what:
                return said

    @property
    def children(self) -> set[int]:
        return children_of(self.process.pid)


Serve = Callable[..., Served]


@pytest.fixture
def serve(started: Start) -> Iterator[Serve]:
    """Serve the test's desk at a free port."""
    if not Path("/proc/self").is_dir():
        pytest.skip("looks at processes in /proc")
    served: list[Served] = []

    def start(*arguments: object) -> Served:
        one = Served(started("serve", "--port", 0, "--json", *arguments))
        served.append(one)
        return one

    yield start
    for one in served:
        one.process.terminate()
        one.process.wait(PATIENCE_S)


@pytest.fixture
def closed(desk: Desk, add_agent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The test's desk with an agent, with anna, who is a supervisor, and with dora, a dispatcher."""
    for name, value in {"ROUNDS": 1, "MEMORY_KIB": 8, "LANES": 1}.items():
        monkeypatch.setattr(passwords, name, value)
    add_agent("Grace", last_name="Hopper")
    users.new_user(desk, "anna", password=PASSWORD)
    desk.staff.is_private = True
    users.new_user(desk, "dora", "dispatcher", password=PASSWORD)
    return desk


class Visitor:
    """A browser without a screen: it keeps cookies, and says where it comes from as a browser does."""

    def __init__(self, session: aiohttp.ClientSession, served: Served) -> None:
        self.session, self.served = session, served

    async def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        async with self.session.get(
            self.served.address + path, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status, await answer.text(), dict(answer.headers)

    async def sign_in(
        self, login: str, password: str = PASSWORD, **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        async with self.session.post(
            f"{self.served.address}/sign-in",
            data={"login": login, "password": password},
            headers={"Origin": self.served.address} | headers,
            allow_redirects=False,
        ) as answer:
            return answer.status, await answer.text(), dict(answer.headers)

    async def connect(self, **headers: str) -> aiohttp.ClientWebSocketResponse:
        """Open the terminal's connection. Raises WSServerHandshakeError."""
        given = {"Origin": self.served.address} | headers
        return await self.session.ws_connect(
            f"{self.served.address}/ws?width=120&height=36", headers=given, max_msg_size=0
        )

    async def status_of_connecting(self, **headers: str) -> int:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await self.connect(**headers)
        return refusal.value.status


@asynccontextmanager
async def visiting(served: Served) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # also of addresses without a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(session, served)


async def drawn(socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
    """Read what the application draws until a text was in it."""
    seen = b""
    async with asyncio.timeout(PATIENCE_S):
        while text.encode() not in seen:
            message = await socket.receive()
            assert message.type is aiohttp.WSMsgType.BINARY, message
            seen += message.data


async def why_closed(socket: aiohttp.ClientWebSocketResponse) -> str:
    """Read on until the server closes the connection, and return why."""
    async with asyncio.timeout(PATIENCE_S):
        while (message := await socket.receive()).type is not aiohttp.WSMsgType.CLOSE:
            assert message.type is not aiohttp.WSMsgType.CLOSED
    return str(message.extra)


def environment_of(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_text()


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()
