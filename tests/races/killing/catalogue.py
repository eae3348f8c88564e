"""All kinds of work that are killed, by name."""

from __future__ import annotations

from tests.races.killing import booking_kinds, desk_kinds, faults, service_kinds, works
from tests.races.killing.kinds import Kind

ONE_COMMIT: dict[str, Kind] = {
    **booking_kinds.LEADS,
    **booking_kinds.BOOKINGS,
    **desk_kinds.AGENTS,
    **desk_kinds.CUSTOMERS,
    **desk_kinds.DESK,
    **service_kinds.ISSUES,
    **service_kinds.UNDO,
}
OF_A_FILE = frozenset({"password", "token made", "token revoked"})
"""Those that a desk on a server refuses, as the server signs people in."""
SOUND: dict[str, Kind] = {**ONE_COMMIT, **works.IN_PARTS}
KINDS: dict[str, Kind] = {**SOUND, **faults.FAULTY}
