"""How a filter's last word may go on, and what a bare word may have meant."""

from __future__ import annotations

from dispatch.inputs.filters.filter_language import Node, Pair, Words, fold, format_filter
from dispatch.inputs.filters.filter_reader import Accepted, Choice, Fields, Keys, Who, folded, spellings

LEAST = 3  # letters of a bare word that is completed as a value


def offers(word: str, keys: Keys, accepted: Accepted) -> list[tuple[str, str]]:
    """Return completions of a filter's last word with their meaning: keys, or the values of the only key."""
    typed, colon, value = word.partition(":")
    known = {name: keys[key] for name, key in spellings(keys).items()}
    begun = [name for name in known if (name == typed if colon else name.startswith(typed))]
    for name in begun if len(begun) == 1 else ():
        begins = _begins_a_word if isinstance(known[name].kind, Who) else str.startswith
        fitting = [one for one in known[name].kind.offers(accepted) if begins(folded(one), folded(value))]
        if fitting or colon:
            return [(format_filter(Pair(name, ":", one)), known[name].help) for one in fitting]
    return [(f"{name}:", known[name].help) for name in begun]


def _begins_a_word(name: str, part: str) -> bool:
    return f" {name}".find(f" {part}") >= 0


def meant_by(word: str, keys: Keys) -> list[tuple[str, str]]:
    """Return the pairs that a bare word may stand for, with their meaning; whole words first."""
    wanted = folded(word)
    begun = [(name, pair) for name, pair in _values(keys).items() if name.startswith(wanted)]
    whole = [pair for name, pair in begun if name == wanted]
    return whole or [pair for _, pair in begun if len(wanted) >= LEAST]


def did_you_mean(asked_for: Node | None, keys: Keys) -> str:
    """Return the pair that a filter's words may have meant: ``is:unclaimed``; "" for none."""
    known = _values(keys)

    def leaf(part: Words | Pair) -> str:
        words = (part.text, *part.text.split()) if isinstance(part, Words) else ()
        return next((known[folded(word)][0] for word in words if folded(word) in known), "")

    def first(_: str, found: list[str]) -> str:
        return next(filter(None, found), "")

    return "" if asked_for is None else fold(asked_for, leaf, first)


def _values(keys: Keys) -> dict[str, tuple[str, str]]:
    """Return the pair for each value of a closed list, with its meaning; offered values come first."""
    closed = [(key, key.kind) for key in keys.values() if isinstance(key.kind, Choice | Fields)]
    offered = [(key, name) for key, kind in closed for name in kind.offers(lambda _: ())]
    found: dict[str, tuple[str, str]] = {}
    for key, name in (*offered, *((key, name) for key, kind in closed for name in kind.also)):
        found.setdefault(folded(name), (format_filter(Pair(key.name, ":", name)), key.help))
    return found
