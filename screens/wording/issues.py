"""Issues in words and colours: the time left, the state, and the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from rich.text import Text

from dispatch.customers.row_types import IssueLine
from dispatch.queries.wording import short_moment
from dispatch.service import wording
from dispatch.service.row_types import ClockState, InteractionRow, IssueDetails, IssueRow
from dispatch.triage.row_types import Analysis, Triage
from models.issues import ASSIGNED, FIRST_RESPONSE, IN_PROGRESS, NEW, OPEN, PENDING_CUSTOMER, TITLE_LENGTH
from screens.wording import priorities
from screens.wording.text import BAD, CARE, GOOD, QUIET, add_value, short

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
RAISED = ("CRITICAL", "URGENT")  # marked by a sign too
STATE_SIGNS = {NEW: "○", ASSIGNED: "○", IN_PROGRESS: "◐", PENDING_CUSTOMER: "‖"}
ESCALATED, ENDED, VOIDED = "!✓–"
INDENT, FRAME = "    ", "┃ "
BAR_CELLS, FULL, EMPTY = 4, "▇", "▁"


def short_category(row: IssueRow) -> Text:
    if row["unsure"]:
        return Text("unsure?", f"bold {CARE}")
    return Text(SHORT_CATEGORIES[str(row["category"])])


def priority(row: IssueRow | IssueLine | Triage) -> Text:
    """Format a priority, the two highest behind a sign."""
    name = row["priority"]
    sign = "↑ " if name in RAISED else ""
    return Text(f"{sign}{wording.priority_words(name)}", _priority_style(row))


def _priority_style(row: IssueRow | IssueLine | Triage) -> str:
    return QUIET if _is_ended(row) else priorities.STYLES[row["priority"]]


def _is_ended(row: Mapping[str, Any]) -> bool:
    return row.get("status", NEW) not in OPEN


def is_loud(row: IssueRow) -> bool:
    """Return whether an escalation waits for somebody to acknowledge it."""
    return bool(row["escalation_level"]) and not row["escalation_acknowledged"]


def state(row: IssueRow) -> Text:
    """Format the status, after the escalation if there is one, in the colours of both."""
    words = wording.state(row)
    escalated, dot, rest = words.partition(" · ")
    if dot:
        return Text.assemble((escalated, f"bold {BAD}" if is_loud(row) else QUIET), dot, rest)
    return Text(words, _status_style(row["status"]))


def time_left(row: IssueRow) -> Text:
    """Format the clock that is due next, as a bar, a sign and words."""
    return clock_line(*wording.next_clock(row))


def clock_line(clock: ClockState, verb: str) -> Text:
    """Format a clock: a bar of the time used, its sign if there is one, and words."""
    sign, words = wording.clock_words(clock, verb)
    style = BAD if sign == "!" and clock["met_at"] else CLOCK_STYLES[sign]
    line = Text.assemble((f"{_bar(clock)} ", style))
    return line.append(words) if sign == " " else line.append(f"{sign} {words}", style)


def mentions(row: Analysis) -> str:
    """List what a message names, each with its kind unless the words include it."""
    named = []
    for one in row["entities"]:
        kind, text = one["type"].replace("_", " "), one["text"]
        named.append(text if kind in text.lower() else f"{kind} {text}")
    return ", ".join(named)


def due_at(row: IssueRow) -> str:
    """Return the stored time at which the clock that is due next is due."""
    times = row["sla"]
    return times["first_response_due"] if times["next"] == FIRST_RESPONSE else times["resolution_due"]


def urgency(row: IssueRow) -> Text:
    """Format what a list is sorted by: the first letter of the priority, and the time left behind a sign.

    The sign is ``!`` if late, or if escalated and not acknowledged, ``▲`` if soon due, ``‖`` if paused,
    ``✓`` if done.
    """
    clock, _ = wording.next_clock(row)
    sign, _ = wording.clock_words(clock, "")
    needs_somebody = is_loud(row) or (clock["breached"] and not clock["met_at"])
    style = f"bold {BAD}" if needs_somebody else QUIET if clock["met_at"] else CLOCK_STYLES[sign]
    return Text.assemble(
        (row["priority"][0], _priority_style(row)),
        (f"{'!' if needs_somebody else sign} {_bar(clock)} ", style),
        (_left_words(clock), style if needs_somebody or sign != " " else ""),
    )


def _bar(clock: ClockState) -> str:
    """Return the share of the time that is used as a bar."""
    is_late = clock["breached"] and not clock["met_at"]
    full = BAR_CELLS if is_late else ceil(min(1.0, max(0.0, clock["used_percent"] / 100)) * BAR_CELLS)
    return FULL * full + EMPTY * (BAR_CELLS - full)


def _left_words(clock: ClockState) -> str:
    left = wording.short_span(abs(clock["left_minutes"]))
    if clock["met_at"]:
        return "done late" if clock["breached"] else "done"
    return f"{left.split()[0]} late" if clock["breached"] else left


def short_state(row: IssueRow) -> Text:
    """Format the escalation, or else the status, as a sign and one or two words; known ones are quiet."""
    if is_loud(row):
        return Text(f"{ESCALATED} escalated {row['escalation_level']}", f"bold {BAD}")
    status = row["status"]
    sign = VOIDED if row.get("voided") else STATE_SIGNS.get(status, ENDED)
    if row["escalation_level"]:
        return Text(f"{sign} acknowledged", _status_style(status))
    words = "paused" if status == PENDING_CUSTOMER else wording.status(row)
    return Text(f"{sign} {words}", _status_style(status))


def _status_style(status: str) -> str:
    """Return the style of a status: loud until somebody works on it, quiet while nobody has to."""
    if status == NEW:
        return f"bold {CARE}"
    if status == ASSIGNED:
        return CARE or "bold"
    return "" if status == IN_PROGRESS else QUIET


def title(row: IssueRow | IssueLine) -> str:
    """Format a title, with an ellipsis if it is as long as what is kept of a message."""
    words = row["title"]
    return f"{words.rstrip()}…" if len(words) >= TITLE_LENGTH else words


def headline(row: IssueDetails, longest: int = 0) -> str:
    """Format the title, with an ellipsis where the message goes on behind it.

    Where there is room, it is the message itself, of up to ``longest`` characters.
    """
    head, message = row["title"], row["description"].replace("\n", " ").replace("\t", " ")
    if message == head or not message.startswith(head):
        return head
    return short(message, max(longest, len(head) + 1)) if longest else f"{head}…"


def is_overdue(row: IssueRow) -> bool:
    """Return whether the time that runs now is over."""
    clock, _ = wording.next_clock(row)
    return clock["breached"] and not clock["met_at"] and not _is_ended(row)


def subject(row: IssueRow) -> Text:
    """Format what the customer says, quiet once it is over."""
    return Text(title(row), QUIET if _is_ended(row) else "")


def customer(row: IssueRow) -> str:
    return row["customer_name"] or "–"


def about_issue(row: IssueRow) -> str:
    """Format what kind of issue it is: ``Critical technical support``."""
    return f"{wording.priority_words(row['priority'])} {wording.category(row)}"


def priority_and_kind(row: IssueRow) -> str:
    """Format as ``about_issue`` in a few cells: ``Critical tech``."""
    kind = SHORT_CATEGORIES[str(row["category"])]
    return f"{wording.priority_words(row['priority'])} {'unsure' if row['unsure'] else kind}"


def describe(word: str, issue: IssueRow) -> str:
    """Describe an issue after a command, in so few cells that half a narrow line holds it."""
    if word.endswith(" to"):
        return f"{word} issue {issue['issue_id']}"
    about = f"{word}: issue {issue['issue_id']}"
    if word in GIVEN:
        return f"{about} → {short(issue['agent_name'] or 'waiting', 16)}"
    if word == "Escalated":
        return f"{about}, level {issue['escalation_level']}"
    return f"{about}, {priority_and_kind(issue)}"


def describe_briefly(word: str, issue: IssueRow) -> str:
    """Describe the same without its kind, for a line that is too short even so; "" if there is no word."""
    if word in GIVEN:
        return f"{word} {issue['issue_id']} → {short(issue['agent_name'] or 'waiting', 14)}"
    return f"{word} issue {issue['issue_id']}" if word else ""


def conversation(interactions: list[InteractionRow], longest: int | None) -> Text:
    """Format a conversation, oldest first: the customer at the left, the desk indented, notes in a frame.

    A text above ``longest`` characters is cut.
    """
    text = Text(overflow="fold")
    for number, one in enumerate(interactions):
        text.append("\n" if number else "")
        text.append_text(_spoken(one, longest))
    return text


def _spoken(one: InteractionRow, longest: int | None) -> Text:
    who, words = wording.describe_interaction(one)
    is_customer, is_note = one["author"] == "customer", one["kind"] == "note"
    indent = "" if is_customer else INDENT
    if one["kind"] == "status":
        said = f"{short_moment(one['at'])}  {who}{': ' if who else ''}{words}"
        return _add_lines(Text(), said, INDENT, "dim")
    line = Text().append(f"{indent}{who[:1].upper()}{who[1:]}", QUIET if is_note else "bold")
    line.append(f"  {short_moment(one['at'])}", "dim")
    before, style = (f"{indent}{FRAME}", QUIET) if is_note else (indent, "")
    _add_lines(line, words[:longest], before, style)
    if longest is not None and len(words) > longest:
        line.append(f"\n{before}… {len(words) - longest:,} characters more: enter shows all", "dim")
    return line.append(f"\n{before}awaits an answer", "dim") if one["answer_needed"] else line


def channel(row: IssueRow) -> str:
    return channel_word(row["channel"])


def channel_word(name: str) -> str:
    """Name a channel as the fields of a customer do: ``e-mail``, ``web form``."""
    return name.replace("_", " ").replace("email", "e-mail")


def _add_lines(text: Text, words: str, before: str, style: str) -> Text:
    """Add a message on lines of its own, each after ``before``."""
    for line in words.splitlines():
        text.append("\n" if text else "").append(before, style)
        add_value(text, Text(line.rstrip(), style or "default"), before, style)
    return text
