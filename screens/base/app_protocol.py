"""What the screens expect of the application around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from textual.notifications import SeverityLevel

from dispatch.desk.desk import Desk
from models.errors import DeskError
from screens.base.backend import Backend
from screens.base.drafts import Drafts

if TYPE_CHECKING:
    from dispatch.matching.features import Terms

T = TypeVar("T")


class PlaceInSight(Protocol):
    """What the application's other parts need of the place in sight."""

    NAME: ClassVar[str]

    @property
    def is_laid_out(self) -> bool:
        """Are its widgets there?"""

    def tell_time(self) -> None:
        """Show the time, and what is new, in the top bar."""


class Unseen(Protocol):
    """New work for the chosen agent that nobody has looked at yet."""

    unseen: frozenset[int]

    @property
    def name(self) -> str:
        """Whose work it is."""

    def visited(self) -> None:
        """It has been looked at."""


class Host(Protocol):
    """The application, as a screen sees it; AstraApp is the one there is."""

    backend: Backend
    my_agent_id: int | None

    @property
    def inbox(self) -> Unseen:
        """New work that nobody has looked at yet."""

    lost_since: str | None
    drafts: Drafts | None
    """Where what is typed is kept; None where nothing of the user's is written."""

    lead: Terms | None
    """What is known of the lead in Dispatch's form; None where nothing is that a score depends on."""

    @property
    def place(self) -> PlaceInSight | None:
        """The place in sight, or under the modal in sight."""

    came_from: str
    """The place where one was before the one in sight."""

    def recall(self, key: str, default: T) -> T:
        """What this user's application remembered under a key, if it is of the default's kind."""

    def remember(self, key: str, value: str | bool | int | list[str]) -> None:
        """Keep a value for this user's next run."""

    def go(self, place: str) -> None:
        """Show a place."""

    def show_bookings(self, text: str) -> None:
        """Go to the queue, filtered by a text."""

    def show_booking(self, booking_id: int) -> None:
        """Go to the queue, with the cursor on a booking."""

    def show_issue(self, issue_id: int) -> None:
        """Go to the service desk, with the cursor on an issue."""

    def show_log(self, text: str) -> None:
        """Go to the log, filtered by a text."""

    def catch_up(self) -> None:
        """Take customers who are missing in the search index into it, a little at a time."""

    async def look_for_changes(self, *, own: bool = False) -> None:
        """Find out now whether anybody, oneself for one, has committed, and tell the place in sight."""

    def ask(
        self,
        query: Callable[[], T],
        then: Callable[[T], object],
        refused: Callable[[DeskError], object] | None = None,
        *,
        opens: bool = False,
        beside: bool = False,
    ) -> None:
        """Read something in the background and go on with it in the UI thread.

        What is typed before the answer waits for it if the answer ``opens`` a place or modal; then a
        database that cannot be read is told in a toast too, unless the error goes to ``refused``. What takes
        long goes ``beside`` the other queries.
        """

    def perform(
        self,
        command: Callable[[Desk], T],
        then: Callable[[T], object] | None = None,
        refused: Callable[[DeskError], object] | None = None,
    ) -> None:
        """Run a command in the background, show what it changed, and go on with its result.

        What the desk refuses goes to ``refused``, or is told in a toast.
        """

    def tell(self, text: str, *, severity: SeverityLevel = "information", timeout: float = 5) -> None:
        """Show a toast; the text may hold anything that a person typed."""

    def announce(self, text: str) -> None:
        """Tell what has come: a toast that stays beside the others, and a bell, as the person likes it."""

    def importing(
        self, paths: Sequence[Path], dry_run: bool, progress: Callable[[int, int, str], None]
    ) -> Callable[[Desk], dict[str, Any]]:
        """The command that imports files, or only checks them; its result is that of ``astra import``."""

    def demo(self) -> Callable[[Desk], dict[str, Any]]:
        """The command that fills an empty desk with a demo; it refuses any other."""

    def report(self, error: Exception) -> None:
        """Tell an error: a refusal as a toast, a lost database in a bar, anything else in a panel."""
