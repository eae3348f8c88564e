"""Agents of a file join the roster, each as ``agent.add`` does, and each only once; the file is one act."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, TypedDict

from dispatch.agents import roster
from dispatch.customers.person_names import agree
from dispatch.desk import file_acts
from dispatch.desk.acts import Act
from dispatch.desk.commands import command, put_parts_back
from dispatch.desk.desk import Desk
from dispatch.desk.record_intake import Line, Progress, receive_rows
from dispatch.inputs import cleaning, validation
from dispatch.inputs.column_choice import RememberedColumns
from dispatch.inputs.layouts import ROSTER
from dispatch.inputs.rows.record_file import Fields, RecordFile
from dispatch.outputs.rejected_rows import RejectedRows
from models.agents import Agent
from models.errors import DeskError, InvalidInput

_begin = command("agent.add_file", past="agents from a file", undo=put_parts_back, may="agent.manage")(
    file_acts.begin
)
HEAD = file_acts.FileHead("agent.add_file", _begin)
NEEDED = ("first_name", "last_name", "department", "job_title")
LISTS = ("skills", "locations", "specialisations", "languages")
MOST_ROWS = 5
LONGEST_ID = 18  # digits, which SQLite holds
HINT = "give CSV with a header line, JSON, SQL text or .xlsx with a column name or last_name"


class FileResult(TypedDict):
    """The result for a file; ``repeated`` lines are agents of the desk, and count as accepted: ``known``.

    ``event_id`` is the file's own event, None if nothing was written. ``remembered``: what was said about the
    columns with another file.
    """

    accepted: int
    repeated: int
    rejected: list[Line]
    known: list[Line]
    agents: list[int]
    event_id: int | None
    remembered: RememberedColumns | None


class PreviewRow(TypedDict):
    """A row as the desk would take it, by its line."""

    line: int
    agent: Mapping[str, str]


class FilePreview(TypedDict):
    """What a file of agents means: the head or heads of each field, the first rows, and what is wrong."""

    columns: dict[str, str]
    ignored: list[str]
    rows: list[PreviewRow]
    acceptable: int
    rejected: list[Line]
    remembered: RememberedColumns | None


class AgentFile(RecordFile[dict[str, str]]):
    """An opened file; iterating it yields each row's line with an agent's fields, or why it has none."""

    layout, needs, lists, hint = ROSTER, ("last_name", "name"), LISTS, HINT

    def record(self, fields: Fields) -> dict[str, str]:
        return cleaned(fields)


def cleaned(fields: Fields) -> dict[str, str]:
    """Return the fields that have a value: a whole name in its two parts, JSON lists with commas."""
    found = {
        field: cleaning.visible(value).strip() for field, value in fields.items() if value and value.strip()
    }
    first, _, last = found.pop("name", "").rpartition(" ")
    if last and not {"first_name", "last_name"} & found.keys():
        found["first_name"], found["last_name"] = first.strip(), last
    return {field: _listed(value) if field in LISTS else value for field, value in found.items()}


def _listed(text: str) -> str:
    if text.startswith("["):
        try:
            return ", ".join(str(one) for one in json.loads(text))
        except ValueError:
            return text
    return text.replace(";", ",")


def receive_file(
    desk: Desk,
    file: AgentFile,
    *,
    rejects: RejectedRows | None = None,
    progress: Progress | None = None,
) -> FileResult:
    """Add each agent whom the desk does not know, as a command of its own.

    An agent is known by the licence number; by the e-mail address or a listing's number, if the name agrees;
    otherwise by the file and line. Raises DatabaseUnavailable, and Undone if somebody undoes the file
    meanwhile; what was committed before stays.
    """
    file.begin()
    act = file_acts.act_of(desk, HEAD, file.name, file.digest, file.choices.record())
    result = FileResult(
        accepted=0,
        repeated=0,
        rejected=[],
        known=[],
        agents=[],
        event_id=None,
        remembered=file.choices.remembered(),
    )

    def take(line: int, place: str, fields: dict[str, str]) -> None:
        _receive(desk, act, place, line, fields, result)

    result["rejected"] = receive_rows(desk, file, take, rejects, progress)
    result["event_id"] = act.head if result["agents"] else None
    return result


def _receive(desk: Desk, act: Act, place: str, line: int, fields: dict[str, str], result: FileResult) -> None:
    with desk.reading():
        known = _known(fields)
    key, event = file_acts.turn_of(desk, f"agent {place}")
    if known is None and event is not None:
        with desk.reading():
            known = Agent.get_by_id(event.agent_id)
    if known is None:
        given: dict[str, Any] = {name: fields[name] for name in roster.CHANGEABLE if name in fields}
        _check_needed(given)
        with file_acts.row_of(desk, act, key):
            result["agents"].append(roster.add(desk, **given)["agent_id"])
    else:
        left = f", who has left (since {known.left_at})" if known.left_at else ""
        told = f"agent {known.agent_id}, {known.name}{left}"
        result["known"].append(Line(line=line, error=told))
        result["repeated"] += 1
    result["accepted"] += 1


def _check_needed(given: Mapping[str, str]) -> None:
    for field in NEEDED:
        if not given.get(field):
            raise InvalidInput(field, f"{field.replace('_', ' ')} is required")


def _known(fields: Mapping[str, str]) -> Agent | None:
    """Return the agent of the desk that a row is: by licence, or by e-mail or a listing's number and name."""
    if license_number := fields.get("license"):
        holder: Agent | None = Agent.get_or_none(Agent.license_number == license_number)
        if holder is not None:
            return holder
    fits = []
    if email := fields.get("email"):
        fits.append(Agent.email == validation.email(email))
    number = fields.get("agent_id", "")
    if number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID:
        fits.append(Agent.agent_id == int(number))
    name = f"{fields.get('first_name', '')} {fields.get('last_name', '')}"
    alike = Agent.select().where(reduce(or_, fits)).order_by(Agent.agent_id) if fits else ()
    return next((agent for agent in alike if agree(agent.name, name)), None)


def preview(desk: Desk, file: AgentFile) -> FilePreview:
    """Read a file to its end and rehearse each row; nothing is written. Raises InvalidInput."""
    file.begin()
    remembered = file.choices.remembered()
    seen = FilePreview(columns={}, ignored=[], rows=[], acceptable=0, rejected=[], remembered=remembered)
    for line, fields in file:
        error = fields if isinstance(fields, str) else _problem(desk, fields)
        if error:
            seen["rejected"].append(Line(line=line, error=error))
            continue
        seen["acceptable"] += 1
        if len(seen["rows"]) < MOST_ROWS and isinstance(fields, dict):
            seen["rows"].append(PreviewRow(line=line, agent=fields))
    seen["columns"] = dict(file.columns.understood()) if file.columns else {}
    seen["ignored"] = file.ignored
    return seen


def _problem(desk: Desk, fields: Mapping[str, str]) -> str:
    """Return why the desk would not take a row; "" if it would, or knows the agent."""
    given: dict[str, Any] = {name: fields[name] for name in roster.CHANGEABLE if name in fields}
    try:
        with desk.reading():
            if _known(fields) is not None:
                return ""
        _check_needed(given)
        desk.rehearse(lambda: roster.add(desk, **given))
    except DeskError as error:
        return file_acts.format_refusal(error)
    return ""
