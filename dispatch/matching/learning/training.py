"""Learn the weights from the desk's own outcomes: collect, audit, evaluate, keep.

This needs numpy and scikit-learn, which take a second to load: import it only for training. A failure
before the last step leaves the weights unchanged.
"""

from __future__ import annotations

from dispatch.desk.desk import Desk
from dispatch.matching import evidence
from dispatch.matching.evidence import LEAST_TO_LEARN
from dispatch.matching.features import FEATURES
from dispatch.matching.learning import leak_audit
from dispatch.matching.learning.evaluation import evaluate
from dispatch.matching.learning.regression import FEATURE, design, fit
from dispatch.matching.learning.training_data import COVARIATES, Progress, Samples, collect
from dispatch.matching.learning.version_store import Lesson, learn
from dispatch.matching.row_types import LessonRow
from dispatch.matching.weights import WeightSet
from models.errors import InvalidInput, Refused

HONEST, PUBLISHED = "honest", "published"
RECIPES = (HONEST, PUBLISHED)


def train(
    desk: Desk, *, recipe: str = HONEST, dry_run: bool = False, progress: Progress | None = None
) -> LessonRow:
    """Learn a new version of the weights; ``dry_run`` keeps nothing.

    Raises InvalidInput for an unknown recipe, and Refused with too little to learn from or if a feature
    reveals the outcome.
    """
    lesson = study(desk, recipe=recipe, progress=progress)
    return describe_lesson(desk, lesson, None) if dry_run else keep(desk, lesson)


def study(desk: Desk, *, recipe: str = HONEST, progress: Progress | None = None) -> Lesson:
    """Do the long part without writing anything. Raises as ``train`` does."""
    if recipe not in RECIPES:
        raise InvalidInput("recipe", f"there is no recipe {recipe!r}", "accepted: " + ", ".join(RECIPES))
    report = progress or (lambda _done, _total, _what: None)
    with desk.reading():
        samples = collect(report, published_recipe=recipe == PUBLISHED)
    _check_enough(samples)
    given = design(samples)
    leak_audit.check(samples, given)
    evaluation = evaluate(samples, given, report)
    lead, full = fit(given.only(COVARIATES), samples.won), fit(given, samples.won)
    fits = {"lead": lead.as_json(), "full": full.as_json()}
    weights = {term["name"]: term["weight"] for term in fits["full"]["terms"] if term["kind"] == FEATURE}
    row: LessonRow = {
        "version": None,
        "recipe": recipe,
        "outcomes": len(samples),
        "confirmed": int(samples.won.sum()),
        "first_at": samples.first_at,
        "last_at": samples.last_at,
        "gate_open": evaluation["gate_open"],
        "weights": {name: weights[name] for name in FEATURES},
        "coefficients": fits["full"]["terms"],
        "evaluation": evaluation,
    }
    return Lesson(recipe, row, fits)


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


def _check_enough(samples: Samples) -> None:
    number, won = len(samples), int(samples.won.sum())
    if not number:
        raise Refused("no_history", "no assignment is decided yet", "train once there are outcomes")
    if won in (0, number):
        outcome = "Confirmed" if won else "without a sale"
        raise Refused(
            "one_class", f"all {number} decided assignments are {outcome}", "there is nothing to compare yet"
        )
    if number < LEAST_TO_LEARN:
        raise Refused(
            "too_few", f"{number} decided assignments are too few", f"at least {LEAST_TO_LEARN} are needed"
        )
