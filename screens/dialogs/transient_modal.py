"""A modal that opens unasked: any other key closes it and goes to the place below."""

from __future__ import annotations

from textual import events

from screens.base.hosted import Result
from screens.dialogs.modal import Modal


class TransientModal(Modal[Result]):
    """A modal that closes at any key that is not its own, and passes that key to the place below."""

    def on_key(self, event: events.Key) -> None:
        if event.key not in self.active_bindings:
            event.prevent_default()
            self.pass_on(event)

    def on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        self.pass_on(event)
