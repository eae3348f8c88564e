"""Messages between the parts of the application."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class DeskChanged(Message, bubble=False):
    """Something was committed: right after a command of this terminal (``own``), ``by_others``, or both."""

    own: bool
    by_others: bool


@dataclass
class Progressed(Message, bubble=False):
    """Work in a thread of its own has made progress, described in a text."""

    text: str


@dataclass
class PlaceChosen(Message):
    """A tab of the top bar was clicked."""

    place: str
