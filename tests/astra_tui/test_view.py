"""``astra view``: saved lists; one that cannot be listed any more is named in words."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from astra_tui.user.own_views import views_path
from tests.astra_tui.conftest import LEAD, Run


@pytest.fixture(autouse=True)
def _no_views() -> Iterator[None]:
    views_path().unlink(missing_ok=True)
    yield
    views_path().unlink(missing_ok=True)


@pytest.fixture
def saved(booked: Run) -> Run:
    """Three bookings, two to Mars; the user's view "Mars" and the desk's view "Waiting"."""
    booked("lead", "add", *LEAD)
    booked("lead", "add", *LEAD[:6], "--destination", "Titan", *LEAD[8:])
    order = ("--sort", "id", "--columns", "customer_name,booking_id,state")
    assert booked("view", "save", "Mars", "--filter", "to:mars", *order).code == 0
    assert (
        booked("view", "save", "Waiting", "--list", "service", "--filter", "is:waiting", "--desk").code == 0
    )
    return booked


def listed(astra: Run) -> dict[str, Any]:
    return {row["name"]: row for row in astra("view", "list", "--json").json}


def test_a_view_is_the_listing_with_its_filter_order_and_columns(saved: Run) -> None:
    plain = saved("booking", "list", "--filter", "to:mars", "--sort", "id", "--ascending", "--json").json
    assert saved("view", "run", "mars", "--json").json == plain
    ended = saved("view", "run", "Mars", "--format", "csv")
    assert next(csv.reader(io.StringIO(ended.out))) == ["customer_name", "booking_id"]
    assert ended.err == "Left out, as this listing has no such column: state\n"
    assert saved("view", "run", "Mars", "--format", "ids").out == "1\n2\n"
    assert saved("view", "run", "Mars", "--limit", "1", "--format", "ids").out == "1\n"


@pytest.mark.parametrize("name", ["queue", "service", "roster", "log"])
def test_every_list_can_be_saved_and_run(saved: Run, name: str) -> None:
    assert saved("view", "save", "all", "--list", name).code == 0
    verb = {
        "queue": ("booking", "list"),
        "service": ("issue", "list"),
        "roster": ("agent", "list"),
        "log": ("log",),
    }
    wanted = saved(*verb[name], "--json").json
    found = saved("view", "run", "all", "--json").json
    assert len(found) == len(wanted)
    assert listed(saved)["all"]["count"] == len(wanted)
    assert saved("view", "run", "all").code == 0


def test_the_list_has_both_kinds_with_their_counts(saved: Run) -> None:
    rows = listed(saved)
    assert (rows["Mars"]["view_id"], rows["Mars"]["count"], rows["Mars"]["problem"]) == (None, 2, "")
    assert (rows["Waiting"]["view_id"], rows["Waiting"]["count"]) == (1, 0)
    assert saved("view", "list", "--format", "ids").out == "Mars\nWaiting\n"


def test_saving_again_replaces_and_undo_brings_the_desks_back(saved: Run) -> None:
    assert saved("view", "save", "waiting", "--list", "log", "--desk").code == 0
    assert listed(saved)["waiting"]["list"] == "log"
    assert saved("undo").code == 0
    assert listed(saved)["Waiting"]["list"] == "service"
    assert saved("view", "delete", "WAITING").code == 0
    assert [*listed(saved)] == ["Mars"]
    assert saved("undo").code == 0
    assert [*listed(saved)] == ["Mars", "Waiting"]
    first = saved("log", "--command", "view.save", "--json").json[-1]["event_id"]
    assert saved("undo", first).code == 0
    assert [*listed(saved)] == ["Mars"]
    assert saved("doctor").code == 0


def test_an_undone_view_does_not_take_the_name_of_a_new_one(saved: Run) -> None:
    saved("view", "delete", "Waiting")
    event = saved("log", "--json").json[0]["event_id"]
    assert saved("view", "save", "WAITING", "--desk").code == 0
    refused = saved("undo", event, "--json")
    assert (refused.code, refused.error["code"]) == (1, "changed_since")
    assert [*listed(saved)] == ["Mars", "WAITING"]


def test_the_users_own_view_comes_first_and_is_in_no_event(saved: Run) -> None:
    events = len(saved("log", "--json").json)
    assert saved("view", "save", "Waiting", "--filter", "to:titan").code == 0
    assert saved("view", "run", "waiting", "--format", "ids").out == "3\n"
    assert saved("view", "run", "waiting", "--format", "ids", "--desk").out == ""
    assert saved("view", "delete", "Waiting").code == 0
    assert listed(saved)["Waiting"]["view_id"] == 1
    assert len(saved("log", "--json").json) == events


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"filter": "zz:1"}, "unknown key 'zz'"),
        ({"list": "gone"}, "list"),
        ({"sort": "gone"}, "cannot sort queue by"),
        ({"filter": "(to:mars"}, "unmatched ("),
    ],
)
def test_a_view_that_is_read_no_more_is_named_in_words(
    saved: Run, change: dict[str, str], problem: str
) -> None:
    """As another version of Astra, or a hand, may have written it."""
    (view,) = json.loads(views_path().read_text())
    views_path().write_text(json.dumps([view | change, {"name": "half"}, "x"]))
    assert problem in listed(saved)["Mars"]["problem"]
    assert listed(saved)["Waiting"]["problem"] == ""
    ended = saved("view", "run", "Mars")
    assert ended.code == 2
    assert problem in ended.err
    assert saved("view", "delete", "Mars").code == 0


def test_columns_that_are_gone_are_left_out_in_words(saved: Run) -> None:
    assert saved("view", "save", "Odd", "--columns", "old,booking_id,older").code == 0
    ended = saved("view", "run", "Odd", "--format", "csv")
    assert (ended.code, ended.out.splitlines()[0]) == (0, "booking_id")
    assert ended.err == "Left out, as this listing has no such column: old, older\n"


def test_a_broken_file_is_no_view(saved: Run) -> None:
    views_path().write_text("{")
    assert [*listed(saved)] == ["Waiting"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("save", "x", "--filter", "zz:1"), "unknown key 'zz'"),
        (("save", "x", "--list", "gone"), "queue"),
        (("save", " ", "--desk"), "name"),
        (("save", "x", "--sort", "zz", "--desk"), "cannot sort queue by"),
        (("save", "x", "--list", "log", "--sort", "id"), "always newest first"),
        (("run", "nothing"), "no view 'nothing'"),
        (("delete", "nothing"), "no view 'nothing'"),
        (("delete", "Mars", "--desk"), "no view 'Mars'"),
    ],
)
def test_what_is_no_view_is_refused(saved: Run, arguments: tuple[str, ...], problem: str) -> None:
    before = [*listed(saved)]
    ended = saved("view", *arguments)
    assert ended.code == 2
    assert problem in ended.err
    assert [*listed(saved)] == before


@pytest.mark.on_file
def test_a_desk_that_can_only_be_read_still_has_its_views(saved: Run, path: Path) -> None:
    path.chmod(0o400)
    try:
        assert listed(saved)["Mars"]["count"] == 2
    finally:
        path.chmod(0o600)
