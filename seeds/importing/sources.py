"""Files to import: reading, decoding, and detecting the format by the first characters."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from seeds.importing.columns import Record, refuse
from seeds.importing.row_files import read_csv, read_jsonl
from seeds.importing.sql_text import SqlText

SQL_START = re.compile(
    r"\s*(?:--|/\*|(?:INSERT|REPLACE|CREATE|DROP|BEGIN|START|SET|USE|PRAGMA)(?:\s|;))", re.IGNORECASE
)


class Source:
    """One file, under the ``name`` the user gave; ``passed_over`` and ``digest`` are filled while reading."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.passed_over: list[dict[str, object]] = []
        self.digest = ""

    def records(self) -> Iterator[Record]:
        """Yield every row. Raises InvalidInput if the file is unreadable."""
        text = self._text()
        if text.lstrip().startswith("["):
            refuse(self.name, "it is a JSON array", "write one object per line (JSONL)")
        if text.lstrip().startswith("{"):
            yield from read_jsonl(self.name, text)
        elif SQL_START.match(text):
            sql = SqlText(self.name, text)
            yield from sql.records()
            self.passed_over = [{"file": self.name, **statement._asdict()} for statement in sql.passed_over]
        else:
            yield from read_csv(self.name, text)

    def _text(self) -> str:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            refuse(self.name, "no such file")
        except IsADirectoryError:
            refuse(self.name, "it is a folder")
        except OSError as error:
            refuse(self.name, f"cannot read it ({error.strerror})")
        except ValueError:  # a NUL in the name
            refuse(self.name, "not a valid file name")
        self.digest = hashlib.blake2b(content, digest_size=16).hexdigest()
        if b"\0" in content:
            refuse(self.name, "not a text file")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            refuse(self.name, f"line {line} is not UTF-8 text")
        if not text or text.isspace():
            refuse(self.name, "the file is empty")
        return text
