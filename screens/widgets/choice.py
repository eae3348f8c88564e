"""Inputs of one line: a few options side by side, or a list that opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import RadioButton, RadioSet, Select

from screens.base.textual_internals import forget_pressed, highlighted_index


class Option(RadioButton):
    """A radio button whose mark, and not only its colour, shows whether it is on."""

    def render(self) -> Content:
        mark = "◉ " if self.value else "○ "
        return Content.assemble(
            (mark, self.get_visual_style("toggle--button")),
            self.label.stylize_before(self.get_visual_style("toggle--label")),
        )

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return 2 + self.label.cell_length


class Choice(RadioSet):
    """One of a few names, all of them in sight. A first letter chooses, arrows move, space takes.

    ``value`` is the chosen name or "", and may be set.
    """

    DEFAULT_CSS = """
    Choice {
        layout: horizontal; height: 1; width: 1fr; border: none; padding: 0; background: transparent;
        &.-textual-compact, &:focus { border: none; }
        & > Option { width: auto; margin-right: 2; }
        & > Option > .toggle--button { background: transparent; color: $foreground; }
        &:blur > Option.-selected > .toggle--label { background: transparent; }
    }
    """
    BINDINGS = [Binding("enter", "accept", "Next field", show=False)]

    @dataclass
    class Accepted(Message):
        """Enter was pressed: on to the next field."""

        choice: Choice | Pick

        @property
        def control(self) -> Choice | Pick:
            return self.choice

    def __init__(self, names: Iterable[str], **kwargs: Any) -> None:
        self._names = tuple(names)
        super().__init__(*(Option(Content(one), compact=True) for one in self._names), compact=True, **kwargs)

    @property
    def value(self) -> str:
        index = self.pressed_index
        return self._names[index] if index >= 0 else ""

    @value.setter
    def value(self, name: str) -> None:
        buttons = list(self.query(RadioButton))
        if not name:
            with self.prevent(RadioButton.Changed):
                for button in buttons:
                    button.value = False
            forget_pressed(self)
            return
        buttons[self._names.index(name)].value = True

    def clear(self) -> None:
        self.value = ""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Claim letters, which choose here, so that no command's key is shown for them."""
        return character is not None and character.isalnum()

    def on_key(self, event: events.Key) -> None:
        if event.character is None or not event.character.isalnum():
            return
        event.stop()  # a letter that begins no name is a slip, not the key of a command or place
        name = _next_starting_with(event.character, self._names, self.value)
        if name is not None:
            self.value = name

    def action_next_button(self) -> None:
        super().action_next_button()
        self._choose_selected()

    def action_previous_button(self) -> None:
        super().action_previous_button()
        self._choose_selected()

    def action_accept(self) -> None:
        if not self.value:
            self.action_toggle_button()
        self.post_message(self.Accepted(self))

    def _choose_selected(self) -> None:
        index = highlighted_index(self)
        if index is not None and self.has_focus:
            self.value = self._names[index]


class Pick(Select[str]):
    """A name from a list that opens; typing letters chooses without opening it."""

    DEFAULT_CSS = """
    Pick:focus #label {
        background: $block-cursor-background; color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    """
    BINDINGS = [
        Binding("down,space,up", "show_overlay", "Open the list", show=False),
        Binding("enter", "accept", "Next field", show=False),
    ]

    def __init__(self, names: Iterable[str], **kwargs: Any) -> None:
        kwargs.setdefault("prompt", "choose")
        self._names = tuple(names)
        super().__init__([(name, name) for name in self._names], compact=True, **kwargs)

    @property
    def chosen(self) -> str:
        """The chosen name, or ""."""
        return "" if self.selection is None else self.selection

    def set_names(self, names: Iterable[str]) -> None:
        """Offer other names; a chosen one that is still there stays."""
        wanted = tuple(names)
        if wanted == self._names:
            return
        chosen, self._names = self.chosen, wanted
        self.set_options([(name, name) for name in wanted])
        if chosen in wanted:
            self.value = chosen

    def action_accept(self) -> None:
        if self.chosen:
            self.post_message(Choice.Accepted(self))
        else:
            self.action_show_overlay()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Claim letters, which choose here, so that no command's key is shown for them."""
        return character is not None and character.isalnum()

    def on_key(self, event: events.Key) -> None:
        if self.expanded or event.character is None or not event.character.isalnum():
            return
        event.stop()
        event.prevent_default()
        name = _next_starting_with(event.character, self._names, self.chosen)
        if name is not None:
            self.value = name


def _next_starting_with(character: str, names: Iterable[str], current: str) -> str | None:
    """Return the next name that begins with a typed letter, after the current one, wrapping around."""
    found = [name for name in names if name.lower().startswith(character.lower())]
    return next_of(found, current) if found else None


def next_of(names: Iterable[str], current: str) -> str:
    """Return the name after the current one, wrapping around; the first if that is none of them."""
    known = list(names)
    return known[(known.index(current) + 1) % len(known)] if current in known else known[0]
