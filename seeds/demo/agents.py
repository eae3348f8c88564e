"""The demo's agents: thirty that reproduce docs/rules.md, Published walkthrough, and any number more."""

from __future__ import annotations

from random import Random
from typing import Any

from seeds.demo.vocabulary import FIRST_NAMES, LAST_NAMES, MANAGERS

SALES, PREMIUM, LUXURY = "Interplanetary Sales", "Premium Bookings", "Luxury Voyages"
DEPARTMENTS = (SALES, PREMIUM, LUXURY)
DOMAIN = "astra-desk.example"
MOST_YEARS = 25
LEAD_FROM_YEARS, SENIOR_FROM_YEARS = 16, 10

# Name, department, years of service, rating. Agents 3 and 27 tie, and so do 1 and 16.
THIRTY = (
    ("Aurora", "Tanaka", LUXURY, 13, 4.2),
    ("Kai", "Rodriguez", SALES, 6, 4.1),
    ("Nova", "Singh", PREMIUM, 17, 4.4),
    ("Leo", "Kim", PREMIUM, 4, 3.9),
    ("Vera", "Nguyen", SALES, 6, 4.3),
    ("Soren", "Baker", PREMIUM, 21, 4.7),
    ("Mira", "Patel", LUXURY, 3, 4.6),
    ("Orion", "Davis", SALES, 11, 3.8),
    ("Luna", "Martinez", LUXURY, 9, 4.5),
    ("Zara", "Khan", SALES, 1, 4.0),
    ("Elias", "Walker", PREMIUM, 8, 4.8),
    ("Nia", "Ramirez", SALES, 10, 4.9),
    ("Atlas", "Foster", LUXURY, 5, 4.1),
    ("Selene", "Ali", PREMIUM, 19, 4.3),
    ("Rhea", "Chen", SALES, 5, 3.7),
    ("Zion", "Parker", SALES, 13, 4.2),
    ("Lyra", "Morgan", LUXURY, 2, 3.5),
    ("Dax", "Reyes", SALES, 8, 4.2),
    ("Calypso", "White", LUXURY, 12, 4.8),
    ("Orla", "Patel", PREMIUM, 9, 4.4),
    ("Arlo", "Scott", SALES, 3, 4.0),
    ("Juno", "Brooks", LUXURY, 18, 4.6),
    ("Cassian", "Ward", SALES, 7, 4.7),
    ("Phoebe", "Diaz", PREMIUM, 16, 4.1),
    ("Enzo", "Nguyen", LUXURY, 4, 4.5),
    ("Vega", "Price", PREMIUM, 2, 3.9),
    ("Ronan", "Young", LUXURY, 17, 4.4),
    ("Mila", "Reed", SALES, 7, 4.9),
    ("Sage", "Cooper", PREMIUM, 10, 4.2),
    ("Zuri", "Bennett", SALES, 3, 3.6),
)
# Pending bookings of the thirty; the others have none. So agents 6, 3, 27, 24, 1 and 16 lead the ranks, and
# agent 3 with one booking falls behind 13 agents without and 6, 14 and 22 with one.
WALKTHROUGH_LOADS = {
    **dict.fromkeys((4, 5, 10, 14, 15, 20, 22, 26, 29, 30), 1),
    **dict.fromkeys((7, 11, 17, 23, 25), 2),
}


def roster(number: int, rng: Random) -> list[dict[str, Any]]:
    """Build the first ``number`` agents: the thirty, then generated ones."""
    people = [*THIRTY[:number], *(_generated(rng) for _ in range(number - len(THIRTY)))]
    return [_agent(agent_id, *person) for agent_id, person in enumerate(people, start=1)]


def _generated(rng: Random) -> tuple[str, str, str, int, float]:
    years = int(rng.triangular(0, MOST_YEARS, 4))
    rating = round(rng.triangular(3.2, 5.0, 4.4), 1)
    return rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES), rng.choice(DEPARTMENTS), years, rating


def _agent(
    agent_id: int, first: str, last: str, department: str, years: int, rating: float
) -> dict[str, Any]:
    # names are unique only among the thirty
    number = "" if agent_id <= len(THIRTY) else str(agent_id)
    mailbox = f"{first}.{last}{number}".lower().replace("'", "")
    return {
        "agent_id": agent_id,
        "first_name": first,
        "last_name": last,
        "email": f"{mailbox}@{DOMAIN}",
        "job_title": _title(years),
        "department": department,
        "manager_name": MANAGERS[DEPARTMENTS.index(department)],
        "license_number": f"AD-{40 + agent_id % 7}-{agent_id:05d}",
        "years_of_service": years,
        "rating": rating,
    }


def _title(years: int) -> str:
    if years >= LEAD_FROM_YEARS:
        return "Lead Space Travel Agent"
    return "Senior Space Travel Agent" if years >= SENIOR_FROM_YEARS else "Space Travel Agent"
