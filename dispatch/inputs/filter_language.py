"""The filter language: words to look for, ``key:value`` pairs, ``and``, ``or``, ``not`` and parentheses."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from dispatch.inputs import validation
from models.errors import InvalidInput

LONGEST = 1_000  # characters
MOST_PARTS = 100  # words, pairs and signs; parentheses are not nested deeper either
SIGNS = ("and", "or", "not")
KEYED = r"(?P<key>[^\W\d][\w-]*)(?P<operator>[<>!]=|[:=<>])"
QUOTED = r'"(?P<quoted>(?:\\.|[^"\\])*)(?:"|\\?\Z)'  # the closing quote may still have to be typed
PLAIN = r'(?P<plain>[^\s()"][^\s()]*)'
TOKEN = re.compile(rf"(?P<sign>[()])|(?:{KEYED})?(?:{QUOTED}|{PLAIN})?", re.DOTALL)


@dataclass(frozen=True)
class Words:
    """A text to look for: words with a blank between them."""

    text: str


@dataclass(frozen=True)
class Pair:
    """A key compared with a value, which is a text until the list's key has read it."""

    key: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Not:
    """All that its part is not."""

    part: Node


@dataclass(frozen=True)
class Every:
    """What fits all of its parts; the words among them are one text, and come first."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Some:
    """What fits any of its parts."""

    parts: tuple[Node, ...]


Node: TypeAlias = Words | Pair | Not | Every | Some


class _Token(NamedTuple):
    """A sign (a parenthesis or one of SIGNS), or the words or pair that it is otherwise."""

    sign: str
    node: Node


def parse(text: str) -> Node | None:
    """What a filter text says, None for nothing; its keys and values are looked at by the list.

    A value with blanks or parentheses is quoted. A sign where none can be is a word. Raises InvalidInput.
    """
    text = validation.optional_text(text, "filter", limit=LONGEST, lines=True) or ""
    tokens = deque(_token(match) for match in TOKEN.finditer(text) if match[0])
    if len(tokens) > MOST_PARTS:
        raise InvalidInput("filter", f"the filter has {len(tokens)} parts", f"at most {MOST_PARTS}")
    if not tokens:
        return None
    node = _some(tokens)
    if tokens:
        raise InvalidInput("filter", "a ) has no ( before it", 'quote it to look for it: ")"')
    return node


def _token(match: re.Match[str]) -> _Token:
    quoted = match["quoted"]
    value = match["plain"] or "" if quoted is None else re.sub(r"(?s)\\(.)", r"\1", quoted)
    if match["key"]:
        key, operator = match["key"].casefold().replace("-", "_"), match["operator"]
        pair = Pair(key, operator.replace("!=", ":"), value)
        return _Token("", Not(pair) if operator == "!=" else pair)
    sign = match["sign"] or ("" if match["plain"] is None else value.casefold())
    if not (sign or value.strip()):
        raise InvalidInput("filter", "there is nothing in the quotes", "put words into them")
    return _Token(sign if sign in (*SIGNS, "(", ")") else "", Words(" ".join(value.split())))


def _some(tokens: deque[_Token]) -> Node:
    parts = [_every(tokens)]
    while _is_next("or", tokens):
        tokens.popleft()
        parts.append(_every(tokens))
    return joined(Some, parts)


def _every(tokens: deque[_Token]) -> Node:
    parts = [_single(tokens)]
    while tokens and tokens[0].sign != ")" and not _is_next("or", tokens):
        if _is_next("and", tokens):
            tokens.popleft()
        parts.append(_single(tokens))
    return joined(Every, parts)


def _single(tokens: deque[_Token]) -> Node:
    if not tokens or tokens[0].sign == ")":
        raise InvalidInput("filter", "a parenthesis has nothing in it", 'quote one to look for it: "("')
    if _is_next("not", tokens):
        tokens.popleft()
        return Not(_single(tokens))
    token = tokens.popleft()
    if token.sign != "(":
        return token.node
    node = _some(tokens)
    if not tokens:
        raise InvalidInput("filter", "a ( is not closed", 'quote it to look for it: "("')
    tokens.popleft()
    return node


def _is_next(sign: str, tokens: deque[_Token]) -> bool:
    """Is this sign next, and something after it that it can be meant for?"""
    return len(tokens) > 1 and tokens[0].sign == sign and tokens[1].sign != ")"


def joined(kind: type[Every | Some], parts: Sequence[Node]) -> Node:
    """Several parts as one, however they were grouped."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, kind) else (part,))]
    if kind is Every:
        text = " ".join(one.text for one in flat if isinstance(one, Words))
        flat = [Words(text)] * bool(text) + [one for one in flat if not isinstance(one, Words)]
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def format_filter(node: Node) -> str:
    """The text that says this; a pair's value has to be a text."""
    match node:
        case Words(text):
            return " ".join(_quoted(word, is_word=True) for word in text.split(" "))
        case Pair(key, operator, value):
            return f"{key}{operator}{_quoted(value)}"
        case Not(part):
            return f"not {_inside(part, is_single=True)}"
        case Every(parts):
            return " ".join(map(_inside, parts))
        case Some(parts):
            return " or ".join(map(format_filter, parts))


def _inside(node: Node, *, is_single: bool = False) -> str:
    text = format_filter(node)
    is_several = isinstance(node, Every) or (isinstance(node, Words) and " " in node.text)
    return f"({text})" if isinstance(node, Some) or (is_single and is_several) else text


def _quoted(value: str, *, is_word: bool = False) -> str:
    is_read_otherwise = is_word and (value.casefold() in SIGNS or re.match(KEYED, value))
    if re.fullmatch(PLAIN, value) and not value.startswith("=") and not is_read_otherwise:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
