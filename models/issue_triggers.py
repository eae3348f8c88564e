"""Triggers of issues and surveys: they keep the holder's issue load and the agent's average rating."""

from __future__ import annotations

from models.agents import Agent
from models.base import after_save
from models.issues import HELD, Issue, Survey
from models.triggers import change_score, stepped


@after_save(Issue)
def move_issue_load(_sender: type[Issue], issue: Issue, created: bool) -> None:
    """Move an open issue's load when (status, agent) differs between loaded and saved."""
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
    """Count an answer in its agent's average; subtract one that was undone."""
    if survey.was("score") is not None:
        change_score(survey.was("agent_id"), -survey.was("score"), -1)
    if survey.score is not None:
        change_score(survey.agent_id, survey.score, +1)


def _change_issue_load(agent_id: int, step: int) -> None:
    agent = Agent.lock(agent_id)
    agent.issue_load = stepped(agent.issue_load, step, agent, "issue load", "open issues")
    agent.save()
