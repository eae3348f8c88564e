"""A modal that opened unasked: a key that is not its own closes it and goes to the place below."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events

from screens.base.hosted import Result
from screens.dialogs.modal import Modal

if TYPE_CHECKING:
    from screens.base.key_queue import SteadyApp


class TransientModal(Modal[Result]):
    """Closes at a key that is not its own, and lets the place below have that key."""

    def on_key(self, event: events.Key) -> None:
        if event.key not in self.active_bindings:
            self._pass_on(event)

    def on_paste(self, event: events.Paste) -> None:
        self._pass_on(event)

    def _pass_on(self, event: events.Key | events.Paste) -> None:
        event.stop()
        self.leave()
        cast("SteadyApp", self.app).type_again(event)
