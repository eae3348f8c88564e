"""Conventions of every command: --json, help, exit codes, request ids, and option positions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from astra_tui.cli.root import astra as root
from astra_tui.main import main
from tests.astra_tui.conftest import LEAD, Run, words
from tests.by_hand import rows_of


def commands(
    group: click.Command = root, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands(command, (*path, name))


EVERY = dict(commands())
LISTINGS = [
    "agent list",
    "booking list",
    "log",
    "set",
    "policy",
    "destination list",
    "launch list",
    "package list",
    "weights list",
]


@pytest.mark.parametrize("path", EVERY, ids=words)
def test_every_command_takes_json_and_explains_itself(path: tuple[str, ...]) -> None:
    command = EVERY[path]
    assert command.help
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert "--json" in [name for option in options for name in option.opts]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("path", [(), ("booking",), ("booking", "claim"), ("lead", "add")], ids=words)
def test_short_help_works_everywhere(astra: Run, path: tuple[str, ...]) -> None:
    ended = astra(*path, "-h")
    assert ended.code == 0
    assert "Usage: astra" in ended.out


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_listing_is_one_array(staffed: Run, listing: str) -> None:
    ended = staffed(*listing.split(), "--json")
    assert (ended.code, ended.err) == (0, "")
    assert isinstance(ended.json, list)


def test_an_empty_listing_is_an_empty_array_or_a_sentence(astra: Run) -> None:
    assert astra("booking", "list", "--json").json == []
    ended = astra("booking", "list")
    assert (ended.code, ended.out, ended.err) == (0, "", "no such bookings\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "nonsense"),
        (["booking", "fly"], "fly"),
        (["booking", "claim"], "BOOKING"),
        (["booking", "claim", "1"], "--agent"),
        (["booking", "claim", "one", "--agent", "1"], "'one'"),
        (["booking", "claim", "-5", "--agent", "1"], "-5"),
        (["booking", "show", "0"], "'0'"),
        (["booking", "show", "99999999999999999999999"], "99999999999999999999999"),
        (["booking", "list", "--limit", "many"], "'many'"),
        (["booking", "list", "--limit", "-1"], "-1"),
        (["agent", "list", "extra"], "extra"),
        (["agent", "list", "--nothing"], "--nothing"),
        (["lead", "add", "--name", "Kate"], "--method"),
        (["completion", "tcsh"], "tcsh"),
        (["agent"], "--json"),
    ],
    ids=words,
)
def test_wrong_usage_exits_with_2(astra: Run, arguments: list[str], message: str) -> None:
    ended = astra(*arguments, "--json")
    assert (ended.code, ended.err) == (2, "")
    assert ended.error["code"] == "usage"
    assert message in ended.error["message"]
    printed = astra(*arguments)
    assert (printed.code, printed.out) == (2, "")
    assert printed.err


def test_a_refusal_is_two_lines_or_json(booked: Run) -> None:
    ended = booked("booking", "claim", 1, "--agent", 1)
    assert (ended.code, ended.out) == (1, "")
    message, hint = ended.err.splitlines()
    assert message.startswith("Error: booking 1 is with Grace Hopper (2)")
    assert hint.startswith("Hint: astra booking reassign 1 --to")
    ended = booked("booking", "claim", 1, "--agent", 1, "--json")
    assert (ended.code, ended.err) == (1, "")
    assert set(ended.error) == {"code", "message", "hint"}
    assert ended.error["code"] == "not_the_holder"


def test_db_and_as_go_before_the_noun_or_after_the_verb(anywhere: Run, path: Path, tmp_path: Path) -> None:
    def actor_of(*arguments: object) -> str:
        assert anywhere(*arguments).code == 0
        newest: dict[str, str] = anywhere("log", "--db", path, "--json").json[0]
        return newest["actor"]

    assert actor_of("--db", path, "--as", "lee", "destination", "add", "Io") == "lee"
    assert actor_of("destination", "add", "Rhea", "--db", path, "--as", "lou") == "lou"
    other = ("--db", tmp_path / "none.db", "--as", "nobody")
    assert actor_of(*other, "destination", "add", "Eris", "--db", path, "--as", "max") == "max"


def test_a_request_id_makes_a_command_safe_to_repeat(staffed: Run) -> None:
    first = staffed("lead", "add", *LEAD, "--request-id", "r1", "--json")
    again = staffed("lead", "add", *LEAD, "--request-id", "r1", "--json")
    assert first.json == again.json
    assert len(staffed("booking", "list", "--json").json) == 1


def test_a_request_id_of_another_command_is_refused(staffed: Run, path: Path) -> None:
    staffed("lead", "add", *LEAD, "--request-id", "r1")
    before = rows_of(path)
    ended = staffed("destination", "add", "Io", "--request-id", "r1", "--json")
    assert (ended.code, ended.error["code"]) == (1, "request_id_reused")
    assert rows_of(path) == before


@pytest.mark.parametrize("identifier", ["", "  ", "a\x1b[31m", "x" * 101])
def test_an_invalid_request_id_is_refused(astra: Run, identifier: str) -> None:
    ended = astra("destination", "add", "Io", "--request-id", identifier, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_request_id")


@pytest.mark.parametrize("actor", ["", "\x1b]0;x\x07", "\u202etac", "k" * 101])
def test_an_actor_is_a_name(astra: Run, actor: str) -> None:
    ended = astra("destination", "add", "Io", "--as", actor, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_actor")


def test_the_environment_can_name_the_actor(astra: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASTRA_ACTOR", "\x1b[31mred")
    assert astra("destination", "add", "Io", "--json").error["code"] == "invalid_actor"


@pytest.mark.parametrize("actor", ["sweeper", " Sweeper "])
def test_nobody_signs_as_the_desk_itself(astra: Run, monkeypatch: pytest.MonkeyPatch, actor: str) -> None:
    """Events of the sweeper are left out of what people take back."""
    ended = astra("destination", "add", "Io", "--as", actor, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_actor")
    monkeypatch.setenv("ASTRA_ACTOR", actor)
    assert "desk's own name" in astra("destination", "add", "Io").err
    assert astra("sweep", "--as", "kim").code == 0


def test_an_internal_error_is_one_line_and_a_log_entry(
    astra: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("red\x1b[31m")

    monkeypatch.setattr("dispatch.queries.list_agents", broken)
    ended = astra("agent", "list", "--json")
    assert (ended.code, ended.err) == (1, "")
    assert ended.error["code"] == "internal"
    log = tmp_path / "xdg_state_home" / "astra" / "astra.log"
    assert str(log) in ended.error["hint"]
    assert "RuntimeError" in log.read_text()
    assert [place.stat().st_mode & 0o077 for place in (log, log.parent)] == [0, 0]
    printed = astra("agent", "list")
    assert "\\x1b[31m" in printed.err
    assert "\x1b" not in printed.err


def test_an_interrupted_command_writes_nothing(
    staffed: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    before = rows_of(path)
    monkeypatch.setattr("dispatch.leads.intake._result", interrupted)
    ended = staffed("lead", "add", *LEAD)
    assert (ended.code, ended.out, ended.err) == (130, "", "")
    assert rows_of(path) == before


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_shells_script(anywhere: Run, shell: str) -> None:
    assert "_ASTRA_COMPLETE" in anywhere("completion", shell).out
    assert anywhere("completion", shell, "--json").json["shell"] == shell


def test_completion_completes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("_ASTRA_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "astra booking cl")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert main([]) == 0
    assert capsys.readouterr().out == "plain,claim\n"
