"""The command that changes the desk's settings."""

from __future__ import annotations

from typing import Any

from dispatch.agents.holidays import follow_calendars
from dispatch.agents.presence import DRAIN
from dispatch.assignment.caps import begin_windows
from dispatch.assignment.eligibility import department_map
from dispatch.desk import settings
from dispatch.desk.commands import Command, command, reverse_event
from models import shares
from models.base import Json
from models.errors import InvalidInput
from models.policy_indexes import keep_order

SETTING = "setting.set"


@command("setting.set", past="setting", undo=reverse_event, may="desk.set")
def set_value(running: Command, key: str, value: str) -> Json:
    """Set a desk setting for every terminal. Raises InvalidInput, Refused."""
    key = settings.FORMER_NAMES.get(key, key)
    parsed = put(running, key, value)
    return {"key": key, "value": parsed, "settings_version": running.desk.settings.version}


def put(running: Command, key: str, value: str) -> Any:
    """Write a setting, and what it was, for a running command; return it. Raises InvalidInput, Refused."""
    parsed = settings.parse_setting(running.desk.settings.definitions, key, value)
    if key == "departments":
        _check_departments(running, parsed)
    if key == "policy":
        keep_order(parsed)
        if parsed != running.desk.settings[key]:
            shares.follow(parsed)
    running.detail |= {"key": key, "old": running.desk.settings[key], "new": parsed}
    settings.store(key, parsed)
    running.desk.settings.refresh()
    if key in ("zone", "ramp"):
        begin_windows()
    if key == DRAIN:
        follow_calendars(running)
    running.may_free = True  # rules may have been lifted
    return parsed


def _check_departments(running: Command, departments: str) -> None:
    """Require each name to be a destination or package, and each department an accepted one."""
    values = running.desk.values
    values.reload()
    known = {name for place in values.known("destination") for name in (place, *values.packages(place))}
    for name, department in department_map(departments).items():
        values.check("department", department)
        if name not in known:
            accepted = ", ".join(sorted(known))
            raise InvalidInput(
                "setting", f"{name!r} is not a destination or package", f"accepted: {accepted}"
            )
