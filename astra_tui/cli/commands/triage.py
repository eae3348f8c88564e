"""``astra triage``: classify customers' messages, one by one or from a file; needs no desk."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.database import database_path, opened
from astra_tui.cli.input_files import input_file, title_of
from astra_tui.cli.options import Call, formatted, reading
from astra_tui.cli.output.printing import (
    Column,
    Listing,
    details,
    first_lines,
    line,
    narrate,
    required_keys,
    table,
)
from dispatch.queries.wording import plural
from dispatch.triage import known_names
from dispatch.triage.categories import CATEGORIES, tier
from dispatch.triage.entities import KnownNames
from dispatch.triage.evaluation import Judged, evaluate
from dispatch.triage.message import Message
from dispatch.triage.message_files import messages
from dispatch.triage.pipeline import classify, triage
from dispatch.triage.row_types import Triage
from models.base import Json
from models.errors import DatabaseUnavailable, InvalidInput, NotPermitted
from models.opening import is_there

SHORT = {name: "".join(word[0] for word in name.split("_")).upper() for name in CATEGORIES}
"""The headings of the confusion table: TS for technical_support."""


EVALUATE_HELP = 'Measure triage on labelled JSONL: {"text": ..., "category": ...} a line; - reads stdin.'


@click.command("triage")
@click.argument("text", required=False)
@click.option("--tier", "customer_tier", metavar="TIER", help="The customer's tier; it affects the priority.")
@click.option(
    "--from", "source_file", metavar="FILE", help='Read JSONL: {"text": ...} a line; - reads stdin.'
)
@click.option("--evaluate", "labelled_file", metavar="FILE", help=EVALUATE_HELP)
@formatted
@reading
def triage_command(
    call: Call,
    /,
    text: str | None,
    customer_tier: str | None,
    source_file: str | None,
    labelled_file: str | None,
) -> None:
    """Classify a customer's message: its category, sentiment and urgency.

    With a desk, the names of its destinations, packages, launch locations and agents are recognised.
    """
    if sum(given is not None for given in (text, source_file, labelled_file)) != 1:
        raise click.UsageError("give one of TEXT, --from FILE and --evaluate FILE")
    checked = tier(customer_tier)
    if labelled_file is not None:
        if checked is not None:
            raise click.UsageError(
                "--tier and --evaluate exclude each other: categories do not depend on the tier"
            )
        call.show(_evaluated(labelled_file), _print_figures)
    elif source_file is not None:
        _print_rows(call, _rows(source_file, checked, _known(call)))
    else:
        call.show(triage(text or "", customer_tier=checked, known=_known(call)), _print)


def _known(call: Call) -> KnownNames:
    """Return the names known to the desk, if there is one; a desk given by --db must exist."""
    named = call.database is not None
    try:
        path = database_path(call.database)
        if named or is_there(path):
            with opened(path, call.actor):
                return known_names.of_the_desk()
    except (DatabaseUnavailable, NotPermitted) as error:
        if named:
            raise
        narrate(f"Warning: without the desk's own names: {error.message}")
    return known_names.of_a_new_desk()


def _rows(source_file: str, customer_tier: str | None, known: KnownNames) -> list[Json]:
    """Triage each line, in order; a line that cannot be read has an ``error``."""
    with input_file(source_file, "name a JSONL file") as stream:
        return [
            {"line": number, "error": message}
            if isinstance(message, str)
            else {"line": number, **triage(message["text"], customer_tier=customer_tier, known=known)}
            for number, message in messages(stream, title_of(source_file))
        ]


def _evaluated(labelled_file: str) -> Json:
    judged, rejected = [], []
    with input_file(labelled_file, "name a JSONL file") as stream:
        for number, message in messages(stream, title_of(labelled_file), labelled=True):
            if isinstance(message, str):
                rejected.append({"line": number, "error": message})
                continue
            found = classify(Message(message["text"]))
            guess = found.alternatives()[0]["category"]
            judged.append(Judged(message["category"], guess, found.confidence, found.unsure))
    if not judged:
        raise InvalidInput(
            "file",
            f"{title_of(labelled_file)} has no labelled message"
            + (f" (line {rejected[0]['line']}: {rejected[0]['error']})" if rejected else ""),
            'an object a line: {"text": "...", "category": "..."}; categories: ' + ", ".join(CATEGORIES),
        )
    return evaluate(judged) | {"rejected": rejected}


def _print(row: Triage) -> None:
    """Print the triage of one message: its category, its priority and why, and what was found."""
    feeling = row["sentiment"]["compound"]
    others = [f"{other['category']} {other['probability']:.0%}" for other in row["alternatives"]]
    unsure = f"not sure: choose one of {', '.join(others)}"
    details(
        ("category", f"{row['category']} ({unsure if row['unsure'] else format(row['confidence'], '.0%')})"),
        ("priority", row["priority"]),
        *(
            (f"  {step['step']}", f"+{step['add']} {step['priority']}: {step['why']}")
            for step in row["priority_steps"]
        ),
        ("sentiment", f"{feeling:+z.2f}"),
        ("complexity", row["complexity"]),
        ("urgent words", ", ".join(row["urgency_indicators"])),
        ("keywords", ", ".join(row["keywords"])),
        ("names", ", ".join(f"{found['text']} ({found['type']})" for found in row["entities"])),
    )


def _print_rows(call: Call, rows: list[Json]) -> None:
    read = [row for row in rows if "error" not in row]
    call.show_rows(
        rows if call.as_json else read,
        Listing(
            (
                Column("Line", "line", right=True),
                Column("Category", "category", whole=True),
                Column("Sure", lambda row: "no" if row["unsure"] else f"{row['confidence']:.0%}", right=True),
                Column("Priority", "priority", whole=True),
                Column("Mood", lambda row: row["sentiment"]["compound"], right=True, form="+.2f"),
                Column("Keywords", lambda row: ", ".join(row["keywords"])),
            ),
            ("line", *required_keys(Triage)),
            "line",
        ),
        "no message could be read",
    )
    if not call.as_json:
        _narrate_errors([row for row in rows if "error" in row])


def _print_figures(figures: Json) -> None:
    details(
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
    )
    line()
    columns = [Column[Json](short, name, right=True) for name, short in SHORT.items()]
    rows = [
        {name: guesses.get(name) or "·" for name in CATEGORIES} | {"is": f"{SHORT[category]} {category}"}
        for category, guesses in figures["confusion"].items()
    ]
    table([Column("It is / best guess", "is", whole=True), *columns], rows, "")
    _narrate_errors(figures["rejected"])


def _narrate_errors(rows: list[Json]) -> None:
    if rows:
        narrate(f"{plural(len(rows), 'line')} could not be read:")
        first_lines([f"line {row['line']}: {row['error']}" for row in rows], narrate)
