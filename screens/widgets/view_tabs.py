"""The views of a list as tabs with their counts, and how the list is sorted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

GAP = "  "
HERE = "bold reverse"  # seen without colour, too
SHORTEST = 4  # letters of a name
EARLIER, LATER = "‹", "›"


@dataclass(frozen=True)
class Tab:
    """A view's name and the number of its rows; None while they are counted."""

    name: str
    count: int | None = None
    is_here: bool = False

    def label(self, letters: int | None = None, *, is_rounded: bool = False) -> str:
        """Return the name, cut to some letters unless it is the view in sight, and the count."""
        cut = letters is not None and not self.is_here and len(self.name) > letters + 1
        name = f"{self.name[:letters]}." if cut else self.name
        if self.count is None:
            return name
        return f"{name} {_rounded(self.count) if is_rounded else f'{self.count:,}'}"


def _rounded(number: int) -> str:
    """Format a count in four cells at most: 999, 9.9k, 284k, 1.2M."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if number >= size:
            return f"{number / size:.1f}{unit}" if number < 10 * size else f"{number // size}{unit}"
    return str(number)


def fitting(tabs: Sequence[Tab], order: str, width: int) -> tuple[list[tuple[str, Tab]], str]:
    """Return the labels that fit into a width, each with its tab, and the order at the right end.

    Long counts are rounded first, then the order is left out, then names are cut, the longest first; in the
    end only the views around the one in sight are left, between marks.
    """
    longest = max((len(tab.name) for tab in tabs), default=0)
    for letters, is_rounded, ends in (
        (None, False, (f"sorted: {order}", order)),
        (None, True, (order, "")),
        *((letters, True, ("",)) for letters in range(longest, SHORTEST - 1, -1)),
    ):
        labels = [(tab.label(letters, is_rounded=is_rounded), tab) for tab in tabs]
        for end in ends:
            if _cells(labels) + (len(GAP) + cell_len(end) if end else 0) <= width:
                return labels, end
    return [*_around([(tab.label(SHORTEST, is_rounded=True), tab) for tab in tabs], width)], ""


def _cells(labels: Sequence[tuple[str, Tab]]) -> int:
    """The cells of the labels, with a blank on each side of each."""
    return sum(cell_len(label) + 2 for label, _ in labels)


def _around(labels: list[tuple[str, Tab]], width: int) -> Iterator[tuple[str, Tab]]:
    """Yield the labels around the view in sight that fit."""
    here = next((place for place, (_, tab) in enumerate(labels) if tab.is_here), 0)
    first, last = here, here + 1
    while True:
        wider = [
            (low, high)
            for low, high in ((first, last + 1), (first - 1, last))
            if low >= 0 and high <= len(labels) and _cells(labels[low:high]) + 6 <= width
        ]
        if not wider:
            break
        first, last = wider[0]
    if first:
        yield EARLIER, labels[first - 1][1]
    yield from labels[first:last]
    if last < len(labels):
        yield LATER, labels[last][1]


class ViewTabs(Static):
    """One line with a tab for each view; a click shows it, and one on the order changes that."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ViewTabs { height: 1; width: 1fr; color: $text-muted; text-wrap: nowrap; pointer: pointer; }
    """

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        view: str

    class OrderAsked(Message):
        """The order was clicked."""

    def __init__(self) -> None:
        super().__init__(Content(""))
        self._tabs: tuple[Tab, ...] = ()
        self._order = ""
        self._places: list[tuple[range, str]] = []

    def show(
        self, names: Sequence[str], here: str, counts: Mapping[str, int], order: str, *, label: str = ""
    ) -> None:
        """Show the views with their counts as far as they are known, and the order of the list.

        A ``here`` that is no view's name marks none; ``label`` stands for it then.
        """
        tabs = tuple(Tab(name, counts.get(name), name == here) for name in names)
        if label and here not in names:
            tabs = (Tab(label, None, True), *tabs)
        if (tabs, order) != (self._tabs, self._order):
            self._tabs, self._order = tabs, order
            self._paint()

    def on_resize(self) -> None:
        self._paint()

    def _paint(self) -> None:
        width = self.size.width
        labels, end = fitting(self._tabs, self._order, width)
        parts, at, self._places = list[tuple[str, str]](), 0, []
        for label, tab in labels:
            text = f" {label} "
            parts.append((text, HERE if tab.is_here else ""))
            self._places.append((range(at, at + cell_len(text)), tab.name))
            at += cell_len(text)
        if end:
            parts.append((" " * (width - at - cell_len(end) - 1) + end, ""))
        self.update(Content.assemble(*parts), layout=False)  # one line, whatever is on it

    def on_click(self, event: events.Click) -> None:
        event.stop()
        name = next((name for place, name in self._places if event.x in place), None)
        if name is None:
            self.post_message(self.OrderAsked())
        elif name:
            self.post_message(self.Chosen(name))
