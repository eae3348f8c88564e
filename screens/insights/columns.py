"""The columns of Insights: bookings by kind, sales by agent, and weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from dispatch.matching.row_types import WeightsRow
from dispatch.queries.wording import day, exact, in_currency, money, short_moment
from dispatch.reporting.row_types import AgentFigures, AlertRow, FigureRow
from screens.widgets.columns import Column
from screens.wording.agents import load_bar
from screens.wording.plots import interval, interval_line
from screens.wording.text import CARE, GOOD, NEUTRAL

BAR_WIDTH, THIN = 10, "▂"
ALMOST = 0.9995
KINDS = {"method": "Contact"}
"""Kinds of figures that have another name on the screens."""
LINE_WIDTH = 21


def percent(value: float | None) -> str:
    """Format a share, or a dash where there is nothing to share."""
    return "–" if value is None else f"{value:.0%}"


def with_shares(rows: list[FigureRow]) -> list[FigureRow]:
    """Prepare figures for the list: each kind's name once, and the length of the bar beside the count."""
    whole = max((row["bookings"] for row in rows), default=0) or 1
    shown: list[FigureRow] = []
    before = ""
    for row in rows:
        heading = "" if row["kind"] == before else KINDS.get(row["kind"], row["kind"].capitalize())
        before = row["kind"]
        shown.append(
            row | {"key": f"{row['kind']}:{row['value']}", "of": heading, "part": row["bookings"] / whole}
        )
    return shown


def _bar(row: FigureRow) -> Text:
    return Text(THIN * max(round(row["part"] * BAR_WIDTH), min(1, row["bookings"])), NEUTRAL)


def _before(row: FigureRow) -> str:
    return compared(row["bookings"], row.get("before"))


def compared(number: int, before: int | None) -> str:
    """Format the number of the days before a period, and in which direction it went since."""
    if before is None:
        return ""
    return f"{'▲' if number > before else '▼' if number < before else '='} {before:,}"


def short_money(units: float | None) -> str:
    """Format an amount in a few cells: ``45.2M``, ``12.3k``, ``950``."""
    if units is None:
        return "–"
    for length, unit in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(units) >= length * ALMOST:  # what is rounded up to a whole unit
            return in_currency(f"{units / length:,.1f}{unit}")
    return in_currency(f"{units:,.0f}")


def _confirmed(row: FigureRow) -> Text:
    return Text(f"{row['confirmed']:,}", GOOD if row["confirmed"] else "")


FIGURES: tuple[Column[FigureRow], ...] = (
    Column("of", "By", 11, lambda row: Text(row["of"], "bold")),
    Column("value", "", 12, lambda row: row["value"] or "bookings", grows=True),
    Column("bookings", "Number", 9, lambda row: f"{row['bookings']:,}", right=True),
    Column("bar", "", BAR_WIDTH, _bar, drop=4),
    Column("pending", "Pending", 9, lambda row: f"{row['pending']:,}", right=True, drop=3),
    Column("confirmed", "Confirmed", 9, _confirmed, right=True, drop=2),
    Column("unreachable", "Unreachable", 11, lambda row: f"{row['unreachable']:,}", right=True, extra=True),
    Column("before", "Before", 9, _before, right=True, drop=5, title="Previous period"),
    Column("share", "Conversion", 10, lambda row: percent(row["confirmed_share"]), right=True),
    Column("revenue", "Revenue", 11, lambda row: short_money(row["revenue"]), right=True, drop=1),
    Column("exact", "Revenue, exact", 19, lambda row: money(row["revenue"]), right=True, extra=True),
)


def _contact(row: AgentFigures) -> str:
    given = row["contact_assigned"]
    return f"{percent(row['contact_rate'])} of {given:,}" if given else "–"


def _line(row: AgentFigures) -> str:
    return interval_line(row["low"], row["rate"], row["high"], LINE_WIDTH)


AGENTS: tuple[Column[AgentFigures], ...] = (
    Column("agent_name", "Agent", 22),
    Column("load", "Load", 8, load_bar),
    Column("decided", "Decided", 7, lambda row: f"{row['decided']:,}", right=True),
    Column(
        "before",
        "Before",
        9,
        lambda row: compared(row["decided"], row.get("before")),
        right=True,
        drop=3,
        title="Decided the days before",
    ),
    Column("rate", "Confirmed (95%)", 16, interval, right=True),
    Column("line", "0%       50%     100%", LINE_WIDTH, _line, drop=2, title="Confirmed, drawn"),
    Column("contact", "In time", 12, _contact, right=True, drop=1, title="Reached in time"),
)


def _in_use(row: WeightsRow) -> Text:
    return Text("selected", f"bold {GOOD}") if row["in_use"] else Text("no", "dim")


def _origin(row: WeightsRow) -> str:
    believed = {True: ", trusted", False: ", not trusted", None: ""}[row["gate_open"]]
    return f"{row['origin']}{believed}"


def _outcomes(row: WeightsRow) -> str:
    return f"{row['outcomes']:,}" if row["outcomes"] else "–"


def _span(row: WeightsRow) -> str:
    first, last = row["first_at"], row["last_at"]
    return f"{day(first)} to {day(last)}" if first and last else "–"


ALERT_WORDS = {
    "rotten": "Rotten",
    "overdue": "Overdue",
    "unattended": "Unattended",
    "seen_by_all": "Seen by all",
    "over_cap": "Over cap",
    "broken_promise": "SLA breach",
}


def with_headings(rows: list[AlertRow]) -> list[Any]:
    """Prepare alerts for the list: each kind's name and number once."""
    numbers = Counter(row["kind"] for row in rows)
    shown: list[Any] = []
    for row in rows:
        is_first = not shown or shown[-1]["kind"] != row["kind"]
        shown.append(row | {"of": f"{ALERT_WORDS[row['kind']]} {numbers[row['kind']]}" if is_first else ""})
    return shown


ALERTS: tuple[Column[Any], ...] = (
    Column("of", "Alert", 15, lambda row: Text(row["of"], f"bold {CARE}"), plain=lambda row: row["kind"]),
    Column("number", "No.", 7, right=True),
    Column("who", "Who", 16, grows=True),
    Column("agent_name", "Agent", 15, lambda row: row["agent_name"] or "nobody yet"),
    Column("since", "Since", 12, lambda row: short_moment(row["since"])),
    Column("words", "What", 27, drop=1),
)

WEIGHTS: tuple[Column[WeightsRow], ...] = (
    Column("in_use", "In use", 8, lambda row: _in_use(row)),
    Column("name", "Weights", 10),
    Column("origin", "From", 12, _origin, grows=True),
    Column("outcomes", "Outcomes", 8, _outcomes, right=True),
    Column("learned_at", "Learned", 16, lambda row: exact(row["learned_at"]) or "–", drop=1),
    Column("span", "Of", 24, _span, drop=2),
)


def says_nothing(section: str, rows: Sequence[Any]) -> list[str]:
    """Return the columns that are the same for all rows: nothing to compare with, or nobody reached yet."""
    is_compared = any("before" in row for row in rows)
    is_reached = section != "agents" or any(row["contact_assigned"] for row in rows)
    return [*([] if is_compared else ["before"]), *([] if is_reached else ["contact"])]
