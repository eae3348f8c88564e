"""What the screens expect of the application around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from textual.notifications import SeverityLevel

from dispatch.desk import Desk
from models.errors import DeskError
from screens.backend import Backend
from screens.drafting import Drafts

T = TypeVar("T")


class Host(Protocol):
    """The application, as a screen sees it; AstraApp is the one there is."""

    backend: Backend
    my_agent_id: int | None
    drafts: Drafts | None
    """Where what is typed is kept; None where nothing of the user's is written."""

    def go(self, place: str) -> None:
        """Show a place."""
        ...

    def show_bookings_of(self, agent_id: int) -> None:
        """Go to the queue, filtered by an agent."""
        ...

    def show_booking(self, booking_id: int) -> None:
        """Go to the queue, to one booking."""
        ...

    def ask(self, query: Callable[[], T], then: Callable[[T], object], *, opens: bool = False) -> None:
        """Read something in the background and go on with it in the UI thread.

        What is typed before the answer waits for it if the answer ``opens`` a place or modal.
        """
        ...

    def perform(
        self,
        command: Callable[[Desk], T],
        then: Callable[[T], object] | None = None,
        refused: Callable[[DeskError], object] | None = None,
    ) -> None:
        """Run a command in the background, show what it changed, and go on with its result.

        What the desk refuses goes to ``refused``, or is told in a toast.
        """
        ...

    def tell(self, text: str, *, severity: SeverityLevel = "information", timeout: float = 5) -> None:
        """Show a toast; the text may hold anything that a person typed."""
        ...

    def report(self, error: Exception) -> None:
        """Tell an error: a refusal as a toast, a lost database in a bar, anything else in a panel."""
        ...
