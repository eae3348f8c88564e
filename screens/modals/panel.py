"""A panel to read: why, help, or an error; it can be copied and is closed with escape."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from screens.modals.modal import Modal
from screens.text import moment

Row = dict[str, object]


class Panel(Modal[None]):
    """Text in a frame."""

    CSS_PATH = "panel.tcss"
    BINDINGS = [
        Binding("escape,enter,q", "close", "Close", id="panel.close", tooltip="Back to where you were"),
        Binding("y", "copy", "Copy", id="panel.copy", tooltip="Copy the text to the clipboard (OSC 52)"),
    ]

    def __init__(self, title: str, text: Text, *, error: bool = False) -> None:
        super().__init__(classes="-error" if error else "")
        self._heading = title
        self._text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="panel"):
            yield Static(self._text)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        panel = self.query_one("#panel")
        panel.border_title = Content(self._heading)
        panel.focus()

    def action_close(self) -> None:
        self.leave()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._text.plain)
        self.app.notify("Copied", markup=False)


def why_panel(why: dict[str, object]) -> Panel:
    """The decision about a booking: who won and by which keys, who came next, who was kept out."""
    text = Text(overflow="fold")
    text.append(f"{why['agent_name'] or 'Nobody'}", "bold")
    text.append(f"\n{why['reason']}\n")
    if why["policy"]:
        decided = f"{why['policy']} policy, settings version {why['settings_version']}"
        text.append(f"\nDecided {moment(str(why['decided_at']))} by {decided}\n", "dim")
    candidates = [why["winner"], *_rows(why, "next")] if why.get("winner") else []
    for position, row in enumerate(candidates, start=1):
        text.append("\n")
        text.append_text(_candidate(position, row if isinstance(row, dict) else {}))
    for row in _rows(why, "excluded"):
        text.append(f"\nkept out: {row['agent_name']} ({row['agent_id']}): {row['rule']}", "yellow")
    if isinstance(match := why.get("match"), dict):
        text.append_text(_score_now(match))
    return Panel(f"Why booking {why['booking_id']} is where it is", text)


def _score_now(match: Row) -> Text:
    """The parts of the winner's score: they were not kept, so they are those of now."""
    from screens.modals.match_panels import contributions

    parts = match["contributions"]
    head = f"\n\nThe score by the figures of now ({match['weights']} weights): {match['match_score']:.1f}\n"
    return Text(head, "bold").append_text(contributions(parts if isinstance(parts, dict) else {}))


def _rows(why: dict[str, object], key: str) -> list[dict[str, object]]:
    rows = why.get(key)
    return rows if isinstance(rows, list) else []


def _candidate(position: int, row: dict[str, object]) -> Text:
    keys = [
        f"{name.replace('_', ' ')} {value}"
        for name, value in row.items()
        if name not in ("agent_id", "agent_name")
    ]
    line = Text(f"{position:>3}  {row['agent_name']} ({row['agent_id']})", "bold" if position == 1 else "")
    return line.append("  " + ", ".join(keys), "dim")
