"""The satisfaction of an issue's customer as of now: what the prediction rests on, and by which model."""

from __future__ import annotations

from dispatch.service.row_types import ModelRow, Prediction
from dispatch.service.satisfaction import formula
from dispatch.service.satisfaction.case import Case
from dispatch.service.satisfaction.trained_model import expected_score
from models.issues import SatisfactionModel

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


def told(case: Case, model: SatisfactionModel | None) -> Prediction:
    """Predict the satisfaction of a case; the row names the model used."""
    score = predicted(case, model)
    return {
        "predicted": round(score, PLACES),
        "risk": formula.risk(score),
        "churn_probability": round(formula.churn_probability(score), PLACES),
        "factors": {key: round(value, PLACES) for key, value in formula.factors(case.facts).items()},
        "recommendations": formula.recommendations(score, case.facts),
        "model": model_told(model),
    }


def model_told(model: SatisfactionModel | None) -> ModelRow:
    """The row of a model; None is the formula."""
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
