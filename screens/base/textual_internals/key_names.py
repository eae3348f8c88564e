"""The names of keys, and a user's own keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from textual.app import App
from textual.binding import BindingsMap
from textual.dom import DOMNode
from textual.keys import _character_to_key, key_to_character


def character_to_key(character: str) -> str:
    """Return Textual's name for the key of a character: ``?`` is question_mark."""
    return _character_to_key(character)


TYPED = frozenset(_character_to_key(chr(code)) for code in range(32, 127))
"""The names of the keys that type a character of ASCII."""


@cache
def is_character(key: str) -> bool:
    """Return whether a key types a character: ``a``, ``question_mark`` and ``space``, not ``ctrl+a``."""
    if key in TYPED:  # of some of them key_to_character does not know the way back: of "at" it is @
        return True
    character = key_to_character(key)
    return character is not None and len(character) == 1 and character.isprintable()


def keymap_of(app: App[Any]) -> Mapping[str, str]:
    """Return the user's own keys, by binding id."""
    return app._keymap


def bindings_of(node: DOMNode) -> BindingsMap:
    """Return a node's own bindings with the user's keys, whether they work at the focus or not."""
    bindings = node._bindings.copy()
    bindings.apply_keymap(node.app._keymap)
    return bindings


def rename_action(node: DOMNode, action: str, label: str) -> None:
    """Let the key line call an action of this one node by another name."""
    for key, bound in node._bindings.key_to_bindings.items():
        node._bindings.key_to_bindings[key] = [
            replace(each, description=label) if each.action == action else each for each in bound
        ]
