"""Long lines of a pane go on below their values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from screens.widgets.steady_text import hanging
from screens.wording.text import add_value


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("Wishes      a dome with a view", ["Wishes      a dome with a", "            view"]),
        (" 4 Mar 08:30  cancelled: moved away", [" 4 Mar 08:30  cancelled:", "              moved away"]),
        ("  ✓     12  Oskar Sokolov, Venus", ["  ✓     12  Oskar Sokolov,", "            Venus"]),
        ("no label here, only a sentence", ["no label here, only a", "sentence"]),
        ("Short       line", ["Short       line"]),
        ("notified the head at 4 Mar 11:28", ["notified the head at", "4 Mar 11:28"]),
        (
            "Quote  176,000.00\u00a0USD (148,500.00\u00a0USD)",
            ["Quote  176,000.00\u00a0USD", "       (148,500.00\u00a0USD)"],
        ),
        (
            "João Müller-Ødegård 山田  ○\u00a0unclaimed",
            ["João Müller-Ødegård 山田", "○\u00a0unclaimed"],
        ),
        ("山田  太郎 has been here very often", ["山田  太郎 has been here", "      very often"]),
    ],
)
def test_a_long_line_goes_on_below_its_value(line: str, lines: list[str]) -> None:
    assert hanging(Text(line), 26).plain.split("\n") == lines


def test_a_value_goes_on_behind_what_was_given_with_it() -> None:
    text = add_value(Text("Expected "), "in two weeks from today", " " * 9)
    add_value(text.append("\n  ┃ "), "a note  that goes on\nand on", "  ┃ ", "dim")
    shown = hanging(text, 22)
    assert shown.plain.split("\n") == [
        "Expected in two weeks",
        "         from today",
        "  ┃ a note  that goes",
        "  ┃ on",
        "  ┃ and on",
    ]
    dim = [shown.plain[span.start : span.end] for span in shown.spans if span.style == "dim"]
    assert dim == ["  ┃ ", "  ┃ "]


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        (25, ["✉ elias.walker", "  @astra-desk.example"]),
        (16, ["✉ elias.walker", "  @astra-desk.ex", "  ample"]),
        (40, ["✉ elias.walker@astra-desk.example"]),
    ],
)
def test_a_long_address_is_parted_before_its_at(cells: int, lines: list[str]) -> None:
    text = add_value(Text("✉ "), "elias.walker@astra-desk.example", "  ")
    assert hanging(text, cells).plain.split("\n") == lines


def test_styles_stay_where_they_were() -> None:
    shown = hanging(Text.assemble(("Wishes      ", "dim"), "a dome with ", ("a view", "bold")), 26)
    assert [shown.plain[span.start : span.end] for span in shown.spans if span.style == "bold"] == [
        "a",
        "view",
    ]


@given(st.text(st.sampled_from("ab@  \n山🚀é"), max_size=80), st.integers(30, 60))
def test_nothing_is_lost_and_every_line_fits(text: str, cells: int) -> None:
    shown = hanging(Text(text), cells).plain
    assert "".join(shown.split()) == "".join(text.split())
    assert all(cell_len(line.rstrip()) <= cells for line in shown.split("\n"))
