"""Predicted customer satisfaction of an issue, and the model behind it."""

from __future__ import annotations

from dispatch.service.row_types import ModelRow, Prediction
from dispatch.service.satisfaction import formula
from dispatch.service.satisfaction.case import Case
from dispatch.service.satisfaction.trained_model import stored
from models.issues import SatisfactionModel

FORMULA, TRAINED = "formula", "trained"
PLACES = 4


def current_model() -> SatisfactionModel | None:
    """Return the latest trained model; None while the formula is used."""
    last: SatisfactionModel | None = (
        SatisfactionModel.select().order_by(SatisfactionModel.model_id.desc()).first()
    )
    return last


def predicted(case: Case, model: SatisfactionModel | None) -> float:
    """Return the predicted score by the trained model, or by the formula (0.875 to 4.5)."""
    if model is not None:
        return stored(model.weights).score(case)
    return formula.predict(formula.factors(case.facts))


def describe_case(case: Case, model: SatisfactionModel | None) -> Prediction:
    """Predict a case's satisfaction; the row names the model used."""
    score = predicted(case, model)
    return {
        "predicted": round(score, PLACES),
        "risk": formula.risk(score),
        "churn_probability": round(formula.churn_probability(score), PLACES),
        "factors": {key: round(value, PLACES) for key, value in formula.factors(case.facts).items()},
        "recommendations": formula.recommendations(score, case.facts),
        "model": describe_model(model),
    }


def describe_model(model: SatisfactionModel | None) -> ModelRow:
    """Return the row of a model; None is the formula."""
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
