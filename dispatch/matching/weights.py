"""Weights of the nine features: published ones, those of a file, and the desk's learned versions."""

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
from dispatch.matching.row_types import WeightsRow
from models.base import CompiledQuery, Json, parameter
from models.errors import InvalidInput, NotFound
from models.hints import act
from models.learned_weights import LearnedWeight
from models.settings import Setting

PUBLISHED, LEARNED = "published", "learned"
DEFAULT = "default"  # the published ones as long as nobody has chosen any: not a wish
TRAINED, FROM_FILE = "trained", "file"

# Fixed by the published table up to their scale (docs/rules.md, Match score).
PUBLISHED_WEIGHTS = dict(
    zip(FEATURES, (-0.70, -9.35, 92.22, -5.33, 1.95, 0.13, -9.66, -5.89, 0.05), strict=True)
)
EXAMPLE = "nine numbers: " + json.dumps(PUBLISHED_WEIGHTS)
NAMED = (PUBLISHED, LEARNED, DEFAULT)
SETTING = "match_weights"
LARGEST_FILE_BYTES = 1_000_000
LARGEST_WEIGHT = 1e12  # sums and spreads of nine of them stay finite and exact enough
ACCEPTED = f"{PUBLISHED}, {LEARNED}, {DEFAULT}, a version, or a JSON file of the nine weights"


@dataclass(frozen=True)
class WeightSet:
    """Nine weights and their name; ``learned`` is their version, if they have one.

    ``is_wish`` where somebody chose the published ones or those of a file: they steer the ``match`` policy
    regardless of the evidence.
    """

    name: str
    weights: dict[str, float]
    learned: LearnedWeight | None = None
    is_wish: bool = False


def in_use() -> WeightSet:
    """Return the weights the desk scores with; ``learned`` means the published ones until others exist.

    Inside ``desk.reading()`` or a command. A missing version also falls back to the published ones.
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
    """Return the weights of a name (see ACCEPTED), by default those in use. Raises InvalidInput, NotFound."""
    current = in_use()
    if name is None or name == current.name:
        return current
    own = of_file(name)
    if own is not None:
        return WeightSet(name, own)
    return _of_setting(accepted(name))


def of_file(name: str) -> dict[str, float] | None:
    """Return the weights of a named file; None for one of the desk's own names. Raises InvalidInput."""
    if name in NAMED or (name.isascii() and name.isdecimal()):
        return None
    return read_file(name)


def _of_setting(value: str) -> WeightSet:
    if value in (PUBLISHED, DEFAULT):
        return WeightSet(PUBLISHED, PUBLISHED_WEIGHTS)
    row = newest() if value == LEARNED else version(int(value))
    if row is None:
        return WeightSet(PUBLISHED, PUBLISHED_WEIGHTS)
    return WeightSet(f"version {row.version}", checked(json.loads(row.weights), "the version"), row)


_setting_row = CompiledQuery(lambda: Setting.select(Setting.value).where(Setting.key == parameter("key")))


def accepted(name: str) -> str:
    """Return a valid value of the setting. Raises InvalidInput."""
    if name not in NAMED and not re.fullmatch("[1-9][0-9]{0,17}", name):
        raise InvalidInput("setting", f"{SETTING} cannot be {name!r}", f"accepted: {ACCEPTED}")
    return name


def newest() -> LearnedWeight | None:
    """Return the version learned last, or None."""
    query = LearnedWeight.select().where(LearnedWeight.origin == TRAINED)
    row: LearnedWeight | None = query.order_by(LearnedWeight.version.desc()).first()
    return row


def version(number: int) -> LearnedWeight:
    """Return one version. Raises NotFound."""
    row = LearnedWeight.lock_or_none(number)
    if row is None:
        raise NotFound("version of the weights", number, f"{act('weights.list')} shows them")
    return row


def read_file(name: str) -> dict[str, float]:
    """Read the nine weights of a JSON file. Raises InvalidInput, naming a missing, unknown or bad one."""
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
        raise InvalidInput("weights", f"{name} is too long for nine weights", EXAMPLE)
    try:
        found = json.loads(content, object_pairs_hook=_without_twins)
    except RecursionError as error:
        raise InvalidInput("weights", f"{name} is not JSON: nested too deeply", EXAMPLE) from error
    except ValueError as error:
        raise InvalidInput("weights", f"{name} is not JSON: {error}", EXAMPLE) from error
    return checked(found, path.name)


def _without_twins(pairs: list[tuple[str, Any]]) -> Json:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name is given twice")
    return made


def checked(found: object, where: str) -> dict[str, float]:
    """Return nine finite numbers under the nine names, in the features' order. Raises InvalidInput."""
    if not isinstance(found, dict):
        raise InvalidInput("weights", f"{where} is not an object of weights", EXAMPLE)
    unknown = [excerpt(str(name)) for name in found if name not in FEATURES]
    missing = [name for name in FEATURES if name not in found]
    if unknown:
        raise InvalidInput(
            "weights", f"{where} has an unknown weight: {unknown[0]}", f"accepted: {', '.join(FEATURES)}"
        )
    if missing:
        raise InvalidInput("weights", f"{where} lacks {', '.join(missing)}", EXAMPLE)
    return {name: _number(name, found[name], where) for name in FEATURES}


def _number(name: str, value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_WEIGHT:
        return float(value)
    given = excerpt(json.dumps(value))
    raise InvalidInput(
        "weights", f"{name} in {where} is {given}, not a finite number up to {LARGEST_WEIGHT:g}", EXAMPLE
    )


def listing() -> list[WeightsRow]:
    """Return the published weights and every version, newest first, with those in use marked."""
    learned = in_use().learned
    published: WeightsRow = {
        "name": PUBLISHED,
        "version": None,
        "origin": PUBLISHED,
        "learned_at": None,
        "outcomes": None,
        "first_at": None,
        "last_at": None,
        "gate_open": None,
        "in_use": learned is None,
    }
    query = LearnedWeight.select().order_by(LearnedWeight.version.desc())
    used = learned.version if learned else None
    return [published, *(_row(row) | {"in_use": row.version == used} for row in query)]


def _row(row: LearnedWeight) -> WeightsRow:
    """Return a version's row; only learned weights have outcomes and a gate to pass."""
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


def details(name: str | None) -> WeightsRow:
    """Return the details of some weights. Raises InvalidInput, NotFound."""
    found = named(name)
    row: WeightsRow = {"name": found.name, "weights": found.weights}
    if found.learned is not None:
        row = _row(found.learned) | {"weights": found.weights}
        row["evaluation"] = json.loads(found.learned.evaluation)
    return row


def keep_in_use(running: Command) -> None:
    """Let the desk score with the same weights as now, whatever is learned next."""
    rows = _setting_row(key=SETTING)
    if (rows[0][0] if rows else LEARNED) == LEARNED:
        settings.store(SETTING, _newest_name())
        running.desk.settings.refresh()


def _newest_name() -> str:
    """Return the setting's value for the newest learned version."""
    row = newest()
    return DEFAULT if row is None else str(row.version)


@command("weights.use", past="weights chosen", undo=never("use the earlier weights instead"), may="desk.set")
def use(running: Command, name: str, weights: dict[str, float] | None = None) -> dict[str, str]:
    """Score with these from now on: published, learned (the newest now), default, or a version.

    ``weights`` become a new version.

    Raises InvalidInput, NotFound.
    """
    if weights is not None:
        row = LearnedWeight(
            origin=FROM_FILE, learned_at=running.now, weights=json.dumps(checked(weights, "the file"))
        )
        row.save()
        running.detail["from"] = name
        name = str(row.version)
    value = _newest_name() if name == LEARNED else accepted(name)
    chosen = _of_setting(value)
    settings.store(SETTING, value)
    running.desk.settings.refresh()
    running.detail |= {"weights": value}
    return {"weights": value, "name": chosen.name}
