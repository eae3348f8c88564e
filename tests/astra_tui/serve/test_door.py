"""Who may ask a served desk at all: Host, Origin, and the headers of every answer."""

from __future__ import annotations

import pytest

from tests.astra_tui.serve.conftest import Serve, Served, Visitor, visiting

pytestmark = pytest.mark.on_file

ELSEWHERE = "http://evil.example"
FROM_A_LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FROM_A_FRAME = FROM_A_LINK | {"Sec-Fetch-Dest": "iframe"}
FROM_A_SCRIPT = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Server": "astra",
}


async def test_only_the_public_address_is_served_and_only_to_its_own_pages(serve: Serve) -> None:
    """On loopback too: any page could ask, and any name can be made to lead here."""
    served = serve()
    async with visiting(served) as visitor:
        await check_hosts(visitor, served)
        await check_origins(visitor, served)
        await check_headers(visitor)
        assert served.children == set()
        assert (await visitor.get("/"))[0] == 200


async def check_hosts(visitor: Visitor, served: Served) -> None:
    port = served.host.rpartition(":")[2]
    for host in ("evil.example", f"evil.example:{port}", f"localhost:{port}", "127.0.0.1", ""):
        status, text, _ = await visitor.get("/", Host=host)
        assert (host, status) == (host, 421)
        assert text == f"This desk is at {served.address}.\n"
        said = served.wait_for("refused")
        assert (said["code"], said["value"]) == ("host", repr(host))
        assert await visitor.status_of_connecting(Host=host) == 421
        served.wait_for("refused")


async def check_origins(visitor: Visitor, served: Served) -> None:
    for origin in (ELSEWHERE, "null", f"https://{served.host}", f"{served.address}.evil.example"):
        assert (await visitor.get("/", Origin=origin))[0] == 403
        assert (await visitor.get("/files/desk.js", Origin=origin))[0] == 403
        assert (await visitor.sign_in("anna", Origin=origin))[0] == 403
        assert await visitor.status_of_connecting(Origin=origin) == 403
    async with visitor.session.post(f"{served.address}/sign-in", data={"login": "anna"}) as answer:
        assert answer.status == 403
    async with visitor.session.get(f"{served.address}/ws", headers={"Upgrade": "websocket"}) as answer:
        assert answer.status == 403
    for asked, status in ((FROM_A_LINK, 200), (FROM_A_FRAME, 403), (FROM_A_SCRIPT, 403)):
        assert (await visitor.get("/", **asked))[0] == status


async def check_headers(visitor: Visitor) -> None:
    for path, status, cached in (
        ("/", 200, "no-store"),
        ("/desk", 200, "no-store"),  # the ticket of the page before was not used
        ("/files/terminal.js", 200, "no-cache"),
        ("/files/font.ttf", 200, "no-cache"),
        ("/files/", 404, "no-store"),
        ("/files/..%2fserver.py", 404, "no-store"),
        ("/static/", 404, "no-store"),
        ("/download/1", 404, "no-store"),
        ("/ws", 400, "no-store"),
    ):
        found, text, headers = await visitor.get(path) if "font" not in path else await head(visitor, path)
        assert (path, found, headers["Cache-Control"]) == (path, status, cached)
        assert ALWAYS.items() <= headers.items()
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
        assert "http://" not in policy
        assert "https://" not in policy
        if headers.get("Content-Type", "").startswith("text/html"):
            assert "//" not in text.replace(f"ws://{visitor.served.host}/ws", "")


async def head(visitor: Visitor, path: str) -> tuple[int, str, dict[str, str]]:
    async with visitor.session.get(visitor.served.address + path) as answer:
        return answer.status, "", dict(answer.headers)
