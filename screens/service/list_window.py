"""A window on the issues, by urgency or by change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from dispatch.desk.desk import Desk
from dispatch.service.issues import queries
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.row_types import IssueRow
from models.errors import NotFound
from models.issues import OPEN
from screens.base.list_window import ListWindow


@dataclass(frozen=True)
class IssueWindow(ListWindow[IssueFilter, IssueRow]):
    """A window on the issues; their time left is as of the desk's present moment."""

    which: IssueFilter = field(default_factory=IssueFilter)
    desk: Callable[[], Desk] = field(kw_only=True)

    def page(self, limit: int, beyond: IssueRow | None, *, upwards: bool = False) -> list[IssueRow]:
        return queries.issues(self.desk(), self.which, limit, beyond, upwards=upwards)

    def everything(self) -> Iterable[IssueRow]:
        return queries.each_issue(self.desk(), self.which)

    def at(self, number: int) -> tuple[IssueWindow, list[IssueRow]]:
        """Return the window from this issue on, of the open ones or of all; from the top without it."""
        try:
            row = queries.issue(self.desk(), number)
        except NotFound:  # another file has the database's path now
            return self.held()
        statuses = OPEN if row["status"] in OPEN else ()
        which = IssueFilter(statuses=statuses, sort=self.which.sort, reverse=self.which.reverse)
        # the place just before it: of two alike, the lower id comes first in most orders
        before = number + (1 if queries.is_newest_first(which) else -1)
        return replace(self, which=which, anchor=row | {"issue_id": before}).held()
