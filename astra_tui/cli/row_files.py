"""Commands that take in a file row by row: what is the same for leads, tickets and customers.

A kind of row says how its file is opened, previewed and received; here are the options, the notes on stderr,
the refused rows and the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, Generic, Protocol, TypeVar

from astra_tui.cli.column_options import choice_of, desk_if_any, print_columns, tell_columns
from astra_tui.cli.file_options import FileOptions
from astra_tui.cli.input_files import input_file, title_of
from astra_tui.cli.options import Call
from astra_tui.cli.output.printing import first_lines, line, narrate
from astra_tui.cli.output.progress import progress_bar
from dispatch.desk.desk import Desk
from dispatch.desk.file_acts import FileHead
from dispatch.inputs.column_choice import ColumnChoice, FileChoice
from dispatch.outputs.rejected_rows import RejectedRows
from dispatch.queries.wording import plural


class RowFile(Protocol):
    """An opened file: notes on how it is read, what was said of its columns, and those that are not read."""

    notes: list[str]
    ignored: list[str]
    choices: FileChoice


F = TypeVar("F", bound=RowFile)
Progress = Callable[[int, int], None] | None


@dataclass(frozen=True)
class RowKind(Generic[F]):
    """A kind of row. ``noun`` names one, ``files`` says what to name, ``open`` opens one of them.

    ``head`` begins the act of a file: with the same columns, the next file is read as the last one was.
    ``preview`` returns what the file means, and opens the desk if it needs it; ``described`` yields the lines
    for one row of that. ``receive`` takes the rows in. ``told`` yields what its result says besides, as lists
    of lines, and ``foretold`` what the preview does. ``begins_desk``: it may be the first command of a new
    desk.
    """

    noun: str
    files: str
    head: FileHead
    open: Callable[[BinaryIO, str, str | None, ColumnChoice], AbstractContextManager[F]]
    preview: Callable[[Callable[[], Desk], F], Any]
    described: Callable[[Any], Iterable[str]]
    receive: Callable[[Desk, F, RejectedRows | None, Progress], Any]
    told: Callable[[Any], Iterable[list[str]]]
    foretold: Callable[[Any], Iterable[list[str]]] = lambda _: ()
    begins_desk: bool = False


def take_in(
    call: Call, kind: RowKind[F], source_file: str, about: Mapping[str, Any], defaults: Mapping[str, str]
) -> None:
    """Take in the rows of a file, or show how it is understood.

    ``about`` are the options about the file, ``defaults`` the fields for rows that have none. Raises
    InvalidInput and DatabaseUnavailable.
    """
    options = FileOptions(about["encoding"], about["rejects"], about["ok_partial"])
    rejects = None if about["dry_run"] else options.rejected_rows()
    title = title_of(source_file)
    with (
        input_file(source_file, f"name {kind.files}") as stream,
        desk_if_any(call) as there,
        kind.open(stream, title, options.encoding, choice_of(about, defaults, there, kind.head.name)) as file,
        ExitStack() as opened,
    ):

        def desk(*, create: bool = False) -> Desk:
            return there or opened.enter_context(call.desk(create=create))

        if about["dry_run"]:
            _show_preview(call, kind, title, file, desk, defaults)
            return
        with progress_bar(f"{kind.noun}s") as progress:
            result = kind.receive(desk(create=kind.begins_desk), file, rejects, progress)
        _tell_reading(title, kind.noun, file)
    for lines in kind.told(result):
        first_lines(lines, narrate)
    options.finish(call, rejects, len(result["rejected"]))
    call.show(result, partial(_print_result, kind.noun))


def _tell_reading(title: str, noun: str, file: RowFile) -> None:
    tell_columns(title, file.choices)
    for note in file.notes:
        narrate(f"{title}: {note}")
    if file.ignored:
        narrate(f"ignored, as {noun}s have no such field: {', '.join(file.ignored)}")


def _show_preview(
    call: Call, kind: RowKind[F], title: str, file: F, desk: Callable[[], Desk], defaults: Mapping[str, str]
) -> None:
    seen = kind.preview(desk, file)
    tell_columns(title, file.choices)
    for lines in kind.foretold(seen):
        first_lines(lines, narrate)
    call.show(seen, partial(_print_preview, kind, defaults))


def _print_preview(kind: RowKind[F], defaults: Mapping[str, str], seen: Mapping[str, Any]) -> None:
    print_columns(seen["columns"], defaults, seen["ignored"])
    for row in seen["rows"]:
        for text in kind.described(row):
            line(text)
    repeated = f" ({seen['repeated']:,} of them are already in)" if seen.get("repeated") else ""
    acceptable = plural(seen["acceptable"], kind.noun)
    line(f"{acceptable} acceptable{repeated}, {len(seen['rejected']):,} not; nothing was written")
    first_lines([f"line {row['line']}: {row['error']}" for row in seen["rejected"]])


def _print_result(noun: str, result: Mapping[str, Any]) -> None:
    repeated = f" ({result['repeated']:,} of them were already in)" if result["repeated"] else ""
    accepted = plural(result["accepted"], noun)
    line(f"{accepted} accepted{repeated}, {len(result['rejected']):,} rejected")
    if result["event_id"] is not None:
        line(f"astra undo {result['event_id']} takes this file back")
    first_lines([f"line {row['line']}: {row['error']}" for row in result["rejected"]])
