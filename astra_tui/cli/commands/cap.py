"""``astra cap``: how many leads an hour, a day or a week each agent gets."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, changing, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, line, required_keys
from astra_tui.cli.value_types import AGENT, CAP, DEPARTMENT, DESTINATION, SOURCE, Word
from dispatch.assignment.caps import remove_cap, set_cap
from dispatch.queries.caps import list_caps
from dispatch.queries.row_types import CapRow
from dispatch.queries.wording import moment
from models.windows import PERIODS


def _whom(row: CapRow) -> str:
    if row["agent_id"] is not None:
        return f"{row['agent_name'] or 'agent'} ({row['agent_id']})"
    return row["department"] or "each agent"


CAPS: Listing[CapRow] = Listing(
    (
        Column("Id", "cap_id", right=True),
        Column("Leads", "leads", right=True),
        Column("Per", "per"),
        Column("For", _whom),
        Column("Source", lambda row: row["source"] or "any"),
        Column("Destination", lambda row: row["destination"] or "any"),
        Column("At it now", "agents_at_cap", right=True),
        Column("Until", lambda row: moment(row["until"])),
    ),
    required_keys(CapRow, "was"),
    "cap_id",
)


@click.group("cap")
def cap() -> None:
    """Limit the leads an hour, a day or a week that each agent gets."""


@cap.command("list")
@formatted
@reading
def list_all(call: Call) -> None:
    """List the caps, with the number of agents who are at each now."""
    with call.desk():
        call.show_rows(list_caps(), CAPS, "no cap yet: astra cap set N --per hour")


@cap.command("set")
@click.argument("leads", metavar="N")
@click.option("--per", required=True, type=Word(PERIODS, "WINDOW"), help="One of " + ", ".join(PERIODS) + ".")
@click.option("--agent", "agent_id", type=AGENT, help="For this agent; default: for each.")
@click.option("--department", type=DEPARTMENT, help="For each agent of a department.")
@click.option("--source", type=SOURCE, help="Only leads from this source.")
@click.option("--destination", type=DESTINATION, help="Only leads to this destination.")
@changing
def set_(call: Call, /, **given: Any) -> None:
    """Let each agent get at most N leads in a window; the same cap gets another number."""
    call.show(call.change(set_cap, **given), _print_set)


@cap.command()
@click.argument("cap_id", type=CAP)
@changing
def remove(call: Call, cap_id: int) -> None:
    """Remove a cap; astra undo brings it back."""
    call.show(
        call.change(remove_cap, cap_id), lambda row: line(f"Removed cap {row['cap_id']}: {row['words']}")
    )


def _print_set(row: CapRow) -> None:
    before = f", {row['was']:,} before" if row.get("was") else ""
    line(f"Cap {row['cap_id']}: {row['words']}{before}")
