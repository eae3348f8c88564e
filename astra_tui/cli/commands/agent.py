"""``astra agent``: who is at the desk, and with how much work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rich_click as click

from astra_tui.cli.options import (
    AGENT,
    Call,
    agent_number,
    changing,
    dry_run,
    filter_reading,
    filtering,
    limited,
    reading,
)
from astra_tui.cli.output.printing import Column, details, line
from astra_tui.cli.value_types import DEPARTMENT, JOB_TITLE
from dispatch import agents, queries
from dispatch.agents import handover, presence
from dispatch.assignment import contact_rate
from dispatch.inputs import due_times, shift_hours
from dispatch.inputs.filter_keys import read
from dispatch.inputs.filter_language import parse
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import contact_rate as reached
from dispatch.queries.wording import plural, presence_words
from models.agents import PRESENCES


@click.group("agent")
def agent() -> None:
    """List agents with load and rank, take them on, change them."""


COMMANDS = {"agent": agent}

LIST_COLUMNS: tuple[Column[AgentRow], ...] = (
    Column("Rank", "rank", right=True),
    Column("Id", "agent_id", right=True),
    Column("Name", "name"),
    Column("Department", "department"),
    Column("Load", lambda row: f"{row['load']}/{row['capacity']}", right=True),
    Column("Issues", "issue_load", right=True),
    Column("Presence", presence_words),
    Column("Years", "years_of_service", right=True),
    Column("Rating", lambda row: f"{row['rating']:.2f}", right=True),
    Column("Contact", reached, right=True),
    Column("Job title", "job_title"),
)


@agent.command("list")
@click.option("--all", "with_left", is_flag=True, help="Also those who left.")
@filtering(queries.AGENT_KEYS)
@limited
@reading
def list_agents(call: Call, with_left: bool, filter_text: str, limit: int | None) -> None:
    """List the agents, best rank first."""
    with call.desk() as desk:
        asked = read(parse(filter_text), queries.AGENT_KEYS, filter_reading(desk, filter_text))
        rows = queries.filtered(queries.list_agents(with_left=with_left), asked)
        rows = contact_rate.with_rates(desk, rows[:limit])
    nobody = "no such agents" if filter_text else "no agents yet: astra agent add, or astra import"
    call.tell_all(rows, LIST_COLUMNS, nobody)


@agent.command()
@agent_number
@reading
def show(call: Call, agent_id: int) -> None:
    """Show one agent."""
    with call.desk() as desk:
        (row,) = contact_rate.with_rates(desk, [queries.agent(agent_id)])
    call.tell(row, lambda row: details((key.replace("_", " "), value) for key, value in row.items()))


@agent.command()
@click.option("--first-name", required=True, metavar="NAME", help="First name.")
@click.option("--last-name", required=True, metavar="NAME", help="Last name.")
@click.option(
    "--department", required=True, type=DEPARTMENT, metavar="NAME", help="One of the desk's departments."
)
@click.option(
    "--job-title", required=True, type=JOB_TITLE, metavar="TITLE", help="One of the desk's job titles."
)
@click.option("--email", help="E-mail address.")
@click.option("--years", default="0", metavar="N", help="Years of service; default 0.")
@click.option("--rating", metavar="0-5", help="An average customer rating brought along.")
@click.option("--license", metavar="NUMBER", help="Space licence number; nobody else may have it.")
@click.option("--manager", metavar="NAME", help="The manager's name.")
@click.option("--capacity", metavar="N", help="How many Pending bookings and issues the agent can hold.")
@click.option("--skills", metavar="NAMES", help="Destinations, with commas; none: every one.")
@click.option("--locations", metavar="NAMES", help="Launch locations, with commas; none: every one.")
@click.option("--level", metavar="1-5", help="Skill level; else it grows with the years of service.")
@click.option("--specialisations", metavar="LIST", help="Categories of issues, with commas.")
@click.option("--languages", metavar="LIST", help="Languages, with commas.")
@changing
def add(call: Call, /, **given: Any) -> None:
    """Take on an agent; waiting bookings are assigned at once."""
    call.tell(call.change_or_create(agents.add, **given), _tell_line)


@agent.command("set")
@agent_number
@click.option("--first-name", metavar="NAME", help="First name.")
@click.option("--last-name", metavar="NAME", help="Last name.")
@click.option("--email", help="E-mail address; an empty one clears it.")
@click.option("--department", type=DEPARTMENT, metavar="NAME", help="One of the desk's departments.")
@click.option("--job-title", type=JOB_TITLE, metavar="TITLE", help="One of the desk's job titles.")
@click.option("--years", metavar="N", help="Years of service.")
@click.option("--rating", metavar="0-5", help="An average customer rating brought along.")
@click.option("--license", metavar="NUMBER", help="Space licence number; an empty one clears it.")
@click.option("--manager", metavar="NAME", help="The manager's name; an empty one clears it.")
@click.option("--capacity", metavar="N", help="How many Pending bookings and issues the agent can hold.")
@click.option("--skills", metavar="NAMES", help="Destinations, with commas; an empty one: every one.")
@click.option("--locations", metavar="NAMES", help="Launch locations, with commas; an empty one: every one.")
@click.option("--level", metavar="1-5", help="Skill level; else it grows with the years of service.")
@click.option("--specialisations", metavar="LIST", help="Categories of issues, with commas; empty clears.")
@click.option("--languages", metavar="LIST", help="Languages, with commas; an empty text clears them.")
@changing
def change(call: Call, /, agent_id: int, **changes: str | None) -> None:
    """Change what is given on an agent."""
    call.tell(call.change(agents.change, agent_id, **changes), _tell_line)


@agent.command()
@agent_number
@click.option("--hand-over", is_flag=True, help="Give what the agent holds back to the desk first.")
@dry_run
@changing
def leave(call: Call, agent_id: int, hand_over: bool, dry_run: bool) -> None:
    """Let an agent go who holds no Pending bookings; the history stays."""
    row = _done_or_tried(call, dry_run, agents.leave, agent_id, hand_over)
    call.tell(row, lambda row: _tell_moves(row | {"kept": []}, dry_run))


@agent.command("return")
@agent_number
@changing
def come_back(call: Call, agent_id: int) -> None:
    """Take back an agent who left; waiting bookings are assigned at once."""
    call.tell(call.change(agents.come_back, agent_id), _tell_line)


@agent.command("presence")
@agent_number
@click.argument("state", metavar="|".join(PRESENCES))
@click.option("--until", metavar="WHEN", help="When it ends by itself, any of: " + due_times.EXAMPLES + ".")
@click.option("--reason", metavar="TEXT", help="Why, for the others to read.")
@dry_run
@changing
def set_presence(
    call: Call, agent_id: int, state: str, until: str | None, reason: str | None, dry_run: bool
) -> None:
    """Say whether an agent is at work.

    Who is busy or on a break keeps all work and gets none. The unclaimed work of who is away or
    offline goes to others at once; claimed work stays.
    """
    given = (agent_id, state.strip().casefold(), until, reason)
    row = _done_or_tried(call, dry_run, presence.set_presence, *given)
    call.tell(row, lambda row: _tell_moves(row, dry_run))


@agent.command()
@agent_number
@click.option("--hours", required=True, metavar="HOURS", help=f"Or none; {shift_hours.EXAMPLES}.")
@dry_run
@changing
def shift(call: Call, agent_id: int, hours: str, dry_run: bool) -> None:
    """Set the hours at which an agent comes and goes by the clock."""
    row = _done_or_tried(call, dry_run, presence.set_hours, agent_id, hours)
    call.tell(row, lambda row: _tell_moves(row, dry_run))


@agent.command("handover")
@agent_number
@click.option("--to", required=True, metavar="AGENT|desk", help="Another agent, or the desk's policy.")
@dry_run
@changing
def hand_over(call: Call, agent_id: int, to: str, dry_run: bool) -> None:
    """Move all of an agent's Pending work, claimed or not."""
    taker = to if to == handover.DESK else AGENT.convert(to, None, None)
    row = _done_or_tried(call, dry_run, handover.hand_over, agent_id, taker)
    call.tell(row, lambda row: _tell_moves(row, dry_run))


def _done_or_tried(call: Call, dry_run: bool, command: Callable[..., AgentRow], *given: Any) -> AgentRow:
    """What a command answers, or would answer."""
    if not dry_run:
        return call.change(command, *given)
    with call.desk() as desk:
        return desk.rehearse(lambda: command(desk, *given))


def _tell_moves(row: AgentRow, is_preview: bool) -> None:
    """What becomes, or would become, of an agent's work."""
    line(f"{'Would be: ' if is_preview else ''}Agent {row['agent_id']}: {row['name']}, {presence_words(row)}")
    for move in row["moves"]:
        taker = "waits" if move["to_agent_id"] is None else f"to agent {move['to_agent_id']}"
        line(f"  booking {move['booking_id']} {taker}")
    for handed in row.get("issue_moves", ()):
        taker = "waits" if handed["to_agent_id"] is None else f"to agent {handed['to_agent_id']}"
        line(f"  issue {handed['issue_id']} {taker}")
    if row["kept"]:
        line(f"  {plural(len(row['kept']), 'booking')} kept: {_ids(row['kept'])}")
    if row.get("drained"):
        line(f"  {plural(len(row['drained']), 'waiting booking')} assigned: {_ids(row['drained'])}")
    if row.get("over_capacity"):
        line("  above the capacity of the agent who gets it")


def _ids(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _tell_line(row: AgentRow) -> None:
    standing = "left" if row["left_at"] else f"rank {row['rank']}, load {row['load']} of {row['capacity']}"
    line(f"Agent {row['agent_id']}: {row['name']}, {row['job_title']}, {row['department']}, {standing}")
