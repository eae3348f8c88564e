"""The export of a customer: everything that the desk holds of a person."""

from __future__ import annotations

from typing import Any, cast

from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.row_types import EventRow
from dispatch.privacy.holdings import PERSONAL, Holdings, event_ids, holdings
from dispatch.privacy.row_types import Export
from models.base import BaseModel, Json
from models.bookings import Booking
from models.sql import listed

CENTS = "_cents"
TABLES = frozenset(model.table for model in PERSONAL)


def export(desk: Desk, customer_id: int) -> Export:
    """Return whole rows and events of a customer and those merged into them. Raises NotFound, Refused."""
    held = holdings(customer_id)
    own = held.keys()
    rows = {model.table: _rows(model, numbers) for model, numbers in held.ids.items() if numbers}
    return {
        "customer_id": customer_id,
        "exported_at": desk.now(),
        "rows": rows,
        "events": [_of_theirs(row, held, own) for row in event_log.events_among(event_ids(held))[::-1]],
    }


def _of_theirs(event: EventRow, held: Holdings, own: set[str]) -> EventRow:
    """Leave out the names and rows of other customers: a batch or several leads at once have them, too."""

    def theirs(rows: Json) -> Json:
        return {key: row for key, row in rows.items() if key in own or key.partition(":")[0] not in TABLES}

    is_named = event["customer_id"] in held.customers or event["booking_id"] in held.ids[Booking]
    name = event["customer_name"] if is_named else None
    changed = {"before": theirs(event["before"]), "after": theirs(event["after"]), "customer_name": name}
    return cast(EventRow, event | changed)


def _rows(model: type[BaseModel], numbers: list[int]) -> list[Json]:
    key: Any = model._meta.primary_key
    whole: Any = model.select().where(key.in_(listed(numbers))).order_by(key).dicts()
    return [_with_money(row) for row in whole]


def _with_money(row: Json) -> Json:
    """Return a row with amounts of money as outside, in units with two places."""
    return {
        name.removesuffix(CENTS): value / 100 if name.endswith(CENTS) and value is not None else value
        for name, value in row.items()
    }
