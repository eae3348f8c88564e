"""``astra verify``: every choice of an agent worked out again from the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import line
from astra_tui.cli.output.progress import progress_bar
from dispatch.desk.desk import Desk
from dispatch.desk.event_chain import newest_seal
from dispatch.desk.event_log import last_event
from dispatch.operations.integrity import chain
from models.base import Json
from models.desk_copies import write_file
from verify.checker import Checker

DOES_NOT_FOLLOW = 1
MOST_SHOWN = 400  # characters of a value
CHAIN = "the chain of events"


@click.command("verify")
@reading
def verify(call: Call) -> None:
    """Work out every decision again from the log; exit code 1 at the first that does not follow.

    A program of its own reads the file, or a copy of a desk on a server, and replays every event since the
    first one: who could take each lead, who was first, and every load, pointer and average that follows. What
    it cannot check, such as scores and what a person decided, is counted.
    """
    with call.desk() as desk:
        report = verified(desk)
    call.show(report, _print)
    if not report["ok"]:
        call.surroundings.exit_code = DOES_NOT_FOLLOW


def verified(desk: Desk) -> Json:
    """Check the chain of events, then replay the desk's file."""
    with desk.reading():
        sealed, *_ = chain.check()
        unsealed = last_event() - newest_seal().event_id
    with progress_bar("events") as progress, file_of(desk) as file:
        report: Json = Checker(file, progress or (lambda _done, _all: None)).run()
    if unsealed:
        report["not_checked"]["newest events: not sealed in the chain yet"] = unsealed
    if not sealed.ok:
        nowhere = {"event": None, "decision": None, "booking": None, "follows": None}
        report["first_fault"] = {"what": CHAIN, **nowhere, "recorded": sealed.detail}
        report["ok"] = False
    return report


@contextmanager
def file_of(desk: Desk) -> Iterator[Path]:
    """The desk's file, or a private copy of a desk that is none: what checks it reads files."""
    if desk.database.is_file:
        yield desk.database.file
        return
    with TemporaryDirectory(prefix="astra-verify-") as folder:
        copy = Path(folder) / "desk.db"
        with desk.reading():
            write_file(desk.database, copy)
        yield copy


def _print(report: Json) -> None:
    decisions, events = report["checked"]["decisions"], report["checked"]["events"]
    fault, left = report["first_fault"], report["not_checked"]
    if fault is None:
        line(f"{decisions:,} decisions and {events:,} events: all that was checked follows from the log.")
    else:
        places = [f"{name} {fault[name]}" for name in ("event", "decision", "booking") if fault[name]]
        line(f"DOES NOT FOLLOW: {', '.join([*places, fault['what']])}")
        line(f"recorded: {_shown(fault['recorded'])}")
        line(f"follows:  {_shown(fault['follows'])}")
        line(f"{decisions:,} decisions and {events:,} events before it were checked.")
    for what, number in left.items():
        line(f"not checked: {number:,} {what}")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=sorted)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
