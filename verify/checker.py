"""Works out again, from a desk's file alone, every choice of an agent that the desk has on record.

A second, plain version of docs/rules.md (Verification): it imports nothing of Astra's, only reads the SQLite
file, and replays the log from its first event. Before each decision it works out who may take the lead and
who is first; at the end it compares what follows from the log with the rows. It stops at the first fault.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from verify import choice, owners
from verify.log import (
    AGENTS,
    BESIDE,
    BOOKINGS,
    CAPS,
    COLUMNS,
    DERIVED,
    DIGESTED,
    LEADS,
    SEEN,
    Fault,
    Log,
    Row,
    is_erased,
    same,
    settings_of,
)
from verify.rows import Rows
from verify.shares import BALANCED

AFTER_DECISION = {*COLUMNS[BOOKINGS]} - {"package"}
UNDECIDED = ("undo", "redo", "import", "import.rows", "import.rows_back", "lead.file_again")
VERSIONS = {  # others: as many as settings, caps
    "weights.learn": (0, 1),
    "desk.restore": (0, 2**40),
    **dict.fromkeys(("user.add", "user.set", "user.disable", "user.enable", "token.revoke"), (1, 1)),
}
LISTS = ("value.add", "value.rename", "value.retire")
FIRST = {"policy": "rank", "departments": "", "owner": "open", "decline_minutes": "30"}
FIRST["round_robin_start"] = "continue"
NAMED = ("by hand", "pull", "shuffle")


class Checker:
    """The replay of one desk's file; ``progress`` gets the number of events done, and of all."""

    def __init__(self, path: Path, progress: Callable[[int, int], object] = lambda _done, _all: None) -> None:
        self._path, self._progress = path, progress
        self._checked, self._skipped = Counter({"decisions": 0, "events": 0}), Counter[str]()
        self._where: dict[str, int] = {}  # of a fault
        self._parts: dict[int, Row] = {}  # events that a command wrote while another was at work
        self._sightings: dict[int, list[tuple[int, int, str]]] = {}  # by booking: event, agent, time
        self._roots: dict[int, int] = {}
        self._undone: set[int] = set()
        self._turns = choice.Turns()
        self._versions, self._newest = (1, 1), 0

    def run(self) -> Row:
        """Return what was checked and what was not, and the first fault, if there is one."""
        fault = None
        self._log = Log(self._path)
        try:
            self._begin()
            self._replay()
            self._compare_end()
        except Fault as found:
            fault = found.args[0]
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            where = dict.fromkeys(("event", "decision", "booking")) | self._where
            fault = {"what": "cannot be followed", **where, "recorded": repr(error), "follows": None}
        self._log.close()
        told = {"checked": dict(self._checked), "first_fault": fault, "not_checked": dict(+self._skipped)}
        return {"ok": fault is None, **told}

    def _same(self, what: str, recorded: Any, follows: Any, **where: int) -> None:
        same(what, recorded, follows, **(self._where | where))

    def _begin(self) -> None:
        """Read the file, and put the rows in place that were there before the log."""
        log = self._log
        log.look_through()
        every = log.decisions()
        self._decisions = deque(row for row in every if row["seen"] is not None)
        self._since = self._decisions[0]["after_event"] if self._decisions else 2**62
        older = [row for row in every if row["seen"] is None]
        self._skipped["decisions without a digest"] = len(older)
        self._knows_turns = not any(row["policy"] == choice.TURNS for row in older)
        self._settings = FIRST | log.settings | log.first_settings
        self._rows = Rows(log, self._settings, self._skipped)
        self._tables, self._agents, self._shares = self._rows.tables, self._rows.agents, self._rows.shares
        reckoning = {row["policy"] for row in older} & {choice.SHARE, BALANCED}
        self._shares.is_known = log.has_absences and not reckoning
        for table, rows in log.present.items():
            for number in rows:
                if f"{table}:{number}" not in log.announced:
                    self._rows.add({}, table, number, {})
        for number in log.assignments:
            if f"assignment_history:{number}" not in log.announced:
                self._rows.given(number)
        self._shares.switch(self._settings["policy"])

    # -- the replay

    def _replay(self) -> None:
        for done, event in enumerate(self._log.events()):
            self._where = {"event": event["event_id"]}
            if event["event_id"] in self._log.parts:
                self._parts[event["event_id"]] = event
            else:
                self._event(event)
            if done % 1000 == 0:
                self._progress(done, self._log.total)
        self._same("decisions of no event", [one["decision_id"] for one in self._decisions], [])

    def _event(self, event: Row) -> None:
        """Apply one event: first the rows that nothing is decided about, then its steps in order."""
        self._where = {"event": event["event_id"]}
        self._prepare(event)
        before, after, own = event["before"], event["after"], 0
        while own < len(self._decisions) and self._decisions[own]["after_event"] < event["event_id"]:
            own += 1
        steps = event["detail"].get("steps", [0] * own)
        later: dict[str, Collection[str]] = {}
        for decision in islice(self._decisions, sum(step == 0 for step in steps)):
            later[f"{BOOKINGS}:{self._log.booked.get(decision['lead_id'])}"] = AFTER_DECISION
        for step in steps:
            if isinstance(step, list):
                later[step[0]] = {*later.get(step[0], ()), *step[1], *BESIDE, "given_at"}
        for key, new in after.items():
            self._given_at(event, key)
            if key not in later or key in before:
                self._apply(event, key, {name: new[name] for name in new.keys() - later.get(key, ())})
        self._turns.follow(event["detail"], self._log.booked, self._tables[BOOKINGS])
        for step in steps:
            if isinstance(step, list):
                self._apply(event, step[0], self._beside(event, *step) | step[1])
            elif step:
                self._event(self._parts.pop(step))
                self._rows.now = event["at"]
            else:
                self._give_back(event)
                self._decision(event)
        self._give_back(event)
        self._finish(event)

    def _beside(self, event: Row, key: str, step: Row) -> Row:
        """What changes together with a step: about a presence, and when a booking was given."""
        told, given = event["after"].get(key, {}), self._given_at(event, key)
        if "agent_id" not in step or given == {}:
            return {name: told[name] for name in told.keys() & BESIDE}
        if step["agent_id"] != told.get("agent_id", step["agent_id"]):
            given = {"given_at": step["agent_id"] and event["at"]}
        return given

    def _given_at(self, event: Row, key: str) -> Row:
        """When a booking was given by the end of an event, as a change of its row."""
        table, _, number = key.rpartition(":")
        row = self._tables[BOOKINGS].get(int(number)) if table == BOOKINGS else None
        if row is None:
            return {}
        before = event["given"].setdefault(key, row["given_at"])
        return {"given_at": event["after"].get(key, {}).get("given_at", before)}

    def _give_back(self, event: Row) -> None:
        """What an undo gives back is given before it decides anything."""
        if not event["is_given_back"]:
            event["is_given_back"] = True
            is_undo = (
                event["command"] in ("undo", "redo") and event["after"]
            )  # of a file, others have the rows
            if is_undo and self._shares.is_known:
                self._check_credit(event)
            self._shares.give_back(event["detail"])

    def _check_credit(self, event: Row) -> None:
        """An undo gives back the leads that share gave, and a redo takes them again."""
        follows: dict[str, Counter[str]] = {"credit": Counter(), "taken_again": Counter()}
        for key in event["before"].keys() & event["after"].keys():
            if key.startswith(f"{BOOKINGS}:") and "voided" in event["after"][key]:
                booking = self._tables[BOOKINGS][int(key.rpartition(":")[2])]
                policy, decision = self._turns.given_by(booking)
                if policy == choice.SHARE and self._shares.counts(decision):
                    follows["credit" if booking["voided"] else "taken_again"][str(booking["agent_id"])] += 1
        for name, counts in follows.items():
            told = event["detail"].get(name, {}).get(choice.SHARE, {})
            self._same(f"what an undo gave back ({name})", told, dict(counts))

    def _prepare(self, event: Row) -> None:
        number, detail, command = event["event_id"], event["detail"], event["command"]
        self._rows.now = event["at"]
        if command != "agent.turn":  # all of which come first
            self._rows.caps.roll(event["at"])
        for key, old, new in (changes := settings_of(event)):
            self._same(f"the setting {key} before", old, self._settings.get(key, old))
            if key == "policy" and new != self._settings[key]:
                self._shares.switch(new)
            self._settings[key] = new
            if key in ("zone", "ramp"):
                self._rows.caps.reset()
        if command == "weights.learn":
            self._settings.pop("match_weights", None)  # it may have been fixed to those in use
        settings = len(changes) + sum(key.startswith(f"{CAPS}:") for key in event["after"])
        may_raise = command == "cap.set" or detail.get("command", command) in LISTS
        low, high = VERSIONS.get(command, (settings, settings + may_raise))
        self._versions = (self._versions[0] + low, self._versions[1] + high)
        if SEEN.get(command) in detail:
            looks = self._sightings.setdefault(event["booking_id"], [])
            looks.append((number, detail[SEEN[command]], event["at"]))
        if event["undoes"] is not None:
            root: int = event["undoes"]
            self._roots[number] = self._roots.get(root, root)
            self._undone ^= {self._roots[number]}

    def _finish(self, event: Row) -> None:
        """Compare the rows with what the event says of them, and new holders with the decisions."""
        self._where = {"event": event["event_id"]}
        is_decided = event["command"] not in UNDECIDED and event["event_id"] > self._since
        for key, new in event["after"].items():
            table, _, number = key.rpartition(":")
            row = self._tables.get(table, {}).get(int(number), {})
            if (given := self._given_at(event, key)) and given["given_at"] != row["given_at"]:
                self._rows.change(table, row, given, None)
            for name in new.keys() & row.keys():
                self._same(f"{name} of {key}", new[name], row[name])
            is_new = new.get("status") == "Pending" and key not in event["before"]
            if table == BOOKINGS and is_decided and (is_new or "agent_id" in new):
                decided = event["decided"].get(int(number), 0)
                self._same("an agent nobody decided on", new.get("agent_id"), decided, booking=int(number))
        self._newest = max(self._newest, event["event_id"])
        self._checked["events"] += 1

    def _apply(self, event: Row, key: str, new: Row) -> None:
        """Give a row new values; a new one its first values, too."""
        table, _, text = key.rpartition(":")
        number, before, told = int(text), event["before"].get(key, {}), event["after"].get(key, {})
        if table not in self._log.columns:
            if table == "assignment_history":
                self._same("an assignment", key if number in self._log.assignments else None, key)
                if key not in event["before"] and not told:
                    self._rows.given(number)
            return
        row = self._tables[table].get(number)
        if row is None:
            self._rows.add(event, table, number, told | new)
            return
        touched = event["touched"].setdefault(key, set())
        for name in (new.keys() & before.keys() & row.keys()) - touched:
            self._same(f"{name} of {key} before", before[name], row[name])
        touched.update(new)
        at = None if event["command"] == "lead.file_again" else event["at"]
        self._rows.change(table, row, {name: new[name] for name in new.keys() & row.keys()}, at)

    # -- decisions

    def _decision(self, event: Row) -> None:
        """Check the next decision, and give its booking to the agent decided."""
        self._same("the number of decisions left", len(self._decisions) > 0, True)
        decision = self._decisions.popleft()
        number, agent_id = self._log.booked[decision["lead_id"]], decision["agent_id"]
        self._where |= {"decision": decision["decision_id"], "booking": number}
        text = json.dumps([decision[name] for name in DIGESTED], separators=(",", ":"))[:-1]
        text += f",{decision['candidates']},{decision['notes']}]"
        self._same("the digest", decision["seen"], hashlib.blake2b(text.encode(), digest_size=32).hexdigest())
        self._same("the last event before", decision["after_event"], self._newest)
        self._same("the time", decision["decided_at"], event["at"])
        version, (low, high) = decision["settings_version"], self._versions
        self._same("the version of the settings", version, min(max(version, low), high))
        self._versions, self._checked["decisions"] = (version, version), self._checked["decisions"] + 1
        self._shares.last_decision = decision["decision_id"]
        for name in ("candidates", "notes", "excluded"):
            decision[name] = json.loads(decision[name])
        key, row = f"{BOOKINGS}:{number}", self._tables[BOOKINGS].get(number)
        if decision["policy"] in NAMED:
            self._skipped["decisions by hand or by the shuffle: an agent was named"] += 1
            self._same("the agent named", decision["candidates"], [[agent_id]])
        else:
            self._choice(event, decision, row or event["after"].get(key, {}))
        event["decided"][number] = agent_id
        self._shares.receive(decision)
        self._turns.take(self._tables[LEADS][decision["lead_id"]], decision)
        self._same("the agent decided", agent_id, agent_id if key in event["after"] else None)
        if key in event["after"]:
            given_at = None if agent_id is None else event["at"]
            given = {"status": "Pending", "agent_id": agent_id, "given_at": given_at}
            self._apply(event, key, event["after"][key] | given)

    def _choice(self, event: Row, decision: Row, booking: Row) -> None:
        """Choose as the policy does, and compare; of a policy by score, only who could take the lead."""
        policy, given, departments = decision["policy"], decision["candidates"], self._settings["departments"]
        lead = self._tables[LEADS][decision["lead_id"]]
        self._same("the policy", policy, event["detail"].get("policy", self._settings["policy"]))
        turn = self._turns.last(choice.trip_of(lead), self._settings["round_robin_start"])
        held_back = self._shares.held_back() if policy == BALANCED and self._shares.is_known else set[int]()
        line = choice.Line(self._agents, policy, turn, held_back)
        if policy == choice.SHARE and self._shares.is_known:
            line.sort_by(self._shares.keys(given))
        rules = [(choice.WEIGHT, "")] if policy == choice.SHARE else []
        rules += self._rows.caps.rules_of(lead)
        rules += choice.rules_of(lead, booking.get("package"), departments, self._agents)
        line.choose(rules, self._kept_out(event, decision, booking))
        ids = [one[0] for one in given]
        if departments and is_erased(lead["requests"]):
            self._skipped["decisions about the department of erased requests"] += 1
            return
        self._same("the rules dropped", decision["notes"].get("relaxed", []), line.dropped)
        if self._is_by_score(policy, given):
            self._skipped[f"decisions by {policy}: who was first, not who could take the lead"] += 1
            self._same("who could take it", [one for one in ids if line.places.get(one) not in line.fits], [])
            self._same("how many could", min(len(given), choice.MOST), min(len(line.fits), choice.MOST))
        else:
            self._compare(decision, line, self._owner(event, lead, line))

    def _compare(self, decision: Row, line: choice.Line, favourite: int | None) -> None:
        """Compare the agents of a decision with those in line, the customer's owner before all."""
        policy, given, notes = decision["policy"], decision["candidates"], decision["notes"]
        ranked = [place[-1] for place in line.fits[: choice.MOST]]
        if favourite is not None:
            ranked = [favourite, *(one for one in ranked if one != favourite)]
        told = [[one[0], *one[2:]] if policy == "match" else one for one in given]
        self._same("who was compared", told, line.compared(ranked))
        excluded = line.excluded(ranked, favourite)
        self._same("the agents excluded, by rule", notes.get("counts", {}), line.counts(excluded))
        self._same("the agents excluded", sorted(choice.excluded_by(decision)), sorted(excluded))

    def _is_by_score(self, policy: str, given: list[Any]) -> bool:  # without one, match is as rank
        if policy == choice.TURNS:
            return not self._knows_turns
        if policy in (choice.SHARE, BALANCED):
            knows_dates = policy == choice.SHARE or self._rows.knows_dates
            return not (knows_dates and (self._shares.is_known or not self._log.has_absences))
        return policy != "rank" and any(one[1] is not None for one in given)

    def _kept_out(self, event: Row, decision: Row, booking: Row) -> Collection[int]:
        """The agents who have seen a booking in the present round, or whom it is taken from."""
        number, barred = self._log.booked[decision["lead_id"]], set(decision["notes"].get("barred", ()))
        before = event["before"].get(f"{BOOKINGS}:{number}", {})
        self._same("who is kept from it", barred - {before.get("agent_id", booking.get("agent_id"))}, set())
        seen, last = set[int](), event["at"]
        for sighting, agent_id, at in self._sightings.get(number, ()):
            if sighting not in self._undone:
                seen, last = ({agent_id} if agent_id in seen else seen | {agent_id}), at
        rest = timedelta(minutes=int(self._settings["decline_minutes"]))
        if seen and datetime.fromisoformat(last) + rest <= datetime.fromisoformat(event["at"]):
            free = {one for one, agent in self._agents.items() if choice.takes_work(agent)}
            if self._settings["policy"] == choice.SHARE:
                free = {one for one in free if self._agents[one]["weight"]}
            caps = self._rows.caps.rules_of(self._tables[LEADS][decision["lead_id"]])
            free = {one for one in free if not choice.broken(self._agents[one], caps)}
            return seen | barred if free - seen - barred else barred
        return seen | barred

    def _owner(self, event: Row, lead: Row, line: choice.Line) -> int | None:
        """The owner who gets a lead; before a desk knew that setting, only the last seller was one."""
        setting = self._settings["owner"]
        if event["event_id"] <= self._log.owner_since:
            setting = owners.LAST_SELLER if setting == owners.SELLER else "off"
        said = event["detail"].get("on_open")
        return owners.owner(self._rows, self._log.booked, lead, setting, said, line)

    def _compare_end(self) -> None:
        """Compare the rows as they are with what follows from the log."""
        self._where, log = {}, self._log
        for table, rows in self._tables.items():
            for number, row in rows.items():
                now = log.present[table][number]
                for name in self._log.columns[table]:
                    self._same(f"{name} of {table}:{number} now", now[name], row[name])
        for now in log.select(AGENTS, ["agent_id", *DERIVED]):
            agent = self._agents[now["agent_id"]]
            for name in DERIVED if self._rows.knows_dates else DERIVED[:-1]:
                self._same(f"{name} of agent {now['agent_id']} now", now[name], agent[name])
        for number, now in log.assignments.items():
            booking = self._tables[BOOKINGS].get(log.booked.get(now["lead_id"], 0), now)
            self._same(f"the agent of assignment {number}", now["agent_id"], booking["agent_id"])
        turns = log.select("round_robin_pointers", ["location", "skill", "agent_id"])
        if self._knows_turns:
            recorded = sorted((row["location"], row["skill"], row["agent_id"]) for row in turns)
            self._same("whose turn was last", recorded, self._turns.table())
        if self._shares.is_known:
            self._shares.compare(log)
        if log.knows_caps:
            self._rows.caps.compare(log)
        self._same("the settings", FIRST | log.settings, {**log.settings, **self._settings})
