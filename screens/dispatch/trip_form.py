"""The facts of a trip, folded behind one key of the form: few leads come with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dispatch.desk.desk import Desk
from dispatch.inputs import trip_facts
from dispatch.inputs.trip_facts import FACTS
from dispatch.leads.intake import NotedLead
from models.calendars import terminal
from screens.dialogs.form import Field, FormModal, Values

LABELS = {
    "departs": "Departure",
    "returns": "Return",
    "travellers": "Travellers",
    "budget": "Budget",
    "language": "Language",
}
HINTS = {
    "departs": "a day: 2083-03-12, 12.3., in 3 weeks",
    "returns": "a day, not before the departure",
    "travellers": "how many",
    "budget": "an amount: 25000, 25k",
    "language": "a name or code: German, de",
}


def trip_form(known: Mapping[str, str]) -> FormModal[Values]:
    """Ask for the facts of a trip; closes with what was typed, which nobody has stored yet."""
    fields = [
        Field(name, label, known.get(name, ""), hint=HINTS[name], note=_note(name))
        for name, label in LABELS.items()
    ]
    return FormModal(
        "Trip",
        fields,
        checked,
        submit="Keep for this lead",
        about="All of it is optional, and goes with the lead when it is assigned.",
    )


def _note(name: str) -> Callable[[str, str], str] | None:
    """Say of a departure in the past that it is one; None for other fields."""
    if name != "departs":
        return None

    def describe(typed: str, now: str) -> str:
        if not typed.strip():
            return ""
        day = trip_facts.day(typed, name, now, terminal())
        return trip_facts.past_departure(day, now) or f"= {day}"

    return describe


def checked(desk: Desk, given: Values) -> Values:
    """Return the facts as typed. Raises InvalidInput."""
    found = trip_facts.read(given, desk.now(), desk.settings["currency"])
    trip_facts.check_order(found["departs_on"], found["returns_on"])
    return {name: given[name].strip() for name in FACTS}


def words(facts: Mapping[str, str]) -> str:
    """Say what was typed, in few cells: ``12.3.-20.3. · 2 people · 25k · de``."""
    days = "-".join(facts[name] for name in ("departs", "returns") if name in facts)
    people = f"{facts['travellers']} people" if "travellers" in facts else ""
    return " · ".join(filter(None, (days, people, facts.get("budget"), facts.get("language"))))


def notes_on(result: NotedLead) -> str:
    """Return what is to be said of a lead beside who got it."""
    return "; ".join(filter(None, (result["customer_note"], result.get("trip_note"))))
