"""A file of leads as it is understood, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.file_acts import format_refusal
from dispatch.inputs import cleaning
from dispatch.inputs.lead_files import Fields, LeadFile
from dispatch.leads import intake
from dispatch.leads.file_intake import Rejected

MOST_ROWS = 5


class PreviewRow(TypedDict):
    """A row as the desk would take it, by its line, and why it would not."""

    line: int
    lead: Mapping[str, str | None]
    errors: list[str]


class FilePreview(TypedDict):
    """What a file of leads means: the head or heads of each field, the first rows, and all that is wrong."""

    columns: dict[str, str]
    ignored: list[str]
    rows: list[PreviewRow]
    acceptable: int
    rejected: list[Rejected]


def preview(leads: LeadFile, values: AcceptedValues) -> FilePreview:
    """Read a file to its end and check each row by itself. Raises InvalidInput as reading it does."""
    seen = FilePreview(columns={}, ignored=[], rows=[], acceptable=0, rejected=[])
    for row in _checked(leads, values):
        if len(seen["rows"]) < MOST_ROWS:
            seen["rows"].append(row)
        seen["acceptable"] += not row["errors"]
        seen["rejected"] += [Rejected(line=row["line"], error=error) for error in row["errors"][:1]]
    seen["columns"] = dict(leads.columns.understood()) if leads.columns else {}
    seen["ignored"] = leads.ignored
    return seen


def _checked(leads: LeadFile, values: AcceptedValues) -> Iterator[PreviewRow]:
    for line, read in leads:
        fields: Fields = {} if isinstance(read, str) else cleaning.lead(read, values.of)
        errors = [read] if isinstance(read, str) else _errors(fields, values)
        yield PreviewRow(line=line, lead=fields, errors=errors)


def _errors(fields: Fields, values: AcceptedValues) -> list[str]:
    return [format_refusal(error) for error in intake.problems(fields, values).values()]
