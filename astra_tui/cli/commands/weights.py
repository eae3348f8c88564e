"""``astra weights``: the weights of the match score."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.commands.train import print_evaluation
from astra_tui.cli.options import Call, changing, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, details, line, section
from dispatch.matching import evidence as desk_evidence
from dispatch.matching import weights as desk_weights
from dispatch.matching.row_types import Evidence, WeightsRow
from dispatch.queries.wording import moment
from models.base import Json


@click.group("weights")
def weights() -> None:
    """List, show and choose the weights of the match score."""


@weights.command("list")
@formatted
@reading
def list_weights(call: Call) -> None:
    """List the published weights and every learned version, newest first."""
    call.show_rows(call.read(lambda _: desk_weights.listing()), LISTING)


@weights.command("show")
@click.argument("name", required=False)
@reading
def show(call: Call, name: str | None) -> None:
    """Show weights: published, learned, a version or a JSON file; without a NAME those in use."""
    call.show(call.read(lambda _: desk_weights.details(name)), _print)


@weights.command("evidence")
@click.argument("name", required=False)
@reading
def evidence(call: Call, name: str | None) -> None:
    """Show whether the desk's history supports weights, with figures; without a NAME those in use."""
    with call.desk() as desk:
        row = desk_evidence.summary(desk_weights.named(name), desk.settings["policy"])
    call.show(row, _print_evidence)


@weights.command("use")
@click.argument("name")
@changing
def use(call: Call, name: str) -> None:
    """Score with these weights: published, learned (the newest now), default, a version, or a file.

    A file's weights are kept on the desk as a new version.
    """
    own = desk_weights.of_file(name)
    row = call.change(desk_weights.use, name, own)
    call.show(row, lambda row: line(f"the score now uses the weights {row['name']}"))


def _print_evidence(row: Evidence) -> None:
    details(
        ("weights", row["weights"]),
        ("steer the match policy", "yes" if row["steers"] else "no"),
        ("because", row["sentence"]),
        ("assignments", f"{row['assignments']:,}"),
        ("decided", f"{row['decided']:,}"),
        *(
            (name, f"{p}: {meaning}")
            for name, p, meaning in desk_evidence.describe_differences(row["p_values"])
        ),
    )


def _print(row: WeightsRow) -> None:
    details(
        ("weights", row["name"]),
        ("from", row.get("origin")),
        ("learned", moment(row.get("learned_at"))),
        ("outcomes", row.get("outcomes")),
        ("range", _range(row)),
    )
    columns = (Column[Json]("Feature", "feature"), Column[Json]("Weight", "weight", right=True, form=".3f"))
    section(columns, [{"feature": name, "weight": value} for name, value in row["weights"].items()])
    if row.get("outcomes"):
        line()
        print_evaluation(row["evaluation"])


def _range(row: WeightsRow) -> str | None:
    return f"{moment(row['first_at'])} to {moment(row['last_at'])}" if row.get("first_at") else None


COLUMNS: tuple[Column[WeightsRow], ...] = (
    Column("", lambda row: "*" if row["in_use"] else ""),
    Column("Weights", "name"),
    Column("From", "origin"),
    Column("Learned", lambda row: moment(row["learned_at"]), whole=True),
    Column("Outcomes", "outcomes", right=True),
    Column("Range", _range, whole=True),
    Column("Believed", lambda row: {True: "yes", False: "no", None: ""}[row["gate_open"]]),
)
LISTING = Listing(
    COLUMNS,
    ("name", "version", "origin", "learned_at", "outcomes", "first_at", "last_at", "gate_open", "in_use"),
    "name",
)
