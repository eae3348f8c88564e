"""Opening the file that a command reads."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from models.errors import InvalidInput


def input_file(name: str, hint: str) -> AbstractContextManager[BinaryIO]:
    """Open a file or, for ``-``, stdin. Raises InvalidInput."""
    return nullcontext(sys.stdin.buffer) if name == "-" else opened_file(name, hint)


def opened_file(name: str, hint: str) -> BinaryIO:
    """Open a file's bytes. Raises InvalidInput with the hint if that fails."""
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput("file", f"cannot read {name}: {reason}", hint) from error


def title_of(name: str) -> str:
    """Return what messages call the file."""
    return "stdin" if name == "-" else name
