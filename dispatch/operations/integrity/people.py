"""Whether the desk is open to whoever opens it, and whether somebody can manage its users."""

from __future__ import annotations

from dispatch.desk.access.permissions import SUPERVISOR, Person
from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import RESTORE, Finding, finding
from dispatch.queries.wording import plural
from models.agents import Agent
from models.base import tuples
from models.hints import act
from models.people import User

OPEN = "open desk: without users, whoever can open it may do everything"


def check(desk: Desk) -> Finding:
    """Look at the users."""
    desk.staff.forget()
    users = [one for one in desk.staff.everybody().values() if one.disabled_at is None]
    if desk.staff.is_open:
        return Finding("people", True, OPEN, f"{act('user.add')} adds a supervisor and closes it")
    supervisors = sum(one.role == SUPERVISOR for one in users)
    detail = f"{plural(len(users), 'user')}, of them {plural(supervisors, 'supervisor')}"
    if strangers := _without_login(desk, users):
        problem = f"{', '.join(strangers)}: the server has no such login"
        return finding("people", detail, problem, "createuser makes one", warning=True)
    problem = "" if supervisors else "no supervisor can sign in: nobody can manage the users"
    if not problem and (lost := _without_agent()):
        problem = f"{', '.join(lost)}: there is no such agent"
        return finding("people", detail, problem, f"{act('user.set', lost[0])} gives them another")
    return finding("people", detail, problem, RESTORE)


def _without_login(desk: Desk, users: list[Person]) -> list[str]:
    """Return who cannot sign in to the desk's server, as users of a copy of a file."""
    if desk.database.login is None:
        return []
    return sorted(one.login for one in users if not desk.database.knows_login(one.login))


def _without_agent() -> list[str]:
    known = Agent.select(Agent.agent_id)
    lost = User.select(User.login).where(
        User.agent_id.is_null(False), User.agent_id.not_in(known), User.disabled_at.is_null()
    )
    return [login for (login,) in tuples(lost.order_by(User.login))]
