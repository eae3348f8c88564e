"""The pulse: axis and bars from the data, side by side only where there is room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from dispatch.queries.wording import moment
from dispatch.reporting.booking_figures import beginnings
from screens.insights.columns import short_money
from screens.insights.pulse import Breakdown, Part, pulse_text
from screens.insights.screen import Insights
from screens.widgets.live_table import LiveTable
from tests.screens.picture import text_of
from tests.screens.scenes import press

NOW = "2082-03-14 12:00:00"
PULSE: Any = {
    "days": 5,
    "leads_by_day": [0, 1, 50, 100, 25],
    "funnel": {"leads": 176, "bookings": 160, "reached": 149, "confirmed": 98},
    "funnel_before": {"leads": 100, "bookings": 50, "reached": 0, "confirmed": 0},
    "open": {
        "pending": 20,
        "waiting": 1,
        "to_claim": 5,
        "oldest": "2082-03-14 09:00:00",
        "oldest_to_claim": "2082-03-14 11:56:00",
    },
}


def drawn(width: int) -> list[str]:
    return pulse_text(PULSE, NOW, width).plain.splitlines()


def test_the_plot_reaches_from_nothing_to_the_highest_day() -> None:
    plot = [line[:10].rstrip() for line in drawn(40)[2:9]]  # a day is one cell wide here
    assert plot == [
        "100 ┤   █",
        "    │   █",
        "    │   █",
        " 50 ┤  ██",
        "    │  ██▄",
        "    │ ▁███",
        "  0 ╵▔▔▔▔▔",
    ]


def test_each_step_is_a_share_of_the_one_above_beside_the_days_before() -> None:
    told = "\n".join(drawn(60))
    assert "Leads" in told
    assert " 91% (50%)" in told
    assert " 93% (0%)" in told
    assert " 66%\n" in told, "nobody had been reached before, so there is no share"


def test_the_tables_name_their_columns_and_their_base() -> None:
    tables = [
        Breakdown("By destination", [Part("Mars", 59, 0.74), Part("Titan", 1, None)]),
        Breakdown("By agent", [Part("Mira Patel", 9, 1.0)], "Confirmed"),
    ]
    lines = pulse_text(PULSE, NOW, 120, tables).plain.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("By destination"))
    assert lines[at + 1].split() == ["Bookings", "Conversion", "Confirmed", "Conversion"]
    heads, mars, titan = (line[:56] for line in lines[at + 1 : at + 4])
    assert heads.index("Bookings") + len("Bookings") == mars.index("59") + 2
    assert [len(line.rstrip()) for line in (heads, mars, titan)] == [56, 56, 56]
    assert lines[-1] == "Last 5 days. Conversion: Confirmed, of Confirmed and Cancelled"


def test_panels_are_beside_each_other_where_there_is_room() -> None:
    assert "From lead to confirmed" in drawn(120)[0]
    assert "From lead to confirmed" not in drawn(78)[0]
    assert max(map(len, drawn(78))) <= 78
    assert "Oldest unclaimed 4m" in "\n".join(drawn(78))


@pytest.mark.parametrize(
    ("units", "told"),
    [
        (None, "–"),
        (0.0, "0"),
        (950.4, "950"),
        (12_345.0, "12.3k"),
        (999_960.0, "1.0M"),
        (45_157_000.0, "45.2M"),
        (2.5e9, "2.5bn"),
    ],
)
def test_money_is_short_in_tables(units: float | None, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.queries.wording._currency", "")
    assert short_money(units) == told


async def test_insights_open_with_the_pulse_and_go_on_to_tables(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="insights") as (app, _):
        await press(app, "f7")
        assert "Leads a day, last 30 days" in text_of(app)
        assert "Waiting          1" in text_of(app)
        await press(app, "v", "T")
        assert "last 30 days, beside those before" in text_of(app)
        assert "▲ 0" in text_of(app)
        assert isinstance(app.screen, Insights)


async def test_the_agents_have_a_period_too(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="insights") as (app, _):
        await press(app, "f7", "v", "v")
        table = app.screen.query_one("#agents", LiveTable)
        whole = {row["agent_id"]: row["decided"] for row in table.rows_shown}
        await press(app, "T", "home")
        assert "last 30 days, beside those before" in text_of(app)
        rows = table.rows_shown
        assert {row["agent_id"] for row in rows} == whole.keys()
        assert all(row["decided"] + row["before"] <= whole[row["agent_id"]] for row in rows)
        assert sum(row["decided"] for row in rows) > 0
        number = rows[0]["agent_id"]
        await press(app, "enter")
        since = moment(beginnings(app.backend.desk.now(), 30)[0])[:10]
        assert app.screen.query_one("#filter", Input).value == f"agent:{number} created>={since}"


def test_the_width_is_used() -> None:
    """All three beside each other from 120 columns on, and longer bars where there is more room."""
    for width in (116, 196):
        first = drawn(width)[0]
        assert all(heading in first for heading in ("Leads a day", "From lead to confirmed", "Now"))
        assert max(map(len, drawn(width))) <= width
    assert max(map(len, drawn(196))) > max(map(len, drawn(116)))
    assert "From lead" not in drawn(76)[0]


def test_spare_rows_and_cells_go_to_agents_and_to_the_days_before() -> None:
    agents = [Part(f"Agent {number}", 30 - number, 1.0, number) for number in range(30)]
    tables = [
        Breakdown("By destination", [Part("Mars", 59, 0.74, 60)]),
        Breakdown("By source", [Part("Bought", 9, 0.5, 9)]),
        Breakdown("By agent", agents, "Confirmed"),
    ]

    def lines(width: int, height: int) -> list[str]:
        return pulse_text(PULSE, NOW, width, tables, height).plain.splitlines()

    wide = lines(196, 56)
    told = "\n".join(wide)
    assert all(f"{agent.name} " in told for agent in agents)
    assert "▼ 60" in told
    assert next(line for line in wide if "Agent 0 " in line).split()[-1] == "100%"
    assert "Agent 15" in next(line for line in wide if "Agent 0 " in line), "two columns of agents"
    assert max(map(len, wide)) <= 196
    assert len(wide) <= 56
    assert len(wide) > len(lines(196, 0))
    small = "\n".join(lines(76, 20))
    assert "Agent 7 " in small
    assert "Agent 8 " not in small
    assert "▼ 60" not in small


async def test_the_pulse_is_no_dead_end(golden_file: Path, running: Any) -> None:
    """It is a text, in which letters do nothing but lead somewhere."""
    async with running(golden_file, size=(80, 24)) as (app, _):
        for pressed, place in (("3", "queue"), ("1", "dispatch"), ("h", "log")):
            await press(app, "f7", pressed)
            assert place == app.place.NAME
        await press(app, "f7", "u", "x", "c")
        assert app.place.NAME == "insights"
        assert app.screen is app.place
