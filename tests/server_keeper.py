"""Run a PostgreSQL server until the end of standard input: ``server_keeper.py UID postgres -D FOLDER ...``.

Standard input is a pipe from the test's process, so it ends with that process, however that ends. Says
``ready`` on standard output once the server takes connections. The server ends without waiting for anybody;
its folder, which is the current one, goes too unless ``stop`` was said first.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

STOP = b"stop"
STATUS_LINE = 7  # of postmaster.pid: "ready" once connections are taken
LOOK_S, PATIENCE_S = 0.01, 30


def main(user: int, command: list[str]) -> int:
    """Keep the server and return its exit code."""
    pid_file = Path(command[command.index("-D") + 1]) / "postmaster.pid"
    pid_file.unlink(missing_ok=True)  # of a server that was killed; the folder is this keeper's alone
    other: dict[str, Any] = {"user": user, "group": user, "extra_groups": ()} if user != os.geteuid() else {}
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **other)
    keeping = threading.Thread(target=_end_with_parent, args=(server,), daemon=True)
    keeping.start()
    deadline = time.monotonic() + PATIENCE_S
    while server.poll() is None and not _is_ready(pid_file):
        if time.monotonic() > deadline:
            server.kill()
        time.sleep(LOOK_S)
    if server.poll() is None:
        os.write(1, b"ready\n")
    code: int = server.wait()
    keeping.join(PATIENCE_S)
    return code


def _is_ready(pid_file: Path) -> bool:
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"


def _end_with_parent(server: subprocess.Popen[bytes]) -> None:
    is_over = sys.stdin.buffer.read() != STOP
    server.send_signal(signal.SIGQUIT)
    if is_over:  # nobody else is left to clear up
        server.wait()
        shutil.rmtree(Path.cwd(), ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
