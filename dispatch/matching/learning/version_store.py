"""Store learned weights as one command."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from dispatch.desk.commands import Command, command, never
from dispatch.matching.row_types import LessonRow
from dispatch.matching.weights import TRAINED, keep_in_use
from models.base import Json
from models.learned_weights import LearnedWeight


@dataclass(frozen=True)
class Lesson:
    """What was learned; equal by recipe alone, so that a repeat counts as the same command."""

    recipe: str
    row: LessonRow = field(repr=False)
    fits: dict[str, Json] = field(repr=False)

    def as_version(self, learned_at: str) -> LearnedWeight:
        """Return the version of the weights that the lesson becomes, unsaved."""
        row = self.row
        return LearnedWeight(
            origin=TRAINED,
            learned_at=learned_at,
            outcomes=row["outcomes"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            gate_open=row["gate_open"],
            weights=json.dumps(row["weights"]),
            fits=json.dumps(self.fits),
            evaluation=json.dumps(row["evaluation"]),
        )


@command(
    "weights.learn",
    past="weights learned",
    undo=never("the version remains; use another one"),
    may="desk.set",
)
def learn(running: Command, lesson: Lesson) -> dict[str, int]:
    """Write a new version of the weights; those in use stay in use."""
    keep_in_use(running)
    learned = lesson.as_version(running.now)
    learned.save()
    running.detail = {
        "version": learned.version,
        "outcomes": learned.outcomes,
        "gate_open": bool(learned.gate_open),
    }
    return {"version": learned.version}
