"""Leads pasted as text: read like a file of leads, with each line checked and nothing written."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.file_acts import format_refusal
from dispatch.leads import intake
from models.errors import InvalidInput

if TYPE_CHECKING:  # files are slow to import, and only needed when something is pasted
    from dispatch.inputs.lead_files import Fields, Record
    from dispatch.inputs.rows import Row

MOST_LINES = 500
MOST_CHARACTERS = 500_000
TOO_LONG = f"At most {MOST_LINES} leads at once; paste the rest afterwards"


@dataclass(frozen=True)
class PastedLine:
    """One lead: its first line's number, text and fields, and what the desk would refuse."""

    line: int
    text: str
    fields: Fields
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Pasted:
    """The leads of a text; ``problem`` says why there are none.

    ``head`` is the text before the first lead (the column names), ``ignored`` are unknown columns.
    ``asks``: somebody must say what the columns are.
    """

    lines: tuple[PastedLine, ...] = ()
    head: str = ""
    problem: str = ""
    ignored: tuple[str, ...] = ()
    asks: bool = False

    @property
    def good(self) -> list[PastedLine]:
        return [line for line in self.lines if not line.errors]

    @property
    def bad(self) -> list[PastedLine]:
        return [line for line in self.lines if line.errors]

    def text_of(self, lines: Sequence[PastedLine]) -> str:
        """Some of the lines as text, with the column names."""
        return "\n".join([self.head] * bool(self.head) + [line.text for line in lines])

    def places_of(self, lines: Sequence[PastedLine]) -> list[int]:
        """The line number in ``text_of(lines)`` on which each of them begins, from 1."""
        above = [self.head] * bool(self.head)
        heights = [text.count("\n") + 1 for text in (*above, *(line.text for line in lines))]
        return [1 + sum(heights[:place]) for place in range(len(above), len(heights))]


def read_pasted(text: str, values: AcceptedValues) -> Pasted:
    """Read CSV (with or without a header), spreadsheet cells or JSONL, using ``values`` as last read."""
    from dispatch.inputs.column_choice import ColumnChoice
    from dispatch.inputs.lead_files import LeadFile

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Pasted()
    if len(text) > MOST_CHARACTERS:
        return Pasted(problem=TOO_LONG)
    try:
        content = io.BytesIO(text.encode("utf-8", "surrogatepass"))
        leads = LeadFile(
            content,
            "the text",
            bare=True,
            encoding="utf-8",
            errors="surrogatepass",
            choice=ColumnChoice(asks=False),
        )
        records = [(*record, leads.row) for record in islice(leads, MOST_LINES + 1)]
    except InvalidInput as error:
        return Pasted(problem=format_refusal(error), asks=True)
    if len(records) > MOST_LINES:
        return Pasted(problem=TOO_LONG)
    if not records:
        return Pasted(problem="only the names of the columns: put each lead on a line below them")
    if not leads.has_own_lines:
        return Pasted(
            tuple(_checked(line, _as_json(row), what, values) for line, what, row in records),
            ignored=tuple(leads.ignored),
        )
    return Pasted(
        tuple(_lines(text, [(line, what) for line, what, _ in records], values)),
        head="\n".join(text.split("\n")[: records[0][0] - 1]).strip("\n"),
        ignored=tuple(leads.ignored),
    )


def _as_json(row: Row) -> str:
    """Return a row of an array or of SQL text as a line that can be read alone."""
    return json.dumps(dict(zip(row.names, row.values, strict=False)), ensure_ascii=False)


def _lines(text: str, records: Sequence[Record], values: AcceptedValues) -> list[PastedLine]:
    physical = text.split("\n")
    begins = [line for line, _ in records] + [len(physical) + 1]
    whole = [
        "\n".join(physical[here - 1 : following - 1]).rstrip("\n") for here, following in pairwise(begins)
    ]
    return [_checked(line, own, what, values) for (line, what), own in zip(records, whole, strict=True)]


def _checked(line: int, text: str, what: Fields | str, values: AcceptedValues) -> PastedLine:
    if isinstance(what, str):
        return PastedLine(line, text, {}, (what,))
    from dispatch.inputs import cleaning

    fields = cleaning.lead(what, values.of)
    errors = intake.problems(fields, values).values()
    return PastedLine(line, text, fields, tuple(map(format_refusal, errors)))
