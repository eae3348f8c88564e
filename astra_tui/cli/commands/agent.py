"""``astra agent``: agents, their presence and their work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import rich_click as click

from astra_tui.cli.column_options import naming_columns
from astra_tui.cli.file_options import FILE_OPTIONS, instead_of_file, reading_files, without_file
from astra_tui.cli.options import (
    Call,
    Decorator,
    agent_number,
    changing,
    dry_run,
    filter_reading,
    filtering,
    formatted,
    limited,
    reading,
    verbs,
    with_parameters,
)
from astra_tui.cli.output.printing import Column, Listing, details, line, required_keys
from astra_tui.cli.value_types import AGENT, DEPARTMENT, JOB_TITLE
from dispatch import agents, queries
from dispatch.agents import handover, presence
from dispatch.assignment import contact_rate
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import read
from dispatch.inputs.times import due_times, hours
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import contact_rate as reached
from dispatch.queries.wording import plural, presence_words
from models.agents import PRESENCES


@click.group("agent")
def agent() -> None:
    """List, add and change agents."""


REQUIRED = ("first_name", "last_name", "department", "job_title")
OF_ONE = ("first_name", "last_name", "email", "license", "rating", "specialisations")
LIST_COLUMNS: tuple[Column[AgentRow], ...] = (
    Column("Rank", "rank", right=True),
    Column("Id", "agent_id", right=True),
    Column("Name", "name"),
    Column("Department", "department"),
    Column("Load", lambda row: f"{row['load'] + row['issue_load']}/{row['capacity']}", right=True),
    Column("Issues", "issue_load", right=True),
    Column("Presence", presence_words),
    Column("Years", "years_of_service", right=True),
    Column("Rating", "rating", right=True, form=".2f"),
    Column("Contact", reached, right=True),
    Column("Job title", "job_title"),
)
RATES = ("contact_rate", "contact_low", "contact_high", "contact_assigned")
LISTING = Listing(LIST_COLUMNS, required_keys(AgentRow, *RATES), "agent_id")


@agent.command("list")
@click.option("--all", "with_left", is_flag=True, help="Also agents who have left.")
@filtering(queries.AGENT_KEYS)
@limited
@formatted
@reading
def list_agents(call: Call, with_left: bool, filter_text: str, limit: int | None) -> None:
    """List the agents, best rank first."""
    with call.desk() as desk:
        asked = read(parse(filter_text), queries.AGENT_KEYS, filter_reading(desk, filter_text))
        rows = queries.filtered(queries.list_agents(with_left=with_left), asked)
        rows = contact_rate.with_rates(desk, rows[:limit])
    nobody = "no matching agents" if filter_text else "no agents yet: astra agent add, or astra import"
    call.show_rows(rows, LISTING, nobody)


@agent.command()
@agent_number
@reading
def show(call: Call, agent_id: int) -> None:
    """Show one agent."""
    with call.desk() as desk:
        (row,) = contact_rate.with_rates(desk, [queries.agent(agent_id)])
    call.show(row, lambda row: details(*((key.replace("_", " "), value) for key, value in row.items())))


def _profile(is_new: bool) -> tuple[Decorator, ...]:
    """Return the options for an agent's details; those of a known agent can be cleared by an empty text."""
    clears, every = ("", "none") if is_new else ("; an empty text clears it", "an empty text")
    return (
        click.option("--first-name", metavar="NAME", help="First name."),
        click.option("--last-name", metavar="NAME", help="Last name."),
        click.option("--email", help=f"E-mail address{clears}."),
        click.option("--department", type=DEPARTMENT, help="One of the desk's departments."),
        click.option("--job-title", type=JOB_TITLE, help="One of the desk's job titles."),
        click.option("--years", metavar="N", help="Years of service."),
        click.option("--rating", metavar="0-5", help="An average customer rating from before."),
        click.option("--license", metavar="NUMBER", help=f"Space licence number, unique{clears}."),
        click.option("--manager", metavar="NAME", help=f"The manager's name{clears}."),
        click.option(
            "--capacity", metavar="N", help="The most Pending bookings and issues the agent can hold."
        ),
        click.option("--skills", metavar="NAMES", help=f"Destinations, with commas; {every}: all."),
        click.option("--locations", metavar="NAMES", help=f"Launch locations, with commas; {every}: all."),
        click.option("--level", metavar="1-5", help="Skill level; default: by years of service."),
        click.option("--weight", metavar="0-10", help="Part of the leads under the policy share; 0: none."),
        click.option("--specialisations", metavar="LIST", help=f"Categories of issues, with commas{clears}."),
        click.option("--languages", metavar="LIST", help=f"Languages, with commas{clears}."),
    )


@agent.command()
@partial(with_parameters, parameters=_profile(is_new=True))
@click.option(
    "--from",
    "source_file",
    metavar="FILE",
    help="Add the agents of a CSV, JSON, SQL or .xlsx file; - reads stdin.",
)
@naming_columns
@click.option("--dry-run", is_flag=True, help="With --from: only show how the file is understood.")
@reading_files
@changing
def add(call: Call, /, source_file: str | None, **given: Any) -> None:
    """Add an agent, or a file of agents; waiting bookings are assigned at once.

    An agent is added once, known by the licence number, by e-mail address and name, or by file and line; one
    astra undo takes a whole file back. Its columns are known by the names that most programs use, --map names
    others. Beside --from, the other options are for rows that have none.
    """
    about = {name: given.pop(name) for name in FILE_OPTIONS}
    if source_file is None:
        without_file(about, FILE_OPTIONS)
        missing = [f"--{name.replace('_', '-')}" for name in REQUIRED if given[name] is None]
        if missing:
            raise click.UsageError(f"missing: {', '.join(missing)} (or --from FILE)")
        call.show(call.change_or_create(agents.add, **given), _print_line)
        return
    one = {name.replace("_", "-"): given[name] for name in OF_ONE}
    instead_of_file(one | {"request-id": call.request_id}, "agent")
    from astra_tui.cli.agent_files import add_file  # slow to import, and one agent does not need it

    add_file(call, source_file, about, given)


@agent.command()
@agent_number
@click.option("--hand-over", is_flag=True, help="Hand the agent's work over to the desk first.")
@dry_run
@changing
def leave(call: Call, agent_id: int, hand_over: bool, dry_run: bool) -> None:
    """Deactivate an agent who holds no Pending bookings; the history stays."""
    _move(call, dry_run, agents.leave, agent_id, hand_over)


@agent.command("presence")
@agent_number
@click.argument("state", metavar="|".join(PRESENCES))
@click.option(
    "--until", metavar="WHEN", help="When it ends: 20 (minutes), or any of: " + due_times.EXAMPLES + "."
)
@click.option("--reason", metavar="TEXT", help="Why, for other agents to see.")
@dry_run
@changing
def set_presence(
    call: Call, agent_id: int, state: str, until: str | None, reason: str | None, dry_run: bool
) -> None:
    """Set whether an agent is at work.

    Agents who are busy or on a break keep their work and get none. Unclaimed work of agents who are away
    or offline goes to others at once; claimed work stays.
    """
    _move(call, dry_run, presence.set_presence, agent_id, state.strip().casefold(), until, reason)


@agent.command()
@agent_number
@click.option("--hours", required=True, metavar="HOURS", help=f"Or none; {hours.EXAMPLES}.")
@dry_run
@changing
def shift(call: Call, agent_id: int, hours: str, dry_run: bool) -> None:
    """Set an agent's shift: presence changes at its start and end."""
    _move(call, dry_run, presence.set_hours, agent_id, hours)


@agent.command("handover")
@agent_number
@click.option("--to", required=True, metavar="AGENT|desk", help="Another agent, or the desk's policy.")
@dry_run
@changing
def hand_over(call: Call, agent_id: int, to: str, dry_run: bool) -> None:
    """Move all of an agent's Pending work, claimed or not."""
    taker = to if to == handover.DESK else AGENT.convert(to, None, None)
    _move(call, dry_run, handover.hand_over, agent_id, taker)


def _move(call: Call, dry_run: bool, command: Callable[..., AgentRow], *given: Any) -> None:
    """Run a command, or with --dry-run rehearse it, and print where the agent's work goes."""
    if dry_run:
        row = call.read(lambda desk: desk.rehearse(lambda: command(desk, *given)))
    else:
        row = call.change(command, *given)
    call.show(row, lambda row: _print_moves(row, dry_run))


def _print_moves(row: AgentRow, is_preview: bool) -> None:
    line(f"{'Would be: ' if is_preview else ''}Agent {row['agent_id']}: {row['name']}, {presence_words(row)}")
    if row.get("ended_absence"):
        line(f"  absence {row['ended_absence']} is over")
    for move in row["moves"]:
        line(f"  booking {move['booking_id']} {_taker(move['to_agent_id'])}")
    for issue_move in row.get("issue_moves", ()):
        line(f"  issue {issue_move['issue_id']} {_taker(issue_move['to_agent_id'])}")
    if row.get("kept"):
        line(f"  {plural(len(row['kept']), 'booking')} kept: {_ids(row['kept'])}")
    if row.get("drained"):
        line(f"  {plural(len(row['drained']), 'waiting booking')} assigned: {_ids(row['drained'])}")
    if row.get("over_capacity"):
        line("  above the capacity of the agent who gets it")


def _taker(agent_id: int | None) -> str:
    return "waits" if agent_id is None else f"to agent {agent_id}"


def _ids(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _print_line(row: AgentRow) -> None:
    held = row["load"] + row["issue_load"]
    state = "left" if row["left_at"] else f"rank {row['rank']}, load {held} of {row['capacity']}"
    state += "" if row["weight"] else ", weight 0: no leads under share"
    line(f"Agent {row['agent_id']}: {row['name']}, {row['job_title']}, {row['department']}, {state}")


verb = verbs(agent, agent_number, _print_line)
verb(agents.change, "Change the given details of an agent.", *_profile(is_new=False), name="set")
verb(agents.come_back, "Reactivate an agent who left; waiting bookings are assigned at once.", name="return")
