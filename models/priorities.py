"""The priorities of issues and bookings (docs/rules.md, Priority and Order of work)."""

from __future__ import annotations

PRIORITIES = ("LOW", "MEDIUM", "HIGH", "URGENT", "CRITICAL")
"""By number: LOW is 1, CRITICAL 5."""
MEDIUM = 2
"""The number that a booking has unless somebody says otherwise, and from which triage counts."""
USUAL = PRIORITIES[MEDIUM - 1]
"""Its name, which need not be said."""
