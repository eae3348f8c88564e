"""A visit: one browser tab, from its connection to the end of the application behind it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import ClientConnectionResetError, WSMsgType, web

from astra_tui.serve.child import DATA, META, Child, Size

ASK_EVERY_S, PATIENCE_S = 10.0, 40.0
LEAST, MOST = Size(20, 5), Size(500, 200)
LONGEST_MESSAGE = 1024 * 1024
LONGEST_REASON = 120  # bytes; a frame that closes has little room
ENDED, FAILED, STOPPED_ANSWERING, DID_NOT_START = (
    "The session has ended.",
    "The application has failed. What you typed in Dispatch is kept.",
    "The application stopped answering and was ended.",
    "The application could not be started.",
)


def size_of(width: object, height: object) -> Size:
    """Return a size that a browser asks for, within bounds; what is no number is the least."""
    return Size(_within(width, LEAST.width, MOST.width), _within(height, LEAST.height, MOST.height))


def _within(value: object, least: int, most: int) -> int:
    try:
        return max(least, min(most, int(str(value)[:9])))
    except ValueError:
        return least


class Visit:
    """What passes between a tab and its application, until one of them ends."""

    def __init__(self, socket: web.WebSocketResponse, child: Child) -> None:
        self._socket, self._child = socket, child
        self._answered_at = asyncio.get_running_loop().time()
        self._has_drawn = self._is_over = False
        self.why = ""
        """Why it ended, for the visitor."""

    async def last(self) -> None:
        """Return once the tab is closed, or the application has ended or hangs."""
        ways = [asyncio.create_task(work) for work in (self._typed(), self._drawn(), self._watch())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        self.why = self.why or self._how_it_ended()

    def _how_it_ended(self) -> str:
        if self._is_over or self._socket.closed:
            return ENDED
        return FAILED if self._has_drawn else DID_NOT_START

    async def _typed(self) -> None:
        """Pass on what comes from the tab; what no page of ours sends is left out."""
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                with suppress(ValueError, RecursionError):
                    await self._pass_on(json.loads(message.data))

    async def _pass_on(self, message: Any) -> None:
        match message:
            case ["stdin", str(text)]:
                await self._child.type(text)
            case ["resize", {"width": int(width), "height": int(height)}]:
                size = size_of(width, height)
                await self._child.say(type="resize", width=size.width, height=size.height)
            case ["focus" | "blur" as kind]:
                await self._child.say(type=kind)
            case ["ping", str(text)]:
                await self._socket.send_json(["pong", text])

    async def _drawn(self) -> None:
        """Pass on what the application draws."""
        with suppress(ClientConnectionResetError):
            async for kind, payload in self._child.packets():
                if kind == DATA:
                    self._has_drawn = True
                    await self._socket.send_bytes(payload)
                elif kind == META and not self.heard(json.loads(payload)):
                    return

    def heard(self, meta: dict[str, Any]) -> bool:
        """Note what it says of itself; return False at its end."""
        match meta:
            case {"type": "alive"}:
                self._answered_at = asyncio.get_running_loop().time()
            case {"type": "ended", "why": str(why)}:
                self.why = why
            case {"type": "exit"}:
                self._is_over = True
        return not self._is_over

    async def _watch(self) -> None:
        """Return when the application has not answered for long."""
        clock = asyncio.get_running_loop()
        while clock.time() - self._answered_at < PATIENCE_S:
            await asyncio.sleep(ASK_EVERY_S)
            asking = asyncio.create_task(self._child.say(type="ask"))  # one that hangs may not even read
            await asyncio.wait([asking], timeout=ASK_EVERY_S)
            asking.cancel()
        self.why = STOPPED_ANSWERING


def reason(text: str) -> bytes:
    """Return a reason as a closing frame holds it."""
    return text.encode("utf-8", "replace")[:LONGEST_REASON].decode("utf-8", "ignore").encode()
