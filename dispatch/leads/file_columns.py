"""A file of leads while somebody decides what its columns are: each of them, and the first rows."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypedDict

from dispatch.desk.desk import Desk
from dispatch.inputs.column_choice import ColumnChoice, folded
from dispatch.inputs.column_names import Columns
from dispatch.inputs.layouts import LEADS, layouts
from dispatch.inputs.lead_files import HINT, LeadFile
from dispatch.inputs.rows import Row
from dispatch.inputs.rows.row import REASON
from dispatch.inputs.validation import excerpt
from dispatch.leads.file_intake import FileResult, receive_file
from dispatch.leads.file_preview import FilePreview, preview
from dispatch.outputs.files import usual_file
from dispatch.outputs.rejected_rows import RejectedRows
from models.errors import InvalidInput
from models.files import free_name

FIRST_ROWS = 1_000
SAMPLED_ROWS = 20
ONLY_HEADS = "only the names of the columns: there is no row below them"


@dataclass(frozen=True)
class LeadSource:
    """Where rows of leads are: in a file, or in a text that was pasted."""

    name: str
    path: Path | None = None
    text: str = ""

    @contextmanager
    def opened(self, choice: ColumnChoice, *, is_draft: bool = False) -> Iterator[LeadFile]:
        """Open it; a text may lack the names of its columns. Raises InvalidInput."""
        if self.path is None:
            content = io.BytesIO(self.text.encode("utf-8", "surrogatepass"))
            how = {"bare": True, "encoding": "utf-8", "errors": "surrogatepass"}
            yield LeadFile(content, self.name, choice=choice, is_draft=is_draft, **how)  # type: ignore[arg-type]
            return
        try:
            stream = self.path.open("rb")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise InvalidInput("file", f"cannot read {self.path}: {reason}", HINT) from error
        with stream:
            leads = LeadFile(stream, self.name, choice=choice, is_draft=is_draft)
            try:
                yield leads
            finally:
                leads.detach()

    def rejects(self, day: str) -> Path:
        """Return the path for its refused rows: beside the file, or where files are usually written."""
        if self.path is None or not os.access(self.path.parent, os.W_OK):
            return usual_file("refused-leads", day)
        return free_name(self.path.with_name(f"{self.path.stem}-refused.csv"))


class FileColumn(TypedDict):
    """A column: its head, its first value, and the field it becomes, "" if it is not read.

    ``asks``: it may hold contacts, and somebody must say whether it does.
    """

    place: int
    head: str
    sample: str
    field: str
    asks: bool


class Reading(TypedDict):
    """A file as it is understood so far.

    ``problem`` says why it cannot be taken in yet, ``at`` is the place of the column to decide first;
    ``given`` and ``dropped`` are what was said of its columns; ``changed`` says so if its header is much like
    one that is remembered. ``is_whole``: the preview is of all rows, not only of the first.
    """

    columns: list[FileColumn]
    preview: FilePreview
    problem: str
    at: int | None
    given: Mapping[str, str]
    dropped: list[str]
    changed: str
    notes: list[str]
    is_whole: bool


def fields() -> tuple[str, ...]:
    """List what a column can be."""
    return layouts()[LEADS].all_names


def read(desk: Desk, source: LeadSource, choice: ColumnChoice) -> Reading:
    """Read the first rows; nothing is written. Raises InvalidInput for a file that cannot be read at all."""
    samples: dict[int, str] = {}
    count = 0

    def heard(row: Row) -> None:
        nonlocal count
        count += 1
        if count <= SAMPLED_ROWS and row.names == leads.choices.names:
            for place, value in enumerate(row.values):
                if value and value.strip():
                    samples.setdefault(place, value)

    with source.opened(replace(choice, asks=False), is_draft=True) as leads:
        seen = preview(desk, leads, most=FIRST_ROWS, heard=heard)
        names = tuple(leads.choices.names)
        own = leads.choices.begin(names)
        understood = own.columns(names, LEADS) if names else None
        real = {folded(name): name.strip() for name in reversed(names)}
        columns = [] if understood is None else _columns(understood, samples)
        dropped = [real[folded(head)] for head in own.dropped if folded(head) in real]
        problem = _problem(understood, count)
        return Reading(
            columns=columns,
            preview=seen,
            problem=problem,
            at=_to_decide(understood, columns, dropped) if problem and understood else None,
            given={real[folded(head)]: name for head, name in own.given.items() if folded(head) in real},
            dropped=dropped,
            changed=leads.choices.changed(),
            notes=leads.notes,
            is_whole=count < FIRST_ROWS,
        )


def _columns(columns: Columns, samples: Mapping[int, str]) -> list[FileColumn]:
    field_at = {place: name for name, places in columns.places.items() for place in places}
    doubled = {head: name for name, heads in columns.doubled.items() for head in heads}
    return [
        FileColumn(
            place=place,
            head=head,
            sample=samples.get(place, ""),
            field=field_at.get(place) or doubled.get(head, ""),
            asks=place not in field_at and head in columns.contact_like,
        )
        for place, head in enumerate(columns.heads)
        if head and head != REASON
    ]


def _problem(columns: Columns | None, rows: int) -> str:
    if columns is not None:
        for name, heads in columns.doubled.items():
            return f"{name} is in several columns: {', '.join(heads)}; ignore all but one"
        if missing := columns.missing():
            return f"No column is {', '.join(missing)} yet: choose one"
        if columns.contact_like:
            return f"{excerpt(columns.contact_like[0])} may hold contacts: choose what it is, or ignore it"
    return "" if rows else ONLY_HEADS


def _to_decide(understood: Columns, columns: list[FileColumn], dropped: list[str]) -> int | None:
    """Return the first column that could be what is missing, or else must be decided."""
    lacks = bool(understood.missing())
    doubled = [head for heads in understood.doubled.values() for head in heads]
    return next(
        (
            one["place"]
            for one in columns
            if one["head"] in doubled
            or (not doubled and one["asks"])
            or (not doubled and lacks and not one["field"] and one["head"] not in dropped)
        ),
        None,
    )


class TakenIn(NamedTuple):
    """What became of a file, and where its refused rows are, if there are any."""

    result: FileResult
    rejects: Path | None


def take_in(
    desk: Desk, source: LeadSource, choice: ColumnChoice, progress: Callable[[int, int], None]
) -> TakenIn:
    """Take in the file, as one act. Raises InvalidInput if it cannot be read like this."""
    rejects = RejectedRows(str(source.rejects(desk.now()[:10])), REASON)
    with source.opened(choice) as leads:
        result = receive_file(desk, leads, rejects=rejects, progress=progress)
    return TakenIn(result, rejects.path if rejects.write() else None)
