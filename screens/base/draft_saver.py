"""Saving typed text to a file, so that no quit, dropped line or crash loses it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from screens.base.drafts import Draft, Drafts
from screens.base.hosted import Hosted

PAUSE_S = 0.2  # the most that may be lost; a fast typist writes the file five times a second


class DraftKeeper:
    """Save the form of a place while it is filled in, away from the UI thread.

    Without ``Drafts`` (an application that has no user) it does nothing.
    """

    def __init__(self, place: Hosted[None], drafts: Drafts | None) -> None:
        self._place = place
        self._drafts = drafts
        self._next: Draft | None = None
        self._is_at_work = False
        self._has_complained = False
        self._one_by_one = asyncio.Lock()

    @property
    def keeps(self) -> bool:
        """Return whether what is typed will survive a quit."""
        return self._drafts is not None and not self._has_complained

    def note(self, values: Mapping[str, str]) -> None:
        """Note a change; it is written after a short delay, with what follows until then."""
        if self._drafts is None:
            return
        self._next = Draft(dict(values), self._place.backend.desk.now())
        if not self._is_at_work:
            self._is_at_work = True
            self._place.run_worker(self._go_on(), group="draft")

    def forget(self) -> None:
        """Forget the draft: the lead is in, and a crash must not bring it back."""
        self._next = Draft({}, self._place.backend.desk.now())
        self._place.run_worker(self.write(), group="draft")

    async def _go_on(self) -> None:
        try:
            while self._next is not None:
                await asyncio.sleep(PAUSE_S)
                await self.write()
        finally:
            self._is_at_work = False

    async def write(self) -> None:
        """Write the last noted draft now; returns when it is in the file."""
        async with self._one_by_one:
            draft, self._next = self._next, None
            if draft is not None and self._drafts is not None:
                try:
                    await asyncio.to_thread(self._drafts.keep, draft)
                except OSError as error:
                    self._complain(error)

    async def take_up(self) -> Draft | None:
        """Return the draft of a terminal that is gone."""
        try:
            return await asyncio.to_thread(self._drafts.take_up) if self._drafts is not None else None
        except OSError as error:
            self._complain(error)
            return None

    def _complain(self, error: OSError) -> None:
        if not self._has_complained:  # once: typing must go on
            self._has_complained = True
            text = f"Drafts cannot be saved: {error.strerror or error}"
            self._place.say(text, severity="warning")
