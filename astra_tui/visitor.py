"""The application behind a page of ``astra serve``, which alone starts this.

The first line of standard input says which desk to open, and has the token that signs in. Then Textual's web
driver speaks over standard input and output (astra_tui/serve/child.py).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import replace
from functools import partial
from typing import Any

from textual import events, messages
from textual.app import App
from textual.driver import Driver
from textual.drivers.web_driver import WebDriver

from astra_tui.app import AstraApp
from astra_tui.cli.database import opened
from astra_tui.cli.identity import is_open
from astra_tui.main import check_preferences
from astra_tui.user import preferences
from dispatch.desk.desk import Desk
from dispatch.people import sign_in
from models.errors import DeskError

LONGEST_ORDER = 64 * 1024
TIME_TO_END_S = 4.0
READY = b"__GANGLION__\n"


class Tab(WebDriver):
    """Textual's driver for a page, which also ends with its server and answers whether it is alive."""

    def __init__(self, app: App[Any], **given: Any) -> None:
        super().__init__(app, **given)
        self.host = app
        if isinstance(app, BrowserApp):
            app.tab = self

    def run_input_thread(self) -> None:
        super().run_input_thread()
        if not self.exit_event.is_set():  # the end of the input: the server has ended, or wants this to end
            end = threading.Timer(TIME_TO_END_S, os.killpg, [os.getpgid(0), signal.SIGKILL])
            end.daemon = True
            end.start()
            self.host.post_message(messages.ExitApp())

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        if packet_type == "ask":
            self.host.call_later(self.write_meta, {"type": "alive"})
        elif packet_type == "focus":  # behind the loss of focus that every start begins with
            self.host.call_later(self.host.post_message, events.AppFocus())
        else:
            super().on_meta(packet_type, payload)


class BrowserApp(AstraApp):
    """Astra in a tab: the end of a session is the end of the application, and what is copied goes there."""

    tab: Tab | None = None

    def get_driver_class(self) -> type[Driver]:
        return Tab

    def copy_to_clipboard(self, text: str) -> None:
        App.copy_to_clipboard(self, text)  # not into the clipboard of the machine that serves

    def end_session(self, why: str) -> None:
        if self.tab is not None:
            self.tab.write_meta({"type": "ended", "why": why})
        self.exit()


def main() -> int:
    """Run the application and return the exit code."""
    order = json.loads(_first_line())
    try:
        app = _application(order["database"], order["actor"], order["token"])
    except DeskError as error:
        _say_ended(f"{error.message}.")
        return error.exit_code
    app.is_alone = True
    app.run()
    return app.return_code or 0


def _application(database: str, actor: str | None, token: str | None) -> BrowserApp:
    identify = partial(_identify, token=token)
    with opened(database, actor, identifies=False) as desk:
        identify(desk)
        is_closed, actor = not is_open(desk), desk.actor
    wanted, problems = preferences.load(check=check_preferences)
    file = preferences.config_path()
    return BrowserApp(
        database=database,
        actor=actor,
        preferences=replace(wanted, notify={}),  # who runs the server has not asked for what visitors do
        problems=[problem.replace(str(file), file.name) for problem in problems],
        identify=identify if is_closed else None,
    )


def _identify(desk: Desk, token: str | None) -> None:
    if token is not None:
        sign_in.by_token(desk, token)


def _first_line() -> bytes:
    """Read what the server hands over, and no byte of what follows."""
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < LONGEST_ORDER:
        byte = os.read(0, 1)
        if not byte:
            sys.exit(1)  # the server has ended
        line += byte
    return bytes(line)


def _say_ended(why: str) -> None:
    meta = json.dumps({"type": "ended", "why": why}).encode()
    os.write(1, READY + b"M" + len(meta).to_bytes(4, "big") + meta)
