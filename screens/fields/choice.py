"""Inputs of one line: a few options side by side, or a list that opens; typed letters choose in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import OptionList, RadioButton, RadioSet, Select

from dispatch.inputs.value_words import meant
from screens.base.textual_internals import forget_pressed, highlighted_index, show_in_select
from screens.fields.type_ahead import TypeAhead, marked, own_beginning


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


@dataclass
class LettersTyped(Message):
    """A letter was typed in a Choice or Pick, or what was typed there is forgotten.

    One that leaves several names ``waiting`` for the next has changed nothing, unless a list is open.
    """

    choice: Choice | Pick
    waiting: tuple[str, ...] = ()

    @property
    def control(self) -> Choice | Pick:
        return self.choice


class LetterField:
    """An input whose names are chosen by their letters, or by another word that files may use for one.

    The id of one for accepted values is their kind.
    """

    id: str | None
    _names: tuple[str, ...]
    _ahead: TypeAhead
    _refusal = ("", "")  # a word that fits no name, and the name chosen all the same

    @property
    def chosen(self) -> str:
        """The chosen name, or ""."""
        raise NotImplementedError

    @property
    def refused(self) -> str:
        """The word typed last, if it fits no name: nothing is chosen by it, until another name is."""
        word, left = self._refusal
        return word if self.chosen == left else ""

    def refuse(self, word: str, left: str = "") -> None:
        """Keep in mind that a word fits no name, and which name is ``left`` chosen; "" forgets it."""
        self._refusal = word, left

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    @property
    def waiting(self) -> tuple[str, ...]:
        """The names that the letters typed so far leave open."""
        return self._ahead.waiting

    def means(self, word: str) -> str:
        """Return the name that a word stands for, or the word."""
        return meant(self.id or "", word, self._names)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Claim letters, which choose here, so that no command's key is shown for them."""
        return character is not None and character.isalnum()


class Choice(LetterField, RadioSet):
    """One of a few names, all of them in sight. Typed letters choose, arrows move, space takes.

    ``value`` is the chosen name or "", and may be set. The letters that choose a name are in brackets; of
    the chosen one those that were typed.
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
        self._ahead = TypeAhead()
        super().__init__(
            *(Option(self._label(one), compact=True) for one in self._names), compact=True, **kwargs
        )

    def _label(self, name: str, letters: str = "") -> Content:
        return Content(marked(name, letters or own_beginning(name, self._names)))

    def set_names(self, names: Iterable[str]) -> None:
        """Show other names; a chosen one that is still there stays. What has no name is out of sight."""
        if (wanted := tuple(names)) == self._names:
            return
        chosen, options = self.chosen, list(self.query(Option))
        self.value, self._names = "", wanted
        for option, name in zip_longest(options, wanted):
            if option is None:
                self.mount(Option(self._label(name), compact=True))
            else:
                option.display, option.label = name is not None, self._label(name or "")
        if chosen in wanted:
            self.call_after_refresh(self.choose, chosen)

    @property
    def value(self) -> str:
        index = self.pressed_index
        return self._names[index] if index >= 0 else ""

    @value.setter
    def value(self, name: str) -> None:
        self._refusal = "", ""
        buttons = list(self.query(RadioButton))
        if name:
            buttons[self._names.index(name)].value = True
            return
        was = self.pressed_button
        with self.prevent(RadioButton.Changed):
            for button in buttons:
                button.value = False
        forget_pressed(self)
        if was is not None:
            changed = self.Changed(self, was)
            changed.index = 0  # where the arrows begin
            self.post_message(changed)

    @property
    def chosen(self) -> str:
        """The chosen name, or "": as a Pick has it."""
        return self.value

    def choose(self, name: str) -> None:
        self.value = name

    @property
    def at_hand(self) -> str:
        """The name that letters start from: as a Pick has it."""
        return self.value

    def take(self, name: str) -> None:
        """Choose a name by its letters."""
        self.choose(name)
        self.show_letters(name)

    def clear(self) -> None:
        self.value = ""

    def on_key(self, event: events.Key) -> None:
        take_letter(self, self._ahead, event)

    def on_blur(self) -> None:
        self._ahead.forget()
        self.show_letters(self.value)

    def show_letters(self, chosen: str) -> None:
        """Show the typed letters in the chosen name."""
        for name, option in zip(self._names, self.query(Option), strict=False):
            label = self._label(name, self._ahead.shown if name == chosen else "")
            if label.plain != option.label.plain:
                option.label = label

    def action_next_button(self) -> None:
        super().action_next_button()
        self._choose_selected()

    def action_previous_button(self) -> None:
        super().action_previous_button()
        self._choose_selected()

    def action_accept(self) -> None:
        """Go on; a name is chosen by its letters, an arrow or space, and never by going on alone."""
        settle(self, self._ahead)
        self.post_message(self.Accepted(self))

    def _choose_selected(self) -> None:
        index = highlighted_index(self)
        if index is not None and self.has_focus:
            self._ahead.forget()
            self.value = self._names[index]
            self.show_letters(self._names[index])
            self.post_message(LettersTyped(self))

    def action_toggle_button(self) -> None:
        self._choose_selected()

    def on_click(self, event: events.Click) -> None:
        if isinstance(event.widget, Option) and self.refused:
            self.refuse("")
            self.post_message(LettersTyped(self))


class Pick(LetterField, Select[str]):
    """A name from a list that opens; typing letters chooses without opening it, and shows them.

    In the open list they move the cursor, and enter takes the name there. If it ``waits``, letters that
    begin several names choose none of them yet, otherwise the first.
    """

    DEFAULT_CSS = """
    Pick:focus #label {
        background: $block-cursor-background; color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    Pick > SelectCurrent { background: $panel; }
    Pick #label { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS = [
        Binding("down,space,up", "show_overlay", "Open the list", show=False),
        Binding("enter", "accept", "Next field", show=False),
    ]

    def __init__(self, names: Iterable[str], *, waits: bool = True, **kwargs: Any) -> None:
        self._names = tuple(names)
        self._ahead = TypeAhead(waits=waits)
        self._placeholder = kwargs.get("prompt")
        super().__init__(
            _options(self._names), compact=True, type_to_search=False, **{"prompt": "choose"} | kwargs
        )

    def on_mount(self) -> None:
        self.show_letters(self.chosen)

    @property
    def chosen(self) -> str:
        """The chosen name, or ""."""
        return "" if self.selection is None else self.selection

    def choose(self, name: str) -> None:
        """Choose a name, or none for ""."""
        self._refusal = "", ""
        self.value = name or Select.NULL

    def clear(self) -> None:
        self.choose("")

    @property
    def at_hand(self) -> str:
        """The name that letters start from: the one under the open list's cursor, or the chosen one."""
        if not self.expanded:
            return self.chosen
        menu = self.query_one(OptionList)
        place = (menu.highlighted or 0) - self._first(menu)
        return self._names[place] if place >= 0 else ""

    def take(self, name: str) -> None:
        """Choose a name by its letters; in the open list go to it, or to the first that they leave open."""
        if self.expanded:
            name = self.waiting[0] if self.waiting else name
            menu = self.query_one(OptionList)
            menu.highlighted = self._names.index(name) + self._first(menu) if name else 0
        else:
            self.choose(name)
        self.show_letters(name)

    def _first(self, menu: OptionList) -> int:
        """Return the place of the first name in the list: above it is the line for none."""
        return menu.option_count - len(self._names)

    def set_names(self, names: Iterable[str]) -> None:
        """Offer other names; a chosen one that is still there stays."""
        wanted = tuple(names)
        if wanted == self._names:
            return
        chosen, self._names = self.chosen, wanted
        self.set_options(_options(wanted))
        if chosen in wanted:
            self.value = chosen
        self.show_letters(self.chosen)

    def action_show_overlay(self) -> None:
        if self._ahead.typed or self.refused:
            self.refuse("")
            self.post_message(LettersTyped(self))
        self._ahead.forget()
        self.show_letters(self.chosen)
        super().action_show_overlay()

    def watch_expanded(self, expanded: bool) -> None:
        """Let what was typed in the list go as it closes."""
        if not expanded and self._ahead.typed:
            self._forget_letters()

    def _forget_letters(self) -> None:
        self._ahead.forget()
        self.show_letters(self.chosen)
        self.post_message(LettersTyped(self))

    def action_accept(self) -> None:
        settle(self, self._ahead)
        self.post_message(Choice.Accepted(self))

    def on_key(self, event: events.Key) -> None:
        take_letter(self, self._ahead, event)

    def on_blur(self) -> None:
        if self._ahead.typed:
            self._ahead.forget()
            self.show_letters(self.chosen)

    def show_letters(self, chosen: str) -> None:
        """Show the typed letters before the chosen name; while there is none, what to type for each."""
        letters = f"{self._ahead.shown}▏ " if self._ahead.shown else ""
        line = Content(letters + chosen) if chosen else None
        show_in_select(self, line, Content(self._placeholder or _beginnings(self._names)))


def _options(names: Iterable[str]) -> list[tuple[Any, str]]:
    return [(Content(name), name) for name in names]


def _beginnings(names: Sequence[str]) -> str:
    """Return the names with the letters that choose them, for the line while none is chosen."""
    return " ".join(marked(name, own_beginning(name, names)) for name in names)


def take_letter(field: Choice | Pick, ahead: TypeAhead, event: events.Key) -> None:
    """Choose by a typed letter, or take the last one back; what fits no name leaves what was chosen."""
    if event.key == "backspace" and (ahead.typed or field.refused):
        name = ahead.take_back(event.time)
        field.refuse("")
        field.post_message(LettersTyped(field, ahead.waiting))
    elif event.character is not None and _is_of_a_name(event.character, ahead, event.time):
        name = ahead.add(event.character, event.time, field.names, field.at_hand, field.means)
        field.post_message(LettersTyped(field, ahead.waiting))
        if name is None:
            _take_back_choice(field, ahead)
        else:
            field.refuse("")
    else:
        return
    event.stop()  # a letter that begins no name is a slip, not the key of a command or place
    event.prevent_default()
    if name is not None:
        field.take(name)


def _take_back_choice(field: Choice | Pick, ahead: TypeAhead) -> None:
    """Leave the name that was chosen before a word that fits nothing: its first letters chose another."""
    before = ahead.before_word(field.at_hand)
    if before != field.at_hand:
        field.take(before)
    else:
        field.show_letters(field.chosen)
    field.refuse(ahead.typed, field.chosen if isinstance(field, Pick) and field.expanded else before)


def _is_of_a_name(character: str, ahead: TypeAhead, at: float) -> bool:
    """Return whether a character is part of a name: a blank right behind letters takes nothing else."""
    return character.isalnum() or (character == " " and ahead.goes_on(at))


def settle(field: Choice | Pick, ahead: TypeAhead) -> None:
    """Take the first of the names that the letters leave open: enter has the last word."""
    if ahead.waiting:
        field.choose(ahead.waiting[0])
        ahead.forget()
        field.show_letters(field.chosen)
        field.post_message(LettersTyped(field))
