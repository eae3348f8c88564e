"""An agent's presence on screen: a sign with words, and the form that changes it."""

from __future__ import annotations

from collections.abc import Sized

from rich.text import Text

from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import plural, presence_words
from models.agents import AVAILABLE, BREAK, GONE
from screens.roster.presence_forms import presence_form
from screens.shell.desk_screen import Place
from screens.wording.agents import PRESENCE_SIGNS
from screens.wording.text import BAD, CARE, GOOD


def presence_text(agent: AgentRow, now: str = "") -> Text:
    """Format the presence with its sign, end and reason; claimed work without an agent is highlighted.

    With a time ``now`` it is short, for a column.
    """
    words = presence_words(agent, now)
    unattended = agent.get("unattended", 0)
    if agent["left_at"]:
        text = Text(words, "dim")
    else:
        style = GOOD if agent["presence"] == AVAILABLE else "dim" if agent["presence"] in GONE else CARE
        text = Text.assemble((PRESENCE_SIGNS[agent["presence"]], style), f" {words}")
    return Text.assemble((f"! {unattended} unattended, ", f"bold {BAD}"), text) if unattended else text


def open_presence(place: Place, agent: AgentRow) -> None:
    """Ask for the agent's presence, and report the result."""
    place.open(presence_form(agent), lambda row: place.say_done(describe_presence_change(row)))


def _moves(row: AgentRow) -> tuple[tuple[Sized, str], ...]:
    return (row["moves"], "booking"), (row["issue_moves"], "issue")


def describe_presence_change(row: AgentRow) -> str:
    """Describe the agent's new presence, and where the work went, for the message line."""
    on = "on " if row["presence"] == BREAK else ""
    parts = [f"{row['name']} is {on}{presence_words(row)}"]
    if row.get("ended_absence"):
        parts.append("the absence is over")
    moved = [plural(len(moves), noun) for moves, noun in _moves(row) if moves]
    if moved:
        parts.append(f"{' and '.join(moved)} went to others or wait")
    if row["drained"]:
        parts.append(f"{plural(len(row['drained']), 'waiting booking')} now assigned")
    return "; ".join(parts)
