"""Users, tokens, login: who runs a command on a desk with users, and what is refused with nothing written."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from astra_tui.user import token_file
from dispatch.bootstrap import open_desk
from dispatch.desk.terminal.account import process_account
from tests.astra_tui.conftest import LEAD, Ended, Run
from tests.by_hand import ask, rows_of

pytestmark = pytest.mark.on_file  # a server signs people in itself
PASSWORD = "a long enough one"
Say = Callable[..., Ended]


@pytest.fixture
def say(anywhere: Run, path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run ``astra`` on the test's desk, with lines on stdin."""
    monkeypatch.setenv("ASTRA_DATABASE", str(path))
    monkeypatch.delenv("ASTRA_ACTOR", raising=False)

    def say(*arguments: object, lines: str = "") -> Ended:
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        return anywhere(*arguments)

    return say


@pytest.fixture
def closed(say: Say) -> Say:
    """A desk with anna (supervisor), adam (agent 1), otto (auditor); anna has signed in."""
    add = ("agent", "add", "--department", "Premium Bookings", "--job-title", "Space Travel Agent")
    say(*add, "--first-name", "Ada", "--last-name", "Byron")
    say(*add, "--first-name", "Bob", "--last-name", "Hopper")
    say("lead", "add", *LEAD)
    assert say("user", "add", "anna", lines=f"{PASSWORD}\n").code == 0
    assert say("login", "anna", lines=f"{PASSWORD}\n").code == 0
    assert say("user", "add", "adam", "--role", "agent", "--agent", 1, lines=f"{PASSWORD}\n").code == 0
    assert say("user", "add", "otto", "--role", "auditor", lines=f"{PASSWORD}\n").code == 0
    return say


def refused(ended: Ended, code: str, exit_code: int = 1) -> None:
    assert (ended.code, ended.error["code"], ended.err) == (exit_code, code, "")
    assert "\n" not in ended.error["message"]


def stored(path: Path) -> Path:
    desk = open_desk(path)
    desk.close()
    return token_file.stored_path(desk.settings.desk_id)


def test_the_first_user_closes_the_desk(say: Say, path: Path) -> None:
    assert say("user", "list", "--json").json == []
    ended = say("user", "add", "anna", "--json", lines=f"{PASSWORD}\n")
    assert ended.code == 0
    assert {key: ended.json[key] for key in ("login", "role", "has_password", "agent_id")} == {
        "login": "anna",
        "role": "supervisor",
        "has_password": True,
        "agent_id": None,
    }
    before = rows_of(path)
    refused(say("destination", "add", "Io", "--json"), "not_signed_in")
    refused(say("booking", "list", "--json"), "not_signed_in")
    refused(say("doctor", "--json"), "not_signed_in")
    refused(
        say("user", "add", "eve", "--role", "supervisor", "--json", lines=f"{PASSWORD}\n"), "not_signed_in"
    )
    assert rows_of(path) == before


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("", "invalid_password"),
        ("\n", "invalid_password"),
        ("short\n", "invalid_password"),
        ("x" * 2_000, "invalid_password"),
    ],
)
def test_a_password_that_is_none_makes_no_user(say: Say, path: Path, lines: str, code: str) -> None:
    before = rows_of(path)
    refused(say("user", "add", "anna", "--json", lines=lines), code, 2)
    assert rows_of(path) == before


def test_events_are_signed_by_who_has_signed_in(closed: Say) -> None:
    assert closed("destination", "add", "Io").code == 0
    newest = closed("log", "--json", "--limit", 1).json[0]
    assert (newest["actor"], newest["account"]) == ("anna", None), "not only said"


@pytest.mark.parametrize("how", ["before", "after", "variable"])
def test_nobody_signs_as_another(closed: Say, path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    before = rows_of(path)
    if how == "variable":
        monkeypatch.setenv("ASTRA_ACTOR", "eve")
    first, last = {"before": (["--as", "eve"], []), "after": ([], ["--as", "eve"]), "variable": ([], [])}[how]
    for command in (["destination", "add", "Io"], ["booking", "list"], ["login", "anna"]):
        refused(closed(*first, *command, "--json", *last, lines=f"{PASSWORD}\n"), "actor_refused")
    assert rows_of(path) == before


def test_a_wrong_password_and_an_unknown_name_have_one_answer(closed: Say) -> None:
    wrong = closed("login", "adam", "--json", lines="not the one\n")
    unknown = closed("login", "nobody", "--json", lines="not the one\n")
    refused(wrong, "wrong_password")
    assert wrong.error == unknown.error
    assert closed("user", "list", "--json").code == 0, "anna is still signed in"


def test_the_sixth_try_waits_even_if_it_is_right(closed: Say, path: Path) -> None:
    for _ in range(5):
        refused(closed("login", "adam", "--json", lines="not the one\n"), "wrong_password")
    refused(closed("login", "adam", "--json", lines=f"{PASSWORD}\n"), "locked_out")
    row = next(one for one in closed("user", "list", "--json").json if one["login"] == "adam")
    assert row["locked_until"]
    assert "locked until" in closed("user", "list").out
    assert closed("user", "passwd", "adam", lines="another long one\n").code == 0
    assert closed("login", "adam", lines="another long one\n").code == 0


def test_a_password_that_one_may_not_set_is_not_asked_for(closed: Say) -> None:
    assert closed("login", "adam", lines=f"{PASSWORD}\n").code == 0
    refused(closed("user", "passwd", "anna", "--json"), "not_permitted")


def test_own_password(closed: Say, path: Path) -> None:
    before = ask(path, "SELECT password_hash FROM users WHERE login = 'anna'")
    refused(closed("user", "passwd", "--json", lines="wrong\nanother long one\n"), "wrong_password")
    assert ask(path, "SELECT password_hash FROM users WHERE login = 'anna'") == before
    assert closed("user", "passwd", lines=f"{PASSWORD}\nanother long one\n").code == 0
    assert closed("login", "anna", lines="another long one\n").code == 0


def test_login_replaces_its_token_and_logout_revokes_it(closed: Say, path: Path) -> None:
    place = stored(path)
    assert place.stat().st_mode & 0o777 == 0o600
    first = place.read_text()
    ended = closed("login", "anna", "--json", "--days", 3, lines=f"{PASSWORD}\n")
    assert ended.json["token_file"] == str(place)
    assert first.strip() not in ended.out
    assert place.read_text() != first
    rows = closed("token", "list", "--json").json
    assert [bool(row["revoked_at"]) for row in rows] == [False, True]
    assert closed("logout", "--json").json == {"token_file": str(place), "token_id": rows[0]["token_id"]}
    assert not place.exists()
    refused(closed("booking", "list", "--json"), "not_signed_in")
    refused(closed("logout", "--json"), "not_logged_in")


def test_logout_gets_rid_of_a_file_that_is_no_use(closed: Say, path: Path) -> None:
    stored(path).write_text("nonsense")
    assert closed("logout", "--json").json["token_id"] is None
    assert not stored(path).exists()


@pytest.fixture
def script(closed: Say, tmp_path: Path) -> Path:
    """The file of a token of adam's, and nobody has signed in otherwise."""
    file = tmp_path / "adam.token"
    made = closed("token", "add", "--user", "adam", "--note", "nightly", "--to", file, "--json")
    assert "token" not in made.json
    closed("logout")
    return file


def test_a_tokens_file_signs_in(closed: Say, script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert script.stat().st_mode & 0o777 == 0o600
    assert closed("--token-file", script, "booking", "claim", 1, "--agent", 1).code == 0
    monkeypatch.setenv("ASTRA_TOKEN_FILE", str(script))
    newest = closed("log", "--json", "--limit", 1).json[0]
    assert (newest["actor"], newest["command"]) == ("adam", "booking.claim")
    refused(closed("booking", "reassign", 1, "--to", 2, "--reason", "x", "--json"), "not_permitted")
    refused(closed("backup", "--json"), "not_permitted")
    refused(closed("compact", "--json"), "not_permitted")
    refused(closed("token", "add", "--to", script, "--json"), "invalid_file", 2)


def widened(file: Path) -> None:
    file.chmod(0o640)


def linked(file: Path) -> None:
    shutil.move(file, file.with_suffix(".real"))
    file.symlink_to(file.with_suffix(".real"))


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


def emptied(file: Path) -> None:
    file.write_text("\n")


def too_long(file: Path) -> None:
    file.write_text("x" * 5_000)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (widened, "token_open"),
        (linked, "token_link"),
        (Path.unlink, "token_file"),
        (a_folder, "token_file"),
        (a_pipe, "token_file"),
        (emptied, "token_file"),
        (too_long, "token_file"),
        (lambda file: file.write_text("astra_guessed"), "token_unknown"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00"), "token_file"),
    ],
)
def test_a_file_that_others_may_have_had_is_refused(
    closed: Say, script: Path, path: Path, change: Callable[[Path], object], code: str
) -> None:
    change(script)
    before = rows_of(path)
    refused(closed("--token-file", script, "booking", "claim", 1, "--agent", 1, "--json"), code)
    assert rows_of(path) == before


def test_a_file_of_another_account_is_refused(
    closed: Say, script: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("astra_tui.user.token_file.os.getuid", lambda: os.geteuid() + 1)
    refused(closed("--token-file", script, "booking", "list", "--json"), "token_foreign")


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE user_tokens SET expires_at = '2020-01-01 00:00:00'", "token_expired"),
        ("UPDATE user_tokens SET revoked_at = '2020-01-01 00:00:00'", "token_revoked"),
        ("UPDATE users SET disabled_at = '2020-01-01 00:00:00' WHERE login = 'adam'", "user_disabled"),
    ],
)
def test_a_token_that_is_over_is_refused(closed: Say, script: Path, path: Path, sql: str, code: str) -> None:
    ask(path, sql)
    before = rows_of(path)
    refused(closed("--token-file", script, "booking", "claim", 1, "--agent", 1, "--json"), code)
    assert rows_of(path) == before


def test_a_refused_file_is_not_made_up_for_by_the_account(closed: Say, script: Path) -> None:
    """Whoever signs in as somebody must not act as somebody else unawares."""
    closed("login", "anna", lines=f"{PASSWORD}\n")
    assert closed("user", "set", "anna", "--account", process_account()).code == 0
    widened(script)
    refused(closed("--token-file", script, "booking", "list", "--json"), "token_open")


def test_the_account_of_the_process_signs_in_whatever_the_environment_says(
    closed: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert closed("user", "set", "otto", "--account", "daemon").code == 0
    assert closed("user", "set", "anna", "--account", process_account()).code == 0
    closed("logout")
    for variable in ("USER", "LOGNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(variable, "somebody-else")
    closed("destination", "add", "Io")
    assert closed("log", "--json", "--limit", 1).json[0]["actor"] == "anna"


def test_the_account_of_a_user_is_one_of_this_machine(say: Say) -> None:
    """A first user whose account nobody has would close the desk for everybody."""
    refused(say("user", "add", "anna", "--account", "no-such-account", "--json"), "invalid_account", 2)
    assert say("user", "list", "--json").json == []
    assert say("user", "add", "anna", "--account", process_account(), "--json").json["login"] == "anna"


def test_an_auditor_lists_everything_and_changes_nothing(closed: Say, path: Path) -> None:
    closed("login", "otto", lines=f"{PASSWORD}\n")
    for listing in (
        "agent list",
        "booking list",
        "issue list",
        "log",
        "set",
        "user list",
        "token list",
        "cap list",
    ):
        assert isinstance(closed(*listing.split(), "--json").json, list), listing
    assert closed("doctor", "--json").code in (0, 1)
    before = rows_of(path)
    for command in ("booking claim 1 --agent 1", "set policy skill", "undo", "shuffle", "user disable anna"):
        refused(closed(*command.split(), "--json"), "not_permitted")
    assert rows_of(path) == before


def test_a_file_of_leads_is_refused_as_a_whole(closed: Say, script: Path, path: Path, tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text(
        "name,method,source,destination,launch\n" + f"Zoe,{LEAD[3]},{LEAD[5]},{LEAD[7]},{LEAD[9]}\n" * 2
    )
    before = rows_of(path)
    refused(closed("--token-file", script, "lead", "add", "--from", leads, "--json"), "not_permitted")
    assert rows_of(path) == before


def test_the_clock_needs_nobody(closed: Say, path: Path) -> None:
    closed("logout")
    assert closed("sweep", "--json").code == 0
    refused(closed("shuffle", "--json"), "not_signed_in")


def test_the_last_supervisor_stays(closed: Say, path: Path) -> None:
    before = rows_of(path)
    refused(closed("user", "disable", "anna", "--json"), "last_supervisor")
    refused(closed("user", "set", "anna", "--role", "auditor", "--json"), "last_supervisor")
    assert rows_of(path) == before


def test_an_export_has_no_people(closed: Say, tmp_path: Path, path: Path) -> None:
    assert closed("export", tmp_path / "out").code == 0
    digest = ask(path, "SELECT password_hash FROM users")[0][0]
    for file in (tmp_path / "out").rglob("*"):
        if file.is_file():
            content = file.read_text("utf-8", "replace")
            assert digest not in content
            assert "anna" not in content or file.name.startswith("events"), file


def test_completion_offers_names_to_who_has_signed_in(
    closed: Say, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offered() -> str:
        with monkeypatch.context() as inside:
            inside.setenv("_ASTRA_COMPLETE", "bash_complete")
            inside.setenv("COMP_WORDS", "astra agent show ")
            inside.setenv("COMP_CWORD", "3")
            return closed().out

    assert "plain,1" in offered()
    closed("logout")
    assert "plain,1" not in offered()


def test_a_batch_of_an_agent_is_checked_line_by_line(closed: Say, script: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    lines.write_text("booking claim 1 --agent 1\nbooking reassign 1 --to 2 --reason x\n")
    ended = closed("--token-file", script, "batch", lines, "--json")
    assert ended.code == 1
    assert '"code": "not_permitted"' in ended.out
    assert '"ok": true' in ended.out
