"""The tables of an export, each with its columns and a query for its rows.

What seeds/importing reads comes first, in its columns' names; the other tables leave only to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import BooleanField, ModelSelect, fn

from dispatch.desk import accepted_values
from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.outputs.tables import Cells
from dispatch.queries import as_units
from models.agents import RATING_DECIMALS, Agent
from models.audit import Decision, Event
from models.base import BaseModel, each_tuple, tuples
from models.bookings import Assignment, Booking
from models.caps import Cap
from models.customers import Customer, Lead
from models.dispositions import Disposition
from models.holidays import Holiday
from models.issues import Interaction, Issue, Survey
from models.planned_absences import Cover, PlannedAbsence
from models.priorities import PRIORITIES
from models.settings import Setting
from seeds.importing.columns import KINDS
from seeds.importing.desk_tables import CUSTOMERS, DECISIONS, LEADS, VALUES

CENTS = "_cents"
Convert = Callable[[Any], object]


@dataclass(frozen=True)
class Table:
    """One file of an export: ``rows`` begins the query, ``count`` says how many it will find."""

    name: str
    header: Sequence[str]
    rows: Callable[[], Iterable[Cells]]
    count: Callable[[], int]

    @property
    def is_imported(self) -> bool:
        """Return whether an import reads it."""
        return self.name in KINDS


def _of_model(name: str, model: type[BaseModel], leave_out: str = "") -> Table:
    """Return a model's rows by their keys, amounts in units with two places."""
    columns = [one for one in model._meta.sorted_field_names if one not in leave_out.split()]
    fields = [model._meta.fields[one] for one in columns]
    converted = [(place, one) for place, field in enumerate(fields) if (one := _conversion(field))]

    def rows() -> Iterator[Cells]:
        query: ModelSelect[Any] = model.select(*fields).order_by(model._meta.primary_key)
        found = each_tuple(query)
        return (_converted(row, converted) for row in found) if converted else found

    return Table(name, [one.removesuffix(CENTS) for one in columns], rows, lambda: model.select().count())


def _conversion(field: Any) -> Convert | None:
    if isinstance(field, BooleanField):
        return bool
    if field is Booking.priority:
        return lambda number: PRIORITIES[number - 1]
    return as_units if field.name.endswith(CENTS) else None


def _converted(row: Cells, conversions: list[tuple[int, Convert]]) -> Cells:
    cells = list(row)
    for place, convert in conversions:
        cells[place] = convert(cells[place])
    return cells


VALUE_COLUMNS = ("list", "value", "destination", "retired_at", "renamed_to")


def _value_rows() -> Iterator[Cells]:
    """Yield every list of accepted values; packages after the destinations they belong to."""
    for kind in accepted_values.KINDS:
        for row in accepted_values.listing(kind, retired=True):
            yield kind, row["name"], row.get("destination"), row["retired_at"], row["renamed_to"]


def _agents() -> Table:
    """Return the agents; scores from surveys, which stay, become part of the average from before."""
    plain = _of_model(AGENTS, Agent, "load issue_load due_at score_sum score_count")
    rating, before, answers = (plain.header.index(one) for one in ("rating", "prior_rating", "prior_answers"))

    def rows() -> Iterator[Cells]:
        points = fn.SUM(Survey.score), fn.COUNT(Survey.score)
        surveys = Survey.select(Survey.agent_id, *points).where(Survey.score.is_null(False))
        scored = {agent_id: counts for agent_id, *counts in tuples(surveys.group_by(Survey.agent_id))}
        for row in plain.rows():
            if row[0] in scored:
                cells: list[Any] = list(row)
                total, count = scored[row[0]]
                number = cells[answers] + count
                cells[before] = (cells[before] * cells[answers] + total) / number
                cells[answers] = number
                if round(cells[before], RATING_DECIMALS) == cells[rating]:  # nothing else counts
                    cells[before] = cells[rating]
                row = cells
            yield row

    return Table(AGENTS, plain.header, rows, plain.count)


TABLES = {
    table.name: table
    for table in (
        Table(
            VALUES,
            VALUE_COLUMNS,
            _value_rows,
            lambda: sum(1 for _ in _value_rows()),
        ),
        _agents(),
        _of_model(CUSTOMERS, Customer),
        _of_model(LEADS, Lead),
        _of_model(DECISIONS, Decision, "after_event seen"),
        _of_model(ASSIGNMENTS, Assignment),
        _of_model(BOOKINGS, Booking),
        _of_model("issues", Issue),
        _of_model("interactions", Interaction),
        _of_model("settings", Setting),
        _of_model("caps", Cap, "version"),
        _of_model("dispositions", Disposition, "version"),
        _of_model("planned_absences", PlannedAbsence, "version"),
        _of_model("covers", Cover, "version"),
        _of_model("holidays", Holiday, "version"),
        _of_model("events", Event, "request_id fingerprint result session account db_user"),
    )
}
"""In the order in which they are written."""
