"""The actions on several marked issues."""

from __future__ import annotations

from rich.text import Text

from dispatch.service.row_types import IssueBatch, IssueDetails, IssueRow
from screens.service import batch_forms as forms
from screens.service.actions import IssueActions
from screens.shell.marked_list import MarkedList
from screens.wording.consequences import ISSUE, after_a_batch


class MarkedIssues(MarkedList[IssueRow, IssueDetails], IssueActions):
    """A list of issues of which some are marked; r, e and x then apply to those."""

    NOUN = ISSUE
    FOR_MARKED = ("reassign", "edit", "close_issue")
    KEYS_OF_MARKED = "  {issue.reassign} reassign  {issue.edit} priority  {issue.close} close  {back} unmark"

    def describe_batch(self, result: IssueBatch, participle: str) -> Text:
        return after_a_batch(result, participle, ISSUE)

    def action_reassign(self) -> None:
        self.deal("Reassigned", forms.reassign_marked, super().action_reassign)

    def action_edit(self) -> None:
        self.deal("Set the priority of", forms.prioritise_marked, super().action_edit)

    def action_close_issue(self) -> None:
        self.deal("Closed", forms.close_marked, super().action_close_issue)
