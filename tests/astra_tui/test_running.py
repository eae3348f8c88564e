"""The units and the crontab in docs/running.md: their command lines are accepted, and one is run."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from astra_tui.cli.root import astra as root
from dispatch.desk.desk import Desk
from tests.astra_tui.conftest import Run

TEXT = (Path(__file__).parents[2] / "docs" / "running.md").read_text(encoding="utf-8")
UNITS = re.findall(r"^```ini\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
(CRONTAB,) = re.findall(r"^```crontab\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
PLAIN = re.findall(r"^    (astra .*)$", TEXT, re.MULTILINE)
HOME = "/home/kim"


def unit(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def scheduled() -> str:
    """The command of the crontab."""
    minute, hour, day, month, weekday, command = CRONTAB.split(maxsplit=5)
    assert [minute, hour, day, month, weekday] == ["*"] * 5
    assert "%" not in command, "cron would end the line there"
    return str(command).strip()


def lines() -> list[str]:
    return [*(str(unit(text)["Service"]["ExecStart"]) for text in UNITS), scheduled(), *PLAIN]


@pytest.mark.parametrize("line", lines())
def test_the_command_line_is_accepted(line: str) -> None:
    words = shlex.split(line.replace("%h", HOME).replace("$HOME", HOME).partition(" >")[0])
    assert (Path(words[0]).name, words[1]) == ("astra", "sweep")
    command = root.get_command(click.Context(root), "sweep")
    assert command is not None
    with command.make_context("sweep", words[2:]) as context:
        assert context.params["every_s"] in (60, None)
        assert str(context.params["database"]).endswith(".db")


def test_the_scheduled_command_sweeps(astra: Run, path: Path, desk: Desk) -> None:
    words = shlex.split(scheduled().partition(" >")[0])[1:]
    words[words.index("--db") + 1] = str(path)
    assert astra(*words).code == 0
    assert desk.database.sweep_record.last()


@pytest.mark.parametrize("text", UNITS)
def test_units_start_again_and_stop_for_wrong_usage(text: str) -> None:
    service = unit(text)["Service"]
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("on-failure", "2")
    assert "Description" in unit(text)["Unit"]
    assert "WantedBy" in unit(text)["Install"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_knows_every_line_of_the_units(tmp_path: Path) -> None:
    for number, text in enumerate(UNITS):
        file = tmp_path / f"astra-{number}.service"
        file.write_text(re.sub(r"(ExecStart=)\S+", r"\1/bin/true", text.replace("User=astra\n", "")))
        ended = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True, check=False
        )
        assert str(file.name) not in ended.stderr, ended.stderr
