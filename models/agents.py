"""The agents, their rank as a view, and what the policies see of them."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BooleanField, DoubleField, IntegerField, Model, TextField

from models.base import BaseModel, listed, tuples
from models.database import current_database

AVAILABLE, BUSY, BREAK, AWAY, OFFLINE = PRESENCES = ("available", "busy", "break", "away", "offline")
GONE = (AWAY, OFFLINE)  # nobody looks at what such an agent holds

# The same answers in another order must give the same average, or ranks would not tie as they should.
RATING_DECIMALS = 6


class Agent(BaseModel):
    """Somebody who takes bookings.

    ``load`` is the number of the agent's Pending bookings; only the triggers move it. ``rating``
    is the average over ``prior_answers`` imported answers of ``prior_rating`` and the scores given
    here. An agent who left (``left_at``) keeps the row, and has no rank. ``skills`` (destinations)
    and ``locations`` (launch) are JSON lists, None for every one. ``due_at`` is the next moment at which
    the clock changes the presence: the end of ``presence_until``, or a turn of the shift ``hours``.
    ``last_given_at`` is when the agent last got a booking, ``offers_missed`` how many in a row went by.
    ``issue_load`` is the number of open issues held; ``level`` (1-5, None: by the years of service),
    ``specialisations`` and ``languages`` (JSON lists) tell which issues the agent can help with.
    """

    label = "agent"

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

    class Meta:
        table_name = "space_travel_agents"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def held(self) -> int:
        """Bookings and issues together: they share one capacity."""
        return self.load + self.issue_load

    def refresh_rating(self) -> None:
        """Derive the average from its parts; no answers at all give 0."""
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
    """An agent as the load triggers read and write one: a lead would feel the time of all the columns."""

    label = "agent"

    agent_id = AutoField()
    first_name = TextField()
    last_name = TextField()
    load = IntegerField()
    last_given_at = TextField(null=True)

    class Meta:
        table_name = "space_travel_agents"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Taker(Model):
    """An agent who is here, as the policies see them: read, never written.

    ``takes_work`` is derived by the database: available, and below capacity. An index has those who
    take work in the order of ``rank``, and after them those who do not; so have two more for
    ``load_ratio`` (what is held, bookings and issues, of the capacity) and for ``skill_base`` (the score
    of the policy ``skill`` for who is no specialist), which are derived too.
    """

    agent_id = IntegerField(primary_key=True)
    takes_work = BooleanField()
    load = IntegerField()
    capacity = IntegerField()
    years_of_service = IntegerField()
    rating = DoubleField()
    department = TextField()
    skills = TextField(null=True)
    locations = TextField(null=True)
    last_given_at = TextField(null=True)
    presence = TextField()
    presence_reason = TextField(null=True)
    issue_load = IntegerField()
    level = IntegerField(null=True)
    load_ratio = DoubleField()
    skill_base = DoubleField()

    class Meta:
        database = current_database
        table_name = "agents_here"


class AgentRank(Model):
    """An agent's competition rank (1, 2, 2, 4): the view that replaces the stored tracker."""

    agent_id = IntegerField(primary_key=True)
    agent_rank = IntegerField()

    class Meta:
        database = current_database
        table_name = "agent_rank_tracker"
