"""Keeping what was learned, as one command."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from dispatch.desk.commands import Command, command, never
from dispatch.matching.weights import TRAINED
from models.learned_weights import LearnedWeight

Row = dict[str, Any]


@dataclass(frozen=True)
class Lesson:
    """What was learned; told apart by its recipe alone, so that a repeat is known as the same command."""

    recipe: str
    row: Row = field(repr=False)
    fits: Row = field(repr=False)


@command("weights.learn", past="weights learned", undo=never("the version stays; use another one"))
def learn(running: Command, lesson: Lesson) -> Row:
    """Write a new version of the weights; where the newest are in use, it is used from now on."""
    row = lesson.row
    learned = LearnedWeight(
        origin=TRAINED,
        learned_at=running.now,
        outcomes=row["outcomes"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        gate_open=row["gate_open"],
        weights=json.dumps(row["weights"]),
        fits=json.dumps(lesson.fits),
        evaluation=json.dumps(row["evaluation"]),
    )
    learned.save()
    running.detail = {
        "version": learned.version,
        "outcomes": learned.outcomes,
        "gate_open": bool(learned.gate_open),
    }
    return {"version": learned.version}
