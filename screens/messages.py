"""What the parts of the application tell each other."""

from __future__ import annotations

from textual.message import Message


class DeskChanged(Message):
    """A command was committed, in another terminal or (``own``) in this one."""

    bubble = False

    def __init__(self, own: bool) -> None:
        super().__init__()
        self.own = own


class PlaceChosen(Message):
    """A tab of the top bar was clicked."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
