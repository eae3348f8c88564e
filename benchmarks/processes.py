"""The ``astra`` command as a process of its own, on a file and in a home that belong to the benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ASTRA = (sys.executable, "-c", "import sys; from astra_tui.main import main; sys.exit(main())")
"""What the installed ``astra`` script does."""


def environment(folder: Path, database: Path | None = None) -> dict[str, str]:
    """The surroundings of a process: nothing of the user's is read or written."""
    own = {
        name: str(folder / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    }
    own |= {"HOME": str(folder), "ASTRA_ACTOR": "bench", "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    if database is not None:
        own["ASTRA_DATABASE"] = str(database)
    return os.environ | own


def run_command(*arguments: str, folder: Path, database: Path | None = None) -> str:
    """Run a command to its end, unseen, and return what it printed. Raises CalledProcessError."""
    surroundings = environment(folder, database)
    ended = subprocess.run(
        arguments, check=True, capture_output=True, env=surroundings, cwd=folder, text=True
    )
    return ended.stdout
