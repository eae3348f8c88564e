"""Finding an agent by a part of the name or by the id; the best ranked first, the unavailable last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import short_moment
from models.agents import AVAILABLE
from models.errors import InvalidInput
from screens.wording.agents import PRESENCE_SIGNS, load_bar
from screens.wording.text import CARE

MOST_SHOWN = 50
PICKER_LINES = 8  # of the input and as many agents as are in sight
NAME_WIDTH = 24
HERE = "●"  # beside the one who has it now


class AgentPicker(Vertical):
    """An input with the matching agents below it, available ones first; up and down choose, enter takes."""

    DEFAULT_CSS = """
    AgentPicker { height: auto; }
    AgentPicker > Input { background: $panel; }
    AgentPicker > OptionList { height: auto; max-height: 7; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class Picked(Message):
        """Enter was pressed on an agent, or without one in a picker that begins empty."""

    class Narrowed(Message):
        """Other agents are listed, or none: the one highlighted before may be gone."""

    def __init__(
        self,
        agents: Sequence[AgentRow],
        here: int | None = None,
        *,
        is_field: bool = False,
        begins_empty: bool = False,
        chosen: int | None = None,
        **kwargs: Any,
    ) -> None:
        """List agents; the present one, with the number ``here``, is marked, and the cursor begins there.

        In a form (``is_field``) nobody is chosen by passing it: that takes a key or a click in it, unless one
        is ``chosen`` at first. One that ``begins_empty`` has no cursor before that.
        """
        super().__init__(**kwargs)
        self._is_taken = chosen is not None
        self._begins_empty = begins_empty and chosen is None
        self._is_field = is_field
        self._here, self._first = here, chosen or here
        self._agents = sorted(agents, key=lambda row: row["presence"] != AVAILABLE)
        self._lines: list[Text] = []
        self._lit: int | None = None

    def compose(self) -> ComposeResult:
        yield Input(placeholder="name or No.", compact=True)
        options = OptionList(compact=True, markup=False)
        options.can_focus = False
        yield options

    def on_mount(self) -> None:
        self._list("")

    def focus(self, scroll_visible: bool = True) -> Self:
        """Put the cursor into the input."""
        self.query_one(Input).focus(scroll_visible)
        return self

    @property
    def value(self) -> str:
        """The highlighted agent's id as text, or "": in a form before somebody has typed or chosen here."""
        options = self.query_one(OptionList)
        if options.highlighted is None or (self._is_field and not self._is_taken):
            return ""
        return options.get_option_at_index(options.highlighted).id or ""

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._is_taken = bool(event.value.strip())
        self._list(event.value)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self._is_taken = True
        if self.value or self._begins_empty:
            self.post_message(self.Picked())

    @on(OptionList.OptionSelected)
    def _click(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._is_taken = True
        self.query_one(Input).focus()

    @on(OptionList.OptionHighlighted)
    def _light(self, event: OptionList.OptionHighlighted) -> None:
        """Take the colours off the line under the cursor: on its ground they could not be seen."""
        event.stop()
        lit = self.query_one(OptionList).highlighted
        for place in {self._lit, lit} - {None}:
            if place is not None and place < len(self._lines):
                line = self._lines[place]
                event.option_list.replace_option_prompt_at_index(
                    place, Text(line.plain) if place == lit else line
                )
        self._lit = lit

    def on_key(self, event: events.Key) -> None:
        options = self.query_one(OptionList)
        if event.key == "down":
            self._is_taken = True
            options.action_cursor_down()
            event.stop()
        elif event.key == "up":
            self._is_taken = True
            options.action_cursor_up()
            event.stop()

    def _list(self, text: str) -> None:
        words = text.lower().split()
        found = [row for row in self._agents if _matches(row, words)]
        found.sort(key=lambda row: not _begins(row, words))
        options = self.query_one(OptionList)
        options.clear_options()
        if not words:
            found.sort(key=lambda row: row["agent_id"] != self._first)
        shown = found[:MOST_SHOWN]
        self._lit, self._lines = None, agent_lines(shown, self._here)
        options.add_options(
            Option(line, id=str(row["agent_id"])) for row, line in zip(shown, self._lines, strict=True)
        )
        if found and (words or not self._begins_empty):
            options.highlighted = 0
        elif not found:
            options.add_option(Option(Text(f"No agent matches {text.strip()}", CARE), disabled=True))
        self.post_message(self.Narrowed())


def agent_lines(rows: Sequence[AgentRow], here: int | None = None) -> list[Text]:
    """Return a line for each agent, in columns: number, name, load, and rank or presence."""
    loads = [load_bar(row) for row in rows]
    load_cells = max((load.cell_len for load in loads), default=0)
    rank_cells = max((len(str(row["rank"])) for row in rows), default=0)
    lines = []
    for row, load in zip(rows, loads, strict=True):
        name = Text(row["name"])
        name.truncate(NAME_WIDTH, overflow="ellipsis", pad=True)  # in cells: 山 takes two
        mark = HERE if row["agent_id"] == here else " "
        line = Text(f"{mark}{row['agent_id']:>5}  ").append_text(name).append("  ")
        line.append_text(load).append(" " * (load_cells - load.cell_len))
        if row["presence"] != AVAILABLE:
            line.append(f"  {PRESENCE_SIGNS[row['presence']]} {row['presence']}", CARE)
        elif "absent_from" in row:
            line.append(f"  absent from {short_moment(row['absent_from'])}", CARE)
        else:
            line.append(f"  rank {row['rank']!s:>{rank_cells}}", "dim")
        lines.append(line)
    return lines


def _matches(row: AgentRow, words: list[str]) -> bool:
    text = f"{row['name']} {row['department']}".lower()
    return all(word in text or word == str(row["agent_id"]) for word in words)


def _begins(row: AgentRow, words: list[str]) -> bool:
    """Return whether a word of the name begins with the first one that is typed."""
    return bool(words) and any(word.startswith(words[0]) for word in row["name"].lower().split())


def picked(agent_id: str, field: str = "to") -> int:
    """Return the agent chosen in a picker. Raises InvalidInput."""
    if not agent_id:
        raise InvalidInput(field, "no agent chosen", "type part of the name, or the No.")
    return int(agent_id)
