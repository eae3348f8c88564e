"""The pane beside the issues: what it is, until when, what was said, and what may become of it."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from dispatch.desk.desk import Desk
from dispatch.queries.wording import holder, span
from dispatch.service.issues import queries
from dispatch.service.row_types import (
    ClockState,
    IssueStory,
    Prediction,
    SurveyRow,
    WarningRow,
)
from dispatch.service.wording import CLOCKS, category, describe_escalation, progress_words
from screens.widgets.detail_pane import DetailPane
from screens.wording import issues as words
from screens.wording.text import BAD, CARE, moment, short_moment

EXCERPT = 600  # characters of a text in the pane; the panel shows all of it
LAST_SPOKEN = 12  # interactions in the pane
LABEL = 11
SHORT_LABEL = 9  # of what stands on top: a clock and its due time fit into the narrow pane
A_DAY = 24 * 60
RISK_STYLES = {"high": f"bold {BAD}", "medium": CARE, "low": ""}
FACTORS = {
    "resolution_time": "time",
    "agent_level": "agent",
    "interactions": "talk",
    "sentiment": "sentiment",
}


def issue_query(desk: Desk, issue_id: int | None) -> Callable[[], IssueStory | None]:
    """What the pane shows of an issue; None when there is none."""

    def work() -> IssueStory | None:
        if issue_id is None:
            return None
        return {
            **queries.issue(desk, issue_id),
            "interactions": queries.interactions(issue_id),
            "history": [],
        }

    return work


class IssueDetail(DetailPane):
    """One issue in full."""

    def show(self, issue: IssueStory | None) -> None:
        """Show what ``issue_query`` read."""
        if issue is None:
            self.tell("", "Choose an issue to see it here")
        else:
            self.tell(f"Issue {issue['issue_id']}", described(issue, EXCERPT, LAST_SPOKEN))


def described(issue: IssueStory, longest: int | None = None, last: int | None = None) -> Text:
    """All about an issue; its texts cut at ``longest`` characters, of the conversation the ``last``."""
    text = Text(overflow="fold")
    text.append_text(words.priority(issue)).append("  ")
    text.append_text(words.state(issue)).append(f"  {category(issue)}")
    for label, value in _facts(issue):
        if value:
            _add(text, label, value, SHORT_LABEL)
    _add_spoken(text, issue, longest, last)
    _heading(text, "Why so urgent")
    _add_steps(text, issue)
    _add_escalations(text, issue)
    _add_satisfaction(text, issue["satisfaction"], issue["survey"])
    _heading(text, "What triage read")
    for label, value in _read(issue):
        if value:
            _add(text, label, value)
    return text


def _heading(text: Text, heading: str) -> None:
    text.append(f"\n\n{heading}", "bold underline")


def _add(text: Text, label: str, value: str | Text, width: int = LABEL) -> None:
    text.append(f"\n{label:<{width}}", "dim")
    text.append_text(value if isinstance(value, Text) else Text(value))


def _facts(issue: IssueStory) -> list[tuple[str, str | Text]]:
    clocks = issue["sla"]
    place, wait = issue["queue_position"], issue["expected_wait_minutes"]
    answered = clocks["first_response"]["met_at"] is not None
    expected = None if answered else issue["expected_response_minutes"]
    return [
        ("Unsure", Text("triage asks: what is it about?", f"bold {CARE}") if issue["unsure"] else ""),
        ("Answer", _clock(clocks["first_response"], "answer in")),
        ("Resolve", _clock(clocks["resolution"], "due in")),
        ("Agent", f"{holder(issue, 'nobody yet')}: {issue['routing_reason']}"),
        (
            "In queue",
            f"place {place}, about {span(wait)} to wait" if place and wait else "",
        ),
        ("Expected", f"first answer in {span(expected)}" if expected is not None else ""),
        ("Customer", ", ".join(filter(None, (words.customer(issue), issue["tier"])))),
        ("Booking", str(issue["booking_id"] or "")),
    ]


def _clock(clock: ClockState, verb: str) -> Text:
    """A clock, and when its time is over: the hour, or of what is further away the day."""
    line, due = words.clock_line(clock, verb), short_moment(clock["due"])
    if clock["met_at"]:
        return line
    return line.append(f" ({due[6:] if abs(clock['left_minutes']) < A_DAY else due[:5]})", "dim")


def _warned(warnings: list[WarningRow]) -> str:
    """The last warning of each clock."""
    last = {CLOCKS[one["clock"]]: one["percent"] for one in warnings}
    return ", ".join(f"{percent} % of the {name} time" for name, percent in last.items())


def _add_spoken(text: Text, issue: IssueStory, longest: int | None, last: int | None) -> None:
    _heading(text, "Conversation")
    text.append(f"\n{short_moment(issue['opened_at'])}  ", "dim").append("customer: ", "bold")
    text.append(words.excerpt(issue["description"], longest))
    spoken = issue["interactions"]
    shown = spoken[-last:] if last else spoken
    if len(shown) < len(spoken):
        text.append(f"\n… {len(spoken) - len(shown)} more: enter shows all", "dim")
    if shown:
        text.append("\n").append_text(words.conversation(shown, longest))


def _add_steps(text: Text, issue: IssueStory) -> None:
    for step in issue["priority_steps"]:
        text.append(f"\n{step['add']:+d} {step['priority']:<9}", "bold").append(step["why"])


def _add_escalations(text: Text, issue: IssueStory) -> None:
    if not issue["escalations"]:
        return
    _heading(text, "Escalations")
    for one in issue["escalations"]:
        style = "dim" if one["closed_at"] else f"bold {BAD}"
        trigger = one["trigger"].replace("_", " ")
        text.append(f"\nlevel {one['level']}, {trigger}", style).append(
            f": {one['reason']}; {describe_escalation(one)}"
        )


def _add_satisfaction(text: Text, guess: Prediction, survey: SurveyRow | None) -> None:
    _heading(text, "The customer")
    text.append(f"\n{guess['predicted']:.2f} of 5 expected, {guess['risk']} risk", RISK_STYLES[guess["risk"]])
    text.append(f", {guess['churn_probability']:.0%} may leave")
    text.append(f" ({guess['model']['kind']})", "dim")
    factors = (f"{FACTORS.get(name, name)} {value:.2f}" for name, value in guess["factors"].items())
    _add(text, "Factors", ", ".join(factors))
    for advice in guess["recommendations"]:
        text.append(f"\n• {advice}")
    if survey:
        score = "no answer yet" if survey["score"] is None else f"{survey['score']} of 5"
        _add(text, "Survey", score + (f": {survey['comment']}" if survey["comment"] else ""))


def _read(issue: IssueStory) -> list[tuple[str, str]]:
    return [
        ("Confidence", f"{issue['confidence']:.0%}"),
        ("Sentiment", f"{issue['sentiment']['compound']:+.2f}"),
        ("Urgent", ", ".join(issue["urgency_indicators"])),
        ("Keywords", ", ".join(issue["keywords"])),
        ("Mentions", words.mentions(issue)),
        ("Complexity", issue["complexity"]),
        ("Came in", f"{moment(issue['opened_at'])} by {issue['channel'].replace('_', ' ')}"),
        ("Warned", _warned(issue["warnings"])),
        ("Progress", progress_words(issue["progress"])),
    ]


def why_text(issue: IssueStory) -> Text:
    """Why an issue is as urgent as it is, who has it and why, and until when."""
    text = Text(overflow="fold")
    text.append(f"{issue['priority']}, because", "bold")
    _add_steps(text, issue)
    _heading(text, "Who has it")
    for label, value in _facts(issue):
        if value and label in ("Answer", "Resolve", "Agent", "In queue", "Expected"):
            _add(text, label, value)
    _add_escalations(text, issue)
    _add_satisfaction(text, issue["satisfaction"], issue["survey"])
    return text
