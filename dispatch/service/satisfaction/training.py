"""Train the satisfaction model on real answers; it replaces the formula from a hundred answers on.

A model's error is measured on unseen answers: five times it is trained on four fifths of the answers and
tested on the fifth left out (docs/rules.md, Satisfaction).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.service.row_types import ModelRow
from dispatch.service.satisfaction import cases as facts
from dispatch.service.satisfaction import formula as satisfaction
from dispatch.service.satisfaction.case import Case
from dispatch.service.satisfaction.prediction import current_model, describe_model
from dispatch.service.satisfaction.trained_model import Learned, Vector, features
from models.base import tuples
from models.clock import from_text
from models.issues import Issue, SatisfactionModel, Survey

FEWEST_ANSWERS = 100
SATISFIED = 4
MOST_ANSWERS = 500  # the newest
NEW_SHARE = 10  # percent more answers than at the last training before the next one
FOLDS = 5
SURE = 15.0  # log-odds where every answer is of one kind


class Answer(NamedTuple):
    """An issue as it ended, and the customer's score."""

    case: Case
    score: int


def learn(answers: Sequence[Answer]) -> Learned:
    """Train a model; the same answers always give the same model."""
    from sklearn.preprocessing import StandardScaler  # takes a second to load: only needed for training

    rows = [features(answer.case) for answer in answers]
    scaler = StandardScaler().fit(rows)
    weights = _weights(scaler.transform(rows), [answer.score >= SATISFIED for answer in answers])
    high = [answer.score for answer in answers if answer.score >= SATISFIED] or [SATISFIED]
    low = [answer.score for answer in answers if answer.score < SATISFIED] or [SATISFIED - 1]
    means, spreads = scaler.mean_.tolist(), scaler.scale_.tolist()
    return Learned(means, spreads, weights, sum(high) / len(high), sum(low) / len(low))


def _weights(scaled: Any, outcomes: Sequence[bool]) -> Vector:
    """Return the most likely constant and weights, the weights under a ridge of 1."""
    from sklearn.linear_model import LogisticRegression

    if len(set(outcomes)) == 1:  # nothing to distinguish
        return [SURE if outcomes[0] else -SURE, *[0.0] * len(scaled[0])]
    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-8).fit(scaled, outcomes)
    return [*model.intercept_.tolist(), *model.coef_[0].tolist()]


def measured(answers: Sequence[Answer]) -> dict[str, float]:
    """Return the mean error in score points, the formula's too, and the share of right predictions."""
    off = formula_off = right = 0.0
    for fold in range(FOLDS):
        tried = [answer for place, answer in enumerate(answers) if place % FOLDS == fold]
        learned = learn([answer for place, answer in enumerate(answers) if place % FOLDS != fold])
        for answer in tried:
            off += abs(learned.score(answer.case) - answer.score)
            formula = satisfaction.predict(satisfaction.factors(answer.case.facts))
            formula_off += abs(formula - answer.score)
            right += (learned.chance(answer.case) >= 0.5) == (answer.score >= SATISFIED)
    number = len(answers)
    return {"error": off / number, "formula_error": formula_off / number, "accuracy": right / number}


def train_if_due(desk: Desk) -> ModelRow | None:
    """Retrain when there are enough new answers; return the model, or None."""
    with desk.reading():
        number = int(Survey.select().where(Survey.answered_at.is_null(False)).count())
        last = current_model()
        needed = FEWEST_ANSWERS if last is None else last.answers + max(1, last.answers // NEW_SHARE)
        if number < needed:
            return None
        answers = answers_of(desk)
    learned, error = learn(answers), measured(answers)
    with desk.transaction():
        model = SatisfactionModel(
            trained_at=desk.now(), answers=number, weights=json.dumps(learned._asdict()), **error
        )
        model.save()
        row = describe_model(model)
        _note(desk, row)
    return row


@command("issue.train", past="model trained", undo=never("the next training replaces it"), by_desk=True)
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
