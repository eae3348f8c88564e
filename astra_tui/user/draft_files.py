"""Drafts of forms in the user's state folder, one per desk and terminal; a crash leaves its draft behind."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from astra_tui.user.draft_folder import LOCK, drafts_folder, drafts_of, new_name
from astra_tui.user.preferences import replace_file
from models import private_files
from screens.base.drafts import Draft


class DraftFile:
    """The draft of one terminal at one desk; implements the screens' Drafts.

    On a desk with users each person has their own. This terminal locks a second file beside it: the system
    releases the lock however the process ends, so a draft without one is abandoned; a process number could
    be reused.
    """

    def __init__(self, database: str | Path, folder: Path | None = None, person: str = "") -> None:
        self._folder = folder or drafts_folder()
        self._database, self._person = database, person
        self._file = self._folder / new_name(database, person)
        self._lock: IO[bytes] | None = None
        self._turn = threading.Lock()

    def keep(self, draft: Draft) -> None:
        with self._turn:
            if not any(draft.values.values()):
                self._file.unlink(missing_ok=True)
                self._let_go()
                return
            self._hold()
            content = {"typed_at": draft.typed_at, "values": dict(draft.values)}
            replace_file(self._file, json.dumps(content, ensure_ascii=True), flush=False)

    def take_up(self) -> Draft | None:
        with self._turn:
            for file in self._left_behind():
                draft = self._take(file)
                if draft is not None:
                    return draft
        return None

    def close(self) -> None:
        with self._turn:
            self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            _lock_of(self._file).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def _hold(self) -> None:
        """Lock the draft, so that other terminals leave it."""
        if self._lock is None:
            private_files.make_folder(self._folder)
            self._lock = _locked(_lock_of(self._file))

    def _left_behind(self) -> list[Path]:
        """Return the other drafts of this desk, newest first, including those in use."""
        files = [file for file in drafts_of(self._database, self._folder, self._person) if file != self._file]
        return sorted(files, key=_changed_at, reverse=True)

    def _take(self, file: Path) -> Draft | None:
        lock = _locked(_lock_of(file))
        if lock is None:  # in use, or just taken over
            return None
        with lock:
            draft = _read(file)
            if draft is not None:
                self._hold()
                with suppress(FileNotFoundError):
                    os.replace(file, self._file)
            else:
                file.unlink(missing_ok=True)
            _lock_of(file).unlink(missing_ok=True)
        return draft


def _lock_of(file: Path) -> Path:
    return file.with_suffix(LOCK)


def _locked(path: Path) -> IO[bytes] | None:
    """Open and lock a file; None if another process has it locked."""
    file = os.fdopen(private_files.opener(str(path), os.O_CREAT | os.O_APPEND | os.O_WRONLY), "ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _changed_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _read(file: Path) -> Draft | None:
    """Read a draft; None if it is gone, broken or empty."""
    try:
        content = json.loads(file.read_bytes())
        values = {str(name): str(text) for name, text in content["values"].items()}
        return Draft(values, str(content["typed_at"])) if any(values.values()) else None
    except (FileNotFoundError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None
