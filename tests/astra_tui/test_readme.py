"""The commands in README, run as written: their output matches."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks() -> list[tuple[list[str], str]]:
    """Each ``$ astra ...`` in README with the lines below it."""
    found = re.findall(r"^    \$ astra (.*)\n((?:    (?!\$).*\n)*)", README, re.MULTILINE)
    return [
        (shlex.split(command), re.sub(r"^    ", "", output, flags=re.MULTILINE)) for command, output in found
    ]


def test_commands_print_what_readme_says(
    anywhere: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    assert len(blocks()) > 5
    for arguments, expected in blocks():
        ended = anywhere(*arguments)
        assert ended.code == 0, ended.err
        if expected:
            assert (ended.out + ended.err).strip() == expected.strip()


def test_pictures_exist() -> None:
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (Path(__file__).parents[2] / picture).is_file(), picture
