"""The ``astra`` command as a separate process, with the benchmark's own database and home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ASTRA = (sys.executable, "-c", "import sys; from astra_tui.main import main; sys.exit(main())")
"""The command line of the installed ``astra`` script."""


def environment(folder: Path, database: Path | None = None) -> dict[str, str]:
    """Build a process environment in which no file of the user is read or written."""
    own = {
        name: str(folder / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    }
    own |= {"HOME": str(folder), "ASTRA_ACTOR": "bench", "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    if database is not None:
        own["ASTRA_DATABASE"] = str(database)
    return os.environ | own


def run_command(*arguments: str, folder: Path, database: Path | None = None) -> str:
    """Run a command and return its output. Raises CalledProcessError."""
    surroundings = environment(folder, database)
    ended = subprocess.run(
        arguments, check=True, capture_output=True, env=surroundings, cwd=folder, text=True
    )
    return ended.stdout
