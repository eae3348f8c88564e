"""``astra triage``: what customers' messages are about, one by one or from a file. It needs no desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import rich_click as click

from astra_tui.cli.database import database_path, opened
from astra_tui.cli.input_files import input_file
from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import (
    Column,
    details,
    line,
    narrate,
    plural,
    table,
)
from dispatch.triage import known_names
from dispatch.triage.categories import CATEGORIES, tier
from dispatch.triage.entities import KnownNames
from dispatch.triage.evaluation import Judged, evaluate
from dispatch.triage.message import Message
from dispatch.triage.message_files import messages
from dispatch.triage.pipeline import classify, triage
from models.errors import DatabaseUnavailable, InvalidInput

ERRORS_SHOWN = 20
SHORT = {name: "".join(word[0] for word in name.split("_")).upper() for name in CATEGORIES}
"""The headings of the confusion table: TS for technical_support."""


@click.command("triage")
@click.argument("text", required=False)
@click.option(
    "--tier", "customer_tier", metavar="TIER", help="The customer's tier; it counts for the priority."
)
@click.option(
    "--from", "source_file", metavar="FILE", help='Read JSONL: {"text": ...} a line; - reads stdin.'
)
@click.option(
    "--evaluate",
    "labelled_file",
    metavar="FILE",
    help='Tell how good triage is on labelled JSONL: {"text": ..., "category": ...} a line; - reads stdin.',
)
@reading
def triage_command(
    call: Call,
    /,
    text: str | None,
    customer_tier: str | None,
    source_file: str | None,
    labelled_file: str | None,
) -> None:
    """Tell what a customer's message is about, how it is meant and how urgent it is.

    Names of the desk's destinations, packages, launch locations and agents are recognised if there is a desk.
    """
    if sum(given is not None for given in (text, source_file, labelled_file)) != 1:
        raise click.UsageError("give one of TEXT, --from FILE and --evaluate FILE")
    checked = tier(customer_tier)
    if labelled_file is not None:
        if checked is not None:
            raise click.UsageError("--tier and --evaluate exclude each other: categories know no tier")
        call.tell(_evaluated(labelled_file), _tell_figures)
    elif source_file is not None:
        _tell_rows(call, _rows(source_file, checked, _known(call)))
    else:
        call.tell(triage(text or "", customer_tier=checked, known=_known(call)), _tell)


COMMANDS = {"triage": triage_command}


def _known(call: Call) -> KnownNames:
    """The names of the desk, if one is there; a desk that was named has to be."""
    named = call.database is not None
    try:
        path = database_path(call.database)
        if named or path.exists():
            with opened(path, call.actor):
                return known_names.of_the_desk()
    except DatabaseUnavailable as error:
        if named:
            raise
        narrate(f"Warning: without the desk's own names: {error.message}")
    return known_names.of_a_new_desk()


def _rows(source_file: str, customer_tier: str | None, known: KnownNames) -> list[dict[str, Any]]:
    """What is said of each line, in order; ``error`` where it cannot be read."""
    with input_file(source_file, "name a JSONL file") as stream:
        return [
            {"line": number, "error": message}
            if isinstance(message, str)
            else {"line": number, **triage(message["text"], customer_tier=customer_tier, known=known)}
            for number, message in messages(stream, _named(source_file))
        ]


def _evaluated(labelled_file: str) -> dict[str, Any]:
    with input_file(labelled_file, "name a JSONL file") as stream:
        judged, rejected = _judged(stream, _named(labelled_file))
    if not judged:
        raise InvalidInput(
            "file",
            f"{_named(labelled_file)} has no labelled message"
            + (f" (line {rejected[0]['line']}: {rejected[0]['error']})" if rejected else ""),
            'an object a line: {"text": "...", "category": "..."}; categories: ' + ", ".join(CATEGORIES),
        )
    return {**evaluate(judged), "rejected": rejected}


def _judged(stream: BinaryIO, name: str) -> tuple[list[Judged], list[dict[str, Any]]]:
    judged, rejected = [], []
    for number, message in messages(stream, name, labelled=True):
        if isinstance(message, str):
            rejected.append({"line": number, "error": message})
            continue
        found = classify(Message(message["text"]))
        guess = found.alternatives()[0]["category"]
        judged.append(Judged(message["category"], guess, found.confidence, found.unsure))
    return judged, rejected


def _named(source_file: str) -> str:
    return "stdin" if source_file == "-" else source_file


def _tell(row: dict[str, Any]) -> None:
    """One message's triage for people: what it is first, then why it is so urgent, then what was found."""
    feeling = row["sentiment"]["compound"]
    others = [f"{other['category']} {other['probability']:.0%}" for other in row["alternatives"]]
    unsure = f"not sure: choose one of {', '.join(others)}"
    details(
        [
            (
                "category",
                f"{row['category']} ({unsure if row['unsure'] else format(row['confidence'], '.0%')})",
            ),
            ("priority", row["priority"]),
            *(
                (f"  {step['step']}", f"+{step['add']} {step['priority']}: {step['why']}")
                for step in row["priority_steps"]
            ),
            ("sentiment", f"{feeling:+.2f}"),
            ("complexity", row["complexity"]),
            ("urgent words", ", ".join(row["urgency_indicators"])),
            ("keywords", ", ".join(row["keywords"])),
            ("names", ", ".join(f"{found['text']} ({found['type']})" for found in row["entities"])),
        ]
    )


def _tell_rows(call: Call, rows: list[dict[str, Any]]) -> None:
    read = [row for row in rows if "error" not in row]
    call.tell_all(
        rows if call.as_json else read,
        (
            Column("Line", "line", right=True),
            Column("Category", "category", whole=True),
            Column("Sure", lambda row: "no" if row["unsure"] else f"{row['confidence']:.0%}", right=True),
            Column("Priority", "priority", whole=True),
            Column("Mood", lambda row: f"{row['sentiment']['compound']:+.2f}", right=True),
            Column("Keywords", lambda row: ", ".join(row["keywords"])),
        ),
        "no message could be read",
    )
    if not call.as_json:
        _narrate_errors([row for row in rows if "error" in row])


def _tell_figures(figures: dict[str, Any]) -> None:
    details(
        [
            ("messages", f"{figures['messages']:,}"),
            ("accuracy", f"{figures['accuracy']:.1%} of the best guesses"),
            ("macro-F1", f"{figures['macro_f1']:.3f}"),
            ("coverage", f"{figures['coverage']:.1%}: on the others triage abstains"),
            ("  accuracy on it", f"{figures['covered_accuracy']:.1%}"),
            (
                "as answered",
                f"{figures['answered_accuracy']:.1%}, macro-F1 {figures['answered_macro_f1']:.3f}: "
                "abstaining counts as general_inquiry",
            ),
        ]
    )
    line()
    table(_confusion_columns(), list(_confusion_rows(figures["confusion"])), "")
    _narrate_errors(figures["rejected"])


def _confusion_columns() -> list[Column]:
    return [
        Column("It is / best guess", "category", whole=True),
        *(Column(short, name, right=True) for name, short in SHORT.items()),
    ]


def _confusion_rows(confusion: dict[str, dict[str, int]]) -> Iterator[dict[str, Any]]:
    for category, guesses in confusion.items():
        counts = {name: guesses.get(name) or "·" for name in CATEGORIES}
        yield {"category": f"{SHORT[category]} {category}", **counts}


def _narrate_errors(rows: Iterable[dict[str, Any]]) -> None:
    wrong = list(rows)
    if not wrong:
        return
    narrate(f"{plural(len(wrong), 'line')} could not be read:")
    for row in wrong[:ERRORS_SHOWN]:
        narrate(f"  line {row['line']}: {row['error']}")
    if len(wrong) > ERRORS_SHOWN:
        narrate(f"  ... and {len(wrong) - ERRORS_SHOWN:,} more: --json lists them all")
