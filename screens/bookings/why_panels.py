"""Panels that explain why a booking went to its agent, and why not to another one."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from dispatch.assignment.row_types import DecisionRow, PolicyChoice, WhyNot
from dispatch.matching.row_types import AgentScore
from dispatch.queries.wording import key_word, moment, plain_value
from models.base import Json
from screens.base import keys
from screens.dialogs.panel import Panel
from screens.wording.text import BAD, CARE

NOT_KEYS = ("agent_id", "agent_name")


def why_panel(why: DecisionRow) -> Panel:
    """Explain the decision about a booking: winner, keys, runners-up, and who was kept out."""
    text = Text.assemble((why["agent_name"] or "Nobody", "bold"), overflow="fold").append_text(why_text(why))
    return Panel(_why_title(why), text)


def _why_title(why: DecisionRow) -> str:
    booking = f"booking {why['booking_id']}"
    return f"Why {why['agent_name']} got {booking}" if why["agent_name"] else f"Why {booking} waits"


def why_text(why: DecisionRow) -> Text:
    """Return the reason, the keys of the winner and the next ones, and who was kept out."""
    text = Text(f"\n{why['reason']}\n", overflow="fold")
    for note, style in notes(why):
        text.append(f"{note}\n", style)
    if why["policy"]:
        decided = f"{why['policy']} policy, settings version {why['settings_version']}"
        text.append(f"\nDecided {moment(why['decided_at'])} by {decided}\n", "dim")
    winner, match = why.get("winner"), why.get("match")
    candidates = [winner, *why.get("next", [])] if winner else []
    for position, row in enumerate(candidates, start=1):
        text.append("\n").append_text(_candidate(position, row))
    text.append_text(_kept_out(why))
    if match:
        text.append_text(_score_now(match))
    return text


def _score_now(match: AgentScore) -> Text:
    """Show the parts of the winner's score as of now: the original ones are not stored."""
    from screens.matching.panels import contributions

    head = f"\n\nScore with today's figures ({match['weights']} weights): {match['match_score']:.1f}\n"
    return Text(head, "bold").append_text(contributions(match["contributions"]))


def notes(why: DecisionRow) -> list[tuple[str, str]]:
    """Describe what was out of the ordinary."""
    notes = []
    if why.get("over_capacity"):
        notes.append(("! above the agent's capacity: assigned by hand", f"bold {BAD}"))
    if why.get("relaxed"):
        notes.append((f"~ ignored, as nobody else was free: {' and '.join(why['relaxed'])}", CARE))
    return notes


def _kept_out(why: DecisionRow) -> Text:
    """List those who would have ranked higher: how many by each rule, then each with it."""
    counts, rows = why.get("excluded_by_rule") or {}, why.get("excluded", [])
    text = Text()
    if counts:
        summary = ", ".join(f"{number} {rule}" for rule, number in sorted(counts.items()))
        text.append(f"\n\n{'Ruled out before them' if why['winner'] else 'Ruled out'}: {summary}", "bold")
    for row in rows:
        text.append(f"\n  ✗ {row['agent_name']} ({row['agent_id']}): {row['rule']}", CARE)
    return text


def _candidate(position: int, row: Json) -> Text:
    values = [f"{key_word(name)} {plain_value(value)}" for name, value in row.items() if name not in NOT_KEYS]
    line = Text(f"{position:>3}  {row['agent_name']} ({row['agent_id']})", "bold" if position == 1 else "")
    return line.append("  " + ", ".join(values), "dim")


class WhyNotPanel(Panel):
    """Why an agent did not get a booking; the key that opened it compares with another one."""

    BINDINGS = [keys.WHY_NOT]

    def __init__(self, title: str, text: Text, another: Callable[[], object]) -> None:
        super().__init__(title, text)
        self._another = another

    def action_why_not(self) -> None:
        self.leave()
        self.app.call_later(self._another)


def why_not_panel(
    why: WhyNot, others: list[PolicyChoice], key: str, another: Callable[[], object]
) -> WhyNotPanel:
    """Make the panel; the ``key`` asks for ``another`` agent."""
    text = Text.assemble("Compared with ", (why["agent_name"], "bold"), overflow="fold")
    text.append(f"; {key} compares with another agent\n", "dim")
    if why.get("decided"):
        text.append(f"\nDecided {why['decided']}").append("\nThe policy would say:", "dim")
    text.append(f"\n{why['because']}\n")
    if why.get("policy"):
        text.append(f"\nDecided by {key_word(why['key'])} (policy {why['policy']}).", "dim")
    if why.get("as_of"):
        text.append(f"\nAs of {moment(why['as_of'])}\n", "dim")
    text.append("\nIf assigned now\n", "bold")
    for row in others:
        text.append(f"\n{row['policy']:<14}", "bold").append(row["agent_name"] or "nobody")
        text.append(f"  {row['reason']}", "dim")
    return WhyNotPanel(f"Booking {why['booking_id']}: why not {why['agent_name']}?", text, another)
