"""The personal configuration, config.toml: desk, theme, keys, which agent the user is, and what tells them.

What concerns everybody at the desk is a setting instead (``astra set``).
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
import tomllib
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from models import private_files
from models.errors import InvalidInput

KEYS: dict[str, tuple[type, str]] = {
    "database": (str, "a path in quotes"),
    "theme": (str, "a theme's name in quotes"),
    "agent": (int, "an agent's number"),
    "bell": (bool, "true or false: ring for new work"),
    "title": (bool, "true or false: the place and what waits in the window's title"),
    "toasts": (bool, "true or false: a message for new work"),
    "keymap": (dict, "a table of binding ids and keys"),
    "notify": (dict, "a table with command in quotes: run for what happens"),
}
HINT = "accepted: " + ", ".join(f"{key} ({what})" for key, (_, what) in KEYS.items())


@dataclass(frozen=True)
class Preferences:
    """The content of the file; None for what it leaves out."""

    database: str | None = None
    theme: str | None = None
    agent: int | None = None
    keymap: dict[str, str] = field(default_factory=dict)
    bell: bool | None = None
    toasts: bool | None = None
    title: bool | None = None
    notify: dict[str, str] = field(default_factory=dict)

    @property
    def notify_command(self) -> str | None:
        """The command to run for what happens at the desk."""
        return self.notify.get("command")


Check = Callable[[Preferences], dict[str, str]]
"""Returns problems that only the application knows: ``theme`` or ``keymap.<id>``, and why."""


def config_path() -> Path:
    return user_config_path("astra", appauthor=False) / "config.toml"


def load(path: Path | None = None, check: Check | None = None) -> tuple[Preferences, list[str]]:
    """Return the usable preferences, and the problems of the rest of the file."""
    path = path or config_path()
    try:
        text = _text_of(path)
        given = tomllib.loads(text)
    except FileNotFoundError:
        return Preferences(), []
    except RecursionError:
        return Preferences(), [f"{path} cannot be read: it nests too deeply"]
    except OSError as error:
        return Preferences(), [f"{path} cannot be read: {error.strerror}"]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Preferences(), [f"{path}, line {line}: not UTF-8 text"]
    except tomllib.TOMLDecodeError as error:
        return Preferences(), [f"{path}: {error}"]
    if isinstance(given.get("keymap"), dict):
        given["keymap"] = dict(_flat(given["keymap"]))
    others = _others_may_write(path) if "notify" in given else ""
    unfit = {
        key: "{} ({})".format(*problem) for key, value in given.items() if (problem := _problem(key, value))
    }
    if others and "notify" not in unfit:
        unfit["notify"] = f"notify is not used: {others}"
    wanted = Preferences(**{key: value for key, value in given.items() if key not in unfit})
    wrong = {} if check is None else check(wanted)
    problems = unfit | {key: f"{key.removeprefix('keymap.')}: {why}" for key, why in wrong.items()}
    lines = _lines_of(text) if problems else {}
    return _without(wanted, wrong), [
        f"{path}, line {lines[key]}: {problems[key]}" for key in sorted(problems, key=lines.__getitem__)
    ]


def _text_of(path: Path) -> str:
    """Return a file's text. Raises UnicodeDecodeError, and OSError also for a pipe, which might not end."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a file")
    return path.read_bytes().decode()


def _others_may_write(path: Path) -> str:
    """Return how somebody else could choose what is run for this user; "" if nobody can."""
    file = path.resolve()
    try:
        found, folder = file.stat(), file.parent.stat()
    except OSError as error:
        return f"{file} cannot be looked at: {error.strerror}"
    if found.st_uid not in (os.geteuid(), 0):
        return "the file belongs to another user"
    if found.st_mode & stat.S_IWOTH:
        return "everybody can write the file"
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        return "everybody can write its folder"
    return ""


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a table's keys with dots: TOML takes unquoted binding ids for tables."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _without(wanted: Preferences, wrong: Collection[str]) -> Preferences:
    keymap = {name: keys for name, keys in wanted.keymap.items() if f"keymap.{name}" not in wrong}
    return replace(wanted, keymap=keymap, theme=None if "theme" in wrong else wanted.theme)


def save(key: str, value: str | int, path: Path | None = None) -> None:
    """Set one key; other lines and comments stay, and readers see the file old or new, never half.

    Raises InvalidInput for an unknown key, a wrong value, or a file that cannot be read or written.
    """
    import tomlkit  # loaded only where the file is edited: to read it, tomllib is enough

    path = (path or config_path()).resolve()
    wrong = _problem(key, value)
    if wrong is not None:
        raise InvalidInput("config", *wrong)
    try:
        text = _text_of(path) if path.exists() else ""
        tomllib.loads(text)  # the stricter of the two: what it refuses to read is not written either
        document = tomlkit.parse(text)
        document[key] = value
        replace_file(path, tomlkit.dumps(document))
    except (OSError, ValueError, RecursionError) as error:
        problem = f"{path} cannot be changed: {error}"
        raise InvalidInput("config", problem, "correct it with an editor") from error


def _fits(key: str, value: object) -> bool:
    if key == "keymap":
        return isinstance(value, dict) and all(isinstance(keys, str) for keys in value.values())
    if key == "notify":
        return isinstance(value, dict) and [*value] == ["command"] and _is_command(value["command"])
    return type(value) is KEYS[key][0]  # a bool is an int, too


def _is_command(value: object) -> bool:
    try:
        return isinstance(value, str) and "\0" not in value and bool(shlex.split(value))
    except ValueError:  # an unclosed quote
        return False


def _problem(key: str, value: object) -> tuple[str, str] | None:
    """Return what is wrong with a key or its value, and what is accepted."""
    if key not in KEYS:
        return f"there is no preference {key!r}", HINT
    return None if _fits(key, value) else (f"{value!r} is no value for {key}", f"accepted: {KEYS[key][1]}")


def _lines_of(text: str) -> dict[str, int]:
    """Return the line, from 1, of the statement that first sets each key (dotted if in a table)."""
    lines, start = text.replace("\r\n", "\n").split("\n"), 1
    found: dict[str, int] = {}
    for end in range(1, len(lines) + 1):
        with suppress(tomllib.TOMLDecodeError):  # a statement may span several lines
            given = tomllib.loads("\n".join(lines[:end]))
            found = dict.fromkeys([*given, *dict(_flat(given))], start) | found
            start = end + 1
    return found


def replace_file(path: Path, text: str, *, flush: bool = True) -> None:
    """Write a whole file: readers see it old or new, never half. Raises OSError.

    Only its owner can read a new file. Without ``flush`` it survives the process but maybe not the machine:
    for text that is saved while somebody types.
    """
    private_files.make_folder(path.parent)
    with private_files.replacing(path, flush=flush) as file:
        file.write(text)
