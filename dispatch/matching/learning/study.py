"""The long part of the training, in a process of its own: collect, audit, evaluate, fit.

Only here are numpy and scikit-learn loaded. Nothing is written.
"""

from __future__ import annotations

from dispatch.desk.separate_process import Progress
from dispatch.matching.evidence import LEAST_TO_LEARN
from dispatch.matching.features import FEATURES
from dispatch.matching.learning import leak_audit
from dispatch.matching.learning.evaluation import evaluate
from dispatch.matching.learning.regression import FEATURE, design, fit
from dispatch.matching.learning.training_data import COVARIATES, Samples, collect
from dispatch.matching.row_types import LessonRow
from models.base import Json
from models.errors import Refused
from models.opening import connect


def study_file(given: Json, progress: Progress) -> Json:
    """Study a desk: {"address", "recipe", "published"}. Raises Refused and DatabaseUnavailable."""
    database, _ = connect(given["address"], create=False)
    try:
        with database.active():
            samples = collect(progress, published_recipe=given["published"])
    finally:
        database.close()
    row, fits = study(samples, given["recipe"], progress)
    return {"row": row, "fits": fits}


def study(samples: Samples, recipe: str, progress: Progress) -> tuple[LessonRow, dict[str, Json]]:
    """Return what is learned of the samples, and the fits. Raises Refused."""
    _check_enough(samples)
    given = design(samples)
    leak_audit.check(samples, given)
    evaluation = evaluate(samples, given, progress)
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
    return row, fits


def _check_enough(samples: Samples) -> None:
    number, won = len(samples), int(samples.won.sum())
    if not number:
        raise Refused("no_history", "no assignments decided yet", "train when there are outcomes")
    if won in (0, number):
        outcome = "Confirmed" if won else "without a sale"
        raise Refused(
            "one_class", f"all {number} decided assignments are {outcome}", "there is nothing to compare"
        )
    if number < LEAST_TO_LEARN:
        raise Refused(
            "too_few", f"{number} decided assignments are too few", f"at least {LEAST_TO_LEARN} are needed"
        )
