"""The filter language: words to look for, ``key:value`` pairs, ``and``, ``or``, ``not`` and parentheses."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, TypeVar

from dispatch.inputs import validation
from models.errors import InvalidInput

T = TypeVar("T")
LONGEST = 1_000  # characters
MOST_PARTS = 100  # words, pairs and signs; also the deepest nesting of parentheses
SIGNS = ("and", "or", "not")
KEYED = r"(?P<key>[A-Za-z][A-Za-z\d_-]*)(?P<operator>[<>!]=|[:=<>])"
QUOTED = r'"(?P<quoted>(?:\\.|[^"\\])*)(?:"|\\?\Z)'  # the closing quote may not be typed yet
PLAIN = r'(?P<plain>[^\s()"][^\s()]*)'
TOKEN = re.compile(rf"(?P<sign>[()])|(?:{KEYED})?(?:{QUOTED}|{PLAIN})?", re.DOTALL)


@dataclass(frozen=True)
class Words:
    """A text to look for: words separated by spaces."""

    text: str


@dataclass(frozen=True)
class Pair:
    """A key compared with a value, which is a text until the list's key has parsed it."""

    key: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Group:
    """Parts that must all match (``and``), of which one must (``or``), or the only one must not (``not``).

    The words of an ``and`` group are one text, and come first.
    """

    sign: str
    parts: tuple[Node, ...]


Node: TypeAlias = Words | Pair | Group


class _Token(NamedTuple):
    """A sign (a parenthesis or one of SIGNS), or else words or a pair."""

    sign: str
    node: Node


def parse(text: str) -> Node | None:
    """Parse a filter text, None for nothing; the list checks its keys and values.

    A value with spaces or parentheses is quoted. A misplaced sign is a word. Raises InvalidInput.
    """
    text = validation.optional_text(text, "filter", limit=LONGEST, lines=True) or ""
    tokens = deque(_token(match) for match in TOKEN.finditer(text) if match[0])
    if len(tokens) > MOST_PARTS:
        raise InvalidInput("filter", f"the filter has {len(tokens)} parts", f"at most {MOST_PARTS}")
    if not tokens:
        return None
    node = _some(tokens)
    if tokens:
        raise InvalidInput("filter", "unmatched )", 'quote it to search for it: ")"')
    return node


def _token(match: re.Match[str]) -> _Token:
    quoted = match["quoted"]
    value = match["plain"] or "" if quoted is None else re.sub(r"(?s)\\(.)", r"\1", quoted)
    if match["key"]:
        key, operator = match["key"].casefold().replace("-", "_"), match["operator"]
        pair = Pair(key, operator.replace("!=", ":"), value)
        return _Token("", Group("not", (pair,)) if operator == "!=" else pair)
    sign = match["sign"] or ("" if match["plain"] is None else value.casefold())
    if not (sign or value.strip()):
        raise InvalidInput("filter", "empty quotes", "put words in them")
    return _Token(sign if sign in (*SIGNS, "(", ")") else "", Words(" ".join(value.split())))


def _some(tokens: deque[_Token]) -> Node:
    parts = [_every(tokens)]
    while _is_next("or", tokens):
        tokens.popleft()
        parts.append(_every(tokens))
    return joined("or", parts)


def _every(tokens: deque[_Token]) -> Node:
    parts = [_single(tokens)]
    while tokens and tokens[0].sign != ")" and not _is_next("or", tokens):
        if _is_next("and", tokens):
            tokens.popleft()
        parts.append(_single(tokens))
    return joined("and", parts)


def _single(tokens: deque[_Token]) -> Node:
    if not tokens or tokens[0].sign == ")":
        raise InvalidInput("filter", "empty parentheses", 'quote one to search for it: "("')
    if _is_next("not", tokens):
        tokens.popleft()
        return Group("not", (_single(tokens),))
    token = tokens.popleft()
    if token.sign != "(":
        return token.node
    node = _some(tokens)
    if not tokens:
        raise InvalidInput("filter", "unmatched (", 'quote it to search for it: "("')
    tokens.popleft()
    return node


def _is_next(sign: str, tokens: deque[_Token]) -> bool:
    """Return whether this sign is next, followed by something it can apply to."""
    return len(tokens) > 1 and tokens[0].sign == sign and tokens[1].sign != ")"


def joined(sign: str, parts: Sequence[Node]) -> Node:
    """Join several parts into one, flattening groups."""
    flat = [one for part in parts for one in parts_of(part, sign)]
    if sign == "and":
        text = " ".join(one.text for one in flat if isinstance(one, Words))
        flat = [Words(text)] * bool(text) + [one for one in flat if not isinstance(one, Words)]
    return flat[0] if len(flat) == 1 else Group(sign, tuple(flat))


def parts_of(node: Node | None, sign: str = "and") -> tuple[Node, ...]:
    """Return the parts of such a group; anything else is its only part."""
    return node.parts if isinstance(node, Group) and node.sign == sign else () if node is None else (node,)


def together(*texts: str) -> str:
    """Return a filter text that asks for all that these texts ask for. Raises InvalidInput."""
    parts = [part for text in texts for part in parts_of(parse(text))]
    return format_filter(joined("and", parts)) if parts else ""


def fold(node: Node, leaf: Callable[[Words | Pair], T], whole: Callable[[str, list[T]], T]) -> T:
    """Evaluate a filter: words and pairs by ``leaf``, groups by ``whole`` from their sign and parts."""
    if isinstance(node, Group):
        return whole(node.sign, [fold(part, leaf, whole) for part in node.parts])
    return leaf(node)


def format_filter(node: Node) -> str:
    """Format a filter as text; its values must be texts."""
    if isinstance(node, Words):
        return " ".join(_quoted(word, is_word=True) for word in node.text.split(" "))
    if isinstance(node, Pair):
        return f"{node.key}{node.operator}{_quoted(node.value)}"
    if node.sign == "not":
        return f"not {_inside(node.parts[0], is_single=True)}"
    return (" or " if node.sign == "or" else " ").join(map(_inside, node.parts))


def _inside(node: Node, *, is_single: bool = False) -> str:
    text = format_filter(node)
    is_loose = isinstance(node, Group) and (is_single or node.sign == "or")
    return f"({text})" if is_loose or (is_single and isinstance(node, Words) and " " in node.text) else text


def _quoted(value: str, *, is_word: bool = False) -> str:
    is_read_otherwise = is_word and (value.casefold() in SIGNS or re.match(KEYED, value))
    if re.fullmatch(PLAIN, value) and not value.startswith("=") and not is_read_otherwise:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
