"""``astra agent``: who is at the desk, and with how much work."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, agent_number, changing, limited, reading
from astra_tui.cli.output import Column, details, line
from dispatch import agents, views

Row = dict[str, Any]


@click.group("agent")
def agent() -> None:
    """List agents with load and rank, take them on, change them."""


COMMANDS = {"agent": agent}

LIST_COLUMNS = (
    Column("Rank", "rank", right=True),
    Column("Id", "agent_id", right=True),
    Column("Name", "name"),
    Column("Department", "department"),
    Column("Load", lambda row: f"{row['load']}/{row['capacity']}", right=True),
    Column("Issues", "issue_load", right=True),
    Column("Presence", lambda row: "left" if row["left_at"] else row["presence"]),
    Column("Years", "years_of_service", right=True),
    Column("Rating", lambda row: f"{row['rating']:.2f}", right=True),
    Column("Job title", "job_title"),
)


@agent.command("list")
@click.option("--all", "with_left", is_flag=True, help="Also those who left.")
@limited
@reading
def list_agents(call: Call, with_left: bool, limit: int | None) -> None:
    """List the agents, best rank first."""
    with call.desk():
        rows = views.agents(with_left=with_left)[:limit]
    call.tell_all(rows, LIST_COLUMNS, "no agents yet: astra agent add, or astra import")


@agent.command()
@agent_number
@reading
def show(call: Call, agent_id: int) -> None:
    """Show one agent."""
    with call.desk():
        row = views.agent(agent_id)
    call.tell(row, lambda row: details((key.replace("_", " "), value) for key, value in row.items()))


@agent.command()
@click.option("--first-name", required=True, metavar="NAME", help="First name.")
@click.option("--last-name", required=True, metavar="NAME", help="Last name.")
@click.option("--department", required=True, metavar="NAME", help="One of the desk's departments.")
@click.option("--job-title", required=True, metavar="TITLE", help="One of the desk's job titles.")
@click.option("--email", help="E-mail address.")
@click.option("--years", default="0", metavar="N", help="Years of service; default 0.")
@click.option("--rating", metavar="0-5", help="An average customer rating brought along.")
@click.option("--license", metavar="NUMBER", help="Space licence number; nobody else may have it.")
@click.option("--manager", metavar="NAME", help="The manager's name.")
@changing
def add(call: Call, /, **given: Any) -> None:
    """Take on an agent; waiting bookings are assigned at once."""
    call.tell(call.change_or_create(agents.add, **given), _tell_line)


@agent.command("set")
@agent_number
@click.option("--first-name", metavar="NAME", help="First name.")
@click.option("--last-name", metavar="NAME", help="Last name.")
@click.option("--email", help="E-mail address; an empty one clears it.")
@click.option("--department", metavar="NAME", help="One of the desk's departments.")
@click.option("--job-title", metavar="TITLE", help="One of the desk's job titles.")
@click.option("--years", metavar="N", help="Years of service.")
@click.option("--rating", metavar="0-5", help="An average customer rating brought along.")
@click.option("--license", metavar="NUMBER", help="Space licence number; an empty one clears it.")
@click.option("--manager", metavar="NAME", help="The manager's name; an empty one clears it.")
@click.option("--capacity", metavar="N", help="How many Pending bookings and issues the agent can hold.")
@click.option("--level", metavar="1-5", help="Skill level; else it grows with the years of service.")
@click.option("--specialisations", metavar="LIST", help="Categories of issues, with commas; empty clears.")
@click.option("--languages", metavar="LIST", help="Languages, with commas; an empty text clears them.")
@changing
def change(call: Call, /, agent_id: int, **changes: str | None) -> None:
    """Change what is given on an agent."""
    call.tell(call.change(agents.change, agent_id, **changes), _tell_line)


@agent.command()
@agent_number
@changing
def leave(call: Call, agent_id: int) -> None:
    """Let an agent go who holds no Pending bookings; the history stays."""
    call.tell(call.change(agents.leave, agent_id), _tell_line)


@agent.command("return")
@agent_number
@changing
def come_back(call: Call, agent_id: int) -> None:
    """Take back an agent who left; waiting bookings are assigned at once."""
    call.tell(call.change(agents.come_back, agent_id), _tell_line)


def _tell_line(row: Row) -> None:
    standing = "left" if row["left_at"] else f"rank {row['rank']}, load {row['load']} of {row['capacity']}"
    line(f"Agent {row['agent_id']}: {row['name']}, {row['job_title']}, {row['department']}, {standing}")
