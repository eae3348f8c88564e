"""An import or a demo in a process of its own, to be killed: prints a line after every commit of rows."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from dispatch.bootstrap import open_desk
from models.errors import DeskError
from models.sqlite import engine
from seeds.demo import demo
from seeds.importing import importer

MOMENT = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)


def main(path: str, *files: str) -> int:
    """Import the files into the desk, or fill it with a demo; return the exit code."""
    desk = open_desk(Path(path), clock=lambda: MOMENT, actor="kim")
    try:
        if files:
            importer.import_files(desk, files, progress=_tell)
        else:
            demo.make_demo(desk, agents=12, bookings=600, with_issues=True, progress=_tell)
    except DeskError as error:
        _tell_line(error.code)
        return error.exit_code
    finally:
        desk.close()
    return 0


def _tell(done: int, _total: int, what: str) -> None:
    if what == "writing":
        _tell_line(done)


def _tell_line(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    engine.PRAGMAS["synchronous"], engine.NORMAL, engine.FULL = "OFF", 0, 0
    demo.BATCH_ROWS = 50
    sys.exit(main(*sys.argv[1:]))
