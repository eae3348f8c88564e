"""``astra why``: how a booking came to its agent."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, booking_number, reading
from astra_tui.cli.output import Column, details, line, local, table
from dispatch import decisions

Row = dict[str, Any]


@click.command("why")
@booking_number
@reading
def why(call: Call, booking_id: int) -> None:
    """Tell why a booking went to its agent: the last decision, and who came next."""
    with call.desk():
        row = decisions.why(booking_id)
    call.tell(row, _tell)


COMMANDS = {"why": why}


def _tell(row: Row) -> None:
    holder = f"{row['agent_name']} ({row['agent_id']})" if row["agent_id"] is not None else "nobody: it waits"
    details(
        (
            ("booking", row["booking_id"]),
            ("agent", holder),
            ("because", row["reason"]),
            ("policy", row["policy"]),
            ("decided", local(row.get("decided_at"))),
        )
    )
    candidates = [candidate for candidate in (row.get("winner"), *row.get("next", ())) if candidate]
    if candidates:
        line()
        keys = [key for key in candidates[0] if key not in {"agent_id", "agent_name"}]
        table(
            (*_AGENT, *(Column(key.replace("_", " ").capitalize(), key, right=True) for key in keys)),
            candidates,
            "",
        )
    if row.get("excluded"):
        line()
        table((*_AGENT, Column("Kept out: who", "rule")), row["excluded"], "")


_AGENT = (Column("Id", "agent_id", right=True), Column("Agent", "agent_name"))
