"""Text typed but not yet sent, and the store that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Draft:
    """A form that somebody had begun to fill in, and the desk's time then."""

    values: Mapping[str, str]
    typed_at: str


class Drafts(Protocol):
    """Where drafts are kept. All may be called from any thread, and raise OSError."""

    def keep(self, draft: Draft) -> None:
        """Keep this in place of what was kept before; a draft without any value is forgotten."""

    def take_up(self) -> Draft | None:
        """The last draft of a terminal at this desk that is gone, which is this terminal's now."""

    def close(self) -> None:
        """Let go: what is kept now is for the next terminal."""
