"""Issues in a list, in one line, and in full."""

from __future__ import annotations

from astra_tui.cli.output.events import print_history
from astra_tui.cli.output.printing import Column, Listing, details, line, required_keys
from dispatch.queries.wording import holder, moment, span
from dispatch.service import wording
from dispatch.service.row_types import IssueDetails, IssueRow, IssueStory
from dispatch.service.satisfaction.advice import advice
from models.issues import ASSIGNED, NEW

LIST_COLUMNS: tuple[Column[IssueRow], ...] = (
    Column("Id", "issue_id", right=True),
    Column("Priority", "priority", whole=True),
    Column("Time", wording.time_left, whole=True),
    Column("Status", wording.state),
    Column("Agent", holder),
    Column("Category", wording.category),
    Column("Customer", "customer_name"),
    Column("Title", "title"),
)
LISTING = Listing(LIST_COLUMNS, required_keys(IssueRow), "issue_id")


def print_line(row: IssueRow) -> None:
    line(
        f"Issue {row['issue_id']}: {row['priority']} {wording.category(row)}, {wording.state(row)}, "
        f"{holder(row)}, {wording.time_left(row)}"
    )


def print_changed(row: IssueDetails) -> None:
    """Print an issue after a change, and while nobody works on it, who has it and why."""
    print_line(row)
    if row["status"] in (NEW, ASSIGNED):
        _print_routing(row)


def print_opened(row: IssueDetails) -> None:
    """Print a new issue: its priority and why, its agent, and when it is due."""
    print_line(row)
    steps = ", ".join(f"{step['step']} {step['add']:+d} ({step['why']})" for step in row["priority_steps"])
    line(f"  {row['priority']}: {steps}")
    _print_routing(row)
    due = row["sla"]
    first, last = moment(due["first_response_due"]), moment(due["resolution_due"])
    line(f"  to be answered by {first}, resolved by {last}")
    if row["unsure"]:
        line(f"  not sure what it is about: astra issue edit {row['issue_id']} --category NAME")


def _print_routing(row: IssueDetails) -> None:
    if row["queue_position"] is not None and row["expected_wait_minutes"] is not None:
        line(
            f"  {row['routing_reason']}: place {row['queue_position']} in the queue, "
            f"about {span(row['expected_wait_minutes'])} to wait"
        )
    elif row["expected_response_minutes"] is not None:
        line(f"  {row['routing_reason']}; first answer expected in {span(row['expected_response_minutes'])}")


def print_details(row: IssueStory) -> None:
    print_opened(row)
    line()
    guess = row["satisfaction"]
    expected = f"{guess['predicted']:.2f} expected ({guess['model']['kind']}), {guess['risk']} risk"
    details(
        ("title", row["title"]),
        ("customer", row["customer_name"]),
        ("tier", row["tier"]),
        ("booking", row["booking_id"]),
        ("channel", row["channel"].replace("_", " ")),
        ("opened", moment(row["opened_at"])),
        ("confidence", row["confidence"]),
        ("sentiment", row["sentiment"]["compound"]),
        ("keywords", ", ".join(row["keywords"])),
        ("urgent words", ", ".join(row["urgency_indicators"])),
        ("complexity", row["complexity"]),
        ("progress", wording.progress_words(row["progress"])),
        ("satisfaction", expected),
        ("recommended", "; ".join(advice(row))),
        ("rated", row["survey"]["score"] if row["survey"] else None),
    )
    for warning in row["warnings"]:
        used = f"{warning['percent']}% of the {wording.CLOCKS[warning['clock']]} time"
        line(f"{moment(warning['at'])}  {used}")
    for one in row["escalations"]:
        raised = f"escalated, level {one['level']} ({one['trigger'].replace('_', ' ')}: {one['reason']})"
        line(f"{moment(one['opened_at'])}  {raised}, {wording.describe_escalation(one)}")
    line()
    line(row["description"])
    for message in row["interactions"]:
        who, words = wording.describe_interaction(message)
        line(f"{moment(message['at'])}  {who}: {words}" if who else f"{moment(message['at'])}  {words}")
    line()
    print_history(row["history"])
