"""The candidates for the lead in the form, with their match scores and the verdict on those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from dispatch.assignment.row_types import Preview
from dispatch.queries.row_types import AgentRow
from screens.widgets.columns import Column
from screens.widgets.frame import Frame
from screens.widgets.live_table import LiveTable
from screens.wording.agents import CELLS, held_bar, load_bar, match_score, parts, with_score
from screens.wording.reasons import plain_reason, policy_word
from screens.wording.text import CARE, short

if TYPE_CHECKING:
    from dispatch.matching.assessment import Glance
    from dispatch.matching.conversion import Chance
    from dispatch.matching.score import Scored

KEPT_OUT = {
    "break": "on a break",
    "full": "at capacity",
    "cap": "at a cap",
    "department": "of another department",
    "skill": "not for the destination",
    "location": "not for the launch",
}
"""The rules that leave agents out, worded to follow a number; the others are presences."""


def _held(row: AgentRow) -> Text:
    bar = held_bar(row["load"], row["issue_load"], row["capacity"])
    bar.right_crop(len(bar.plain) - CELLS)
    return bar.append(f" {parts(row)}/{row['capacity']}")


def _rating(row: AgentRow) -> str:
    return f"{row['rating']:.1f}" if row["rating"] else "–"


WINNER = "▶"
MATCH = "match"

CANDIDATES: tuple[Column[AgentRow], ...] = (
    Column("mark", "", 1, plain=lambda row: bool(row.get("mark"))),
    Column("name", "Agent", 14, grows=True),
    Column("load", "Load", 17, _held),
    Column("years_of_service", "Years", 5, right=True, drop=2),
    Column("rating", "Rating", 6, _rating, right=True, drop=3),
    Column(MATCH, "Match", 5, match_score, right=True, drop=1),  # it is there only where it decides
    Column("department", "Department", 20, drop=4),
)
MOST_NAMED = 2  # of those who come after the first


class WhoGetsIt(Frame):
    """Who gets the lead in the form, why, and who comes then; from 120 columns on all candidates.

    The scores and the verdict on them are shown only where the score counts under the policy in force.
    """

    DEFAULT_CSS = """
    WhoGetsIt > Static { height: auto; padding-left: 1; }
    WhoGetsIt > #next { text-wrap: nowrap; text-overflow: ellipsis; }
    WhoGetsIt > #reason { max-height: 4; }
    WhoGetsIt > #verdict, WhoGetsIt > #chance { color: $text-muted; }
    """

    table = getters.query_one(LiveTable)

    def __init__(self) -> None:
        super().__init__(id="who")
        self.border_title = Content("Next")
        self._preview: Preview = {"policy": "", "reason": "", "candidates": [], "kept_out": {}}
        self.glance: Glance | None = None
        """The scores that are shown."""

    def compose(self) -> ComposeResult:
        yield LiveTable(CANDIDATES, "agent_id", id="candidates")
        yield Static(id="next")
        yield Static(id="reason")
        yield Static(id="verdict")
        yield Static(id="chance")

    @property
    def scored(self) -> Scored | None:
        """Return the score of the candidate under the cursor, once it is computed."""
        row, seen = self.table.current, self.glance
        if row is None or seen is None:
            return None
        return next((agent for agent in seen.scores.agents if agent.agent_id == row["agent_id"]), None)

    def show_preview(self, preview: Preview) -> None:
        self._preview = preview
        self._fill()
        self.query_one("#next", Static).update(_next(preview["candidates"]))
        self.query_one("#reason", Static).update(_reason(preview))

    def show_glance(self, glance: Glance | None) -> None:
        """Show scores, or none without a lead or while its scores are being computed."""
        self.glance = glance
        self._fill()
        chance = self.query_one("#chance", Static)
        chance.update(_chance(glance.chance if glance else None))
        chance.display = glance is not None and glance.chance is not None

    @property
    def _counts(self) -> bool:
        """Whether the score counts under the policy in force."""
        seen = self.glance
        return seen is not None and seen.verdict.counts_under(self._preview["policy"])

    def _fill(self) -> None:
        seen, table = self.glance, self.table
        steers = seen is not None and seen.verdict.steers
        scores = {agent.agent_id: agent.match_score for agent in seen.scores.agents} if seen else {}
        table.marks_changes = False  # what is typed changes them all the time
        table.leave_out(() if self._counts else (MATCH,))
        rows = [
            with_score(row, scores.get(row["agent_id"]), steers=steers) for row in self._preview["candidates"]
        ]
        table.show_rows([row | {"mark": "" if place else WINNER} for place, row in enumerate(rows)])
        if not table.has_focus:
            table.move_cursor(row=0)
        verdict = self.query_one("#verdict", Static)
        verdict.update(Content(self._verdict()))
        verdict.display = bool(self._verdict())

    def _verdict(self) -> str:
        """Return the verdict on the scores, unless the policy's reason already includes it."""
        seen = self.glance
        if seen is None or not self._counts or not self._preview["candidates"]:
            return ""
        if seen.scores.note:
            return f"Match: {seen.scores.note}"
        policy = self._preview["policy"]
        sentence = seen.verdict.under(policy, policy_word(policy))
        if sentence in self._preview["reason"]:
            return ""
        return f"{'Match' if seen.verdict.steers else 'Match is for information only'}: {sentence}"


def _next(candidates: Sequence[AgentRow]) -> Text:
    """Name the one who gets it, with load, years and rating, and those who come then."""
    if not candidates:
        return Text("")
    first, others = candidates[0], candidates[1 : 1 + MOST_NAMED]
    line = Text(short(first["name"], 18), "bold")
    line.append("  ").append_text(load_bar(first)).append(f"  {first['years_of_service']} y")
    line.append(f"  ★{_rating(first)}" if first["rating"] else "")
    if others:
        line.append("\nthen ", "dim").append(" · ".join(row["name"] for row in others))
    return line


def _chance(chance: Chance | None) -> Text:
    """Say how likely the lead is to be confirmed, and why."""
    if chance is None:
        return Text("")
    return Text.assemble((f"Chance to confirm {chance.probability:.0%}", "bold"), f"  {chance.reason}")


def _reason(preview: Preview) -> Text:
    """Say why the first one is first, and who is kept out; or that nobody can take the lead."""
    counts = preview["kept_out"]
    out = ", ".join(f"{number} {KEPT_OUT.get(rule, rule)}" for rule, number in counts.items())
    if not preview["candidates"] and not counts:
        return Text("No agents yet: leads wait until Roster has one.", f"bold {CARE}")
    if not preview["candidates"]:
        text = Text.assemble(("! No agent can take it now", f"bold {CARE}"), f": {out}. ", overflow="fold")
        return text.append("The lead waits for the first free agent.")
    text = Text(plain_reason(preview["reason"]), overflow="fold")
    return text.append(f"\n{sum(counts.values())} ruled out: {out}", CARE) if counts else text
