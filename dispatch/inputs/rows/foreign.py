"""Files that hold rows, but not as text: told by their first bytes."""

from __future__ import annotations

from models.errors import InvalidInput

CSV_UTF8 = "save it as CSV (UTF-8)"
BEGINNINGS = (
    (b"PK\x03\x04", "is a zip archive", "unpack it, and give the files in it"),
    (b"\xd0\xcf\x11\xe0", "is a workbook of an old Excel, or has a password", CSV_UTF8),
    (b"\x1f\x8b", "is compressed", "unpack it with gunzip"),
    (b"BZh", "is compressed", "unpack it with bunzip2"),
    (b"\xfd7zXZ", "is compressed", "unpack it with unxz"),
    (b"(\xb5/\xfd", "is compressed", "unpack it with unzstd"),
    (b"SQLite format 3\0", "is a database", "write its text with: sqlite3 FILE .dump"),
    (b"PGDMP", "is a pg_dump in its own format", "write text with: pg_dump -Fp, or pg_restore -f -"),
    (b"%PDF", "is a PDF", "ask for a CSV file"),
    (b"PAR1", "is a Parquet file", "write it as CSV"),
)
IN_ARCHIVES = (
    (b"xl/", "is an Excel workbook that cannot be read"),
    (b"opendocument", "is a LibreOffice sheet"),
    (b"word/", "is a Word document"),
)


def refuse_foreign(head: bytes, name: str) -> None:
    """Raise InvalidInput, with what to do, for a file that is known not to be text."""
    for begins, problem, hint in BEGINNINGS:
        if head.startswith(begins):
            if begins == b"PK\x03\x04":
                kind = next((what for mark, what in IN_ARCHIVES if mark in head), None)
                if kind is None and name.lower().endswith((".xlsx", ".xlsm")):
                    kind = IN_ARCHIVES[0][1]
                problem, hint = (kind, CSV_UTF8) if kind else (problem, hint)
            raise InvalidInput("file", f"{name}: it {problem}", hint)
