"""``astra match``: how well each agent suits a lead, and why."""

from __future__ import annotations

from functools import partial

import rich_click as click

from astra_tui.cli.options import Call, formatted, lead_options, reading, with_parameters
from astra_tui.cli.output.printing import Column, Listing, narrate, required_keys
from dispatch.matching import weights
from dispatch.matching.assessment import glance
from dispatch.matching.conversion_rates import rates
from dispatch.matching.features import one_moment
from dispatch.matching.lead_terms import terms_of
from dispatch.matching.row_types import AgentScore

STRONGEST_SHOWN = 3


WEIGHTS_HELP = "published, learned, a version, or a JSON file; default: those in use."
terms_and_weights = partial(
    with_parameters,
    parameters=(
        *lead_options(required=True),
        click.option("--weights", "weights_name", metavar="NAME|FILE", help=WEIGHTS_HELP),
    ),
)


@click.command("match")
@terms_and_weights
@formatted
@reading
def match(call: Call, /, weights_name: str | None, **lead: str) -> None:
    """Score every agent for a lead, best first: 0 to 100, with the parts of each score."""
    with call.desk() as desk:
        terms = terms_of(desk, **lead)
        with one_moment():
            seen = glance(terms, weights.named(weights_name))
            known = {rate.agent_id: rate.row() for rate in rates()}
        policy = desk.settings["policy"]
    rows = [agent.row() | {"rate": known[agent.agent_id]} for agent in seen.scores.agents]
    call.show_rows(rows, LISTING, "")
    if seen.scores.note:
        narrate(seen.scores.note)
    if call.is_for_people:
        narrate(f"weights: {seen.weights.name}. {seen.verdict.under(policy)}")
        if seen.chance is not None:
            narrate(f"chance to confirm: {seen.chance.probability:.0%} ({seen.chance.reason})")


def _strongest(row: AgentScore) -> str:
    """Return the largest contributions to a score, signed."""
    parts = sorted(row["contributions"].items(), key=lambda part: -abs(part[1]))
    return "  ".join(
        f"{name.removesuffix('_score')} {value:+z.2f}" for name, value in parts[:STRONGEST_SHOWN]
    )


COLUMNS: tuple[Column[AgentScore], ...] = (
    Column("Id", "agent_id", right=True),
    Column("Agent", "agent_name"),
    Column("Score", "match_score", right=True, form=".1f"),
    Column("Most of it", _strongest),
    Column("Confirmed, shrunk", lambda row: "{rate:.0%} ({low:.0%} to {high:.0%})".format(**row["rate"])),
)
LISTING = Listing(COLUMNS, required_keys(AgentScore, "rate"), "agent_id")
