"""The pane beside the roster: who an agent is, and what is on their desk now."""

from __future__ import annotations

from rich.text import Text

from dispatch import queries
from dispatch.agents.cover import covered_by_others
from dispatch.agents.planned_absences import list_absences
from dispatch.desk.desk import Desk
from dispatch.queries.caps import caps_of, room_under
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import age, plural, time_range
from dispatch.service.issues import queries as issue_queries
from dispatch.service.issues.queries import IssueFilter
from models.bookings import PENDING
from models.shares import SHARE
from screens.roster.presence import presence_text
from screens.widgets.detail_pane import Detail, add_facts
from screens.wording.agents import held_bar
from screens.wording.bookings import sign
from screens.wording.issues import title, urgency
from screens.wording.reasons import policy_word
from screens.wording.text import CARE, add_value

MOST_ABSENCES = 3
MOST_LISTED = 8  # of each kind; their places list all
INDENT = "  "  # before the title of an issue
LABEL = 9  # with a load bar, the narrowest pane is full


def agent_detail(desk: Desk, row: AgentRow) -> Detail:
    """Describe an agent in full. Reads the database."""
    text = Text(overflow="fold")
    years = row["years_of_service"]
    text.append(f"{row['job_title']} · {years} {'year' if years == 1 else 'years'}", "bold")
    text.append(f"\n{row['department']}")
    if row["email"]:
        add_value(text.append("\n✉ "), row["email"], "  ")
    add_facts(text, _facts(row, desk.settings["policy"]), LABEL)
    for words in caps_of(row["agent_id"]):
        text.append(f"\n! {words}", CARE)
    for words in room_under(row["agent_id"]):
        text.append(f"\n{words}")
    _add_absences(text, row["agent_id"], desk.now())
    _add_bookings(text, row["agent_id"], desk.now())
    _add_issues(text, desk, row["agent_id"])
    return f"{row['name']} ({row['agent_id']})", text


def department_detail(row: AgentRow) -> Detail:
    """Describe a department by its sums."""
    text = held_bar(row["load"], row["issue_load"], row["capacity"])
    add_facts(text, [("Agents", f"{row['members']:,}"), ("Bookings", f"{row['load']:,}")], LABEL)
    add_facts(text, [("Issues", f"{row['issue_load']:,}")], LABEL)
    return row["department"], text


def _facts(row: AgentRow, policy: str) -> list[tuple[str, str | Text]]:
    return [
        ("Presence", presence_text(row)),
        ("Shift", row["hours"] or "no hours set"),
        ("Load", held_bar(row["load"], row["issue_load"], row["capacity"])),
        ("Rank", str(row["rank"] or "")),
        ("Rating", f"{row['rating']:.2f}" if row["rating"] else "none yet"),
        ("Weight", weight_text(row, policy)),
        ("Skills", ", ".join(row["skills"])),
        ("Speaks", ", ".join(row["languages"])),
    ]


def weight_text(row: AgentRow, policy: str) -> str:
    """Return a weight that is not the usual one, and that it does not count where it does not."""
    if row["weight"] == 1:
        return ""
    return (
        f"{row['weight']:g}" if policy == SHARE else f"{row['weight']:g} (counts under {policy_word(SHARE)})"
    )


def _add_absences(text: Text, agent_id: int, now: str) -> None:
    """Add the next absences, and what others cover meanwhile; nothing without any."""
    for row in list_absences(now, agent_id)[:MOST_ABSENCES]:
        text.append("\nAbsent  ", "bold").append(time_range(row["from_at"], row["until_at"]))
        if row["substitute_name"]:
            text.append(f", {row['substitute_name']} covers", "dim")
    if number := covered_by_others(agent_id):
        text.append(f"\n! {plural(number, 'booking')} covered by others", CARE)


def _add_bookings(text: Text, agent_id: int, now: str) -> None:
    which = queries.BookingFilter(status=PENDING, agent_id=agent_id)
    rows = queries.list_bookings(which, MOST_LISTED + 1)
    text.append("\n\nBookings", "bold")
    for row in rows[:MOST_LISTED]:
        text.append("\n").append_text(sign(row)).append(f" {row['booking_id']}  {row['customer_name']}")
        text.append(f", {row['destination']}  ").append(age(row["changed_at"], now), "dim")
    _add_rest(text, len(rows))


def _add_issues(text: Text, desk: Desk, agent_id: int) -> None:
    rows = issue_queries.issues(desk, IssueFilter(agent_id=agent_id), MOST_LISTED + 1)
    text.append("\n\nIssues", "bold")
    for row in rows[:MOST_LISTED]:
        add_value(text.append("\n").append_text(urgency(row)).append(f"\n{INDENT}"), title(row), INDENT)
    _add_rest(text, len(rows))


def _add_rest(text: Text, found: int) -> None:
    if found == 0:
        text.append("\nnone", "dim")
    elif found > MOST_LISTED:
        text.append("\n… and more", "dim")
