"""--plain and TERM=dumb: output for screen readers and line terminals."""

from __future__ import annotations

import pytest

from astra_tui.cli.output import printing
from tests.astra_tui.conftest import Run
from tests.astra_tui.test_conventions import EVERY, LISTINGS

BOXES = set("─│╭╮╰╯┌┐└┘━┃…")


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_listing_is_printed_field_by_field(booked: Run, listing: str) -> None:
    ended = booked(*listing.split(), "--plain")
    assert (ended.code, ended.err) == (0, "")
    paragraphs = ended.out.strip("\n").split("\n\n")
    assert len(paragraphs) == len(booked(*listing.split(), "--json").json)
    assert all(": " in line for paragraph in paragraphs for line in paragraph.splitlines())
    both = booked(*listing.split(), "--plain", "--json")
    assert (both.code, both.error["message"]) == (2, "--json and --plain exclude each other")


def test_filters_work_and_values_are_not_cut(booked: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    name = "Kate " + "van der Nguyen " * 6
    assert booked("booking", "edit", 1, "--name", name).code == 0
    printed = booked("booking", "list", "--status", "pending", "--agent", 2, "--plain").out
    assert f"Customer: {name.strip()}\n" in printed
    assert printed.startswith("Id: 1\n")
    assert booked("booking", "list", "--waiting", "--plain").err == "no such bookings\n"


def test_all_rows_are_printed(booked: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_ROWS_SHOWN", 1)
    ended = booked("agent", "list", "--plain")
    assert (ended.out.count("Name: "), ended.err) == (2, "")


def test_details_and_reports_are_plain_too(booked: Run) -> None:
    assert "customer name: Kate Nguyen\n" in booked("booking", "show", 1, "--plain").out
    why = booked("why", 1, "--plain").out
    assert "because: fewest bookings" in why
    assert "Agent: Grace Hopper\n" in why
    assert "loads: ok, " in booked("doctor", "--plain").out


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_takes_it(path: tuple[str, ...]) -> None:
    assert "--plain" in [name for option in EVERY[path].params for name in option.opts]


def test_help_without_frames(astra: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(astra("agent", "list", "-h").out) & BOXES
    assert not set(astra("agent", "list", "--plain", "-h").out) & BOXES
    monkeypatch.setenv("TERM", "dumb")
    printed = astra("agent", "list", "-h").out
    assert not set(printed) & BOXES
    assert "--limit" in printed


def test_the_application_is_refused_on_a_dumb_terminal(astra: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("astra_tui.main.has_terminal", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    ended = astra()
    assert (ended.code, ended.out) == (2, "")
    assert "TERM=dumb" in ended.err
