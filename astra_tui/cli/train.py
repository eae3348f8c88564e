"""``astra train``: learn the match score's weights from the desk's own outcomes."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, changing
from astra_tui.cli.output import Column, line, local, narrate, table
from astra_tui.cli.progress import progress_bar

Row = dict[str, Any]


@click.command("train")
@click.option(
    "--recipe",
    default="honest",
    metavar="NAME",
    help="honest, or published: the source's own, which the leak audit stops.",
)
@click.option("--dry-run", is_flag=True, help="Learn and measure, and keep nothing.")
@changing
def train(call: Call, recipe: str, dry_run: bool) -> None:
    """Learn weights from what was known when each lead came in, and tell how well they foretell."""
    from dispatch.match import training  # with scikit-learn, which takes seconds to load

    with progress_bar("training") as progress:
        row = call.change(training.train, recipe=recipe, dry_run=dry_run, progress=progress)
    call.tell(row, _tell)


COMMANDS = {"train": train}


def _tell(row: Row) -> None:
    kept = "nothing was kept" if row["version"] is None else f"version {row['version']}"
    line(
        f"{row['outcomes']:,} outcomes, {row['confirmed']:,} of them Confirmed,"
        f" {local(row['first_at'])} to {local(row['last_at'])}: {kept}"
    )
    line()
    table(COEFFICIENTS, row["coefficients"], "")
    line()
    evaluation = row["evaluation"]
    table(MODELS, evaluation["models"], "too few outcomes to foretell later ones")
    if evaluation["models"]:
        line(f"Foretold forward in time: {evaluation['outcomes']:,} outcomes, by what was known before them.")
        line()
        table(CALIBRATION, evaluation["models"][-1]["calibration"], "")
    line()
    told = ", ".join(f"{name} {_p(value)}" for name, value in row["p_values"].items())
    line(f"By chance alone as different: {told}")
    narrate(row["sentence"])


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _number(key: str, form: str = ".3f") -> Any:
    return lambda row: format(row[key], form)


COEFFICIENTS = (
    Column("Of", "kind"),
    Column("Name", "name"),
    Column("Log-odds", _number("weight", "+.3f"), right=True),
    Column("95 % from", _number("low", "+.3f"), right=True),
    Column("to", _number("high", "+.3f"), right=True),
)
MODELS = (
    Column("Foretold by", "model"),
    Column("AUC", _number("auc"), right=True),
    Column("Brier", _number("brier"), right=True),
    Column("Log loss", _number("log_loss"), right=True),
)
CALIBRATION = (
    Column("Outcomes", "outcomes", right=True),
    Column("Foretold", _number("foretold", ".0%"), right=True),
    Column("Confirmed", _number("confirmed", ".0%"), right=True),
)
