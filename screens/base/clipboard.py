"""The machine's own clipboard and tmux's, for terminals without OSC 52."""

from __future__ import annotations

import os
import threading

TMUX_ANSWERS_S = 5


def put(text: str) -> None:
    """Copy with a program of the machine, where there is one; returns at once.

    This uses a thread of its own: xclip waits forever for a display that does not answer, and the
    application would wait for an executor's thread when it ends.
    """
    threading.Thread(target=_put, args=(text,), name="astra-clipboard", daemon=True).start()


def _put(text: str) -> None:
    import pyperclip

    if os.environ.get("TMUX"):
        _put_in_tmux(text)

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return  # no program: the terminal already has the text by OSC 52


def _put_in_tmux(text: str) -> None:
    """Put a text into tmux's buffer, and so into the terminal around it.

    As it is set up, tmux takes no OSC 52 from a program inside it.
    """
    import subprocess

    for onward in (["-w"], []):  # before 3.2 tmux does not know -w
        command = ["tmux", "load-buffer", *onward, "-"]
        given = text.encode("utf-8", "replace")
        try:
            if not subprocess.run(
                command, input=given, capture_output=True, timeout=TMUX_ANSWERS_S
            ).returncode:
                return
        except (OSError, subprocess.TimeoutExpired):
            return
