"""Opening the file that a command reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from models.errors import InvalidInput


@contextmanager
def input_file(name: str, hint: str) -> Iterator[BinaryIO]:
    """Open a file's bytes; ``-`` is stdin. Raises InvalidInput with the hint if it cannot be opened."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115  # closed below; its errors in use are not these
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput("file", f"{name} cannot be read: {reason}", hint) from error
    with stream:
        yield stream
