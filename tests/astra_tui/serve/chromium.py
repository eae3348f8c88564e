"""A real browser without a window, driven by its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from tests.astra_tui.conftest import PATIENCE_S

NAMES = ("chromium", "chromium-browser", "google-chrome")
PORT_FILE = "DevToolsActivePort"  # in the profile, once it listens


class Key(NamedTuple):
    """A key as the browser has it, and the text that it types."""

    name: str
    code: int
    text: str = ""
    modifiers: int = 0


CTRL = 2
ENTER, TAB, F9, CTRL_Q = Key("Enter", 13, "\r"), Key("Tab", 9), Key("F9", 120), Key("q", 81, "", CTRL)


def browser() -> str | None:
    """Return the path of a Chromium; None if there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Tab:
    """A tab: what it loads, shows and sends."""

    def __init__(self, number: str, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.number = number
        self.events: list[dict[str, Any]] = []
        self.drawn = b""
        """What came over the page's own connection."""

        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
                continue
            self.events.append(said)
            if said["method"] == "Network.webSocketFrameReceived":
                frame = said["params"]["response"]
                if frame["opcode"] == 2:  # binary
                    self.drawn += base64.b64decode(frame["payloadData"])

    async def ask(self, method: str, **given: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        waited = self._answers[number]
        await self._socket.send_json({"id": number, "method": method, "params": given})
        said = await asyncio.wait_for(waited, PATIENCE_S)
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    async def go(self, address: str) -> None:
        await self.ask("Page.navigate", url=address)

    async def run(self, script: str) -> Any:
        """Return what a script of the page says, a promise too."""
        answer = await self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, script: str) -> None:
        """Return once a script of the page says yes."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.run(script):
                await asyncio.sleep(0.05)

    async def until_drawn(self, text: str) -> None:
        """Return once the application has drawn a text, from the last call on."""
        async with asyncio.timeout(PATIENCE_S):
            while text.encode() not in self.drawn:
                await asyncio.sleep(0.05)
        self.drawn = b""

    async def type(self, text: str) -> None:
        for character in text:
            await self.press(Key(character, 0, character))

    async def press(self, *keys: Key) -> None:
        for key in keys:
            given = {
                "key": key.name,
                "windowsVirtualKeyCode": key.code,
                "nativeVirtualKeyCode": key.code,
                "modifiers": key.modifiers,
            }
            kind = "keyDown" if key.text else "rawKeyDown"
            await self.ask("Input.dispatchKeyEvent", type=kind, text=key.text, **given)
            await self.ask("Input.dispatchKeyEvent", type="keyUp", **given)

    async def save_picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode((await self.ask("Page.captureScreenshot"))["data"]))

    def complaints(self) -> list[str]:
        """What the browser says of the page: refusals by its policy, and errors of its scripts."""
        found = [event["params"] for event in self.events if event["method"] == "Log.entryAdded"]
        texts = [one["entry"]["text"] for one in found if one["entry"]["source"] in ("security", "violation")]
        thrown = [event for event in self.events if event["method"] == "Runtime.exceptionThrown"]
        return texts + [str(one["params"]) for one in thrown]

    def asked_for(self) -> set[str]:
        """Every address that the page has asked for."""
        return {
            event["params"]["request"]["url"]
            for event in self.events
            if event["method"] == "Network.requestWillBeSent"
        }


class Chromium:
    """A running browser."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session, self._base = session, f"http://127.0.0.1:{port}"

    async def new_tab(self) -> Tab:
        async with self._session.put(f"{self._base}/json/new?about:blank") as answer:
            known = await answer.json()
        tab = Tab(known["id"], await self._session.ws_connect(known["webSocketDebuggerUrl"], max_msg_size=0))
        for domain in ("Page", "Runtime", "Network", "Log"):
            await tab.ask(f"{domain}.enable")
        await tab.ask("Emulation.setFocusEmulationEnabled", enabled=True)  # as the window in front
        return tab

    async def close(self, tab: Tab) -> None:
        async with self._session.get(f"{self._base}/json/close/{tab.number}") as answer:
            assert answer.status == 200


@asynccontextmanager
async def started(profile: Path) -> AsyncIterator[Chromium]:
    """Start a browser with a profile of its own, and end it with the block."""
    program = browser()
    assert program is not None
    flags = ["--headless=new", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1280,800"]
    flags += ["--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    with open(os.devnull, "wb") as nothing:
        process = subprocess.Popen([program, *flags, "about:blank"], stdout=nothing, stderr=nothing)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (port := _port(profile / PORT_FILE)):
                await asyncio.sleep(0.05)
        async with aiohttp.ClientSession() as session:
            yield Chromium(session, port)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
        process.kill()
        process.wait()


def _port(file: Path) -> int:
    try:
        return int(file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return 0
