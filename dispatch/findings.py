"""What a look at the desk has found."""

from __future__ import annotations

from dataclasses import dataclass

NAMED = 10
"""How many wrong rows a finding names."""


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is sound, and what to do if not.

    A ``warning`` is told, and leaves the desk sound.
    """

    check: str
    ok: bool
    detail: str
    hint: str = ""
    warning: bool = False
