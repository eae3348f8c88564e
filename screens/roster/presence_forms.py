"""Forms for an agent's presence, and for the work of one who leaves."""

from __future__ import annotations

from rich.text import Text

from dispatch import agents
from dispatch.agents import handover, presence
from dispatch.agents.handover import DESK
from dispatch.desk.desk import Desk
from dispatch.inputs import due_times, shift_hours
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import day_and_moment, presence_words
from models.agents import AVAILABLE, GONE, PRESENCES
from models.clock import local_offset
from screens.dialogs.form import Field, FormModal, Values, picked
from screens.fields.preview import Preview
from screens.wording.consequences import of_an_agent

TO_DESK, TO_AGENT = "The desk", "An agent"


def presence_form(agent: AgentRow) -> FormModal[AgentRow]:
    """Set the agent available, busy, on break, away or offline; an absent one is offered to return."""
    number = agent["agent_id"]

    def describe(typed: str, now: str) -> str:
        if not typed.strip():
            return ""
        return f"= {day_and_moment(due_times.understand(typed, now, local_offset()))}, then available"

    def look(desk: Desk, values: Values) -> Text:
        row = desk.rehearse(lambda: presence.set_presence(desk, number, **values))
        if values["presence"] == AVAILABLE:
            return of_an_agent(row | {"kept": []}, "")
        kept = f"with {agent['name']}" + (", claimed and unattended" if values["presence"] in GONE else "")
        return Text.assemble("No new work. ", of_an_agent(row, kept), overflow="fold")

    return FormModal(
        f"Presence of {agent['name']}",
        [
            Field("presence", "Presence", AVAILABLE, PRESENCES, required=True),
            Field("until", "Until", hint="in 30 min, 14:00; empty: until changed", note=describe),
            Field("reason", "Reason", hint="shown to everyone"),
        ],
        lambda desk, values: presence.set_presence(desk, number, **values),
        submit="Set presence",
        about=f"Now {presence_words(agent)}.",
        preview=Preview(look, only=("presence", "until")),
    )


def shift_form(agent: AgentRow) -> FormModal[AgentRow]:
    number = agent["agent_id"]

    def describe(typed: str, _: str) -> str:
        text = typed.strip()
        if text in ("", "none"):
            return "no shift: presence is set by hand"
        return f"= {shift_hours.understand(text, local_offset())}"

    def look(desk: Desk, values: Values) -> Text:
        row = desk.rehearse(lambda: presence.set_hours(desk, number, values["hours"]))
        kept = f"with {agent['name']}"
        return Text.assemble(f"From now on {presence_words(row)}. ", of_an_agent(row, kept), overflow="fold")

    return FormModal(
        f"Shift of {agent['name']}",
        [Field("hours", "Hours", agent["hours"] or "", hint="mon-fri 09:00-17:00, or none", note=describe)],
        lambda desk, values: presence.set_hours(desk, number, values["hours"]),
        submit="Save shift",
        about=f"Examples: {shift_hours.EXAMPLES}",
        changes_only=True,
        preview=Preview(look),
    )


def handover_form(agent: AgentRow, others: list[AgentRow]) -> FormModal[AgentRow]:
    """Hand over all of an agent's work, claimed or not, to another agent or to the policy's choices."""
    number = agent["agent_id"]
    takers = tuple(row for row in others if row["agent_id"] != number)
    names = {str(row["agent_id"]): row["name"] for row in takers}

    def taker(values: Values) -> int | str:
        return picked(values.get("agent", ""), "agent") if values["to"] == TO_AGENT else DESK

    def look(desk: Desk, values: Values) -> Text:
        to = taker(values)
        row = desk.rehearse(lambda: handover.hand_over(desk, number, to))
        return of_an_agent(row, f"with {agent['name']}", names.get(str(to), "An agent"))

    fields = [Field("to", "Give it to", TO_DESK, (TO_DESK, TO_AGENT))]
    return FormModal(
        f"Hand over {agent['name']}'s work",
        [*fields, Field("agent", "Agent", agents=takers, only_if=("to", TO_AGENT))] if takers else fields,
        lambda desk, values: handover.hand_over(desk, number, taker(values)),
        submit="Hand over work",
        about="Astra picks the next best agent for each booking.",
        preview=Preview(look),
    )


def leaving_form(agent: AgentRow) -> FormModal[AgentRow]:
    """Deactivate an agent who holds work, after handing all of it over."""
    number = agent["agent_id"]

    def look(desk: Desk, _: Values) -> Text:
        row = desk.rehearse(lambda: agents.leave(desk, number, True))
        return of_an_agent(row | {"kept": []}, "")

    return FormModal(
        f"Deactivate {agent['name']}",
        [],
        lambda desk, _: agents.leave(desk, number, True),
        submit="Hand over and deactivate",
        about="Astra reassigns all of the agent's work, claimed too.",
        preview=Preview(look),
    )
