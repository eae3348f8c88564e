"""What a hint proposes to do, as a placeholder: each front door renders it as its own key or command."""

from __future__ import annotations

import re
from collections.abc import Callable

PLACEHOLDER = re.compile(r"\{([a-z][\w.-]*)((?: [^{}]*)?)\}")
"""``{booking.reopen 416}``: the id of something to do, and what it is done to."""
CLAUSES = "; "


def act(identifier: str, *arguments: object) -> str:
    """Return the placeholder for something to do."""
    return "{" + " ".join((identifier, *map(str, arguments))) + "}"


def rendered(hint: str, way: Callable[[str, list[str]], str | None]) -> str:
    """Return a hint with its placeholders replaced; ``way`` gives the words for an id and its arguments.

    A clause (up to the next semicolon) with something that the front door cannot do (None) is left out.
    """
    said: list[str] = []
    for clause in hint.split(CLAUSES):
        ways = [way(found[1], found[2].split()) for found in PLACEHOLDER.finditer(clause)]
        words = [one for one in ways if one is not None]
        if len(words) == len(ways):
            following = iter(words)
            said.append(PLACEHOLDER.sub(lambda _, following=following: next(following), clause))  # type: ignore[misc]
    return CLAUSES.join(said)
