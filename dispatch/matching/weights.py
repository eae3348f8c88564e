"""The weights of the nine features: the published ones, a file's, and the versions the desk has learned."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dispatch.desk import settings
from dispatch.desk.commands import Command, command, never
from dispatch.inputs.validation import excerpt
from dispatch.matching.features import FEATURES
from models.base import CompiledQuery, parameter
from models.errors import InvalidInput, NotFound
from models.learned_weights import LearnedWeight
from models.settings import Setting

Row = dict[str, Any]

PUBLISHED, LEARNED = "published", "learned"
TRAINED, FROM_FILE = "trained", "file"

# Determined by the published table up to their scale (docs/rules.md, Match score).
PUBLISHED_WEIGHTS = dict(
    zip(FEATURES, (-0.70, -9.35, 92.22, -5.33, 1.95, 0.13, -9.66, -5.89, 0.05), strict=True)
)
SETTING = "match_weights"
LARGEST_FILE_BYTES = 1_000_000
LARGEST_WEIGHT = 1e12  # sums and spreads of nine of them stay finite and exact enough
ACCEPTED = f"{PUBLISHED}, {LEARNED}, a version (astra weights list), or a JSON file of the nine weights"


@dataclass(frozen=True)
class WeightSet:
    """Nine weights with the name they go by; ``learned`` is their version, if they are one.

    ``is_wish`` where the desk has been told to score by the published ones, or by those of a file: they
    steer the ``match`` policy because somebody wants it so, whatever the evidence.
    """

    name: str
    weights: dict[str, float]
    learned: LearnedWeight | None = None
    is_wish: bool = False


def in_use() -> WeightSet:
    """The weights that the desk scores with; ``learned`` means the published ones until there are others.

    Inside ``desk.reading()`` or a command. A version that is not there leaves the published ones, too.
    """
    rows = _setting_row(key=SETTING)
    value = rows[0][0] if rows else LEARNED
    try:
        found = _of_setting(value)
    except NotFound:
        found = _of_setting(PUBLISHED)
    wanted = value == PUBLISHED or (found.learned is not None and found.learned.origin == FROM_FILE)
    return replace(found, is_wish=wanted)


def named(name: str | None) -> WeightSet:
    """The weights of that name: see ACCEPTED; None are those in use. Raises InvalidInput, NotFound."""
    current = in_use()
    if name is None or name == current.name:
        return current
    own = of_file(name)
    if own is not None:
        return WeightSet(name, own)
    return _of_setting(accepted(name))


def of_file(name: str) -> dict[str, float] | None:
    """The weights of the file that a name means; None for a name of the desk's own. Raises InvalidInput."""
    if name in (PUBLISHED, LEARNED) or (name.isascii() and name.isdecimal()):
        return None
    return read_file(name)


def _of_setting(value: str) -> WeightSet:
    if value == PUBLISHED:
        return WeightSet(PUBLISHED, PUBLISHED_WEIGHTS)
    row = newest() if value == LEARNED else version(int(value))
    if row is None:
        return WeightSet(PUBLISHED, PUBLISHED_WEIGHTS)
    return WeightSet(f"version {row.version}", checked(json.loads(row.weights), "the version"), row)


_setting_row = CompiledQuery(lambda: Setting.select(Setting.value).where(Setting.key == parameter("key")))


def accepted(name: str) -> str:
    """A value of the setting. Raises InvalidInput."""
    if name not in (PUBLISHED, LEARNED) and not re.fullmatch("[1-9][0-9]{0,17}", name):
        raise InvalidInput("setting", f"{name!r} is no value for {SETTING}", f"accepted: {ACCEPTED}")
    return name


def newest() -> LearnedWeight | None:
    """The version learned last, or None."""
    query = LearnedWeight.select().where(LearnedWeight.origin == TRAINED)
    row: LearnedWeight | None = query.order_by(LearnedWeight.version.desc()).first()
    return row


def version(number: int) -> LearnedWeight:
    """One version. Raises NotFound."""
    row = LearnedWeight.lock_or_none(number)
    if row is None:
        raise NotFound("version of the weights", number, "astra weights list shows them")
    return row


def read_file(name: str) -> dict[str, float]:
    """The nine weights of a JSON file. Raises InvalidInput, naming what is missing, unknown or no number."""
    path = Path(name)
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            "weights", f"{excerpt(name)} cannot be read: {reason}", f"accepted: {ACCEPTED}"
        ) from error
    if len(content) > LARGEST_FILE_BYTES:
        raise InvalidInput("weights", f"{name} is too long for nine weights", _example())
    try:
        found = json.loads(content, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("weights", f"{name} is not JSON: {error}", _example()) from error
    return checked(found, path.name)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


def checked(found: object, where: str) -> dict[str, float]:
    """Nine finite numbers under the nine names, in the features' order. Raises InvalidInput."""
    if not isinstance(found, dict):
        raise InvalidInput("weights", f"{where} holds no object of weights", _example())
    unknown = [excerpt(str(name)) for name in found if name not in FEATURES]
    missing = [name for name in FEATURES if name not in found]
    if unknown:
        raise InvalidInput(
            "weights", f"{where} has an unknown weight: {unknown[0]}", f"accepted: {', '.join(FEATURES)}"
        )
    if missing:
        raise InvalidInput("weights", f"{where} lacks {', '.join(missing)}", _example())
    return {name: _number(name, found[name], where) for name in FEATURES}


def _number(name: str, value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_WEIGHT:
        return float(value)
    told = excerpt(json.dumps(value))
    raise InvalidInput(
        "weights", f"{name} in {where} is {told}, not a finite number up to {LARGEST_WEIGHT:g}", _example()
    )


def _example() -> str:
    return "nine numbers: " + json.dumps(PUBLISHED_WEIGHTS)


def listing() -> list[Row]:
    """The published weights and every version, newest first, with those in use marked."""
    current = in_use()
    published: Row = {
        "name": PUBLISHED,
        "version": None,
        "origin": PUBLISHED,
        "learned_at": None,
        "outcomes": None,
        "first_at": None,
        "last_at": None,
        "gate_open": None,
        "in_use": current.learned is None,
    }
    query = LearnedWeight.select().order_by(LearnedWeight.version.desc())
    used = current.learned.version if current.learned else None
    return [published, *(_row(row) | {"in_use": row.version == used} for row in query)]


def _row(row: LearnedWeight) -> Row:
    """A version; whose weights come from a file was learned from nothing, and no gate was asked."""
    is_learned = row.origin == TRAINED
    return {
        "name": f"version {row.version}",
        "version": row.version,
        "origin": row.origin,
        "learned_at": row.learned_at,
        "outcomes": row.outcomes if is_learned else None,
        "first_at": row.first_at,
        "last_at": row.last_at,
        "gate_open": bool(row.gate_open) if is_learned else None,
    }


def shown(name: str | None) -> Row:
    """Some weights with what is known of them. Raises InvalidInput, NotFound."""
    found = named(name)
    row: Row = {"name": found.name, "weights": found.weights}
    if found.learned is not None:
        row = _row(found.learned) | row | {"evaluation": json.loads(found.learned.evaluation)}
    return row


@command("weights.use", past="weights chosen", undo=never("weights are not undone; use the earlier ones"))
def use(running: Command, name: str, weights: dict[str, float] | None = None) -> Row:
    """Score with these from now on: published, learned, or a version; ``weights`` become a new version.

    Raises InvalidInput, NotFound.
    """
    if weights is not None:
        row = LearnedWeight(
            origin=FROM_FILE, learned_at=running.now, weights=json.dumps(checked(weights, "the file"))
        )
        row.save()
        running.detail["from"] = name
        name = str(row.version)
    value = accepted(name)
    chosen = _of_setting(value)
    settings.store(SETTING, value)
    running.desk.settings.refresh()
    running.detail |= {"weights": value}
    return {"weights": value, "name": chosen.name}
