"""The columns of the roster, of agents and of departments above them."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from dispatch.matching.conversion_rates import rates
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import contact_rate, plural, presence_words
from dispatch.reporting.daily_figures import TREND_DAYS
from screens.roster.presence import presence_text
from screens.widgets.columns import Column
from screens.wording.agents import held_bar, match_score, sparkline
from screens.wording.plots import interval

CONTACT, TREND = "contact_rate", "trend"
NO_DAYS = [0] * TREND_DAYS


def rating(row: AgentRow) -> Text:
    """Format an average to two places, or a dash without ratings."""
    return Text(f"{row['rating']:.2f}" if row["rating"] else "–")


def _confirmed(row: AgentRow) -> str:
    return interval(row) if row.get("rate") is not None else ""


def _rating(row: AgentRow) -> str | Text:
    return "" if "members" in row else rating(row)


def _reached(row: AgentRow) -> str:
    return "" if "members" in row else contact_rate(row)


def _rank(row: AgentRow) -> str:
    return "" if "members" in row else str(row["rank"] or "–")


def _weight(row: AgentRow) -> str:
    return "" if "members" in row else f"{row['weight']:g}"


def _owed(row: AgentRow) -> str:
    return "" if "members" in row else str(row["owed"] or "–")


def _number(row: AgentRow) -> str | Text:
    return Text(row["name"][:1], "bold") if "members" in row else str(row["agent_id"])


def _name(row: AgentRow) -> Text:
    """Return the name; a department's sign of being open is in the column before it, to leave it the room."""
    return Text(row["name"][2:], "bold") if "members" in row else Text(row["name"])


def _load(row: AgentRow) -> Text:
    return held_bar(row["load"], row["issue_load"], row["capacity"])


def _presence(row: AgentRow) -> str | Text:
    members = row.get("members")
    return (
        presence_text(row, row.get("as_of", "")) if members is None else Text(plural(members, "agent"), "dim")
    )


def _whole_presence(row: AgentRow) -> str:
    return presence_words(row)


SHRUNK_TITLE = "Confirmed, shrunk (95%)"
COLUMNS: tuple[Column[AgentRow], ...] = (
    Column("agent_id", "No.", 4, _number, right=True, sort="agent_id"),
    Column("rank", "Rank", 4, _rank, right=True, sort="rank"),
    Column("department", "Department", 20, drop=8, grows=True, sort="department"),
    Column("name", "Agent", 14, _name, grows=True, sort="name"),
    Column("load", "Load", 16, _load, sort="load"),
    Column("issue_load", "Issues", 6, drop=4, right=True, sort="issue_load"),
    Column(TREND, "14 days", 14, drop=3, title="Confirmed a day, 14 days"),
    Column("rating", "Rating", 6, _rating, drop=2, right=True, sort="rating"),
    Column("years_of_service", "Years", 5, drop=5, right=True, sort="years_of_service"),
    Column("match_score", "Match", 6, match_score, drop=2, right=True, sort="match_score"),
    Column("presence", "Presence", 15, _presence, plain=_whole_presence, drop=1, grows=True, sort="presence"),
    Column("job_title", "Title", 25, drop=7, sort="job_title"),
    Column("email", "E-mail", 26, sort="email", extra=True),
    Column("manager_name", "Manager", 18, sort="manager_name", extra=True),
    Column("license_number", "Licence", 12, sort="license_number", extra=True),
    Column("hours", "Shift", 20, sort="hours", extra=True),
    Column(
        "weight",
        "Weight",
        6,
        _weight,
        right=True,
        sort="weight",
        extra=True,
        title="Weight, by which Share goes",
    ),
    Column("owed", "Owed", 5, _owed, right=True, sort="owed", extra=True, title="Owed after an absence"),
    Column(CONTACT, "Reached", 20, _reached, sort=CONTACT, extra=True, title="Reached in time"),
    Column("rate", "Confirmed", 12, _confirmed, right=True, sort="rate", extra=True, title=SHRUNK_TITLE),
    Column("decided", "Decided", 8, right=True, sort="decided", extra=True),
)
SCORE, RATES = "match_score", frozenset(("rate", "decided"))
"""Columns computed only where they are chosen: with thousands of agents that takes a while."""
SORTS = tuple(column.sort for column in COLUMNS if column.sort)
HIGHEST_FIRST = ("load", "issue_load", "years_of_service", "rating", "weight", "owed", CONTACT, SCORE, *RATES)


def with_conversion(rows: list[AgentRow]) -> list[AgentRow]:
    """Return the agents with their rates of Confirmed bookings; former agents have none. Reads the desk."""
    known = {rate.agent_id: rate for rate in rates()}
    return [{**row, **known[row["agent_id"]].row()} if row["agent_id"] in known else row for row in rows]


def with_trends(rows: list[AgentRow], trends: Mapping[int, list[int]]) -> list[AgentRow]:
    """Add what each agent confirmed a day, drawn to the scale of those in sight."""
    highest = max((max(trends.get(row["agent_id"], [0])) for row in rows), default=0)
    return [
        row | {"trend": sparkline(trends.get(row["agent_id"], NO_DAYS), highest)}
        if highest and "members" not in row
        else row
        for row in rows
    ]
