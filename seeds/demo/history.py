"""Ten invented weeks at the desk: leads, their agents and their outcomes, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import exp
from random import Random

from dispatch.desk.accepted_values import FIRST_PACKAGES, FIRST_VALUES
from models.bookings import CANCELLED, CONFIRMED, PENDING
from models.clock import from_text, to_text
from seeds.bulk_writer import History, Outcome
from seeds.demo import vocabulary

DAYS = 70
DAY_S = 86_400
PENDING_S = 2 * DAY_S  # Pending bookings are at most two days old
OPENS_S, CLOSES_S, BUSIEST_S = 9 * 3600, 18 * 3600, 11 * 3600
WEEKEND_SHARE = 0.4  # of a working day's leads
RECENT_PER_PENDING = 1.2  # some of the last two days' leads are closed already
UNREACHED_PER_BOOKING = 38 / 412  # customers who never reached a booking
BOUGHT_SHARE = 0.4
REQUEST_SHARE = 0.25
STEP = 500  # fares are multiples of this
CLAIMED_SHARE, CONTACTED_SHARE = 0.5, 0.6  # of open bookings, and of claimed ones
METHODS = FIRST_VALUES["method"]
LAUNCHES = FIRST_VALUES["launch"]
OFFERS = {
    place: [name for where, name in FIRST_PACKAGES if where == place] for place in vocabulary.DESTINATIONS
}
MINUTES = [f"{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60)]
SECONDS = [f"{second:02}" for second in range(60)]
DELAY_DAYS = (0, 0, 0, 0, 0, 0, 1, 1, 2)  # most customers decide on the day they call


@dataclass(frozen=True)
class Story:
    """The size of a history; ``pending`` holds the agent of each open booking.

    ``skill_sd`` is the standard deviation of the agents' effects on the log-odds of a sale, drawn with
    ``skill_seed``.
    """

    agents: int
    bookings: int
    pending: tuple[int, ...]
    now: str
    skill_sd: float = 0.0
    skill_seed: int = 0

    @property
    def assignments(self) -> int:
        """Leads that got an agent; some never reached a booking."""
        return self.bookings + round(self.bookings * UNREACHED_PER_BOOKING)


def generate(story: Story, rng: Random) -> Iterator[History]:
    """Generate a history, one row at a time, in the order of time and ids."""
    return _Generator(story, rng).rows()


class _Generator:
    def __init__(self, story: Story, rng: Random) -> None:
        self.story = story
        self.rng = rng
        now = from_text(story.now)
        # Seconds since the midnight before the first day; a moment becomes text only at the end.
        self.origin = (now - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0)
        self.now = round((now - self.origin).total_seconds())
        first = self.origin.weekday()
        self.busy = [1.0 if (first + day) % 7 < 5 else WEEKEND_SHARE for day in range(DAYS + 2)]
        self.days = [to_text(self.origin + timedelta(days=day))[:11] for day in range(DAYS + 2)]
        draw = Random(story.skill_seed)  # separate, so that skills do not change anything else
        self.skills = [draw.gauss(0, story.skill_sd) for _ in range(story.agents + 1)]
        # Each place as often as customers ask for it: faster than a weighted choice.
        self.wanted = [place for place, (share, _) in vocabulary.DESTINATIONS.items() for _ in range(share)]

    def rows(self) -> Iterator[History]:
        """Yield one row at a time; only moments and some numbers are kept in memory."""
        story, rng = self.story, self.rng
        moments, recent = self._all_moments()
        number = len(moments)
        places = rng.sample(range(number - recent, number), len(story.pending))
        still_open = dict(zip(places, story.pending, strict=True))
        others = [index for index in range(number) if index not in still_open]
        unreached = set(rng.sample(others, number - story.bookings))
        booking_id = 0
        for index, moment in enumerate(moments):
            lead = self._lead(index + 1, still_open.get(index) or rng.randint(1, story.agents), moment)
            if index not in unreached:
                booking_id += 1
                lead = lead._replace(booking=self._outcome(booking_id, lead, moment, index in still_open))
            yield lead

    def _all_moments(self) -> tuple[list[int], int]:
        """Return the sorted arrival times of all leads, and how many fall in the last two days."""
        number = self.story.assignments
        usual = round(number * PENDING_S / (DAYS * DAY_S))
        recent = min(number, max(usual, round(len(self.story.pending) * RECENT_PER_PENDING)))
        turning = self.now - PENDING_S
        earlier = self._moments(number - recent, self.now - DAYS * DAY_S, turning)
        return earlier + self._moments(recent, turning, self.now), recent

    def _moments(self, number: int, since: int, until: int) -> list[int]:
        """Draw moments in working hours between two times, sorted; weekends are quieter."""
        rng, busy = self.rng, self.busy
        first_day, last_day = since // DAY_S, until // DAY_S
        moments: list[int] = []
        while len(moments) < number:
            day = rng.randint(first_day, last_day)
            moment = day * DAY_S + int(rng.triangular(OPENS_S, CLOSES_S, BUSIEST_S))
            if since < moment < until and rng.random() < busy[day]:
                moments.append(moment)
        moments.sort()
        return moments

    def _lead(self, assignment_id: int, agent_id: int, moment: int) -> History:
        rng = self.rng
        return History(
            assignment_id,
            agent_id,
            f"{rng.choice(vocabulary.FIRST_NAMES)} {rng.choice(vocabulary.LAST_NAMES)}",
            rng.choice(METHODS),
            "Bought" if rng.random() < BOUGHT_SHARE else "Organic",
            self._text(moment),
            rng.choice(self.wanted),
            rng.choice(LAUNCHES),
            rng.choice(vocabulary.REQUESTS) if rng.random() < REQUEST_SHARE else None,
        )

    def _outcome(self, booking_id: int, lead: History, moment: int, is_open: bool) -> Outcome:
        """Draw a lead's outcome: quote, status, and the times of each step."""
        rng = self.rng
        place = lead.destination or ""
        package = rng.choice(OFFERS[place])
        fare = vocabulary.DESTINATIONS[place][1] + STEP * rng.randint(-8, 12)
        extra = vocabulary.PACKAGES[package] + STEP * rng.randint(-6, 10)
        quote = (package, fare * 100, extra * 100)
        if is_open:
            return Outcome(booking_id, PENDING, *quote, None, None, *self._progress(moment))
        closed = self._closing(moment)
        claimed = moment + int((closed - moment) * rng.uniform(0.05, 0.5))
        contacted = claimed + int((closed - claimed) * rng.uniform(0.2, 0.9))
        way = self._text(claimed), self._text(contacted)
        end = self._text(closed)
        if rng.randrange(100) < self._sold_of_hundred(lead):
            return Outcome(booking_id, CONFIRMED, *quote, end, None, *way)
        return Outcome(booking_id, CANCELLED, *quote, None, end, *way, rng.choice(vocabulary.CANCEL_REASONS))

    def _sold_of_hundred(self, lead: History) -> float:
        """Return how many of a hundred such leads this agent sells."""
        usual = vocabulary.SOLD_OF_HUNDRED[lead.method, lead.source]
        if not self.story.skill_sd:
            return usual
        odds = usual / (100 - usual) * exp(self.skills[lead.agent_id or 0])
        return 100 * odds / (1 + odds)

    def _progress(self, moment: int) -> tuple[str | None, str | None]:
        """Draw when an open booking was claimed and its customer reached; None for not yet."""
        rng = self.rng
        claimed = moment + rng.randint(120, 5400)
        if claimed >= self.now or rng.random() > CLAIMED_SHARE:
            return None, None
        contacted = claimed + rng.randint(120, 7200)
        if contacted >= self.now or rng.random() > CONTACTED_SHARE:
            return self._text(claimed), None
        return self._text(claimed), self._text(contacted)

    def _closing(self, moment: int) -> int:
        """Draw when a booking was closed: after its assignment, before now."""
        rng = self.rng
        closed = moment + int(rng.triangular(600, 14_400, 2400)) + DAY_S * rng.choice(DELAY_DAYS)
        if closed < self.now:
            return closed
        return moment + int((self.now - moment) * rng.uniform(0.3, 1.0))

    def _text(self, moment: int) -> str:
        # assembled from prepared parts, five times faster than a datetime: there are millions
        day, second = divmod(moment, DAY_S)
        return self.days[day] + MINUTES[second // 60] + SECONDS[second % 60]
