"""Copying: by OSC 52 and to the system clipboard, which may be missing or never answer."""

from __future__ import annotations

import os
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


@pytest.fixture(autouse=True)
def _outside_of_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)


@pytest.mark.parametrize("knows_w", [True, False])
def test_inside_tmux_a_text_reaches_its_buffer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows_w: bool
) -> None:
    """Tmux takes no OSC 52 by default: what was said to be copied could not be pasted."""
    refuse = "" if knows_w else '[ "$2" = -w ] && exit 1\n'
    tmux = tmp_path / "tmux"
    tmux.write_text(f'#!/bin/sh\n{refuse}cat > "{tmp_path}/$*"\n')
    tmux.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", "socket,1,0")
    monkeypatch.setattr(pyperclip, "copy", lambda _: None)
    clipboard.put("Booking 413 山田")
    wait_for_copying()
    arguments = "load-buffer -w -" if knows_w else "load-buffer -"
    assert (tmp_path / arguments).read_text("utf-8") == "Booking 413 山田"


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
