"""Versions of match weights, learned by the desk or loaded from a file."""

from __future__ import annotations

from peewee import AutoField, BooleanField, IntegerField, TextField

from models.base import BaseModel


class LearnedWeight(BaseModel):
    """One version: nine weights, the data they were learned from, and how well they predict.

    It was trained on ``outcomes`` assignments between ``first_at`` and ``last_at``; on none if it came from a
    file (``origin``). ``weights``, ``fits`` and ``evaluation`` are JSON: {feature: weight}, the fitted
    equations (dispatch/matching/conversion.py), and the results of the forward evaluation.
    """

    label = "version"
    table = "learned_weights_table"

    version = AutoField()
    origin = TextField()
    learned_at = TextField()
    outcomes = IntegerField(default=0)
    first_at = TextField(null=True)
    last_at = TextField(null=True)
    gate_open = BooleanField(default=False)
    weights = TextField()
    fits = TextField(default="{}")
    evaluation = TextField(default="{}")
