"""Issues in words and colours: the time left, the state, and the conversation."""

from __future__ import annotations

from rich.text import Text

from dispatch.customers.row_types import IssueLine
from dispatch.queries.wording import short_moment
from dispatch.service import wording
from dispatch.service.row_types import ClockState, InteractionRow, IssueRow
from dispatch.triage.row_types import Analysis, Triage
from screens.wording.agents import BARS
from screens.wording.text import BAD, CARE, GOOD, short

SHORT_CATEGORIES = {
    "technical_support": "tech",
    "billing_dispute": "billing",
    "product_complaint": "product",
    "feature_request": "feature",
    "account_access": "access",
    "refund_request": "refund",
    "general_inquiry": "general",
}
GIVEN = ("Opened", "Reassigned")
CLOCK_STYLES = {"!": f"bold {BAD}", "‖": "dim", "▲": f"bold {CARE}", "✓": "dim", " ": GOOD}
PRIORITY_STYLES = {"CRITICAL": f"bold {BAD}", "URGENT": BAD, "HIGH": CARE, "MEDIUM": "", "LOW": "dim"}


def short_category(row: IssueRow) -> Text:
    if row["unsure"]:
        return Text("unsure?", f"bold {CARE}")
    return Text(SHORT_CATEGORIES[str(row["category"])])


def priority(row: IssueRow | IssueLine | Triage) -> Text:
    return Text(row["priority"], PRIORITY_STYLES[row["priority"]])


def state(row: IssueRow) -> Text:
    """Format the status, after the escalation if there is one, in the colours of both."""
    words = wording.state(row)
    escalated, dot, rest = words.partition(" · ")
    if dot:
        return Text(escalated, f"bold {BAD}").append(dot + rest, "default")
    return Text(words, f"bold {CARE}" if row["status"] == "new" else "")


def time_left(row: IssueRow) -> Text:
    """Format the clock that is due next, as a bar, a sign and words."""
    return clock_line(*wording.next_clock(row))


def clock_line(clock: ClockState, verb: str) -> Text:
    """Format a clock: a bar of the time used, its sign, and words."""
    sign, words = wording.clock_words(clock, verb)
    style = BAD if sign == "!" and clock["met_at"] else CLOCK_STYLES[sign]
    share = min(1.0, max(0.0, clock["used_percent"] / 100))
    bar = BARS[round(share * (len(BARS) - 1))]
    return Text.assemble((f"{bar}{sign}", style), (words, style if sign in "!▲" else ""))


def mentions(row: Analysis) -> str:
    """List what a message names, each with its kind unless the words include it."""
    named = []
    for one in row["entities"]:
        kind, text = one["type"].replace("_", " "), one["text"]
        named.append(text if kind in text.lower() else f"{kind} {text}")
    return ", ".join(named)


def customer(row: IssueRow) -> str:
    return row["customer_name"] or "–"


def describe(word: str, issue: IssueRow) -> str:
    """Describe an issue after a command, for the message line."""
    about = f"{word}: issue {issue['issue_id']}, {issue['priority']} {wording.category(issue)}"
    if word in GIVEN:
        return f"{about} → {short(issue['agent_name'] or 'waiting', 20)}"
    level = issue["escalation_level"] if word == "Escalated" else 0
    return f"{about}, level {level}" if level else about


def conversation(interactions: list[InteractionRow], longest: int | None = None) -> Text:
    """Format the conversation, oldest first; a text above ``longest`` characters is cut."""
    text = Text(overflow="fold")
    for number, one in enumerate(interactions):
        text.append("\n" if number else "")
        text.append_text(_spoken(one, longest))
    return text


def _spoken(one: InteractionRow, longest: int | None) -> Text:
    who, words = wording.describe_interaction(one)
    line = Text().append(f"{short_moment(one['at'])}  ", "dim")
    if one["kind"] == "status":
        return line.append(f"{who}: {words}" if who else words, "dim")
    line.append(f"{who}: ", f"bold {CARE}" if one["kind"] == "note" else "bold")
    line.append(excerpt(words, longest))
    return line.append("  [awaits an answer]" if one["answer_needed"] else "", "dim")


def excerpt(text: str, longest: int | None) -> str:
    """Return the beginning of a long text, and how much more there is."""
    if longest is None or len(text) <= longest:
        return text
    return f"{text[:longest]} … ({len(text) - longest:,} characters more: enter shows all)"
