"""The reference pages in docs/ match the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from dispatch.bootstrap import RULES
from dispatch.operations.command_list import every_command
from screens.shell import key_catalogue
from tests.astra_tui.test_conventions import EVERY

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name", ["keys.md", "cli.md", "settings.md", "events.md", "filters.md", "command-line.md"]
)
def test_the_page_is_current(reference: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "dumb")
    assert (DOCS / name).read_text(encoding="utf-8") == reference.PAGES[name](), "run: make docs"


def test_every_command_key_setting_and_event_is_listed() -> None:
    commands = (DOCS / "cli.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^##+ astra (.*)$", commands, re.MULTILINE))
    assert {" ".join(path) for path in EVERY} <= headings
    keys = (DOCS / "keys.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| .* \| `([\w.-]+)` \|", keys, re.MULTILINE))
    assert listed == {binding.id for bindings in key_catalogue.areas().values() for binding in bindings}
    settings = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", settings, re.MULTILINE)) == set(RULES.settings)
    events = (DOCS / "events.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([\w.]+)` \|", events, re.MULTILINE)) == set(every_command())
