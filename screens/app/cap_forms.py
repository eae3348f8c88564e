"""Forms for the caps on agents' leads: those in force, one to set, and one to remove."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from dispatch.assignment.caps import MOST_LEADS, remove_cap, set_cap
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.queries.agents import list_agents
from dispatch.queries.caps import cap_words, list_caps, until_words
from dispatch.queries.row_types import AgentRow, CapRow
from dispatch.queries.wording import plural
from models.caps import CapRule
from models.windows import HOUR, PERIODS
from screens.dialogs.form import Field, FormModal, Values
from screens.dialogs.panel import Panel
from screens.fields.agent_picker import picked
from screens.fields.preview import Preview
from screens.wording.text import CARE

NO_CAPS = "No caps yet"
ONE, DEPARTMENT, EACH = WHOM = ("one agent", "department", "each agent")
"""The narrowest first, which enter alone takes."""


@dataclass(frozen=True)
class Choices:
    """What a cap can be about."""

    agents: tuple[AgentRow, ...]
    departments: tuple[str, ...]
    sources: tuple[str, ...]
    destinations: tuple[str, ...]


def choices(desk: Desk) -> Choices:
    """Read what a cap can be about."""
    values = desk.values
    return Choices(
        tuple(list_agents()), values.of("department"), values.of("source"), values.of("destination")
    )


def cap_form(found: Choices, agent_id: int | None = None) -> FormModal[CapRow]:
    """Let one agent, or several, get only so many leads in a window; below are the caps in force.

    It is about the agent ``agent_id``, unless another one is chosen; without one, somebody must be.
    """

    def look(desk: Desk, given: Values) -> Text:
        text = Text(overflow="fold")
        if given["leads"].strip():
            row = desk.rehearse(lambda: _set(desk, given))
            before = f", {row['was']:,} before" if row.get("was") else ""
            text.append(f"{row['words']}{before}\n", "bold")
        return text.append_text(_in_force(list_caps()))

    def consequence(given: Values) -> str:
        """Name a cap that is for everybody."""
        if given["whom"] != EACH:
            return ""
        trip = given["source"] or None, given["destination"] or None
        words = cap_words(CapRule(0, _leads(given["leads"]), given["per"], None, None, *trip))
        return words.replace("for each agent", f"for each of {plural(len(found.agents), 'agent')}")

    return FormModal(
        "Set a cap",
        _fields(found, agent_id),
        _set,
        submit="Set cap",
        about="What an agent gets in an hour, a day or a week; source and destination are optional.",
        preview=Preview(look),
        asks=consequence,
    )


def _fields(found: Choices, agent_id: int | None) -> list[Field]:
    return [
        Field(
            "leads",
            "At most",
            hint="leads, such as 5",
            required=True,
            check=_leads,
            called="number of leads",
        ),
        Field("per", "Per", HOUR, PERIODS, required=True, stops=True),
        Field("whom", "For", ONE, WHOM, required=True, stops=True),
        Field(
            "agent",
            "Agent",
            str(agent_id or ""),
            agents=found.agents,
            required=True,
            only_if=("whom", ONE),
            stops=True,
        ),
        Field(
            "department",
            "Department",
            options=found.departments,
            required=True,
            only_if=("whom", DEPARTMENT),
        ),
        Field("source", "Source", options=found.sources),
        Field("destination", "Destination", options=found.destinations),
    ]


def _leads(text: str) -> int:
    return validation.whole(text, "leads", 1, MOST_LEADS)


def _set(desk: Desk, given: Values) -> CapRow:
    return set_cap(
        desk,
        given["leads"],
        given["per"],
        picked(given["agent"], "agent") if given["whom"] == ONE else None,
        given["department"] if given["whom"] == DEPARTMENT else None,
        given["source"] or None,
        given["destination"] or None,
    )


def _in_force(caps: list[CapRow]) -> Text:
    text = Text("In force:" if caps else NO_CAPS, "dim", overflow="fold")
    for row in caps:
        at_it = f"; reached by {plural(row['agents_at_cap'], 'agent')}" if row["agents_at_cap"] else ""
        text.append(f"\n{row['cap_id']:>3}  {row['words']}{at_it}", "not dim")
    return text


def caps_panel() -> Panel:
    """List the caps in force, each with the number of agents who are at it. Reads the database."""
    text = Text(overflow="fold")
    for row in list_caps():
        told, style = "nobody has reached it", "dim"
        if row["until"] is not None:
            at_it = plural(row["agents_at_cap"], "agent")
            told, style = f"reached by {at_it}, the first until {until_words(row['until'])}", f"bold {CARE}"
        text.append("\n" if text else "").append(f"{row['cap_id']:>3}  ", "dim").append(row["words"])
        text.append(f"\n     {told}", style)
    none = f"{NO_CAPS}. “Cap: set” in the palette limits the leads an agent gets an hour, a day or a week"
    return Panel("Caps", text if text else Text(none))


def cap_removal_form(caps: list[CapRow]) -> FormModal[CapRow]:
    """Remove one of the caps in force."""
    numbers = {row["words"]: row["cap_id"] for row in caps}
    return FormModal(
        "Remove a cap",
        [Field("cap", "Cap", options=tuple(numbers), required=True)],
        lambda desk, given: remove_cap(desk, numbers[given["cap"]]),
        submit="Remove cap",
        about="Bookings held back by this cap are assigned at once.",
    )
