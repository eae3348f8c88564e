"""Feature importance as a bar chart: SVG written by hand, PNG by matplotlib (the extra ``report``)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from dispatch.matching.features import feature_name
from dispatch.matching.importance import Importance
from models import private_files
from models.errors import Refused

WIDTH, ROW, TOP, LEFT, RIGHT = 640, 26, 46, 140, 190
BAR_HEIGHT = 16
FOR_IT, AGAINST_IT = "#2a6f97", "#c8553d"
HEADING = "Feature importance: share of the differences between agents"
KEY = ("raises the score", "lowers the score")


def format_share(each: Importance) -> str:
    """Format the text after a bar."""
    return f"{each.share:.0%}  (weight {each.weight:+z.2f})"


def svg(bars: Sequence[Importance]) -> str:
    """Return the chart as SVG, the longest bar filling the width."""
    most = max((each.share for each in bars), default=0) or 1
    height = TOP + ROW * len(bars) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{HEADING}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="15" fill="#222222">{HEADING}</text>',
    ]
    for number, each in enumerate(bars):
        y = TOP + ROW * number
        length = (WIDTH - LEFT - RIGHT) * each.share / most
        parts += [
            _text(LEFT - 8, y + 13, feature_name(each.feature), "end"),
            _bar(LEFT, y, length, each.weight),
            _text(LEFT + length + 6, y + 13, format_share(each), "start"),
        ]
    y = TOP + ROW * len(bars) + 12
    for x, weight, word in ((LEFT, 1.0, KEY[0]), (LEFT + 170, -1.0, KEY[1])):
        parts += [_bar(x, y, 12, weight), _text(x + 18, y + 13, word, "start")]
    return "\n".join([*parts, "</svg>"])


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" fill="#222222">{escape(text)}</text>'


def _bar(x: float, y: float, length: float, weight: float) -> str:
    colour = FOR_IT if weight >= 0 else AGAINST_IT
    return f'<rect x="{x}" y="{y}" width="{length:.1f}" height="{BAR_HEIGHT}" fill="{colour}"/>'


def write_png(bars: Sequence[Importance], path: Path) -> None:
    """Write the chart as a PNG file. Raises Refused where matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
        from matplotlib.patches import Patch
    except ImportError as error:
        raise Refused(
            "no_matplotlib",
            "the PNG needs matplotlib",
            "pip install 'astra-tui[report]'; the SVG needs nothing else",
        ) from error
    figure = Figure(figsize=(7.2, 0.6 + 0.36 * len(bars)), layout="constrained")
    axes = figure.subplots()
    names = [feature_name(each.feature) for each in bars]
    colours = [FOR_IT if each.weight >= 0 else AGAINST_IT for each in bars]
    drawn = axes.barh(names, [each.share for each in bars], color=colours)
    axes.bar_label(drawn, labels=[format_share(each) for each in bars], padding=4)
    axes.set_xlim(0, 1.4 * (max((each.share for each in bars), default=0) or 1))
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.set_title(HEADING, loc="left", fontsize="medium")
    axes.legend(
        handles=[Patch(color=FOR_IT, label=KEY[0]), Patch(color=AGAINST_IT, label=KEY[1])],
        loc="lower right",
        frameon=False,
    )
    with open(path, "wb", opener=private_files.opener) as file:
        figure.savefig(file, dpi=144, format="png")
