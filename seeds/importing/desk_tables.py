"""The tables that only the export of a desk has, and the further columns of the others."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.inputs.head_words import plain
from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS, Layout

VALUES, CUSTOMERS, LEADS, DECISIONS = "values", "customers", "leads", "decisions"

_OF_AGENTS = """
capacity presence left_at presence_until presence_reason hours skills locations level specialisations
languages weight prior_rating prior_answers last_given_at offers_missed
"""
_OF_BOOKINGS = """
lead_id created_at changed_at claimed_at contacted_at contact_attempts last_outcome follow_up_at
cancel_reason score scored_agent_id date_fault voided version given_at progress_at asked_at shuffled_at
pinned_at clock_from priority attempts_in_row unreachable
"""
FURTHER = {
    AGENTS: _OF_AGENTS.split(),
    CUSTOMERS: ["do_not_contact", "phone_typed", "email_typed"],
    ASSIGNMENTS: ["lead_id"],
    BOOKINGS: _OF_BOOKINGS.split(),
}
"""By the models' names: what they say is stored if a file has them, and otherwise begins as in a new row."""


def _layout(kind: str, fields: str, optional: str = "", nullable: str = "", **other_names: str) -> Layout:
    return Layout(
        kind,
        tuple(fields.split()),
        optional=frozenset(optional.split()),
        nullable=frozenset((optional + " " + nullable).split()),
        synonyms={field: tuple(words.split()) for field, words in other_names.items()},
        parts={},
        joined={},
        owners=frozenset(),
        weak=frozenset(),
    )


TABLES = {
    VALUES: _layout(VALUES, "List Value Destination RetiredAt RenamedTo", "Destination RetiredAt RenamedTo"),
    CUSTOMERS: _layout(
        CUSTOMERS,
        "CustomerID Name Phone Email CreatedAt MergedInto Tier",
        "Phone Email CreatedAt MergedInto Tier",
    ),
    LEADS: _layout(
        LEADS,
        "LeadID CustomerID CustomerName CommunicationMethod LeadSource Destination LaunchLocation Requests"
        " ReceivedAt DepartsOn ReturnsOn Travellers Budget Language",
        "Destination LaunchLocation Requests DepartsOn ReturnsOn Travellers Budget Language",
        CommunicationMethod="method",
        LeadSource="source",
        LaunchLocation="launch",
    ),
    DECISIONS: _layout(
        DECISIONS,
        "DecisionID LeadID AgentID DecidedAt Policy SettingsVersion Reason Candidates Excluded Notes",
        nullable="AgentID",
    ),
}
_KEYS = {
    VALUES: {"list", "value"},
    LEADS: {"leadid", "customerid", "receivedat"},
    DECISIONS: {"decisionid", "leadid", "decidedat"},
    CUSTOMERS: {"customerid", "name"},
}
"""What no other table has together, if it has none of the keys below."""
_OTHERS = {CUSTOMERS: {"bookingid", "assignmentid", "leadid"}}
ONLY_READ = frozenset({"eventid", "issueid"})
"""The keys of tables that leave a desk, but are not imported."""


def table_of(names: Sequence[str]) -> Layout | None:
    """Return the table of another desk's export to which rows with these columns belong."""
    heads = {plain(name) for name in names}
    for kind, keys in _KEYS.items():
        if keys <= heads and heads.isdisjoint(_OTHERS.get(kind, ())):
            return TABLES[kind]
    return None


def is_only_read(names: Sequence[str]) -> bool:
    """Return whether the columns are those of a table that is not imported."""
    return not ONLY_READ.isdisjoint(plain(name) for name in names)


def further_places(kind: str, names: Sequence[str]) -> dict[str, int]:
    """Map the further columns of a table to their positions among a file's names."""
    places = {plain(name): place for place, name in reversed(list(enumerate(names)))}
    return {name: places[plain(name)] for name in FURTHER.get(kind, ()) if plain(name) in places}
