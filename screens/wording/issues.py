"""How issues read on screen: the time left, the state, and what was said."""

from __future__ import annotations

from rich.text import Text

from dispatch.customers.row_types import IssueLine
from dispatch.service.row_types import ClockState, InteractionRow, IssueRow
from dispatch.triage.row_types import Analysis, Triage
from screens.wording.agents import BARS
from screens.wording.text import BAD, CARE, GOOD, short_moment

SOON_PERCENT = 75  # of the time is used: a sign before the words
NAMES = {"first_response": "first answer", "resolution": "resolution"}
SHORT_CATEGORIES = {
    "technical_support": "tech",
    "billing_dispute": "billing",
    "product_complaint": "product",
    "feature_request": "feature",
    "account_access": "access",
    "refund_request": "refund",
    "general_inquiry": "general",
}
PRIORITY_STYLES = {"CRITICAL": f"bold {BAD}", "URGENT": BAD, "HIGH": CARE, "MEDIUM": "", "LOW": "dim"}


def span(minutes: float) -> str:
    """The largest unit and, below a day, the next one: ``45 s``, ``12 min``, ``3 h 20``, ``2 d``."""
    if minutes < 1:
        return f"{round(minutes * 60)} s"
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 24:
        return f"{hours} h {rest:02}" if rest and hours < 10 else f"{hours} h"
    return f"{hours // 24} d"


def category(row: IssueRow | Triage) -> str:
    """A category in words; one that triage is not sure of asks."""
    return str(row["category"]).replace("_", " ") + (", unsure" if row["unsure"] else "")


def short_category(row: IssueRow) -> Text:
    if row["unsure"]:
        return Text("unsure?", f"bold {CARE}")
    return Text(SHORT_CATEGORIES[str(row["category"])])


def priority(row: IssueRow | IssueLine | Triage) -> Text:
    return Text(row["priority"], PRIORITY_STYLES[row["priority"]])


def status(row: IssueRow | IssueLine) -> str:
    if row.get("voided"):
        return "by mistake"
    return {"new": "waiting", "pending_customer": "with customer"}.get(
        row["status"], str(row["status"]).replace("_", " ")
    )


def state(row: IssueRow) -> Text:
    """The status, behind the escalation where there is one."""
    if not row["escalation_level"]:
        return Text(status(row), f"bold {CARE}" if row["status"] == "new" else "")
    return Text(f"ESCALATED {row['escalation_level']}", f"bold {BAD}").append(f" · {status(row)}", "default")


def time_left(row: IssueRow) -> Text:
    """The clock that counts next, as a bar, a sign and words."""
    clocks = row["sla"]
    if clocks["next"] == "first_response":
        return clock_line(clocks["first_response"], "answer")
    return clock_line(clocks["resolution"], "due")


def clock_line(clock: ClockState, verb: str) -> Text:
    """A clock: a bar of the time used, a sign (! over, ‖ paused, ▲ soon, ✓ done) and words."""
    told, used = span(abs(clock["left_minutes"])), clock["used_percent"]
    sign, words, style = " ", f"{verb} {told}", GOOD
    if clock["met_at"]:
        sign, words, style = ("!", "done late", BAD) if clock["breached"] else ("✓", "done in time", "dim")
    elif clock["breached"]:
        sign, words, style = "!", f"overdue {told}", f"bold {BAD}"
    elif clock["paused_at"]:
        sign, words, style = "‖", f"paused {told}", "dim"
    elif used >= SOON_PERCENT:
        sign, words, style = "▲", words, f"bold {CARE}"
    bar = BARS[round(min(1.0, max(0.0, used / 100)) * (len(BARS) - 1))]
    return Text.assemble((f"{bar}{sign}", style), (words, style if sign in "!▲" else ""))


def mentions(row: Analysis) -> str:
    """What a message names, each with its kind unless the words tell it."""
    told = []
    for one in row["entities"]:
        kind, text = one["type"].replace("_", " "), one["text"]
        told.append(text if kind in text.lower() else f"{kind} {text}")
    return ", ".join(told)


def customer(row: IssueRow) -> str:
    return row["customer_name"] or "–"


def told(word: str, issue: IssueRow) -> str:
    """What a toast says about an issue after a command."""
    holder = issue["agent_name"] or "waiting for an agent"
    level = f", ESCALATED {issue['escalation_level']}" if issue["escalation_level"] else ""
    return f"{word}: issue {issue['issue_id']}, {issue['priority']} {category(issue)}{level} ({holder})"


def conversation(interactions: list[InteractionRow], longest: int | None = None) -> Text:
    """What was said and done, oldest first; a text above ``longest`` characters is cut."""
    text = Text(overflow="fold")
    for number, one in enumerate(interactions):
        text.append("\n" if number else "")
        text.append_text(_spoken(one, longest))
    return text


def _spoken(one: InteractionRow, longest: int | None) -> Text:
    who = "customer" if one["author"] == "customer" else one["agent_name"] or "desk"
    line = Text().append(f"{short_moment(one['at'])}  ", "dim")
    if one["status_to"] == "assigned":
        return line.append(f"→ given to {who}", "dim")
    if one["kind"] == "status":
        step = f"{one['status_from']} → {one['status_to']}".replace("_", " ")
        return line.append(f"{who}: {step}", "dim")
    if one["kind"] == "note":
        line.append(f"{who}, note: ", f"bold {CARE}")
    else:
        line.append(f"{who}: ", "bold")
    line.append(excerpt(one["text"] or "", longest))
    return line.append("  [awaits an answer]" if one["answer_needed"] else "", "dim")


def excerpt(text: str, longest: int | None) -> str:
    """The beginning of a long text, and how much more there is."""
    if longest is None or len(text) <= longest:
        return text
    return f"{text[:longest]} … ({len(text) - longest:,} characters more: enter shows all)"
