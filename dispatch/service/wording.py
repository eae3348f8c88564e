"""Plain wording of issues, the same on every screen and from every command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dispatch.customers.row_types import IssueLine
from dispatch.desk.desk import DESK_ACTOR
from dispatch.queries.wording import plural, short_moment, span
from dispatch.service.row_types import ClockState, EscalationRow, InteractionRow, IssueRow, Progress
from dispatch.triage.priority import ANGRY
from dispatch.triage.row_types import Step, Triage

SOON_PERCENT, SOON_MIN = 75, 15  # of the time used, or minutes left: from here on a sign precedes the words
START = "MEDIUM"  # of the steps to a priority
BY_RULE = ("category", "sentiment", "tier", "urgency")  # the steps that count only if they add something
CLOCKS = {"first_response": "first answer", "resolution": "resolution"}
LEFT = "left"  # of an agent, among the presences
STATUSES = {"new": "waiting", "pending_customer": "waiting for customer"}


def category(row: IssueRow | Triage) -> str:
    """Format a category, with a question mark when triage is unsure."""
    return row["category"].replace("_", " ") + (", unsure" if row["unsure"] else "")


def status(row: IssueRow | IssueLine) -> str:
    """Format a status: ``waiting``, ``in progress``, ``waiting for customer``."""
    if row.get("voided"):
        return "undone"
    return status_words(row["status"])


def status_words(name: str) -> str:
    """Format a status by its stored name."""
    return STATUSES.get(name, name.replace("_", " "))


def priority_words(name: str) -> str:
    """Format a priority by its stored name: ``Critical``."""
    return name.capitalize()


def absence(presence: str) -> str:
    """Say of an agent who attends to nothing what they do: ``is away``, ``has left``."""
    return "has left" if presence == LEFT else f"is {presence}"


def state(row: IssueRow) -> str:
    """Format the status, after the escalation if there is one."""
    level, known = row["escalation_level"], ", acknowledged" if row["escalation_acknowledged"] else ""
    return f"Escalated {level}{known} · {status(row)}" if level else status(row)


def short_span(minutes: float) -> str:
    """Format a span as ages are: ``45s``, ``12m``, ``3h 20``, ``2d``."""
    return span(minutes).replace("min", "m").replace(" ", "", 1)


def sentiment_words(compound: float) -> str:
    """Format a sentiment: ``+0.12``, ``-0.59 (upset)``."""
    return f"{compound:+z.2f}{' (upset)' if compound <= ANGRY else ''}"


def clock_words(clock: ClockState, verb: str) -> tuple[str, str]:
    """Describe a clock by a sign (! over, ‖ paused, ▲ soon, ✓ done, or a blank) and words."""
    left = short_span(abs(clock["left_minutes"]))
    if clock["met_at"]:
        return ("!", "done late") if clock["breached"] else ("✓", "done in time")
    if clock["breached"]:
        return "!", f"overdue {left}"
    if clock["paused_at"]:
        return "‖", f"paused {left}"
    is_soon = clock["used_percent"] >= SOON_PERCENT or clock["left_minutes"] < SOON_MIN
    return "▲" if is_soon else " ", f"{verb} {left}"


def next_clock(row: IssueRow) -> tuple[ClockState, str]:
    """Return the clock due next, and the word for it."""
    clocks = row["sla"]
    if clocks["next"] == "first_response":
        return clocks["first_response"], "answer"
    return clocks["resolution"], "due"


def time_left(row: IssueRow) -> str:
    """Format the time left of the clock due next: ``▲ answer 4m``, ``! overdue 2h``."""
    sign, words = clock_words(*next_clock(row))
    return f"{sign} {words}" if sign in "!▲" else words


def describe_interaction(one: InteractionRow) -> tuple[str, str]:
    """Return the author and the words of an interaction; the desk gives an issue without an author."""
    who = "customer" if one["author"] == "customer" else one["agent_name"] or "desk"
    if one["status_to"] == "assigned":
        return "", f"→ given to {who}"
    if one["kind"] == "status":
        return who, " → ".join(map(status_words, (one["status_from"] or "", one["status_to"] or "")))
    return f"{who}, note" if one["kind"] == "note" else who, one["text"] or ""


def ladder(steps: Sequence[Step]) -> str:
    """Format the rises to a priority: ``Medium → High (technical support) → Urgent (upset customer)``."""
    taken = (one for one in counted(steps) if one.rises)
    return " → ".join(
        [priority_words(START), *(f"{priority_words(one.priority)} ({one.why})" for one in taken)]
    )


class CountedStep(NamedTuple):
    """A step that matters: what it adds, the priority then, whether that is another one, and the reason."""

    add: int
    priority: str
    rises: bool
    why: str


def counted(steps: Sequence[Step]) -> list[CountedStep]:
    """Return the steps that add something, and those by hand; at the top a step may add nothing any more."""
    before = [START, *(step["priority"] for step in steps)]
    return [
        CountedStep(step["add"], step["priority"], step["priority"] != earlier, _reason(step))
        for step, earlier in zip(steps, before, strict=False)
        if step["add"] or step["step"] not in BY_RULE
    ]


def _reason(step: Step) -> str:
    """Return the short reason of a step, from the sentence stored with it."""
    if step["step"] == "sentiment":
        return "upset customer"
    if step["step"] == "category":
        return step["why"].partition(" starts at")[0].replace("_", " ")
    return step["why"]


def describe_escalation(escalation: EscalationRow) -> str:
    """Describe an escalation by its closing, its acknowledgement, or else who is to be told."""
    if escalation["closed_at"]:
        by = "" if escalation["closed_by"] == DESK_ACTOR else f" by {escalation['closed_by']}"
        return f"closed{by}: {escalation['close_reason']}"
    if escalation["acknowledged_at"]:
        return f"acknowledged by {escalation['acknowledged_by']}"
    return f"{escalation['told']} to be told since {short_moment(escalation['steps'][-1]['at'])}"


def progress_words(progress: Progress) -> str:
    """Format progress: ``40% of the estimated time used, 3 interactions``."""
    used = f"{progress['share']:.0%} of the estimated time used"
    return f"{used}, {plural(progress['interactions'], 'interaction')}"
