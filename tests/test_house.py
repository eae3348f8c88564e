"""Rules about the code itself that neither ruff nor import-linter can hold."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from textual.app import App
from textual.notifications import Notification

import screens

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("astra_tui", "dispatch", "models", "screens", "seeds", "verify")
LONGEST_FILE = 400
LONGEST_FUNCTION = 45  # about 30 is the aim

# A lone keyword is not a statement: the importer of SQL files needs these words.
SQL_WRITTEN_ALOUD = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN)\s+\S")
SQL_IN_SMALL_LETTERS = re.compile(
    r"\s*(?:select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|pragma\s+\w"
    r"|create\s+(?:table|index|view|trigger)\s)",
    re.DOTALL,
)
MAY_HOLD_SQL = tuple(ROOT / "models" / name for name in ("migrations", "inspection", "sqlite", "base.py"))
MAY_HOLD_SQL += (ROOT / "verify",)  # which shares nothing with the desk, its models included
# Assembled from pieces so that this file does not match itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.~$}/-])(?:/(?:" + "|".join(["home", "root", "work", "Users"]) + r")/|[A-Z]:\\)\w"
)
TEXTUAL_INTERNALS = "screens.base.textual_internals"  # the only folder that uses Textual's private names
ITSELF = ("self", "cls", "super()")
OF_NAMED_TUPLES = ("_asdict", "_fields", "_make", "_replace")  # public despite the underscore


def python_files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def own_code() -> list[Path]:
    return [ROOT / "astra", *python_files(*PACKAGES, "benchmarks", "docs", "tools")]


def found_in(files: list[Path], look: Callable[[str], list[str]]) -> list[str]:
    """Findings in each file's text, prefixed with the file name."""
    return [f"{file.relative_to(ROOT)}: {what}" for file in files for what in look(file.read_text("utf-8"))]


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of every string literal that is not a docstring, with {} for an f-string's values."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    seen: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr):
            seen.add(node.body[0].value)
        elif isinstance(node, ast.JoinedStr):
            seen.update(node.values)
            pieces = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield node.lineno, "".join(pieces)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in seen:
            yield node.lineno, node.value


def sql_in(source: str) -> list[str]:
    return [
        f"line {line}: {text.strip()[:60]}"
        for line, text in texts(ast.parse(source))
        if SQL_WRITTEN_ALOUD.match(text) or SQL_IN_SMALL_LETTERS.match(text)
    ]


def long_functions_in(source: str) -> list[str]:
    return [
        f"{node.name}, {length} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]


def too_long(source: str) -> list[str]:
    lines = len(source.splitlines())
    return [f"{lines} lines"] if lines > LONGEST_FILE else []


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_")


def others_privates_in(source: str) -> list[str]:
    """Private names of other objects: x._name, an import of _name, getattr(x, "_name")."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=owner, attr=name) if ast.unparse(owner) not in ITSELF:
                found.append((node.lineno, name))
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                path = [getattr(node, "module", None) or "", *(alias.name for alias in aliases)]
                found += [(node.lineno, name) for name in ".".join(path).split(".")]
            case ast.Call(func=ast.Name(id="getattr" | "setattr" | "hasattr" | "delattr")):
                named = [one.value for one in node.args if isinstance(one, ast.Constant)]
                found += [(node.lineno, name) for name in named if isinstance(name, str)]
    return [
        f"line {line}: {name}" for line, name in found if is_private(name) and name not in OF_NAMED_TUPLES
    ]


@cache
def own_privates_of(kind: type) -> frozenset[str]:
    """Private names that a class defines or uses on itself."""
    names = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(kind)))):
        match node:
            case ast.Attribute(value=owner, attr=name) if ast.unparse(owner) in ITSELF:
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store(), col_offset=4):  # on the class, not a method's variable
                names.add(name)
    return frozenset(filter(is_private, names))


def textual_privates_in(kind: type) -> list[str]:
    """Private names that a screen class or its mixin shares with its Textual bases."""
    above = [base for base in kind.__mro__ if base.__module__.startswith("textual.")]
    theirs = set[str]().union(*map(own_privates_of, above))
    return [
        f"{base.__module__}.{base.__qualname__}: {name}"
        for base in kind.__mro__
        if base.__module__.startswith(("screens.", "astra_tui.", __name__))
        and not base.__module__.startswith(TEXTUAL_INTERNALS)
        for name in sorted(own_privates_of(base) & theirs)
    ]


def classes_of_screens() -> Iterator[type]:
    for found in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(found.name)
    importlib.import_module("astra_tui.app")
    for name, module in sorted(sys.modules.items()):
        if name.startswith(("screens.", "astra_tui.")):
            yield from (
                kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == name
            )


def test_sql_is_only_in_the_migrations_and_save() -> None:
    files = [file for file in python_files(*PACKAGES) if not any(map(file.is_relative_to, MAY_HOLD_SQL))]
    assert found_in(files, sql_in) == []


def test_files_stay_short() -> None:
    assert found_in([file for file in own_code() if file.parent != ROOT / "seeds"], too_long) == []


def test_functions_stay_short() -> None:
    assert found_in(own_code(), long_functions_in) == []


def test_no_code_uses_private_names_of_other_objects() -> None:
    inside = ROOT / TEXTUAL_INTERNALS.replace(".", "/")
    files = [file for file in python_files("astra_tui", "screens") if file.parent != inside]
    assert found_in(files, others_privates_in) == []


def test_no_class_shares_a_private_name_with_textual() -> None:
    """Textual may change its private names, and an override could go unnoticed."""
    assert {found for kind in classes_of_screens() for found in textual_privates_in(kind)} == set()


def test_no_file_contains_a_local_path() -> None:
    assert found_in(own_code(), MACHINE_PATH.findall) == []


def test_every_dependency_is_pinned_by_name_and_version_alone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    pins = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    pinned = {line.split("==")[0].lower() for line in pins}
    assert [name for name in asked if re.split(r"[^\w.-]", name)[0].lower() not in pinned] == []


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ('x = "SELECT 1"', 1),
        ('x = f"  UPDATE {table} SET a = 1"', 1),
        ('x = "select name from agents"', 1),
        ('x = "BEGIN IMMEDIATE"', 1),
        ('x = "PRAGMA data_version"', 1),
        ('x = "Select an agent from the list"', 0),
        ('x = "Update the desk"', 0),
        ('x = "CREATE"', 0),
        ('def f():\n    """BEGIN IMMEDIATE, tried again."""', 0),
    ],
)
def test_sql_is_distinguished_from_prose(source: str, number: int) -> None:
    assert len(sql_in(source)) == number


def test_a_long_function_is_found() -> None:
    body = "\n".join("    x = 1" for _ in range(LONGEST_FUNCTION))
    assert long_functions_in(f"def f():\n{body}\n") == [f"f, {LONGEST_FUNCTION + 1} lines"]


def test_a_local_path_is_found() -> None:
    assert MACHINE_PATH.search("open('/" + "home/kate/desk.db')")
    assert not MACHINE_PATH.search("~/.local/share/astra, https://example.org/" + "home/kate")


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("x = app._exit", 1),
        ("x = self.app._exit", 1),
        ("x = self._exit", 0),  # checked by class, below
        ("x = super()._exit()", 0),
        ("x = row._asdict()", 0),
        ("from textual.keys import _character_to_key", 1),
        ("from textual.widgets._footer import FooterKey", 1),
        ("import textual._queue", 1),
        ("from __future__ import annotations", 0),
        ('x = getattr(app, "_exit", False)', 1),
        ("for _ in x: pass", 0),
    ],
)
def test_a_private_name_of_another_object_is_found(source: str, number: int) -> None:
    assert len(others_privates_in(source)) == number


class _Mixin:
    _exit: bool

    def ends(self) -> bool:
        return self._exit


class _Clash(_Mixin, App[None]):
    def _unnotify(self, notification: Notification, refresh: bool = True) -> None: ...

    def _ours(self) -> None:
        self._own = 1


def test_a_private_name_shared_with_textual_is_found() -> None:
    names = [found.split(": ")[1] for found in textual_privates_in(_Clash)]
    assert names == ["_unnotify", "_exit"]
