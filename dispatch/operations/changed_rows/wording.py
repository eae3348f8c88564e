"""Plain text of differences, for both front doors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dispatch.operations.row_types import ImportDifference


def described_difference(row: ImportDifference) -> str:
    """Describe a row: ``b.csv, row 3: booking 7: status Pending here, Confirmed in the file``."""
    changes = "; ".join(
        f"{name.replace('_', ' ')} {_said(desk)} here, {_said(file)} in the file"
        for name, (desk, file) in row["changes"].items()
    )
    return f"{Path(row['file']).name}, row {row['row']}: {row['kind'][:-1]} {row['id']}: {changes}"


def _said(value: Any) -> str:
    return "empty" if value is None else f"{value:,.2f}" if isinstance(value, float) else str(value)
