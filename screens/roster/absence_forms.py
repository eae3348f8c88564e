"""Forms for planned absences, and for the end of cover."""

from __future__ import annotations

from rich.text import Text

from dispatch import queries
from dispatch.agents import cover, planned_absences
from dispatch.agents.row_types import AbsenceRow, CoverRow
from dispatch.desk.desk import Desk
from dispatch.queries.row_types import AgentRow, BookingRow
from dispatch.queries.wording import day_and_moment, plural, short_moment
from models.errors import Refused
from screens.dialogs.form import Field, FormModal, Values
from screens.fields.preview import Preview
from screens.wording.consequences import of_an_agent
from screens.wording.text import short

WHEN = "today, mon, 2082-12-24: whole days; or 14:00, fri 12:00"


def absence_form(agent: AgentRow, others: list[AgentRow]) -> FormModal[AbsenceRow]:
    """Plan an absence of an agent; the preview has the work that would move if it began now."""
    number = agent["agent_id"]

    def look(desk: Desk, values: Values) -> Text:
        if not (values["since"].strip() and values["until"].strip()):
            return Text("Give the first and the last day")
        row = planned_absences.preview(desk, number, *_given(values))
        text = Text(f"{day_and_moment(row['from_at'])} until {day_and_moment(row['until_at'])}", "bold")
        if row.get("merged"):
            text.append(f", joined with {plural(len(row['merged']), 'absence')}", "not bold")
        text.append("\n" if row["from_at"] <= desk.now() else "\nIf it began now: ", "not bold")
        return text.append_text(_effect(agent, row))

    return FormModal(
        f"Absence of {agent['name']}",
        [
            Field("since", "From", "today", hint=WHEN, required=True, called="start"),
            Field("until", "To", hint="the last day, or a time", required=True, called="end"),
            Field("reason", "Reason", hint="shown to everyone"),
            Field("substitute", "Substitute", agents=tuple(others), hint="covers claimed bookings"),
        ],
        lambda desk, values: planned_absences.add(desk, number, *_given(values)),
        submit="Plan absence",
        about="It begins and ends by itself. Unclaimed work goes by the policy, claimed work is covered.",
        preview=Preview(look),
    )


def _given(values: Values) -> tuple[str, str, str | None, int | None]:
    chosen = values.get("substitute", "")
    return values["since"], values["until"], values["reason"] or None, int(chosen) if chosen else None


def _effect(agent: AgentRow, row: AbsenceRow) -> Text:
    """Describe the work that moves. Reads the names."""
    name = row["substitute_name"]
    kept = f"until {name} covers" if name else f"with {agent['name']}, claimed and unattended"
    done: AgentRow = {
        **agent,
        "moves": row.get("moves", []),
        "issue_moves": row.get("issue_moves", []),
        "kept": row.get("kept", []),
    }
    return of_an_agent(done, kept)


def planned(row: AbsenceRow) -> tuple[str, str]:
    """Say that an absence is planned, then in brief."""
    when = f"{short_moment(row['from_at'])} until {short_moment(row['until_at'])}"
    return f"Planned: {short(row['agent_name'], 20)} is absent {when}", "Absence planned"


def absence_removal_form(agent: AgentRow, absences: list[AbsenceRow]) -> FormModal[AbsenceRow]:
    """Remove one of an agent's absences. Raises Refused if there is none."""
    if not absences:
        raise Refused("no_absence", f"No absence of {agent['name']} is planned")
    number = agent["agent_id"]
    found = {
        f"{day_and_moment(row['from_at'])} until {day_and_moment(row['until_at'])}": row["absence_id"]
        for row in absences
    }
    return FormModal(
        f"Remove an absence of {agent['name']}",
        [Field("absence", "Absence", options=tuple(found), required=True)],
        lambda desk, given: planned_absences.remove(desk, number, found[given["absence"]]),
        submit="Remove absence",
        about="If it has begun, the agent is back at once.",
    )


class GivenBack(FormModal[CoverRow]):
    """It has no field: enter gives back what the preview names."""

    AUTO_FOCUS = "#submit"


def cover_form(agent: AgentRow) -> FormModal[CoverRow]:
    """Give an agent's covered bookings back."""
    number = agent["agent_id"]

    def look(desk: Desk, _: Values) -> Text:
        row = desk.rehearse(lambda: cover.bring_back(desk, number))
        names = {one["booking_id"]: one["customer_name"] for one in _bookings(row)}
        text = Text(f"{plural(len(row['moves']), 'booking')} come back to {agent['name']}", "bold")
        for move in row["moves"]:
            text.append(f"\n  {move['booking_id']} {short(names.get(move['booking_id'], ''))}", "not bold")
        for booking_id in row["stay"]:
            name = short(names.get(booking_id, ""))
            text.append(f"\n  {booking_id} {name}: closed or given away meanwhile, stays", "dim")
        return text

    return GivenBack(
        f"End the cover for {agent['name']}",
        [],
        lambda desk, _: cover.bring_back(desk, number),
        submit="Give back",
        about="What others have covered comes back, still claimed; what was done meanwhile stays.",
        preview=Preview(look),
    )


def _bookings(row: CoverRow) -> list[BookingRow]:
    return queries.bookings_by_id([*(move["booking_id"] for move in row["moves"]), *row["stay"]])


def given_back(row: CoverRow) -> tuple[str, str]:
    """Say what came back, then in brief."""
    what = plural(len(row["moves"]), "booking")
    return f"Given back: {what} to {short(row['agent_name'], 20)}", f"Given back: {what}"
