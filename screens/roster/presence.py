"""How an agent is at work, on screen: a sign with words, and the form that changes it."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from models.agents import AVAILABLE, GONE
from screens.roster.presence_forms import presence_form
from screens.shell.desk_screen import Place
from screens.wording.agents import PRESENCE_SIGNS, presence_words
from screens.wording.consequences import plural
from screens.wording.text import BAD, CARE

Row = dict[str, Any]


def presence_text(agent: Row) -> Text:
    """The presence with its sign, end and reason; claimed work that nobody looks after stands out."""
    words = presence_words(agent)
    unattended = agent.get("unattended", 0)
    if agent["left_at"]:
        text = Text(words, "dim")
    else:
        style = "" if agent["presence"] == AVAILABLE else "dim" if agent["presence"] in GONE else CARE
        text = Text(f"{PRESENCE_SIGNS[agent['presence']]} {words}", style)
    return Text.assemble((f"! {unattended} unattended, ", f"bold {BAD}"), text) if unattended else text


def open_presence(place: Place, agent: Row) -> None:
    """Ask how the agent is at work, and tell what became of it."""
    form = presence_form(agent, place.backend.desk.now)
    place.open(form, lambda row: place.say(told_of_presence(row)))


def told_of_presence(row: Row) -> str:
    """What a toast says after it: who is how, and what became of the work."""
    told = [f"{row['name']} is {presence_words(row)}"]
    if row["moves"]:
        told.append(f"{plural(len(row['moves']), 'booking')} went to others or wait")
    if row["drained"]:
        told.append(f"{plural(len(row['drained']), 'waiting booking')} found an agent")
    return "; ".join(told)
