"""Do agents differ? Pearson's chi-square over Confirmed and not Confirmed assignments."""

from __future__ import annotations

import math
from collections.abc import Iterable

FEW_STEPS = 10_000


def chi_square_p(groups: Iterable[tuple[int, int]], *, yates: bool = False) -> float:
    """The p-value that groups of (confirmed, assigned) differ by chance alone; 1 where nothing can differ.

    ``yates`` is the continuity correction that is customary for a table of two by two.
    """
    tried = [(won, total) for won, total in groups if total]
    won_in_all = sum(won for won, _ in tried)
    total_in_all = sum(total for _, total in tried)
    if len(tried) < 2 or won_in_all in (0, total_in_all):
        return 1.0
    rate = won_in_all / total_in_all
    statistic = 0.0
    for won, total in tried:
        gap = abs(won - total * rate)
        if yates:
            gap = max(0.0, gap - 0.5)
        statistic += gap**2 / (total * rate * (1 - rate))
    return chi_square_tail(statistic, len(tried) - 1)


def chi_square_tail(statistic: float, degrees: int) -> float:
    """The probability that a chi-square variable is at least this large (A&S 6.5.29, 6.5.31)."""
    x, a = statistic / 2, degrees / 2
    if x <= 0:
        return 1.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        return max(0.0, 1 - scale * _series(x, a))
    return min(1.0, scale * _fraction(x, a))


def _series(x: float, a: float) -> float:
    term = total = 1 / a
    for step in range(1, FEW_STEPS):
        term *= x / (a + step)
        total += term
        if term < total * 1e-15:
            break
    return total


def _fraction(x: float, a: float) -> float:
    """Lentz's evaluation of the continued fraction."""
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    value = d
    for step in range(1, FEW_STEPS):
        factor = -step * (step - a)
        b += 2
        d = 1 / (factor * d + b or tiny)
        c = b + factor / c or tiny
        value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value
