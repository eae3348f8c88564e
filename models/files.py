"""Files that are there whole or not at all, and names that nothing has yet."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def put_in_place(temporary: Path, target: Path, *, force: bool) -> None:
    """Give a finished file its name, for good. Raises OSError, and FileExistsError if the name is taken."""
    if force:
        os.replace(temporary, target)
    else:
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if os.path.lexists(target):
                raise FileExistsError(target) from None
            os.rename(temporary, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_name(path: Path, is_taken: Callable[[Path], bool] = os.path.lexists) -> Path:
    """Return the path, or the first of its numbered variants that nothing has."""
    number, free = 1, path
    while is_taken(free):
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
