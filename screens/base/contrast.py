"""Text that can be read: every colour of a text is moved until it stands out against what is behind it.

Colours are RGB, 0 to 255 each; contrasts are those of WCAG 2, from 1 (the same colour) to 21.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as ThemeColor
from textual.filter import LineFilter

RGB = tuple[int, int, int]

READABLE = 4.5
"""The least contrast of a text, WCAG's level AA."""
STEPS = 32  # of a colour on its way to white or black: finer ones cannot be told apart
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
FILL = 3
"""The least contrast of a fill, such as the cursor's bar, against the ground of the screen."""
FRAMES = frozenset(map(chr, range(0x2500, 0x25A0))) | {" "}
"""Lines and blocks: frames, bars and scrollbars, which may be fainter than text."""


def luminance(colour: RGB) -> float:
    """Return the relative luminance, from 0 to 1."""
    red, green, blue = (
        part / 12.92 if (part := value / 255) <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for value in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast of two colours, in either order."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(4096)
def readable(colour: RGB, ground: RGB, least: float = READABLE) -> RGB:
    """Return the colour, mixed with as little white or black as gives it ``least`` against ``ground``.

    A light text stays light and a dark one dark where that suffices. Where neither white nor black has
    ``least`` (only possible above 4.58), it is the better of the two.
    """
    if contrast(colour, ground) >= least:
        return colour
    ends = (WHITE, BLACK) if luminance(colour) >= luminance(ground) else (BLACK, WHITE)
    end = next((end for end in ends if contrast(end, ground) >= least), None)
    if end is None:
        return max(ends, key=lambda each: contrast(each, ground))
    mixtures = (_mixed(colour, end, step / STEPS) for step in range(1, STEPS + 1))
    return next(mixture for mixture in mixtures if contrast(mixture, ground) >= least)


@lru_cache(4096)
def ink(colour: RGB, ground: RGB, screen: RGB) -> RGB:
    """Return the colour of a text on its ground, before the ground of the screen.

    On a fill, such as the cursor's bar, every text has full ink: what is faint or coloured elsewhere would
    be hard to read there.
    """
    if contrast(ground, screen) < FILL:
        return readable(colour, ground)
    return max((WHITE, BLACK), key=lambda each: contrast(each, ground))


def _mixed(colour: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


class ReadableText(LineFilter):
    """Gives each text as painted a readable colour in any theme, and full ink on the cursor's bar.

    It comes after Textual's own filters, which have by then mixed ``dim`` into the colour. A terminal's own
    colours, which nobody knows, stay.
    """

    def apply(self, segments: list[Segment], background: ThemeColor) -> list[Segment]:
        return [self._readable(segment, background) for segment in segments]

    @staticmethod
    def _readable(segment: Segment, background: ThemeColor) -> Segment:
        text, style, control = segment
        if style is None or control or style.color is None or style.color.triplet is None:
            return segment
        ground = background.rgb
        if style.bgcolor is not None and style.bgcolor.triplet is not None:
            ground = style.bgcolor.triplet
        colour = ink(style.color.triplet, ground, background.rgb)
        if colour == style.color.triplet or FRAMES.issuperset(text):
            return segment
        return Segment(text, style + Style.from_color(Color.from_rgb(*colour)), control)


READABLE_TEXT = ReadableText()
