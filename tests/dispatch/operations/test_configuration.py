"""Settings and accepted values: rows, the same for every terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.accepted_values import FIRST_VALUES, LISTS, listing
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import configuration, doctor, lists
from models.audit import Decision
from models.errors import InvalidInput, Refused
from models.settings import Setting

AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]


@pytest.fixture
def other(path: Path, desk: Desk) -> Iterator[Desk]:
    """A second terminal on the same file."""
    other = open_desk(path, actor="lee")
    yield other
    other.close()


def test_a_new_desk_has_its_defaults(desk: Desk) -> None:
    assert dict(desk.settings.items()) == {
        "policy": "rank",
        "default_capacity": 10,
        "rating_prior_answers": 20,
        "year_shift": 56,
    } | {key: value for key, value in desk.settings.items() if key not in ("policy", "year_shift")}


def test_a_setting_applies_to_every_terminal(desk: Desk, other: Desk) -> None:
    result = configuration.set_value(desk, "default_capacity", "7")
    assert result == {"key": "default_capacity", "value": 7, "settings_version": 2}
    with other.transaction():
        assert other.settings["default_capacity"] == 7


def test_an_unreadable_stored_setting_does_not_prevent_opening(desk: Desk, path: Path) -> None:
    """A value of another version made opening fail with a ValueError."""
    configuration.set_value(desk, "default_capacity", "7")
    with desk.transaction():
        Setting.update(value="plenty").where(Setting.key == "default_capacity").execute()
    opened = open_desk(path, actor="lee")
    assert opened.settings["default_capacity"] == 10
    with opened.reading():
        report = doctor.examine(opened)
    (finding,) = [row for row in report["checks"] if row["check"] == "settings"]
    assert not finding["ok"]
    assert "default_capacity is 'plenty', so 10 holds" in finding["detail"]
    configuration.set_value(opened, "default_capacity", "8")
    assert (opened.settings["default_capacity"], opened.settings.unreadable) == (8, {})
    opened.close()


def test_a_change_of_settings_is_in_the_log(desk: Desk, look: Look) -> None:
    configuration.set_value(desk, "default_capacity", "7")
    assert look(event_log.events)[0]["detail"] == {"key": "default_capacity", "old": 10, "new": 7}


def test_a_decision_records_its_settings(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    add_lead()
    configuration.set_value(desk, "default_capacity", "7")
    add_lead()
    assert look(lambda: [row.settings_version for row in Decision.select()]) == [1, 2]


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("speed", "1", InvalidInput),
        ("default_capacity", "-1", InvalidInput),
        ("default_capacity", "many", InvalidInput),
        ("policy", "astrology", InvalidInput),
        ("year_shift", "0", Refused),
    ],
)
def test_an_unknown_or_invalid_setting_is_refused(
    desk: Desk, key: str, value: str, error: type[Exception]
) -> None:
    before = desk.settings.items()
    with pytest.raises(error):
        configuration.set_value(desk, key, value)
    assert desk.settings.items() == before


# -- accepted values


def test_a_new_desk_accepts_the_published_values(desk: Desk, look: Look) -> None:
    for kind, names in FIRST_VALUES.items():
        assert look(listing, kind) == [{"name": name} for name in sorted(names)]
    assert {"destination": "Europa", "name": "Glacier Trek Adventure"} in look(listing, "package")


@pytest.mark.parametrize("kind", LISTS)
def test_every_list_can_be_extended(desk: Desk, look: Look, kind: str) -> None:
    assert lists.add_value(desk, kind, " Something New ") == {"name": "Something New"}
    assert {"name": "Something New"} in look(listing, kind)
    assert "Something New" in look(desk.values.of, kind)


def test_a_new_value_is_accepted_at_once_by_other_terminals(
    desk: Desk, other: Desk, two: None, add_lead: AddLead
) -> None:
    add_lead()  # this desk has read its lists
    lists.add_value(other, "destination", "Pluto")
    lists.add_value(other, "package", "Dwarf Tour", destination="Pluto")
    assert add_lead(destination="Pluto")["booking_id"] == 2
    with desk.reading():
        assert desk.values.check_package("Pluto", "Dwarf Tour") == "Dwarf Tour"


@pytest.mark.parametrize(
    ("kind", "name", "destination", "error"),
    [
        ("destination", "Mars", None, Refused),
        ("destination", " Mars ", None, Refused),
        ("destination", "", None, InvalidInput),
        ("destination", "x" * 101, None, InvalidInput),
        ("planet", "Mars", None, InvalidInput),
        ("package", "Luxury Dome Stay", "Mars", Refused),
        ("package", "Luxury Dome Stay", "Pluto", InvalidInput),
        ("package", "Luxury Dome Stay", None, InvalidInput),
    ],
)
def test_an_invalid_value_is_refused(
    desk: Desk, kind: str, name: str, destination: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        lists.add_value(desk, kind, name, destination)


def test_the_same_package_may_be_offered_elsewhere(desk: Desk, look: Look) -> None:
    row = lists.add_value(desk, "package", "Luxury Dome Stay", destination="Titan")
    assert row == {"destination": "Titan", "name": "Luxury Dome Stay"}
    assert look(desk.values.packages, "Titan") == ("Luxury Dome Stay", "Ringside Cruise")


def test_a_refused_package_names_the_known_ones(desk: Desk, look: Look) -> None:
    with pytest.raises(InvalidInput) as caught:
        look(desk.values.check_package, "Europa", "Yacht")
    assert caught.value.hint == "accepted: Glacier Trek Adventure, Zero-Gravity Yacht Cruise"
    lists.add_value(desk, "destination", "Pluto")
    with pytest.raises(InvalidInput) as caught:
        look(desk.values.check_package, "Pluto", "Yacht")
    assert "none yet" in caught.value.hint
