"""A file of leads as it is understood, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypedDict

from dispatch.desk.desk import Desk
from dispatch.desk.file_acts import format_refusal
from dispatch.inputs import cleaning
from dispatch.inputs.column_choice import RememberedColumns
from dispatch.inputs.lead_files import Fields, LeadFile, Record
from dispatch.inputs.rows import Row
from dispatch.leads import intake
from dispatch.leads.file_intake import Rejected
from dispatch.leads.file_lines import KnownFrom, KnownLines, Places
from dispatch.leads.known_rows import Known, KnownRows

MOST_ROWS = 5


class PreviewRow(TypedDict):
    """A row as the desk would take it, by its line, and why it would not; or that it is ``known`` already."""

    line: int
    lead: Mapping[str, str | None]
    errors: list[str]
    known: bool


class FilePreview(TypedDict):
    """What a file of leads means: the head or heads of each field, the first rows, and all that is wrong.

    ``repeated`` of the ``acceptable`` rows are in already, or come twice in the file: ``known`` says whence.
    ``remembered``: what was said about the columns with another file.
    """

    columns: dict[str, str]
    ignored: list[str]
    rows: list[PreviewRow]
    acceptable: int
    rejected: list[Rejected]
    repeated: int
    known: list[KnownFrom]
    remembered: RememberedColumns | None


def preview(
    desk: Desk,
    leads: LeadFile,
    *,
    run: str | None = None,
    most: int | None = None,
    heard: Callable[[Row], object] | None = None,
) -> FilePreview:
    """Read a file to its end, or its first rows, and check each as ``receive_file`` would.

    ``heard`` gets each row as it is in the file. Raises InvalidInput as reading it does.
    """
    leads.begin()
    seen = FilePreview(
        columns={},
        ignored=[],
        rows=[],
        acceptable=0,
        rejected=[],
        repeated=0,
        known=[],
        remembered=leads.choices.remembered(),
    )
    with desk.reading():
        known: dict[int | None, KnownLines] = {}
        for row in _Checking(desk, leads, run).rows(islice(leads, most)):
            _add(seen, known, row)
            if heard is not None:
                heard(leads.row)
        seen["known"] = [lines.told(act, leads.name) for act, lines in known.items()]
    seen["columns"] = dict(leads.columns.understood()) if leads.columns else {}
    seen["ignored"] = leads.ignored
    return seen


class _Checked(NamedTuple):
    line: int
    fields: Fields
    errors: list[str]
    known: Known | None


def _add(seen: FilePreview, known: dict[int | None, KnownLines], row: _Checked) -> None:
    if len(seen["rows"]) < MOST_ROWS:
        seen["rows"].append(
            PreviewRow(line=row.line, lead=row.fields, errors=row.errors, known=row.known is not None)
        )
    if row.errors:
        seen["rejected"].append(Rejected(line=row.line, error=row.errors[0]))
        return
    seen["acceptable"] += 1
    if row.known is not None:
        seen["repeated"] += 1
        known.setdefault(row.known.act, KnownLines(row.known.at)).add(row.line)


class _Checking:
    """The check of rows: by themselves, against the desk, and against the rows before them."""

    def __init__(self, desk: Desk, leads: LeadFile, run: str | None) -> None:
        self._leads, self._values = leads, desk.values
        self._known = KnownRows(desk, leads.digest, run)
        self._now = desk.now()
        self._places = Places()
        self._before: dict[str, list[Fields]] = {}

    def rows(self, records: Iterator[Record]) -> Iterator[_Checked]:
        for line, read in records:
            place = self._places.of(line)
            if isinstance(read, str):
                yield _Checked(line, {}, [read], None)
                continue
            fields = cleaning.lead(read, self._values.of)
            known = self._find(fields, place)
            errors = [] if known else list(intake.problems(fields, self._values).values())
            if not (known or errors):
                self._before.setdefault(self._key.key, []).append(fields)
            yield _Checked(line, fields, list(map(format_refusal, errors)), known)

    def _find(self, fields: Fields, place: str) -> Known | None:
        self._key = self._known.identity(fields, self._leads.external_id, place)
        if own := self._known.own(self._leads.listed(), fields):
            return own
        if self._known.find_among(self._before.get(self._key.key, ()), self._key, fields):
            return Known(0, self._now, None)
        return self._known.find(self._key, fields, place)
