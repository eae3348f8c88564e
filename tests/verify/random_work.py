"""Random commands of every kind on a desk, as many people would give them."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

from dispatch import agents, bookings
from dispatch.agents import cover, handover, holidays, planned_absences
from dispatch.agents.presence import set_hours, set_presence
from dispatch.assignment import caps, shuffle
from dispatch.assignment.customer_owner import ON_OPEN
from dispatch.bookings import bulk_actions, editing
from dispatch.customers import merging
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads import intake
from dispatch.leads.file_intake import receive_file, receive_lines
from dispatch.operations import configuration, lists, sweep, undo
from dispatch.operations.timeouts import offers_and_claims
from dispatch.service.issues import intake as issues
from dispatch.service.issues import lifecycle as issue_lifecycle
from models.errors import DeskError
from models.priorities import PRIORITIES

DESTINATIONS = ("Europa", "Ganymede", "Mars", "Titan", "Venus")
LAUNCHES = ("Dallas-Fort Worth Launch Complex", "Sydney Stellar Port", "Tokyo Spaceport Terminal")
POLICIES = (
    "rank",
    "rank",
    "share",
    "share",
    "round_robin",
    "balanced",
    "balanced",
    "skill",
    "match",
    "rank+contact",
)
QUOTES = {
    "Europa": "Glacier Trek Adventure",
    "Ganymede": "Private Observatory Suite",
    "Mars": "Luxury Dome Stay",
    "Titan": "Ringside Cruise",
    "Venus": "Cloud City Excursion",
}
SETTINGS: dict[str, tuple[str, ...]] = {
    "policy": POLICIES,
    "departments": ("off", "Mars=Premium Bookings; Luxury Dome Stay=Luxury Voyages; Titan=Luxury Voyages"),
    "owner": ("open", "seller", "seller", "off"),
    "offer_minutes": ("0", "5", "20"),
    "decline_minutes": ("0", "10", "30"),
    "round_robin_start": ("continue", "lowest"),
    "pull": ("on", "off"),
    "shuffle_seconds": ("0", "60"),
    "dwell_minutes": ("0", "10"),
    "min_present": ("0", "1"),
    "contact_hours": ("0", "1"),
    "drain_before": ("0", "5"),
    "cover_minutes": ("0", "10"),
    "zone": ("UTC", "Europe/Berlin", "Australia/Lord_Howe"),
    "ramp": ("off", "off", "2/h for 4h after 1d"),
    "absence_credit": ("none", "3", "full"),
    "drain_seconds": ("0", "0", "300"),
    "match_weights": ("published", "learned"),
}


class Work:
    """One person after another does something, mostly allowed; ``done`` counts what was not refused."""

    def __init__(self, desk: Desk, clock: Any, seed: int, policies: tuple[str, ...] = POLICIES) -> None:
        self.desk, self.clock, self.random = desk, clock, random.Random(seed)
        self.settings, self.turn = SETTINGS | {"policy": policies}, 0
        self.done: dict[str, int] = {}
        self.rows = 0
        self.kinds: list[tuple[int, Callable[[], object]]] = [
            (24, self.lead), (4, self.lines), (2, self.file), (9, self.claim), (7, self.decline),
            (7, self.confirm), (6, self.cancel), (4, self.reassign), (3, self.reopen), (3, self.rate),
            (3, self.release), (3, self.edit), (9, self.presence), (1, self.shift), (4, self.agent),
            (2, self.handover), (1, self.leave), (2, self.come_back), (1, self.hire), (7, self.undo),
            (3, self.redo), (3, self.shuffle), (4, self.setting), (2, self.batch), (6, self.sweep),
            (3, self.cap), (2, self.list), (5, self.issue), (3, self.issue_done), (1, self.merge),
            (2, self.contact), (4, self.absence), (2, self.covered), (1, self.holidays),
        ]  # fmt: skip

    def run(self, commands: int) -> None:
        weights, kinds = zip(*self.kinds, strict=True)
        for _ in range(commands):
            self.clock.advance(seconds=self.random.choice((1, 5, 40, 120, 700)))
            kind = self.random.choices(kinds, weights)[0]
            try:
                kind()
            except DeskError:
                continue
            self.done[kind.__name__] = self.done.get(kind.__name__, 0) + 1

    def next_policy(self) -> None:
        policies = self.settings["policy"]
        configuration.set_value(self.desk, "policy", policies[self.turn % len(policies)])
        self.turn += 1

    # -- what there is

    def _any(self, sql: str) -> Any:
        with self.desk.reading():
            found = [row[0] for row in self.desk.database.run(sql, ()).fetchall()]
        return self.random.choice(found) if found else 0

    def booking(self, where: str = "status = 'Pending'") -> int:
        recent = f"SELECT booking_id FROM bookings WHERE {where} ORDER BY booking_id DESC LIMIT 40"
        return int(self._any(recent))

    def agent_id(self, where: str = "1") -> int:
        return int(self._any(f"SELECT agent_id FROM space_travel_agents WHERE {where}"))

    def holder(self, booking_id: int) -> int:
        return int(self._any(f"SELECT coalesce(agent_id, 0) FROM bookings WHERE booking_id = {booking_id}"))

    def pick(self, *some: Any) -> Any:
        return self.random.choice(some)

    # -- what people do

    def fields(self) -> dict[str, Any]:
        self.rows += 1
        known = self.random.randint(1, 25)
        return {
            "name": f"Customer {self.rows}",
            "method": self.pick("Text", "Phone Call"),
            "source": self.pick("Organic", "Bought"),
            "destination": self.pick(*DESTINATIONS),
            "launch": self.pick(*LAUNCHES),
            "requests": self.pick(None, None, "a Luxury Dome Stay, please", "Titan later"),
            "priority": self.pick(None, None, *PRIORITIES),
            "language": self.pick(None, None, None, "German", "fr", "Klingon"),
            "phone": self.pick(None, f"+49711{known:06}"),
        }

    def on_open(self) -> dict[str, Any]:
        return {"on_open": word} if (word := self.pick(None, None, None, *ON_OPEN)) else {}

    def lead(self) -> None:
        policy = self.pick(None, None, None, *self.settings["policy"])
        chosen = {"policy": policy} if policy else {}
        intake.receive(self.desk, **self.fields(), **chosen, **self.on_open())

    def lines(self) -> None:
        receive_lines(self.desk, [(number, self.fields()) for number in range(1, self.random.randint(2, 5))])

    def file(self) -> None:
        rows = [self.fields() for _ in range(3)]
        names = ("name", "method", "source", "destination", "launch", "phone")
        lines = (",".join(str(row[name] or "") for name in names) for row in rows)
        text = "\n".join([",".join(names), *lines])
        with open_leads(io.BytesIO(text.encode()), "leads.csv") as leads:
            receive_file(self.desk, leads, **self.on_open())

    def claim(self) -> None:
        number = self.booking()
        bookings.claim(
            self.desk, number, self.holder(number) if self.random.random() < 0.8 else self.agent_id()
        )

    def decline(self) -> None:
        bookings.decline(self.desk, self.booking(), "full")

    def contact(self) -> None:
        bookings.contact(self.desk, self.booking(), self.pick("reached", "no_answer"))

    def confirm(self) -> None:
        number = self.booking()
        package = QUOTES.get(self._any(f"SELECT destination FROM bookings WHERE booking_id = {number}"))
        bookings.confirm(self.desk, number, package, 100, 50)

    def cancel(self) -> None:
        bookings.cancel(self.desk, self.booking(), "no money")

    def reassign(self) -> None:
        bookings.reassign(self.desk, self.booking(), self.agent_id(), "speaks French")

    def reopen(self) -> None:
        bookings.reopen(self.desk, self.booking("status <> 'Pending'"))

    def rate(self) -> None:
        bookings.rate(self.desk, self.booking("status <> 'Pending'"), self.random.randint(1, 5))

    def release(self) -> None:
        bookings.release(self.desk, self.booking("claimed_at IS NOT NULL"))

    def edit(self) -> None:
        given = self.pick(
            {"destination": self.pick(*DESTINATIONS)},
            {"launch": self.pick(*LAUNCHES)},
            {"requests": "Titan, or a Luxury Dome Stay"},
            {"language": self.pick("German", "fr", "")},
            {"priority": self.pick(*PRIORITIES)},
        )
        editing.edit(self.desk, self.booking(), **given)

    def presence(self) -> None:
        until = self.pick(None, None, "in 20 min")
        others = ("busy", "break", "away", "offline")
        presence = self.pick(*["available"] * 6, *others)
        set_presence(self.desk, self.agent_id(), presence, None if presence == "available" else until)

    def cap(self) -> None:
        if self.random.random() < 0.3:
            caps.remove_cap(self.desk, int(self._any("SELECT cap_id FROM caps")))
        scope = self.pick(
            {},
            {"agent_id": self.agent_id()},
            {"department": "Luxury Voyages"},
            {"destination": self.pick(*DESTINATIONS)},
            {"source": "Bought"},
        )
        caps.set_cap(self.desk, self.random.randint(1, 6), self.pick("hour", "hour", "day", "week"), **scope)

    def absence(self) -> None:
        if self.random.random() < 0.3:
            number = int(self._any("SELECT absence_id FROM planned_absences"))
            whose = f"SELECT agent_id FROM planned_absences WHERE absence_id = {number}"
            planned_absences.remove(self.desk, int(self._any(whose)), number)
        since, until = self.pick(("today", "today"), ("in 5 min", "in 20 min"), ("now", "in 40 min"))
        others = self.agent_id(), None
        planned_absences.add(self.desk, self.agent_id(), since, until, substitute_id=self.pick(*others))

    def covered(self) -> None:
        cover.bring_back(self.desk, int(self._any("SELECT agent_id FROM covers WHERE ended_at IS NULL")))

    def holidays(self) -> None:
        day = self.desk.now()[:10]
        agent_id = self.pick(None, self.agent_id())
        if agent_id is None:
            holidays.set_holidays(self.desk, lines=[self.pick(day, "2082-12-25")])
        else:
            holidays.set_holidays(self.desk, self.pick("DE", "off"), agent_id=agent_id)

    def list(self) -> None:
        """Mars is Ares for a while, and one of the sources is retired; a package keeps its name."""
        kind, names = self.pick(("destination", ("Mars", "Ares")), ("source", ("Bought", "Paid")))
        if self.random.random() < 0.7:
            old, new = self.pick(names, names[::-1])
            lists.rename_value(self.desk, kind, old, new)
        else:
            self.pick(lists.retire_value, lists.add_value)(self.desk, kind, self.pick(*names))

    def shift(self) -> None:
        set_hours(self.desk, self.agent_id(), self.pick("mon-fri 09:00-17:00", "mon-sun 10:00-10:30", None))

    def agent(self) -> None:
        given = self.pick(
            {"capacity": self.random.randint(0, 6)},
            {"capacity": self.random.randint(4, 20)},
            {"years": self.random.randint(0, 20)},
            {"rating": self.random.randint(1, 5)},
            {"skills": self.pick("Mars", "Mars, Titan", "")},
            {"locations": self.pick("Sydney Stellar Port", "")},
            {"languages": self.pick("German, English", "French", "")},
            {"weight": self.pick(0, 0.5, 1, 2, 7.3)},
            {"department": self.pick("Premium Bookings", "Luxury Voyages")},
        )
        agents.change(self.desk, self.agent_id(), **given)

    def handover(self) -> None:
        handover.hand_over(self.desk, self.agent_id(), self.pick("desk", self.agent_id()))

    def leave(self) -> None:
        agents.leave(self.desk, self.agent_id(), hand_over=True)

    def come_back(self) -> None:
        left = "SELECT agent_id FROM space_travel_agents WHERE left_at IS NOT NULL"
        agents.come_back(self.desk, int(self._any(left)))

    def hire(self) -> None:
        wanted = {"last_name": "New", "department": "Luxury Voyages", "job_title": "Space Travel Agent"}
        agents.add(self.desk, first_name=f"Agent {self.rows}", years=3, rating=4.0, **wanted)

    def undo(self) -> None:
        if self.random.random() < 0.7:
            undo.undo(self.desk)
        else:
            undo.undo(
                self.desk, int(self._any("SELECT event_id FROM events ORDER BY event_id DESC LIMIT 15"))
            )

    def redo(self) -> None:
        undo.redo(self.desk)

    def shuffle(self) -> None:
        shuffle.shuffle(self.desk)

    def setting(self) -> None:
        key = self.pick("policy", *self.settings)
        configuration.set_value(self.desk, key, self.pick(*self.settings[key]))

    def batch(self) -> None:
        some = list({self.booking() for _ in range(4)})
        do = self.pick(
            bulk_actions.release, bulk_actions.cancel, bulk_actions.reassign, bulk_actions.prioritise
        )
        if do is bulk_actions.reassign:
            do(self.desk, some, self.agent_id(), "all to one")
        elif do is bulk_actions.prioritise:
            do(self.desk, some, self.pick(*PRIORITIES))
        elif do is bulk_actions.cancel:
            do(self.desk, some[:2], "no money")
        else:
            do(self.desk, some)

    def sweep(self) -> None:
        self.clock.advance(minutes=self.pick(1, 6, 40))
        sweep.sweep(self.desk)
        number = self.booking("status = 'Pending' AND agent_id IS NOT NULL AND claimed_at IS NULL")
        if self.random.random() < 0.3:
            offers_and_claims.lapse(self.desk, number)

    def issue(self) -> None:
        issues.open_issue(
            self.desk, self.pick("my invoice is wrong", "the app is down", "hello"), channel="email"
        )

    def issue_done(self) -> None:
        number = int(self._any("SELECT issue_id FROM issues ORDER BY issue_id DESC LIMIT 10"))
        self.pick(
            lambda: issue_lifecycle.set_status(self.desk, number, "in_progress"),
            lambda: issue_lifecycle.resolve(self.desk, number, "done"),
            lambda: issue_lifecycle.close(self.desk, number),
        )()

    def merge(self) -> None:
        some = "SELECT customer_id FROM customers ORDER BY customer_id DESC LIMIT 20"
        merging.merge(self.desk, int(self._any(some)), int(self._any(some)))
