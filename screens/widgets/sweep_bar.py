"""The bar for a desk that nothing has swept for long: what is timed waits."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from dispatch.queries.wording import short_moment

READ_ONLY = "read only here: run astra sweep where it is writable"
FAILS = "this application failed to; run astra doctor"


class SweepBar(Static):
    """A bar shown while nothing does what is due at the desk."""

    DEFAULT_CSS = """
    SweepBar { display: none; height: auto; padding: 0 1; background: $warning; color: $background; }
    """

    def __init__(self) -> None:
        super().__init__(Content(""), id="unswept")
        self._said = ""

    def show(self, since: str, *, is_read_only: bool) -> None:
        """Show the time of the last sweep; "" hides the bar."""
        when, why = short_moment(since), READ_ONLY if is_read_only else FAILS
        said = f"Not swept since {when}: breaks, offers, claims and issues wait; {why}" if since else ""
        if said != self._said:
            self._said = said
            self.update(Content(said))
            self.display = bool(said)
