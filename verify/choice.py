"""Who may take a lead, and who is first: the rules of eligibility and three policies, in plain Python."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from verify.log import Row

Place = tuple[Any, ...]
Rules = list[tuple[str, Any]]  # of caps several, each with its number

MOST, MOST_EXCLUDED = 11, 50
TURNS = "round_robin"
DROPPED = (("location",), ("skill",), ("language",), ("department",))
DROPPED_BY_TURNS = (("location", "skill"), ("language",), ("department",))
SHARE, WEIGHT, CAP = "share", "without weight", "cap"
CHECKED_BY = {
    "department": "department",
    "skill": "skills",
    "location": "locations",
    "language": "languages",
    WEIGHT: "weight",
    CAP: "scopes",
}


def ratio(agent: Row) -> float:
    return float((agent["load"] + agent["issue_load"]) / max(agent["capacity"], 1))


def takes_work(agent: Row) -> bool:
    """Whether an agent is here, available, and below the capacity and all caps on all leads."""
    is_here = agent["left_at"] is None and agent["presence"] == "available"
    return bool(is_here and not is_full(agent) and agent["capped"] is None)


def is_full(agent: Row) -> bool:
    return bool(agent["load"] + agent["issue_load"] >= agent["capacity"])


PLACES: dict[str, Callable[[Row], Place]] = {  # lower is better
    "rank": lambda a: (a["load"], -a["years_of_service"], -a["rating"], a["agent_id"]),
    "balanced": lambda a: (ratio(a), a["last_given_at"] or "", a["agent_id"]),
}
COMPARED: dict[str, Callable[[Row], list[Any]]] = {
    "rank": lambda a: [a["load"], a["years_of_service"], a["rating"]],
    "balanced": lambda a: [ratio(a), a["last_given_at"] or "ever"],
}


def _place_by_share(number: int, keys: list[Any]) -> Place:
    is_behind, due_in, behind, weight = keys
    if is_behind:
        return 0, due_in, -behind, number
    return (1, -behind / weight, number) if weight else (2, 0.0, number)


def broken(agent: Row, rules: Rules) -> str | None:
    """The first of the rules that an agent does not meet."""
    for rule, wanted in rules:
        listed = agent[CHECKED_BY[rule]]
        if rule == WEIGHT:
            is_broken = not listed
        elif rule == CAP:
            is_broken = wanted in listed
        elif rule == "department":
            is_broken = listed != wanted
        elif rule == "language":
            is_broken = listed not in (None, "[]") and wanted not in listed
        else:
            is_broken = listed is not None and wanted not in listed
        if is_broken:
            return rule
    return None


def rules_of(lead: Row, package: str | None, departments: str, agents: dict[int, Row]) -> Rules:
    """A lead's rules: its department, and where any agent lists some, its places."""
    pairs = [pair.partition("=") for pair in departments.split(";") if pair.strip()]
    known = {name.strip(): department.strip() for name, _, department in pairs}
    wishes = str(lead["requests"] or "").casefold()
    named = [name for name in known if name.casefold() in wishes]
    found = [name for name in (package, *named, lead["destination"]) if name in known]
    rules = [("department", known[found[0]])] if found else []
    if any(agent["skills"] or agent["locations"] for agent in agents.values()):
        trip = (("skill", lead["destination"]), ("location", lead["launch_location"]))
        rules += [(rule, json.dumps(name, ensure_ascii=False)) for rule, name in trip if name]
    if lead.get("language"):
        rules.append(("language", json.dumps(lead["language"], ensure_ascii=False)))
    return rules


def excluded_by(decision: Row) -> set[int]:
    return {one for some in decision["excluded"].values() for one in some}


class Line:
    """The agents who have not left, in a policy's order for one lead; ``last`` is whose turn was last.

    Those ``held_back`` after an absence are behind all others.

    ``kept`` are those who must not get it, ``every`` the rules that a lead has. Then ``fits`` are the places
    of those who may take it, best first, under the ``rules`` left when some were ``dropped`` to find any.
    """

    def __init__(self, agents: dict[int, Row], policy: str, last: int, held_back: Collection[int]) -> None:
        self._agents, self._policy, self._last, self._held_back = agents, policy, last, held_back
        self._keys: dict[int, list[Any]] = {}  # where they are no columns
        here = [agent for agent in agents.values() if agent["left_at"] is None]
        self.places = {agent["agent_id"]: self._place(agent) for agent in here}
        self.able = sorted(self.places[agent["agent_id"]] for agent in here if takes_work(agent))

    def _place(self, agent: Row) -> Place:
        if self._policy == TURNS:
            return agent["agent_id"] <= self._last, agent["agent_id"]
        place = PLACES.get(self._policy, PLACES["rank"])(agent)
        return (agent["agent_id"] in self._held_back and takes_work(agent), *place)

    def sort_by(self, keys: dict[int, list[Any]]) -> None:
        """Put the agents in the order of ``share`` instead, by what it compares of them."""
        self._keys = keys
        self.places = {number: _place_by_share(number, keys[number]) for number in self.places}
        self.able = sorted(self.places[place[-1]] for place in self.able)

    def choose(self, every: Rules, kept: Collection[int]) -> None:
        self.kept, self.rules, self.dropped = kept, every, list[str]()
        drops = iter(DROPPED_BY_TURNS if self._policy == TURNS else DROPPED)
        while not (found := self._fit()) and self.able and (drop := next(drops, None)):
            self.dropped += [rule for rule in drop if rule in dict(every)]
            self.rules = [rule for rule in every if rule[0] not in self.dropped]
        if not found:
            self.rules, self.dropped = every, []
        self.fits = found

    def _fit(self) -> list[Place]:
        unkept = (one for one in self.able if one[-1] not in self.kept)
        return [one for one in unkept if not broken(self._agents[one[-1]], self.rules)]

    def compared(self, ranked: list[int]) -> list[list[Any]]:
        """The agents as a decision has them, with the keys that the policy compares."""
        if self._policy == TURNS:
            return [[one, self._last] for one in ranked]
        if self._keys:
            return [[one, *self._keys[one]] for one in ranked]
        keys = COMPARED.get(self._policy, COMPARED["rank"])
        held_back = {one: [True] for one in self._held_back}
        return [[one, *keys(self._agents[one]), *held_back.get(one, ())] for one in ranked]

    def excluded(self, ranked: list[int], favourite: int | None) -> list[int]:
        """Those who would have been before the winner, best first, were it not for a rule."""
        best = min((self.places[one] for one in (ranked if favourite else ranked[:1])), default=None)
        able = {place[-1] for place in self.able}
        ahead = sorted(place for place in self.places.values() if best is None or place < best)
        unable = [one for one in ahead if one[-1] not in able][:MOST_EXCLUDED]
        passed = [one for one in ahead if one[-1] in able and one[-1] not in ranked][:MOST_EXCLUDED]
        return [one[-1] for one in sorted(unable + passed)[:MOST_EXCLUDED]]

    def counts(self, excluded: list[int]) -> Counter[str]:
        """The agents excluded, by the rule that each is counted under."""
        return Counter(map(self._word, excluded))

    def _word(self, number: int) -> str:
        agent = self._agents[number]
        if number in self.kept:
            return "declined"
        if takes_work(agent):
            caps = [rule for rule in self.rules if rule[0] == CAP]
            return broken(agent, caps) or broken(agent, self.rules) or "other"
        if agent["presence"] != "available":
            return str(agent["presence"])
        return "full" if is_full(agent) else CAP


Trip = tuple[str, str]
WHOLE_DESK = ("", "")


def trip_of(lead: Row) -> Trip:
    return lead["launch_location"] or "", lead["destination"] or ""


class Pointer(NamedTuple):
    """Whose turn was last, by which lead, and whose before; ``is_back`` if that lead is undone."""

    agent_id: int = 0
    previous: int = 0
    lead_id: int = 0
    is_back: bool = False


class Turns:
    """The pointers of round robin, of each trip and of the whole desk."""

    def __init__(self) -> None:
        self._pointers: dict[Trip, Pointer] = {}
        self._policies: dict[tuple[int, int], tuple[str, int]] = {}
        """By lead and agent: the last policy that gave it to them, and the decision."""

    def last(self, trip: Trip, starts: str) -> int:
        """The agent behind whom a trip's turn begins."""
        places = (trip, WHOLE_DESK) if starts == "continue" else (trip,)
        return next((self._pointers[one].agent_id for one in places if self._agent_of(one)), 0)

    def _agent_of(self, trip: Trip) -> int:
        return self._pointers.get(trip, Pointer()).agent_id

    def given_by(self, booking: Row) -> tuple[str, int]:
        """The policy that gave a booking to its agent, and the decision."""
        return self._policies.get((booking["lead_id"], booking["agent_id"]), ("", 0))

    def take(self, lead: Row, decision: Row) -> None:
        """Note who got a lead by which policy."""
        agent_id, policy = decision["agent_id"], decision["policy"]
        if agent_id is None:
            return
        self._policies[lead["lead_id"], agent_id] = policy, decision["decision_id"]
        if policy == TURNS:
            for place in (trip_of(lead), WHOLE_DESK):
                self._pointers[place] = Pointer(agent_id, self._agent_of(place), lead["lead_id"])

    def follow(self, detail: Row, booked: dict[int, int], bookings: dict[int, Row]) -> None:
        """Let leads that an event has undone give their turns back, and those redone take them again."""
        if not any(TURNS in detail.get(name, ()) for name in ("credit", "taken_again")):
            return
        for trip, pointer in self._pointers.items():
            booking = bookings[booked[pointer.lead_id]]
            policy, _ = self.given_by(booking)
            if policy == TURNS and bool(booking["voided"]) != pointer.is_back:
                self._pointers[trip] = pointer._replace(
                    agent_id=pointer.previous, previous=pointer.agent_id, is_back=not pointer.is_back
                )

    def table(self) -> list[tuple[str, str, int]]:
        return sorted((*trip, pointer.agent_id) for trip, pointer in self._pointers.items())
