"""The terminal is left as it was found, and no byte that it sends ends the application."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual._xterm_parser import XTermParser

from astra_tui.user.draft_files import DraftFile
from astra_tui.user.draft_folder import drafts_folder
from astra_tui.user.remembered import memory_path
from dispatch.agents.presence import SWEEPER
from dispatch.desk.desk import Desk
from models.audit import Event
from screens.app.onboarding import SEEN
from screens.base.textual_internals.terminal import text_in
from tests.screens.crash import started

ENDING = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM]
QUIT = b"\x11\x11"  # ctrl+q, and again if something was typed
QUEUE = b"\x1bOS"  # f4
ESCAPES = b"\x1b\x1b\x1b"  # leaves the welcome of an empty desk


def draft_has(text: str) -> bool:
    return any(text in file.read_text() for file in drafts_folder().glob("*.json"))


@pytest.mark.parametrize("number", ENDING, ids=[number.name for number in ENDING])
def test_a_signal_ends_it_in_order(path: Path, number: signal.Signals) -> None:
    """The terminal kept the alternate screen, mouse reports, a hidden cursor and raw mode."""
    with started(path) as terminal:
        terminal.child.send_signal(number)
        assert terminal.until_it_ends() == 128 + number
        assert terminal.is_in_order()
        assert b"Traceback" not in terminal.shown


def test_a_draft_survives_a_signal(path: Path) -> None:
    with started(path) as terminal:
        terminal.type(ESCAPES + b"Half a Name")
        terminal.until(lambda _: draft_has("Half a Na"))
        terminal.child.send_signal(signal.SIGTERM)
        terminal.until_it_ends()
    with closing(DraftFile(path)) as file:
        draft = file.take_up()
    assert draft is not None
    assert draft.values["name"].startswith("Half a Na")


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP], ids=["TSTP", "STOP"])
def test_a_stopped_application_draws_again_in_the_foreground(path: Path, number: signal.Signals) -> None:
    """After a STOP it took its own settings of the terminal for those that it found."""
    with started(path) as terminal:
        terminal.child.send_signal(number)
        terminal.until_it_stops()
        if number == signal.SIGTSTP:
            assert terminal.is_in_order()
        before = len(terminal.shown)
        terminal.child.send_signal(signal.SIGCONT)
        terminal.until(lambda shown: b"\x1b[?1049h" in shown[before:] and b"Customer" in shown[before:])
        terminal.type(QUIT)
        assert terminal.until_it_ends() == 0
        assert terminal.is_in_order()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (b"Andr\xe9 Roux", "Andr\ufffd Roux"),
        (b"\x1b[200~Zo\xc3", "Zo\ufffd"),
        (b"Jo\xe5\xb1X", "Jo\ufffdX"),
    ],
    ids=["Latin-1", "cut paste", "cut character"],
)
def test_bytes_that_are_not_utf_8_are_shown_as_such(path: Path, typed: bytes, kept: str) -> None:
    """A Latin-1 terminal's first accent ended the application, with exit code 0."""
    with started(path) as terminal:
        terminal.type(ESCAPES + typed)
        if b"[200~" in typed:
            terminal.type(b"!\x1b[201~")
        terminal.until(lambda _: draft_has(kept.encode("ascii", "backslashreplace").decode()))
        terminal.type(QUIT)
        assert terminal.until_it_ends() == 0
        assert terminal.is_in_order()


def test_a_text_that_comes_in_one_piece_does_nothing_in_a_list(
    desk: Desk, path: Path, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    """A paste that the terminal did not mark cancelled one booking and released another."""
    add_agent()
    add_lead(name="Kate Nguyen")
    memory_path().parent.mkdir(parents=True)
    memory_path().write_text(json.dumps({SEEN: True}))  # on a busy machine the tour opened under the keys
    acts = Event.select().where(Event.actor != SWEEPER)  # its first contact may be overdue meanwhile
    with desk.reading():
        before = acts.count()
    with started(path) as terminal:
        terminal.type(QUEUE)
        terminal.until(lambda shown: b"Unclaimed" in shown)  # a tab of the queue: Dispatch names Kate, too
        terminal.type(b"xena fox\rclara\rnils\r")
        # a terminal may pass on the first letter alone: then the form that it opens asks
        terminal.until(lambda shown: b"Paste works" in shown or b"a customer?" in shown)
        terminal.type(QUIT)
        assert terminal.until_it_ends() == 0
    with desk.reading():
        assert acts.count() == before


@pytest.mark.parametrize(
    ("typed", "is_text"),
    [
        ("xena fox\r", True),
        ("luna", True),
        ("0612 345", True),
        ("jjjjjjjjj", False),
        ("jjjc", False),
        ("vvj", False),
        ("\x1b[B\x1b[B\x1b[B\x1b[A\x1bOR", False),
    ],
)
def test_four_different_characters_in_one_piece_are_a_text(typed: str, is_text: bool) -> None:
    messages = list(XTermParser().feed(typed))
    text = text_in(messages)
    assert (text is not None) == is_text
    if text is not None:
        assert all(text.since <= message.time <= text.until for message in messages)


def test_it_ends_when_its_window_is_closed(path: Path) -> None:
    with started(path) as terminal:
        terminal.vanish()
        assert terminal.child.wait(30) == 128 + signal.SIGHUP


def test_it_draws_on_the_terminal_if_errors_go_to_a_file(path: Path, tmp_path: Path) -> None:
    """``astra 2>err.log`` drew into the file: the screen was blank, and every key acted."""
    errors = tmp_path / "err.log"
    with errors.open("wb") as file, started(path, stderr=file) as terminal:
        terminal.type(QUIT)
        assert terminal.until_it_ends() == 0
        assert terminal.is_in_order()
    assert b"\x1b" not in errors.read_bytes()


def test_it_draws_on_the_terminal_without_a_stderr(path: Path) -> None:
    with started(path, through=("sh", "-c", 'exec "$@" 2>&-', "sh")) as terminal:
        terminal.type(QUIT)
        assert terminal.until_it_ends() == 0
        assert terminal.is_in_order()


def test_the_window_has_a_title_that_is_given_back(path: Path) -> None:
    with started(path) as terminal:
        terminal.until(lambda shown: b"\x1b]2;Astra - Dispatch" in shown)
        terminal.type(ESCAPES + b"\x1bOR")  # f3
        terminal.until(lambda shown: b"\x1b]2;Astra - Roster" in shown)
        terminal.type(QUIT)
        assert terminal.until_it_ends() == 0
        assert terminal.shown.rindex(b"\x1b[23;2t") > terminal.shown.rindex(b"\x1b]2;")
        assert terminal.is_in_order()
