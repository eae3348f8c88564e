"""Checks of rows by themselves and beside others: types, values, agreements, and gaps in the numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from dispatch.desk.desk import Desk
from dispatch.inputs.times import hours
from dispatch.matching import weights
from dispatch.operations.integrity.findings import RESTORE, Finding, finding, guarded, joined, named
from dispatch.service.satisfaction import trained_model
from models.agents import Agent
from models.base import tuples
from models.errors import InvalidInput
from models.inspection import agreements, conditions, scan
from models.inspection.agreements import Agreement
from models.inspection.rules import Rule
from models.issues import SatisfactionModel, SlaClock
from models.learned_weights import LearnedWeight
from models.text_index import INDEXES

BY_HAND = f"put it right by hand, or {RESTORE}"


def types(desk: Desk) -> Finding:
    """Check that every column holds its declared type, and every CHECK constraint is met."""
    made = desk.database.expected_schema(desk.settings["policy"])
    indexes = tuple(index.table.table for index in INDEXES)
    plain = [table for table in made.keys if not table.startswith((*indexes, "schema_"))]
    problems = [problem for table in plain for problem in _broken(table, made.keys[table], made.types(table))]
    return finding("types", "every column holds what it was declared for", joined(problems), RESTORE)


def values(desk: Desk) -> Finding:
    """Check every row against the rules of its table."""
    keys = desk.database.expected_schema(desk.settings["policy"]).keys
    problems = [
        problem
        for table, rules in conditions.VALUES.items()
        for problem in _broken(table, keys[table], rules)
    ]
    problems += [*_unreadable_hours(), *_unreadable_models()]
    return finding("values", "every value is one that the desk accepts", joined(problems), BY_HAND)


def _broken(table: str, key: Iterable[str], rules: Sequence[Rule]) -> list[str]:
    """Look through one table; another one that cannot be read hides nothing of it."""
    return guarded(
        table,
        lambda: [str(one) for one in scan.broken_rows(table, list(key), rules)],
        lambda failed: [f"{table} {failed.detail}"],
    )


def _unreadable_hours() -> list[str]:
    """Hours that the database cannot judge: of agents' shifts, and of clocks, which share a few calendars."""
    shifts = tuples(Agent.select(Agent.agent_id, Agent.hours).where(Agent.hours.is_null(False)))
    weeks = [text for (text,) in tuples(SlaClock.select(SlaClock.hours).distinct())]
    wrong = [text for text in weeks if not _reads(hours.parsed, text)]
    clocks = tuples(SlaClock.select(SlaClock.clock_id).where(SlaClock.hours.in_(wrong))) if wrong else []
    return [
        named("agents with unreadable shift hours", [one for one, text in shifts if not _is_shift(text)]),
        named("clocks with unreadable hours", [clock_id for (clock_id,) in clocks]),
    ]


def _is_shift(text: str) -> bool:
    return _reads(lambda text: hours.written(hours.parsed(text)) == text or _refuse(text), text)


def _unreadable_models() -> list[str]:
    learned = tuples(
        LearnedWeight.select(
            LearnedWeight.version, LearnedWeight.weights, LearnedWeight.fits, LearnedWeight.evaluation
        )
    )
    trained = tuples(SatisfactionModel.select(SatisfactionModel.model_id, SatisfactionModel.weights))
    return [
        named(
            "unreadable versions of weights", [one for one, *texts in learned if not _reads(_weights, *texts)]
        ),
        named("unreadable satisfaction models", [one for one, text in trained if not _reads(_model, text)]),
    ]


def _weights(nine: str, fits: str, evaluation: str) -> None:
    weights.checked(json.loads(nine), "the version")
    for text in (fits, evaluation):
        if not isinstance(json.loads(text), dict):
            _refuse(text)


def _model(text: str) -> None:
    model = trained_model.stored(text)
    columns = {len(model.means), len(model.spreads), len(model.weights) - 1}
    if len(columns) != 1 or not all(model.spreads) or not model.low <= model.high:
        _refuse(text)


def _refuse(text: str) -> bool:
    raise ValueError(text)


def _reads(read: Callable[..., object], *texts: str) -> bool:
    """Return whether a reader takes some stored texts."""
    try:
        read(*texts)
    except (InvalidInput, ValueError, TypeError, LookupError, AttributeError):
        return False
    return True


def agree(check: str, sound: str, rules: list[Agreement]) -> Finding:
    """Check that rows of several tables agree."""
    problems = [problem for rule in rules for problem in _disagreeing(rule)]
    return finding(check, sound, joined(problems), BY_HAND)


def _disagreeing(rule: Agreement) -> list[str]:
    return guarded(
        rule.table,
        lambda: [str(one) for one in scan.found_by(*rule)],
        lambda failed: [f"{rule.table} {failed.detail}"],
    )


def numbers(desk: Desk) -> Finding:
    """Check that no row is missing among those that the desk numbers itself."""
    keys = desk.database.expected_schema(desk.settings["policy"]).keys
    rules = [
        Agreement(table, "missing", agreements.gaps(table, keys[table][0])) for table in agreements.NUMBERED
    ]
    return agree("numbers", "no row is missing", rules)
