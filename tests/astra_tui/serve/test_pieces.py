"""Tickets, sizes, a visitor's environment, what is behind a proxy, and an application that hangs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from astra_tui.serve import child, served_desk, tickets, visit
from astra_tui.serve.address import Public
from astra_tui.serve.child import Child, Size, environment
from astra_tui.serve.served_desk import ServedDesk
from astra_tui.serve.server import Server
from astra_tui.serve.tickets import GOOD_FOR_S, Tickets
from astra_tui.serve.visit import Visit
from astra_tui.user.draft_files import DraftFile
from astra_tui.user.mentions import clear_filter, remove_mentions
from astra_tui.user.visitors import visitor_folder
from astra_tui.visitor import BrowserApp
from dispatch.desk.access.staff import SignedIn
from dispatch.desk.desk import Desk
from models.errors import Refused
from screens.base.drafts import Draft
from tests.astra_tui.conftest import PATIENCE_S
from tests.astra_tui.serve.conftest import PASSWORD, drawn, is_running, why_closed

pytestmark = pytest.mark.on_file

ANNA = SignedIn(1, "anna")
HTTPS = Public("https", "desk.example")


def test_a_ticket_is_good_once_and_for_a_minute() -> None:
    now = 0.0
    given = Tickets(lambda: now)
    first, second, third = (given.issue(ANNA) for _ in range(3))
    assert len({first, second, third}) == 3
    assert given.is_good(first)
    found = given.use(first)
    assert found is not None
    assert found.session == ANNA
    assert (given.is_good(first), given.use(first)) == (False, None)
    now = GOOD_FOR_S - 1
    assert given.use(second) is not None
    now = GOOD_FOR_S
    assert (given.is_good(third), given.use(third)) == (False, None)
    assert given.use("") is None


def test_tickets_that_nobody_uses_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "MOST", 3)
    given = Tickets(lambda: 0.0)
    texts = [given.issue(None) for _ in range(5)]
    assert [given.is_good(text) for text in texts] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (120, 36, Size(120, 36)),
        ("80", "24", Size(80, 24)),
        (10**12, -1, Size(500, 5)),
        (None, "x", Size(20, 5)),
        ("9" * 5_000, "1e9", Size(500, 5)),
    ],
)
def test_a_size_is_within_bounds(width: object, height: object, size: Size) -> None:
    assert visit.size_of(width, height) == size


def test_an_application_gets_nothing_that_it_does_not_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ASTRA_TOKEN_FILE", "ASTRA_ACTOR", "PGPASSWORD", "AWS_SECRET", "PYTHONPATH", "LD_PRELOAD"):
        monkeypatch.setenv(name, "secret")
    given = environment(Size(120, 36), tmp_path)
    assert "secret" not in given.values()
    assert (given["COLUMNS"], given["ROWS"]) == ("120", "36")
    assert given["XDG_STATE_HOME"] == str(tmp_path / "state")
    assert environment(Size(120, 36), None)["XDG_STATE_HOME"] == os.environ["XDG_STATE_HOME"]


def test_a_closed_tab_is_followed_by_the_end_within_five_seconds() -> None:
    assert child.POLITE_S < 5


@asynccontextmanager
async def running(path: Path, public: Public | None = None) -> AsyncIterator[tuple[Server, str]]:
    """A server in this process, and its address on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening, open(os.devnull, "ab") as log:
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        desk = ServedDesk(path)
        known_as = public or Public("http", host)
        server = Server(desk, known_as, 5, None, lambda _: None, log)
        runner = web.AppRunner(server.application(), shutdown_timeout=1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        try:
            yield server, f"http://{host}"
        finally:
            await server.end_visits()
            await runner.cleanup()
            desk.close()


@asynccontextmanager
async def connected(path: Path) -> AsyncIterator[tuple[Server, aiohttp.ClientWebSocketResponse]]:
    """A visitor of an open desk."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with running(path) as (server, address), aiohttp.ClientSession(cookie_jar=jar) as session:
        async with session.get(address) as answer:
            assert answer.status == 200
        tab = await session.ws_connect(f"{address}/ws", headers={"Origin": address}, max_msg_size=0)
        yield server, tab


def noted_starts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the process of every application that is started from now on."""
    started: list[int] = []
    start = Child.start

    async def noted(*given: Any) -> Child:
        one = await start(*given)
        started.append(one.pid)
        return one

    monkeypatch.setattr(Child, "start", noted)
    return started


async def test_an_application_that_hangs_is_ended_though_its_tab_is_open(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = noted_starts(monkeypatch)
    async with connected(path) as (server, tab):
        await drawn(tab, "Dispatch")
        os.kill(started[0], signal.SIGSTOP)
        monkeypatch.setattr(visit, "ASK_EVERY_S", 0.05)
        monkeypatch.setattr(visit, "PATIENCE_S", 0.0)
        assert await why_closed(tab) == visit.STOPPED_ANSWERING
        assert not is_running(started[0])
        assert server.here == 0


async def test_an_application_that_is_asked_answers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = asyncio.Event()
    heard = Visit.heard

    def noted(self: Visit, meta: dict[str, Any]) -> bool:
        if meta == {"type": "alive"}:
            answers.set()
        return heard(self, meta)

    monkeypatch.setattr(Visit, "heard", noted)
    monkeypatch.setattr(visit, "ASK_EVERY_S", 0.05)
    async with connected(path):
        await asyncio.wait_for(answers.wait(), PATIENCE_S)


async def test_an_application_that_cannot_start_is_said_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "START", "raise SystemExit(1)")
    async with connected(path) as (server, tab):
        assert await why_closed(tab) == visit.DID_NOT_START
        assert server.here == 0


async def test_an_application_that_is_killed_is_said_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = noted_starts(monkeypatch)
    async with connected(path) as (_, tab):
        await drawn(tab, "Dispatch")
        os.kill(started[0], signal.SIGKILL)
        assert await why_closed(tab) == visit.FAILED


async def test_a_desk_that_is_gone_is_said_so(path: Path) -> None:
    async with connected(path) as (_, tab):
        await drawn(tab, "Dispatch")
    async with running(path) as (_, address), aiohttp.ClientSession() as session:
        path.rename(path.with_suffix(".away"))
        async with session.get(address) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")
            assert "no desk at" in await answer.text()


async def test_behind_a_proxy_the_cookie_is_for_encrypted_connections_only(closed: Desk, path: Path) -> None:
    given = {"Host": HTTPS.host, "Origin": HTTPS.origin}
    async with running(path, HTTPS) as (_, address), aiohttp.ClientSession(headers=given) as session:
        async with session.get(address) as answer:
            assert answer.status == 200
            assert "connect-src 'self' wss://desk.example;" in answer.headers["Content-Security-Policy"]
        form = {"login": "Anna", "password": PASSWORD}
        async with session.post(f"{address}/sign-in", data=form, allow_redirects=False) as answer:
            name, _, rest = answer.headers["Set-Cookie"].partition("=")
            assert name == "__Host-astra"
            assert set(rest.split("; ")[1:]) == {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"}


async def test_behind_a_proxy_an_open_desk_lets_nobody_in(path: Path) -> None:
    """A restore can open a desk that was closed when the server started."""
    async with (
        running(path, HTTPS) as (_, address),
        aiohttp.ClientSession() as session,
        session.get(address, headers={"Host": HTTPS.host}) as answer,
    ):
        assert (answer.status, "Set-Cookie" in answer.headers) == (503, False)


async def test_only_so_many_wait_for_their_password(
    closed: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_desk, "MOST_WAITING", 0)
    desk = ServedDesk(path)
    with pytest.raises(Refused) as refusal:
        await desk.sign_in("anna", PASSWORD)
    assert refusal.value.code == "busy"
    desk.close()


async def test_the_end_of_a_session_is_the_end_of_the_application(path: Path) -> None:
    app = BrowserApp(path, actor="kim")
    async with app.run_test():
        app.end_session("Signed out after 15 minutes without a key.")
    assert app.return_code == 0


def test_an_erased_customer_is_removed_from_the_drafts_of_visitors_too(path: Path) -> None:
    state = visitor_folder("desk", 7) / "state" / "astra"
    draft = DraftFile(path, state / "drafts", "anna")
    draft.keep(Draft({"name": "Kate Nguyen"}, "2082-03-01 09:00:00"))
    (state / "memory.json").write_text(json.dumps({"queue.filter": "nguyen"}))
    assert len(remove_mentions(path, ["Kate Nguyen"])) == 1
    assert clear_filter(["Kate Nguyen"])
    assert json.loads((state / "memory.json").read_text())["queue.filter"] == ""
    draft.close()
