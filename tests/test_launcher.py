"""Decisions of ./astra: what to build, with which tool, what to delete and what to print."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
FAKE = "#!/bin/sh\necho ran: $PYTHONPATH $0 $*\n"


@pytest.fixture(scope="module")
def launcher() -> ModuleType:
    """The script as a module; it has no .py suffix, so it is loaded by hand."""
    path = str(ROOT / "astra")
    spec = importlib.util.spec_from_file_location("launcher", path, loader=SourceFileLoader("launcher", path))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def house(launcher: ModuleType, tmp_path: Path) -> Any:
    """A folder with the files that the launcher reads and no environment."""
    root = tmp_path / "Astra"
    root.mkdir()
    (root / "constraints.txt").write_text("textual==8.2.8\n")
    (root / "pyproject.toml").write_text(
        '[project]\nname = "astra-tui"\ndependencies = ["textual>=8"]\n'
        '[project.optional-dependencies]\ndev = ["pytest"]\n'
        "[tool.ruff]\nline-length = 110\n"
    )
    return launcher.House(root)


class Installer:
    """A fake uv and pip: records the commands and creates the files they would create."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.commands: list[list[str]] = []
        self.broken: str | None = None
        self.raised: type[BaseException] | None = None

    def __call__(self, house: Any, command: list[str], lock: int) -> bool:
        self.commands.append(command)
        if "venv" in command:
            self.make(house.python)
        if "install" in command and self.raised:
            raise self.raised
        if "install" in command and command[0] == self.broken:
            house.log.write_text("Collecting textual\nno route to anywhere\n")
            return False
        if "install" in command:
            self.make(house.astra)
        return True

    def make(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(FAKE)
        file.chmod(0o755)

    def words(self) -> set[str]:
        return {word for command in self.commands for word in command}


@pytest.fixture
def installer(launcher: ModuleType, house: Any, monkeypatch: pytest.MonkeyPatch) -> Installer:
    fake = Installer(house)
    monkeypatch.setattr(launcher, "run", fake)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    having(monkeypatch, "pip")
    return fake


def having(monkeypatch: pytest.MonkeyPatch, *tools: str) -> None:
    """A machine with only these of uv, ensurepip and pip."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in tools else None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if name in tools else None)


def complaint(launcher: ModuleType, house: Any, *extras: str) -> tuple[str, int]:
    with pytest.raises(launcher.Stop) as stop:
        launcher.prepare(house, set(extras))
    text, code = stop.value.args
    return text, code


# ------------------------------------------------------------------------------------------- the stamp


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("pyproject.toml", "textual>=8", "textual>=9"), ("constraints.txt", "8.2.8", "8.2.9")],
)
def test_a_changed_requirement_changes_the_stamp(
    launcher: ModuleType, house: Any, file: str, old: str, new: str
) -> None:
    before = launcher.fingerprint(house.root)
    path = house.root / file
    path.write_text(path.read_text().replace(old, new))
    assert launcher.fingerprint(house.root) != before


def test_a_changed_linter_setting_keeps_the_stamp(launcher: ModuleType, house: Any) -> None:
    before = launcher.fingerprint(house.root)
    path = house.root / "pyproject.toml"
    path.write_text(path.read_text().replace("110", "100"))
    assert launcher.fingerprint(house.root) == before


def test_a_copied_folder_gets_its_own_environment(
    launcher: ModuleType, house: Any, installer: Installer
) -> None:
    launcher.prepare(house, set())
    copy = launcher.House(house.root.with_name("Copy"))
    shutil.copytree(house.root, copy.root, symlinks=True)
    assert launcher.built_extras(copy) is None


def test_an_environment_whose_python_has_gone_is_built_again(
    launcher: ModuleType, house: Any, installer: Installer
) -> None:
    launcher.prepare(house, set())
    house.python.unlink()
    assert launcher.built_extras(house) is None


# -------------------------------------------------------------------------------------------- building


def test_the_first_run_builds_the_runtime_and_says_so(
    launcher: ModuleType, house: Any, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    launcher.prepare(house, set())
    assert launcher.built_extras(house) == set()
    assert ".[dev]" not in installer.words()
    out, err = capsys.readouterr()
    assert "first run" in err
    assert "done in" in err
    assert out == ""


def test_the_second_run_builds_nothing(launcher: ModuleType, house: Any, installer: Installer) -> None:
    launcher.prepare(house, set())
    installer.commands.clear()
    launcher.prepare(house, set())
    assert installer.commands == []


def test_test_tools_are_added_to_the_existing_environment(
    launcher: ModuleType, house: Any, installer: Installer
) -> None:
    launcher.prepare(house, set())
    installer.commands.clear()
    launcher.prepare(house, {"dev"})
    assert launcher.built_extras(house) == {"dev"}
    assert ".[dev]" in installer.words()
    assert "venv" not in installer.words()


def test_a_failed_addition_leaves_the_runtime_usable(
    launcher: ModuleType, house: Any, installer: Installer
) -> None:
    launcher.prepare(house, set())
    installer.broken = installer.commands[0][0]
    assert complaint(launcher, house, "dev")[1] == 3
    assert launcher.built_extras(house) == set()


def test_building_again_keeps_the_test_tools(launcher: ModuleType, house: Any, installer: Installer) -> None:
    launcher.prepare(house, {"dev"})
    (house.root / "constraints.txt").write_text("textual==8.2.9\n")
    launcher.prepare(house, set())
    assert launcher.built_extras(house) == {"dev"}


def test_a_half_built_environment_is_removed(
    launcher: ModuleType, house: Any, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    house.venv.mkdir()
    house.marker.write_text("")
    (house.venv / "half").write_text("")
    launcher.prepare(house, set())
    assert not (house.venv / "half").exists()
    assert launcher.built_extras(house) == set()
    assert "did not finish" in capsys.readouterr().err


def test_a_failure_shows_the_last_lines_and_leaves_nothing(
    launcher: ModuleType, house: Any, installer: Installer
) -> None:
    installer.broken = getattr(sys, "_base_executable", sys.executable)
    text, code = complaint(launcher, house)
    assert "no route to anywhere" in text
    assert "run ./astra again" in text
    assert code == 3
    assert not house.venv.exists()


def test_ctrl_c_leaves_nothing_half_built_and_prints_one_line(
    launcher: ModuleType,
    house: Any,
    installer: Installer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    installer.raised = KeyboardInterrupt
    monkeypatch.setattr(launcher, "__file__", str(house.root / "astra"))
    assert launcher.main(["demo"]) == 130
    assert not house.venv.exists()
    assert len(capsys.readouterr().err.splitlines()) == 2  # "Building ...", "Stopped ..."


def test_two_concurrent_starts_build_once(
    launcher: ModuleType, house: Any, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    waiting = threading.Event()

    def say(text: str) -> None:
        said.append(text)
        waiting.set()

    monkeypatch.setattr(launcher, "say", say)
    lock = launcher.take_lock(house)
    second = threading.Thread(target=launcher.prepare, args=(house, set()))
    second.start()
    assert waiting.wait(10)
    assert "Another ./astra is building" in said[0]
    launcher.build(house, set(), lock, afresh=True)
    installer.commands.clear()
    os.close(lock)
    second.join(10)
    assert installer.commands == []


# -------------------------------------------------------------------------- environments made by hand


def test_an_environment_made_by_hand_is_never_deleted(
    launcher: ModuleType, house: Any, installer: Installer
) -> None:
    (house.venv / "bin").mkdir(parents=True)
    (house.venv / "bin" / "treasure").write_text("mine")
    text, code = complaint(launcher, house)
    assert (house.venv / "bin" / "treasure").read_text() == "mine"
    assert "mv .venv" in text
    assert code == 2
    assert installer.commands == []


def test_a_linked_environment_is_never_deleted(
    launcher: ModuleType, house: Any, installer: Installer, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".made-by-astra").write_text("")
    house.venv.symlink_to(elsewhere)
    assert complaint(launcher, house)[1] == 2
    assert house.venv.is_symlink()
    assert installer.commands == []


@pytest.mark.parametrize(("answer", "lacks"), [("", None), ("textual", "lacks textual")])
def test_a_complete_environment_made_by_hand_is_used(
    launcher: ModuleType, house: Any, installer: Installer, answer: str, lacks: str | None
) -> None:
    installer.make(house.astra)
    installer.make(house.python)
    house.python.write_text(f"#!/bin/sh\necho {answer}\n")
    if lacks is None:
        launcher.prepare(house, {"dev"})
    else:
        assert lacks in complaint(launcher, house, "dev")[0]
    assert installer.commands == []


def test_the_check_of_such_an_environment_names_what_is_missing(launcher: ModuleType, house: Any) -> None:
    def asked(*extras: str) -> str:
        command = [sys.executable, "-I", "-c", launcher.WHAT_IT_LACKS, str(house.root), *extras]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert asked("dev") == "this copy of Astra"
    path = house.root / "pyproject.toml"
    path.write_text(path.read_text().replace('["pytest"]', '["no-such-thing[x]>=1"]'))
    assert asked("dev") == "no-such-thing"
    path.write_text(path.read_text().replace(">=1", ">=1; sys_platform == 'a-machine-of-its-own'"))
    assert asked("dev") == "this copy of Astra"


# ---------------------------------------------------------------------------------- what a machine has


def test_uv_comes_first_and_fetches_no_python(
    launcher: ModuleType, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch, "uv", "ensurepip", "pip")
    (make, fill), *others = launcher.recipes(house, set())
    assert make[:2] == ["/usr/bin/uv", "venv"]
    assert "--compile-bytecode" in fill
    assert fill[-4:] == ["-c", "constraints.txt", "-e", "."]
    assert len(others) == 1


def test_pip_is_tried_from_an_empty_folder_when_uv_fails(
    launcher: ModuleType, house: Any, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch, "uv", "pip")
    installer.broken = "/usr/bin/uv"
    launcher.prepare(house, set())
    assert launcher.built_extras(house) == set()
    assert next(command[0] for command in installer.commands if "install" in command) == "/usr/bin/uv"
    assert "--without-pip" in installer.words()


def test_with_ensurepip_the_environment_has_its_own_pip(
    launcher: ModuleType, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch, "ensurepip", "pip")
    ((_, *fill),) = launcher.recipes(house, {"dev"})
    assert [command[:3] for command in fill] == [
        [str(house.python), "-m", "ensurepip"],
        [str(house.python), "-m", "pip"],
    ]
    assert fill[-1][-1] == ".[dev]"


def test_without_ensurepip_the_machines_pip_fills_the_environment(
    launcher: ModuleType, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch, "pip")
    ((make, fill),) = launcher.recipes(house, set())
    assert "--without-pip" in make
    assert fill[1:5] == ["-m", "pip", "--python", str(house.python)]


def test_without_any_pip_one_sentence_names_the_package(
    launcher: ModuleType, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch)
    text, code = complaint(launcher, house)
    assert "apt install python3-pip" in text
    assert "\n" not in text
    assert code == 2
    assert not house.venv.exists()


def test_an_old_python_is_reported_in_one_sentence(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch)
    with pytest.raises(launcher.Stop) as stop:
        launcher.require_python((3, 9), [])
    text, code = stop.value.args
    assert "Astra needs Python 3.11 or newer" in text
    assert "3.9" in text
    assert code == 2


def test_an_old_python_hands_over_to_a_newer_one(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed: list[list[str]] = []
    having(monkeypatch, "python3.12")
    monkeypatch.setattr(os, "execv", lambda _, command: executed.append(command))
    with pytest.raises(launcher.Stop):  # only because the fake exec returns
        launcher.require_python((3, 10), ["demo"])
    assert executed == [["/usr/bin/python3.12", str(ROOT / "astra"), "demo"]]


# ---------------------------------------------------------------------------------------- handing over


def test_it_works_through_a_link_and_from_another_folder(
    launcher: ModuleType, house: Any, installer: Installer, tmp_path: Path
) -> None:
    launcher.prepare(house, {"dev"})
    shutil.copy(ROOT / "astra", house.root / "astra")
    link = tmp_path / "link"
    link.symlink_to(house.root / "astra")
    surroundings = {**os.environ, "PYTHONPATH": "a-stranger"}

    def call(*arguments: str) -> str:
        command = [sys.executable, str(link), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=tmp_path, env=surroundings
        ).stdout

    assert call("agent", "list") == f"ran: {house.astra} agent list\n"
    assert call("test", "-q") == f"ran: {house.python} -m pytest -q\n"


def test_an_old_python_is_enough_to_print_the_message() -> None:
    tree = ast.parse((ROOT / "astra").read_text(), feature_version=(3, 8))
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).split(".")[0])
    assert imported <= sys.stdlib_module_names
