"""A logistic regression, written out: Newton's method with a ridge, always the same result."""

from __future__ import annotations

import math
from collections.abc import Sequence

Vector = list[float]

RIDGE = 1.0
ROUNDS = 12
CLOSE_ENOUGH = 1e-6
STEEPEST = 30.0


def standard(rows: Sequence[Vector]) -> tuple[Vector, Vector]:
    """Mean and spread of every column; a column that never differs has the spread 1."""
    number, columns = len(rows), list(zip(*rows, strict=True))
    means = [sum(column) / number for column in columns]
    spreads = [
        math.sqrt(sum((value - mean) ** 2 for value in column) / number) or 1.0
        for column, mean in zip(columns, means, strict=True)
    ]
    return means, spreads


def scaled(row: Vector, means: Vector, spreads: Vector) -> Vector:
    """A row in spreads from the mean, with the constant 1 before it."""
    return [1.0, *((value - mean) / spread for value, mean, spread in zip(row, means, spreads, strict=True))]


def probability(weights: Vector, row: Vector) -> float:
    """Of the outcome, for a scaled row."""
    steep = sum(weight * value for weight, value in zip(weights, row, strict=True))
    return 1 / (1 + math.exp(-max(-STEEPEST, min(STEEPEST, steep))))


def fit(rows: Sequence[Vector], outcomes: Sequence[bool]) -> Vector:
    """The weights of scaled rows that make their outcomes likeliest, the constant first."""
    width = len(rows[0])
    weights = [0.0] * width
    for _ in range(ROUNDS):
        gradient, curve = _slopes(rows, outcomes, weights)
        step = solve(curve, gradient)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < CLOSE_ENOUGH:
            break
    return weights


def _slopes(rows: Sequence[Vector], outcomes: Sequence[bool], weights: Vector) -> tuple[Vector, list[Vector]]:
    """The gradient of the likelihood, and its curvature; the constant has no ridge."""
    width = len(weights)
    gradient = [0.0, *(-RIDGE * weight for weight in weights[1:])]
    curve = [[RIDGE if a == b and a > 0 else 0.0 for b in range(width)] for a in range(width)]
    curve[0][0] = 1e-9
    for row, outcome in zip(rows, outcomes, strict=True):
        chance = probability(weights, row)
        missed, sure = outcome - chance, chance * (1 - chance)
        for a, value in enumerate(row):
            if value:
                gradient[a] += missed * value
                weighted, line = sure * value, curve[a]
                for b, other in enumerate(row):
                    line[b] += weighted * other
    return gradient, curve


def solve(matrix: Sequence[Vector], right: Vector) -> Vector:
    """The solution of a system of linear equations, by elimination with the largest pivot."""
    size = len(right)
    lines = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda line: abs(lines[line][column]))
        lines[column], lines[pivot] = lines[pivot], lines[column]
        for line in range(column + 1, size):
            factor = lines[line][column] / lines[column][column]
            lines[line] = [
                mine - factor * other for mine, other in zip(lines[line], lines[column], strict=True)
            ]
    found = [0.0] * size
    for line in reversed(range(size)):
        known = sum(lines[line][column] * found[column] for column in range(line + 1, size))
        found[line] = (lines[line][size] - known) / lines[line][line]
    return found
