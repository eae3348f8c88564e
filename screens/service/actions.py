"""Actions on the issue under the cursor."""

from __future__ import annotations

from collections.abc import Callable

from dispatch.desk.desk import Desk
from dispatch.service.issues import editing, escalation_commands, lifecycle, ownership, queries
from dispatch.service.row_types import IssueDetails, IssueRow, IssueStory
from dispatch.service.wording import category, status
from models.errors import Refused
from models.hints import act
from models.issues import IN_PROGRESS, PENDING_CUSTOMER
from screens.base import keys
from screens.service import forms
from screens.service.category_chooser import ChooseCategory
from screens.service.detail import describe_issue, read_issue, why_text
from screens.service.issue_panel import IssuePanel
from screens.service.new_issue import NewIssue
from screens.service.possible import RULES
from screens.shell.row_actions import RowActions, Said, at_once, on_chosen, with_form
from screens.wording.issues import about_issue, customer, describe, describe_briefly


def _described(word: str, issue: IssueDetails) -> Said:
    return describe(word, issue), describe_briefly(word, issue)


class IssueActions(RowActions[IssueRow, IssueDetails]):
    NUMBER = "issue_id"
    ENTER = "read"
    POSSIBLE = RULES
    NOTHING_CHOSEN = "No issue selected: move to one first"

    def read_row(self, number: int) -> IssueDetails:
        return queries.issue(self.backend.desk, number)

    def describe_done(self, word: str, row: IssueDetails) -> Said:
        if word == "Resolved":  # it leaves the open ones, and the score is the next to come
            return (
                f"{word} {row['issue_id']}: {keys.key_of(self.app, 'issue.rate')} scores it",
                describe_briefly(word, row),
            )
        return _described(word, row)

    def _is_over(self, row: IssueDetails) -> None:
        if not RULES["rate"](row):
            hint = "{issue.resolve} resolves it; the score comes then"
            raise Refused("not_resolved", f"issue {row['issue_id']} is {status(row)}", hint)

    def action_open_issue(self) -> None:
        def opened(issue: IssueDetails) -> None:
            self.say_done(*_described("Opened", issue))
            self.host.show_issue(issue["issue_id"])

        self.open(NewIssue(), opened)

    @on_chosen
    def action_claim(self, row: IssueRow) -> None:
        agent_id = row["agent_id"] if row["agent_id"] is not None else self.host.my_agent_id
        hint = f"{act('place.my-desk')}, then {act('desk.agent')} chooses"

        def claim(desk: Desk, number: int) -> IssueDetails:
            if agent_id is None:
                raise Refused("waiting", f"issue {number} is unassigned; choose your desk first", hint)
            return ownership.claim(desk, number, agent_id)

        self.do_with(row, "Claimed", claim, verb="claim")

    @on_chosen
    def action_wait(self, row: IssueRow) -> None:
        """Pause or restart its clock, once the key is pressed again."""
        is_paused = row["status"] == PENDING_CUSTOMER
        following = IN_PROGRESS if is_paused else PENDING_CUSTOMER

        def change() -> None:
            self.do_with(
                row,
                "",
                lambda desk, number: lifecycle.set_status(desk, number, following),
                lambda _, issue: _described(status(issue).capitalize(), issue),
            )

        if not RULES["wait"](row):
            change()  # refused in the desk's words
            return
        what = f"{'restart' if is_paused else 'pause'} the clock of issue {row['issue_id']}"
        self.host.ask_again("issue.wait", what, change)

    action_close_issue = at_once("Closed", lifecycle.close, "close_issue")

    @on_chosen
    def action_acknowledge(self, row: IssueRow) -> None:
        """Stop its escalations, which cannot be undone, once the key is pressed again."""
        if not RULES["acknowledge"](row):
            why = "is already acknowledged" if row["escalation_acknowledged"] else "is not escalated"
            self.say(f"Issue {row['issue_id']} {why}", severity="warning")
            return
        what = f"acknowledge the escalations of issue {row['issue_id']}"
        command = escalation_commands.acknowledge
        self.host.ask_again("issue.acknowledge", what, lambda: self.do_with(row, "Acknowledged", command))

    @on_chosen
    def action_category(self, row: IssueRow) -> None:
        number = row["issue_id"]

        def chosen(name: str) -> None:
            self.host.perform(
                lambda desk: editing.edit(desk, number, category=name),
                lambda issue: learns(*_described(category(issue).capitalize(), issue)),
            )

        def learns(text: str, brief: str) -> None:
            self.say_done(f"{text}; triage learns from it", brief)

        self.open(ChooseCategory(row), chosen)

    action_reply = with_form("Replied to", forms.reply_form, verb="reply")
    action_note = with_form("Added a note to", forms.note_form)
    action_resolve = with_form("Resolved", forms.resolve_form, verb="resolve")
    action_escalate = with_form("Escalated", forms.escalate_form, verb="escalate")
    action_settle = with_form("Settled", forms.settle_form, verb="settle")
    action_reopen = with_form("Reopened", forms.reopen_form, verb="reopen")
    action_rate = with_form("Scored", forms.rate_form, needs=_is_over, verb="rate")
    action_edit = with_form("Saved", forms.edit_form)
    action_reassign = with_form("Reassigned", forms.reassign_form, verb="reassign")

    def action_why(self) -> None:
        def why(issue: IssueStory) -> IssuePanel:
            title = f"Why issue {issue['issue_id']} is {issue['priority'].lower()}"
            return IssuePanel(title, why_text(issue), issue)

        self._with_panel(why)

    def action_read(self) -> None:
        """Show the whole issue, with every message."""

        def whole(issue: IssueStory) -> IssuePanel:
            return IssuePanel(f"Issue {issue['issue_id']}", describe_issue(issue), issue)

        self._with_panel(whole)

    @on_chosen
    def _with_panel(self, row: IssueRow, panel: Callable[[IssueStory], IssuePanel]) -> None:
        """Open a panel about the issue; a verb that is asked for there is done here."""
        desk, number = self.backend.desk, row["issue_id"]
        self.open_made(lambda: panel(read_issue(desk, number)), self._act)

    def _act(self, action: str) -> None:
        getattr(self, f"action_{action}")()

    @on_chosen
    def action_go_to_booking(self, row: IssueRow) -> None:
        if row["booking_id"] is not None:
            self.host.show_booking(row["booking_id"])
        else:
            self.say(f"Issue {row['issue_id']} has no linked booking", severity="warning")

    @on_chosen
    def action_customer(self, row: IssueRow) -> None:
        if row["customer_id"] is not None:
            self.open_customer(row["customer_id"])
        else:
            self.say(f"Issue {row['issue_id']} has no customer yet", severity="warning")

    @on_chosen
    def action_issue_log(self, row: IssueRow) -> None:
        self.host.show_log(f"issue:{row['issue_id']}")

    @on_chosen
    def action_copy(self, row: IssueRow) -> None:
        self.copy(
            f"Issue {row['issue_id']}, {customer(row)}: {row['title']}, {about_issue(row)}, "
            f"{status(row)}, {row['agent_name'] or 'waiting for an agent'}"
        )
