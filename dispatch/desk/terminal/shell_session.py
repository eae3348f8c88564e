"""Which shell a command was given in: undo takes the last command of the same one."""

from __future__ import annotations

import os
from pathlib import Path

START_TIME = 19  # of the fields after the name in /proc/PID/stat, in ticks since the system started


def default_session() -> str:
    """Return what tells this shell's session from others: its id, and when it began (ids are used again)."""
    session = os.getsid(0)
    try:
        status = Path(f"/proc/{session}/stat").read_text("ascii", "replace")
    except OSError:  # its shell has ended, or this is not Linux
        return f"shell {session}"
    return f"shell {session} {status.rpartition(')')[2].split()[START_TIME]}"
