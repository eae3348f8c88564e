"""The themes to choose from: Astra's own dark, light and high contrast, and Textual's."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from screens.base.contrast import BLACK, WHITE, contrast, readable

ORDINARY = 7
"""The least contrast of ordinary text, so that faint text, which is readable too, still looks fainter."""

CURSOR_GROUND, CURSOR_INK = "block-cursor-background", "block-cursor-foreground"
CURSOR = "$cursor"
"""The name of the style of the line under the cursor, for a text that draws its own."""

DARK = Theme(
    name="astra-dark",
    primary="#7aa2f7",
    secondary="#bb9af7",
    accent="#ff9e64",
    warning="#e0af68",
    error="#f7768e",
    success="#9ece6a",
    foreground="#c8d0f0",
    background="#16161e",
    surface="#1a1b26",
    panel="#24283b",
    dark=True,
    variables={"border": "#7aa2f7", "border-blurred": "#3b4261", "footer-key-foreground": "#ff9e64"},
)
LIGHT = Theme(
    name="astra-light",
    primary="#2a5bd7",
    secondary="#7a3fb8",
    accent="#b3510b",
    warning="#8a5a00",
    error="#b3203a",
    success="#33691e",
    foreground="#20242f",
    background="#f4f5f8",
    surface="#ffffff",
    panel="#e4e7ef",
    dark=False,
    variables={"border": "#2a5bd7", "border-blurred": "#b4bacb", "footer-key-foreground": "#b3510b"},
)
CONTRAST = Theme(
    name="astra-contrast",
    primary="#00ffff",
    secondary="#ff9cff",
    accent="#00ffff",
    warning="#ffd000",
    error="#ff6060",
    success="#60ff60",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    dark=True,
    variables={"border": "#00ffff", "border-blurred": "#a0a0a0", "footer-key-foreground": "#00ffff"},
)
THEMES = (DARK, LIGHT, CONTRAST)
TERMINALS_OWN = tuple(name for name, theme in BUILTIN_THEMES.items() if theme.ansi)
"""Themes not on offer: what a terminal makes of its sixteen colours is unknown, and may be unreadable."""


def _legible(theme: Theme) -> Theme:
    """Return the theme with ordinary text that stands out from each of its grounds."""
    if theme.foreground is None:
        return theme
    text = Color.parse(theme.foreground).rgb
    for ground in (theme.background, theme.surface, theme.panel):
        if ground is not None:
            text = readable(text, Color.parse(ground).rgb, ORDINARY)
    return replace(theme, foreground=Color(*text).hex)


def _inked(theme: Theme) -> Theme:
    """Return the theme with full ink on the cursor's bar, which is the primary colour."""
    bar = Color.parse(theme.primary).rgb
    ink = max((WHITE, BLACK), key=lambda each: contrast(each, bar))
    return replace(
        theme, variables=theme.variables | {CURSOR_GROUND: theme.primary, CURSOR_INK: Color(*ink).hex}
    )


OFFERED = (
    *map(_inked, THEMES),
    *(_inked(_legible(theme)) for theme in BUILTIN_THEMES.values() if not theme.ansi),
)


def problem_of(theme: str | None) -> str:
    """Describe the problem with a theme's name; "" if the theme is on offer."""
    names = [each.name for each in OFFERED]
    if theme is None or theme in names:
        return ""
    close = get_close_matches(theme, names, 1)
    return f"there is no theme {theme!r}" + (
        f"; did you mean {close[0]}?" if close else f" (accepted: {', '.join(sorted(names))})"
    )
