"""``astra agent add --from``: files of agents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from astra_tui.cli.options import Call
from astra_tui.cli.row_files import Progress, RowKind, take_in
from dispatch.agents.file_intake import (
    HEAD,
    AgentFile,
    FileResult,
    PreviewRow,
    preview,
    receive_file,
)
from dispatch.desk.desk import Desk
from dispatch.outputs.rejected_rows import RejectedRows

DEFAULTS = (
    "department",
    "job_title",
    "capacity",
    "years",
    "level",
    "skills",
    "locations",
    "languages",
    "manager",
    "weight",
)


def add_file(call: Call, source_file: str, about: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Add the agents of a file, or show how it is understood.

    ``about`` are the options about the file, ``given`` the fields for rows that have none. Raises
    InvalidInput and DatabaseUnavailable.
    """
    defaults = {name: value for name in DEFAULTS if (value := given.get(name)) is not None}
    take_in(call, AGENTS, source_file, about, defaults)


def _described(row: PreviewRow) -> Iterator[str]:
    yield f"line {row['line']}: {', '.join(row['agent'].values())}"


def _receive(desk: Desk, file: AgentFile, rejects: RejectedRows | None, progress: Progress) -> FileResult:
    return receive_file(desk, file, rejects=rejects, progress=progress)


def _told(result: FileResult) -> Iterator[list[str]]:
    yield [f"line {row['line']}: {row['error']}" for row in result["known"]]


AGENTS = RowKind(
    "agent",
    "a file of agents",
    HEAD,
    AgentFile.open,
    lambda desk, agents: preview(desk(), agents),
    _described,
    _receive,
    _told,
    begins_desk=True,
)
