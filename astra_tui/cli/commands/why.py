"""``astra why``: why a booking went to its agent."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, booking_number, reading
from astra_tui.cli.output.printing import Column, details, line, section, table
from astra_tui.cli.value_types import AGENT
from dispatch.assignment import counterfactuals, explanations
from dispatch.assignment.row_types import DecisionRow, PolicyChoice
from dispatch.queries.wording import holder, key_word, moment
from models.base import Json


@click.command("why")
@booking_number
@click.option("--not", "not_agent", type=AGENT, help="Also show why not this agent.")
@click.option("--policies", is_flag=True, help="Also show who would get it now under each policy.")
@reading
def why(call: Call, booking_id: int, not_agent: int | None, policies: bool) -> None:
    """Show why a booking went to its agent: the last decision and the next candidates."""
    with call.desk() as desk:
        row = explanations.why(booking_id)
        more: Json = {}
        if not_agent is not None:
            more["not"] = counterfactuals.why_not(desk, booking_id, not_agent)
        if policies:
            more["policies"] = counterfactuals.other_policies(desk, booking_id)
    call.show({**row, **more}, lambda _: _print(row, more))


def _print(row: DecisionRow, more: Json) -> None:
    details(
        ("booking", row["booking_id"]),
        ("agent", holder(row, "nobody: it waits")),
        ("because", row["reason"]),
        ("policy", row["policy"]),
        ("decided", moment(row.get("decided_at"))),
    )
    if row.get("over_capacity"):
        line("above the agent's capacity, by hand")
    if row.get("over_cap"):
        line(f"above a cap, by hand: the agent {row['over_cap']}")
    candidates = [candidate for candidate in (row.get("winner"), *row.get("next", ())) if candidate]
    first = candidates[0] if candidates else {}
    keys = [key for key in first if key not in {"agent_id", "agent_name"}]
    figures = (Column[Json](key_word(key).capitalize(), key, right=True) for key in keys)
    section((*_AGENT, *figures), candidates)
    match = row.get("match")
    if match:
        line()
        parts = sorted(match["contributions"].items(), key=lambda part: -abs(part[1]))
        line(f"The score by current figures: {match['match_score']:.1f}")
        table(_PARTS, [{"feature": name, "part": part} for name, part in parts], "")
    section((*_AGENT, Column("Excluded by", "rule")), row.get("excluded", []))
    _print_more(more)


def _print_more(row: Json) -> None:
    """Print what --not and --policies asked for."""
    if row.get("not"):
        line()
        if row["not"].get("decided"):
            line(f"Decided {row['not']['decided']}")
        line(f"Not {row['not']['agent_name']} ({row['not']['agent_id']}): {row['not']['because']}")
    section(_POLICY, row.get("policies", ()))


_POLICY: tuple[Column[PolicyChoice], ...] = (
    Column("Policy", "policy"),
    Column("Would choose now", lambda row: row["agent_name"] or "nobody"),
    Column("Because", "reason"),
)
_PARTS = (
    Column[Json]("Feature", "feature"),
    Column[Json]("Part", "part", right=True, form="+.2f"),
)
_AGENT = (Column[Json]("Id", "agent_id", right=True), Column[Json]("Agent", "agent_name"))
