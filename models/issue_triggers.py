"""What follows from a saved issue or survey: the holder's issue load, and the average of who was rated."""

from __future__ import annotations

from models.agents import Agent
from models.base import after_save
from models.errors import Refused
from models.issues import HELD, Issue, Survey
from models.triggers import change_score


@after_save(Issue)
def move_issue_load(_sender: type[Issue], issue: Issue, created: bool) -> None:
    """An open issue counts for its holder: (status, agent) as loaded against as saved."""
    held = issue.was("agent_id") if issue.was("status") in HELD else None
    holds = issue.agent_id if issue.status in HELD else None
    if held == holds:
        return
    if held is not None:
        _change_issue_load(held, -1)
    if holds is not None:
        _change_issue_load(holds, +1)


@after_save(Survey)
def move_survey_score(_sender: type[Survey], survey: Survey, created: bool) -> None:
    """An answer counts for the agent it is about; one that is taken back no longer does."""
    if survey.was("score") is not None:
        change_score(survey.was("agent_id"), -survey.was("score"), -1)
    if survey.score is not None:
        change_score(survey.agent_id, survey.score, +1)


def _change_issue_load(agent_id: int, step: int) -> None:
    agent = Agent.lock(agent_id)
    if agent.issue_load + step < 0:  # never clamped: that would only hide it
        raise Refused(
            "load_drift",
            f"the issue load of {agent.name} ({agent_id}) is {agent.issue_load}, less than the open issues",
            "astra doctor --repair counts the loads anew",
        )
    agent.issue_load += step
    agent.save()
