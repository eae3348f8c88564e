"""Tables, progress, and output that cannot be written."""

from __future__ import annotations

import errno
import json
import sys

import pytest

from astra_tui.cli.output import printing, progress
from astra_tui.cli.output.printing import Column
from models.base import Json
from tests.astra_tui.conftest import Run

COLUMNS: tuple[Column[Json], ...] = (
    Column("Id", "id", right=True),
    Column("Name", "name"),
    Column("At", "at", whole=True),
)
ROW = {"id": 12345678, "name": "a very long name indeed", "at": "2082-11-22 01:02"}


def shown(capsys: pytest.CaptureFixture[str], width: int | None, monkeypatch: pytest.MonkeyPatch) -> str:
    if width is not None:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("LINES", "24")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("TERM", "dumb")
    printing.table(COLUMNS, [ROW], "nothing")
    return capsys.readouterr().out.splitlines()[1].rstrip()


def test_a_table_in_a_pipe_is_never_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(capsys, None, monkeypatch) == "12345678  a very long name indeed  2082-11-22 01:02"


def test_a_narrow_terminal_cuts_text_but_not_numbers_and_times(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(capsys, 40, monkeypatch) == "12345678  a very long…  2082-11-22 01:02"


def test_a_long_table_says_there_is_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MOST_ROWS_SHOWN", 2)
    printing.table(COLUMNS, [ROW] * 5, "nothing")
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 3
    assert captured.err.startswith("2 of 5 are shown")


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("Zoë 👩‍🚀 שרה", "Zoë 👩‍🚀 שרה"),
        ("\x1b[31mred\x9b0m", "\\x1b[31mred\\x9b0m"),
        ("a\nb\u2028c", "a\\nb\\u2028c"),
        ("\u202eevil", "\\u202eevil"),
        ("\udcff", "\\udcff"),
    ],
)
def test_control_characters_are_escaped(text: str, harmless: str) -> None:
    assert printing.printable(text) == harmless


@pytest.mark.parametrize("character", ["\x1b", "\x7f", "\x9b", "\u2028", "\u202e", "\u2066"])
def test_json_has_no_control_character_either(capsys: pytest.CaptureFixture[str], character: str) -> None:
    for value in ({"name": f"Zoë{character}2J"}, [{"name": f"Zoë{character}2J"}]):
        printing.put_json(value)
        printed = capsys.readouterr().out
        assert character not in printed
        assert f"Zoë\\u{ord(character):04x}2J" in printed
        assert json.loads(printed) == value


@pytest.mark.parametrize("arguments", [("set",), ("set", "--json"), ("set", "colour", "--json")])
def test_a_full_disk_is_reported_without_a_traceback(
    astra: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    def full(_text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("astra_tui.cli.run._leave_stdout", lambda: None)
    monkeypatch.setattr(sys.stdout, "write", full)
    ended = astra(*arguments)
    assert ended.code in (1, 2)
    assert ended.err.startswith("Error: ")


def test_progress_shows_only_on_a_terminal_and_only_after_a_second(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress.progress_bar("leads") as report:
        assert report is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress.progress_bar("leads") as report:
        assert report is not None
        report(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    with progress.progress_bar("leads") as report:
        assert report is not None
        report(1, 2, "writing")
        report(2, 2, "writing")
    captured = capsys.readouterr()
    assert "writing" in captured.err
    assert captured.out == ""
