"""The check of a user's keymap: unknown ids, unknown keys, and clashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from textual.binding import Binding
from textual.keys import Keys
from textual.widget import Widget
from textual.widgets import Input, TextArea

from screens.base.textual_internals import TYPED, character_to_key
from screens.shell.key_catalogue import areas
from screens.widgets.live_table import LiveTable
from screens.widgets.movable import Options


def _keys_of(widget: type[Widget]) -> set[str]:
    """Return the keys that a kind of widget takes for itself."""
    bindings = (one for kind in widget.__mro__ for one in vars(kind).get("BINDINGS", ()))
    return {key.strip() for one in bindings if isinstance(one, Binding) for key in one.key.split(",")}


MODIFIERS = ("ctrl", "shift", "alt", "super", "hyper", "meta")
NAMED_KEYS = TYPED | {key.value for key in Keys if "+" not in key.value and not key.value.startswith("<")}
FOCUS_KEYS = {"tab", "shift+tab"}
KEYS_OF_LISTS = FOCUS_KEYS | {key for kind in (LiveTable, Options) for key in _keys_of(kind)}
KEYS_OF_FIELDS = FOCUS_KEYS | {key for kind in (Input, TextArea) for key in _keys_of(kind)} | TYPED
IN_FORMS = ("form.", "several.", "import.", "new.", "find.", "pick.")
"""The beginnings of ids of keys that work while a field has the focus."""
SAME_IN_A_TERMINAL = {"ctrl+m": "enter", "ctrl+j": "enter", "ctrl+i": "tab", "ctrl+h": "backspace"}

Keymap = Mapping[str, str]


def problems_of(keymap: Keymap) -> dict[str, str]:
    """Return the problems of a keymap, by binding id; without those the rest is sound."""
    if not keymap:
        return {}  # nothing is imported for a user without a keymap
    everywhere = areas()
    by_id = {str(binding.id): binding for bindings in everywhere.values() for binding in bindings}
    problems = {
        identifier: problem
        for identifier, keys in keymap.items()
        if (problem := _problem(identifier, keys, by_id))
    }
    while True:  # a key that is given back may clash with another one
        sound = {name: keys for name, keys in keymap.items() if name not in problems}
        clashes = _clashes(sound, everywhere)
        if not clashes:
            return problems
        problems |= clashes


def _suggestion(wrong: str, right: Mapping[str, object] | Sequence[str] | frozenset[str]) -> str:
    close = get_close_matches(wrong, list(right), 1, 0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _problem(identifier: str, keys: str, by_id: Mapping[str, Binding]) -> str:
    """Return what is wrong with a binding's id, or with the keys themselves."""
    if identifier not in by_id:
        return f"no such key id{_suggestion(identifier, by_id)}"
    for key in _split(keys):
        *modifiers, name = key.split("+")
        if not name:
            return "a key is missing (the signs , and + are written comma and plus)"
        if (len(name) > 1 and name not in NAMED_KEYS) or not set(modifiers) <= set(MODIFIERS):
            wrong = next((one for one in modifiers if one not in MODIFIERS), name)
            return f"there is no key {key!r}{_suggestion(wrong, sorted(NAMED_KEYS.union(MODIFIERS)))}"
        if key in SAME_IN_A_TERMINAL:
            return f"{key} reaches a program as {SAME_IN_A_TERMINAL[key]}; take another"
        why = _taken(identifier, key, by_id)
        if why:
            return why
        if by_id[identifier].priority and not modifiers and (len(name) == 1 or name in TYPED):
            return f"{key} is typed into fields, where this key works too; take a function key, ctrl or alt"
    return ""


def _taken(identifier: str, key: str, by_id: Mapping[str, Binding]) -> str:
    """Return why a widget would take the key before the verb is asked; "" if none does."""
    binding = by_id[identifier]
    if binding.priority or key in _split(binding.key):
        return ""
    if identifier.startswith(IN_FORMS):
        if key in KEYS_OF_FIELDS:
            return f"{key} edits the text in a field, where this key works; take a function key, ctrl or alt"
    elif key in KEYS_OF_LISTS:
        return f"{key} moves in a list, where this key works; take another"
    return ""


def _split(keys: str) -> list[str]:
    """Split into keys as Textual names them: ``?`` is question_mark."""
    return [character_to_key(key) if len(key) == 1 else key for key in map(str.strip, keys.split(","))]


def _clashes(keymap: Keymap, everywhere: Mapping[str, Sequence[Binding]]) -> dict[str, str]:
    """Return the first of the user's keys that is used twice in a place or a modal."""
    for area, bindings in everywhere.items():
        holders: dict[str, Binding] = {}
        for binding in sorted(bindings, key=lambda one: one.id in keymap):  # the user's keys come last
            for key in _split(keymap.get(str(binding.id), binding.key)):
                holder = holders.setdefault(key, binding)
                if holder.action != binding.action and binding.id in keymap:
                    return {str(binding.id): f"{key} is the key of {holder.id} too ({area})"}
    return {}
