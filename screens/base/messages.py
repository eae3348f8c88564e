"""What the parts of the application tell each other."""

from __future__ import annotations

from textual.message import Message


class DeskChanged(Message):
    """Something was committed: right after a command of this terminal (``own``), ``by_others``, or both."""

    bubble = False

    def __init__(self, own: bool, by_others: bool) -> None:
        super().__init__()
        self.own = own
        self.by_others = by_others


class PlaceChosen(Message):
    """A tab of the top bar was clicked."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
