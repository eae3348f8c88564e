"""The figures of the service desk: each with its count, and on enter the issues behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable, Static

from dispatch.desk.desk import Desk
from dispatch.queries.wording import plural
from dispatch.reporting import issue_analytics, row_types, service_dashboard
from dispatch.reporting.row_types import Dashboard, Figure, Trend
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.wording import priority_words, short_span
from models.base import Json
from screens.widgets.columns import Column
from screens.widgets.live_table import LiveTable
from screens.wording.agents import BARS, load_style
from screens.wording.priorities import STYLES
from screens.wording.text import BAD

FIGURE_NAMES = {
    issue_analytics.OPENED: "Opened",
    issue_analytics.RESOLVED: "Resolved",
    issue_analytics.RESOLUTION_HOURS: "Average time to resolve",
    issue_analytics.CUSTOMER_HOURS: "Average time with customer",
    issue_analytics.SATISFACTION: "Average rating",
    issue_analytics.FIRST_CONTACT: "Resolved at first contact",
}
HOURS = (issue_analytics.RESOLUTION_HOURS, issue_analytics.CUSTOMER_HOURS)
COUNTS = (issue_analytics.OPENED, issue_analytics.RESOLVED)  # of the figures; the others are means of cases
ALERTS = {
    "sla_breaches": "SLA breaches",
    "escalations": "Open escalations",
    "customers_at_risk": "At-risk customers",
}

LOUD = "! "
"""Before a figure that needs somebody."""

EVERY = IssueFilter(statuses=())
MOST_NUMBERS = 12  # that a filter text names; of more, the list has the figure's name

Figures = tuple[list[Json], list[Json]]
"""The rows of the two tables: figures and agents."""


def _name(row: Json) -> Text:
    return Text(row["name"], "bold") if row["is_heading"] else Text(f"  {row['name']}")


def _unmarked(row: Json) -> str:
    return str(row["value"]).removeprefix(LOUD)


def _without_arrow(trend: str) -> str:
    for arrow, word in {"▲": "up", "▼": "down", "=": "unchanged"}.items():
        trend = trend.replace(f"{arrow} from", f"{word} from")
    return trend


FIGURE_COLUMNS: tuple[Column[Json], ...] = (
    Column("name", "Figure", 24, _name, grows=True),
    Column("value", "Value", 10, lambda row: Text(row["value"], row["style"]), right=True, plain=_unmarked),
    Column("count", "Cases", 6, right=True),
    Column("trend", "Note", 16, drop=1, plain=lambda row: _without_arrow(row["trend"])),
)


def _used(row: Json) -> Text:
    share = row["utilisation"]
    if share is None:
        return Text("–")
    style = load_style(row["load"] + row["issue_load"], row["capacity"])
    sign = "!" if share > 1 else ""
    return Text.assemble((BARS[round(min(1.0, share) * (len(BARS) - 1))], style), f" {share:.0%}{sign}")


AGENT_COLUMNS: tuple[Column[Json], ...] = (
    Column("name", "Agent", 14, grows=True),
    Column("presence", "Presence", 9, drop=1),
    Column("load", "Bookings", 8, right=True),
    Column("issue_load", "Issues", 6, right=True),
    Column("capacity", "Capacity", 8, right=True),
    Column("utilisation", "Used", 7, _used),
)


class ServiceBoard(Vertical):
    """Figures on one side, agents on the other; tab switches sides, enter asks for the rows."""

    DEFAULT_CSS = """
    ServiceBoard { display: none; height: 1fr; }
    ServiceBoard #figures { width: 1fr; }
    ServiceBoard #workload { width: 52; margin-left: 1; }
    """

    @dataclass
    class FigureChosen(Message):
        """Enter was pressed on a figure or an agent."""

        figure: Json

    headline = getters.query_one(".headline", Static)
    figures = getters.query_one("#figures", LiveTable)
    workload = getters.query_one("#workload", LiveTable)

    def compose(self) -> ComposeResult:
        with Vertical(id="board"):
            yield Static(Content(""), classes="headline")
            with Horizontal():
                yield LiveTable(FIGURE_COLUMNS, "key", sorts=False, id="figures")
                yield LiveTable(AGENT_COLUMNS, "agent_id", id="workload")

    @property
    def is_filled(self) -> bool:
        return bool(self.figures.rows_shown)

    def show(self, data: Figures, headline: Text) -> None:
        figures, agents = data
        self.headline.update(headline)
        is_first = not self.is_filled
        self.figures.show_rows(figures)
        if is_first:
            self.figures.move_cursor(row=1)  # below the heading
        self.workload.show_rows(agents)

    @on(DataTable.RowSelected)
    def _chosen(self, event: DataTable.RowSelected) -> None:
        event.stop()
        table = event.data_table
        row = table.current if isinstance(table, LiveTable) else None
        if row is not None and row["rows"] is not None:
            self.post_message(self.FigureChosen(row))


def read_figures(desk: Desk) -> Figures:
    board = service_dashboard.dashboard(desk)
    agents: list[Json] = [
        {
            **row,
            "rows": IssueFilter(),
            "text": f"agent:{row['agent_id']}",
            "title": f"Issues of {row['name']}",
        }
        for row in board["agents"]
    ]
    return [*_active(board), *_alerts(board), *_period(board)], agents


@dataclass(frozen=True)
class ChosenFigure:
    """The list behind a figure: its title, its view, and the filter text that narrows it, if one can."""

    title: str
    which: IssueFilter
    text: str


def rows_of_figure(row: Json) -> ChosenFigure:
    """Return the list behind a figure; of a period's, as of now. Reads the database."""
    behind, text = row["rows"], row.get("text", "")
    if text:
        return ChosenFigure(row["title"], behind if isinstance(behind, IssueFilter) else EVERY, text)
    if callable(behind):
        behind = replace(EVERY, ids=tuple(behind()))
    if behind.ids is not None and 0 < len(behind.ids) <= MOST_NUMBERS:
        return ChosenFigure(row["title"], EVERY, " or ".join(f"number:{number}" for number in behind.ids))
    return ChosenFigure(row["title"], behind, "")


def _row(key: str, name: str, value: str = "", count: str = "", **more: Any) -> Json:
    usual = {"is_heading": False, "style": "", "trend": "", "rows": None, "title": name}
    return usual | {"key": key, "name": name, "value": value, "count": count} | more


def _heading(name: str) -> Json:
    return _row(name, name, is_heading=True)


def _active(board: Dashboard) -> list[Json]:
    active, guess = board["active"], board["satisfaction"]
    age, count = active["mean_age_hours"]["value"], str(active["count"])
    rows = [_heading("Active"), _row("active", "All open", count, rows=IssueFilter())]
    for name, number in active["by_priority"].items():
        is_loud = name == "CRITICAL" and number > 0
        value, style = (f"{LOUD}{number}", STYLES[name]) if is_loud else (str(number), "")
        words, text = priority_words(name), f"priority:{name.lower()}"
        rows.append(_row(f"active.{name}", words, value, rows=IssueFilter(), text=text, style=style))
    expected = f"Predicted rating ({guess['model']['kind']})"
    return [
        *rows,
        _row("waiting", "Waiting for an agent", str(active["waiting"]), rows=EVERY, text="is:waiting"),
        _row("age", "Average age", _time(age), count, rows=IssueFilter()),
        _row("expected", expected, _rating(guess["mean"]), count, rows=IssueFilter()),
    ]


def _alerts(board: Dashboard) -> list[Json]:
    rows = [_heading("Alerts")]
    for key, name in ALERTS.items():
        alert = board["alerts"][key]
        ids = tuple(dict.fromkeys(one["issue_id"] for one in alert["rows"]))
        style = f"bold {BAD}" if ids else ""
        sign = LOUD if ids else ""
        which = replace(EVERY, ids=ids)
        where = f"in {plural(len(ids), 'issue')}" if ids else ""
        rows.append(_row(key, name, f"{sign}{alert['count']}", trend=where, style=style, rows=which))
    return rows


def _period(board: Dashboard) -> list[Json]:
    report, days = board["resolution"], board["days"]
    period = issue_analytics.Period(report["since"], report["until"])
    rows = [_heading(f"The last {days} days")]
    for name, label in FIGURE_NAMES.items():
        figure, trend = report["totals"][name], report["trends"][name]
        behind = partial(issue_analytics.ids_behind, period, name)
        title, text = (
            f"{label}, the last {days} days",
            "" if name == issue_analytics.SATISFACTION else _since(name, days),
        )
        more = {"trend": _trend(name, trend), "rows": behind, "title": title, "text": text}
        cases = "" if name in COUNTS else str(figure["count"])
        rows.append(_row(name, label, _value(name, figure["value"]), cases, **more))
    for dimension in issue_analytics.DIMENSIONS:
        rows += _by(dimension, report[f"by_{dimension}"], days)  # type: ignore[literal-required]
    return rows


def _since(figure: str, days: int) -> str:
    """Return the filter text of a period's issues."""
    return f"{'opened' if figure == issue_analytics.OPENED else 'resolved'}>=-{days}d"


def _by(dimension: str, groups: dict[str, row_types.Figures], days: int) -> list[Json]:
    """Count resolved issues and their mean time for each value of a dimension."""
    rows = [_heading(f"Time to resolve, by {dimension}")] if groups else []
    for value, group in groups.items():
        figure = group[issue_analytics.RESOLUTION_HOURS]
        name = priority_words(value) if dimension == "priority" else value.replace("_", " ")
        text = f"{_since(issue_analytics.RESOLVED, days)} {dimension}:{value.lower()}"
        more = {"trend": _rated(group[issue_analytics.SATISFACTION]), "rows": EVERY, "text": text}
        count = str(figure["count"])
        rows.append(_row(f"{dimension}.{value}", name, _time(figure["value"]), count, **more))
    return rows


def _rated(figure: Figure) -> str:
    return f"rated {figure['value']:.1f} ({figure['count']})" if figure["count"] else ""


def _time(hours: float | None) -> str:
    return "–" if hours is None else short_span(hours * 60)


def _rating(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} of 5"


def _value(name: str, value: float | None) -> str:
    if name in HOURS:
        return _time(value)
    if name == issue_analytics.SATISFACTION:
        return _rating(value)
    if value is None:
        return "–"
    return f"{value:.0%}" if name == issue_analytics.FIRST_CONTACT else str(value)


def _trend(name: str, trend: Trend) -> str:
    """Format the earlier value, and an arrow to the present one."""
    if trend["change"] is None:
        return ""
    arrow = "▲" if trend["change"] > 0 else "▼" if trend["change"] < 0 else "="
    return f"{arrow} from {_value(name, trend['before'])}"
