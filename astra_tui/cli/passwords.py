"""Passwords on the command line: asked for without an echo, or read from stdin, a line each."""

from __future__ import annotations

import sys

from astra_tui.cli.options import Call
from dispatch.people.passwords import LONGEST
from models.errors import InvalidInput


def ask(call: Call, prompt: str) -> str:
    """Return a password. Raises InvalidInput if there is none."""
    if call.surroundings.desk is not None:
        raise InvalidInput("password", "A batch holds no passwords", "run it by itself")
    if sys.stdin.isatty():
        return _typed(f"{prompt}: ")
    line = sys.stdin.readline(4 * LONGEST)
    if not line:
        raise InvalidInput("password", "The password is missing", "give it on stdin, a line of its own")
    return line.removesuffix("\n").removesuffix("\r")


def ask_new(call: Call) -> str:
    """Return a new password, typed twice where it is typed. Raises InvalidInput."""
    password = ask(call, "New password")
    if sys.stdin.isatty() and _typed("Once more: ") != password:
        raise InvalidInput("password", "The two passwords differ", "try again")
    return password


def _typed(prompt: str) -> str:
    import getpass

    try:
        return getpass.getpass(prompt)
    except EOFError as error:
        raise InvalidInput("password", "The password is missing", "type it") from error
