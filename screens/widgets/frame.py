"""A box that shows whether the focus is inside it."""

from __future__ import annotations

from textual.containers import Vertical


class Frame(Vertical):
    """Has the class ``-within`` while the focus is inside.

    ``:focus-within`` says the same, but makes Textual style all that the box holds anew, twice, whenever the
    focus moves from one field to the next: half the time of a key.
    """

    def on_descendant_focus(self) -> None:
        self._look()

    def on_descendant_blur(self) -> None:
        self._look()

    def _look(self) -> None:
        if self.has_class("-within") != self.has_focus_within:
            self.set_class(self.has_focus_within, "-within", update=False)
            self.app.stylesheet.apply(self)  # what the box holds looks the same
