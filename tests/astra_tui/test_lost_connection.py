"""A command whose connection is lost is repeated for a while, and says how it is repeated safely."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest

from astra_tui.cli import database
from models.postgres.ahead import Ahead
from tests.astra_tui.conftest import LEAD, Run


@pytest.fixture
def lose(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lose the answers to the next commits, which the server has taken."""
    real = Ahead.trip

    def at_commit(times: int) -> None:
        left = [times]

        def trip(self: Ahead) -> None:
            is_commit = any(one.sql.startswith(b"NOTIFY") for one in self._gathered)
            real(self)
            if is_commit and left[0]:
                left[0] -= 1
                self._connection.close()
                raise psycopg.OperationalError("server closed the connection unexpectedly")

        monkeypatch.setattr(Ahead, "trip", trip)

    return at_commit


def leads(anywhere: Run, address: str) -> int:
    return len(anywhere("--db", address, "lead", "list", "--json").json)


def test_it_is_repeated_and_done_once(anywhere: Run, address: str, lose: Callable[[int], None]) -> None:
    lose(2)
    ended = anywhere("--db", address, "lead", "add", *LEAD, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["lead_id"] == 1
    assert ended.err == ""
    assert leads(anywhere, address) == 1


@pytest.mark.parametrize("given", [(), ("--request-id", "mine")])
def test_given_up_it_says_how_to_repeat_it(
    anywhere: Run,
    address: str,
    lose: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    given: tuple[str, ...],
) -> None:
    monkeypatch.setattr(database, "REPEAT_FOR_S", 0.0)
    lose(1)
    ended = anywhere("--db", address, "lead", "add", *LEAD, *given, "--json")
    assert (ended.code, ended.error["code"]) == (3, "unreachable")
    found = re.search(r"--request-id (\w+)", ended.error["hint"])
    assert found is not None
    assert found[1] == "mine" or not given
    again = anywhere("--db", address, "lead", "add", *LEAD, "--request-id", found[1], "--json")
    assert again.json["lead_id"] == 1
    assert leads(anywhere, address) == 1
