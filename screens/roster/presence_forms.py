"""Forms for an agent's presence, and for the work of one who leaves."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from dispatch import agents, queries
from dispatch.agents import handover, presence
from dispatch.agents.handover import DESK
from dispatch.desk.desk import Desk
from dispatch.inputs.times import due_times, hours
from dispatch.queries.row_types import AgentRow, BookingRow
from dispatch.queries.wording import day_and_moment, presence_words
from models.agents import AVAILABLE, GONE, PRESENCES
from models.calendars import terminal
from models.clock import from_text, to_text
from screens.dialogs.form import Field, FormModal, Values
from screens.fields.agent_picker import picked
from screens.fields.preview import Preview
from screens.wording.consequences import of_an_agent
from screens.wording.text import short

TO_DESK, TO_AGENT = "The desk", "An agent"


def _rehearsed(desk: Desk, command: Callable[[], AgentRow]) -> tuple[AgentRow, list[BookingRow]]:
    """Return a command's result without its effects, and the waiting bookings that would get an agent."""

    def run() -> tuple[AgentRow, list[BookingRow]]:
        row = command()
        return row, queries.bookings_by_id(row.get("drained", []))

    return desk.rehearse(run)


def presence_form(agent: AgentRow) -> FormModal[AgentRow]:
    """Set the agent available, busy, on break, away or offline; an absent one is offered to return."""
    number = agent["agent_id"]

    def describe(typed: str, now: str) -> str:
        if not typed.strip():
            return ""
        end = due_times.understand_end(typed, now, terminal())
        return f"= {day_and_moment(end)}, then {_what_follows(agent['hours'], end)}"

    def look(desk: Desk, values: Values) -> Text:
        row, drained = _rehearsed(desk, lambda: presence.set_presence(desk, number, **values))
        if values["presence"] == AVAILABLE:
            return of_an_agent(row | {"kept": []}, "", drained=drained)
        kept = f"with {agent['name']}" + (", claimed and unattended" if values["presence"] in GONE else "")
        return Text.assemble("No new work. ", of_an_agent(row, kept, drained=drained), overflow="fold")

    return FormModal(
        f"Presence of {agent['name']}",
        [
            Field("presence", "Presence", AVAILABLE, PRESENCES, required=True),
            Field("until", "Until", hint="20 (minutes), 2h, 9:00; empty: until changed", note=describe),
            Field("reason", "Reason", hint="shown to everyone"),
        ],
        lambda desk, values: presence.set_presence(desk, number, **values),
        submit="Set presence",
        about=f"Now {presence_words(agent)}.",
        preview=Preview(look, only=("presence", "until")),
    )


def _what_follows(shift: str | None, end: str) -> str:
    """Say what an agent with these hours is when a presence ends: the shift may be over by then."""
    worked = hours.in_sight(shift) if shift else None
    if worked is None or worked.is_on(from_text(end)):
        return "available"
    begins = worked.next_turn(from_text(end))
    return "off shift" + (f" until {day_and_moment(to_text(begins))}" if begins else "")


def shift_form(agent: AgentRow) -> FormModal[AgentRow]:
    number = agent["agent_id"]

    def describe(typed: str, _: str) -> str:
        text = typed.strip()
        if text in ("", "none"):
            return "No shift: presence is set by hand"
        return f"= {hours.of_a_shift(text)}"

    def look(desk: Desk, values: Values) -> Text:
        row, drained = _rehearsed(desk, lambda: presence.set_hours(desk, number, values["hours"]))
        effect = of_an_agent(row, f"with {agent['name']}", drained=drained)
        return Text.assemble(f"{_from_now(agent, row)}. ", effect, overflow="fold")

    return FormModal(
        f"Shift of {agent['name']}",
        [Field("hours", "Hours", agent["hours"] or "", hint="mon-fri 09:00-17:00, or none", note=describe)],
        lambda desk, values: presence.set_hours(desk, number, values["hours"]),
        submit="Save shift",
        about=f"Examples: {hours.EXAMPLES}",
        changes_only=True,
        preview=Preview(look),
    )


def _from_now(before: AgentRow, row: AgentRow) -> str:
    """Say which presence begins at once: ``Offline from now: shift over``."""
    if row["presence"] == before["presence"]:
        return f"Stays {row['presence']}"
    reason = row["presence_reason"]
    return f"{row['presence'].capitalize()} from now" + (f": {reason}" if reason else "")


def handover_form(agent: AgentRow, others: list[AgentRow]) -> FormModal[AgentRow]:
    """Hand over all of an agent's work, claimed or not, to another agent or to the policy's choices."""
    number = agent["agent_id"]
    takers = tuple(row for row in others if row["agent_id"] != number)
    names = {str(row["agent_id"]): row["name"] for row in takers}

    def taker(values: Values) -> int | str:
        return picked(values.get("agent", ""), "agent") if values["to"] == TO_AGENT else DESK

    def look(desk: Desk, values: Values) -> Text:
        to = taker(values)
        row, drained = _rehearsed(desk, lambda: handover.hand_over(desk, number, to))
        kept = f"with {agent['name']}: nobody else can take {'it' if len(row['kept']) == 1 else 'them'}"
        return of_an_agent(row, kept, names.get(str(to), "An agent"), drained)

    def consequence(values: Values) -> str:
        to = taker(values)
        whose = f"all of {agent['name']}'s work goes"
        return f"{whose} through the desk" if to == DESK else f"{whose} to {names.get(str(to), 'the agent')}"

    fields = [Field("to", "Give it to", TO_DESK, (TO_DESK, TO_AGENT))]
    return FormModal(
        f"Hand over {agent['name']}'s work",
        [*fields, _taking(takers)] if takers else fields,
        lambda desk, values: handover.hand_over(desk, number, taker(values)),
        submit="Hand over work",
        about="All bookings and issues, claimed or not; through the desk, each goes to the next best agent.",
        preview=Preview(look),
        asks=consequence,
    )


def _taking(takers: tuple[AgentRow, ...]) -> Field:
    return Field("agent", "Agent", agents=takers, required=True, only_if=("to", TO_AGENT))


class Deactivation(FormModal[AgentRow]):
    """It has no field, and enter alone must not deactivate anybody: the focus is on the way out."""

    AUTO_FOCUS = "#close"
    stays = ""
    """The agent who stays active where nothing was done."""

    def nothing_done(self) -> str:
        return f"Nothing changed: {short(self.stays)} stays active"


def leaving_form(agent: AgentRow) -> FormModal[AgentRow]:
    """Deactivate an agent who holds work, after handing all of it over."""
    number = agent["agent_id"]

    def look(desk: Desk, _: Values) -> Text:
        row = desk.rehearse(lambda: agents.leave(desk, number, True))
        return of_an_agent(row | {"kept": []}, "")

    form = Deactivation(
        f"Deactivate {agent['name']}",
        [],
        lambda desk, _: agents.leave(desk, number, True),
        submit="Hand over and deactivate",
        about="Astra reassigns all work, including claimed bookings.",
        preview=Preview(look),
    )
    form.stays = agent["name"]
    return form
