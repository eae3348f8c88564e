"""Significance of differences: Pearson's chi-square over Confirmed and not Confirmed assignments."""

from __future__ import annotations

import math
from collections.abc import Iterable


def chi_square_p(groups: Iterable[tuple[int, int]], *, yates: bool = False) -> float:
    """Return the p-value that groups of (confirmed, assigned) differ by chance; 1 if nothing can differ.

    ``yates`` applies the continuity correction customary for a two-by-two table.
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
    """Return the probability that a chi-square variable is at least this large (A&S 26.4.4, 26.4.5)."""
    x, odd = statistic / 2, degrees % 2
    if x <= 0:
        return 1.0
    tail = math.erfc(math.sqrt(x)) if odd else math.exp(-x)
    for half in range(degrees, 2, -2):  # two more degrees add one term
        a = half / 2 - 1
        tail += math.exp(a * math.log(x) - x - math.lgamma(a + 1))
    return min(1.0, tail)
