"""Text typed but not yet sent, and the store that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Draft:
    """An unfinished form, and the desk's time when it was saved."""

    values: Mapping[str, str]
    typed_at: str


class Drafts(Protocol):
    """The store of drafts. Every method may be called from any thread and raises OSError."""

    def keep(self, draft: Draft) -> None:
        """Replace the stored draft; one without any value is forgotten."""

    def take_up(self) -> Draft | None:
        """Return the last draft of a terminal that is gone, which now belongs to this one."""

    def close(self) -> None:
        """Release the draft, so that the next terminal can take it over."""
