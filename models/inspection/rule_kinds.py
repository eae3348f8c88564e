"""Rules that many columns have in common: texts, times, switches, names on a list, JSON."""

from __future__ import annotations

from collections.abc import Iterable

from models.accepted_values import NamedValue
from models.dispositions import Disposition
from models.inspection.rules import Rule
from models.inspection.words import (
    differs,
    has_controls,
    has_controls_in_lines,
    is_json,
    is_no_switch,
    is_no_time,
    json_kind,
    json_number,
    json_text,
    lists_others,
)


def times(*names: str) -> list[Rule]:
    return [Rule(f"{name} is no time", is_no_time(f"t.{name}")) for name in names]


def days(*names: str) -> list[Rule]:
    return [Rule(f"{name} is no day", is_no_time(f"(t.{name} || ' 00:00:00')")) for name in names]


def one_of(name: str, accepted: Iterable[str]) -> Rule:
    words = ", ".join(f"'{word}'" for word in accepted)
    return Rule(f"{name} is not an accepted value", f"t.{name} NOT IN ({words})")


def listed(name: str, values: type[NamedValue] | type[Disposition]) -> Rule:
    return Rule(f"{name} is not on the list", f"t.{name} NOT IN (SELECT name FROM {values.table})")


def json_shape(name: str, shape: str) -> Rule:
    kind = f"CASE WHEN {is_json(f't.{name}')} THEN {json_kind(f't.{name}')} END"
    misshapen = differs(kind, f"'{shape}'")
    return Rule(f"{name} is not a JSON {shape}", f"t.{name} IS NOT NULL AND {misshapen}")


def number_at(name: str, path: str) -> str:
    """A number inside a JSON column; NULL if it is no JSON."""
    return f"CASE WHEN {is_json(f't.{name}')} THEN {json_number(f't.{name}', path)} END"


def text_at(name: str, path: str) -> str:
    """A text inside a JSON column; NULL if it is no JSON."""
    return f"CASE WHEN {is_json(f't.{name}')} THEN {json_text(f't.{name}', path)} END"


def words(name: str, accepted: str = "") -> Rule:
    """A JSON list of texts, of names that a query lists if there is one."""
    valid = f"CASE WHEN {is_json(f't.{name}')} THEN t.{name} ELSE '[]' END"
    fault = lists_others(valid, accepted)
    return Rule(f"{name} lists what is not accepted", f"t.{name} IS NOT NULL AND {fault}")


def between(name: str, low: int, high: int) -> Rule:
    return Rule(f"{name} is not from {low} to {high}", f"t.{name} NOT BETWEEN {low} AND {high}")


def switches(*names: str) -> list[Rule]:
    return [Rule(f"{name} is neither 0 nor 1", is_no_switch(f"t.{name}")) for name in names]


def text(name: str, limit: int = 100, *, lines: bool = False) -> Rule:
    """A text without control characters, neither empty nor too long."""
    has_refused = has_controls_in_lines if lines else has_controls
    return Rule(
        f"{name} is empty, too long, or has control characters",
        f"{has_refused(f't.{name}')}"
        f" OR length(t.{name}) NOT BETWEEN 1 AND {limit}"
        f" OR {differs(f'trim(t.{name})', f't.{name}')}",
    )


def of_agents(*names: str) -> Rule:
    """Numbers of agents, who may have left."""
    ids = " OR ".join(f"t.{name} NOT IN (SELECT agent_id FROM space_travel_agents)" for name in names)
    return Rule("of an agent who does not exist", ids)
