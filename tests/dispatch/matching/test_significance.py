"""The chi-square test, against SciPy's."""

from __future__ import annotations

import pytest
from scipy.stats import chi2, chi2_contingency

from dispatch.matching.significance import chi_square_p, chi_square_tail

GROUPS = [(20, 30), (11, 31), (4, 9), (17, 17), (0, 3)]


@pytest.mark.parametrize("degrees", [1, 2, 7, 29, 300, 29_999])
@pytest.mark.parametrize("part", [0.01, 0.5, 0.9, 1.0, 1.1, 2.0, 40.0])
def test_the_tail_of_chi_square(degrees: int, part: float) -> None:
    statistic = degrees * part
    expected = float(chi2.sf(statistic, degrees))
    assert chi_square_tail(statistic, degrees) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("yates", [True, False])
def test_a_table_of_groups(yates: bool) -> None:
    for groups in (GROUPS, GROUPS[:2]):
        if yates and len(groups) > 2:
            continue
        table = [(won, total - won) for won, total in groups]
        assert chi_square_p(groups, yates=yates) == pytest.approx(
            chi2_contingency(table, correction=yates)[1]
        )


@pytest.mark.parametrize("groups", [[], [(3, 5)], [(0, 0), (2, 4)], [(4, 4), (2, 2)], [(0, 4), (0, 2)]])
def test_groups_that_cannot_differ(groups: list[tuple[int, int]]) -> None:
    assert chi_square_p(groups) == 1.0
