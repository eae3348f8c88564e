"""The versions of weights that the desk has learned, or was given in a file."""

from __future__ import annotations

from peewee import AutoField, BooleanField, IntegerField, TextField

from models.base import BaseModel


class LearnedWeight(BaseModel):
    """One version: nine weights, what they were learned from, and how well they foretell.

    ``outcomes`` of assignments between ``first_at`` and ``last_at`` went into it; none where it came from a
    file (``origin``). ``weights``, ``fits`` and ``evaluation`` are JSON: {feature: weight}, the fitted
    equations (dispatch/match/equation.py), and the figures of the evaluation forward in time.
    """

    label = "version"

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

    class Meta:
        table_name = "learned_weights_table"
