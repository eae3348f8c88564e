"""Check the structure and the prose of the product: import circles, crowded folders, odd English.

Run in the project's root (``make lint`` does). Prints one line per problem and a line of figures; the exit
code is 1 if there is any problem. An import counts wherever it is written: at the top, in a function, or
for type checkers only.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGES = ("astra_tui", "screens", "dispatch", "models", "seeds", "verify")
ONE_MODULE_A_NOUN = ("commands", "models", "migrations")  # folders that grow with what they list
MOST_MODULES = 18
MOST_IDIOMS = 2.0  # in 1,000 words of docstrings and comments
MOST_SAID = 3  # banned words in visible strings; some are a customer's, or right
IDIOMS = re.compile(
    r"\b(anew|whom|told|tells|foretell\w*|foretold|mend\w*|of its own accord|lies with|comes? to|came to"
    r"|stands?|takes? back|taken back|whoever|whatever it)\b",
    re.IGNORECASE,
)
BANNED = re.compile(
    r"\b(anew|whom|(?<!to be )told|foretell\w*|foretold|mend(?:s|ed|ing)?|of its own accord|came to|stands"
    r"|takes? back|taken back|took back|goes on|made of|note it|do it)\b",
    re.IGNORECASE,
)
FIELD = re.compile(r"\{[^{}]*\}|\.\w+")  # of a format string, or the rules of a style
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def modules(root: Path) -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    files = sorted(file for package in PACKAGES for file in (root / package).rglob("*.py"))
    return {".".join(file.relative_to(root).with_suffix("").parts): file for file in files}


def imports_of(name: str, source: str, known: dict[str, Path]) -> set[str]:
    """The modules of the product that one of them imports, wherever the import is written."""
    wanted: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            wanted += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            wanted += [one if is_module(one, known) else node.module for one in inside]
    named = {one if one in known else f"{one}.__init__" for one in wanted}
    return {one for one in named if one in known and one != name}


def is_module(dotted: str, known: dict[str, Path]) -> bool:
    return dotted in known or f"{dotted}.__init__" in known


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one import circle in order, or an empty list."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def prose_of(source: str) -> Iterator[str]:
    """The docstrings and comments of a file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.lstrip("# ")


def said_in(source: str) -> Iterator[str]:
    """The strings of a file that a user may read: with a space, and no docstrings."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in prose:
            continue
        if isinstance(node.value, str) and " " in node.value.strip():
            yield node.value


def odd_words(sources: dict[str, str]) -> list[str]:
    """Each banned word in a visible string, with its module."""
    return [
        f"{name}: {found[0]!r} in {text.strip()[:60]!r}"
        for name, source in sources.items()
        for text in said_in(source)
        for found in BANNED.finditer(FIELD.sub("", text))
    ]


def crowded(files: dict[str, Path]) -> list[str]:
    """Folders with more modules than a newcomer takes in at a glance."""
    counts: dict[Path, int] = {}
    for file in files.values():
        if file.name != "__init__.py" and file.parent.name not in ONE_MODULE_A_NOUN:
            counts[file.parent] = counts.get(file.parent, 0) + 1
    return [f"{folder}: {count} modules" for folder, count in counts.items() if count > MOST_MODULES]


def main(root: Path) -> int:
    files = modules(root)
    sources = {name: file.read_text("utf-8") for name, file in files.items()}
    graph = {name: imports_of(name, source, files) for name, source in sources.items()}
    prose = " ".join(text for source in sources.values() for text in prose_of(source))
    rate = 1000 * len(IDIOMS.findall(prose)) / len(prose.split())
    problems = crowded(files)
    if found := circle(graph):
        problems.append(f"import circle: {' -> '.join(found)}")
    if rate > MOST_IDIOMS:
        problems.append(f"{rate:.1f} odd idioms in 1,000 words of prose, more than {MOST_IDIOMS:g}")
    if len(odd := odd_words(sources)) > MOST_SAID:
        problems += odd
    for problem in problems:
        print(f"- {problem}")
    print(f"{len(files)} modules, {len(prose.split()):,} words of prose, {rate:.1f} odd idioms in 1,000")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
