"""``astra report``: figures of the desk, and reports as files."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.commands.match import terms_and_weights
from astra_tui.cli.hints import with_commands
from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import Column, line, narrate, table
from dispatch.matching import weights
from dispatch.matching.features import one_moment
from dispatch.matching.lead_terms import terms_of
from dispatch.matching.report import report as match_report
from dispatch.matching.report import report_files
from dispatch.queries.wording import money
from dispatch.reporting import booking_figures as figures
from dispatch.reporting import fairness
from dispatch.reporting.row_types import AgentFigures, Fairness, FairShare, FigureRow
from models.base import Json


@click.group("report")
def report() -> None:
    """Write reports to files, or print the desk's figures."""


@report.command("match")
@terms_and_weights
@click.option("--out", "folder", default=".", metavar="FOLDER", help="Where to write; default: here.")
@reading
def match(call: Call, /, weights_name: str | None, folder: str, **lead: str) -> None:
    """Write the agents ranked for a lead (Markdown, HTML) and the feature importance (SVG, PNG)."""
    with call.desk() as desk:
        found = match_report.build(desk, terms_of(desk, **lead), weights.named(weights_name))
    result = report_files.write(found, folder)
    call.show(result | {"left_out": with_commands(result["left_out"])}, _print)


@report.command("desk")
@reading
def desk_figures(call: Call) -> None:
    """Print the bookings by status, destination, source and method, and the sales of each agent."""
    with call.desk() as desk, one_moment():
        found, sold = figures.by_kind(), figures.by_agent(desk)
    call.show({"figures": found, "agents": sold}, lambda _: _print_desk(found, sold))


@report.command("fairness")
@click.option(
    "--window",
    type=click.Choice(tuple(fairness.WINDOWS)),
    default=fairness.TODAY,
    show_default=True,
    help="Since midnight, today's or that of the days before.",
)
@reading
def fair_shares(call: Call, /, window: str) -> None:
    """Print what each agent received of the leads of a window, and was entitled to.

    Every lead entitles the agents who were available when it was given out, in proportion to their weights.
    """
    with call.desk() as desk, desk.reading():
        found = fairness.fairness(desk, window)
    call.show(found, _print_fairness)


def _print(result: Json) -> None:
    for file in result["files"]:
        line(file)
    for missing in result["left_out"]:
        narrate(f"not written: {missing['file']}: {missing['reason']}")
        narrate(f"Hint: {missing['hint']}")
    narrate(result["sentence"])


def _print_desk(found: list[FigureRow], sold: list[AgentFigures]) -> None:
    table(FIGURES, found, "")
    line()
    table(AGENTS, sold, "nobody is here")


def _print_fairness(found: Fairness) -> None:
    table(SHARES, found["agents"], "nobody was here")
    line()
    narrate(f"{fairness.summary(found)}. Evenness (Jain's index) is 1 if all got the same number")


FIGURES: tuple[Column[FigureRow], ...] = (
    Column("By", "kind"),
    Column("", "value"),
    Column("Bookings", "bookings", right=True),
    Column("Pending", "pending", right=True),
    Column("Confirmed", "confirmed", right=True),
    Column("Cancelled", "cancelled", right=True),
    Column("Unreachable", "unreachable", right=True, sparse=True),
    Column("Confirmed of decided", "confirmed_share", right=True, form=".0%"),
    Column("Revenue", lambda row: money(row["revenue"]), right=True),
)
AGENTS: tuple[Column[AgentFigures], ...] = (
    Column("Id", "agent_id", right=True),
    Column("Agent", "agent_name"),
    Column("Load", lambda row: f"{row['load'] + row['issue_load']}/{row['capacity']}", right=True),
    Column("Decided", "decided", right=True),
    Column("Confirmed, shrunk", lambda row: "{rate:.0%} ({low:.0%} to {high:.0%})".format(**row)),
    Column("Given", "contact_assigned", right=True),
    Column("Reached in time", "contact_rate", right=True, form=".0%"),
)
SHARES: tuple[Column[FairShare], ...] = (
    Column("Id", "agent_id", right=True),
    Column("Agent", "agent_name"),
    Column("Received", "received", right=True),
    Column("Entitled", "entitled", right=True, form=".1f"),
    Column("Owed", "owed", right=True, form="+.1f"),
)
