"""How the screens speak: short imperatives, and none of the words of a translation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from screens.shell.key_catalogue import areas

ROOT = Path(__file__).parents[2]
LONGEST = 60  # characters of a key's explanation: one line of help at 80x24
BANNED = re.compile(
    r"\b(anew|mend(s|ed)?|foret(ell|old)|came to|whom|stands|goes on|takes? back|took back|told|made of"
    r"|of its own accord|note it|do it|is grey|made it|tentative(ly)?)\b",
    re.IGNORECASE,
)
HANDWRITTEN = [
    ROOT / "README.md",
    *(path for path in (ROOT / "docs").glob("*.md") if path.name not in ("cli.md", "events.md")),
]


def sentences(file: Path) -> list[str]:
    """The texts of a module that are more than a word, without its docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in remarks
        and " " in node.value.strip()
        and "{foretold:" not in node.value  # a key of the training's result
        and ".told" not in node.value  # a style's class
    ]


def test_the_rule_finds_what_it_bans() -> None:
    assert BANNED.search("Gate shut: what it is made of")
    assert not BANNED.search("Standard notes, made often")


def test_screens_speak_as_a_native_writes() -> None:
    files = [*(ROOT / "screens").rglob("*.py"), ROOT / "astra_tui" / "app.py"]
    found = [(file.name, text) for file in files for text in sentences(file) if BANNED.search(text)]
    assert found == []


@pytest.mark.parametrize("page", HANDWRITTEN, ids=lambda page: page.name)
def test_pages_speak_as_a_native_writes(page: Path) -> None:
    assert [found[0] for found in BANNED.finditer(page.read_text(encoding="utf-8"))] == []


def test_a_key_is_explained_in_one_line() -> None:
    bindings = {one.id: one for keys in areas().values() for one in keys}
    assert len(bindings) > 100
    assert {key: one.tooltip for key, one in bindings.items() if len(one.tooltip) > LONGEST} == {}
