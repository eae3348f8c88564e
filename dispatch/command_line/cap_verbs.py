"""The verbs for caps, which are about no row of a list."""

from __future__ import annotations

from dispatch.assignment.caps import remove_cap, set_cap
from dispatch.command_line.verbs import Argument, Given, Kind, Verb, agent
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from models.windows import PERIODS

MOST_CAPS = 1_000_000_000


def _value(kind: str) -> Argument:
    return Argument(kind, Kind.CHOICE, f"--{kind}", required=False, listed=kind, only_option=True)


def _set(desk: Desk, given: Given) -> str:
    one = given.get("agent")
    scope = {name: given.get(name) for name in ("department", "source", "destination")}
    row = set_cap(desk, given["leads"], given["per"], one["agent_id"] if one else None, **scope)
    before = f", {row['was']:,} before" if row.get("was") else ""
    return f"Cap {row['cap_id']}: {row['words']}{before}"


def _remove(desk: Desk, given: Given) -> str:
    row = remove_cap(desk, validation.whole(given["cap"], "cap", 1, MOST_CAPS))
    return f"Removed cap {row['cap_id']}: {row['words']}"


CAP_VERBS = (
    Verb(
        "cs",
        "cap",
        "set",
        "At most {leads} leads per {per} for {agent}",
        _set,
        (
            Argument("leads", Kind.WORD),
            Argument("per", Kind.CHOICE, "--per", choices=PERIODS),
            agent("--agent", required=False, only_option=True),
            *map(_value, ("department", "source", "destination")),
        ),
        labels={"agent": "each agent"},
    ),
    Verb("cr", "cap", "remove", "Remove cap {cap}", _remove, (Argument("cap", Kind.WORD),)),
)
