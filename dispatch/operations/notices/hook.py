"""Runs the command of somebody's own configuration that is run for what happens (docs/notify.md)."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from dispatch.desk.desk import Desk
from dispatch.operations.notices.claims import Scope, claim, record
from dispatch.operations.notices.kinds import Notice
from models.errors import DeskError, InvalidInput

LONGEST_S = 10.0
MOST_HANGING = 2
"""Notices of one claim for which the command may take too long; it is not run for the rest."""
KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR"),
    *("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"),
)
"""The command's environment, with what begins with LC_; nothing else, as it may be a secret."""


def arguments_of(command: str) -> list[str]:
    """Split a command as a shell would, without running one. Raises InvalidInput."""
    try:
        parts = shlex.split(command)
    except ValueError as error:
        raise InvalidInput("notify", f"the command has an unclosed quote: {command!r}", "close it") from error
    if not parts or "\0" in command:
        raise InvalidInput("notify", "the command is empty", 'such as command = "tell --loud"')
    return [os.path.expanduser(parts[0]), *parts[1:]]


class Hook:
    """Tells what is new in a thread of its own, so that nobody waits for the command.

    ``opened`` opens the desk. ``kick()`` after anything may have happened: it returns at once.
    """

    def __init__(
        self,
        command: str,
        agent_id: int | None,
        opened: Callable[[], AbstractContextManager[Desk]],
        longest_s: float = LONGEST_S,
    ) -> None:
        self._arguments = arguments_of(command)
        self._scope = Scope(agent_id)
        self._opened = opened
        self._longest_s = longest_s
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = self._is_closed = False

    def kick(self) -> None:
        """Tell what is new, soon."""
        with self._lock:
            self._is_wanted = True
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._work, name="astra-notify", daemon=True)
                self._thread.start()

    def finish(self, seconds: float) -> None:
        """Wait until all is sent, but no longer than so many seconds; then stop."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        self.close()

    def close(self) -> None:
        """Stop, and end the command if it is running."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                _kill(self._process)

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._is_closed or not self._is_wanted:
                    self._thread = None
                    return
                self._is_wanted = False
            # a desk that cannot be reached is told of by whoever works on it; the next kick tries again
            with suppress(DeskError, OSError), self._opened() as desk:
                while not (desk.why_read_only or self._is_closed) and (found := claim(desk, self._scope)):
                    self._tell(desk, found)

    def _tell(self, desk: Desk, found: Sequence[Notice]) -> None:
        failed: list[tuple[Notice, str]] = []
        hanging = 0
        for notice in found:
            if self._is_closed:
                return
            problem = "not run: it hung before" if hanging >= MOST_HANGING else self._run(notice)
            hanging += problem.startswith("took longer")
            if problem:
                failed.append((notice, problem))
        record(desk, self._scope, failed, has_told=len(failed) < len(found))

    def _run(self, notice: Notice) -> str:
        """Run the command with a notice on its standard input; return what went wrong, or ""."""
        with tempfile.TemporaryFile() as given:  # unlike a pipe it never blocks, nor breaks
            given.write(json.dumps(notice, ensure_ascii=False).encode() + b"\n")
            given.seek(0)
            try:
                process = self._start(given.fileno())
            except OSError as error:
                return f"cannot be run: {error.strerror or error}"
        try:
            code = process.wait(self._longest_s)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.wait()
            return f"took longer than {self._longest_s:g} s and was stopped"
        finally:
            self._process = None
        if code < 0:
            return f"was ended by signal {-code}"
        return f"ended with exit code {code}" if code else ""

    def _start(self, given: int) -> subprocess.Popen[bytes]:
        """Start the command in a session of its own; what it prints goes nowhere."""
        with self._lock:
            self._process = subprocess.Popen(
                self._arguments,
                stdin=given,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=_home(),
                env={name: text for name, text in os.environ.items() if name in KEPT or name[:3] == "LC_"},
                start_new_session=True,
            )
            return self._process


def _home() -> str | None:
    home = Path.home()
    return str(home) if home.is_dir() else None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the command, and what it has started in its session's group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
