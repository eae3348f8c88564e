"""Help on a place: its purpose, every key that works there, and where its numbers come from.

The keys come from the bindings themselves, as the user has them; enter or a click on one runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events, getters, on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, Static

from screens.base import figures, keys
from screens.base.hosted import Hosted
from screens.base.keys import key
from screens.base.search_words import ELSEWHERE, INSTEAD_OF_TEXTUALS, KEY_OF, aliases_of, is_meant
from screens.base.textual_internals import bindings_of
from screens.base.theme import CURSOR
from screens.dialogs.modal import Modal
from screens.shell.desk_screen import Place
from screens.widgets.key_order import place_of
from screens.widgets.movable import Reading

LEAST_KEY_CELLS, NAME_CELLS, GAP = 6, 14, 2
SCROLLBAR = 1
TWO_COLUMNS = 96  # cells inside the frame
LIST_IDS = {binding.id for binding in keys.LIST}
STEPS = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}
DIM, HEADING = "dim", "bold"


@dataclass
class Verb:
    """An action of a screen, and the keys that run it."""

    node: DOMNode
    binding: Binding
    keys: list[str] = field(default_factory=list)
    place: str = ""
    """The place that has it, if that is another one: running it goes there."""
    run: Callable[[], Any] | None = None
    """What runs it, if it has no key: the palette has it."""

    @property
    def sentence(self) -> str:
        """What it does, in a sentence."""
        sentence = self.binding.tooltip or self.binding.description
        return f"In {keys.TITLES[self.place]}: {sentence}" if self.place else sentence

    @property
    def shown_keys(self) -> str:
        return " ".join(dict.fromkeys(self.keys))

    @property
    def is_possible(self) -> bool:
        """Whether it can be done with what is under the cursor."""
        return not isinstance(self.node, Hosted) or self.node.is_possible(self.binding.action)

    @property
    def group(self) -> str:
        """The heading above it."""
        identifier = self.binding.id or ""
        if self.place:
            return "In other places"
        if self.run is not None:
            return "By name, without a key"
        if not isinstance(self.node, Screen):
            return "Anywhere"
        if identifier.startswith(("booking.", "why")):
            return "The booking under the cursor"
        if identifier.startswith("issue.") and identifier != "issue.open":
            return "The issue under the cursor"
        if identifier.startswith("agent.") and getattr(self.node, "NAME", "") == "roster":
            return "The agent under the cursor"
        return "The list" if identifier in LIST_IDS else "This place"

    @property
    def aliases(self) -> str:
        """The further words by which people look for it."""
        return aliases_of(self.binding.id or self.binding.description)

    def fits(self, words: Iterable[str]) -> bool:
        """Return whether every word is in its keys, name or sentence, or means it."""
        text = f"{self.shown_keys} {self.binding.description} {self.sentence}".lower()
        return all(word in text or is_meant(word, self.aliases) for word in words)

    def line(self, width: int, key: int, verb: int, style: Style) -> Text:
        """Format key, verb and sentence in a line, each of the first two in so many cells."""
        line = _cell(self.shown_keys, key, "bold")
        line.append_text(_cell(self.binding.description, verb, "" if self.is_possible else DIM))
        line.append_text(_cell(self.sentence, width - key - verb, DIM))
        line.stylize(style)
        return line


def verbs(screen: Screen[Any]) -> list[Verb]:
    """Return the verbs of a screen with the user's keys, regardless of the focus."""
    app, found, taken = screen.app, dict[tuple[str, str], Verb](), set[str]()
    for node in (screen,) if screen.is_modal else (screen, app):
        own = [binding for _, binding in bindings_of(node) if binding.key not in taken]
        taken |= {binding.key for binding in own}
        for binding in own:
            if binding.id:  # the others move the focus and the like
                same = binding.id.removesuffix(".letter"), binding.description
                verb = found.setdefault(same, Verb(node, binding))
                verb.keys.append(app.get_key_display(binding))
    return sorted(found.values(), key=lambda verb: place_of(verb.binding.id)[0])


def verbs_elsewhere(app: App[Any], here: Iterable[Verb]) -> list[Verb]:
    """Return the verbs that other places have; to run one goes there."""
    taken, found = {verb.binding.id for verb in here}, list[Verb]()
    for place, bindings in ELSEWHERE.items():
        for binding in bindings:
            if binding.id not in taken:
                taken.add(binding.id)
                ways = [keys.key_of(app, f"place.{place}"), keys.key_of(app, str(binding.id))]
                there = replace(binding, action=f"go('{place}')")
                found.append(Verb(app, there, [" ".join(ways)], place))
    return found


def named_verbs(app: App[Any], screen: Screen[Any]) -> list[Verb]:
    """Return the commands that have no key: the palette runs them by name."""
    palette, found = keys.key_of(app, "palette"), list[Verb]()
    for one in app.get_system_commands(screen):
        if one.title not in (*INSTEAD_OF_TEXTUALS, *KEY_OF):
            first = one.title.partition(" ")[0].rstrip(":").lower()
            named = Binding("", "", one.title, tooltip=one.help)
            found.append(Verb(app, named, [f"{palette} {first}"], run=one.callback))
    return found


class Help(Modal[Verb | None]):
    """Closes with the chosen verb, to be run when it has closed; or None. What is typed narrows the keys."""

    FRAME = "help"
    BINDINGS = [
        key("help.close", "escape", "Close", "Back to where you were"),
        key("help.take", "enter", "Run", "Run the key under the cursor", priority=True),
    ]

    _input = getters.query_one("#text", Input)
    _scroll = getters.query_one("#help-text", Reading)

    def __init__(self, screen: Screen[Any]) -> None:
        place = screen if isinstance(screen, Place) else None
        super().__init__(f"Help: {keys.TITLES[place.NAME]}" if place else "Help")
        grouped = verbs(screen)
        groups = list(dict.fromkeys(verb.group for verb in grouped))
        self.offered = sorted(grouped, key=lambda verb: groups.index(verb.group))
        others = [*verbs_elsewhere(screen.app, grouped), *named_verbs(screen.app, screen)] if place else []
        self.findable = [*self.offered, *others]
        self._purpose = keys.with_keys(screen.app, place.HELP) if place else ""
        self._figures = [*place.FIGURES, *figures.EVERYWHERE] if place else []
        self._shown: list[Verb] = self.offered
        self._here = 0
        self.text = Text()

    def body(self) -> ComposeResult:
        yield Input(placeholder="Type to find a key; enter runs it", compact=True, id="text")
        with Reading(id="help-text", can_focus=False):
            yield Static()
        yield Static(id="told")

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def why_it_stays(self) -> str:
        return ""  # what is sought is no loss

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        words = event.value.lower().split()
        among = self.findable if words else self.offered
        self._shown, self._here = [verb for verb in among if verb.fits(words)], 0
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Move the cursor among the keys, even while typing."""
        if event.key in STEPS and self._shown:
            event.stop()
            self._here = max(0, min(len(self._shown) - 1, self._here + STEPS[event.key]))
            self._show()

    def action_do(self, number: int) -> None:
        self.leave(self.findable[number])

    def action_take(self) -> None:
        if self._shown:
            self.leave(self._shown[self._here])

    def _show(self) -> None:
        if not self.is_laid_out:
            return
        width, is_sought = self._scroll.outer_size.width - SCROLLBAR, bool(self._input.value.strip())
        lines, row = self._columns(width)
        below = [] if is_sought else [*self._about(width), *self._meanings(width)]
        nothing = [] if self._shown else _wrapped(self, self._nothing(), width)
        self.text = Text("\n").join([*lines, *nothing, *below])
        self._scroll.query_one(Static).update(self.text)
        self._keep_in_sight(row if self._here else 0)
        self.query_one("#told", Static).update(Content(self._told(width)))

    def _nothing(self) -> str:
        """Say that no key here does what is sought, and where else to look."""
        sought, ways = self._input.value.strip(), "{palette} looks in all commands. Esc closes"
        return f"Nothing found for “{sought}” among the keys here. {keys.with_keys(self.app, ways)}"

    def _told(self, width: int) -> str:
        """Return what the line of the cursor has no room for."""
        if not self._shown:
            return ""
        sentence = self._shown[self._here].sentence
        room = self._column_width(width) - self._key_cells - self._verb_cells - 1
        return sentence if cell_len(sentence) > room else ""

    @property
    def _key_cells(self) -> int:
        return max(LEAST_KEY_CELLS, *(1 + cell_len(verb.shown_keys) for verb in self._shown), 0)

    @property
    def _verb_cells(self) -> int:
        return 1 + max((cell_len(verb.binding.description) for verb in self._shown), default=0)

    @staticmethod
    def _column_width(width: int) -> int:
        return (width - GAP) // 2 if width >= TWO_COLUMNS else width

    def _columns(self, width: int) -> tuple[list[Text], int]:
        """Return the keys by groups in one or two columns, and the row of the cursor."""
        wide, column = width >= TWO_COLUMNS, self._column_width(width)
        blocks: list[list[Text]] = []
        rows: list[tuple[int, int]] = []  # of the cursor: block, row in it
        for group in dict.fromkeys(verb.group for verb in self._shown):
            block = [Text(group, HEADING)]
            for verb in self._shown:
                if verb.group == group:
                    if verb is self._shown[self._here]:
                        rows.append((len(blocks), len(block)))
                    block.append(self._line(verb, column))
            blocks.append([*block, Text()])
        cut = _half(blocks) if wide else len(blocks)
        left, right = (sum(part, list[Text]()) for part in (blocks[:cut], blocks[cut:]))
        block_of, row = rows[0] if rows else (0, 0)
        row += sum(map(len, blocks[:block_of] if block_of < cut else blocks[cut:block_of]))
        return [_beside(one, other, column) for one, other in zip_longest(left, right)], row

    def _line(self, verb: Verb, width: int) -> Text:
        here = verb is self._shown[self._here]
        click = Style.from_meta({"@click": f"screen.do({self.findable.index(verb)})"})
        line = verb.line(width, self._key_cells, self._verb_cells, click)
        if not here:
            return line
        bar = Text(line.plain, CURSOR)
        bar.stylize(click)
        return bar

    def _about(self, width: int) -> list[Text]:
        purpose = _wrapped(self, self._purpose, width) if self._purpose else []
        return [Text("What this place is for", HEADING), *purpose, Text()] if purpose else []

    def _meanings(self, width: int) -> list[Text]:
        """Return where the numbers come from, each meaning wrapped under itself."""
        lines = [Text("Where the numbers come from", HEADING)] if self._figures else []
        for name, meaning in self._figures:
            wrapped = _wrapped(self, meaning, max(20, width - NAME_CELLS))
            names = [_cell(name, NAME_CELLS, "bold"), *(Text(" " * NAME_CELLS) for _ in wrapped[1:])]
            lines += [Text.assemble(first, rest) for first, rest in zip(names, wrapped, strict=True)]
        return lines

    def _keep_in_sight(self, row: int) -> None:
        """Keep the row of the cursor in sight."""
        height, top = self._scroll.scrollable_content_region.height, round(self._scroll.scroll_y)
        if not top <= row < top + height:
            self._scroll.scroll_to(y=max(0, row - height // 2), animate=False)


def _cell(text: str, width: int, style: str) -> Text:
    """Return a text cut or filled to a width, with a blank behind it."""
    cell = Text(text, style)
    cell.truncate(max(1, width - 1), overflow="ellipsis", pad=True)
    return Text.assemble(cell, " ")


def _wrapped(screen: Screen[Any], text: str, width: int) -> list[Text]:
    return list(Text(text).wrap(screen.app.console, max(20, width)))


def _half(blocks: list[list[Text]]) -> int:
    """Return where to cut the blocks so that the higher column is as low as it can be."""
    heights = [len(block) for block in blocks]
    return min(range(len(blocks) + 1), key=lambda cut: max(sum(heights[:cut]), sum(heights[cut:])))


def _beside(one: Text | None, other: Text | None, width: int) -> Text:
    """Put two cells side by side; None is an empty one."""
    left = one.copy() if one is not None else Text()
    if other is None:
        return left
    left.truncate(width, pad=True)
    return Text.assemble(left, " " * GAP, other)
