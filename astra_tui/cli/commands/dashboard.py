"""``astra dashboard``: the service desk at a glance, each figure with its count."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import Column, details, line, table
from dispatch.queries.wording import moment, plural
from dispatch.reporting import issue_analytics, service_dashboard
from dispatch.reporting.row_types import Alert, Dashboard, Figure, IssueReport, Workload
from dispatch.service.row_types import ModelRow
from models.base import Json

MOST_AGENTS, MOST_ALERTS = 10, 10
DAYS = click.IntRange(1, 3650)
DAYS_HELP = "Resolution figures of the last N days, compared with the N before; default 30."

AGENT_COLUMNS: tuple[Column[Workload], ...] = (
    Column("Id", "agent_id", right=True),
    Column("Agent", "name"),
    Column("Presence", "presence"),
    Column("Bookings", "load", right=True),
    Column("Issues", "issue_load", right=True),
    Column("Capacity", "capacity", right=True),
    Column("Used", "utilisation", right=True, form=".0%"),
)
FIGURE_COLUMNS: tuple[Column[Json], ...] = (
    Column("Issues", "name"),
    Column("Opened", lambda row: row["opened"]["value"], right=True),
    Column("Resolved", lambda row: row["resolved"]["value"], right=True),
    Column("Hours", lambda row: _figure(row["mean_resolution_hours"]), right=True),
    Column("Rating", lambda row: _figure(row["mean_satisfaction"]), right=True),
    Column("First contact", lambda row: _figure(row["first_contact_resolution"], share=True), right=True),
)


@click.command("dashboard")
@click.option("--days", type=DAYS, default=issue_analytics.USUAL_DAYS, metavar="N", help=DAYS_HELP)
@reading
def dashboard(call: Call, days: int) -> None:
    """Show open issues, workload, resolution figures and alerts."""
    call.show(call.read(service_dashboard.dashboard, days), _print)


def _figure(figure: Figure, *, share: bool = False) -> str:
    if figure["value"] is None:
        return "-"
    text = f"{figure['value']:.0%}" if share else f"{figure['value']:.2f}"
    return f"{text} ({figure['count']})"


def _print(row: Dashboard) -> None:
    active, guess = row["active"], row["satisfaction"]
    priorities = ", ".join(f"{number} {name}" for name, number in active["by_priority"].items() if number)
    expected = _figure({"value": guess["mean"], "count": guess["count"]})
    details(
        ("active", f"{active['count']}{f': {priorities}' if priorities else ''}"),
        ("waiting", active["waiting"]),
        ("mean age", f"{_figure(active['mean_age_hours'])} h"),
        ("expected rating", f"{expected}, by the {_model(guess['model'])}"),
    )
    line()
    _print_alerts(row["alerts"])
    line()
    _print_resolution(row["resolution"], row["days"])
    line()
    table(AGENT_COLUMNS, row["agents"][:MOST_AGENTS], "no agents yet")


def _model(model: ModelRow) -> str:
    if model["kind"] == "formula":
        return "formula"
    return f"model of {plural(model['answers'] or 0, 'answer')}, mean error {model['mean_error']:.2f}"


def _print_alerts(alerts: dict[str, Alert]) -> None:
    breaches, raised, risky = (alerts[key] for key in ("sla_breaches", "escalations", "customers_at_risk"))
    line(
        f"{plural(breaches['count'], 'missed deadline')}, {plural(raised['count'], 'open escalation')}, "
        f"{plural(risky['count'], 'customer')} at risk"
    )
    for one in breaches["rows"][:MOST_ALERTS]:
        line(f"  issue {one['issue_id']}: {one['clock'].replace('_', ' ')} was due {moment(one['due'])}")
    for one in raised["rows"][:MOST_ALERTS]:
        state = "acknowledged" if one["acknowledged_at"] else "not acknowledged"
        why = one["trigger"].replace("_", " ")
        line(f"  issue {one['issue_id']}: escalated, level {one['level']} ({why}), {state}")
    for one in risky["rows"][:MOST_ALERTS]:
        line(f"  issue {one['issue_id']}: {one['predicted']:.2f} expected")


def _print_resolution(report: IssueReport, days: int) -> None:
    line(f"The last {days} days; in brackets the number of issues behind a figure.")
    rows: list[Json] = [{"name": "all", **report["totals"]}]
    for groups in (report["by_category"], report["by_priority"], report["by_channel"]):
        rows += [{"name": name.replace("_", " "), **figures} for name, figures in groups.items()]
    table(FIGURE_COLUMNS, rows, "")
    waited = _figure(report["totals"]["mean_customer_hours"])
    line(f"Hours are the desk's own to resolve an issue; another {waited} were with the customer.")
    for name, trend in report["trends"].items():
        if trend["change"] is not None:
            line(f"{name.replace('_', ' ')}: {trend['change']:+zg} against the {days} days before")
