"""Panels that explain why a booking went to its agent, and why not to another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from dispatch.assignment.counterfactuals import KEY
from dispatch.assignment.row_types import DecisionRow, PolicyChoice, WhyNot
from dispatch.matching.row_types import AgentScore
from dispatch.queries.wording import exact
from models.base import Json
from screens.base import keys
from screens.dialogs.panel import Panel
from screens.wording.reasons import FIGURES, plain_reason, policy_word, who_decided
from screens.wording.text import BAD, CARE, short

NOT_KEYS = ("agent_id", "agent_name")
GAP = "  "
NAME_CELLS, NARROW_NAME_CELLS = 20, 16
MOST_FIGURES = 3  # beside a list, where there is less room
LINE = 70  # cells of a panel's line on the narrowest terminal


class Heading(NamedTuple):
    """A column of figures in a text: its label, and whether it is aligned right."""

    label: str
    right: bool = True


def why_panel(why: DecisionRow, of_how_many: int = 0) -> Panel:
    """Explain the decision about a booking: winner, figures, runners-up, and who was kept out.

    ``of_how_many`` is the number of agents there are, 0 if it need not be said.
    """
    text = Text.assemble((why["agent_name"] or "Nobody", "bold"), overflow="fold")
    return Panel(_why_title(why), text.append_text(why_text(why, of_how_many)))


def _why_title(why: DecisionRow) -> str:
    booking = f"booking {why['booking_id']}"
    return f"Why {why['agent_name']} got {booking}" if why["agent_name"] else f"Why {booking} waits"


def why_text(why: DecisionRow, of_how_many: int = 0, *, is_narrow: bool = False) -> Text:
    """Return the reason, the figures of the winner and the next ones, and who was kept out."""
    text = Text(f"\n{plain_reason(why['reason'])}\n", overflow="fold")
    for note, style in notes(why):
        text.append(f"{note}\n", style)
    winner, match = why.get("winner"), why.get("match")
    candidates = [winner, *why.get("next", [])] if winner else []
    if len(candidates) > 1 or any(_figures(row) for row in candidates):
        text.append("\n").append_text(_ranking(candidates, is_narrow=is_narrow))
        text.append(f"\nfirst {len(candidates)} of {of_how_many} agents" if of_how_many else "", "dim")
        text.append("\n")
    if why["policy"]:
        decided = f"{policy_word(why['policy'])}, settings version {why['settings_version']}"
        text.append(f"\nDecided {exact(why['decided_at'])}: {decided}", "dim")
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
    if why.get("over_cap"):
        notes.append((f"! above a cap ({why['over_cap']}): assigned by hand", f"bold {BAD}"))
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
        rule = plain_reason(row["rule"])
        text.append(f"\n  ✗ {row['agent_name']} ({row['agent_id']}): {rule}", CARE)
    return text


def _figures(row: Json) -> list[str]:
    return [name for name in row if name not in NOT_KEYS]


def _ranking(candidates: Sequence[Json], *, is_narrow: bool) -> Text:
    """List the agents compared, best first, with the figures they were compared by."""
    figures = _figures(candidates[0])[: MOST_FIGURES if is_narrow else None]
    about = [FIGURES.get(name, (name.replace("_", " ").capitalize(), str)) for name in figures]
    heads = [Heading("Order"), Heading("No."), Heading("Agent", right=False)]
    heads += [Heading(label) for label, _ in about]
    name_cells = NARROW_NAME_CELLS if is_narrow else NAME_CELLS
    rows = [
        [
            str(place),
            str(row["agent_id"]),
            short(row["agent_name"] or "", name_cells),
            *(read(row[name]) if name in row else "" for name, (_, read) in zip(figures, about, strict=True)),
        ]
        for place, row in enumerate(candidates, start=1)
    ]
    return _table(heads[2:], [row[2:] for row in rows]) if is_narrow else _table(heads, rows)


def _table(heads: Sequence[Heading], rows: Sequence[Sequence[str]]) -> Text:
    """Align rows of short texts under their headings; the first row is the one that counts."""
    labels = [one.label for one in heads]
    widths = [max(cell_len(cell) for cell in column) for column in zip(labels, *rows, strict=True)]

    def line(cells: Iterable[str]) -> str:
        sized = (
            " " * (width - cell_len(cell)) + cell if head.right else set_cell_size(cell, width)
            for head, width, cell in zip(heads, widths, cells, strict=True)
        )
        return GAP.join(sized).rstrip()

    text = Text(line(head.label for head in heads), "dim", overflow="fold")
    for place, row in enumerate(rows):
        text.append(f"\n{line(row)}", "bold not dim" if place == 0 else "not dim")
    return text


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
    why: WhyNot,
    others: Sequence[PolicyChoice],
    holder: str | None,
    key: str,
    another: Callable[[], object],
) -> WhyNotPanel:
    """Explain why an agent did not get a booking that ``holder`` has: the answer first.

    The ``key`` asks for ``another`` agent to compare with.
    """
    decided, because = why.get("decided"), _because(why)
    text = Text(overflow="fold")
    if decided:
        text.append(who_decided(decided, holder), "bold").append(f"\nOtherwise: {because}\n")
    else:
        text.append(f"{because}\n", "bold")
    if why.get("policy"):
        label = FIGURES[why["key"]][0].lower() if why["key"] in FIGURES else why["key"].replace("_", " ")
        text.append(f"Decided by {label} ({policy_word(why['policy'])})\n", "dim")
    if why.get("as_of"):
        text.append(f"As of {exact(why['as_of'])}\n", "dim")
    text.append("\nIf assigned now\n", "bold").append_text(_choices(others))
    text.append(f"\n\n{key} compares with another agent", "dim")
    return WhyNotPanel(f"Booking {why['booking_id']}: why not {why['agent_name']}?", text, another)


def _because(why: WhyNot) -> str:
    """Return the answer as a sentence about the agent."""
    name, because = why["agent_name"], plain_reason(why["because"])
    if because.endswith(f"would choose {name} now"):
        return f"{name} would get it now"
    if why["kind"] == KEY:  # "load: 3, where Ada Byron had 0"
        because = because.replace(": ", " ", 1)
    return because if because.startswith(name) else f"{name}: {because}"


def _choices(others: Sequence[PolicyChoice]) -> Text:
    """List whom each policy would choose, with its reason as a hanging paragraph."""
    policies = [policy_word(row["policy"]) for row in others]
    names = [short(row["agent_name"] or "nobody", NAME_CELLS) for row in others]
    first, second = (max(map(cell_len, column), default=0) for column in (policies, names))
    indent = first + second + 2 * len(GAP)
    text = Text(overflow="fold")
    for row, policy, name in zip(others, policies, names, strict=True):
        lines = wrap(plain_reason(row["reason"]), LINE - indent) or [""]
        text.append(f"{set_cell_size(policy, first)}{GAP}", "dim")
        text.append(f"{set_cell_size(name, second)}{GAP}", "bold").append(f"{lines[0]}\n")
        for more in lines[1:]:
            text.append(f"{' ' * indent}{more}\n")
    text.rstrip()
    return text
