"""A box that shows whether the focus is inside it."""

from __future__ import annotations

from textual.containers import Vertical


class Frame(Vertical):
    """A container with the class ``-within`` while the focus is inside.

    ``:focus-within`` does the same, but makes Textual restyle the whole contents, twice, whenever the
    focus moves from one field to the next: half the time of a key.
    """

    def on_descendant_focus(self) -> None:
        self._look()

    def on_descendant_blur(self) -> None:
        self._look()

    def _look(self) -> None:
        if self.has_class("-within") != self.has_focus_within:
            self.set_class(self.has_focus_within, "-within", update=False)
            self.app.stylesheet.apply(self)  # only the frame changes, not what it contains
