"""Commands on leads and bookings."""

from __future__ import annotations

from functools import partial

from dispatch import agents, bookings, customers
from dispatch.agents.presence import set_presence
from dispatch.bookings import bulk_actions, editing, follow_ups
from dispatch.leads.file_intake import receive_lines
from dispatch.operations.timeouts import first_contact, offers_and_claims
from tests.races.killing import desk_at_work as work
from tests.races.killing.desk_at_work import QUOTE, TRIP, everybody, give, holder, lead
from tests.races.killing.kinds import Kind, command, set_to, several

LINES = [(line, TRIP | {"name": f"Line {line}"}) for line in (1, 2)] + [(3, TRIP | {"name": ""})]

LEADS: dict[str, Kind] = {
    "lead": command(lead),
    "lead of a known customer": command(partial(lead, phone="+497111000001")),
    "lead with a new e-mail": command(partial(lead, phone="+497111000002", email="two@example.com")),
    "lead of a merged customer": command(
        partial(lead, phone="+497111000002"), lambda desk: customers.merge(desk, 1, 2)
    ),
    "lead that waits": command(lead, partial(everybody, presence="busy")),
    "lead by match": command(partial(lead, policy="match")),
    "lead by skill": command(partial(lead, policy="skill")),
    "lead by round robin": command(partial(lead, policy="round_robin")),
    "several leads": command(lambda desk: receive_lines(desk, LINES)),
}

BOOKINGS: dict[str, Kind] = {
    "claim": command(lambda desk: bookings.claim(desk, work.PENDING, holder(desk, work.PENDING))),
    "claim by a pull": command(
        lambda desk: bookings.claim(desk, work.PENDING, 2),
        several(partial(give, booking_id=work.PENDING, agent_id=1), set_to("pull", "on")),
    ),
    "release": command(lambda desk: bookings.release(desk, work.CLAIMED)),
    "release of somebody away": command(
        lambda desk: bookings.release(desk, work.CLAIMED),
        lambda desk: set_presence(desk, holder(desk, work.CLAIMED), "away"),
    ),
    "decline": command(lambda desk: bookings.decline(desk, work.PENDING, "full")),
    "contact": command(lambda desk: bookings.contact(desk, work.CLAIMED, "reached", "likes domes")),
    "contact with a follow-up": command(
        lambda desk: bookings.contact(desk, work.CLAIMED, "no_answer", follow_up="in 2 h")
    ),
    "contact that is the last": command(lambda desk: bookings.contact(desk, work.CLAIMED, "wrong_number")),
    "note": command(lambda desk: bookings.note(desk, work.PENDING, "speaks French")),
    "confirm": command(lambda desk: bookings.confirm(desk, work.CLAIMED, **QUOTE)),
    "cancel": command(lambda desk: bookings.cancel(desk, work.PENDING, "no money")),
    "cancel of a waiting one": command(
        lambda desk: bookings.cancel(desk, work.LEADS + 2, "no money"),
        several(partial(everybody, presence="busy"), lead),
    ),
    "reassign": command(
        lambda desk: bookings.reassign(desk, work.CLAIMED, 2, "speaks French"),
        partial(give, booking_id=work.CLAIMED, agent_id=1),
    ),
    "reopen": command(lambda desk: bookings.reopen(desk, work.CONFIRMED)),
    "reopen for somebody else": command(
        lambda desk: bookings.reopen(desk, work.CONFIRMED),
        lambda desk: agents.leave(desk, holder(desk, work.CONFIRMED), hand_over=True),
    ),
    "score": command(lambda desk: bookings.rate(desk, work.CONFIRMED, 5)),
    "second score": command(lambda desk: bookings.rate(desk, work.SCORED, 2)),
    "keep": command(
        lambda desk: bookings.keep(desk, work.CLAIMED),
        lambda desk: offers_and_claims.ask(desk, work.CLAIMED),
    ),
    "edit of the person": command(
        lambda desk: editing.edit(desk, work.PENDING, name="Kate Miller", email="k.m@example.com")
    ),
    "edit of the trip": command(
        lambda desk: editing.edit(desk, work.QUOTED, destination="Europa", method="Phone Call", requests="")
    ),
    "edit of the revenue": command(
        lambda desk: editing.edit(desk, work.QUOTED, package="Luxury Dome Stay", package_revenue="75")
    ),
    "follow-up": command(lambda desk: follow_ups.follow_up(desk, work.PENDING, "in 2 h")),
    "follow-up cleared": command(lambda desk: follow_ups.follow_up(desk, work.FOLLOWED_UP)),
    "several reassigned": command(
        lambda desk: bulk_actions.reassign(desk, work.MORE_PENDING, 1, "quiet day")
    ),
    "several cancelled": command(
        lambda desk: bulk_actions.cancel(desk, (*work.MORE_PENDING, 99), "launch called off")
    ),
    "several follow-ups": command(
        lambda desk: bulk_actions.follow_up(desk, (*work.MORE_PENDING, 99), "in 2h")
    ),
    "several bookings prioritised": command(
        lambda desk: bulk_actions.prioritise(desk, (*work.MORE_PENDING, 99), "high")
    ),
    "edit of the priority": command(lambda desk: editing.edit(desk, work.PENDING, priority="critical")),
    "several released": command(lambda desk: bulk_actions.release(desk, work.MORE_CLAIMED)),
    "not claimed in time": command(lambda desk: offers_and_claims.lapse(desk, work.PENDING)),
    "first contact awaited": command(
        lambda desk: first_contact.warn(desk, work.PENDING), set_to("lead_target_minutes", "1 1 1 1 1")
    ),
    "passed on, as its agent is away": command(lambda desk: first_contact.pass_on(desk, work.CLAIMED)),
    "asked whether still on it": command(lambda desk: offers_and_claims.ask(desk, work.CLAIMED)),
    "claim without an answer": command(
        lambda desk: offers_and_claims.expire(desk, work.CLAIMED),
        lambda desk: offers_and_claims.ask(desk, work.CLAIMED),
    ),
}
