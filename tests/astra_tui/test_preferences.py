"""The personal configuration, read and written, and ``astra config``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from astra_tui.main import check_preferences
from astra_tui.user import preferences
from astra_tui.user.preferences import Preferences, load, save
from models.errors import InvalidInput
from tests.astra_tui.conftest import Run


@pytest.fixture
def file() -> Path:
    path = preferences.config_path()
    path.parent.mkdir(parents=True)
    return path


def test_without_a_file_there_are_no_preferences() -> None:
    assert load() == (Preferences(), [])


def test_a_command_is_taken_from_a_file_that_nobody_else_can_write(file: Path) -> None:
    file.write_text('agent = 6\n[notify]\ncommand = "tell me"\n')
    assert load() == (Preferences(agent=6, notify={"command": "tell me"}), [])
    assert load()[0].notify_command == "tell me"
    for whose, problem in (
        (file, "line 2: notify is not used: everybody can write the file"),
        (file.parent, "line 2: notify is not used: everybody can write its folder"),
    ):
        mode = whose.stat().st_mode
        whose.chmod(0o777)
        found, problems = load()
        assert (found.agent, found.notify_command) == (6, None)
        assert problems == [f"{file}, {problem}"]
        whose.chmod(mode)


def test_a_command_in_another_users_file_is_not_run(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('[notify]\ncommand = "tell me"\n')
    os.chown(file, 12345, -1) if os.geteuid() == 0 else monkeypatch.setattr(os, "geteuid", lambda: 12345)
    found, (problem,) = load()
    assert found.notify_command is None
    assert problem.endswith("notify is not used: the file belongs to another user")


def test_preferences_in_the_file(file: Path) -> None:
    file.write_text('database = "desk.db"\ntheme = "nord"\nagent = 6\n[keymap]\nclaim = "c"\n')
    assert load() == (Preferences("desk.db", "nord", 6, {"claim": "c"}), [])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('theme = "nord"\nagent = \n', "line 2"),
        ("\xff", "not UTF-8"),
        ('\n\nagent = "six"', "line 3: 'six' is no value for agent"),
        ("agent = true", "line 1: True is no value for agent"),
        ("bell = 1", "line 1: 1 is no value for bell (accepted: true or false"),
        ("color = 1", "line 1: there is no preference 'color'"),
        ("[keymap]\nclaim = 1", "line 1"),
        ('[notify]\ncommand = ""', "line 1: {'command': ''} is no value for notify"),
        ("[notify]\ncommand = 'tell \"me'", "line 1: {'command': 'tell \"me'} is no value for notify"),
        ('agent = 1\n[notify]\ncomand = "x"', "line 2: {'comand': 'x'} is no value for notify"),
        ('notify = "x"', "line 1: 'x' is no value for notify (accepted: a table with command in quotes"),
        ('[keymap]\nhelp = "f12"\nbooking.clam = "k"', "line 3: booking.clam: no such key id; did you mean"),
        (
            'agent = 1\n[keymap]\n"booking.claim" = "t"',
            "line 3: booking.claim: t is the key of booking.contact",
        ),
        ('[keymap.booking]\nclaim = "ctlr+k"', "line 2: booking.claim: there is no key 'ctlr+k'"),
        ('keymap.panel.copy = "escape"', "line 1: panel.copy: escape is the key of panel.close too"),
        ("theme = '''a\n[b]'''\n[keymap]\n\"help\" = \"f12\"\ncolor.x = 1", "line 3: {'help'"),
        ("theme = '''\nagent = 1'''\n\nagent = [\n1]", "line 4: [1] is no value for agent"),
        ('theme = "astra-drak"', "line 1: theme: there is no theme 'astra-drak'; did you mean astra-dark?"),
    ],
)
def test_a_broken_file_is_reported_with_its_line(
    anywhere: Run, file: Path, path: Path, text: str, named: str
) -> None:
    file.write_bytes(text.encode("latin-1"))
    ended = anywhere("config", "validate", "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_config")
    assert named in ended.error["message"]
    assert str(file) in ended.error["message"]
    assert anywhere("config", "show").code == 2
    assert anywhere("config", "path").code == 0


def test_other_commands_only_warn_about_a_broken_file(anywhere: Run, file: Path, path: Path) -> None:
    file.write_text(f'database = "{path}"\ncolor = 1\n')
    ended = anywhere("agent", "list", "--json")
    assert (ended.code, ended.json) == (0, [])
    assert ended.err.startswith("Warning: ")
    assert "line 2" in ended.err
    assert anywhere("agent", "list", "--db", path).err == "no agents yet: astra agent add, or astra import\n"


def test_a_file_of_rows_warns_once(anywhere: Run, file: Path, path: Path) -> None:
    assert anywhere("agent", "list", "--db", path).code == 0
    file.write_text(f'database = "{path}"\ncolor = 1\n')
    (tickets := file.with_name("tickets.csv")).write_text("Subject\nNo water\n")
    ended = anywhere("issue", "open", "--from", tickets, "--dry-run")
    assert (ended.code, ended.err.count("Warning: ")) == (0, 1)


def test_config_shows_the_path_and_the_values(anywhere: Run, file: Path) -> None:
    assert anywhere("config", "path").out == f"{file}\n"
    assert anywhere("config", "path", "--json").json == {"path": str(file), "exists": False}
    assert anywhere("config", "show").out == "nothing is configured\n"
    file.write_text("bell = false\n")
    assert anywhere("config", "show").out.split() == ["bell", "false"]
    file.write_text('theme = "nord"\n')
    assert anywhere("config", "show", "--json").json["theme"] == "nord"
    assert anywhere("config", "show").out.split() == ["theme", "nord"]
    assert anywhere("config", "validate").out == f"{file} is valid\n"


def test_the_rest_of_a_keymap_is_used(file: Path) -> None:
    file.write_text('theme = "no"\n[keymap]\nbooking.clam = "k"\nbooking.note = "Z"\nhelp = "f12"\n')
    wanted, problems = load(check=check_preferences)
    assert wanted == Preferences(keymap={"booking.note": "Z", "help": "f12"})
    assert len(problems) == 2


def test_a_file_that_nests_too_deeply_or_is_a_pipe_is_reported(anywhere: Run, file: Path, path: Path) -> None:
    def check(reason: str) -> None:
        ended = anywhere("config", "validate", "--json")
        assert (ended.code, ended.error["code"]) == (2, "invalid_config")
        assert reason in ended.error["message"]
        assert anywhere("agent", "list", "--db", path).code == 0
        with pytest.raises(InvalidInput):
            save("theme", "nord")

    file.write_text("agent = " + "[" * 5_000)
    check("nests too deeply")
    file.unlink()
    os.mkfifo(file)
    check("it is not a file")


def test_save_keeps_the_rest_of_the_file(file: Path) -> None:
    file.write_text('# mine\ntheme = "nord"  # dark\n\n[keymap]\nagent = "a"\n')
    save("theme", "solarized")
    save("agent", 6)
    assert file.read_text() == '# mine\ntheme = "solarized"  # dark\nagent = 6\n\n[keymap]\nagent = "a"\n'
    assert load()[0] == Preferences(None, "solarized", 6, {"agent": "a"})
    save("bell", value=False)
    save("toasts", value=True)
    assert {"bell = false", "toasts = true"} <= set(file.read_text().splitlines())
    assert load() == (Preferences(None, "solarized", 6, {"agent": "a"}, bell=False, toasts=True), [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  theme   = 'a'   # \"mine\"\n\n# the end", '  theme   = "nord"   # "mine"\n\n# the end'),
        ('theme = """a\n[keymap]\n"""\nbell = true\n', 'theme = "nord"\nbell = true\n'),
        ('bell = true # "#"\r\n[keymap]\r\n', 'bell = true # "#"\r\ntheme = "nord"\n\n[keymap]\r\n'),
        ('keymap."a.b" = "c"\n"theme" = ""', 'keymap."a.b" = "c"\n"theme" = "nord"'),
    ],
)
def test_save_keeps_the_layout(file: Path, before: str, after: str) -> None:
    file.write_bytes(before.encode())
    save("theme", "nord")
    assert file.read_bytes().decode() == after


@pytest.mark.parametrize(
    "value", ["a", 'q"uote', "back\\slash", "tab\t", "new\nline", "Zoë 👩‍🚀", "# no comment", ""]
)
def test_save_writes_any_text(value: str) -> None:
    save("theme", "first")
    save("theme", value)
    assert load() == (Preferences(theme=value), [])


def test_save_replaces_the_file_atomically(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('theme = "nord"\n')

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("models.private_files.os.replace", broken)
    with pytest.raises(InvalidInput, match="disk full"):
        save("theme", "solarized")
    assert file.read_text() == 'theme = "nord"\n'
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("key", "value"), [("color", "red"), ("agent", "six"), ("agent", True), ("theme", 1)]
)
def test_save_refuses_what_load_would_refuse(key: str, value: str | int) -> None:
    with pytest.raises(InvalidInput):
        save(key, value)
    assert not preferences.config_path().exists()


def test_save_leaves_a_broken_file_alone(file: Path) -> None:
    file.write_text("theme = \n")
    with pytest.raises(InvalidInput):
        save("theme", "nord")
    assert file.read_text() == "theme = \n"
