"""The desk in a real browser: signing in, a lead entered and assigned, the tab closed, and other pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from dispatch.desk.desk import Desk
from models.base import tuples
from models.bookings import Booking
from models.customers import Customer
from models.people import UserToken
from tests.astra_tui.serve import chromium
from tests.astra_tui.serve.chromium import CTRL_Q, ENTER, F9, TAB, Tab
from tests.astra_tui.serve.conftest import PASSWORD, Serve, Served, eventually, is_running

pytestmark = [
    pytest.mark.on_file,
    pytest.mark.skipif(chromium.browser() is None, reason="no Chromium on this machine"),
]

OTHER_PAGE = """
<!DOCTYPE html><title>Elsewhere</title><iframe src="{desk}/"></iframe>
<form method="post" action="{desk}/sign-in"><input name="login" value="anna"><input name="password"></form>
"""
FETCH = """fetch('{desk}/', {{mode: 'no-cors', credentials: 'include'}})
  .then(() => 'answered', () => 'refused')"""
SIGN_IN = """fetch('/sign-in', {{
  method: 'POST', redirect: 'manual', body: new URLSearchParams({{login: 'anna', password: '{password}'}})
}}).then(() => true)"""
SOCKET = """new Promise((done) => {{
  const socket = new WebSocket('{socket}');
  socket.onopen = () => done('open');
  socket.onerror = () => done('refused');
}})"""


async def sign_in(tab: Tab, served: Served) -> None:
    await tab.go(served.address)
    await tab.until("document.activeElement?.id === 'login'")
    await tab.type("anna")
    await tab.press(TAB)
    await tab.type(PASSWORD)
    await tab.press(ENTER)


async def test_a_lead_is_entered_and_assigned_and_the_closed_tab_ends_it(
    closed: Desk, serve: Serve, tmp_path: Path
) -> None:
    served = serve()
    async with chromium.started(tmp_path / "profile") as browser:
        tab = await browser.new_tab()
        await sign_in(tab, served)
        await tab.until_drawn("Grace Hopper")
        (child,) = served.children
        await tab.until("document.activeElement?.className === 'xterm-helper-textarea'")
        await tab.type("Kate Nguyen")
        for letter in ("", "", "t", "o", "m", "t"):  # phone, e-mail, and one letter for each choice
            await tab.press(TAB)
            await tab.type(letter)
        await tab.press(F9)
        with closed.reading():
            await eventually(lambda: tuples(Booking.select(Booking.agent_id)) == [(1,)])
            assert tuples(Customer.select(Customer.name)) == [("Kate Nguyen",)]
        await check_page(tab, served)
        await browser.close(tab)
        await eventually(lambda: not is_running(child))
        assert served.wait_for("left")["login"] == "anna"
    with closed.reading():
        assert None not in [at for (at,) in tuples(UserToken.select(UserToken.revoked_at))]


async def check_page(tab: Tab, served: Served) -> None:
    """Everything came from here, and the browser had nothing to complain about."""
    assert tab.complaints() == []
    asked = tab.asked_for() - {"about:blank", "data:,"}
    assert {address for address in asked if not address.startswith(served.address)} == set()
    assert await tab.run("document.cookie") == ""
    assert await tab.run("document.fonts.check(\"16px 'Roboto Mono'\")")
    assert await tab.run("document.documentElement.scrollWidth <= innerWidth")


@asynccontextmanager
async def other_page(served: Served) -> AsyncIterator[str]:
    """A page at another port of this machine: the same site, and yet another origin."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=OTHER_PAGE.format(desk=served.address), content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/", page)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_page_of_another_origin_is_refused(closed: Desk, serve: Serve, tmp_path: Path) -> None:
    """Though the browser has a ticket, and sends it: another port is the same site to a cookie."""
    served = serve()
    async with chromium.started(tmp_path / "profile") as browser, other_page(served) as elsewhere:
        tab = await browser.new_tab()
        await tab.go(served.address)
        await tab.until("document.activeElement?.id === 'login'")
        assert await tab.run(SIGN_IN.format(password=PASSWORD))
        other = await browser.new_tab()
        await other.go(elsewhere)
        await other.until("document.title === 'Elsewhere'")
        socket = f"ws://{served.host}/ws"
        assert await other.run(SOCKET.format(socket=socket)) == "refused"
        assert await other.run(FETCH.format(desk=served.address)) == "refused"
        await other.run("document.forms[0].submit()")
        await other.until(f"document.body?.textContent === 'This desk is at {served.address}.\\n'")
        statuses = {
            event["params"]["response"]["status"]
            for event in other.events
            if event["method"] == "Network.responseReceived"
            and event["params"]["response"]["url"].startswith(served.address)
            and not event["params"]["response"]["url"].endswith("/favicon.ico")  # which the browser looks for
        }
        assert statuses == {403}
        assert served.children == set()
        await tab.go(f"{served.address}/desk")  # the ticket is still good, for our own page
        await tab.until_drawn("Grace Hopper")


async def test_the_page_says_that_the_session_has_ended(serve: Serve, tmp_path: Path) -> None:
    served = serve()
    async with chromium.started(tmp_path / "profile") as browser:
        tab = await browser.new_tab()
        await tab.go(served.address)
        await tab.until_drawn("Dispatch")
        (first,) = served.children
        await tab.until("document.activeElement?.className === 'xterm-helper-textarea'")
        await tab.press(CTRL_Q)
        await tab.until("document.getElementById('why').textContent === 'The session has ended.'")
        await eventually(lambda: not is_running(first))
        assert await tab.run("document.activeElement.textContent") == "Start again"
        await tab.press(ENTER)
        await eventually(lambda: served.children - {first})
