"""Three ways to fill an empty desk: files, a demo, or a first agent."""

from __future__ import annotations

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.base.keys import hidden, key
from screens.dialogs.transient_modal import TransientModal

WAYS = {
    "import_files": ("Import files", "agents, assignments and bookings: CSV, JSON, SQL, .xlsx"),
    "fill_demo": ("Make it a demo desk", "30 agents and 412 bookings to try; they stay in this file"),
    "add_first_agent": ("Add an agent", "so that leads have somebody to go to"),
}
ONLY_EMPTY = "fill_demo"


class FirstSteps(TransientModal[str | None]):
    """A modal that closes with the chosen action, or None."""

    FRAME = "steps"
    BINDINGS = [
        key("start.close", "escape", "Close", "Back to where you were"),
        hidden("start.up", "up", "Up", "The option above", "move(-1)"),
        hidden("start.down", "down", "Down", "The option below", "move(1)"),
        key("start.take", "enter", "Choose", "Choose the highlighted option"),
    ]

    _options = getters.query_one(OptionList)

    def __init__(self, *, is_empty: bool) -> None:
        super().__init__("This desk is empty" if is_empty else "Add to this desk")
        self._is_empty = is_empty

    def body(self) -> ComposeResult:
        if self._is_empty:
            yield Static("No agents and no bookings yet. Three ways to begin:", id="about")
        ways = (
            Option(Content.assemble((title, "bold"), f"\n  {text}"), id=action)
            for action, (title, text) in WAYS.items()
            if self._is_empty or action != ONLY_EMPTY
        )
        options = OptionList(*ways, markup=False, compact=True)
        options.can_focus = False  # its own enter would hide the one in the footer
        yield options

    def on_mount(self) -> None:
        self._options.highlighted = 0

    @on(OptionList.OptionSelected)
    def action_take(self) -> None:
        self.leave(self._options.get_option_at_index(self._options.highlighted or 0).id)

    def action_move(self, step: int) -> None:
        self._options.highlighted = ((self._options.highlighted or 0) + step) % self._options.option_count
