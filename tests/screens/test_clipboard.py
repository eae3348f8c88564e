"""Copying: by OSC 52 and to the system clipboard, which may be missing or never answer."""

from __future__ import annotations

import threading
from pathlib import Path

import pyperclip
import pytest

from astra_tui.app import AstraApp
from screens.base import clipboard


def wait_for_copying() -> None:
    for thread in threading.enumerate():
        if thread.name == "astra-clipboard":
            thread.join(5)


def test_a_text_reaches_the_system_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", copied.append)
    clipboard.put("+1 555 0100 山田")
    wait_for_copying()
    assert copied == ["+1 555 0100 山田"]


@pytest.mark.parametrize("error", [pyperclip.PyperclipException("none"), FileNotFoundError("xclip")])
def test_a_missing_clipboard_is_not_an_error(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(_: str) -> None:
        raise error

    monkeypatch.setattr(pyperclip, "copy", broken)
    clipboard.put("text")  # an error in the thread would fail the test
    wait_for_copying()


def test_a_clipboard_that_never_answers_blocks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(pyperclip, "copy", lambda _: answer.wait(5))
    clipboard.put("text")
    (thread,) = [one for one in threading.enumerate() if one.name == "astra-clipboard"]
    assert thread.daemon  # it is not waited for at the end either
    answer.set()
    thread.join(5)


def test_every_copy_uses_both_ways(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(clipboard, "put", copied.append)
    app = AstraApp(database=path)
    app.copy_to_clipboard("+1 555 0100")
    assert (app.clipboard, copied) == ("+1 555 0100", ["+1 555 0100"])
    monkeypatch.setattr(AstraApp, "is_headless", True)
    app.copy_to_clipboard("headless")
    assert (app.clipboard, copied) == ("headless", ["+1 555 0100"])
