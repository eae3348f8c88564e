"""``astra new``: a desk of one's own, in the present if wanted."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from dispatch.inputs.countries import countries
from models.clock import utc_now
from tests.astra_tui.conftest import LEAD, Run

OWN = ("--year-shift", "0", "--zone", "europe/berlin", "--country", "de", "--currency", "EUR")
AGENT = (
    *("--first-name", "Ada", "--last-name", "Byron", "--department", "Luxury Voyages"),
    *("--job-title", "Space Travel Agent", "--years", "5", "--rating", "4"),
)


def test_a_new_desk_has_the_settings_given(anywhere: Run, tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    row = anywhere("new", path, *OWN, "--json").json
    assert row == {
        "database": str(path),
        "year_shift": 0,
        "zone": "Europe/Berlin",
        "country": "DE",
        "currency": "EUR",
    }
    found = {row["key"]: row["value"] for row in anywhere("set", "--db", path, "--json").json}
    assert [found[key] for key in ("year_shift", "zone", "country", "currency")] == [*row.values()][1:]
    assert anywhere("verify", "--db", path).code == 0


def test_without_options_it_is_as_before(anywhere: Run, tmp_path: Path) -> None:
    row = anywhere("new", tmp_path / "own.db", "--json").json
    assert (row["year_shift"], row["zone"], row["country"], row["currency"]) == (56, "UTC", "", "USD")


def real_day() -> date:
    """The day on which the test runs, in UTC as the tests' terminal."""
    return utc_now().date()


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--year-shift", "1.5", "a whole number from 0 to 1000"),
        ("--year-shift", "-1", "a whole number from 0 to 1000"),
        ("--zone", "Europe/Berln", "did you mean Europe/Berlin?"),
        ("--country", "XX", "such as DE, GB or US"),
        ("--currency", "12", "such as EUR"),
    ],
)
def test_a_refused_setting_leaves_no_file(
    anywhere: Run, tmp_path: Path, option: str, value: str, hint: str
) -> None:
    path = tmp_path / "own.db"
    ended = anywhere("new", path, option, value, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_setting")
    assert hint in ended.error["hint"]
    assert not path.exists()


def test_a_desk_in_the_present_types_and_shows_the_dates_of_today(anywhere: Run, tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    anywhere("new", path, *OWN)

    def astra(*arguments: object) -> str:
        ended = anywhere(*arguments, "--db", path)
        assert ended.code == 0, ended.err
        return ended.out

    today = real_day()
    astra("agent", "add", *AGENT)
    astra("lead", "add", *LEAD)
    assert str(today.year) in astra("booking", "list")
    tomorrow = today + timedelta(days=1)
    for typed in ("tomorrow 23:59", f"{tomorrow} 23:59"):
        astra("booking", "follow-up", "1", "--at", typed)
        assert f"{tomorrow}" in astra("booking", "show", "1", "--json")
    assert "added lead 1" in astra("log", "--since", "yesterday")
    assert astra("booking", "list", "--filter", f"created>={today - timedelta(days=1)}", "--format", "ids")
    astra("booking", "confirm", "1", *CONFIRMED)
    assert "25,000.00 EUR" in astra("booking", "show", "1")
    assert anywhere("doctor", "--db", path, "--json").json["ok"]
    assert anywhere("verify", "--db", path).code == 0


CONFIRMED = (
    *("--package", "Luxury Dome Stay"),
    *("--destination-revenue", "EUR 25,000", "--package-revenue", "5k"),
)


def test_files_of_today_are_taken_in_in_the_present(anywhere: Run, tmp_path: Path) -> None:
    path, today = tmp_path / "own.db", real_day()
    anywhere("new", path, "--year-shift", "0")
    anywhere("agent", "add", *AGENT, "--db", path)
    (tmp_path / "assignment_history.csv").write_text(
        "AssignmentID,AgentID,CustomerName,CommunicationMethod,LeadSource,AssignedDateTime\n"
        f"1,1,Ann,Text,Bought,{today - timedelta(days=3)} 09:00:00\n",
        encoding="utf-8",
    )
    report = anywhere("import", tmp_path / "assignment_history.csv", "--db", path, "--json")
    assert (report.json["assignments"], report.json["quarantined"]) == (1, [])


def test_every_country_of_the_standard_is_known() -> None:
    assert len(countries()) == 249
    assert {"DE", "GB", "US", "JP", "KW", "XK"} - countries().keys() == {"XK"}
