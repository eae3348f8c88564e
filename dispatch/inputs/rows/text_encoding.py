"""The encoding of a file: what was asked for, else UTF-8 or UTF-16, else Windows-1252 if the whole file fits.

It is decided before the first row is read, so a file is read whole or not at all.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from difflib import get_close_matches
from encodings.aliases import aliases
from typing import BinaryIO

from models.errors import InvalidInput

BLOCK_BYTES = 1 << 20
HEAD_BYTES = 65_536
WINDOWS = "cp1252"
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NOT_FOR_FILES = frozenset(
    ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "mbcs", "oem")
)
TITLES = {"cp1252": "Windows-1252", "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16"}
UNDECODED = re.compile(r"[\udc80-\udcff]")  # what surrogateescape makes of other bytes
RUNS = re.compile(r"[^\x00-\x7f]{2,}")
GIVE_IT = "save the file as UTF-8, or name its encoding: --encoding NAME"


@dataclass(frozen=True)
class Survey:
    """What one pass over a file's bytes found; ``bad_line`` is the first that is no UTF-8, 0 for none."""

    digest: str
    size: int
    head: bytes
    longest_line: int
    bad_line: int


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and what to tell of it."""

    name: str
    note: str = ""


def survey(stream: BinaryIO) -> Survey:
    """Read a stream to its end, in blocks, and go back to its beginning."""
    digest, size, lines, bad_line = hashlib.sha256(), 0, 0, 0
    head = b""
    longest = length = 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    while True:
        block = stream.read(BLOCK_BYTES)
        if not bad_line:
            bad_line = _bad_line(decoder, block, lines)
        if not block:
            break
        head = head or block[:HEAD_BYTES]
        digest.update(block)
        size += len(block)
        lines += block.count(b"\n")
        first = block.find(b"\n")
        longest = max(longest, length + (len(block) if first < 0 else first))
        length = length + len(block) if first < 0 else len(block) - block.rfind(b"\n")
    stream.seek(0)
    return Survey(digest.hexdigest()[:32], size, head, longest, bad_line)


def _bad_line(decoder: codecs.IncrementalDecoder, block: bytes, lines: int) -> int:
    try:
        decoder.decode(block, final=not block)
    except UnicodeDecodeError as error:
        return lines + block.count(b"\n", 0, error.start) + 1
    return 0


def named(name: str) -> str:
    """Return the codec for --encoding. Raises InvalidInput with the nearest names for an unknown one."""
    codec = _text_codec(name.strip())
    if codec:
        return codec
    known = sorted({one.replace("_", "-") for one in (*aliases, *aliases.values()) if _text_codec(one)})
    near = get_close_matches(name.strip().lower().replace("_", "-").replace(" ", "-"), known, 3, 0.7)
    hint = "did you mean " + " or ".join(near) if near else "such as utf-8, utf-16, windows-1252 or shift-jis"
    raise InvalidInput("encoding", f"{name[:40]!r} is no encoding", hint)


def _text_codec(name: str) -> str:
    """Return the codec with this name if it makes text of bytes, else an empty text."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return found.name if found._is_text_encoding and found.name not in NOT_FOR_FILES else ""


def decide(stream: BinaryIO, found: Survey, title: str, asked: str | None, errors: str) -> Encoding | None:
    """Return the encoding that the whole stream can be read in, or None if it is no text.

    Raises InvalidInput, naming the line, if the encoding is unknown.
    """
    marked = next((codec for bom, codec in BOMS if found.head.startswith(bom)), None)
    if asked is not None:
        codec = marked if marked and named(asked).startswith(marked[:5]) else named(asked)
        return _checked(stream, Encoding(codec), title, errors)
    if marked and marked != "utf-8-sig":
        return _checked(stream, Encoding(marked, f"read as {marked.upper()}"), title, errors)
    if not found.bad_line and b"\0" not in found.head:
        return Encoding("utf-8-sig")
    if b"\0" in found.head:
        wide = _wide(found.head)
        return _unmarked(stream, Encoding(wide, f"read as {wide.upper()}"), title) if wide else None
    if marked or not _is_windows(stream):
        raise InvalidInput("file", f"{title}: line {found.bad_line} is not UTF-8 text", GIVE_IT)
    note = f"read as {TITLES[WINDOWS]}, as line {found.bad_line} is not UTF-8"
    return Encoding(WINDOWS, note)


def _wide(head: bytes) -> str:
    """Return which UTF-16 a text without a mark may be, or "": every other byte of Latin text is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if max(even, odd) * 2 < half or min(even, odd) * 20 > half:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _unmarked(stream: BinaryIO, encoding: Encoding, title: str) -> Encoding | None:
    try:
        return _checked(stream, encoding, title, "strict")
    except InvalidInput:
        return None


def _is_windows(stream: BinaryIO) -> bool:
    """Return whether a file that is no UTF-8 is Windows-1252.

    Hardly any of it may look like UTF-8, and its accents stand alone: rows of them are another alphabet.
    """
    bad = good = odd = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    stream.seek(0)
    try:
        while block := stream.read(BLOCK_BYTES):
            runs = RUNS.findall(block.decode(WINDOWS))
            odd += sum(len(run) for run in runs if len(run) > 2 or not run.isalpha())
            text = decoder.decode(block)
            escaped = len(UNDECODED.findall(text))
            bad += escaped
            good += len(text) - len(text.encode("ascii", "ignore")) - escaped
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return good * 10 <= bad and odd * 2 <= bad


def _checked(stream: BinaryIO, encoding: Encoding, title: str, errors: str) -> Encoding:
    """Return the encoding if the whole stream can be read in it. Raises InvalidInput."""
    decoder = codecs.getincrementaldecoder(encoding.name)(errors)
    lines = 0
    stream.seek(0)
    try:
        while True:
            block = stream.read(BLOCK_BYTES)
            lines += decoder.decode(block, final=not block).count("\n")
            if not block:
                return encoding
    except (UnicodeError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            lines += error.object.count(b"\n", 0, error.start)
        shown = TITLES.get(encoding.name, encoding.name)
        raise InvalidInput("file", f"{title}: line {lines + 1} is not {shown} text", GIVE_IT) from error
    finally:
        stream.seek(0)
