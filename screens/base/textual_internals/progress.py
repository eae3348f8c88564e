"""What is under way in the application."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen


def is_closing(node: MessagePump) -> bool:
    """Return whether the node is ending or has ended."""
    return node._closing or node._closed


def mounted_event(node: MessagePump) -> asyncio.Event:
    """Return the event that is set once the node is mounted."""
    return node._mounted_event


def is_at_rest(node: MessagePump) -> bool:
    """Return whether the node has nothing left to do. Far cheaper than sending each a message (100 times)."""
    if is_closing(node):
        return True
    if not node.is_running:
        return node._mounted_event.is_set()
    ready: asyncio.Event = node._message_queue.ready_event
    return bool(ready._waiters) and not ready.is_set()  # its loop waits for a message, and none is there


def screens_in_sight(app: App[Any]) -> list[Screen[Any]]:
    """Return the screen on top, and those that show through from below it."""
    return [app.screen, *app._background_screens]


def is_painted(app: App[Any]) -> bool:
    """Return whether nothing in sight is left to lay out, draw or call afterwards."""
    return not app.screen._repaint_required and not any(map(_has_to_draw, screens_in_sight(app)))


def _has_to_draw(screen: Screen[Any]) -> bool:
    """Return whether a screen is about to draw; one below another stays marked as to be repainted."""
    waits = screen._callbacks or screen._dirty_widgets or screen._update_timer._active.is_set()
    return bool(waits or screen._layout_required or screen._scroll_required)
