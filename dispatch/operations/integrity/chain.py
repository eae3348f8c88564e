"""Check of the chain of events (dispatch/desk/event_chain.py): what was sealed is still as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from dispatch.desk.event_chain import DIGEST, START, Seal, head_after, newest_seal
from dispatch.operations.integrity.findings import RESTORE, Finding, finding, joined, named
from dispatch.privacy.erasure import FORGET
from dispatch.privacy.holdings import events_of_erased
from models.audit import Erasure, Event, EventSeal
from models.base import read_rows, tuples
from models.errors import InvalidInput
from models.hints import act

AT_ONCE = 1000
WHOLE = '"'
"""Salts that begin so are one for the whole event: nothing of it was erased."""


def check() -> list[Finding]:
    """Check every seal against its event, and that nothing may change what was written."""
    last = newest_seal()
    bent, unsealed, erased = [], [], []
    head = START
    for event, stored in _sealed(last.event_id):
        if stored is None:
            unsealed.append(event.event_id)
            continue
        if not _is_as_sealed(head, event, stored):
            bent.append(event.event_id)
        if not stored.salts.startswith(WHOLE):
            erased.append(event.event_id)
        head = stored.head
    alone = EventSeal.select(EventSeal.event_id).where(
        EventSeal.event_id.not_in(Event.select(Event.event_id))
    )
    problem = joined(
        (
            named("changed since they were sealed, or after one that is missing", bent),
            named("without their seal", unsealed),
            named("deleted after they were sealed", [number for (number,) in tuples(alone)]),
            named("erased, but of nobody who was", _of_nobody(erased)),
        )
    )
    return [finding("chain", _described(last), problem and f"events {problem}", RESTORE), _erasures()]


def _of_nobody(erased: list[int]) -> list[int]:
    """Return those events without some of their texts that tell of no erased customer."""
    known = events_of_erased() if erased else set()
    return [number for number in erased if number not in known]


def _sealed(last: int) -> Iterator[tuple[Event, EventSeal | None]]:
    """Yield each event up to the last seal, with its seal, oldest first."""
    low = 0
    while low < last:
        events = read_rows(
            Event,
            Event.select()
            .where(Event.event_id.between(low + 1, last))
            .order_by(Event.event_id)
            .limit(AT_ONCE),
        )
        if not events:
            return
        high = events[-1].event_id
        seals = {
            one.event_id: one
            for one in read_rows(
                EventSeal, EventSeal.select().where(EventSeal.event_id.between(low + 1, high))
            )
        }
        yield from ((event, seals.get(event.event_id)) for event in events)
        low = high


def _is_as_sealed(head: str, event: Event, stored: EventSeal) -> bool:
    try:
        return head_after(head, event, json.loads(stored.salts)) == stored.head
    except (ValueError, TypeError, AttributeError, LookupError):
        return False


def _described(last: Seal) -> str:
    newer = Event.select().where(Event.event_id > last.event_id).count()
    ones = "1 newer one waits" if newer == 1 else f"{newer:,} newer ones wait"
    waiting = f"; {ones} for the next sweep" if newer else ""
    return f"the events are as they were sealed; the head is {last.event_id}:{last.head}{waiting}"


def parse_head(text: str) -> Seal:
    """Return the seal that a head names, as ``astra doctor`` shows it. Raises InvalidInput."""
    number, _, head = text.strip().partition(":")
    if not (DIGEST.fullmatch(head) and number.isascii() and number.isdecimal() and len(number) < 19):
        raise InvalidInput(
            "head", f"{text!r} is not a head of the chain", f"{act('doctor')} shows it: EVENT:DIGITS"
        )
    return Seal(int(number), head)


def head_noted(noted: Seal) -> Finding:
    """Check a head that was written down earlier: a log rewritten from its beginning has another one."""
    stored = EventSeal.select(EventSeal.head).where(EventSeal.event_id == noted.event_id).scalar()
    if noted.event_id == 0:  # of a desk without a seal
        stored = START
    problem = ""
    if stored is None:
        problem = f"no event {noted.event_id} is sealed: lost in a restore, or deleted"
    elif stored != noted.head:
        problem = f"event {noted.event_id} was sealed with a different head than {noted.head}"
    return finding("head", f"event {noted.event_id} still has the head {noted.head}", problem, RESTORE)


def _erasures() -> Finding:
    """Check that no erasure is open, and that the log tells of each."""
    erased = {number: bool(closed) for number, closed in tuples(_all_erasures())}
    told = set(_told_of())
    problem = joined(
        (
            named(
                "the log can be changed: an erasure was left open for customers",
                [number for number, is_closed in erased.items() if not is_closed],
            ),
            named("no event records their erasure: customers", sorted(erased.keys() - told)),
            named("only an event records their erasure: customers", sorted(told - erased.keys())),
        )
    )
    return finding("erasures", "the log is write-protected and records every erasure", problem, RESTORE)


def _all_erasures() -> Any:
    return Erasure.select(Erasure.customer_id, Erasure.closed).order_by(Erasure.customer_id)


def _told_of() -> Iterator[int]:
    """Yield the customers whose erasure has an event."""
    for (detail,) in tuples(Event.select(Event.detail).where(Event.command == FORGET)):
        with suppress(ValueError, TypeError, LookupError):
            yield from map(int, json.loads(detail)["customers"])
