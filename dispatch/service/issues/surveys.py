"""Customers' ratings of the agent who resolved their issue; they count in that agent's own ratings."""

from __future__ import annotations

from dispatch.customers.records import refuse_erased
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.service.issues import queries
from dispatch.service.issues.command_support import issue_at_work
from dispatch.service.row_types import IssueDetails
from models.base import CompiledQuery, parameter
from models.errors import Refused
from models.hints import act
from models.issues import Issue, Survey

_survey = CompiledQuery(
    lambda: Survey.select(Survey.survey_id).where(Survey.issue_id == parameter("issue_id"))
)


def survey_of(issue_id: int) -> Survey | None:
    """Return the survey of an issue for changing."""
    rows = _survey(issue_id=issue_id)
    return Survey.lock(rows[0][0]) if rows else None


def ask(running: Command, issue: Issue) -> None:
    """Ask the customer to rate the resolver; an existing answer keeps its agent."""
    survey = survey_of(issue.issue_id)
    assert issue.agent_id is not None  # only a held issue can be resolved
    if survey is None:
        Survey(issue_id=issue.issue_id, agent_id=issue.agent_id, asked_at=running.now).save()
    elif survey.score is None:
        survey.agent_id, survey.asked_at = issue.agent_id, running.now
        survey.save()


@command("issue.rate", past="scored", undo=put_back, may="issue.manage")
def rate(running: Command, issue_id: int, score: int | str, comment: str | None = None) -> IssueDetails:
    """Record the customer's answer, 1 to 5, once. Raises NotFound, InvalidInput, Refused."""
    points = validation.whole(score, "score", 1, 5)
    remark = validation.optional_text(comment, "comment", limit=validation.TEXT_LENGTH, lines=True)
    issue = issue_at_work(running, issue_id)
    refuse_erased(issue.customer_id)
    survey = survey_of(issue_id)
    if survey is None:
        raise Refused(
            "not_resolved",
            f"issue {issue_id} has no survey yet",
            f"{act('issue.resolve', issue_id)} sends the survey",
        )
    if survey.score is not None:
        raise Refused(
            "already_rated",
            f"issue {issue_id} was rated {survey.score} at {survey.answered_at}",
            "only the first answer counts",
        )
    survey.score, survey.answered_at, survey.comment = points, running.now, remark
    survey.save()
    running.agent_id = survey.agent_id
    running.detail = {"score": points}
    return queries.issue(running.desk, issue_id)
