"""Signing in to a served desk: one answer for all that is wrong, and a ticket that starts one application."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import aiohttp
import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.people import failures, users
from models.base import tuples
from models.people import UserToken
from tests.astra_tui.conftest import PATIENCE_S, Start, lines_of
from tests.astra_tui.serve.conftest import (
    PASSWORD,
    Serve,
    Served,
    command_of,
    drawn,
    environment_of,
    eventually,
    is_running,
    visiting,
    why_closed,
)

pytestmark = pytest.mark.on_file

WRONG = "The name or password is wrong."
TOKEN = re.compile(r"astra_[\w-]{43}")
LOCKED = "Too many tries: wait 1 minute."


def revoked(path: Path) -> list[str | None]:
    """When each token was revoked, or None."""
    desk = open_desk(path, actor="kim")
    with desk.reading():
        found = [at for (at,) in tuples(UserToken.select(UserToken.revoked_at))]
    desk.close()
    return found


async def test_whatever_is_wrong_has_one_answer(closed: Desk, serve: Serve) -> None:
    users.disable(closed, "dora")
    served = serve()
    async with visiting(served) as visitor:
        answers = []
        for login, password in (("anna", "not the right one"), ("nobody", PASSWORD), ("dora", PASSWORD)):
            status, text, headers = await visitor.sign_in(login, password)
            assert (status, "Set-Cookie" in headers) == (403, False)
            answers.append(text.replace(login, "NAME"))
        assert len(set(answers)) == 1
        assert WRONG in answers[0]
        for login in ("anna", "nobody"):
            for _ in range(failures.FREE_TRIES - 1):
                assert (await visitor.sign_in(login, "not the right one"))[0] == 403
            status, text, headers = await visitor.sign_in(login)
            assert (status, LOCKED in text, "Set-Cookie" in headers) == (429, True, False)
        assert (await visitor.sign_in("<b>&\"'\0", "x"))[0] == 403
        async with visitor.session.post(
            f"{served.address}/sign-in", data={"login": "x" * 100_000}, headers={"Origin": served.address}
        ) as answer:
            assert answer.status == 413
        assert (await visitor.get("/desk"))[2]["Location"] == "/"
        assert await visitor.status_of_connecting() == 403
    served.wait_for("refused")
    told = json.dumps(served.said)
    assert not any(word in told for word in ("anna", "nobody", "right one", PASSWORD))
    assert served.children == set()


async def test_a_ticket_starts_one_application_and_a_closed_tab_ends_it(
    closed: Desk, serve: Serve, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "of the server")
    served = serve("--most", 1)
    async with visiting(served) as visitor, visiting(served) as other:
        status, _, headers = await visitor.sign_in("anna")
        cookie = headers["Set-Cookie"]
        assert (status, headers["Location"]) == (303, "/desk")
        assert {"HttpOnly", "Path=/", "SameSite=Strict"} == set(cookie.split("; ")[1:])
        assert (await visitor.get("/desk"))[0] == 200
        socket = await visitor.connect()
        await drawn(socket, "Grace Hopper")
        (child,) = served.children
        check_secrets(served, child, [PASSWORD, cookie.partition("=")[2][:43], "of the server"])

        for turned_away in (visitor, other):
            assert await turned_away.status_of_connecting() == 503
            assert (await turned_away.get("/"))[0] == 503
            status, text, _ = await turned_away.sign_in("dora")
            assert (status, "1 of 1" in text) == (503, True)
        assert served.children == {child}

        await socket.close()
        assert served.wait_for("left")["login"] == "anna"
        assert not is_running(child)
        assert [at is not None for at in revoked(path)] == [True]
        assert await visitor.status_of_connecting() == 403  # there is room now, but the ticket was used
        assert (await other.sign_in("dora"))[0] == 303
        await drawn(await other.connect(), "dora")


def check_secrets(served: Served, child: int, secrets: list[str]) -> None:
    """Nothing secret can be read by others, or by who looks after the machine."""
    readable = command_of(child) + command_of(served.process.pid) + json.dumps(served.said)
    readable += environment_of(child)
    assert [secret for secret in secrets if secret in readable] == []
    assert not TOKEN.search(readable)


async def test_the_user_of_an_application_can_be_disabled(closed: Desk, serve: Serve) -> None:
    served = serve()
    async with visiting(served) as visitor:
        await visitor.sign_in("dora")
        socket = await visitor.connect()
        await drawn(socket, "Grace Hopper")
        for nonsense in ("{", "[" * 100_000, "3", '["stdin"]', '["resize", {"width": 1e99}]', '["exit", 1]'):
            await socket.send_str(nonsense)
        await socket.send_bytes(b"D\0\0\0\1q")
        await socket.send_str(json.dumps(["resize", {"width": 10**12, "height": -3}]))
        users.disable(closed, "dora")
        assert (await why_closed(socket)).startswith("The user dora was disabled.")
        await eventually(lambda: not served.children)
        assert (await visitor.sign_in("dora"))[0] == 403


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_the_applications_end_with_the_server(serve: Serve, end: signal.Signals) -> None:
    if signal.getsignal(end) is signal.SIG_IGN:
        pytest.skip("a job in the background ignores it")
    served = serve()
    async with visiting(served) as visitor:
        assert "Set-Cookie" in (await visitor.get("/"))[2]
        socket = await visitor.connect()
        await drawn(socket, "Dispatch")
        (child,) = served.children
        served.process.send_signal(end)
        code = served.process.wait(PATIENCE_S)
        assert code == (-end if end is signal.SIGKILL else 0)
        await eventually(lambda: not is_running(child))
        if end is not signal.SIGKILL:
            assert await why_closed(socket) == "The server was stopped."


async def test_an_application_that_does_not_listen_is_ended_with_its_tab(serve: Serve) -> None:
    served = serve()
    async with visiting(served) as visitor:
        await visitor.get("/")
        socket = await visitor.connect()
        await drawn(socket, "Dispatch")
        (child,) = served.children
        os.kill(child, signal.SIGSTOP)
        await socket.close()
        served.wait_for("left")
        assert not is_running(child)


async def test_it_ends_when_nobody_reads_what_it_says(started: Start, path: Path) -> None:
    process = started("serve", "--port", 0, "--json")
    (said,) = lines_of(process, 1)
    assert process.stdout is not None
    process.stdout.close()
    elsewhere = {"Host": "evil.example"}
    async with aiohttp.ClientSession() as session, session.get(said["address"], headers=elsewhere) as answer:
        assert answer.status == 421
    assert process.wait(PATIENCE_S) == 0


async def test_an_open_desk_needs_no_name_and_a_closed_one_no_guest(serve: Serve, desk: Desk) -> None:
    """The first user closes it for those who are there, too."""
    served = serve()
    async with visiting(served) as visitor:
        await visitor.get("/")
        socket = await visitor.connect()
        await drawn(socket, "open")
        assert "login" not in served.wait_for("came")
        users.new_user(desk, "anna", password=PASSWORD)
        assert (await why_closed(socket)).startswith("This desk has users now.")
        status, text, headers = await visitor.get("/")
        assert (status, "Password" in text, "Set-Cookie" in headers) == (200, True, False)


async def test_nobody_comes_in_twice_by_reloading(serve: Serve) -> None:
    """Each page of an open desk has a ticket, and the one before is not good for another application."""
    served = serve("--most", 2)
    async with visiting(served) as visitor:
        await visitor.get("/")
        first = await visitor.connect()
        assert await visitor.status_of_connecting() == 403
        await visitor.get("/")
        second = await visitor.connect()
        for socket in (first, second):
            await drawn(socket, "Dispatch")
        assert len(served.children) == 2
        assert await visitor.status_of_connecting() == 503


async def test_a_terminal_that_is_not_ours_gets_in_touch(closed: Desk, serve: Serve) -> None:
    """Without a cookie, or with one that was made up."""
    served = serve()
    async with visiting(served) as visitor:
        for cookie in ("", "astra=1", f"astra-{served.host.rpartition(':')[2]}={'x' * 43}"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await visitor.connect(Cookie=cookie)
    assert served.children == set()
