"""A list of options and a text to scroll, with the keys that move in every list."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.widgets import OptionList

from screens.base.motions import IN_OPTIONS, IN_TEXTS


class Options(OptionList):
    """A list of options to choose from."""

    BINDINGS = [*IN_OPTIONS]


class Reading(VerticalScroll):
    """A text that is longer than its frame."""

    BINDINGS = [*IN_TEXTS]
