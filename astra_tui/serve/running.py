"""Serving a desk until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
import socket
from pathlib import Path
from typing import IO

from aiohttp import web

from astra_tui.serve.address import listen, public_address
from astra_tui.serve.served_desk import ServedDesk
from astra_tui.serve.server import Server, Tell
from models.errors import Refused
from models.hints import act

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(
    path: Path,
    *,
    host: str,
    port: int,
    public: str | None,
    most: int,
    actor: str | None,
    tell: Tell,
    log: IO[bytes] | None,
) -> None:
    """Serve a desk until a signal ends it. Raises DeskError before anything is served."""
    with listen(host, port) as listening:
        address = public_address(public, host, listening)
        server = Server(ServedDesk(path), address, most, actor, tell, log)
        try:
            asyncio.run(_run(server, listening))
        finally:
            server.desk.close()


async def _run(server: Server, listening: socket.socket) -> None:
    is_open = await server.desk.is_open()
    if is_open and server.public.is_encrypted:
        problem = "This desk has no users: whoever finds the page would be let in"
        raise Refused("open_desk", problem, f"{act('user.add')} closes it")
    stopped = _stop_signal()
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        server.tell({"what": "serving", "address": server.public.origin, "is_open": is_open})
        await stopped.wait()
    finally:
        await server.end_visits()
        await runner.cleanup()


def _stop_signal() -> asyncio.Event:
    """Return what is set by a signal to end; one that the process ignores (nohup) stays ignored."""
    stopped = asyncio.Event()
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped
