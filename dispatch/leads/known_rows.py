"""Rows of files that have come in before: the same row is the same lead, whatever file holds it.

A row is known by its id in the other program (while nothing contradicts it), else by its cleaned values where
they hold a phone or e-mail (for some days), else by its file and line. What it is known by is the request id
of the lead's event, followed by the event of its file: ``row:DIGEST~12``, ``FILE:LINE~12``. Earlier versions
wrote ``FILE:LINE``. Nothing else is stored: an erased person's rows are forgotten with their request ids.

A row of the desk's own listing of leads or bookings is known by the lead that it lists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from peewee import fn

from dispatch.customers.person_names import agree
from dispatch.desk.desk import Desk
from dispatch.inputs import cleaning
from dispatch.inputs.lead_files import FIELDS, Listed
from dispatch.inputs.trip_facts import FACTS
from dispatch.leads.file_record import OWN
from models.audit import Event
from models.base import CompiledQuery, parameter
from models.bookings import Booking
from models.clock import from_text, to_text
from models.customers import Customer, Lead
from models.folding import fold

OF_ACT, AFTER_ACT = "~", "\x7f"
"""What follows a row's key, and the sign after that in order."""
AGAIN, AFTER_AGAIN = "+", ","
"""The end of an id used before in the file, once for each time, and the sign after that in order."""
DIGEST_BYTES = 12
_TELLING = tuple(name for name in FIELDS if name not in ("priority", *FACTS))
"""What tells rows apart: a lead that becomes urgent, or whose trip becomes clearer, is the same."""

Fields = Mapping[str, str | None]


class Identity(NamedTuple):
    """What a row is known by: for ever, or for some days. ``is_shared``: other programs use the same ids."""

    key: str
    lasts: bool = True
    is_shared: bool = False


class Known(NamedTuple):
    """The lead that a row was: its event, when, and the event of its file, None from earlier versions.

    A row of the desk's own listing has OWN for both events.
    """

    event_id: int
    at: str
    act: int | None


class _Person(NamedTuple):
    name: str
    phone: str | None
    email: str | None


class _Stored(NamedTuple):
    event_id: int
    at: str
    request_id: str
    voided: bool
    name: str
    phone: str | None
    email: str | None


_of_a_lead = (
    Event.select(
        Event.event_id,
        Event.at,
        Event.request_id,
        Booking.voided,
        Lead.customer_name,
        Customer.phone,
        Customer.email,
    )
    .join(Booking, on=(Booking.booking_id == Event.booking_id))
    .join(Lead, on=(Lead.lead_id == Booking.lead_id))
    .join(Customer, on=(Customer.customer_id == Lead.customer_id))
)
_of_a_row = CompiledQuery(
    lambda: (
        Event.select(Event.event_id)
        .where(Event.request_id >= parameter("first"), Event.request_id < parameter("end"))
        .order_by(Event.event_id.desc())
    )
)
_last_id = CompiledQuery(
    lambda: Event.select(fn.MAX(Event.request_id)).where(
        Event.request_id >= parameter("first"), Event.request_id < parameter("end")
    )
)
_exactly = CompiledQuery(
    lambda: Event.select(Event.event_id).where(Event.request_id == parameter("request_id"))
)
_lead = CompiledQuery(lambda: _of_a_lead.where(Event.event_id == parameter("event_id")))
_listed = CompiledQuery(
    lambda: (
        Lead.select(Lead.customer_name, Customer.phone, Customer.email)
        .join(Customer, on=(Customer.customer_id == Lead.customer_id))
        .where(Lead.lead_id == parameter("lead_id"), Lead.received_at == parameter("received_at"))
    )
)


class KnownRows:
    """The rows that a desk knows, asked for those of one file; with ``run``, all of them are meant again."""

    def __init__(self, desk: Desk, file: str, run: str | None = None) -> None:
        self.digest = f"{run}-{file}" if run else file
        self._desk = desk
        self._is_run = bool(run)
        with desk.reading():
            self._days: int = desk.settings["same_row_days"]
            self._has_plain_ids = _has_plain_ids(self.digest)
        self._is_used = False  # whether there are leads with the key of the row looked for last

    def identity(self, fields: Fields, external_id: str | None, place: str) -> Identity:
        """Return what a row is known by; ``fields`` are cleaned."""
        if not self._is_run:
            if external_id and (number := cleaning.whole(external_id.strip())):
                return Identity(_digest("id", number), is_shared=True)
            if self._days and (fields.get("phone") or fields.get("email")):
                return Identity(_digest(*(fields.get(name) or "" for name in _TELLING)), lasts=False)
        return Identity(f"{self.digest}:{place}")

    def find(self, row: Identity, fields: Fields, place: str) -> Known | None:
        """Return the lead that a row is; None if there is none, or it was undone, or came in too long ago.

        Of several, the newest; where programs share ids, the newest that agrees.
        """
        numbers = self._numbers(row.key, place)
        self._is_used = bool(numbers)
        leads = (_Stored(*_lead(event_id=number)[0]) for number in numbers)
        stored = next((lead for lead in leads if not row.is_shared or _is_same(lead, fields)), None)
        if stored is None or stored.voided:
            return None
        if not row.lasts and self._is_old(stored.at):
            return None
        _, sign, act = stored.request_id.partition(OF_ACT)
        return Known(stored.event_id, stored.at, int(act.partition(AGAIN)[0]) if sign else None)

    def own(self, listed: Listed | None, fields: Fields) -> Known | None:
        """Return the lead of this desk, undone or not, whose number, time and customer a row lists."""
        if listed is None or self._is_run:
            return None
        found = _listed(lead_id=listed.lead_id, received_at=listed.received_at)
        if not any(_is_same(_Person(*person), fields) for person in found):
            return None
        return Known(OWN, listed.received_at, OWN)

    def find_among(self, rows: Sequence[Fields], row: Identity, fields: Fields) -> bool:
        """Return whether a row is one of those before it in its file that have the same key."""
        return any(not row.is_shared or _is_same(_person_of(other), fields) for other in rows)

    def _is_old(self, at: str) -> bool:
        return at < to_text(from_text(self._desk.now()) - timedelta(days=self._days))

    def new_id(self, row: Identity, act: int) -> str:
        """Return the request id for the row looked for last, which is new."""
        first = f"{row.key}{OF_ACT}{act}"
        if self._is_used:
            ((last,),) = _last_id(first=first, end=f"{first}{AFTER_AGAIN}")
            if last is not None:
                return f"{last}{AGAIN}"
        return first

    def _numbers(self, key: str, place: str) -> list[int]:
        """Return the events of the leads with a key, newest first."""
        found = _of_a_row(first=f"{key}{OF_ACT}", end=f"{key}{AFTER_ACT}")
        if not found and self._has_plain_ids:
            found = _exactly(request_id=f"{self.digest}:{place}")
        return [number for (number,) in found]


def _has_plain_ids(digest: str) -> bool:
    """Return whether an earlier version took in rows of the file."""
    of_file = (Event.request_id >= f"{digest}:") & (Event.request_id < f"{digest};")
    return Event.select().where(of_file, ~Event.request_id.contains(OF_ACT)).exists()


def _digest(*texts: str) -> str:
    text = "\0".join(texts).encode("utf-8", "surrogatepass")
    return f"row:{hashlib.blake2b(text, digest_size=DIGEST_BYTES).hexdigest()}"


def _person_of(fields: Fields) -> _Person:
    return _Person(fields.get("name") or "", fields.get("phone"), fields.get("email"))


def _is_same(stored: _Stored | _Person, fields: Fields) -> bool:
    """Return whether a row with an id can be the lead with this id: another program counts from 1, too.

    The name is the same, or a contact is; or the names agree, and one of them has no contact.
    """
    name, phone, email = (fields.get(one) or "" for one in ("name", "phone", "email"))
    if (
        fold(name) == fold(stored.name)
        or (phone and phone == stored.phone)
        or (email and email == stored.email)
    ):
        return True
    both_have = (phone or email) and (stored.phone or stored.email)
    return not both_have and agree(name, stored.name)
