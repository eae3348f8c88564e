"""JSON text read value by value: only the value being read is held in memory."""

from __future__ import annotations

import json
import math
import re
from typing import Any, TextIO

from dispatch.inputs.json_lines import refuse_constant
from dispatch.inputs.rows.row import Unreadable

BLOCK = 1 << 18
LONGEST_VALUE = 64_000_000
BLANK = " \t\r\n\ufeff"
SPACE = re.compile(r"[ \t\r\n\ufeff]*")
NEAR_END = 16  # characters: a value that the block cuts off is reported within them, or as unterminated


class NoJson(ValueError):
    """A text that is no JSON, or (``is_cut``) the beginning of some.

    Its words can follow "cannot be read as JSON: ".
    """

    def __init__(self, problem: str, *, is_cut: bool = False) -> None:
        super().__init__(problem)
        self.is_cut = is_cut


def decode(text: str) -> Any:
    """Return the value of a JSON text, its numbers as text. Raises NoJson."""
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
        raise NoJson(error.msg, is_cut=is_cut) from error
    except RecursionError as error:
        raise NoJson("it nests too deeply") from error
    except ValueError as error:
        raise NoJson(str(error)) from error


def _number(text: str) -> str:
    if math.isinf(float(text)):
        raise NoJson(f"{text[:20]} is too large")
    return text


_decoder = json.JSONDecoder(parse_float=_number, parse_int=str, parse_constant=refuse_constant)


class JsonText:
    """A text with a position in it. Every method skips white space first."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._line, self._counted = 1, 0
        self._is_whole = False

    def line(self) -> int:
        """Return the line of the position, counted from 1."""
        self.peek()
        self._line += self._buffer.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def peek(self) -> str:
        """Return the next character, or an empty text at the end."""
        while True:
            sign = self._buffer[self._at : self._at + 1]
            if sign and sign not in BLANK:
                return sign
            found = SPACE.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, sign: str) -> bool:
        """Pass over the next character if it is this one."""
        if self.peek() != sign:
            return False
        self._at += 1
        return True

    def expect(self, sign: str) -> None:
        """Pass over this character. Raises Unreadable if another follows."""
        if not self.take(sign):
            self.refuse(f"{sign} is expected, not {self.peek()!r}")

    def refuse(self, problem: str) -> None:
        """Raise Unreadable at the position."""
        if not self.peek():
            raise Unreadable(self.line(), "the text ends in the middle, the file is cut off", is_cut=True)
        raise Unreadable(self.line(), f"the file cannot be read as JSON: {problem}")

    def value(self) -> Any:
        """Return the next value. Raises Unreadable."""
        self.peek()
        while True:
            try:
                value, end = _decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                at_end = error.pos >= len(self._buffer) - NEAR_END or "Unterminated" in error.msg
                if not at_end or not self._more(len(self._buffer)):
                    self._refuse_value(error.msg, is_cut=at_end)
            except RecursionError:
                self._refuse_value("it nests too deeply")
            except ValueError as error:
                self._refuse_value(str(error))
            else:
                # a number may go on in the next block
                if end < len(self._buffer) or not self._more(BLOCK):
                    self._at = end
                    return value

    def _refuse_value(self, problem: str, *, is_cut: bool = False) -> None:
        is_cut = is_cut and self._is_whole
        if is_cut:
            problem = "the value that begins here has no end, the file is cut off"
        raise Unreadable(self.line(), f"the file cannot be read as JSON: {problem}", is_cut=is_cut)

    def _more(self, size: int = BLOCK) -> bool:
        """Read on, forgetting what is behind the position; False at the end, or if a value is too long."""
        if self._is_whole or len(self._buffer) - self._at > LONGEST_VALUE:
            return False
        block = self._text.read(max(size, BLOCK))
        self._is_whole = not block
        self._line += self._buffer.count("\n", self._counted, self._at)
        self._buffer = self._buffer[self._at :] + block
        self._at = self._counted = 0
        return bool(block)
