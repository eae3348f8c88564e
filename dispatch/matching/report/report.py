"""The ranked list for a lead as Markdown and HTML, with everything needed to judge it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from dispatch.matching.assessment import Glance, glance
from dispatch.matching.conversion_rates import Rate, rates
from dispatch.matching.features import Terms, feature_name, one_moment
from dispatch.matching.report.importance_chart import svg
from dispatch.matching.score import Scored
from dispatch.matching.weights import WeightSet

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

TITLE = "Match score"
STYLE = """body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em;
  color: #222; background: #fff }
table { border-collapse: collapse; margin: 1em 0 }
td, th { padding: .2em .8em; text-align: left; border-bottom: 1px solid #ddd }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }"""


@dataclass(frozen=True)
class Report:
    """The contents of a report at one moment."""

    glance: Glance
    rates: dict[int, Rate]
    policy: str
    made_at: str

    @property
    def sentence(self) -> str:
        """Return the verdict on the scores, and who decides."""
        return self.glance.verdict.under(self.policy)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Return the facts above the table, without those that are empty."""
        terms, chance = self.glance.terms, self.glance.chance
        lead = (terms.method, terms.source, terms.destination, terms.launch)
        facts = {
            "Lead": " · ".join(filter(None, lead)),
            "Requests": terms.requests,
            "Chance to confirm": f"{chance.probability:.0%} ({chance.reason})" if chance else "",
            "Weights": self.glance.weights.name,
            "Evidence": self.sentence,
            "Note": self.glance.scores.note,
            "Made": f"{self.made_at} UTC",
        }
        return [(name, text) for name, text in facts.items() if text or name == "Lead"]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Return the table of agents, under HEADINGS."""
        return [self._row(number, agent) for number, agent in enumerate(self.glance.scores.agents, 1)]

    def _row(self, number: int, agent: Scored) -> tuple[str, ...]:
        parts = sorted(agent.contributions.items(), key=lambda part: -abs(part[1]))
        text = ", ".join(f"{feature_name(name)} {value:+z.2f}" for name, value in parts[:3])
        rate = self.rates.get(agent.agent_id)
        sold = f"{rate.rate:.0%} ({rate.low:.0%} to {rate.high:.0%})" if rate else ""
        name = f"{agent.agent_name} ({agent.agent_id})"
        return str(number), name, f"{agent.match_score:.1f}", text, sold


HEADINGS = ("#", "Agent", "Score", "Most of it", "Confirmed, shrunk to the desk's mean (95%)")
NUMBERS = (0, 2)


def build(desk: Desk, terms: Terms, weights: WeightSet) -> Report:
    """Return a lead's report, inside ``desk.reading()``."""
    with one_moment():
        known = {rate.agent_id: rate for rate in rates()}
        return Report(glance(terms, weights), known, desk.settings["policy"], desk.now())


def markdown(report: Report, picture: str) -> str:
    """Return the report as Markdown; ``picture`` is the file name of the importance plot beside it."""
    lines = [f"# {TITLE}", ""]
    lines += [f"- **{name}**: {_plain(text)}" for name, text in report.facts]
    align = ["---:" if place in NUMBERS else "---" for place in range(len(HEADINGS))]
    lines += ["", _cells(HEADINGS), _cells(align), *(_cells(map(_plain, row)) for row in report.rows)]
    lines += ["", "## Differences between agents", "", f"![Feature importance]({picture})", ""]
    lines += [_cells(("Feature", "Weight", "Share")), _cells(("---", "---:", "---:"))]
    lines += [
        _cells((feature_name(each.feature), f"{each.weight:.2f}", f"{each.share:.0%}"))
        for each in report.glance.importance
    ]
    return "\n".join(lines) + "\n"


def _cells(cells: Sequence[str] | map[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    """Escape Markdown markup in user text."""
    return re.sub(r"([\\`*_{}\[\]<>|#~&!])", r"\\\1", text)


def html(report: Report) -> str:
    """Return the report as one HTML file, the plot inside it."""
    facts = "\n".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in report.facts
    )
    heading = "".join(_cell("th", place, text) for place, text in enumerate(HEADINGS))
    rows = "\n".join(
        "<tr>" + "".join(_cell("td", place, text) for place, text in enumerate(row)) + "</tr>"
        for row in report.rows
    )
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{TITLE}</title><style>
{STYLE}
</style></head>
<body>
<h1>{TITLE}</h1>
<table>
{facts}
</table>
<table>
<tr>{heading}</tr>
{rows}
</table>
<h2>Differences between agents</h2>
{svg(report.glance.importance)}
</body>
</html>
"""


def _cell(tag: str, place: int, text: str) -> str:
    kind = ' class="number"' if place in NUMBERS else ""
    return f"<{tag}{kind}>{escape(text)}</{tag}>"
