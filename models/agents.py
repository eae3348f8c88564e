"""Agents, their rank (a view), and the columns that policies read."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BooleanField, DoubleField, IntegerField, TextField

from models.base import BaseModel, DeskModel, tuples
from models.sql import ONE, listed

AVAILABLE, BUSY, BREAK, AWAY, OFFLINE = PRESENCES = ("available", "busy", "break", "away", "offline")
GONE = (AWAY, OFFLINE)  # the agent's work is unattended

# Rounded so that the average does not depend on the order of the scores: otherwise ranks would not tie.
RATING_DECIMALS = 6


class Agent(BaseModel):
    """An agent, who takes bookings and issues.

    ``load`` is the number of the agent's Pending bookings; only the triggers change it. ``rating`` averages
    ``prior_answers`` imported answers of ``prior_rating`` with the scores given here. An agent who has left
    (``left_at``) keeps the row but has no rank. ``skills`` (destinations) and ``locations`` (launch) are JSON
    lists; None means all. ``due_at`` is the next scheduled change of presence: ``presence_until``, or the
    start or end of a shift in ``hours``. ``last_given_at`` is when the agent last got a booking,
    ``offers_missed`` the number of consecutive lapsed offers, ``issue_load`` the number of open issues held.
    ``level`` (1-5, None: derived from the years of service), ``specialisations`` and ``languages`` (JSON
    lists) decide which issues suit the agent. ``weight`` (0 to 10, one decimal) is the agent's part
    of the leads under the policy ``share``; ``owed`` the leads missed in absence that come first now
    (models/absences.py). ``capped_until`` is the end of the window in which the agent
    has all leads that a cap on all leads allows, ``capped_scopes`` the caps on some leads that the agent is
    at (",3,7,"); models/cap_counts.py keeps both. ``gone_since`` is when an absence began, ``settling_until``
    when an agent who was absent for long has settled in; neither is noted without the setting ``ramp``.
    ``region`` is where the agent's holidays are those of; None: of the desk.
    """

    label = "agent"
    table = "space_travel_agents"

    agent_id = AutoField()
    first_name = TextField()
    last_name = TextField()
    email = TextField(null=True)
    job_title = TextField()
    department = TextField()
    manager_name = TextField(null=True)
    license_number = TextField(null=True)
    years_of_service = IntegerField(default=0)
    rating = DoubleField(default=0.0)
    prior_rating = DoubleField(default=0.0)
    prior_answers = IntegerField(default=0)
    score_sum = IntegerField(default=0)
    score_count = IntegerField(default=0)
    load = IntegerField(default=0)
    capacity = IntegerField(default=10)
    presence = TextField(default="available")
    left_at = TextField(null=True)
    presence_until = TextField(null=True)
    presence_reason = TextField(null=True)
    hours = TextField(null=True)
    due_at = TextField(null=True)
    skills = TextField(null=True)
    locations = TextField(null=True)
    last_given_at = TextField(null=True)
    offers_missed = IntegerField(default=0)
    level = IntegerField(null=True)
    specialisations = TextField(default="[]")
    languages = TextField(default="[]")
    issue_load = IntegerField(default=0)
    weight = DoubleField(default=1.0)
    owed = DoubleField(default=0.0)
    capped_until = TextField(null=True)
    capped_scopes = TextField(null=True)
    gone_since = TextField(null=True)
    settling_until = TextField(null=True)
    region = TextField(null=True)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def held(self) -> int:
        """Bookings and issues held; they share one capacity."""
        return self.load + self.issue_load

    def refresh_rating(self) -> None:
        """Recompute the average from its parts."""
        if self.score_count == 0:
            self.rating = self.prior_rating
            return
        total = self.prior_rating * self.prior_answers + self.score_sum
        self.rating = round(total / (self.prior_answers + self.score_count), RATING_DECIMALS)


def ids_named(text: str) -> list[int]:
    """The agents who have this part in their names."""
    name = Agent.first_name.concat(" ").concat(Agent.last_name)
    return [agent_id for (agent_id,) in tuples(Agent.select(Agent.agent_id).where(name.contains(text)))]


def is_named(agent: Any, text: str) -> Any:
    """That an agent, by an id's column, is one of them."""
    ids = ids_named(text)
    return agent.in_(listed(ids) if ids else [])


class Holder(BaseModel):
    """The columns of an agent that the load triggers use; loading all of them would slow every lead."""

    label = "agent"
    table = "space_travel_agents"

    agent_id = AutoField()
    first_name = TextField()
    last_name = TextField()
    load = IntegerField()
    issue_load = IntegerField()
    capacity = IntegerField()
    last_given_at = TextField(null=True)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Taker(DeskModel):
    """An agent who has not left, as the policies read it; a view, never written.

    The database derives ``takes_work`` (available, below capacity, at no cap on all leads), ``load_ratio``
    (bookings and issues held / capacity) and ``skill_base`` (the score of the policy ``skill`` for a
    non-specialist). Indexes list those who take work before the others, in the order of rank, ratio or score.
    ``share_due`` and ``share_lag`` are those of models/shares.py.
    """

    table = "agents_here"

    agent_id = IntegerField(primary_key=True)
    takes_work = BooleanField()
    load = IntegerField()
    capacity = IntegerField()
    years_of_service = IntegerField()
    rating = DoubleField()
    department = TextField()
    skills = TextField(null=True)
    locations = TextField(null=True)
    languages = TextField()
    last_given_at = TextField(null=True)
    presence = TextField()
    presence_reason = TextField(null=True)
    issue_load = IntegerField()
    level = IntegerField(null=True)
    weight = DoubleField()
    capped_until = TextField(null=True)
    capped_scopes = TextField(null=True)
    load_ratio = DoubleField()
    skill_base = DoubleField()
    share_due = DoubleField(null=True)
    share_lag = DoubleField()


TAKES_WORK = Taker.takes_work == ONE  # no parameter, so that the indexes on those alone are used
"""Who takes work, as a condition."""


class AgentRank(DeskModel):
    """An agent's competition rank (1, 2, 2, 4): a view instead of a stored rank."""

    table = "agent_rank_tracker"

    agent_id = IntegerField(primary_key=True)
    agent_rank = IntegerField()
