"""The line on top (where you are, whose desk, which time) and the line at the bottom (keys, totals)."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Footer, Static

from dispatch.views import Totals
from screens.keys import PLACES, TITLES, key_of
from screens.messages import PlaceChosen


class PlaceTab(Static):
    """One place's name; a click goes there."""

    DEFAULT_CSS = """
    PlaceTab { width: auto; padding: 0 1; color: $text-muted; pointer: pointer; }
    PlaceTab:hover { color: $foreground; text-style: underline; }
    PlaceTab.-here { color: $background; background: $primary; text-style: bold; }
    """

    def __init__(self, place: str, number: int, here: bool) -> None:
        super().__init__(Content(TITLES[place]), classes="-here" if here else "")
        self.place = place
        self.tooltip = f"f{number + 1}"

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(PlaceChosen(self.place))


class TopBar(Horizontal):
    """Astra, the places, and on the right the policy and the desk's clock."""

    DEFAULT_CSS = """
    TopBar { dock: top; height: 1; background: $panel; }
    TopBar > .name { width: auto; padding: 0 1; text-style: bold; color: $accent; }
    TopBar > .info { width: 1fr; text-align: right; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place
        self._told: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(Content("Astra"), classes="name")
        for number, place in enumerate(PLACES, start=1):
            yield PlaceTab(place, number, place == self._place)
        yield Static(Content(""), classes="info")

    def tell(self, policy: str, actor: str, moment: str) -> None:
        """Show policy, who is at work, and the desk's time as the terminal's zone has it."""
        if self._told != (policy, actor, moment):
            self._told = (policy, actor, moment)
            self.on_resize()

    def on_resize(self) -> None:
        parts = self._told if self.size.width >= 90 else self._told[-1:]
        self.query_one(".info", Static).update(Content("   ".join(parts)))


class EmptyDesk(Static):
    """Tells that nothing is there yet, and how to begin; a click opens the three ways."""

    DEFAULT_CSS = """
    EmptyDesk { display: none; height: 1; padding: 0 1; background: $primary 20%; pointer: pointer; }
    """

    def on_mount(self) -> None:
        self.update(
            Content.from_markup(
                "This desk is empty. [bold $accent]$key[/], or a click here: "
                "import files, a demo, a first agent",
                key=key_of(self.app, "first_steps"),
            )
        )

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        await self.run_action("app.first_steps")


class StatusBar(Horizontal):
    """The keys of the place, and the desk's totals with the invariant, computed at each change."""

    DEFAULT_CSS = """
    StatusBar { dock: bottom; height: 1; background: $panel; }
    StatusBar > Footer { dock: none; width: 1fr; background: $panel; }
    StatusBar > .help { width: auto; margin-left: 1; background: $panel; }
    StatusBar > .totals { width: auto; padding: 0 1; background: $panel; color: $text-muted; }
    StatusBar > .totals.-drift { color: $error; text-style: bold; }
    """

    _totals: Totals | None = None

    def compose(self) -> ComposeResult:
        yield Footer(show_command_palette=False, compact=True)
        yield Static(classes="help")
        yield Static(Content(""), classes="totals")

    def on_mount(self) -> None:
        """Help stands apart from the other keys, where no number of them can push it out."""
        keys = self.screen.active_bindings.values()
        key = next((self.app.get_key_display(one.binding) for one in keys if one.binding.id == "help"), "f1")
        self.query_one(".help", Static).update(
            Content.from_markup("[@click=app.help][bold $footer-key-foreground]$key[/] Help[/]", key=key)
        )

    def tell(self, totals: Totals) -> None:
        """Show the totals; ``load = bookings`` is true or the agents are named whose load is not."""
        self._totals = totals
        label = self.query_one(".totals", Static)
        label.set_class(bool(totals.drift), "-drift")
        label.tooltip = Content("Every agent's load is the number of their Pending bookings")
        self.on_resize()

    def on_resize(self) -> None:
        if self._totals is not None:
            self.query_one(".totals", Static).update(Content(self._line(self._totals)))

    def _line(self, totals: Totals) -> str:
        wide = self.size.width >= 110
        counts = [f"{totals.waiting} waiting", f"{totals.pending} pending"]
        if totals.drift:
            names = ", ".join(map(str, totals.drift[:3])) + ("..." if len(totals.drift) > 3 else "")
            verdict = f"load ≠ bookings: agent {names} ✗" if wide else "load ✗"
        else:
            verdict = "load = bookings ✓" if wide else "✓"
        return " · ".join((*counts, verdict)) if wide else f"{counts[0 if totals.waiting else 1]} {verdict}"
