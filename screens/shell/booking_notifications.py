"""New work and due follow-ups for the chosen agent: announced once, counted until their desk is opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import queries
from dispatch.bookings import follow_ups
from dispatch.desk.event_log import last_event
from dispatch.operations.timeouts import first_contact
from dispatch.operations.timeouts.first_contact import Warned
from dispatch.queries import new_work
from dispatch.queries.new_work import Glance
from dispatch.queries.row_types import BookingRow
from dispatch.reporting import fairness
from dispatch.reporting.row_types import Starvation
from models.clock import from_text, to_text
from screens.base.message_log import News
from screens.shell.issue_notifications import IssueNotifications
from screens.wording.reasons import policy_word
from screens.wording.text import short

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

WHERE_ALL_ARE = "queue"
TOLD, MOST_TOLD = "follow_ups.told", 20
"""What is remembered: up to when each of the last desks and agents has been told."""
LEADS_BETWEEN_LOOKS = 30  # while nobody starves
AT_START = timedelta(seconds=30)  # the first sweep catches up: what it warns of is in the counts
Found = tuple[Glance | None, list[int], list[BookingRow]]


class Inbox:
    """New work that others bring to the agent whose desk My desk shows.

    ``name`` is that agent's, ``unseen`` the bookings that came, or whose follow-up fell due, since the desk
    was in sight.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._before: Glance | None = None
        self._shown: set[int] = set()
        self._issues = IssueNotifications(host)
        self._contacts = ContactWatch(host)
        self._fairness = FairnessWatch(host)
        self._reminders = Reminders(host)
        self._stuck: frozenset[int] | None = None
        self._new: frozenset[int] = frozenset()

    @property
    def name(self) -> str:
        return self._before.name if self._before else ""

    @property
    def unseen(self) -> frozenset[int]:
        return self._new | self._reminders.unseen

    def remind(self) -> None:
        """Look for follow-ups that have fallen due; to be called every minute or more often."""
        self._reminders.look()

    def look(self) -> None:
        """Look for news in the background; to be called after every change."""
        agent_id, own = self._host.my_agent_id, self._host.backend.own_events

        def work() -> Found:
            if agent_id is None:
                return None, [], []
            before, now = self._before, new_work.glance(agent_id)
            if before is None or before.agent_id != agent_id or before.last_event > now.last_event:
                return now, [], []  # another agent, or another file: everything in it is old
            fresh = [one for one in new_work.arrived(before, now, own) if one not in self._shown]
            return now, fresh, [queries.booking(number) for number in fresh[:1]]

        self._host.ask(work, self._take)
        self._host.ask(self._seen_by_all, self._alarm)
        self._issues.look()
        self._contacts.look()
        self._fairness.look()
        self.remind()

    def _seen_by_all(self) -> tuple[frozenset[int], list[BookingRow]]:
        stuck = frozenset(queries.seen_by_all())
        fresh = sorted(stuck - (stuck if self._stuck is None else self._stuck))
        return stuck, queries.bookings_by_id(fresh) if fresh else []

    def _alarm(self, found: tuple[frozenset[int], list[BookingRow]]) -> None:
        """Tell everybody, once, of leads that all agents have seen and nobody has taken."""
        stuck, rows = found
        before, self._stuck = self._stuck, stuck
        unseen = [row for row in rows if before is not None and row["booking_id"] not in before]
        if unseen:
            self._host.announce(describe_seen_by_all(unseen))

    def visited(self) -> None:
        self._new = self._reminders.unseen = frozenset()

    def _take(self, news: Found) -> None:
        now, fresh, rows = news
        if now is None or now.agent_id != self._host.my_agent_id:
            return
        if self._before is None or self._before.agent_id != now.agent_id:
            self._new = self._reminders.unseen = frozenset()
        self._before = now
        self._reminders.unseen &= now.pending
        place = self._host.place
        at_desk = place is not None and place.NAME == "my-desk"
        self._new = frozenset() if at_desk else (self._new | set(fresh)) & now.unclaimed
        unseen = [number for number in fresh if number not in self._shown]  # asked twice, announced once
        self._shown.update(fresh)
        if unseen:
            self._host.announce(describe_bookings(rows, unseen))
        if place is not None and place.is_laid_out:
            place.show_time()


class Reminders:
    """Tells of follow-ups as they fall due, each once: those of the chosen agent, or of all in Queue.

    Up to when it has told is remembered for the user, so that a restart tells only what fell due meanwhile.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._told: dict[str, str] = {}
        self.unseen: frozenset[int] = frozenset()

    def look(self) -> None:
        host, agent_id = self._host, self._host.my_agent_id
        if host.place is None or (agent_id is None and host.place.NAME != WHERE_ALL_ARE):
            return
        desk = host.backend.desk
        whose = f"{desk.settings.desk_id} {agent_id or 'all'}"
        since = self._told_until(whose)

        def work() -> tuple[str, str, list[int], list[BookingRow]]:
            now = desk.now()
            if since is None or since > now:  # the first time, or another clock: all that is due is old
                return whose, now, [], []
            fallen = follow_ups.fell_due(since, now, agent_id)
            return whose, now, fallen, [queries.booking(number) for number in fallen[:1]]

        host.ask(work, self._take)

    def _told_until(self, whose: str) -> str | None:
        """Return the stored time up to which this user has been told, in this run or before."""
        if whose not in self._told:
            for line in self._host.recall(TOLD, list[str]()):
                known, _, until = line.rpartition("@")
                if known == whose:
                    self._told[whose] = until
        return self._told.get(whose)

    def _take(self, found: tuple[str, str, list[int], list[BookingRow]]) -> None:
        whose, now, fallen, rows = found
        until = self._told.get(whose)
        if until is not None and until >= now:
            return  # asked twice, told once
        self._told[whose] = now
        if not fallen and until is not None:
            return
        lines = [one for one in self._host.recall(TOLD, list[str]()) if one.rpartition("@")[0] != whose]
        self._host.remember(TOLD, [*lines[-MOST_TOLD:], f"{whose}@{now}"])
        place = self._host.place
        if fallen:
            if place is None or place.NAME != "my-desk":
                self.unseen |= set(fallen)
            self._host.announce(describe_due(rows, fallen))
            if place is not None and place.is_laid_out:
                place.show_time()


class ContactWatch:
    """Tells the agent of the desk, once, that a first contact becomes late; from level 2 on, everybody."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._last: int | None = None
        self._quiet_until = ""

    def look(self) -> None:
        self._host.ask(self._warned, self._tell)

    def _warned(self) -> tuple[int, list[Warned], list[BookingRow]]:
        newest, last = last_event(), self._last
        if not self._quiet_until:
            self._quiet_until = to_text(from_text(self._host.backend.desk.now()) + AT_START)
        if last is None or newest <= last:  # what was before the first look is in the counts
            return newest, [], []
        found = first_contact.warned_since(last, self._quiet_until, self._host.my_agent_id)
        return newest, found, [queries.booking(one.booking_id) for one in found[:1]]

    def _tell(self, looked: tuple[int, list[Warned], list[BookingRow]]) -> None:
        newest, found, rows = looked
        is_news = self._last is not None and newest > self._last
        self._last = newest
        if found and is_news:
            self._host.announce(describe_late_contacts(found, rows[0]))


class FairnessWatch:
    """Tells, once, when the policy in force leaves available agents without leads.

    It looks again after as many leads as the desk had agents then, as each look reads the last leads.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._next_look = 0
        self._told = False

    def look(self) -> None:
        self._host.ask(self._starved, self._tell)

    def _starved(self) -> tuple[bool, Starvation | None]:
        """Return whether it was time to look, and what was found. Reads the database."""
        newest = fairness.newest_assignment()
        if newest < self._next_look:
            return False, None
        found = fairness.starved(self._host.backend.desk)
        self._next_look = newest + (found["eligible"] if found else LEADS_BETWEEN_LOOKS)
        return True, found

    def _tell(self, looked: tuple[bool, Starvation | None]) -> None:
        has_looked, found = looked
        if has_looked and found and not self._told:
            self._host.announce(describe_starvation(found))
        if has_looked:
            self._told = found is not None


def describe_bookings(rows: list[BookingRow], numbers: Sequence[int]) -> News:
    """Describe new bookings of these numbers; ``rows`` are the first of them."""
    row = rows[0]
    name = short(row["customer_name"], 24)
    one = f"New for you: {row['booking_id']} {name}, {row['destination']}"
    return News("new bookings", one, "new for you", tuple(numbers))


def describe_due(rows: list[BookingRow], numbers: Sequence[int]) -> News:
    """Describe bookings whose follow-up has fallen due; ``rows`` are the first of them."""
    row = rows[0]
    one = f"Follow-up due: {row['booking_id']} {short(row['customer_name'], 24)}, {row['destination']}"
    return News("follow-ups due", one, "follow-ups due", tuple(numbers))


def describe_seen_by_all(rows: list[BookingRow]) -> News:
    """Describe leads that every agent has declined or not claimed."""
    name = short(rows[0]["customer_name"], 24)
    one = f"Seen by all, taken by nobody: {rows[0]['booking_id']} {name}, {rows[0]['destination']}"
    numbers = tuple(row["booking_id"] for row in rows)
    return News("seen by all", one, "seen by all, taken by nobody", numbers)


def describe_late_contacts(found: Sequence[Warned], row: BookingRow) -> News:
    """Describe leads whose time to the first contact runs out, or is over; ``row`` is the first one's."""
    name, first = short(row["customer_name"], 24), found[0]
    state = "overdue" if first.percent == first_contact.ALL else f"{first.percent} % of the time used"
    one = f"First contact {state}: {row['booking_id']} {name}"
    return News(
        "first contacts", one, "with first contacts late or soon", tuple(one.booking_id for one in found)
    )


def describe_starvation(found: Starvation) -> News:
    """Describe agents whom the policy leaves without leads, and the policy that would not."""
    way = f"; {policy_word(found['instead'])} gives everybody a turn" if found["instead"] else ""
    return News("without leads", f"{fairness.words_of(found)}{way}", "", (0,))
