"""Who got how many leads, and was entitled to how many, today and over the last days."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import set_cell_size
from rich.text import Text

from dispatch.desk.desk import Desk
from dispatch.reporting import fairness
from dispatch.reporting.row_types import Fairness, FairShare
from screens.dialogs.panel import Panel
from screens.wording.text import CARE, short

TITLES = {"today": "Today", "7d": "7 days", "30d": "30 days"}
SORTED_BY = "7d"
MOST_AGENTS = 40
NAME, FIGURES = 18, 17  # cells
HEAD = f"{'got':>4} {'due':>5} {'owed':>5}"
SORTED_HEAD = f"{'got':>4} {'due':>5} {'owed▾':>5}"
ABOUT = (
    "Every lead is due to the agents who were available when it was given out, in proportion to their"
    " weights. Owed is what is missing; below 0 means they got more than their share. Evenness (Jain's index)"
    " is 1 if all got the same number."
)


def fairness_panel(desk: Desk) -> Panel:
    """Show the three windows side by side, who is owed most of a week first. Reads the database."""
    found = fairness.every_fairness(desk, TITLES)
    text = Text(f"{ABOUT}\n", overflow="fold")
    for window, title in TITLES.items():
        text.append(f"\n{title:<8}", "bold").append(fairness.summary(found[window]))
    text.append("\n\n").append_text(fairness_table(found))
    return Panel("Who got how many leads", text)


def fairness_table(found: Mapping[str, Fairness]) -> Text:
    """Format the agents with what each got, was due and is owed, window beside window."""
    rows = {window: {row["agent_id"]: row for row in one["agents"]} for window, one in found.items()}
    everybody = {agent_id: row for one in rows.values() for agent_id, row in one.items()}
    order = [*rows[SORTED_BY], *(agent_id for agent_id in everybody if agent_id not in rows[SORTED_BY])]
    text = Text(" " * NAME)
    for title in TITLES.values():
        text.append(f"{title:>{FIGURES}}", "bold")
    text.append("\n" + " " * NAME)
    for window in TITLES:
        text.append(f"{SORTED_HEAD if window == SORTED_BY else HEAD:>{FIGURES}}", "dim")
    for agent_id in order[:MOST_AGENTS]:
        text.append("\n" + set_cell_size(short(everybody[agent_id]["agent_name"], NAME - 1), NAME))
        for window in TITLES:
            text.append_text(_figures(rows[window].get(agent_id)))
    if len(order) > MOST_AGENTS:
        text.append(f"\n{len(order) - MOST_AGENTS:,} more: astra report fairness lists everybody", "dim")
    return text


def _figures(row: FairShare | None) -> Text:
    if row is None:
        return Text(f"{'–':>{FIGURES}}", "dim")
    goes_without = row["received"] == 0 and row["entitled"] >= 1
    sign = "+" if row["owed"] else ""  # nothing is owed: 0.0, and of no sign
    figures = f"{row['received']:>4} {row['entitled']:>5.1f} {row['owed']:>{sign}z5.1f}"
    return Text(f"{figures:>{FIGURES}}", f"bold {CARE}" if goes_without else "")
