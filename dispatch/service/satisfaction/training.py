"""Train the satisfaction model on real answers; it replaces the formula from a hundred answers on.

A model's error is measured on unseen answers: five times it is trained on four fifths of the answers and
tested on the fifth left out (docs/rules.md, Satisfaction).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from dispatch.desk import separate_process
from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.desk.separate_process import Check, go_on
from dispatch.desk.settings import recall, remember
from dispatch.service.row_types import ModelRow
from dispatch.service.satisfaction import cases as facts
from dispatch.service.satisfaction import formula as satisfaction
from dispatch.service.satisfaction.case import Case
from dispatch.service.satisfaction.prediction import current_model, describe_model
from dispatch.service.satisfaction.trained_model import Learned, features
from models.base import Json, tuples
from models.clock import from_text
from models.errors import DatabaseUnavailable, Refused
from models.issues import Issue, SatisfactionModel, Survey

FEWEST_ANSWERS = 100
SATISFIED = 4
MOST_ANSWERS = 500  # the newest
NEW_SHARE = 10  # percent more answers than at the last training before the next one
FOLDS = 5
FIT = "dispatch.service.satisfaction.regression:fit_each"
TRIED = "satisfaction_tried"
"""Kept beside the settings: the number of answers when a training last began."""


class Answer(NamedTuple):
    """An issue as it ended, and the customer's score."""

    case: Case
    score: int


class Fold(NamedTuple):
    """The answers left out of a training, and the rest."""

    left_out: list[Answer]
    rest: list[Answer]


class Trained(NamedTuple):
    """The new model, if one was due, and what went wrong."""

    model: ModelRow | None
    problem: str


def learn(groups: Sequence[Sequence[Answer]], check: Check = go_on) -> list[Learned]:
    """Train a model on each group, all in one other process; the same answers always give the same model.

    Raises Refused if the process fails, or what ``check`` raises.
    """
    samples = [
        {
            "rows": [features(answer.case) for answer in group],
            "satisfied": [answer.score >= SATISFIED for answer in group],
        }
        for group in groups
    ]
    fits = separate_process.run(FIT, {"samples": samples}, check=check)["fits"]
    return [_learned(fit, group) for fit, group in zip(fits, groups, strict=True)]


def _learned(fit: Json, answers: Sequence[Answer]) -> Learned:
    """Return the model of a fit. Raises Refused if there is no finite number for each feature."""
    means, spreads, weights = fit["means"], fit["spreads"], fit["weights"]
    columns = len(features(answers[0].case))
    if not [*map(len, (means, spreads, weights))] == [columns, columns, columns + 1] or not all(
        map(math.isfinite, (*means, *spreads, *weights))
    ):
        raise Refused("training_failed", "training failed: unusable weights")
    high = [answer.score for answer in answers if answer.score >= SATISFIED] or [SATISFIED]
    low = [answer.score for answer in answers if answer.score < SATISFIED] or [SATISFIED - 1]
    return Learned(means, spreads, weights, sum(high) / len(high), sum(low) / len(low))


def folds(answers: Sequence[Answer]) -> list[Fold]:
    """Return what is left out in turn, with the rest."""
    return [
        Fold(
            [answer for place, answer in enumerate(answers) if place % FOLDS == fold],
            [answer for place, answer in enumerate(answers) if place % FOLDS != fold],
        )
        for fold in range(FOLDS)
    ]


def measured(models: Sequence[Learned], tried: Sequence[Sequence[Answer]]) -> dict[str, float]:
    """Return the mean error in score points, the formula's too, and the share of right predictions.

    Each model is tried on answers that it has not seen.
    """
    off = formula_off = right = 0.0
    for learned, unseen in zip(models, tried, strict=True):
        for answer in unseen:
            off += abs(learned.score(answer.case) - answer.score)
            formula = satisfaction.predict(satisfaction.factors(answer.case.facts))
            formula_off += abs(formula - answer.score)
            right += (learned.chance(answer.case) >= 0.5) == (answer.score >= SATISFIED)
    number = sum(map(len, tried))
    return {"error": off / number, "formula_error": formula_off / number, "accuracy": right / number}


def is_due() -> bool:
    """Return whether there are enough new answers, also since a training that failed."""
    number = _number_of_answers()
    last = current_model()
    needed = FEWEST_ANSWERS if last is None else last.answers + max(1, last.answers // NEW_SHARE)
    return number >= max(needed, int(recall(TRIED) or 0) + 1)


def run_if_due(desk: Desk, check: Check = go_on) -> Trained:
    """Retrain when there are enough new answers; of several terminals, the first one does it.

    Nothing is locked while it trains. A failure is reported, not raised: a sweep has more to do.
    """
    if not _is_ours(desk):
        return Trained(None, "")
    with desk.reading():
        number, answers = _number_of_answers(), answers_of(desk)
    parts = folds(answers)
    try:
        learned, *models = learn([answers, *(part.rest for part in parts)], check)
    except Refused as error:
        return Trained(None, f"Satisfaction is predicted as before: {error.message}")
    return Trained(keep(desk, number, learned, measured(models, [part.left_out for part in parts])), "")


def keep(desk: Desk, answers: int, learned: Learned, error_rates: dict[str, float]) -> ModelRow:
    """Write down a new model, trained on this number of answers."""
    with desk.transaction():
        model = SatisfactionModel(
            trained_at=desk.now(), answers=answers, weights=json.dumps(learned._asdict()), **error_rates
        )
        model.save()
        row = describe_model(model)
        _note(desk, row)
    return row


def _is_ours(desk: Desk) -> bool:
    """Return whether a training is due that no other terminal has begun; not at a desk that is only read."""
    with suppress(DatabaseUnavailable), desk.reading():
        if is_due():
            with desk.database.atomic():
                if is_due():
                    remember(TRIED, str(_number_of_answers()))
                    return True
    return False


def _number_of_answers() -> int:
    return int(Survey.select().where(Survey.answered_at.is_null(False)).count())


@command(
    "issue.train",
    past="model trained",
    undo=never("the next training replaces it"),
    by_desk=True,
    may="clock.act",
)
def _note(running: Command, row: ModelRow) -> None:
    running.detail = {**row}


def answers_of(desk: Desk) -> list[Answer]:
    """Return the newest real answers, oldest first."""
    query = (
        Survey.select(Survey.issue_id, Survey.score)
        .where(Survey.answered_at.is_null(False))
        .order_by(Survey.answered_at.desc(), Survey.survey_id.desc())
        .limit(MOST_ANSWERS)
    )
    scores = dict(reversed(tuples(query)))
    issues = list(Issue.select().where(Issue.issue_id.in_(list(scores)), ~Issue.voided))
    cases = facts.cases_of(issues, from_text(desk.now()))
    return [Answer(cases[number], score) for number, score in scores.items() if number in cases]
