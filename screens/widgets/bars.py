"""The top line (place, desk, time) and the bottom line (keys, totals)."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from dispatch.queries.totals import Totals
from screens.base.harmless_text import visible
from screens.base.keys import PLACES, TITLES, key_of
from screens.base.messages import PlaceChosen
from screens.widgets.key_line import KeyLine
from screens.widgets.message_line import SpeakingLine
from screens.widgets.steady_text import SteadyText
from screens.wording.text import short

NAME = "Astra"
NAME_CELLS = len(NAME) + 2
OPEN = "open"
NOT_CONNECTED = "not connected"
OPEN_DESK = "Open desk: it has no users, so anybody here may do everything"
NAME_WIDTH = 20  # of a person or a file: there is room for others


class PlaceTab(Static):
    """One place's name; a click goes there."""

    DEFAULT_CSS = """
    PlaceTab { width: auto; padding: 0 1; color: $text-muted; pointer: pointer; }
    PlaceTab:hover { color: $foreground; text-style: underline; }
    PlaceTab.-new { color: $accent; text-style: bold; }
    PlaceTab.-here { color: $background; background: $primary; text-style: bold; }
    """

    def __init__(self, place: str, key: str, here: bool) -> None:
        super().__init__(Content(TITLES[place]), classes="-here" if here else "")
        self.place = place
        self._label = TITLES[place]
        self.tooltip = key

    @property
    def cells(self) -> int:
        return len(self._label) + 2

    def count(self, new: int) -> None:
        """Show the number of new items there."""
        label = f"{TITLES[self.place]} {new}" if new else TITLES[self.place]
        if label != self._label:
            self._label = label
            self.set_class(bool(new), "-new")
            self.update(Content(label))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(PlaceChosen(self.place))


@dataclass(frozen=True)
class Heading:
    """The text of the top bar: ``agent`` is the name of the chosen one or "", ``new`` their unseen work."""

    policy: str
    actor: str
    agent: str
    desk: str
    address: str
    moment: str
    new: int = 0
    is_read_only: bool = False
    is_open: bool = False
    is_lost: bool = False

    def fitting(self, width: int) -> str:
        """Return what fits into a line: the policy is dropped first, then the date, then the agent.

        An open desk, on which anybody can be anybody, says so in every width, and a lost one that it is.
        """
        desk = short(visible(self.desk), NAME_WIDTH)
        day, _, hour = self.moment.rpartition(" ")
        date = f"{day.rpartition(' ')[0]} {hour}"
        if self.is_read_only:
            desk += " (read-only)"
        if self.is_open:
            desk += f" ({OPEN})"
        actor = short(self.actor, NAME_WIDTH)
        who = f"{actor} ({short(self.agent, NAME_WIDTH)})" if self.agent else actor
        lines: tuple[tuple[str, ...], ...] = (
            (self.policy, who, desk, self.moment),
            (who, desk, self.moment),
            (who, desk, date),
            (who, desk, hour),
            (actor, desk, hour),
            (OPEN if self.is_open else actor, hour),
        )
        if self.is_lost:
            lines = tuple((NOT_CONNECTED, *line) for line in ((who, desk, hour), (desk, hour), (hour,), ()))
        texts = ("  ".join(parts) for parts in lines)
        return next((text for text in texts if cell_len(text) <= width), hour)

    @property
    def whole(self) -> str:
        """The full text, for a tooltip."""
        agent = f"\nMy desk is {self.agent}'s" if self.agent else ""
        whose = f"\n{OPEN_DESK}" if self.is_open else ""
        return f"Signed as {self.actor}{agent}\n{self.address}{whose}\n{self.policy}: a click chooses another"


class TopBar(Horizontal):
    """Astra, the places, and on the right the agent, the desk and its clock."""

    DEFAULT_CSS = """
    TopBar { dock: top; height: 1; background: $panel; }
    TopBar > .name { width: auto; padding: 0 1; text-style: bold; color: $accent; }
    TopBar > .info { width: 1fr; text-align: right; padding: 0 1; color: $text-muted; }
    TopBar > .info.-lost { color: $error; text-style: bold; }
    """

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place
        self._heading: Heading | None = None

    def compose(self) -> ComposeResult:
        yield Static(Content(NAME), classes="name")
        for place, number in PLACES.items():
            yield PlaceTab(place, f"f{number + 1}", place == self._place)
        yield PlaceTab("log", "h", self._place == "log")
        yield SteadyText(classes="info")

    def show(self, heading: Heading) -> None:
        if self._heading != heading:
            self._heading = heading
            self.on_resize()

    def on_resize(self) -> None:
        if self._heading is None:
            return
        for tab in self.query(PlaceTab):
            tab.count(self._heading.new if tab.place == "my-desk" else 0)
        info = self.query_one(".info", Static)
        info.set_class(self._heading.is_lost, "-lost")
        info.update(Content(self._heading.fitting(self._room)))
        info.tooltip = Content(self._heading.whole)

    @property
    def _room(self) -> int:
        """The cells beside the names of the places."""
        return self.size.width - sum(tab.cells for tab in self.query(PlaceTab)) - NAME_CELLS - 2

    async def on_click(self, event: events.Click) -> None:
        """Choose another policy on a click on the right, where its name is shown."""
        heading = self._heading if event.widget is self.query_one(".info") else None
        if heading is not None and heading.fitting(self._room).startswith(heading.policy):
            await self.run_action("app.policy")


class EmptyDesk(Static):
    """A notice on an empty desk, with the way to begin; a click opens the three ways."""

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


WIDE, WIDE_IF_LATE = 110, 160  # cells from which on all counts are shown


class StatusBar(SpeakingLine):
    """The keys of the place, and the desk's totals with the invariant, computed at each change.

    A message takes the room of the totals while it is shown.
    """

    QUIET = ".help, .totals"

    DEFAULT_CSS = """
    StatusBar { background: $panel; }
    StatusBar > KeyLine { background: $panel; }
    StatusBar > .help { width: auto; margin-left: 1; background: $panel; }
    StatusBar > .totals { width: auto; padding: 0 1; background: $panel; color: $text-muted; }
    StatusBar > .totals.-drift { color: $error; text-style: bold; }
    """

    _totals: Totals | None = None

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Static(classes="help")
        yield SteadyText(Content(""), classes="totals")

    @on(KeyLine.Fitted)
    def show_help(self, message: KeyLine.Fitted) -> None:
        """Show the key of help, where all keys are; it is apart, so that the others cannot push it out."""
        self.query_one(".help", Static).update(
            Content.from_markup(
                "[@click=app.help][bold $footer-key-foreground]$key[/] more[/]",
                key=key_of(self.app, "help.letter" if message.takes_letters else "help"),
            )
        )

    def show(self, totals: Totals) -> None:
        """Show the totals, and the agents whose stored number of bookings is wrong, if any is."""
        self._totals = totals
        label = self.query_one(".totals", Static)
        label.set_class(bool(totals.drift), "-drift")
        label.tooltip = Content("Every agent's number of Pending bookings is stored right")
        self.on_resize()

    def on_resize(self) -> None:
        super().on_resize()
        if self._totals is not None:
            line, late = self._line(self._totals), _late(self._totals)
            shown = Content(line)
            if late:
                shown = Content(" · " if line else "").join(
                    [shown, Content.from_markup("[@click=app.alerts]$late[/]", late=late)]
                )
            self.query_one(".totals", Static).update(shown)

    def _line(self, totals: Totals) -> str:
        late = any(totals.late)
        wide = self.size.width >= (WIDE_IF_LATE if late else WIDE)
        waiting = f"{totals.waiting} waiting"
        if totals.seen_by_all:  # somebody has to act
            seen = f"{len(totals.seen_by_all)} seen by all"
            waiting = f"{waiting}, {seen}" if wide else seen
        counts = [waiting, f"{totals.pending} pending"]
        if totals.drift:  # it never should: where all is well, nothing is said
            names = ", ".join(map(str, totals.drift[:3])) + ("…" if len(totals.drift) > 3 else "")
            verdict = f"counts ≠ bookings: agent {names} ✗" if wide else "counts ✗"
        else:
            verdict = ""
        if wide:
            return " · ".join(filter(None, (*counts, verdict)))
        shown = counts[0] if totals.waiting else "" if late else counts[1]  # what is late has the room
        return f"{shown} {verdict}".strip()


def _late(totals: Totals) -> str:
    """Format what somebody is late with: ``2 due · 3 overdue · 1 rotten``; "" for nothing."""
    return " · ".join(f"{number} {word}" for word, number in totals.late._asdict().items() if number)
