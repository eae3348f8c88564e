"""A visitor's application: a process of its own, which ends with the visitor's tab.

It is started without a shell, with a small environment, and gets what it needs to know as the first line of
its standard input, which no other account can read. From then on packets pass both ways, as Textual's web
driver has them: a letter, a length in four bytes, and so many bytes.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from models.base import Json

START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from astra_tui.visitor import main
sys.exit(main())
"""
DATA, META = b"D", b"M"
READY = b"__GANGLION__\n"  # what Textual's web driver says first
LONGEST_PACKET = 64 * 1024 * 1024
POLITE_S = 3.0
"""How long it may take to end by itself."""

KEPT = ("HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER")
XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


class Size(NamedTuple):
    """A terminal's size in cells."""

    width: int
    height: int


def environment(size: Size, own_folder: Path | None) -> dict[str, str]:
    """Return the whole environment of a visitor's application, whose files are in ``own_folder`` if given."""
    kept = {name: os.environ[name] for name in (*KEPT, *XDG) if name in os.environ}
    own = {} if own_folder is None else {name: str(own_folder / name.split("_")[1].lower()) for name in XDG}
    return (
        kept
        | own
        | {
            "COLORTERM": "truecolor",
            "COLUMNS": str(size.width),
            "ROWS": str(size.height),
            "TERM": "xterm-256color",
            "TERM_PROGRAM": "astra-serve",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
        }
    )


class Child:
    """A running application; the caller ends it."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._stdin, self._stdout = process, process.stdin, process.stdout
        self.pid = process.pid

    @classmethod
    async def start(
        cls, order: Json, surroundings: dict[str, str], folder: Path | None, log: IO[bytes] | None
    ) -> Child:
        """Start an application in a process group of its own. Raises OSError."""
        paths = json.dumps([os.path.abspath(place) for place in sys.path])
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", START, paths),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL if log is None else log,
            env=surroundings,
            cwd=folder,
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(order).encode() + b"\n")
        return cls(process)

    async def type(self, text: str) -> None:
        """Pass on what was typed."""
        await self._send(DATA, text.encode("utf-8", "replace"))

    async def say(self, **meta: object) -> None:
        """Pass on something else, such as a new size."""
        await self._send(META, json.dumps(meta).encode())

    async def _send(self, kind: bytes, payload: bytes) -> None:
        with suppress(ConnectionError, RuntimeError):  # it has ended, which ``packets`` notices
            self._stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
            await self._stdin.drain()

    async def packets(self) -> AsyncIterator[tuple[bytes, bytes]]:
        """Yield what it says, until its end."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._stdout.readuntil(b"\n") != READY:
                pass
            while True:
                head = await self._stdout.readexactly(5)
                size = int.from_bytes(head[1:], "big")
                if size > LONGEST_PACKET:
                    return
                yield head[:1], await self._stdout.readexactly(size)

    async def end(self) -> None:
        """End it and whatever it has started: politely, then by force."""
        self._stdin.close()
        self._signal(signal.SIGTERM)
        reading = asyncio.create_task(self._stdout.read())  # it may still draw, and would wait for a reader
        try:
            await asyncio.wait_for(self._process.wait(), POLITE_S)
        except TimeoutError:
            pass
        finally:
            self._signal(signal.SIGKILL)
            await self._process.wait()
            reading.cancel()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)
