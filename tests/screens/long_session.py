"""A long session at every place, and what it leaves in memory."""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections import Counter
from contextvars import Context
from pathlib import Path

from textual.binding import Binding
from textual.css.styles import StylesBase
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.notifications import Notification
from textual.timer import Timer
from textual.worker import Worker

from astra_tui.app import AstraApp
from tests.screens.scenes import press

ROUND = (
    *("f2", "K", "a", "ctrl+l", "f1", "escape"),
    *("f3", "down", "e", "escape"),
    *("f4", "escape", "home", "down", "slash", "m", "escape", "w", "escape", "n", "escape"),
    *("f5", "down", "comma", "escape"),
    *("f6", "down", "d", "d"),
    *("f7", "v", "h"),
)
"""32 keys: every place, help, a form, a filter, panels, choosers, and the log."""

SHORT = ("f2", "f1", "escape", "f4", "escape", "slash", "escape", "e", "escape", "f3")

OURS = ("astra_tui", "screens", "dispatch", "models")
KEPT: tuple[type, ...] = (DOMNode, StylesBase, Binding, Notification, Timer, Worker)
PAGE_KB = 4
CANCELLED = 500


async def living() -> Counter[str]:
    """Count the objects of Textual and Astra that must not accumulate, by type."""
    await _forget_cancelled_timers()
    await _forget_last_messages()
    gc.collect()
    return Counter(
        f"{type(one).__module__}.{type(one).__qualname__}"
        for one in gc.get_objects()
        if isinstance(one, KEPT) or str(type(one).__module__).partition(".")[0] in OURS
    )


async def _forget_cancelled_timers() -> None:
    """Let the event loop drop them now: each keeps the context of its call, until its time or 100 more."""
    loop = asyncio.get_running_loop()
    for _ in range(CANCELLED):
        loop.call_later(3600, int, context=Context()).cancel()
    for _ in range(2):
        await asyncio.sleep(0)


async def _forget_last_messages() -> None:
    """Give every widget another message: the last one is held while it waits, and with it who sent it.

    That is often a screen which is closed by now. Which widgets hold one, and how large a screen, depends on
    how busy the machine is.
    """
    for pump in [one for one in gc.get_objects() if isinstance(one, MessagePump) and one.is_running]:
        pump.check_idle()
    for _ in range(10):
        await asyncio.sleep(0)


def resident_mb() -> float:
    """The memory that this process uses now, without what the C library keeps of what was given back."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KB / 1024


async def rounds(app: AstraApp, number: int, keys: tuple[str, ...] = ROUND) -> None:
    for _ in range(number):
        await press(app, *keys)
