"""What the screens expect of the application around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from textual.notifications import SeverityLevel

from dispatch.desk.desk import Desk
from dispatch.operations.row_types import DemoResult, ImportResult
from dispatch.views.row_types import ViewRow
from models.errors import DeskError
from screens.base.backend import Backend
from screens.base.drafts import Drafts
from screens.base.line_history import LineHistory
from screens.base.message_log import LOUD_S, News

if TYPE_CHECKING:
    from dispatch.matching.features import Terms

T = TypeVar("T")


class PlaceInSight(Protocol):
    """What the rest of the application needs of the place in sight."""

    NAME: ClassVar[str]

    @property
    def is_laid_out(self) -> bool:
        """Return whether its widgets are mounted."""

    def open_customer(self, customer_id: int) -> None:
        """Open a customer's card."""

    def show_time(self) -> None:
        """Show the time, and what is new, in the top bar."""


class Unseen(Protocol):
    """New work that the chosen agent has not seen yet."""

    @property
    def unseen(self) -> frozenset[int]:
        """The bookings that are new, or have fallen due, since the agent's desk was in sight."""

    def remind(self) -> None:
        """Look for follow-ups that have fallen due."""

    @property
    def name(self) -> str:
        """The agent's name."""

    def visited(self) -> None:
        """Mark the work as seen."""


class Views(Protocol):
    """The user's own saved views. Every method may be called from any thread."""

    def all(self) -> list[ViewRow]:
        """Return them by name."""

    def save(self, view: ViewRow) -> ViewRow:
        """Keep one, in the place of one of the same name. Raises InvalidInput if it cannot."""

    def delete(self, name: str) -> None:
        """Remove the one of that name. Raises InvalidInput if it cannot."""


class Host(Protocol):
    """The application, as a screen sees it; implemented by AstraApp."""

    backend: Backend
    my_agent_id: int | None

    @property
    def inbox(self) -> Unseen:
        """The chosen agent's unseen work."""

    is_redoable: bool
    """Whether there is something to redo."""

    pressed_at: float
    """When the last key was pressed, in seconds."""

    @property
    def letters(self) -> str:
        """The letters typed in a list without a pause, if nothing else was pressed since."""

    lost_since: str | None
    views: Views
    drafts: Drafts | None
    """The store of typed text; None for an application without a user."""

    lead: Terms | None
    """What is known of the lead in Dispatch's form; None if nothing that a score depends on."""

    @property
    def place(self) -> PlaceInSight | None:
        """The place in sight, or under the modal in sight."""

    @property
    def lines(self) -> LineHistory:
        """The lines typed at the command line."""

    came_from: str
    """The place visited before the one in sight."""

    def recall(self, key: str, default: T) -> T:
        """Return what was remembered for this user under a key, if it has the default's type."""

    def remember(self, key: str, value: str | bool | int | list[str]) -> None:
        """Keep a value for this user's next run."""

    def go(self, place: str) -> None:
        """Show a place."""

    def begin_lead(self, name: str) -> None:
        """Go to Dispatch, with a customer's name in the form."""

    def show_bookings(self, text: str) -> None:
        """Go to the queue, filtered by a text."""

    def show_booking(self, booking_id: int) -> None:
        """Go to the queue, with the cursor on a booking."""

    def show_issue(self, issue_id: int) -> None:
        """Go to the service desk, with the cursor on an issue."""

    def show_agent(self, agent_id: int) -> None:
        """Go to the roster, with the cursor on an agent."""

    def show_log(self, text: str) -> None:
        """Go to the log, filtered by a text."""

    def catch_up(self) -> None:
        """Add customers missing from the search index, a few at a time."""

    def show_desk_title(self, waiting: int) -> None:
        """Show the place and how much work waits in the window's title."""

    async def look_for_changes(self, *, own: bool = False) -> None:
        """Check now whether anything was committed, here or elsewhere, and notify the place in sight."""

    def ask(
        self,
        query: Callable[[], T],
        then: Callable[[T], object],
        refused: Callable[[DeskError], object] | None = None,
        *,
        opens: bool = False,
        beside: bool = False,
    ) -> None:
        """Read something in the background and pass it to ``then`` in the UI thread.

        If the answer ``opens`` a place or modal, keys typed meanwhile wait for it, and a database that
        cannot be read is also reported, unless the error goes to ``refused``. Slow queries go
        ``beside`` the others.
        """

    def perform(
        self,
        command: Callable[[Desk], T],
        then: Callable[[T], object] | None = None,
        refused: Callable[[DeskError], object] | None = None,
    ) -> None:
        """Run a command in the background, show what it changed, and pass on its result.

        A refusal goes to ``refused``, or is said on the message line.
        """

    def tell(
        self,
        text: str,
        *,
        hint: str = "",
        key: str = "",
        letter: str = "",
        severity: SeverityLevel = "information",
        seconds: float = LOUD_S,
        place: str = "",
        brief: str = "",
        is_progress: bool = False,
    ) -> None:
        """Say something on the message line; the text may hold anything that a person typed.

        What is no information is a refusal, whose ``hint`` says how to go on. ``key`` is what can be pressed
        now, or the word behind the key of the binding ``letter``. More ``seconds`` than usual are for what
        must not be missed. What is about a row or field of a ``place`` ends when that is left,
        what ``is_progress`` when something else is said. ``brief`` is for a line too short for the text.
        """

    def tell_done(self, text: str, brief: str = "") -> None:
        """Say what the user's own command did, and how to undo it if that is possible; ``brief`` as above."""

    def announce(self, *news: News) -> None:
        """Announce what others brought, with a bell if the user wants one; alike news become one message."""

    def show_messages(self) -> None:
        """Show what is said at present on the screen in sight."""

    def ask_again(self, about: str, what: str, do: Callable[[], object], *, reading_s: float = 0.0) -> None:
        """Do something if the key of a binding id has just been pressed for it, else ask to press it again.

        ``what`` completes "X again: ", and tells one question of the key from another. Any other key
        withdraws the question; the key itself must wait ``reading_s`` seconds.
        """

    def reverse(self, event_id: int | None = None, *, redo: bool = False) -> None:
        """Undo or redo an event, or else the last command; ask first unless it was just done in sight."""

    def importing(
        self, paths: Sequence[Path], dry_run: bool, progress: Callable[[int, int, str], None]
    ) -> Callable[[Desk], ImportResult]:
        """Return the command that imports files, or only checks them, with the result of ``astra import``."""

    def demo(self) -> Callable[[Desk], DemoResult]:
        """Return the command that fills an empty desk with a demo; it refuses any other."""

    def report(self, error: Exception) -> None:
        """Report an error: a refusal on the line, a lost database in a bar, anything else in a panel."""
