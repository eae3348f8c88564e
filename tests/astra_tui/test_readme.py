"""The commands in README, run as written: their output matches."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEYS = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")


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


@pytest.mark.parametrize("page", [README, KEYS], ids=["README", "keys"])
def test_the_example_of_a_configuration_is_sound(page: str, anywhere: Any) -> None:
    example = re.search(r"^(?:    .*\n|\n)*    \[keymap\].*\n(?:    .*\n)*", page, re.MULTILINE)
    assert example is not None
    settings = re.sub("^    ", "", example[0], flags=re.MULTILINE)
    path = Path(anywhere("config", "path").out.strip())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(settings, encoding="utf-8")
    ended = anywhere("config", "validate")
    assert (ended.code, ended.err) == (0, ""), settings
    path.write_text(settings.replace('"help" = "f1', '"help" = "c'), encoding="utf-8")
    assert anywhere("config", "validate").code == 2, "what is wrong in it would be found"


def test_pictures_exist() -> None:
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file(), picture
