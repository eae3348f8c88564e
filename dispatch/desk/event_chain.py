"""The chain of events: each seal covers its event and the seal before, so that no event is bent unseen.

    head(n) = blake2b(head(n - 1) + canonical form of event n)

In the canonical form a salted digest stands for every text of ``detail``, ``before``, ``after`` and
``result``, for the request id and its fingerprint. So a person's texts can be erased later: the digest takes
the text's place in the event, its salt is destroyed, and the head stays as it was. Every text has a salt of
its own, so that the other texts of the event can still be checked. They are derived from one of the event's:

    salt of a part (a row's ``table:id``, or a column) = blake2b(part, key = salt of the event)
    salt of a text                                     = blake2b(path, key = salt of its part)
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any, NamedTuple

from peewee import ModelSelect

from dispatch.desk.commands import to_json
from dispatch.desk.desk import Desk
from models.audit import LOGIN_COLUMN, Event, EventSeal
from models.base import CompiledQuery, Json, read_rows

DIGEST_BYTES = 16
START = "0" * 2 * DIGEST_BYTES
"""The head before the first event."""
AT_ONCE = 250  # seals in a commit
OTHER_COLUMNS = 300  # characters
ERASED = "erased"
ERASED_PREFIX = "erased:"  # precedes the digest in a column that is not JSON
DIGEST = re.compile(f"[0-9a-f]{{{2 * DIGEST_BYTES}}}")
ROWS = ("before", "after")
JSON_COLUMNS = ("detail", *ROWS, "result")
TEXTS = ("request_id", "fingerprint")
# without the server's column, so that a desk has the same chain wherever it is
PLAIN = [name for name in Event._meta.sorted_field_names if name not in {*JSON_COLUMNS, *TEXTS, LOGIN_COLUMN}]

Salts = str | dict[str, str]
"""An event's salt; after an erasure those of the parts and paths left. All in hexadecimal."""
Each = Callable[[str, str, str], object]
"""Called with the part, path and value of a text; returns what takes its place."""


class Erased(str):
    """The digest of an erased text."""

    __slots__ = ()


class Seal(NamedTuple):
    """The chain's head after an event."""

    event_id: int
    head: str


_newest_seal = CompiledQuery(
    lambda: EventSeal.select(EventSeal.event_id, EventSeal.head).order_by(EventSeal.event_id.desc()).limit(1)
)


def newest_seal() -> Seal:
    """Return the chain's newest seal; event 0 and START if nothing is sealed yet."""
    rows = _newest_seal()
    return Seal(*rows[0]) if rows else Seal(0, START)


def seal(desk: Desk, most_text: float = math.inf) -> int:
    """Seal events, oldest first, up to about this many characters of them; return how many events.

    Safe in several terminals at once.
    """
    sealed = 0
    while most_text > 0 and not desk.why_read_only:
        with desk.reading():
            last = newest_seal()
            events = list(_first(_unsealed(last).limit(AT_ONCE), most_text))
            rows = list(_seals(last, events))
        if not rows:
            break
        with desk.transaction():
            if newest_seal() != last or Event.lock_or_none(rows[-1].event_id) is None:
                continue  # another terminal has sealed them, or a restore has taken them away
            _write(rows)
        sealed += len(rows)
        most_text -= sum(map(_length, events))
    return sealed


def seal_at_once() -> None:
    """Seal every event, inside a running transaction."""
    last = newest_seal()
    _write(_seals(last, read_rows(Event, _unsealed(last))))


def _unsealed(last: Seal) -> ModelSelect[Event]:
    return Event.select().where(Event.event_id > last.event_id).order_by(Event.event_id)


def _first(query: ModelSelect[Event], most_text: float) -> Iterator[Event]:
    """Yield a query's events until that much of them is read, but at least one: a batch's can be long."""
    for event in read_rows(Event, query):
        yield event
        most_text -= _length(event)
        if most_text <= 0:
            return


def _length(event: Event) -> int:
    """Return how many characters an event has, and a number for its other columns."""
    return OTHER_COLUMNS + sum(len(getattr(event, name) or "") for name in JSON_COLUMNS)


def _seals(last: Seal, events: Iterable[Event]) -> Iterator[EventSeal]:
    head = last.head
    for event in events:
        salt = secrets.token_hex(DIGEST_BYTES)
        head = head_after(head, event, salt)
        yield EventSeal(event_id=event.event_id, head=head, salts=json.dumps(salt))


def _write(seals: Iterable[EventSeal]) -> None:
    for one in seals:
        one.save()


def head_after(head: str, event: Event, salts: Salts) -> str:
    """Return the chain's head after an event. Raises ValueError for JSON that cannot be read."""
    digests = _Digests(salts)
    texts = map_texts(event, digests.of)
    form = json.dumps([[getattr(event, name) for name in PLAIN], texts])
    return _blake2b((head + form).encode()).hex()


class _Digests:
    """The digests that stand for one event's texts."""

    def __init__(self, salts: Salts) -> None:
        self._salts = salts if isinstance(salts, dict) else {}
        self._event = bytes.fromhex(salts) if isinstance(salts, str) else b""
        self._parts: dict[str, bytes] = {}

    def of(self, part: str, path: str, text: str) -> str:
        """Return a text's digest; of an erased one, whose salt was destroyed with it, what is left of it."""
        if isinstance(text, Erased) and not (path in self._salts or self.has_part(part)):
            return text
        return _blake2b(_encode(text), self.salt(part, path)).hex()

    def salt(self, part: str, path: str) -> bytes:
        """Return a text's salt. Raises ValueError if it was destroyed."""
        if path in self._salts:
            return bytes.fromhex(self._salts[path])
        return _blake2b(_encode(path), self.salt_of_part(part))

    def has_part(self, part: str) -> bool:
        """Return whether the salt that all of a part's are derived from is still there."""
        return bool(self._event) or part in self._salts

    def salt_of_part(self, part: str) -> bytes:
        known = self._parts.get(part)
        if known is None:
            if not self.has_part(part):
                raise ValueError(f"the salt of {part} was destroyed")
            own = self._salts.get(part)
            known = self._parts[part] = (
                _blake2b(_encode(part), self._event) if own is None else bytes.fromhex(own)
            )
        return known


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _blake2b(data: bytes, key: bytes = b"") -> bytes:
    return hashlib.blake2b(data, key=key, digest_size=DIGEST_BYTES).digest()


def map_texts(event: Event, each: Each) -> Json:
    """Return an event's JSON and text columns with every text, erased or not, replaced by ``each``."""
    found: Json = {}
    for column in JSON_COLUMNS:
        stored = getattr(event, column)
        value = None if stored is None else json.loads(stored, object_hook=_read_erased)
        if column in ROWS and value is not None:
            found[column] = {key: _walk(row, key, f"{column}/{key}", each) for key, row in value.items()}
        else:
            found[column] = _walk(value, column, f"{column}/", each)
    for column in TEXTS:
        text = getattr(event, column)
        if text is not None:
            digest = text.removeprefix(ERASED_PREFIX)
            is_left = digest != text and DIGEST.fullmatch(digest)
            found[column] = each(column, f"{column}/", Erased(digest) if is_left else text)
    return found


def _walk(value: Any, part: str, path: str, each: Each) -> Any:
    if isinstance(value, str):
        return each(part, path, value)
    if isinstance(value, dict):
        return {key: _walk(one, part, f"{path}/{key}", each) for key, one in value.items()}
    if isinstance(value, list):
        return [_walk(one, part, f"{path}/{number}", each) for number, one in enumerate(value)]
    return value


def _read_erased(value: Json) -> Json | Erased:
    return Erased(value[ERASED]) if is_erased(value) else value


def is_erased(value: Any) -> bool:
    """Return whether a value in an event's JSON stands for an erased text."""
    if not isinstance(value, dict) or value.keys() != {ERASED}:
        return False
    digest = value[ERASED]
    return isinstance(digest, str) and DIGEST.fullmatch(digest) is not None


def erase(event: Event, seal: EventSeal, is_personal: Callable[[str, str], bool]) -> bool:
    """Replace the texts that are personal, by part and path, by their digests, and destroy their salts.

    Returns whether there were any. The event must be sealed; what was changed is still to be written.
    """
    digests = _Digests(json.loads(seal.salts))
    touched: set[str] = set()
    kept: list[tuple[str, str]] = []

    def each(part: str, path: str, text: str) -> object:
        is_erased = isinstance(text, Erased)
        if not is_erased and not is_personal(part, path):
            kept.append((part, path))
            return text
        if not is_erased:
            touched.add(part)
        return {ERASED: digests.of(part, path, text)}

    told = map_texts(event, each)
    if touched:
        for column, value in told.items():
            setattr(event, column, _stored(column, value))
        seal.salts = json.dumps(dict(_salt_left(digests, touched, *text) for text in kept))
    return bool(touched)


def _stored(column: str, value: Any) -> str | None:
    if value is None or column not in TEXTS:
        return None if value is None else to_json(value)
    return f"{ERASED_PREFIX}{value[ERASED]}" if is_erased(value) else str(value)


def _salt_left(digests: _Digests, touched: Container[str], part: str, path: str) -> tuple[str, str]:
    if part in touched or not digests.has_part(part):
        return path, digests.salt(part, path).hex()
    return part, digests.salt_of_part(part).hex()
