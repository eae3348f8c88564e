"""Panels about the match score: its parts, the weights, and the result of a training."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dispatch.matching.evidence import (
    LEAST_OUTCOMES,
    LEAST_TO_LEARN,
    MATCH,
    describe_differences,
    describe_gain,
)
from dispatch.matching.features import Terms, feature_name
from dispatch.matching.row_types import Evidence, LessonRow, WeightsRow
from dispatch.queries.wording import exact
from models.base import Json
from screens.base.keys import BY_ID
from screens.dialogs.panel import Panel
from screens.wording.plots import signed_bar
from screens.wording.reasons import policy_word

if TYPE_CHECKING:
    from dispatch.matching.assessment import Glance
    from dispatch.matching.score import Scored

NAME_WIDTH, NUMBER_WIDTH = 20, 8
BAR_WIDTH = 22


SHUT = "shut: not used for assignment, no better than chance"


def lead_line(terms: Terms) -> str:
    """Describe what is known of a lead, in a line."""
    return " · ".join(filter(None, terms))


def contributions(
    parts: Mapping[str, float],
    values: Mapping[str, float] | None = None,
    weights: Mapping[str, float] | None = None,
) -> Text:
    """Show each feature's part of a score before scaling, signed, as figure and bar; the largest first.

    With ``values`` and ``weights`` each shows as their product.
    """
    low, high = min(0.0, *parts.values()), max(0.0, *parts.values())
    text = Text()
    for name, part in sorted(parts.items(), key=lambda each: -abs(each[1])):
        text.append(f"{feature_name(name):<{NAME_WIDTH}}")
        if values is not None and weights is not None:
            text.append(f"{values[name]:.2f} × {weights[name]:+z7.2f} = ", "dim")
        text.append(f"{part:>+z{NUMBER_WIDTH}.2f} ").append_text(signed_bar(part, low, high, BAR_WIDTH))
        text.append("\n")
    whole = sum(parts.values())
    before = NAME_WIDTH + (0 if values is None else len("0.00 × +00.00 = ") + 1)
    return text.append(f"{'Total':<{before}}{whole:>+z{NUMBER_WIDTH}.2f}\n", "bold")


def score_panel(scored: Scored, seen: Glance, policy: str) -> Panel:
    """Explain an agent's score for a lead: the verdict, nine parts, and how their sum is scaled."""
    text = Text(overflow="fold")
    text.append(f"{scored.match_score:.1f} of 100\n", "bold")
    verdict = seen.verdict.under(policy, policy_word(policy))
    text.append(f"{seen.scores.note or _in_words(verdict)}\n", "italic")
    text.append(f"{lead_line(seen.terms)}; {seen.weights.name} weights\n\n", "dim")
    text.append_text(contributions(scored.contributions, scored.values, seen.weights.weights))
    sums = [sum(agent.contributions.values()) for agent in seen.scores.agents]
    text.append(
        f"\nOf {len(sums):,} agents the lowest sum ({min(sums):+z.2f}) is 0, the highest ({max(sums):+z.2f}) "
        "100.\nEach part is value × weight. A value is the agent's place among all, 0 the lowest and 1 "
        "the highest; for requirements 1 or 0.\n"
    )
    return Panel(f"Match score of {scored.agent_name} ({scored.agent_id})", text)


def weights_panel(shown: WeightsRow) -> Panel:
    text = weights_text(shown)
    if shown.get("evaluation") and shown["evaluation"]["models"]:
        text.append("\n").append_text(evaluation_text(shown["evaluation"]))
    return Panel(f"Weights: {shown['name']}", text)


def weights_text(shown: WeightsRow) -> Text:
    """Show where weights come from, and each as figure and bar."""
    text = Text(overflow="fold")
    if shown.get("learned_at"):
        text.append(f"From {shown['origin']}, {exact(shown['learned_at'])}")
        if shown["outcomes"]:
            span = f"{exact(shown['first_at'])} to {exact(shown['last_at'])}"
            text.append(f"; {shown['outcomes']:,} outcomes, {span}")
        text.append("\n\n")
    else:
        text.append("The published defaults, not learned from this desk\n\n")
    weights = shown["weights"]
    low, high = min(0.0, *weights.values()), max(0.0, *weights.values())
    for name, weight in weights.items():
        text.append(f"{feature_name(name):<{NAME_WIDTH}}{weight:>+z9.3f} ")
        text.append_text(signed_bar(weight, low, high, BAR_WIDTH)).append("\n")
    return text


def way_to_train(decided: int, train_key: str) -> str:
    """Say how the desk's own weights are learned, where there are none yet."""
    if decided < LEAST_TO_LEARN:
        return f"No trained weights yet · {decided:,} of the {LEAST_TO_LEARN} outcomes needed"
    return f"No trained weights yet · {train_key} trains on {decided:,} outcomes"


class TrainingResult(Panel):
    """What a training learned, and the key that puts it in use."""

    BINDINGS = [BY_ID["insights.use"]]

    def __init__(self, text: Text, use: Callable[[], object]) -> None:
        super().__init__("Training result", text)
        self._use = use

    def action_use_weights(self) -> None:
        self.leave()
        self._use()


def training_panel(row: LessonRow, use: Callable[[], object]) -> TrainingResult:
    """Show what a training learned, and how well it predicts, as ``astra train`` prints it.

    ``use`` puts it in use, if the person wants it.
    """
    text = Text(overflow="fold")
    text.append("Not selected yet. * selects it.\n", "bold")
    text.append(f"version {row['version']}", "bold")
    text.append(
        f": {row['outcomes']:,} outcomes, {row['confirmed']:,} of them Confirmed,\n"
        f"{exact(row['first_at'])} to {exact(row['last_at'])}\n"
        "Leak audit passed: no feature knows the outcome.\n"
    )
    gate = "open: the match policy goes by the score" if row["gate_open"] else SHUT
    text.append(f"Gate {gate}\n").append(f"{row['sentence']}\n\n", "italic")
    text.append_text(evaluation_text(row["evaluation"]))
    text.append("\n").append_text(_differences(row["p_values"])).append("\n")
    lines = (
        (
            each["kind"] if each["kind"] != "feature" else "",
            feature_name(each["name"]) if each["kind"] == "feature" else each["name"],
            f"{each['weight']:+z.3f}",
            f"{each['low']:+z.3f} to {each['high']:+z.3f}",
        )
        for each in row["coefficients"]
    )
    text.append_text(_table(("Of", "Name", "Log-odds", "95%"), lines))
    return TrainingResult(text, use)


def written_panel(result: Json) -> Panel:
    text = Text(overflow="fold")
    text.append("Written:\n", "bold").append("".join(f"{file}\n" for file in result["files"]))
    for left in result["left_out"]:
        text.append(f"\nNot written: {left['file']}\n{left['reason']}: {left['hint']}\n")
    return Panel("Report on the match score", text)


def evaluation_text(evaluation: Json) -> Text:
    """Format AUC, Brier score, log loss and calibration, beside the baselines."""
    models = evaluation["models"]
    if not models:
        return Text("Too few outcomes to predict later ones.\n")
    rows = [
        (each["model"], f"{each['auc']:.3f}", f"{each['brier']:.3f}", f"{each['log_loss']:.3f}")
        for each in models
    ]
    text = Text(f"{evaluation['outcomes']:,} outcomes predicted, each from what was known before:\n")
    text.append_text(_table(("By", "AUC", "Brier", "Log loss"), rows))
    text.append(f"{describe_gain(evaluation)}\n")
    text.append("\nPredicted → actual, by quintile of the outcomes, the least likely first:\n")
    fifths = (
        (
            model["model"],
            *("{foretold:.0%} → {confirmed:.0%}".format(**part) for part in model["calibration"]),
        )
        for model in models
    )
    return text.append_text(_table(None, fifths))


def _differences(p_values: Mapping[str, float]) -> Text:
    """Describe how surely agents, methods and sources differ, one a line."""
    lines = ((f"  {name}", p, meaning) for name, p, meaning in describe_differences(p_values))
    return Text.assemble(("Does it matter who handles it?\n", "bold"), _table(None, lines))


def _table(heading: Sequence[str] | None, rows: Iterable[Sequence[str]]) -> Text:
    lines = [*([heading] if heading else []), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = Text()
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        text.append("  ".join(cells).rstrip() + "\n", "bold" if line is heading else "")
    return text


def evidence_text(summary: Evidence, seen: Glance | None, is_latest: bool, train_key: str) -> Text:
    """Say whether the score can be trusted, by which figures, and what separates the agents."""
    text = Text(overflow="fold")
    name = summary["weights"]
    text.append(f"{name[:1].upper()}{name[1:]} weights: ", "bold").append(f"{_effect(summary)}\n")
    text.append(f"{_in_words(summary['sentence'])}\n", "italic")
    if not summary["was_learned"]:
        text.append(_way_to_learn(summary["decided"], train_key))
    if summary["assignments"]:
        text.append("\n").append_text(_differences(summary["p_values"]))
    if seen is None:
        return text.append("\nNo leads yet: nothing to score.\n")
    whose = "the latest lead" if is_latest else "the lead in the form"
    text.append("\nWhat separates the agents", "bold").append(f" for {whose}, {lead_line(seen.terms)}\n")
    if seen.scores.note:
        return text.append(f"{seen.scores.note}\n").append_text(_chance(seen))
    return text.append_text(_importance(seen)).append_text(_chance(seen))


def _in_words(sentence: str) -> str:
    """Return a verdict without its p-value, which the table below it has."""
    return re.sub(r" \(p [=<] [0-9.]+\)", "", sentence)


def _effect(summary: Evidence) -> str:
    """Say what a score by the weights in use decides."""
    if not summary["steers"]:
        return "not used for assignment"
    now = "" if summary["policy"] == MATCH else f", but {policy_word(summary['policy'])} is in force"
    return f"the match policy goes by the score{now}"


def _way_to_learn(decided: int, train_key: str) -> str:
    needed = f"{LEAST_TO_LEARN} are needed, {LEAST_OUTCOMES} before a score may decide"
    ready = f"; {train_key} learns from them" if decided >= LEAST_TO_LEARN else ""
    return f"This desk has learned no weights yet. {decided:,} outcomes are decided ({needed}){ready}.\n"


def _importance(seen: Glance) -> Text:
    """Plot each feature's share of what separates the agents, signed."""
    heading = (
        f"{'':<{NAME_WIDTH}}{'share':>5}  {'weight':>7}  left of the axis lowers the score, right raises it\n"
    )
    text = Text.assemble((heading, "dim"))
    shares = [each.share if each.weight >= 0 else -each.share for each in seen.importance]
    low, high = min(0.0, *shares), max(0.0, *shares)
    for each, share in zip(seen.importance, shares, strict=True):
        text.append(f"{feature_name(each.feature):<{NAME_WIDTH}}{each.share:>5.0%}  {each.weight:>+z7.2f}  ")
        text.append_text(signed_bar(share, low, high, BAR_WIDTH)).append("\n")
    return text


def _chance(seen: Glance) -> Text:
    if seen.chance is None:
        return Text()
    chance = f"\nIts chance to confirm: {seen.chance.probability:.0%}"
    return Text.assemble((chance, "bold"), f" ({seen.chance.reason})\n")
