"""Filter keys: the keys of each list, and the meaning of a filter text in terms of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial, reduce
from operator import and_, ge, gt, le, lt, not_, or_
from typing import Any

from peewee import fn

from dispatch.inputs import validation
from dispatch.inputs.amounts import money_cents
from dispatch.inputs.filters.filter_language import Group, Node, Pair, Words, fold, joined, parts_of
from dispatch.inputs.times import date_ranges
from dispatch.inputs.value_words import meant
from models.calendars import Calendar, terminal
from models.clock import from_text, to_text
from models.errors import InvalidInput

EQUAL = (":", "=")
COMPARISONS = {"<": lt, "<=": le, ">": gt, ">=": ge}
WHOLE = re.compile(r"#?[0-9]{1,18}")
FRACTION = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")

Row = Mapping[str, Any]
Fills = dict[str, Any]
Meaning = Callable[["Reading"], Mapping[str, Any]]
"""The fields that a word fills in the list's filter."""
Accepted = Callable[[str], Sequence[str]]
"""The accepted values of one of the desk's lists."""


@dataclass(frozen=True)
class Reading:
    """The context of a filter: the desk's time and lists, the user's agent, the terminal's clock.

    ``settings`` are the desk's, by name; without them its usual ones apply.
    """

    now: str
    accepted: Accepted
    my_agent_id: int | None = None
    clock: Calendar = field(default_factory=terminal)
    settings: Any = None
    known: Accepted | None = None  # those that rows may have: retired ones, too


class Filled(tuple[tuple[str, Any], ...]):
    """A value that fills fields of the list's filter: their names and values."""


class Kind:
    """A key's kind of value: how it is parsed, and compared with a row."""

    expects = "one of these"
    ordered = False

    def offers(self, accepted: Accepted) -> Sequence[str]:
        """Return the possible values, if they are few."""
        return ()

    def read(self, pair: Pair, reading: Reading) -> Any:
        """Parse a typed value. Raises InvalidInput."""
        raise NotImplementedError

    def holds(self, subject: Any, operator: str, value: Any) -> Any:
        """Compare a row's value; for a column, return the condition."""
        return subject == value if operator in EQUAL else COMPARISONS[operator](subject, value)


@dataclass(frozen=True)
class Number(Kind):
    """A whole number, or one with decimal places if ``scale`` is its stored unit."""

    scale: int = 0
    expects = "a number"
    ordered = True

    def read(self, pair: Pair, reading: Reading) -> float:
        if not (FRACTION if self.scale else WHOLE).fullmatch(pair.value):
            raise _refused(pair, "a number" if self.scale else "a whole number")
        return float(pair.value) * self.scale if self.scale else int(pair.value.removeprefix("#"))


@dataclass(frozen=True)
class AnyNumber(Number):
    """A whole number, or several with commas between them, of which ``:`` finds each."""

    expects = "a number, or several with commas"

    def read(self, pair: Pair, reading: Reading) -> Any:
        texts = pair.value.split(",") if pair.operator in EQUAL else [pair.value]
        if len(texts) == 1:
            return super().read(pair, reading)
        return tuple(int(Number.read(self, Pair(pair.key, pair.operator, text), reading)) for text in texts)

    def holds(self, subject: Any, operator: str, value: Any) -> Any:
        if not isinstance(value, tuple):
            return super().holds(subject, operator, value)
        return subject in value if isinstance(subject, int) else subject.in_(value)


class Amount(Kind):
    """An amount of money, compared in cents."""

    expects = "an amount: 25000, 25,000 or 25k"
    ordered = True

    def read(self, pair: Pair, reading: Reading) -> int:
        return money_cents(pair.value, pair.key)


class Part(Kind):
    """A text: ``:`` finds a part of it, ``=`` only the whole."""

    expects = "a part of it"

    def read(self, pair: Pair, reading: Reading) -> str:
        return _given(pair)

    def holds(self, subject: Any, operator: str, value: Any) -> Any:
        if operator == "=":
            return subject == value
        return value.casefold() in subject.casefold() if isinstance(subject, str) else subject.contains(value)


@dataclass(frozen=True)
class Exact(Kind):
    """A text for a field of the filter, converted by ``meaning``."""

    meaning: Callable[[str, Reading], Any] | None = None
    expects: str = "the whole of it"

    def read(self, pair: Pair, reading: Reading) -> Any:
        return self.meaning(pair.value, reading) if self.meaning else _given(pair)


def at(bound: Callable[[str, str, Calendar], str]) -> Exact:
    """Return the kind of a time that bounds a list: ``since`` or ``until`` of date_ranges."""
    return Exact(lambda text, reading: bound(text, reading.now, reading.clock), "a time")


@dataclass(frozen=True)
class Who(Kind):
    """A person by number or part of the name; ``named`` turns it into a condition on an id column."""

    named: Callable[[Any, str], Any] | None = None
    listed: str = ""
    expects = "a number or a part of the name"

    def offers(self, accepted: Accepted) -> Sequence[str]:
        return accepted(self.listed) if self.listed else ()

    def read(self, pair: Pair, reading: Reading) -> int | str:
        text = _given(pair)
        return int(text.removeprefix("#")) if WHOLE.fullmatch(text) else text

    def holds(self, subject: Any, operator: str, value: Any) -> Any:
        return self.named(subject, value) if self.named and isinstance(value, str) else subject == value


@dataclass(frozen=True)
class Moment(Kind):
    """A time: of a day, ``:`` finds all, ``<`` earlier and ``>`` later times.

    ``at_latest`` is a column that is never earlier than this one, and has the index.
    """

    at_latest: Any = None
    expects = "a day or time"
    ordered = True

    def read(self, pair: Pair, reading: Reading) -> tuple[str, str]:
        try:
            start, end = date_ranges.period(pair.value, reading.now, reading.clock)
        except InvalidInput:
            raise _refused(pair, "a time", date_ranges.FEW_EXAMPLES) from None
        if start == end and pair.operator in EQUAL:
            raise _refused(pair, "a day", f"use {pair.key}>={pair.value}")
        return start, end if start < end else to_text(from_text(start) + timedelta(seconds=1))

    def holds(self, subject: Any, operator: str, value: Any) -> Any:
        start, end = value
        if operator in ("<", "<="):
            return subject < (start if operator == "<" else end)
        earliest = end if operator == ">" else start
        after = subject >= earliest
        if self.at_latest is not None:
            after &= self.at_latest >= earliest
        return after & (subject < end) if operator in EQUAL else after


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few ``values``, or of one of the desk's lists; ``ordered`` ones are stored as 1, 2 ...

    ``also`` has words that screens show for a row, too: accepted, but not offered.
    """

    values: tuple[str, ...] = ()
    listed: str = ""
    ordered: bool = False
    also: Mapping[str, Meaning] = field(default_factory=dict)

    def offers(self, accepted: Accepted) -> Sequence[str]:
        return accepted(self.listed) if self.listed else self.values

    def read(self, pair: Pair, reading: Reading) -> Any:
        offered = self.offers(reading.accepted)
        value = meant(self.listed, pair.value, offered)
        if value not in offered and self.listed and reading.known is not None:
            offered = reading.known(self.listed)
            value = meant(self.listed, pair.value, offered)
        if value not in offered:
            value = _chosen({name: name for name in offered}, pair, self.also)
        if value in self.also:
            return Filled(self.also[value](reading).items())
        return self.values.index(value) + 1 if self.ordered else value


@dataclass(frozen=True)
class Among(Choice):
    """One of the values a row lists; ``all_for_none``: a row without any has every one."""

    all_for_none: bool = False

    def holds(self, subject: Any, operator: str, value: Any) -> bool:
        return value in subject or (self.all_for_none and not subject)


@dataclass(frozen=True)
class Fields(Kind):
    """One of a few names, each of which fills fields of the list's filter; ``also`` is as in Choice."""

    names: Mapping[str, Meaning]
    also: Mapping[str, Meaning] = field(default_factory=dict)

    def offers(self, accepted: Accepted) -> Sequence[str]:
        return tuple(self.names)

    def read(self, pair: Pair, reading: Reading) -> Filled:
        known = {**self.also, **self.names}
        return Filled(known[_chosen({name: name for name in self.names}, pair, self.also)](reading).items())


@dataclass(frozen=True)
class Key:
    """A key of a list; its ``subject`` is a column, or a function of a row. Equality fills a ``field``."""

    name: str
    kind: Kind
    help: str
    subject: Any = None
    field: str = ""
    also: tuple[str, ...] = ()

    def fields(self, pair: Pair) -> Fills:
        """Return the fields the pair fills in the list's filter."""
        if isinstance(pair.value, Filled):
            return dict(pair.value)
        by_name = isinstance(self.kind, Who) and self.kind.named and isinstance(pair.value, str)
        return {} if by_name or not self.field or pair.operator not in EQUAL else {self.field: pair.value}

    @property
    def is_ordered(self) -> bool:
        """Return whether it can be compared by < and > too."""
        return self.kind.ordered and self.subject is not None

    def holds(self, pair: Pair, row: Row | None = None) -> Any:
        """Return the pair's condition on the column, or whether it holds for a row."""
        subject = self.subject if row is None else self.subject(row)
        return subject is not None and self.kind.holds(subject, pair.operator, pair.value)

    def pair(self, operator: str, text: str, reading: Reading) -> Pair:
        """Return the key compared with a parsed text. Raises InvalidInput."""
        if operator not in EQUAL and not self.is_ordered:
            raise InvalidInput(self.name, f"{self.name} has no {operator}", "it takes : and !=")
        return Pair(self.name, operator, self.kind.read(Pair(self.name, operator, text), reading))


Keys = Mapping[str, Key]


def table(*keys: Key) -> Keys:
    """Return the keys of a list by name."""
    return {key.name: key for key in keys}


def read(asked_for: Node | None, keys: Keys, reading: Reading) -> Node | None:
    """Return a filter in the keys' own names and values. Raises InvalidInput."""

    def leaf(part: Words | Pair) -> Node:
        if isinstance(part, Words):
            return part
        key = keys[_chosen(spellings(keys), Pair("key", ":", part.key))]
        return key.pair(part.operator, part.value, reading)

    return None if asked_for is None else fold(asked_for, leaf, lambda sign, parts: Group(sign, tuple(parts)))


def asked(asked_for: Node | None, keys: Keys, reading: Reading) -> tuple[Fills, set[str]]:
    """Return the filter fields this fills, and the names of every field and key it uses.

    ``where`` has everything that no field expresses. Raises InvalidInput.
    """
    fields, rest, named = Fills(text=""), list[Node](), set[str]()

    def leaf(part: Words | Pair) -> Fills:
        fills = {"text": part.text} if isinstance(part, Words) else keys[part.key].fields(part)
        named.update(fills, () if isinstance(part, Words) else (keys[part.key].field,))
        return fills

    for part in parts_of(read(asked_for, keys, reading)):
        fills = fold(part, leaf, lambda *_: {})
        if fills and not any(fields.get(name) for name in fills):
            fields |= fills
        else:
            rest.append(part)
    return fields | {"where": joined("and", rest) if rest else None}, named


def spellings(keys: Keys) -> dict[str, str]:
    """Return the name of the key behind each spelling."""
    return {name: key.name for key in keys.values() for name in (key.name, *key.also)}


def condition(
    node: Node, keys: Keys, of_words: Callable[[str], list[Any]], of_fields: Callable[[Fills], list[Any]]
) -> Any:
    """Match rows in a query; the list supplies the conditions for words and filter fields."""

    def leaf(part: Words | Pair) -> Any:
        if isinstance(part, Words):
            return reduce(and_, of_words(part.text))
        fills = keys[part.key].fields(part)
        return reduce(and_, of_fields(fills)) if fills else keys[part.key].holds(part)

    return fold(node, leaf, partial(_whole, lambda part: ~fn.COALESCE(part, False)))


def fits(row: Row, node: Node, keys: Keys, of_words: Callable[[Row, str], bool]) -> bool:
    """Return whether a row matches. The subject of each key is a function of the row."""

    def leaf(part: Words | Pair) -> bool:
        return of_words(row, part.text) if isinstance(part, Words) else bool(keys[part.key].holds(part, row))

    return bool(fold(node, leaf, partial(_whole, not_)))


def _whole(negated: Callable[[Any], Any], sign: str, parts: list[Any]) -> Any:
    return negated(parts[0]) if sign == "not" else reduce(or_ if sign == "or" else and_, parts)


def _chosen(names: Mapping[str, str], pair: Pair, also: Collection[str] = ()) -> str:
    """Return the value of the only name equal to, or beginning with, the text; of ``also`` if no other does.

    Raises InvalidInput.
    """
    wanted, others = folded(pair.value), {name: name for name in also}
    found = {meant for name, meant in (*names.items(), *others.items()) if folded(name) == wanted}
    found = found or _begun(names, wanted) or _begun(others, wanted)
    if len(found) == 1:
        return found.pop()
    known = [name for name in dict.fromkeys((*names.values(), *others)) if name in found]
    known = known or list(dict.fromkeys(names.values()))
    problem = f"{'ambiguous' if found else 'unknown'} {pair.key} {validation.excerpt(pair.value)}"
    hint = f"{_nearest(wanted, (*known, *others))}accepted: {', '.join(known)}"
    raise InvalidInput(pair.key, problem if wanted else f"{pair.key} has no value", hint)


def _begun(names: Mapping[str, str], wanted: str) -> set[str]:
    return {meant for name, meant in names.items() if wanted and folded(name).startswith(wanted)}


def _nearest(wanted: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches  # 10 ms, and only needed here

    near = get_close_matches(wanted, [folded(name) for name in known], 1)
    return f"did you mean {near[0]}? " if near else ""


def folded(name: str) -> str:
    """Return a name as names are compared."""
    return name.casefold().replace("_", " ").replace("-", " ").strip()


def _given(pair: Pair) -> str:
    return validation.required_text(pair.value, pair.key)


def _refused(pair: Pair, expected: str, hint: str = "") -> InvalidInput:
    text = validation.excerpt(f"{pair.key}{pair.operator}{pair.value}")
    return InvalidInput(pair.key, f"{text} is not {expected}", hint)
