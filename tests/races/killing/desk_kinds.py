"""Commands on agents, customers and the desk itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from dispatch import agents, bookings, customers, privacy
from dispatch.agents import cover, planned_absences
from dispatch.agents.handover import hand_over
from dispatch.agents.holidays import set_holidays
from dispatch.agents.presence import set_hours, set_presence
from dispatch.agents.unattended import assign_waiting
from dispatch.assignment import shuffle as shuffling
from dispatch.assignment.caps import remove_cap, set_cap
from dispatch.bookings import dispositions
from dispatch.desk.desk import Desk
from dispatch.desk.event_chain import seal
from dispatch.matching import weights
from dispatch.matching.learning import version_store
from dispatch.operations import doctor, lists
from dispatch.people import passwords, sign_in, tokens, users
from dispatch.views import desk_views
from models.agents import Agent
from tests.races.killing import desk_at_work as work
from tests.races.killing.desk_at_work import add_agent, everybody, give, lead
from tests.races.killing.kinds import Dump, Kind, command, set_to, several

LESSON = version_store.Lesson(
    "recipe 1",
    {
        "version": None,
        "recipe": "recipe 1",
        "outcomes": 300,
        "confirmed": 200,
        "first_at": "2082-01-01 00:00:00",
        "last_at": "2082-02-01 00:00:00",
        "gate_open": True,
        "weights": weights.PUBLISHED_WEIGHTS,
        "coefficients": [],
        "evaluation": {"auc": 0.6},
    },
    {},
)


def break_due(desk: Desk) -> None:
    """Somebody's break ended a moment ago, and nobody has noticed."""
    with desk.earlier(timedelta(hours=1)):
        set_presence(desk, 1, "break", "in 30 min")


def uneven(desk: Desk) -> None:
    """One agent has the most, unclaimed and not because somebody wants it so."""
    for number in work.MORE_PENDING:
        give(desk, number, 1)
        bookings.claim(desk, number, 1)
        bookings.release(desk, number)


def unnoticed_room(desk: Desk) -> None:
    """A lead waits though somebody could take it, as after an import of agents."""
    everybody(desk, "busy")
    lead(desk)
    with desk.transaction():
        agent = Agent.lock(1)
        agent.presence = "available"
        agent.save()


def drifted(desk: Desk) -> None:
    """Counts, an index and the search index are wrong, as after SQL by hand."""
    for damage in (
        "UPDATE space_travel_agents SET load = load + 3, issue_load = 0",
        "DELETE FROM match_tallies WHERE kind = 'method'",
        "DROP INDEX bookings_status",
        "DELETE FROM issue_watch WHERE issue_id = 1",
    ):
        desk.database.run(damage, ())


def sealed(desk: Desk) -> None:
    """Every event is sealed, as erasing begins with."""
    seal(desk)


def no_seals(dump: Dump) -> Dump:
    """Erasing a second time begins with sealing the event of the first."""
    return dump | {"event_seals": []}


def as_anna(run: Callable[[Desk], object]) -> Callable[[Desk], object]:
    """Run as the supervisor, if the desk has users by then."""

    def signed(desk: Desk) -> object:
        desk.account = "anna"
        with desk.reading():
            is_open = desk.staff.is_open
        if not is_open:
            (sign_in.by_server if desk.database.login else sign_in.by_account)(desk)
        return run(desk)

    return signed


def supervisor(desk: Desk) -> str:
    """The name of the first user: on a server, the login that the desk is opened with."""
    return desk.database.login or "anna"


def add_user(desk: Desk, login: str, role: str | None = None, agent_id: int | None = None) -> object:
    """Add a user by an account of the machine; on a server, by a login that it has."""
    return users.add(desk, login, role, agent_id, None if desk.database.login else login)


def first_user(desk: Desk) -> object:
    return add_user(desk, supervisor(desk))


adam = as_anna(lambda desk: add_user(desk, "adam", "agent", 1))
adam_disabled = several(first_user, adam, as_anna(lambda desk: users.disable(desk, "adam")))


_ABSENT, _SUBSTITUTE = 1, 2


def _absent(desk: Desk) -> None:
    """An agent with a claimed booking is absent."""
    give(desk, work.CLAIMED, _ABSENT)
    bookings.claim(desk, work.CLAIMED, _ABSENT)
    planned_absences.add(desk, _ABSENT, "today", "fri", substitute_id=_SUBSTITUTE)


def _back(desk: Desk) -> None:
    """The agent is back, whose work has been covered."""
    cover.cover(desk, 1)
    set_presence(desk, _ABSENT, "available")


AGENTS: dict[str, Kind] = {
    "agent taken on": command(partial(add_agent, years=3, rating=4.5, skills=["Mars"])),
    "agent changed": command(lambda desk: agents.change(desk, 1, first_name="Adele", license="L1", rating=3)),
    "capacity": command(lambda desk: agents.change(desk, 1, capacity=2)),
    "capacity that frees": command(
        lambda desk: agents.change(desk, 1, capacity=50), several(partial(everybody, presence="busy"), lead)
    ),
    "agent leaves": command(lambda desk: agents.leave(desk, 1, hand_over=True)),
    "agent returns": command(lambda desk: agents.come_back(desk, work.GONE)),
    "handover to the desk": command(lambda desk: hand_over(desk, 1, "desk")),
    "handover to an agent": command(lambda desk: hand_over(desk, 1, 2)),
    "absence planned": command(lambda desk: planned_absences.add(desk, 1, "fri", "sat", "course", 2)),
    "absence begins": command(
        lambda desk: planned_absences.add(desk, 1, "today", "sat"),
        lambda desk: planned_absences.add(desk, 1, "fri", "2082-03-20"),
    ),
    "absence removed": command(
        lambda desk: planned_absences.remove(desk, 1, 1),
        lambda desk: planned_absences.add(desk, 1, "today", "sat"),
    ),
    "work covered": command(lambda desk: cover.cover(desk, 1), _absent, answers_again=False),
    "cover ended": command(lambda desk: cover.bring_back(desk, _ABSENT), several(_absent, _back)),
    "presence away": command(lambda desk: set_presence(desk, 1, "away", reason="dentist")),
    "presence that frees": command(
        lambda desk: set_presence(desk, 1, "available"), several(partial(everybody, presence="busy"), lead)
    ),
    "shift": command(lambda desk: set_hours(desk, 1, "daily 12:00-18:00 UTC")),
    "presence by the clock": command(lambda desk: bookings.note(desk, work.PENDING, "hello"), break_due),
}

CUSTOMERS: dict[str, Kind] = {
    "merge": command(lambda desk: customers.merge(desk, 1, work.LEADS + 1)),
    "customer erased": replace(
        command(lambda desk: privacy.forget(desk, work.CANCELLED), sealed), left_out=no_seals
    ),
    "customers kept apart": command(lambda desk: customers.keep_apart(desk, 1, work.LEADS + 1)),
    "contact added": command(lambda desk: customers.edit(desk, 1, add=["work: 030 1234567"])),
    "customer edited": command(lambda desk: customers.edit(desk, 1, name="Kate Miller", tier="gold")),
}

DESK: dict[str, Kind] = {
    "shuffle": command(shuffling.shuffle, uneven),
    "recurring shuffle": command(
        shuffling.run_if_due,
        several(uneven, set_to("dwell_minutes", "0"), set_to("shuffle_seconds", "60")),
        answers_again=False,
    ),
    "setting": command(set_to("offer_minutes", "10")),
    "view saved": command(lambda desk: desk_views.save(desk, "Mars", "queue", "to:mars", ("state",), "id")),
    "view changed": command(
        lambda desk: desk_views.save(desk, "mars", "log"), lambda desk: desk_views.save(desk, "Mars", "queue")
    ),
    "view deleted": command(
        lambda desk: desk_views.delete(desk, "Mars"), lambda desk: desk_views.save(desk, "Mars", "queue")
    ),
    "holidays": command(lambda desk: set_holidays(desk, lines=["2082-03-01", "2082-03-02 Two"])),
    "holidays changed": command(
        lambda desk: set_holidays(desk, "DE"), lambda desk: set_holidays(desk, lines=["2082-03-01"])
    ),
    "cap set": command(lambda desk: set_cap(desk, 5, "hour", source="Bought")),
    "cap changed": command(lambda desk: set_cap(desk, 50, "day"), lambda desk: set_cap(desk, 1, "day")),
    "outcome added": command(lambda desk: dispositions.add(desk, "busy line", "30 min", 3)),
    "outcome set": command(lambda desk: dispositions.change(desk, "no_answer", attempts=3)),
    "outcome retired": command(lambda desk: dispositions.retire(desk, "voicemail")),
    "cap removed": command(lambda desk: remove_cap(desk, 1), lambda desk: set_cap(desk, 1, "day")),
    "policy": command(set_to("policy", "skill")),
    "policy and back": command(set_to("policy", "rank"), set_to("policy", "balanced")),
    "destination": command(lambda desk: lists.add_value(desk, "destination", "Callisto")),
    "value renamed": command(
        lambda desk: lists.rename_value(desk, "destination", "Mars", "Ares"),
        several(uneven, lambda desk: set_cap(desk, 5, "hour", destination="Mars")),
    ),
    "value retired": command(lambda desk: lists.retire_value(desk, "source", "Bought"), uneven),
    "package": command(lambda desk: lists.add_value(desk, "package", "Sunset Walk", "Mars")),
    "published weights": command(lambda desk: weights.use(desk, "published")),
    "weights of a file": command(lambda desk: weights.use(desk, "mine.json", weights.PUBLISHED_WEIGHTS)),
    "weights learned": command(lambda desk: version_store.learn(desk, LESSON)),
    "repair": command(doctor.repair, drifted),
    # whoever repeats it has signed in by then, and is somebody else
    "first user": command(as_anna(first_user), answers_again=False),
    "user changed": command(
        as_anna(lambda desk: users.change(desk, "adam", "dispatcher")), several(first_user, adam)
    ),
    "user disabled": command(as_anna(lambda desk: users.disable(desk, "adam")), several(first_user, adam)),
    "user enabled": command(as_anna(lambda desk: users.enable(desk, "adam")), adam_disabled),
    "password": command(
        as_anna(lambda desk: users.set_digest(desk, "adam", passwords.DECOY)), several(first_user, adam)
    ),
    "token made": command(
        as_anna(lambda desk: tokens.add(desk, "a digest", "anna", 90, "nightly")), first_user
    ),
    "token revoked": command(
        as_anna(lambda desk: tokens.revoke(desk, 1)),
        several(first_user, as_anna(lambda desk: tokens.add(desk, "a digest", "anna", 90, None))),
    ),
    "waiting work given out": command(assign_waiting, unnoticed_room),
}
