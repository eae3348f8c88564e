"""The personal configuration, config.toml: which desk, which colours, which keys, which agent I am.

What concerns everybody at the desk is no preference but a setting (``astra set``).
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from models.errors import InvalidInput

KEYS: dict[str, tuple[type, str]] = {
    "database": (str, "a path in quotes"),
    "theme": (str, "a theme's name in quotes"),
    "agent": (int, "an agent's number"),
    "bell": (bool, "true or false: ring for new work"),
    "toasts": (bool, "true or false: a message for new work"),
    "keymap": (dict, "a table of binding ids and keys"),
}
TABLE_HEADER = re.compile(r"^\s*\[")
HINT = "accepted: " + ", ".join(f"{key} ({what})" for key, (_, what) in KEYS.items())


@dataclass(frozen=True)
class Preferences:
    """What the file says; None where it is silent."""

    database: str | None = None
    theme: str | None = None
    agent: int | None = None
    keymap: dict[str, str] = field(default_factory=dict)
    bell: bool | None = None
    toasts: bool | None = None


Check = Callable[[Preferences], dict[str, str]]
"""Tells what only the application knows to be wrong: ``theme`` or ``keymap.<id>``, and why."""


def config_path() -> Path:
    """Where the file is, or would be."""
    return user_config_path("astra", appauthor=False) / "config.toml"


def load(path: Path | None = None, check: Check | None = None) -> tuple[Preferences, list[str]]:
    """The preferences as far as they can be used, and what is wrong with the rest of the file."""
    path = path or config_path()
    try:
        text = path.read_bytes().decode()
        given = tomllib.loads(text)
    except FileNotFoundError:
        return Preferences(), []
    except OSError as error:
        return Preferences(), [f"{path} cannot be read: {error.strerror}"]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Preferences(), [f"{path}, line {line}: not UTF-8 text"]
    except tomllib.TOMLDecodeError as error:
        return Preferences(), [f"{path}: {error}"]
    if isinstance(given.get("keymap"), dict):
        given["keymap"] = dict(_flat(given["keymap"]))
    problems = [problem for key, value in given.items() if (problem := _problem(path, text, key, value))]
    sound = {key: value for key, value in given.items() if _problem(path, text, key, value) is None}
    wanted = Preferences(**sound)
    wrong = {} if check is None else check(wanted)
    problems += [
        f"{_place(path, text, key)}: {_without_table(key)}: {wrong[key]}"
        for key in sorted(wrong, key=lambda key: _line_of(text, key) or 0)
    ]
    return _without(wanted, wrong), problems


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Binding ids have dots in them, which TOML takes for tables unless they are quoted."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _without_table(key: str) -> str:
    return key.removeprefix("keymap.")


def _without(wanted: Preferences, wrong: Collection[str]) -> Preferences:
    keymap = {name: keys for name, keys in wanted.keymap.items() if f"keymap.{name}" not in wrong}
    return replace(wanted, keymap=keymap, theme=None if "theme" in wrong else wanted.theme)


def save(key: str, value: str | int, path: Path | None = None) -> None:
    """Set one key; the file's other lines and comments stay, and readers see it old or new, never half.

    Raises InvalidInput for an unknown key, a wrong value, or a file that cannot be read or written.
    """
    path = (path or config_path()).resolve()
    _check(key, value)
    try:
        text = path.read_bytes().decode() if path.exists() else ""
        tomllib.loads(text)
        changed = _with_line(text, key, value)
        if tomllib.loads(changed).get(key) != value:
            raise InvalidInput("config", f"{key} cannot be set in {path}", "set it with an editor")
        replace_file(path, changed)
    except (OSError, ValueError) as error:
        raise InvalidInput(
            "config", f"{path} cannot be changed: {error}", "mend it with an editor"
        ) from error


def _check(key: str, value: object) -> None:
    if key not in KEYS:
        raise InvalidInput("config", f"there is no preference {key!r}", HINT)
    if not _fits(key, value):
        raise InvalidInput("config", f"{value!r} is no value for {key}", f"accepted: {KEYS[key][1]}")


def _fits(key: str, value: object) -> bool:
    if key == "keymap":
        return isinstance(value, dict) and all(isinstance(keys, str) for keys in value.values())
    return type(value) is KEYS[key][0]  # a bool is an int, too


def _problem(path: Path, text: str, key: str, value: Any) -> str | None:
    if key in KEYS and _fits(key, value):
        return None
    place = _place(path, text, key)
    if key not in KEYS:
        return f"{place}: there is no preference {key!r} ({HINT})"
    return f"{place}: {value!r} is no value for {key} (accepted: {KEYS[key][1]})"


def _place(path: Path, text: str, key: str) -> str:
    line = _line_of(text, key)
    return f"{path}, line {line + 1}" if line is not None else str(path)


def _line_of(text: str, key: str) -> int | None:
    """The line, from 0, that sets a key (dotted, if it is in a table) or opens a table around it."""
    table, around = "", None
    for number, line in enumerate(text.splitlines()):
        header = re.match(r"\s*\[\s*([^]]+)]", line)
        if header:
            told = _bare(header[1])
            table = f"{told}."
        elif "=" in line:
            told = table + _bare(line.partition("=")[0])
        else:
            continue
        if f"{told}.".startswith(f"{key}."):
            return number
        if key.startswith(f"{told}."):
            around = number
    return around


def _bare(name: str) -> str:
    """A TOML key without its quotes and blanks."""
    return re.sub(r"""["'\s]""", "", name)


def _with_line(text: str, key: str, value: str | int) -> str:
    lines = text.splitlines()
    written = f"{key} = {_toml(value)}"
    tables = (number for number, line in enumerate(lines) if TABLE_HEADER.match(line))
    first_table = next(tables, len(lines))
    place = _line_of("\n".join(lines[:first_table]), key)
    if place is not None:
        comment = re.search(r"\s+#[^\"']*$", lines[place])
        lines[place] = written + (comment[0] if comment else "")
    else:
        lines.insert(first_table, written)
        if first_table < len(lines) - 1:
            lines.insert(first_table + 1, "")
    return "\n".join(lines) + "\n"


def _toml(value: str | int) -> str:
    if isinstance(value, int):
        return str(value).lower()  # true, false
    escaped = (
        f"\\u{ord(character):04x}" if ord(character) < 32 or character in '"\\\x7f' else character
        for character in value
    )
    return f'"{"".join(escaped)}"'


def replace_file(path: Path, text: str, *, flush: bool = True) -> None:
    """Write a file as a whole: readers see it old or new, never half. Raises OSError.

    A new one is for its owner's eyes only. Without ``flush`` it outlives the process, but maybe not the
    machine: for what is written while somebody types.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        if path.exists():
            os.chmod(name, path.stat().st_mode)
        os.replace(name, path)
    except BaseException:  # whatever ends it, an interrupt too: half a file must not lie about
        with suppress(OSError):
            os.unlink(name)
        raise
