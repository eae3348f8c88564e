"""Keymap checks before use: ids, keys, and clashes."""

from __future__ import annotations

import pytest

from screens.shell import key_catalogue
from screens.shell.keymap import problems_of
from tests.screens.key_checks.registry import ALL


def test_a_sound_keymap_is_left_alone() -> None:
    assert problems_of({}) == {}
    assert problems_of({"booking.claim": "Z", "help": "f12, ctrl+k", "sort": "plus", "undo": "alt+z"}) == {}
    assert problems_of({"booking.claim": "t", "booking.contact": "c"}) == {}, "they are swapped"
    assert problems_of({"undo": "ctrl+b", "undo.letter": "ctrl+b"}) == {}, "they do the same thing"


@pytest.mark.parametrize(
    ("identifier", "keys", "told"),
    [
        ("booking.clam", "k", "no such key id; did you mean booking.claim?"),
        ("zzz", "k", "no such key id"),
        ("booking.claim", "ctlr+k", "there is no key 'ctlr+k'; did you mean ctrl?"),
        ("booking.claim", "pagedwn", "there is no key 'pagedwn'; did you mean pagedown?"),
        ("booking.claim", "", "a key is missing (the signs , and + are written comma and plus)"),
        ("booking.claim", ",", "a key is missing (the signs , and + are written comma and plus)"),
        ("booking.claim", "ctrl++", "a key is missing (the signs , and + are written comma and plus)"),
        ("booking.claim", "ctrl+m", "ctrl+m reaches a program as enter; take another"),
        (
            "form.assign",
            "g",
            "g is typed into fields, where this key works too; take a function key, ctrl or alt",
        ),
        ("booking.claim", "j", "j moves in a list, where this key works; take another"),
        ("booking.claim", "enter", "enter moves in a list, where this key works; take another"),
        ("queue.view", "tab", "tab moves in a list, where this key works; take another"),
        (
            "form.clear",
            "ctrl+k",
            "ctrl+k edits the text in a field, where this key works; take a function key, ctrl or alt",
        ),
        ("booking.claim", "t", "t is the key of booking.contact too (dispatch)"),
        ("booking.claim", "?", "question_mark is the key of help.letter too (dispatch)"),
        ("panel.copy", "escape", "escape is the key of panel.close too (IssuePanel)"),
        ("panel.copy", "ctrl+q", "ctrl+q is the key of quit too (IssuePanel)"),
    ],
)
def test_errors_are_reported(identifier: str, keys: str, told: str) -> None:
    assert problems_of({identifier: keys}) == {identifier: told}


def test_a_freed_key_may_be_used_by_another() -> None:
    """Without its new key, contact is t again, which claim then cannot have."""
    told = problems_of({"booking.claim": "t", "booking.contact": "nokey"})
    assert set(told) == {"booking.claim", "booking.contact"}


def test_the_catalogue_has_every_key_there_is() -> None:
    listed = {binding.id for bindings in key_catalogue.areas().values() for binding in bindings}
    assert {binding.id for binding in ALL} <= listed


@pytest.mark.parametrize("area", key_catalogue.areas())
def test_no_default_key_has_two_verbs(area: str) -> None:
    actions: dict[str, set[str]] = {}
    for binding in key_catalogue.areas()[area]:
        for key in binding.key.split(","):
            actions.setdefault(key, set()).add(binding.action)
    assert {key: verbs for key, verbs in actions.items() if len(verbs) > 1} == {}
