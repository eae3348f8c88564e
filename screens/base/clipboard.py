"""The clipboard of the machine itself, for terminals that do not take a text by OSC 52."""

from __future__ import annotations

import threading


def put(text: str) -> None:
    """Copy by the machine's own means, where it has any; returns at once.

    A thread of its own: xclip waits for ever for a display that does not answer, and a thread of an
    executor would then be waited for when the application ends.
    """
    threading.Thread(target=_put, args=(text,), name="astra-clipboard", daemon=True).start()


def _put(text: str) -> None:
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return  # there is none: the terminal has got the text already, by OSC 52
