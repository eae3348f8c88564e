"""Drafts of forms: one for each desk and terminal, restored by the next terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from astra_tui.user.draft_files import DraftFile
from astra_tui.user.draft_folder import drafts_folder
from screens.base.drafts import Draft

KATE = Draft({"name": "Kate [/] Nguyễn 🚀", "method": "Text", "phone": ""}, "2082-03-04 12:00:00")
JOHN = Draft({"name": "John Doe"}, "2082-03-04 12:05:00")
TYPING = """
import signal
import sys
from pathlib import Path
from astra_tui.user.draft_files import DraftFile
from screens.base.drafts import Draft
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the test runner may ignore it
file = DraftFile("desk.db", Path(sys.argv[1]))
file.keep(Draft({"name": "John Doe"}, "2082-03-04 12:05:00"))
print("kept", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "drafts"


def files(folder: Path) -> list[str]:
    return sorted(file.suffix for file in folder.iterdir())


def test_a_draft_is_restored_only_by_a_terminal_at_the_same_desk(folder: Path) -> None:
    with closing(DraftFile("desk.db", folder)) as first:
        assert first.take_up() is None
        first.keep(JOHN)
        first.keep(KATE)
        assert files(folder) == [".json", ".lock"]
    with closing(DraftFile("other.db", folder)) as elsewhere:
        assert elsewhere.take_up() is None
    with closing(DraftFile(os.path.realpath("desk.db"), folder)) as second:
        assert second.take_up() == KATE
        with closing(DraftFile("desk.db", folder)) as third:
            assert third.take_up() is None
    with closing(DraftFile("desk.db", folder)) as fourth:
        assert fourth.take_up() == KATE
        fourth.keep(Draft({"name": "", "phone": ""}, "2082-03-04 12:10:00"))
        assert files(folder) == []


def test_only_its_owner_may_read_it(folder: Path) -> None:
    with closing(DraftFile("desk.db", folder)) as draft:
        draft.keep(KATE)
        assert [file.stat().st_mode & 0o077 for file in (folder, *folder.glob("*.json"))] == [0, 0]


def test_the_newest_draft_is_restored_first(folder: Path) -> None:
    for age, draft in ((100, JOHN), (50, KATE)):
        with closing(DraftFile("desk.db", folder)) as file:
            file.keep(draft)
        for written in folder.glob("*.json"):
            os.utime(written, (written.stat().st_mtime - age,) * 2)
    with closing(DraftFile("desk.db", folder)) as first, closing(DraftFile("desk.db", folder)) as second:
        assert (first.take_up(), second.take_up(), first.take_up()) == (KATE, JOHN, None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b'{"values": []}',
        b'{"values": {}, "typed_at": "x"}',
        b'{"values": {"name": ""}, "typed_at": "x"}',
        b'{"values": {"name": "Kate"}}',
        b"[" * 100_000,
    ],
)
def test_a_broken_draft_is_removed_and_the_next_one_restored(folder: Path, content: bytes) -> None:
    with closing(DraftFile("desk.db", folder)) as file:
        file.keep(KATE)
    (good,) = folder.glob("*.json")
    os.utime(good, (1, 1))
    broken = good.with_name(good.name[:17] + "00000000.json")
    broken.write_bytes(content)
    with closing(DraftFile("desk.db", folder)) as file:
        assert file.take_up() == KATE
        assert not broken.exists()
        assert file.take_up() is None


@pytest.fixture
def typing(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process with a draft."""
    process = subprocess.Popen(
        [sys.executable, "-c", TYPING, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"kept\n"
        yield process
        process.kill()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGHUP])
def test_only_drafts_of_dead_terminals_are_restored(
    folder: Path, typing: subprocess.Popen[bytes], end: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    with closing(DraftFile("desk.db", folder)) as file:
        assert file.take_up() is None
        typing.send_signal(end)
        typing.wait()
        assert file.take_up() == JOHN


def test_only_the_user_may_read_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert drafts_folder() == tmp_path / "state" / "astra" / "drafts"


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("in the way")
    with closing(DraftFile("desk.db", tmp_path / "drafts")) as file:
        assert file.take_up() is None
        with pytest.raises(OSError, match="drafts"):
            file.keep(KATE)
