"""Whether the desk is open to whoever opens it, and whether somebody can manage its users."""

from __future__ import annotations

from dispatch.desk.desk import Desk
from dispatch.desk.permissions import SUPERVISOR
from dispatch.operations.integrity.findings import RESTORE, Finding, finding
from dispatch.queries.wording import plural
from models.hints import act

OPEN = "open desk: without users, whoever can open the file may do everything"


def check(desk: Desk) -> Finding:
    """Look at the users."""
    desk.staff.forget()
    users = [one for one in desk.staff.everybody().values() if one.disabled_at is None]
    if desk.staff.is_open:
        return Finding("people", True, OPEN, f"{act('user.add')} adds a supervisor and closes it")
    supervisors = sum(one.role == SUPERVISOR for one in users)
    detail = f"{plural(len(users), 'user')}, of them {plural(supervisors, 'supervisor')}"
    problem = "" if supervisors else "no supervisor can sign in: nobody can manage the users"
    return finding("people", detail, problem, RESTORE)
