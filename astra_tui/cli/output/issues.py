"""Issues as people read them: in a list, in a line, and with everything that is known."""

from __future__ import annotations

from astra_tui.cli.output.events import tell_history
from astra_tui.cli.output.printing import Column, details, line, local
from dispatch.service.row_types import EscalationRow, InteractionRow, IssueDetails, IssueRow, IssueStory

KINDS = {"first_response": "first response", "resolution": "resolution"}


def time_left(row: IssueRow) -> str:
    """What is left of the clock that counts next: ``answer in 4 min``, ``overdue by 2 h``."""
    name = row["sla"]["next"]
    clock = row["sla"][name]
    if clock["met_at"]:
        return "late" if clock["breached"] else "in time"
    told = span(abs(clock["left_minutes"]))
    if clock["breached"]:
        return f"! overdue by {told}"
    if clock["paused_at"]:
        return f"paused, {told} left"
    return f"{'answer' if name == 'first_response' else 'resolve'} in {told}"


def span(minutes: float) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min``, ``2 d 4 h``."""
    if minutes < 1:
        return f"{round(minutes * 60)} s"
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def holder(row: IssueRow) -> str:
    return "waiting" if row["agent_id"] is None else f"{row['agent_name']} ({row['agent_id']})"


def state(row: IssueRow) -> str:
    """The status, with the escalation beside it."""
    if row["voided"]:
        return "closed, a mistake"
    level = row["escalation_level"]
    return f"{row['status']}, ESCALATED {level}" if level else str(row["status"])


LIST_COLUMNS: tuple[Column[IssueRow], ...] = (
    Column("Id", "issue_id", right=True),
    Column("Priority", "priority", whole=True),
    Column("Time", time_left, whole=True),
    Column("Status", state),
    Column("Agent", holder),
    Column("Category", lambda row: f"{row['category']}{' ?' if row['unsure'] else ''}"),
    Column("Customer", "customer_name"),
    Column("Title", "title"),
)


def tell_line(row: IssueRow) -> None:
    """An issue in a line, after a command."""
    line(
        f"Issue {row['issue_id']}: {row['priority']} {row['category']}, {state(row)}, {holder(row)}, "
        f"{time_left(row)}"
    )


def tell_opened(row: IssueDetails) -> None:
    """A new issue: what it is, how urgent and why, who has it, and until when."""
    tell_line(row)
    steps = ", ".join(f"{step['step']} {step['add']:+d} ({step['why']})" for step in row["priority_steps"])
    line(f"  {row['priority']}: {steps}")
    _tell_routing(row)
    due = row["sla"]
    first, last = local(due["first_response_due"]), local(due["resolution_due"])
    line(f"  to be answered by {first}, resolved by {last}")
    if row["unsure"]:
        line(f"  not sure what it is about: astra issue edit {row['issue_id']} --category NAME")


def _tell_routing(row: IssueDetails) -> None:
    if row["queue_position"] is not None and row["expected_wait_minutes"] is not None:
        line(
            f"  {row['routing_reason']}: place {row['queue_position']} in the queue, "
            f"about {span(row['expected_wait_minutes'])} to wait"
        )
    elif row["expected_response_minutes"] is not None:
        line(f"  {row['routing_reason']}; first answer expected in {span(row['expected_response_minutes'])}")


def tell_details(row: IssueStory) -> None:
    """All that is known of an issue."""
    tell_opened(row)
    line()
    guess = row["satisfaction"]
    expected = f"{guess['predicted']:.2f} expected ({guess['model']['kind']}), {guess['risk']} risk"
    progress = row["progress"]
    details(
        (
            ("title", row["title"]),
            ("customer", row["customer_name"]),
            ("tier", row["tier"]),
            ("booking", row["booking_id"]),
            ("channel", row["channel"]),
            ("opened", local(row["opened_at"])),
            ("confidence", row["confidence"]),
            ("sentiment", row["sentiment"]["compound"]),
            ("keywords", ", ".join(row["keywords"])),
            ("urgent words", ", ".join(row["urgency_indicators"])),
            ("complexity", row["complexity"]),
            ("progress", f"{progress['share']:.0%} of the estimate, {progress['interactions']} interactions"),
            ("satisfaction", expected),
            ("recommended", "; ".join(guess["recommendations"])),
            ("rated", row["survey"]["score"] if row["survey"] else None),
        )
    )
    for warning in row["warnings"]:
        line(f"{local(warning['at'])}  {warning['percent']} % of the {KINDS[warning['clock']]} time")
    for escalation in row["escalations"]:
        _tell_escalation(escalation)
    line()
    line(row["description"])
    for spoken in row["interactions"]:
        _tell_interaction(spoken)
    line()
    tell_history(row["history"])


def _tell_escalation(row: EscalationRow) -> None:
    told = f"{local(row['opened_at'])}  escalated, level {row['level']} ({row['trigger']}: {row['reason']})"
    if row["closed_at"]:
        told += f", closed by {row['closed_by']}: {row['close_reason']}"
    elif row["acknowledged_at"]:
        told += f", acknowledged by {row['acknowledged_by']}"
    else:
        told += f", told {row['told']}"
    line(told)


def _tell_interaction(row: InteractionRow) -> None:
    who = "customer" if row["author"] == "customer" else row["agent_name"] or "desk"
    if row["status_to"] == "assigned":
        line(f"{local(row['at'])}  given to {who}")
        return
    if row["kind"] == "status":
        line(f"{local(row['at'])}  {who}: {row['status_from']} -> {row['status_to']}")
        return
    inside = " (note)" if row["kind"] == "note" else ""
    line(f"{local(row['at'])}  {who}{inside}: {row['text']}")
