"""Learn the weights from the desk's own outcomes: study them in another process, keep the result.

A failure before the last step leaves the weights unchanged.
"""

from __future__ import annotations

from dispatch.desk import separate_process
from dispatch.desk.desk import Desk
from dispatch.desk.separate_process import Check, Progress, go_on, nothing
from dispatch.matching import evidence
from dispatch.matching.learning.version_store import Lesson, learn
from dispatch.matching.row_types import LessonRow
from dispatch.matching.weights import WeightSet
from models.errors import InvalidInput

HONEST, PUBLISHED = "honest", "published"
RECIPES = (HONEST, PUBLISHED)
STUDY = "dispatch.matching.learning.study:study_file"


def train(
    desk: Desk, *, recipe: str = HONEST, dry_run: bool = False, progress: Progress | None = None
) -> LessonRow:
    """Learn a new version of the weights; ``dry_run`` keeps nothing.

    Raises InvalidInput for an unknown recipe, and Refused with too little to learn from or if a feature
    reveals the outcome.
    """
    lesson = study(desk, recipe=recipe, progress=progress)
    return describe_lesson(desk, lesson, None) if dry_run else keep(desk, lesson)


def study(
    desk: Desk, *, recipe: str = HONEST, progress: Progress | None = None, check: Check = go_on
) -> Lesson:
    """Do the long part without writing anything; what ``check`` raises ends it. Raises as ``train`` does."""
    if recipe not in RECIPES:
        raise InvalidInput("recipe", f"no recipe {recipe!r}", "accepted: " + ", ".join(RECIPES))
    given = {"address": desk.database.address, "recipe": recipe, "published": recipe == PUBLISHED}
    found = separate_process.run(STUDY, given, progress=progress or nothing, check=check)
    return Lesson(recipe, found["row"], found["fits"])


def keep(desk: Desk, lesson: Lesson) -> LessonRow:
    """Keep a lesson as a new version; return the same as ``train``."""
    return describe_lesson(desk, lesson, learn(desk, lesson)["version"])


def describe_lesson(desk: Desk, lesson: Lesson, number: int | None) -> LessonRow:
    """Return a lesson with the verdict on it, and how surely agents, methods and sources differ.

    ``number`` is its version, None if it was not kept.
    """
    with desk.reading():
        learned = WeightSet("these", lesson.row["weights"], lesson.as_version(desk.now()))
        found = evidence.verdict(learned)
        p_values = {"agent": found.p_agents} | evidence.lead_differences()
    sentence = found.under(desk.settings["policy"])
    return lesson.row | {"version": number, "sentence": sentence, "p_values": p_values}
