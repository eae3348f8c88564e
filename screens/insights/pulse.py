"""The first view of Insights: leads a day, from lead to Confirmed, and what is open now."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from rich.text import Text

from dispatch.queries.wording import age
from dispatch.reporting.row_types import OpenWork, Pulse
from screens.insights.columns import compared
from screens.wording.agents import BARS
from screens.wording.text import CARE, GOOD, NEUTRAL

STEPS = ("leads", "bookings", "reached", "confirmed")
LEAST_PLOT, MOST_PLOT = 6, 14  # rows of the plot
LEAST_PARTS = 8  # of a table, where there is no room for more
GAP = 3  # cells between panels, at least
WIDEST_GAP = 8
BARS_OF_STEPS, NUMBER, LABEL = (30, 20, 14), 8, 10
CELLS_OF_DAYS = (3, 2, 1)
NAME, PART_NUMBER, PART_BAR, PART_SHARE = 15, 6, 8, 5
PART_BEFORE, WIDEST_NAME, WIDEST_BAR = 9, 20, 24
TABLE = NAME + PART_NUMBER + 1 + PART_BAR + PART_SHARE
WIDE = 120  # cells, for the clipboard
HEADS = 3  # rows of a table above its parts, with the blank one
Lines = list[Text]


class Part(NamedTuple):
    """A part of the leads: its name, a number of bookings, and the share Confirmed of those decided.

    ``before`` is the number of the days before; None if it is unknown.
    """

    name: str
    number: int
    share: float | None
    before: int | None = None


class Breakdown(NamedTuple):
    """A table below the pulse: what it breaks down by, its parts, and what their numbers count."""

    title: str
    parts: Sequence[Part]
    counted: str = "Bookings"


class Cells(NamedTuple):
    """The cells of a table's columns; 0 for one that is left out."""

    name: int = NAME
    bar: int = PART_BAR
    before: int = 0


def pulse_text(
    pulse: Pulse, now: str, width: int, breakdowns: Sequence[Breakdown] = (), height: int = 0
) -> Text:
    """Draw the pulse into a width in cells: side by side where there is room, else below each other.

    The breakdowns follow below, with as many parts as the rows of ``height`` take; the plot gets the rest.
    """
    base = f"Last {pulse['days']} days. Conversion: Confirmed, of Confirmed and Cancelled"
    note = [Text(), Text(base, "dim")]
    least = len(_panels(pulse, now, width, LEAST_PLOT)) + len(note)
    tables = _tables(breakdowns, width, height - least)
    spare = max(0, height - least - len(tables))
    panels = _panels(pulse, now, width, min(MOST_PLOT, LEAST_PLOT + spare))
    return Text("\n").join([*panels, *tables, *(note if tables else [])])


def _panels(pulse: Pulse, now: str, width: int, plot_rows: int) -> Lines:
    title, numbers = f"Leads a day, last {pulse['days']} days", pulse["leads_by_day"]
    plots = [_panel(title, _plot(numbers, cells, plot_rows)) for cells in CELLS_OF_DAYS]
    funnels = [_panel("From lead to confirmed", _funnel(pulse, cells)) for cells in BARS_OF_STEPS]
    work = _panel("Now", _open(pulse["open"], now))
    all_beside = next((found for found in product(plots, funnels) if _fit([*found, work], width)), None)
    if all_beside is not None:
        return _beside([*all_beside, work], width)
    days = next((plot for plot in plots if _fit([plot, work], width)), plots[-1])
    funnel = next((each for each in funnels if _fit([each], width)), funnels[-1])
    return [*_beside([days, work], width), Text(), *funnel]


def _tables(breakdowns: Sequence[Breakdown], width: int, height: int) -> Lines:
    """Draw as many tables beside each other as there is room for, the others below.

    Where all are beside each other, spare cells go to names, the days before, and bars.
    """
    shown = [each for each in breakdowns if each.parts]
    spare = (width - GAP * (len(shown) - 1)) // max(1, len(shown)) - TABLE
    cells = _cells(spare, has_before=any(part.before is not None for each in shown for part in each.parts))
    drawn = [_table(each, cells, each.parts[:LEAST_PARTS]) for each in shown]
    if shown and spare >= 0 and (filled := _filling(shown, cells, height)):
        drawn = filled
    lines: Lines = []
    row: list[Lines] = []
    for table in drawn:
        if row and not _fit([*row, table], width):
            lines += [Text(), *_beside(row, width)]
            row = []
        row.append(table)
    return [*lines, Text(), *_beside(row, width)] if row else lines


def _filling(shown: Sequence[Breakdown], cells: Cells, height: int) -> list[Lines]:
    """Draw the short tables below each other, the last one in the columns this leaves; [] without room."""
    *short, longest = shown
    stack = [line for each in short for line in (Text(), *_table(each, cells, each.parts[:LEAST_PARTS]))][1:]
    columns = len(short)
    if not columns or len(longest.parts) <= LEAST_PARTS or len(stack) >= height:
        return []
    rows = max(LEAST_PARTS, min(height - HEADS, -(-len(longest.parts) // columns)))
    parts = [longest.parts[start : start + rows] for start in range(0, columns * rows, rows)]
    first, *others = [_table(longest, cells, each) for each in parts if each]
    return [stack, first, *([Text(), *other[1:]] for other in others)]


def _cells(spare: int, *, has_before: bool) -> Cells:
    """Share out the spare cells of a table."""
    name = min(WIDEST_NAME, NAME + max(0, spare))
    before = PART_BEFORE if has_before and spare - (name - NAME) >= PART_BEFORE else 0
    bar = min(WIDEST_BAR, PART_BAR + max(0, spare - (name - NAME) - before))
    return Cells(name, bar, before)


def _table(table: Breakdown, cells: Cells, parts: Sequence[Part]) -> Lines:
    """Draw a table: its title, the heads of its columns, and some of its parts."""
    before = f"{'Before':>{cells.before}}" if cells.before else ""
    heads = f"{table.counted:>{cells.name + PART_NUMBER}}{before}"
    heads += f"{'Conversion':>{1 + cells.bar + PART_SHARE}}"
    most = max(part.number for part in table.parts) or 1
    return [Text(table.title, "bold"), Text(heads, "dim"), *_parts(parts, cells, most)]


def _parts(parts: Sequence[Part], widths: Cells, most: int) -> Lines:
    lines = []
    for name, number, share, before in parts:
        cell = Text(name)
        cell.truncate(widths.name, overflow="ellipsis", pad=True)
        cells = max(round(number / most * widths.bar), min(1, number))
        bar = (f" {'▆' * cells:<{widths.bar}}", NEUTRAL)
        earlier = f"{compared(number, before):>{widths.before}}" if widths.before else ""
        percent = "    –" if share is None else f" {share:4.0%}"
        lines.append(Text.assemble(cell, f"{number:>{PART_NUMBER},}", (earlier, "dim"), bar, percent))
    return lines


def _panel(title: str, lines: Lines) -> Lines:
    return [Text(title, "bold"), Text(), *lines]


def _width(panel: Lines) -> int:
    return max(line.cell_len for line in panel)


def _fit(panels: Sequence[Lines], width: int) -> bool:
    return sum(map(_width, panels)) + GAP * (len(panels) - 1) <= width


def _beside(panels: Sequence[Lines], width: int) -> Lines:
    """Join panels line by line, each as wide as its longest line; spare cells of ``width`` part them."""
    widths = [*map(_width, panels)]
    gap = max(GAP, min(WIDEST_GAP, (width - sum(widths)) // max(1, len(panels) - 1)))
    rows: Lines = []
    for row in range(max(map(len, panels))):
        line = Text()
        for panel, cells in zip(panels, widths, strict=True):
            part = panel[row] if row < len(panel) else Text()
            line.append_text(part).append(" " * (cells - part.cell_len + gap))
        line.rstrip()
        rows.append(line)
    return rows


def _plot(numbers: list[int], day_width: int, rows: int) -> Lines:
    """Draw a bar for each day above an axis whose ends are the data's."""
    highest, width = max(numbers, default=0), len(numbers) * day_width
    labels = {rows - 1: f"{highest:,}", rows // 2 - 1: f"{highest / 2:,.0f}" if highest > 1 else ""}
    margin = max(map(len, labels.values()))
    heights = [round(number / highest * rows * len(BARS)) if highest else 0 for number in numbers]
    lines = []
    for row in reversed(range(rows)):
        label = labels.get(row, "")
        days = zip(heights, numbers, strict=True)
        bars = (_cell(height - row * len(BARS), is_least=row == 0 < number) for height, number in days)
        axis = f"{label:>{margin}} {'┤' if label else '│'}"
        lines.append(Text.assemble((axis, "dim"), ("".join(bar * day_width for bar in bars), NEUTRAL)))
    ends = f"{len(numbers) - 1} days ago".ljust(width - len("today")) + "today"
    axis = f"{'0':>{margin}} ╵{'▔' * width}"  # right below the bars
    return [*lines, Text(axis, "dim"), Text(f"{'':>{margin}}  {ends}", "dim")]


def _cell(eighths: int, *, is_least: bool) -> str:
    """Return a cell filled by some eighths; the lowest of a day with leads is never empty."""
    if eighths <= 0:
        return BARS[0] if is_least else " "
    return BARS[min(eighths, len(BARS)) - 1]


def _funnel(pulse: Pulse, width: int) -> Lines:
    """Draw each step as a bar of up to ``width`` cells, with its share of the step above, now and before."""
    funnel, before = pulse["funnel"], pulse["funnel_before"]
    most = max(funnel[name] for name in STEPS)  # type: ignore[literal-required]
    lines = []
    for above, name in zip((None, *STEPS), STEPS, strict=False):
        number: int = funnel[name]  # type: ignore[literal-required]
        cells = round(number / most * width) if most else 0
        bar = "▆" * max(cells, min(1, number))
        line = Text.assemble(f"{name.capitalize():<{LABEL}}", f"{number:>{NUMBER},}  ")
        line.append(f"{bar:<{width}}", GOOD if name == "confirmed" else NEUTRAL)
        line.append(_compared(funnel, before, name, above))
        lines.append(line)
    return [*lines, Text(), Text(f"% of the step above; ({pulse['days']} days before)", "dim")]


def _compared(funnel: Any, before: Any, name: str, above: str | None) -> str:
    if above is None:
        return f" ({before[name]:,})" if before[name] else ""
    share, earlier = _share(funnel[name], funnel[above]), _share(before[name], before[above])
    return f" {share}" + (f" ({earlier.strip()})" if before[above] else "")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:4.0%}" if whole else "   –"


def _open(work: OpenWork, now: str) -> Lines:
    facts = [
        ("Pending", f"{work['pending']:,}", ""),
        ("Waiting", f"{work['waiting']:,}", f"bold {CARE}" if work["waiting"] else ""),
        ("Unclaimed", f"{work['to_claim']:,}", f"bold {CARE}" if work["to_claim"] else ""),
        ("Oldest unclaimed", age(work["oldest_to_claim"], now) if work["oldest_to_claim"] else "–", ""),
        ("Oldest open", age(work["oldest"], now) if work["oldest"] else "–", ""),
    ]
    return [Text.assemble((f"{label:<17}", "dim"), (value, style)) for label, value, style in facts]
