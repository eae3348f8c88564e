"""Forms that add and edit an agent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dispatch import agents
from dispatch.agents.roster import MOST_CAPACITY, MOST_YEARS
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.inputs import validation
from dispatch.queries import agent_levels
from dispatch.queries.row_types import AgentRow
from models.base import Json
from models.shares import SHARE
from screens.dialogs.form import Field, FormModal
from screens.dialogs.row_forms import RowForms
from screens.fields.values import as_typed
from screens.wording.reasons import policy_word

LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "department": "Department",
    "job_title": "Job title",
    "years": "Years of service",
    "rating": "Average rating",
    "license": "Licence number",
    "manager": "Manager",
    "capacity": "Capacity",
    "weight": "Weight",
    "skills": "Destinations",
    "locations": "Launch locations",
    "level": "Skill level",
    "specialisations": "Specialties",
    "languages": "Languages",
}
ROW_KEYS = {"years": "years_of_service", "license": "license_number", "manager": "manager_name"}
REQUIRED = frozenset(("first_name", "last_name", "department", "job_title"))
CHECKS: dict[str, Callable[[str], object]] = {
    **{name: partial(validation.name, field=name) for name in ("first_name", "last_name")},
    "email": validation.email,
    "years": partial(validation.whole, field="years", low=0, high=MOST_YEARS),
    "rating": validation.rating,
    "capacity": partial(validation.whole, field="capacity", low=0, high=MOST_CAPACITY),
    "weight": validation.weight,
    "level": partial(validation.whole, field="level", low=1, high=agent_levels.BEST_LEVEL),
}
HINTS = {
    **dict.fromkeys(("email", "license", "manager"), "optional"),
    "weight": "0 to 10: how large a share of leads, under Share by weight",
    "skills": "separated by commas; empty for all",
    "locations": "separated by commas; empty for all",
    "specialisations": "kinds of issues, separated by commas",
    "languages": "separated by commas",
}
HINTS_OF_NEW = {
    "rating": "optional",
    "capacity": "empty: as the desk's setting",
    "level": "1 to 5; empty: by the years of service",
}
FORMS = RowForms[AgentRow]("agent", lambda _: "")


def _fields(before: dict[str, str], values: AcceptedValues, hints: dict[str, str] = HINTS) -> list[Field]:
    lists = {kind: values.offered(kind, before[kind]) for kind in ("department", "job_title")}
    return [
        Field(
            name,
            LABELS[name],
            text,
            lists.get(name, ()),
            hint=hints.get(name, ""),
            required=name in REQUIRED,
            check=CHECKS.get(name),
        )
        for name, text in before.items()
    ]


def _about_weight(policy: str) -> str:
    """Say where a weight counts, if that is not so now."""
    return (
        ""
        if policy == SHARE
        else f"Weight counts under {policy_word(SHARE)}; {policy_word(policy)} is in force."
    )


def add_agent_form(values: AcceptedValues, policy: str) -> FormModal[AgentRow]:
    before = dict.fromkeys(LABELS, "") | {"years": "0", "weight": "1"}
    return FormModal(
        "Add an agent",
        _fields(before, values, HINTS | HINTS_OF_NEW),
        lambda desk, given: agents.add(desk, **_given(given)),
        submit="Add agent",
        about="Average rating: from before this desk; leave it empty if there is none. "
        + _about_weight(policy),
    )


def edit_agent_form(agent: AgentRow, values: AcceptedValues, policy: str) -> FormModal[AgentRow]:
    """Edit the name, title, capacity, ...; unchanged values are not written."""
    before = {name: as_typed(agent.get(ROW_KEYS.get(name, name))) for name in LABELS}
    before["weight"] = f"{agent['weight']:g}"
    fields = _fields(before, values)
    return FORMS.form(
        agent,
        "Edit",
        fields,
        agents.change,
        submit="Save changes",
        about=_about_weight(policy),
        changes_only=True,
    )


def _given(values: dict[str, str]) -> Json:
    return {name: text if name in REQUIRED else text or None for name, text in values.items()}
