"""``astra why``: how a booking came to its agent."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import AGENT, Call, booking_number, reading
from astra_tui.cli.output.printing import Column, details, line, table
from dispatch.assignment import counterfactuals, explanations
from dispatch.assignment.row_types import DecisionRow, PolicyChoice
from dispatch.queries.wording import holder, moment
from models.base import Json


@click.command("why")
@booking_number
@click.option("--not", "not_agent", type=AGENT, metavar="AGENT", help="Also why it is not with this agent.")
@click.option("--policies", is_flag=True, help="Also whom each policy would choose, were it given out now.")
@reading
def why(call: Call, booking_id: int, not_agent: int | None, policies: bool) -> None:
    """Tell why a booking went to its agent: the last decision, and who came next."""
    with call.desk() as desk:
        row = explanations.why(booking_id)
        more: Json = {}
        if not_agent is not None:
            more["not"] = counterfactuals.why_not(desk, booking_id, not_agent)
        if policies:
            more["policies"] = counterfactuals.other_policies(desk, booking_id)
    call.tell({**row, **more}, lambda _: _tell(row, more))


COMMANDS = {"why": why}


def _tell(row: DecisionRow, more: Json) -> None:
    details(
        (
            ("booking", row["booking_id"]),
            ("agent", holder(row, "nobody: it waits")),
            ("because", row["reason"]),
            ("policy", row["policy"]),
            ("decided", moment(row.get("decided_at"))),
        )
    )
    if row.get("over_capacity"):
        line("above the agent's capacity, by hand")
    candidates = [candidate for candidate in (row.get("winner"), *row.get("next", ())) if candidate]
    if candidates:
        line()
        keys = [key for key in candidates[0] if key not in {"agent_id", "agent_name"}]
        table(
            (*_AGENT, *(Column(key.replace("_", " ").capitalize(), key, right=True) for key in keys)),
            candidates,
            "",
        )
    match = row.get("match")
    if match:
        line()
        parts = sorted(match["contributions"].items(), key=lambda part: -abs(part[1]))
        line(f"The score by the figures of now: {match['match_score']:.1f}")
        table(_PARTS, [{"feature": name, "part": part} for name, part in parts], "")
    if row.get("excluded"):
        line()
        kept_out: list[Json] = [{**one} for one in row["excluded"]]
        table((*_AGENT, Column("Kept out: who", "rule")), kept_out, "")
    _tell_more(more)


def _tell_more(row: Json) -> None:
    """What was asked beside the decision."""
    if row.get("not"):
        line()
        if row["not"].get("decided"):
            line(f"Decided {row['not']['decided']}")
        line(f"Not {row['not']['agent_name']} ({row['not']['agent_id']}): {row['not']['because']}")
    if row.get("policies"):
        line()
        table(_POLICY, row["policies"], "")


_POLICY: tuple[Column[PolicyChoice], ...] = (
    Column("Policy", "policy"),
    Column("Would choose now", lambda row: row["agent_name"] or "nobody"),
    Column("Because", "reason"),
)
_PARTS = (
    Column[Json]("Feature", "feature"),
    Column[Json]("Part", lambda row: f"{row['part']:+.2f}", right=True),
)
_AGENT = (Column[Json]("Id", "agent_id", right=True), Column[Json]("Agent", "agent_name"))
