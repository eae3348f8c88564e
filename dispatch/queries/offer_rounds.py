"""Rounds of offers: which agents have seen a lead and not taken it (docs/rules.md, Offers).

An agent has seen a lead by declining it, or by letting its offer or a claim lapse. A round is a set of
distinct agents: one who appears again begins the next. Rounds are derived from the log, in the order of its
events.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from peewee import chunked, fn

from dispatch.desk.undo_chain import undone_by
from dispatch.queries.caps import kept_from_booking
from dispatch.queries.row_types import BookingRow
from models.agents import TAKES_WORK, Taker
from models.audit import Event
from models.base import CompiledQuery, parameter, tuples
from models.bookings import PENDING, Waiting
from models.clock import from_text, to_text
from models.shares import ShareClock
from models.sql import ONE, listed

DECLINED = "declined it"
NOT_CLAIMED = "did not claim it in time"
LET_LAPSE = "let the claim lapse"
SIGHTINGS = (DECLINED, NOT_CLAIMED, LET_LAPSE)
AT_ONCE = 500

_SEEN_BY = {
    "booking.decline": ("declined_by", DECLINED),
    "booking.lapse": ("not_claimed_by", NOT_CLAIMED),
    "booking.expire": ("let_lapse_by", LET_LAPSE),
}
_by_weight = ShareClock.select(ONE).where(ShareClock.in_force)
_free = CompiledQuery(
    lambda: Taker.select(Taker.agent_id).where(TAKES_WORK, (Taker.weight > 0) | ~fn.EXISTS(_by_weight))
)
_later = Event.alias()
_sightings = CompiledQuery(
    lambda: Event.select(
        Event.event_id,
        Event.booking_id,
        Event.command,
        Event.at,
        Event.detail,
        fn.EXISTS(_later.select(ONE).where(_later.undoes == Event.event_id)),
    ).where(Event.booking_id.in_(listed(parameter("numbers"))), Event.command.in_(list(_SEEN_BY)))
)


@dataclass(frozen=True, slots=True)
class Round:
    """The agents who have ``seen`` a lead in the present round, with what they did; ``last_at`` is when."""

    seen: Mapping[int, str] = field(default_factory=dict)
    last_at: str = ""

    def after(self, agent_id: int, what: str, at: str) -> Round:
        """The round after one more agent has seen the lead."""
        earlier = {} if agent_id in self.seen else self.seen
        return Round({**earlier, agent_id: what}, at)

    def is_over(self, now: str, minutes: int) -> bool:
        """Whether nobody has seen it for so long that the next round may begin once all have."""
        return bool(self.seen) and self.last_at <= to_text(from_text(now) - timedelta(minutes=minutes))

    @property
    def words(self) -> str:
        """The round in words: ``seen by all (2 declined it, 3 did not claim it)``."""
        counts = Counter(self.seen.values())
        told = ((DECLINED, DECLINED), (NOT_CLAIMED, "did not claim it"), (LET_LAPSE, LET_LAPSE))
        return f"seen by all ({', '.join(f'{counts[what]} {words}' for what, words in told if counts[what])})"


NO_ROUND = Round()


def rounds_of(booking_ids: Iterable[int], undoing: int | None = None) -> dict[int, Round]:
    """The present rounds of those bookings that anybody has seen; ``undoing`` as in undo_chain.undone_by."""
    seen: dict[int, dict[int, str]] = {}
    last_at: dict[int, str] = {}
    for booking_id, agent_id, what, at in _standing(booking_ids, undoing):
        if agent_id in (current := seen.setdefault(booking_id, {})):
            current.clear()
        current[agent_id] = what
        last_at[booking_id] = at
    return {booking_id: Round(current, last_at[booking_id]) for booking_id, current in seen.items()}


def has_missed(booking_id: int, agent_id: int) -> bool:
    """Whether the agent has let an offer of this booking lapse before."""
    return any(one[1:3] == (agent_id, NOT_CLAIMED) for one in _standing([booking_id]))


def _standing(booking_ids: Iterable[int], undoing: int | None = None) -> list[tuple[int, int, str, str]]:
    """Who saw which booking, what they did and when, in order; what was undone is left out."""
    rows = sorted(_sightings(numbers=json.dumps(list(booking_ids))))
    # a hundred agents may have seen a lead, and hardly any of that is undone
    doubtful = [event_id for event_id, *_, is_followed in rows if is_followed or event_id == undoing]
    undone = undone_by(doubtful, undoing) if doubtful else {}
    standing = []
    for event_id, booking_id, command, at, detail, _ in rows:
        if event_id not in undone:
            name, what = _SEEN_BY[command]
            agent_id = json.loads(detail or "{}").get(name)
            if agent_id is not None:  # a claim that lapsed may have stayed with its agent
                standing.append((booking_id, agent_id, what, at))
    return standing


def free_agents() -> set[int]:
    """The agents who may take work now; under the policy ``share`` those with a weight."""
    return {agent_id for (agent_id,) in _free()}


def seen_by_all(among: Iterable[int] | None = None) -> list[int]:
    """The waiting bookings that every agent who may take work has seen; somebody has to act, or time pass.

    ``among`` are the waiting ones to look at, instead of all.
    """
    if among is None:
        among = (number for (number,) in tuples(Waiting.select(Waiting.booking_id)))
    waiting = list(among)
    free = free_agents() if waiting else set()  # there may be thousands, and usually nothing waits
    if not free:
        return []
    return sorted(
        booking_id
        for some in chunked(waiting, AT_ONCE)
        for booking_id, current in rounds_of(some).items()
        if (able := free - kept_from_booking(booking_id)) and able <= current.seen.keys()
    )


def with_seen(rows: Iterable[BookingRow]) -> list[BookingRow]:
    """Add to the rows that wait whether everybody who could take them has seen them, as lists say it."""
    rows = list(rows)
    waiting = [row["booking_id"] for row in rows if row["status"] == PENDING and row["agent_id"] is None]
    seen = set(seen_by_all(waiting)) if waiting else ()
    return [row | {"seen_by_all": True} if row["booking_id"] in seen else row for row in rows]
