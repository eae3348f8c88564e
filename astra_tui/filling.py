"""What fills a new desk from the application: an import, or the demo's data.

Both are imported when asked for, as few who start the application want them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dispatch.desk.desk import Desk
from dispatch.operations.row_types import DemoResult, ImportResult


def importing(
    paths: Sequence[Path], dry_run: bool, progress: Callable[[int, int, str], None]
) -> Callable[[Desk], ImportResult]:
    """The work of importing files; ``progress`` hears of the lines done, the lines in all, and the file."""
    from dispatch.desk.remembered_columns import remembered_columns
    from dispatch.inputs.column_choice import ColumnChoice
    from dispatch.operations import import_record
    from seeds.importing.importer import import_files

    def work(desk: Desk) -> ImportResult:
        choice = ColumnChoice(remembered=remembered_columns(desk, import_record.HEAD))
        return import_files(desk, paths, dry_run, progress, choice=choice)

    return work


def demo() -> Callable[[Desk], DemoResult]:
    """The work of filling a desk with the demo's data."""
    from seeds.demo.demo import make_demo

    return lambda desk: make_demo(desk, with_issues=True)
