"""What can be done with the issue under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.screen import ModalScreen

from dispatch import queries as desk_queries
from dispatch.desk.desk import Desk
from dispatch.service.issues import editing, escalation_commands, lifecycle, ownership, queries
from dispatch.service.row_types import IssueDetails, IssueRow, IssueStory
from dispatch.service.wording import category, status
from models.errors import Refused
from models.issues import IN_PROGRESS, PENDING_CUSTOMER
from screens.base.keys import key_of
from screens.dialogs.panel import Panel
from screens.service import forms
from screens.service.category_chooser import ChooseCategory
from screens.service.detail import described, issue_query, why_text
from screens.service.new_issue import NewIssue
from screens.shell.desk_screen import Place
from screens.wording.issues import customer, told


class IssueActions(Place):
    """A place with issues. A subclass tells which one is chosen."""

    def chosen_issue(self) -> IssueRow | None:
        """The issue that a key is meant for."""
        raise NotImplementedError

    def action_open_issue(self) -> None:
        def closed(issue: IssueDetails | None) -> None:
            if issue is not None:
                self.say(told("Opened", issue))
                self.host.show_issue(issue["issue_id"])

        self.open(NewIssue(), closed)

    def action_claim(self) -> None:
        self._at_once("Claimed", self._claim)

    def _claim(self, row: IssueRow) -> Callable[[Desk], IssueDetails]:
        agent_id = row["agent_id"] if row["agent_id"] is not None else self.host.my_agent_id
        if agent_id is None:
            keys = f"{key_of(self.app, 'place.my-desk')}, then {key_of(self.app, 'desk.agent')}"
            raise Refused(
                "waiting", f"issue {row['issue_id']} waits, and you are no agent yet", f"{keys} chooses"
            )
        return lambda desk: ownership.claim(desk, row["issue_id"], agent_id)

    def action_wait(self) -> None:
        """In progress and waiting for the customer take turns."""

        def command(row: IssueRow) -> Callable[[Desk], IssueDetails]:
            following = IN_PROGRESS if row["status"] == PENDING_CUSTOMER else PENDING_CUSTOMER
            return lambda desk: lifecycle.set_status(desk, row["issue_id"], following)

        self._at_once("", command, lambda _, issue: told(status(issue).capitalize(), issue))

    def action_close_issue(self) -> None:
        self._at_once("Closed", lambda row: lambda desk: lifecycle.close(desk, row["issue_id"]))

    def action_acknowledge(self) -> None:
        self._at_once(
            "Acknowledged", lambda row: lambda desk: escalation_commands.acknowledge(desk, row["issue_id"])
        )

    def action_category(self) -> None:
        row = self._chosen()
        if row is None:
            return
        number = row["issue_id"]

        def chosen(name: str | None) -> None:
            if name is not None:
                self.host.perform(
                    lambda desk: editing.edit(desk, number, category=name),
                    lambda issue: self.say(f"{told(category(issue).capitalize(), issue)}; triage learns it"),
                )

        self.open(ChooseCategory(row), chosen)

    def action_reply(self) -> None:
        self._with_form("Said", forms.reply_form)

    def action_note(self) -> None:
        self._with_form("Noted", forms.note_form)

    def action_resolve(self) -> None:
        self._with_form("Resolved", forms.resolve_form)

    def action_escalate(self) -> None:
        self._with_form("Escalated", forms.escalate_form)

    def action_settle(self) -> None:
        self._with_form("Settled", forms.settle_form)

    def action_reopen(self) -> None:
        self._with_form("Reopened", forms.reopen_form)

    def action_rate(self) -> None:
        self._with_form("Scored", forms.rate_form)

    def action_edit(self) -> None:
        self._with_form("Saved", forms.edit_form)

    def action_reassign(self) -> None:
        self._with_form("Reassigned", lambda issue: forms.reassign_form(issue, desk_queries.list_agents()))

    def action_why(self) -> None:
        self._with_panel(
            lambda issue: Panel(f"Why issue {issue['issue_id']} is where it is", why_text(issue))
        )

    def action_read(self) -> None:
        """The whole issue, with every word that was said."""
        self._with_panel(lambda issue: Panel(f"Issue {issue['issue_id']}", described(issue)))

    def action_go_to_booking(self) -> None:
        row = self._chosen()
        if row is not None and row["booking_id"] is not None:
            self.host.show_booking(row["booking_id"])
        elif row is not None:
            self.say(f"Issue {row['issue_id']} is about no booking", severity="warning")

    def action_customer(self) -> None:
        row = self._chosen()
        if row is not None and row["customer_id"] is not None:
            self.open_customer(row["customer_id"])
        elif row is not None:
            self.say(f"Nobody knows yet whose issue {row['issue_id']} is", severity="warning")

    def action_issue_log(self) -> None:
        row = self._chosen()
        if row is not None:
            self.host.show_log(f"issue:{row['issue_id']}")

    def action_copy(self) -> None:
        row = self._chosen()
        if row is not None:
            self.copy(
                f"Issue {row['issue_id']}, {customer(row)}: {row['title']}, {row['priority']} "
                f"{category(row)}, {status(row)}, {row['agent_name'] or 'waiting for an agent'}"
            )

    def _chosen(self) -> IssueRow | None:
        row = self.chosen_issue()
        if row is None:
            self.say("No issue is chosen: move the cursor to one first", severity="warning")
        return row

    def _at_once(
        self,
        word: str,
        command: Callable[[IssueRow], Callable[[Desk], IssueDetails]],
        tell: Callable[[str, IssueDetails], str] = told,
    ) -> None:
        self.perform_on(self._chosen(), command, partial(tell, word))

    def _with_form(self, word: str, form: Callable[[IssueDetails], ModalScreen[IssueDetails | None]]) -> None:
        """Open a form for the issue as it is now, not as the list last saw it."""
        row = self._chosen()
        if row is None:
            return

        number, desk = row["issue_id"], self.backend.desk
        self.open_form(lambda: form(queries.issue(desk, number)), partial(told, word))

    def _with_panel(self, panel: Callable[[IssueStory], Panel]) -> None:
        row = self._chosen()
        if row is None:
            return

        def show(issue: IssueStory | None) -> None:
            if issue is not None:
                self.open(panel(issue))

        self.host.ask(issue_query(self.backend.desk, row["issue_id"]), show, opens=True)
