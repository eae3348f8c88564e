"""The export of a customer: everything that the desk holds of a person."""

from __future__ import annotations

from typing import Any

from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.privacy.holdings import event_ids, holdings
from dispatch.privacy.row_types import Export
from models.base import BaseModel, Json, listed

CENTS = "_cents"


def export(desk: Desk, customer_id: int) -> Export:
    """Return whole rows and events of a customer and those merged into them. Raises NotFound, Refused."""
    held = holdings(customer_id)
    rows = {model.table: _rows(model, numbers) for model, numbers in held.ids.items() if numbers}
    return {
        "customer_id": customer_id,
        "exported_at": desk.now(),
        "rows": rows,
        "events": event_log.events_among(event_ids(held))[::-1],
    }


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
