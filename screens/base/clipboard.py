"""The machine's own clipboard, for terminals without OSC 52."""

from __future__ import annotations

import threading


def put(text: str) -> None:
    """Copy with a program of the machine, where there is one; returns at once.

    This uses a thread of its own: xclip waits forever for a display that does not answer, and the
    application would wait for an executor's thread when it ends.
    """
    threading.Thread(target=_put, args=(text,), name="astra-clipboard", daemon=True).start()


def _put(text: str) -> None:
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return  # no program: the terminal already has the text by OSC 52
