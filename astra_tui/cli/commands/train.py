"""``astra train``: learn the match score's weights from the desk's own outcomes."""

from __future__ import annotations

from collections.abc import Mapping

import rich_click as click

from astra_tui.cli.options import Call, changing
from astra_tui.cli.output.printing import Column, line, narrate, table
from astra_tui.cli.output.progress import progress_bar
from dispatch.matching.evidence import describe_differences, describe_gain
from dispatch.matching.learning import training
from dispatch.matching.row_types import LessonRow
from dispatch.queries.wording import moment
from models.base import Json

RECIPES = "honest (default), or published: the source's own, which the leak audit stops."


@click.command("train")
@click.option("--recipe", default="honest", metavar="NAME", help=RECIPES)
@click.option("--dry-run", is_flag=True, help="Learn and measure; keep nothing.")
@changing
def train(call: Call, recipe: str, dry_run: bool) -> None:
    """Learn weights from what was known when each lead arrived, and measure how well they predict."""
    with progress_bar("training") as progress:
        row = call.change(training.train, recipe=recipe, dry_run=dry_run, progress=progress)
    call.show(row, _print)


def _print(row: LessonRow) -> None:
    kept = "nothing was kept" if row["version"] is None else f"version {row['version']}"
    line(
        f"{row['outcomes']:,} outcomes, {row['confirmed']:,} of them Confirmed,"
        f" {moment(row['first_at'])} to {moment(row['last_at'])}: {kept}"
    )
    line()
    table(COEFFICIENTS, row["coefficients"], "")
    line()
    print_evaluation(row["evaluation"])
    line()
    line(f"Do they differ? {differences(row['p_values'])}")
    narrate(row["sentence"])
    if row["version"] is not None:
        narrate(f"Not in use yet: astra weights use {row['version']} puts it in use")


def print_evaluation(evaluation: Json) -> None:
    """Print how well a fit predicted, beside the baselines."""
    models = evaluation["models"]
    table(MODELS, models, "too few outcomes to predict later ones")
    if not models:
        return
    line(f"Predicted forward in time: {evaluation['outcomes']:,} outcomes, from what was known before.")
    line(describe_gain(evaluation))
    line()
    line("Predicted → actual, by quintile, the least likely first:")
    names = [model["model"] for model in models]
    shares = "{foretold:.0%} → {confirmed:.0%}"
    rows = [
        {name: shares.format(**part) for name, part in zip(names, parts, strict=True)}
        for parts in zip(*(model["calibration"] for model in models), strict=True)
    ]
    table([Column[Json](name, name, right=True) for name in names], rows, "")


def differences(p_values: Mapping[str, float]) -> str:
    """Describe how surely agents, methods and sources differ, in one line."""
    return "; ".join(f"{name} {p}: {meaning}" for name, p, meaning in describe_differences(p_values))


COEFFICIENTS: tuple[Column[Json], ...] = (
    Column("Of", "kind"),
    Column("Name", "name"),
    Column("Log-odds", "weight", right=True, form="+.3f"),
    Column("95% from", "low", right=True, form="+.3f"),
    Column("to", "high", right=True, form="+.3f"),
)
MODELS: tuple[Column[Json], ...] = (
    Column("Predicted by", "model"),
    Column("AUC", "auc", right=True, form=".3f"),
    Column("Brier", "brier", right=True, form=".3f"),
    Column("Log loss", "log_loss", right=True, form=".3f"),
)
