"""Plots drawn in text."""

from __future__ import annotations

import pytest

from screens.wording.plots import interval_line, signed_bar


@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        (8.0, "  │████████"),
        (4.0, "  │████    "),
        (0.1, "  │        "),
        (-2.0, "▒▒│        "),
        (-0.1, " ▕│        "),
        (-0.6, " ▐│        "),
        (-1.4, "▐▒│        "),
        (0.0, "  │        "),
    ],
)
def test_a_bar_is_on_its_side_of_the_axis(value: float, drawn: str) -> None:
    bar = signed_bar(value, -2.0, 8.0, 11).plain
    assert len(bar) == 11
    assert bar == drawn if value != 0.1 else bar.rstrip("▏ ") == "  │"


def test_without_values_there_is_an_axis() -> None:
    assert signed_bar(0.0, 0.0, 0.0, 9).plain == "│        "


def test_an_interval_is_drawn_between_0_and_1() -> None:
    assert interval_line(0.2, 0.5, 1.0, 11) == "  ├──●────┤"
    assert interval_line(0.0, 0.0, 0.0, 11) == "●          "
