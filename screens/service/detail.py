"""The pane beside the issues: facts, due times, the conversation, and likely outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from rich.text import Text

from dispatch.desk.desk import Desk
from dispatch.queries.wording import exact, holder, plural, short_moment
from dispatch.service.issues import queries
from dispatch.service.row_types import (
    ClockState,
    InteractionRow,
    IssueStory,
    WarningRow,
)
from dispatch.service.satisfaction.advice import advice
from dispatch.service.wording import (
    CLOCKS,
    START,
    category,
    counted,
    describe_escalation,
    ladder,
    priority_words,
    progress_words,
    sentiment_words,
    short_span,
)
from dispatch.triage.row_types import Step
from screens.customers.aside import customer_text
from screens.widgets.detail_pane import Detail, add_facts
from screens.wording import issues as words
from screens.wording.text import BAD, CARE, add_value

EXCERPT = 600  # characters of a text in the pane; the panel shows all of it
LAST_SPOKEN = 12  # interactions in the pane
LABEL = 12
SHORT_LABEL = 9  # of the first facts: a clock and its due time fit into the narrow pane
OF_WHO_HAS_IT = ("Answer", "Resolve", "Agent", "In queue", "Expected")
A_DAY = 24 * 60
RISK_STYLES = {"high": f"bold {BAD}", "medium": CARE or "bold", "low": ""}
FACTORS = {
    "resolution_time": "speed",
    "agent_level": "agent level",
    "interactions": "few messages",
    "sentiment": "sentiment",
}


def read_issue(desk: Desk, issue_id: int) -> IssueStory:
    return {**queries.issue(desk, issue_id), "interactions": queries.interactions(issue_id), "history": []}


def describe_issue(
    issue: IssueStory, longest: int | None = None, last: int | None = None, *, has_why: bool = True
) -> Text:
    """Describe an issue in full, its texts cut at ``longest`` characters, with the ``last`` messages.

    Without ``has_why`` it is left out why it is so urgent: ``issue_aside`` tells it.
    """
    head = words.priority(issue), " · ", words.state(issue), f" · {category(issue)}"
    text = Text.assemble((words.headline(issue), "bold"), "\n", *head, overflow="fold")
    add_facts(text, _facts(issue), SHORT_LABEL)
    _add_spoken(text, issue, longest, last)
    if has_why:
        _heading(text, "Why so urgent")
        text.append(f"\n{ladder(issue['priority_steps'])}")
    _add_escalations(text, issue)
    _add_satisfaction(text, issue)
    _heading(text, "What triage read")
    add_facts(text, _read(issue), LABEL)
    return text


def issue_detail(desk: Desk, issue_id: int, *, has_why: bool = True) -> Detail:
    """Describe an issue for a pane. Reads the database."""
    issue = read_issue(desk, issue_id)
    return f"Issue {issue_id}", describe_issue(issue, EXCERPT, LAST_SPOKEN, has_why=has_why)


def issue_aside(desk: Desk, issue_id: int) -> Detail:
    """Describe an issue's customer, and step by step why it is so urgent. Reads the database."""
    issue = read_issue(desk, issue_id)
    because = Text.assemble((f"{priority_words(issue['priority'])}, because", "bold"), overflow="fold")
    _add_why(because, issue)
    customer_id = issue["customer_id"]
    if customer_id is None:
        return "No customer", because
    about = customer_text(customer_id, desk.now())
    return f"Customer No. {customer_id}", about.append("\n\n").append_text(because)


def _heading(text: Text, heading: str) -> None:
    text.append(f"\n\n{heading}", "bold")


def _facts(issue: IssueStory) -> list[tuple[str, str | Text]]:
    clocks = issue["sla"]
    place, wait = issue["queue_position"], issue["expected_wait_minutes"]
    first = clocks["first_response"]
    is_past = first["met_at"] is not None or first["breached"]  # then nothing is expected in time
    expected = None if is_past else issue["expected_response_minutes"]
    return [
        ("Unsure", Text("triage asks: what is it about?", f"bold {CARE}") if issue["unsure"] else ""),
        ("Answer", _clock(first, "answer in")),
        ("Resolve", _clock(clocks["resolution"], "due in")),
        ("Agent", f"{holder(issue, 'no agent yet')}: {issue['routing_reason']}"),
        ("In queue", f"place {place}, about {short_span(wait or 0)} to wait" if place else ""),
        ("Expected", f"first answer in {short_span(expected)}" if expected is not None else ""),
        ("Customer", ", ".join(filter(None, (words.customer(issue), issue["tier"])))),
        ("Booking", str(issue["booking_id"] or "")),
    ]


def _clock(clock: ClockState, verb: str) -> Text:
    """Format a clock with its end: the hour, or the day if further away."""
    line = words.clock_line(clock, verb)
    if clock["met_at"]:
        return line
    date, _, hour = short_moment(clock["due"]).rpartition(" ")
    return line.append(f" ({hour if abs(clock['left_minutes']) < A_DAY else date})", "dim")


def _warned(warnings: list[WarningRow]) -> str:
    """Return the last warning of each clock."""
    last = {CLOCKS[one["clock"]]: one["percent"] for one in warnings}
    return ", ".join(f"{percent}% of the {name} time" for name, percent in last.items())


def _add_spoken(text: Text, issue: IssueStory, longest: int | None, last: int | None) -> None:
    _heading(text, "Conversation")
    spoken = issue["interactions"]
    shown = spoken[-last:] if last else spoken
    text.append("\n").append_text(words.conversation([_first_message(issue)], longest))
    if len(shown) < len(spoken):
        text.append(f"\n… {len(spoken) - len(shown)} more: enter shows all", "dim")
    if shown:
        text.append("\n").append_text(words.conversation(shown, longest))


def _first_message(issue: IssueStory) -> InteractionRow:
    """Return the message that an issue was opened with, as the first of its conversation."""
    first = {"at": issue["opened_at"], "author": "customer", "kind": "message", "text": issue["description"]}
    rest = dict.fromkeys(InteractionRow.__annotations__)
    return cast(InteractionRow, rest | first)


def add_steps(text: Text, steps: Sequence[Step]) -> None:
    """Add the steps that led to the priority, one a line; those that changed nothing are left out."""
    for one in counted(steps):
        name, why = priority_words(one.priority), one.why
        if not one.rises and one.add > 0:
            why = f"{why} (already {name})"
        sign = "+" if one.add > 0 else "-"
        label = f"{sign}{plural(abs(one.add), 'step')}:" if one.add else f"{name}:"
        add_value(text.append(f"\n{label:<{LABEL}}", "bold"), why, " " * LABEL)


def _add_why(text: Text, issue: IssueStory) -> None:
    add_steps(text, issue["priority_steps"])
    if not counted(issue["priority_steps"]):
        text.append(f"\nIssues start at {priority_words(START)}; nothing raises this one")


def _add_escalations(text: Text, issue: IssueStory) -> None:
    if not issue["escalations"]:
        return
    _heading(text, "Escalations")
    for one in issue["escalations"]:
        style = "dim" if one["closed_at"] else f"bold {BAD}"
        what = Text().append(f"level {one['level']}, {one['trigger'].replace('_', ' ')}", style)
        add_value(text.append("\n"), what.append(f": {one['reason']}; {describe_escalation(one)}"), "  ")


def _add_satisfaction(text: Text, issue: IssueStory) -> None:
    guess, survey = issue["satisfaction"], issue["survey"]
    _heading(text, "The customer")
    rating, risk = f"{guess['predicted']:.1f} of 5", f"{guess['risk']} risk"
    text.append(f"\nPredicted rating {rating} · ").append(risk, RISK_STYLES[guess["risk"]])
    churn = f"{guess['churn_probability']:.0%}"
    text.append("" if churn == "0%" else f" · {churn} may leave").append(
        f" ({guess['model']['kind']})", "dim"
    )
    factors = (f"{FACTORS.get(name, name)} {value:.0%}" for name, value in guess["factors"].items())
    add_facts(text, [("Factors", ", ".join(factors))], LABEL)
    for one in advice(issue):
        add_value(text.append("\n• "), one, "  ")
    if survey:
        score = "customer to be asked" if survey["score"] is None else f"{survey['score']} of 5"
        comment = f": {survey['comment']}" if survey["comment"] else ""
        add_facts(text, [("Survey", score + comment)], LABEL)


def _read(issue: IssueStory) -> list[tuple[str, str]]:
    return [
        ("Confidence", f"{issue['confidence']:.0%}"),
        ("Sentiment", sentiment_words(issue["sentiment"]["compound"])),
        ("Urgent", ", ".join(issue["urgency_indicators"])),
        ("Keywords", ", ".join(issue["keywords"])),
        ("Mentions", words.mentions(issue)),
        ("Complexity", issue["complexity"]),
        ("Came in", f"{exact(issue['opened_at'])} by {words.channel(issue)}"),
        ("Warned", _warned(issue["warnings"])),
        ("Progress", progress_words(issue["progress"])),
    ]


def why_text(issue: IssueStory) -> Text:
    """Describe why an issue is so urgent, and who has it."""
    text = Text.assemble((words.headline(issue, EXCERPT), "bold"), overflow="fold")
    _add_why(text, issue)
    _heading(text, "Who has it")
    add_facts(text, (fact for fact in _facts(issue) if fact[0] in OF_WHO_HAS_IT), LABEL)
    _add_escalations(text, issue)
    _add_satisfaction(text, issue)
    return text
