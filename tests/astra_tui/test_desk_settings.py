"""``astra set``, ``policy``, ``destination``, ``launch``, ``package`` and ``doctor``."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.desk.desk import Desk
from dispatch.operations import doctor
from models.agents import Agent
from models.sqlite import checkup
from tests.astra_tui.conftest import LEAD, Run, words
from tests.by_hand import rows_of


def test_set_lists_shows_and_sets(astra: Run) -> None:
    keys = {row["key"]: row["value"] for row in astra("set", "--json").json}
    assert keys["default_capacity"] == 10
    assert astra("set", "default_capacity", 4, "--json").json["value"] == 4
    assert astra("set", "default_capacity", "--json").json["value"] == 4
    assert astra("set", "default_capacity").out.startswith("default_capacity = 4: ")
    assert "default_capacity" in astra("set").out


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["set", "colour"], 2, "invalid_setting"),
        (["set", "colour", "red"], 2, "invalid_setting"),
        (["set", "default_capacity", "many"], 2, "invalid_setting"),
        (["set", "default_capacity", "--", "-1"], 2, "invalid_setting"),
        (["set", "year_shift", "3"], 1, "fixed_setting"),
        (["policy", "best"], 2, "invalid_policy"),
        (["destination", "add", "Mars"], 1, "exists"),
        (["destination", "add", ""], 2, "invalid_name"),
        (["launch", "add", "\x1b[31m"], 2, "invalid_name"),
        (["package", "add", "Picnic", "--destination", "Moon"], 2, "invalid_destination"),
        (["package", "add", "Luxury Dome Stay", "--destination", "Mars"], 1, "exists"),
        (["package", "list", "--destination", "Moon"], 2, "invalid_destination"),
    ],
    ids=words,
)
def test_a_refused_value_changes_nothing(
    astra: Run, path: Path, arguments: list[str], exit_code: int, code: str
) -> None:
    before = rows_of(path)
    verb = arguments.index("--") if "--" in arguments else len(arguments)
    ended = astra(*arguments[:verb], "--json", *arguments[verb:])
    assert (ended.code, ended.error["code"]) == (exit_code, code)
    assert rows_of(path) == before


def test_policy_lists_and_sets(astra: Run) -> None:
    assert {row["name"]: row["current"] for row in astra("policy", "--json").json}["rank"] is True
    assert "rank" in astra("policy").out
    assert astra("policy", "rank", "--json").json["policy"] == "rank"


def test_accepted_values_can_be_added(staffed: Run) -> None:
    assert staffed("destination", "add", "Io", "--json").json == {"name": "Io"}
    staffed("launch", "add", "Moon Base")
    staffed("package", "add", "Lava Picnic", "--destination", "Io")
    assert {"name": "Io"} in staffed("destination", "list", "--json").json
    assert staffed("package", "list", "--destination", "Io", "--json").json == [
        {"destination": "Io", "name": "Lava Picnic"}
    ]
    assert "Moon Base" in staffed("launch", "list").out
    assert staffed("lead", "add", *LEAD, "--destination", "Io", "--launch", "Moon Base").code == 0


@pytest.mark.parametrize(
    ("noun", "name"),
    [
        ("method", "Text"),
        ("source", "Bought"),
        ("department", "Luxury Voyages"),
        ("title", "Space Travel Agent"),
        ("destination", "Mars"),
        ("launch", "London Ascension Platform"),
        ("package", "Luxury Dome Stay"),
    ],
)
def test_each_list_is_renamed_and_retired(staffed: Run, noun: str, name: str) -> None:
    place = ("--destination", "Mars") if noun == "package" else ()
    preview = staffed(noun, "rename", name, "Another", "--dry-run", *place)
    assert "would be renamed to Another" in preview.out
    assert staffed(noun, "rename", name.lower(), "Another", "--json", *place).json["was"] == name
    row = staffed(noun, "retire", "Another", "--json", *place).json
    assert row["used_by"]["views"] == []
    listed = staffed(noun, "list", "--all", "--json").json
    states = {
        row["name"]: (bool(row["retired_at"]), row["renamed_to"])
        for row in listed
        if place == () or row["destination"] == "Mars"
    }
    assert (states[name], states["Another"]) == ((True, "Another"), (True, None))
    assert "Another" not in staffed(noun, "list").out
    again = staffed(noun, "add", "another", *place)
    assert (again.code, again.out.startswith("Another is again accepted")) == (0, True)
    assert "undone" in staffed("undo").out.lower()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code", "hint"),
    [
        (["destination", "retire", "Marz"], 2, "invalid_name", "did you mean Mars?"),
        (["source", "rename", "Organik", "X"], 2, "invalid_name", "did you mean Organic?"),
        (["method", "add", "TEXT"], 1, "exists", ""),
        (["method", "rename", "Text", "phone call"], 1, "exists", "retire 'Text' instead"),
        (["set", "zone", "Europe/Berln"], 2, "invalid_setting", "did you mean Europe/Berlin?"),
        (["set", "zone", "Berlin"], 2, "invalid_setting", "did you mean Europe/Berlin?"),
        (["set", "country", "Germani"], 2, "invalid_setting", "did you mean Germany?"),
    ],
    ids=words,
)
def test_a_slip_is_answered_with_the_nearest(
    staffed: Run, arguments: list[str], exit_code: int, code: str, hint: str
) -> None:
    ended = staffed(*arguments, "--json")
    assert (ended.code, ended.error["code"]) == (exit_code, code)
    assert hint in ended.error["hint"]


def test_a_retired_value_is_refused_with_the_way_back(staffed: Run) -> None:
    assert staffed("lead", "add", *LEAD).code == 0
    assert "1 open booking keep" in staffed("destination", "retire", "Mars").out
    ended = staffed("lead", "add", *LEAD, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_destination")
    assert ended.error["hint"].endswith("astra destination add NAME brings it back")
    assert len(staffed("booking", "list", "--filter", "to:mars", "--json").json) == 1


def test_doctor_passes_a_sound_desk(booked: Run) -> None:
    report = booked("doctor", "--json").json
    assert report["ok"]
    assert {row["check"] for row in report["checks"]} >= {"schema", "loads", "caps", "settings"}
    assert booked("doctor").code == 0


@pytest.mark.on_file
@pytest.mark.parametrize(
    ("mode", "hint"), [(0o600, ""), (0o660, ""), (0o644, "chmod o-r"), (0o666, "chmod o-w")]
)
def test_doctor_warns_of_a_desk_that_others_can_read(booked: Run, path: Path, mode: int, hint: str) -> None:
    path.chmod(mode)
    report = booked("doctor", "--json").json
    (found,) = (row for row in report["checks"] if row["check"] == "permissions")
    assert report["ok"]
    assert (found["ok"], found["hint"][:9]) == (hint == "", hint)


def test_doctor_finds_a_wrong_load_and_repairs_it(booked: Run, desk: Desk) -> None:
    with desk.transaction():
        Agent.update(load=7).where(Agent.agent_id == 2).execute()
    ended = booked("doctor", "--json")
    assert (ended.code, ended.json["ok"]) == (1, False)
    assert "agent 2 has load 7 and 1 Pending" in booked("doctor").out
    repaired = booked("doctor", "--repair", "--json")
    assert (repaired.code, repaired.json["ok"]) == (0, True)
    assert repaired.json["repaired"]["loads"] == [{"agent_id": 2, "from": 7, "to": 1}]
    assert booked("agent", "show", 2, "--json").json["load"] == 1
    assert booked("log", "--limit", 1, "--json").json[0]["command"] == "doctor.repair"
    assert booked("undo", "--json").error["code"] == "not_undoable"


@pytest.mark.on_file
def test_doctor_warns_about_a_network_file_system(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/desk {tmp_path.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(checkup, "MOUNTS", mounts)
    with desk.reading():
        report = doctor.examine(desk)
    (finding,) = [row for row in report["checks"] if row["check"] == "file system"]
    assert (finding["ok"], finding["warning"], report["ok"]) == (False, True, True)
    assert "nfs4" in finding["detail"]
