"""The satisfaction of an issue's customer as of now: what the prediction rests on, and by which model."""

from __future__ import annotations

from typing import Any

from dispatch.service.satisfaction import formula
from dispatch.service.satisfaction.case import Case
from dispatch.service.satisfaction.trained_model import expected_score
from models.issues import SatisfactionModel

Row = dict[str, Any]

FORMULA, TRAINED = "formula", "trained"
PLACES = 4


def current_model() -> SatisfactionModel | None:
    """The model trained last; None while the formula serves."""
    last: SatisfactionModel | None = (
        SatisfactionModel.select().order_by(SatisfactionModel.model_id.desc()).first()
    )
    return last


def predicted(case: Case, model: SatisfactionModel | None) -> float:
    """The customer's score to expect: by the trained model, or by the formula (0.875 to 4.5)."""
    if model is not None:
        return expected_score(model.weights, case)
    return formula.predict(formula.factors(case.facts))


def told(case: Case, model: SatisfactionModel | None) -> Row:
    """Prediction, risk, churn, factors and recommendations; ``model`` says which one, with its error."""
    score = predicted(case, model)
    return {
        "predicted": round(score, PLACES),
        "risk": formula.risk(score),
        "churn_probability": round(formula.churn_probability(score), PLACES),
        "factors": {key: round(value, PLACES) for key, value in formula.factors(case.facts).items()},
        "recommendations": formula.recommendations(score, case.facts),
        "model": model_told(model),
    }


def model_told(model: SatisfactionModel | None) -> Row:
    """Which model predicts, from how many answers, and how far off it was on answers it had not seen."""
    if model is None:
        return {"kind": FORMULA, "answers": None, "mean_error": None}
    return {
        "kind": TRAINED,
        "answers": model.answers,
        "mean_error": round(model.error, 3),
        "formula_mean_error": round(model.formula_error, 3),
        "accuracy": round(model.accuracy, 3),
        "trained_at": model.trained_at,
    }
