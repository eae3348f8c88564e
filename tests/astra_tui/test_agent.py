"""``astra agent``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run, words
from tests.by_hand import rows_of

ADA = (
    *("--first-name", "Ada", "--last-name", "Byron", "--department", "Premium Bookings"),
    *("--job-title", "Space Travel Agent"),
)
PROMISED = {
    *("agent_id", "name", "department", "job_title", "years_of_service", "rating"),
    *("load", "capacity", "presence", "rank"),
}


def test_the_list_has_the_documented_keys_best_rank_first(booked: Run) -> None:
    rows = booked("agent", "list", "--json").json
    assert all(row.keys() >= PROMISED for row in rows)
    assert [(row["rank"], row["agent_id"], row["load"]) for row in rows] == [(1, 1, 0), (2, 2, 1)]
    output = booked("agent", "list").out
    assert "Grace Hopper" in output
    assert "1/10" in output


def test_add_and_show(astra: Run) -> None:
    given = (
        "--email",
        "Ada@Example.com",
        "--years",
        12,
        "--rating",
        4.5,
        "--license",
        "L-1",
        "--manager",
        "Kay",
    )
    row = astra("agent", "add", *ADA, *given, "--json").json
    assert (row["agent_id"], row["email"], row["rating"], row["rank"]) == (1, "ada@example.com", 4.5, 1)
    assert row.items() <= astra("agent", "show", 1, "--json").json.items()
    assert "Ada Byron" in astra("agent", "show", 1).out


def test_set_changes_only_the_given_fields(staffed: Run) -> None:
    row = staffed("agent", "set", 1, "--capacity", 3, "--last-name", "Lovelace", "--json").json
    assert (row["capacity"], row["name"], row["years_of_service"]) == (3, "Ada Lovelace", 1)


def test_leave_and_return(staffed: Run) -> None:
    assert staffed("agent", "leave", 1, "--json").json["rank"] is None
    assert [row["agent_id"] for row in staffed("agent", "list", "--json").json] == [2]
    assert [row["agent_id"] for row in staffed("agent", "list", "--all", "--json").json] == [2, 1]
    assert "left" in staffed("agent", "list", "--all").out
    assert staffed("agent", "return", 1, "--json").json["rank"] == 2


def test_an_agent_with_work_cannot_leave(booked: Run) -> None:
    ended = booked("agent", "leave", 2, "--json")
    assert (ended.code, ended.error["code"]) == (1, "holds_work")


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (["--first-name", ""], "invalid_first_name"),
        (["--last-name", "\x1b[31m"], "invalid_last_name"),
        (["--last-name", "x" * 101], "invalid_last_name"),
        (["--department", "Sales"], "invalid_department"),
        (["--job-title", "Boss"], "invalid_job_title"),
        (["--years", "-1"], "invalid_years"),
        (["--years", "many"], "invalid_years"),
        (["--years", "9" * 5000], "invalid_years"),
        (["--rating", "5.1"], "invalid_rating"),
        (["--rating", "nan"], "invalid_rating"),
        (["--email", "ada"], "invalid_email"),
    ],
    ids=words,
)
def test_a_bad_value_is_named_and_writes_nothing(astra: Run, path: Path, extra: list[str], code: str) -> None:
    before = rows_of(path)
    ended = astra("agent", "add", *ADA, *extra, "--json")
    assert (ended.code, ended.error["code"]) == (2, code)
    assert ended.error["hint"]
    assert rows_of(path) == before


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["show", "77"], 1, "not_found"),
        (["set", "77", "--years", "1"], 1, "not_found"),
        (["set", "1"], 2, "invalid_change"),
        (["set", "1", "--capacity", "-1"], 2, "invalid_capacity"),
        (["leave", "77"], 1, "not_found"),
        (["return", "1"], 1, "agent_here"),
    ],
    ids=words,
)
def test_impossible_commands_are_refused(
    staffed: Run, arguments: list[str], exit_code: int, code: str
) -> None:
    ended = staffed("agent", *arguments, "--json")
    assert (ended.code, ended.error["code"]) == (exit_code, code)


def test_a_licence_belongs_to_one_agent(staffed: Run) -> None:
    staffed("agent", "set", 1, "--license", "L-1")
    ended = staffed("agent", "set", 2, "--license", "L-1", "--json")
    assert (ended.code, ended.error["code"]) == (1, "license_taken")


def test_a_weight_is_set_shown_and_told(staffed: Run) -> None:
    row = staffed("agent", "set", 1, "--weight", "2.5", "--json").json
    assert (row["weight"], row["owed"]) == (2.5, 0)
    assert staffed("agent", "show", 1, "--json").json["weight"] == 2.5
    assert {row["weight"] for row in staffed("agent", "list", "--filter", "weight>1", "--json").json} == {2.5}
    assert "weight 0: no leads under share" in staffed("agent", "set", 1, "--weight", 0).out
    assert staffed("agent", "set", 2, "--weight", 0, "--json").error["code"] == "no_weight"
    refused = staffed("agent", "set", 2, "--weight", "0.25", "--json").error
    assert (refused["code"], refused["hint"]) == (
        "invalid_weight",
        "a number, 0 to 10, with at most one decimal",
    )
