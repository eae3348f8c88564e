"""How an empty desk comes to life: files, a demo, or a first agent."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.dialogs.transient_modal import TransientModal
from screens.widgets.key_line import KeyLine

WAYS = {
    "import_files": ("Import files", "agents, assignments and bookings: SQL, CSV or JSON lines"),
    "fill_demo": ("Make it a demo desk", "30 agents and 412 bookings to try; they stay in this file"),
    "add_first_agent": ("Add an agent", "then leads can be assigned"),
}
ONLY_EMPTY = "fill_demo"


class FirstSteps(TransientModal[str | None]):
    """Closes with the action that was chosen, or None."""

    DEFAULT_CSS = """
    FirstSteps { align: center middle; background: $background 60%; }
    FirstSteps > #steps {
        width: 66; max-width: 96%; height: auto; padding: 1 2;
        border: round $primary; border-title-style: bold; background: $surface;
    }
    FirstSteps OptionList { height: auto; border: none; padding: 0; background: $surface; }
    FirstSteps #about { height: auto; margin-bottom: 1; color: $text-muted; }
    """
    BINDINGS = [
        Binding("escape", "close", "Close", id="start.close", tooltip="Back to where you were"),
        Binding("up", "move(-1)", "Up", id="start.up", tooltip="The way above", show=False),
        Binding("down", "move(1)", "Down", id="start.down", tooltip="The way below", show=False),
        Binding("enter", "take", "Choose", id="start.take", tooltip="Go the highlighted way"),
    ]

    def __init__(self, *, is_empty: bool) -> None:
        super().__init__()
        self._is_empty = is_empty

    def compose(self) -> ComposeResult:
        with Vertical(id="steps"):
            about = "No agents and no bookings yet. Three ways to begin:" if self._is_empty else ""
            if about:
                yield Static(Content(about), id="about")
            options = OptionList(
                *(
                    Option(Content.assemble((title, "bold"), f"\n  {told}"), id=action)
                    for action, (title, told) in WAYS.items()
                    if self._is_empty or action != ONLY_EMPTY
                ),
                markup=False,
                compact=True,
            )
            options.can_focus = False  # its own enter would hide the one that the footer tells
            yield options
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#steps").border_title = Content(
            "This desk is empty" if self._is_empty else "Fill the desk"
        )
        self._options.highlighted = 0

    @property
    def _options(self) -> OptionList:
        return self.query_one(OptionList)

    @on(OptionList.OptionSelected)
    def action_take(self) -> None:
        self.leave(self._options.get_option_at_index(self._options.highlighted or 0).id)

    def action_move(self, step: int) -> None:
        self._options.highlighted = ((self._options.highlighted or 0) + step) % self._options.option_count

    def action_close(self) -> None:
        self.leave()
