"""Priorities in signs and colours, the same for issues and bookings."""

from __future__ import annotations

from dispatch.service.wording import priority_words
from models.priorities import PRIORITIES
from screens.wording.text import BAD, CARE

NAMES = tuple(map(priority_words, PRIORITIES[::-1]))
"""As forms offer them, the most urgent first."""
STYLES = {
    "CRITICAL": f"bold {BAD}",
    "URGENT": f"bold {BAD}",
    "HIGH": CARE,
    "MEDIUM": "",
    "LOW": "dim",
}
SIGNS = {"CRITICAL": "↑↑↑", "URGENT": "↑↑", "HIGH": "↑", "MEDIUM": "", "LOW": "↓"}
"""Before the name of a customer, so that it can be read without colour; what is usual has none."""
