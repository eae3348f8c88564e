"""JSON as people send it. Python's own reader takes NaN, and makes infinity of too large a number."""

from __future__ import annotations

import json
import math
from typing import Any


def loads(text: str) -> Any:
    """Return a JSON text's value. Raises ValueError, whose words can follow "cannot be read as JSON: "."""
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(error.msg) from error
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error


def refuse_constant(word: str) -> Any:
    """Refuse NaN, Infinity and -Infinity, as ``parse_constant``."""
    raise ValueError(f"{word} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"{number[:20]} is too large")
    return value


_decoder = json.JSONDecoder(parse_float=_finite, parse_constant=refuse_constant)
