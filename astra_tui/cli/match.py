"""``astra match``: how well each agent suits a lead, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, reading
from astra_tui.cli.output import Column, narrate
from dispatch.match import evidence, weights
from dispatch.match.lead import terms_of
from dispatch.match.score import score

Row = dict[str, Any]

STRONGEST_SHOWN = 3


def lead_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say what the lead is like, and what is weighed by."""
    for option in reversed(
        (
            click.option("--method", required=True, metavar="NAME", help="How the customer got in touch."),
            click.option("--source", required=True, metavar="NAME", help="Where the lead came from."),
            click.option(
                "--destination", required=True, metavar="NAME", help="Where the customer wants to go."
            ),
            click.option("--launch", required=True, metavar="NAME", help="The launch location."),
            click.option("--requests", metavar="TEXT", help="What else the customer asked for."),
            click.option(
                "--weights",
                "weights_name",
                metavar="NAME|FILE",
                help="published, learned, a version, or a JSON file; default: those in use.",
            ),
        )
    ):
        function = option(function)
    return function


@click.command("match")
@lead_options
@reading
def match(call: Call, /, weights_name: str | None, **lead: str) -> None:
    """Score every agent for a lead, best first: 0 to 100, with what each score is made of."""
    with call.desk() as desk:
        used = weights.named(weights_name)
        found = score(terms_of(desk, **lead), used.weights)
        verdict = evidence.verdict(used)
    rows = [agent.row() for agent in found.agents]
    call.tell_all(rows, COLUMNS, "")
    for note in (found.note, None if call.as_json else f"weights: {used.name}. {verdict.sentence}"):
        if note:
            narrate(note)


COMMANDS = {"match": match}


def _strongest(row: Any) -> str:
    """The contributions that move the score most, signed."""
    parts = sorted(row["contributions"].items(), key=lambda part: -abs(part[1]))
    return "  ".join(f"{name.removesuffix('_score')} {value:+.2f}" for name, value in parts[:STRONGEST_SHOWN])


COLUMNS = (
    Column("Id", "agent_id", right=True),
    Column("Agent", "agent_name"),
    Column("Score", lambda row: f"{row['match_score']:.1f}", right=True),
    Column("Most of it", _strongest),
)
