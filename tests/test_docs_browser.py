"""docs/browser.md and README: figures, refusals, the unit and the proxies are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from astra_tui.cli.commands.serve import MOST, USUAL_PORT, serve
from astra_tui.serve import child, served_desk, tickets, visit

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "browser.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def test_its_figures_are_those_of_the_code() -> None:
    words = " ".join(PAGE.split())
    assert f"`--most {MOST}` is how many" in words
    assert f"http://127.0.0.1:{USUAL_PORT}, for this machine" in words
    assert child.POLITE_S < 5
    assert "within five seconds of its closing" in words
    assert tickets.GOOD_FOR_S == 60
    assert "older than a minute" in words
    assert f"is ended after {visit.PATIENCE_S:.0f} seconds" in words
    assert f'("{served_desk.NOTE}" in `astra token list`)' in words
    assert served_desk.TOKEN_DAYS == 1


def test_every_code_is_one_of_the_code() -> None:
    files = [
        *(ROOT / "astra_tui" / "serve").glob("*.py"),
        ROOT / "astra_tui" / "cli" / "commands" / "serve.py",
    ]
    source = "".join(file.read_text("utf-8") for file in files)
    codes = re.findall(r"`(\w+)`, exit code", PAGE)
    assert len(codes) == 4
    assert [code for code in (*codes, "served_server") if f'"{code}"' not in source] == []


@pytest.mark.parametrize("line", re.findall(r"astra serve(?: --\S+ \S+)+", PAGE + README))
def test_its_command_lines_are_accepted(line: str) -> None:
    _, _, *arguments = shlex.split(line.rstrip("`"))
    serve.make_context("serve", arguments, resilient_parsing=False)


def test_both_pages_show_the_same_proxies() -> None:
    for server in ("Caddy", "nginx"):
        assert server in README
    readme = [line.strip() for line in README.splitlines()]
    for line in re.findall(r"^ +((?:proxy_|reverse_)\S.*)$", PAGE, re.MULTILINE):
        assert line in readme
