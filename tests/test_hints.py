"""Hints propose what to do, and each front door says it in its own words: a key or a command."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from astra_tui.cli import hints as shell
from astra_tui.cli.root import astra
from dispatch.service.issues.state_machine import NEXT
from models.hints import PLACEHOLDER, act, rendered
from screens.base.keys import BY_ID, WITHOUT_A_KEY

ROOT = Path(__file__).resolve().parents[1]
FILES = [file for package in ("dispatch", "models", "seeds") for file in (ROOT / package).rglob("*.py")]
SCREENS = list((ROOT / "screens").rglob("*.py"))
BARE_KEY = re.compile(r"(?:^|[ (])(?!a )[a-zA-Z] (?:re)?(?:opens|assigns|claims|gives|cancels|undoes|does) ")


def strings(file: Path) -> Iterator[str]:
    """The visible strings of a file: all but its docstrings."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        for child in ast.iter_child_nodes(node):
            if isinstance(node, ast.Expr) or not isinstance(child, ast.Constant):
                continue
            if isinstance(child.value, str):
                yield child.value


def proposed() -> set[str]:
    """Every id that a hint proposes; a part that is computed is an asterisk."""
    found = {identifier for ways in NEXT.values() for identifier, _ in ways} | {"booking.cancel"}
    sources = [file.read_text("utf-8") for file in [*FILES, *SCREENS]]
    for source in (source for source in sources if "models.hints import" in source):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "act":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
                elif isinstance(first, ast.JoinedStr):
                    parts = (part.value if isinstance(part, ast.Constant) else "*" for part in first.values)
                    found.add("".join(map(str, parts)))
    return found


def test_both_doors_know_all_that_hints_propose() -> None:
    ids = proposed()
    assert len(ids) > 30
    for identifier in ids - {"place.my-desk", "desk.agent", "palette"}:  # only the application has these
        wanted = re.compile(re.escape(identifier).replace(r"\*", r"(booking|issue|undo|redo)"))
        assert any(map(wanted.fullmatch, shell.COMMANDS)), identifier
        assert any(map(wanted.fullmatch, [*BY_ID, *WITHOUT_A_KEY])), identifier


def test_no_table_has_what_nothing_proposes() -> None:
    wanted = [re.compile(re.escape(each).replace(r"\*", ".+")) for each in proposed()]
    for identifier in [*shell.COMMANDS, *WITHOUT_A_KEY]:
        assert any(each.fullmatch(identifier) for each in wanted), identifier
    assert WITHOUT_A_KEY.isdisjoint(BY_ID)


@pytest.mark.parametrize("command", sorted(shell.COMMANDS.values()))
def test_every_command_of_a_hint_exists(command: str) -> None:
    words = command.replace("{LIST}", "method").split()
    assert words[0] == "astra"
    found = astra.get_command(astra.make_context("astra", [], resilient_parsing=True), words[1])
    assert found is not None
    options = {word for word in words if word.startswith("--")}
    if hasattr(found, "commands") and len(words) > 2:
        found = found.commands[words[2]]
    assert options <= {option for each in found.params for option in each.opts}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_desk_knows_neither_commands_nor_keys(file: Path) -> None:
    for text in strings(file):
        assert not re.search(r"\bastra [a-z]+ ?[a-z]*", text), text
        assert not BARE_KEY.search(text), text


def test_a_clause_without_a_counterpart_is_left_out() -> None:
    hint = f"choose another agent; {act('agent.presence', 3)} brings them back; {act('nothing')}"
    assert rendered(hint, lambda *_: None) == "choose another agent"
    assert rendered(hint, lambda name, given: f"<{name} {given}>").endswith("; <nothing []>")


def test_the_shell_fills_its_command_from_the_hint() -> None:
    hint = f"{act('booking.reassign', 416)} assigns it; {act('issue.claim', 6, 2)} claims it"
    assert shell.hint_of(hint) == (
        "astra booking reassign 416 --to AGENT --reason TEXT assigns it; "
        "astra issue claim 6 --agent 2 claims it"
    )


def test_braces_of_other_texts_stay() -> None:
    example = 'one object per line: {"text": "..."}'
    assert PLACEHOLDER.search(example) is None
    assert shell.hint_of(example) == example
