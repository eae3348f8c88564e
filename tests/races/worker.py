"""One process of a race: says ``ready``, waits for a line, works, and prints its result as JSON.

Run as ``python worker.py TASK DATABASE ARGUMENT...``; the tests start several at once.
"""

from __future__ import annotations

import json
import os
import random
import resource
import select
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment.shuffle import shuffle
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.inputs import lead_files
from dispatch.leads import file_intake, intake
from dispatch.operations import configuration, doctor
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import redo, undo
from dispatch.queries.row_types import BookingRow
from models.errors import DatabaseUnavailable, DeskError

TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
WORKED_ON = 40  # the first bookings
REPEAT_S = 0.02
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "100", "package_revenue": "50"}


class Times:
    """How long commands took, in seconds."""

    def __init__(self) -> None:
        self.all: list[float] = []

    @contextmanager
    def one(self) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.all.append(time.perf_counter() - start)

    def quantiles(self) -> dict[str, float]:
        ordered = sorted(self.all)
        last = len(ordered) - 1
        return {"p50": ordered[last // 2], "p99": ordered[last * 99 // 100], "max": ordered[-1]}


def leads(desk: Desk, number: str, prefix: str) -> dict[str, Any]:
    """Take in leads, one commit each."""
    times = Times()
    for line in range(int(number)):
        with times.one(), desk.request(f"{prefix}:{line}"):
            intake.receive(desk, name=f"{prefix} {line}", **TRIP)
    return times.quantiles()


def acknowledge(desk: Desk, prefix: str) -> dict[str, Any]:
    """Take in leads until it is killed, reporting each request and booking once it is done."""
    for line in count():
        with desk.request(f"{prefix}:{line}"):
            emit([f"{prefix}:{line}", intake.receive(desk, name=f"{prefix} {line}", **TRIP)["booking_id"]])
    return {}


def file(desk: Desk, path: str) -> dict[str, Any]:
    """Take in a file of leads, reporting progress after every commit."""
    with open(path, "rb") as stream, lead_files.open_leads(stream, path) as found:
        return dict(file_intake.receive_file(desk, found, progress=lambda done, size: emit([done, size])))


def take_back(desk: Desk, event_id: str) -> dict[str, Any]:
    """Undo an act."""
    return dict(undo(desk, int(event_id)))


def cost(desk: Desk, task: str, *arguments: str) -> dict[str, Any]:
    """Run a task; return its processor time in seconds, and the most memory the process has had, in MB."""
    before = time.process_time()
    TASKS[task](desk, *arguments)
    spent = time.process_time() - before
    return {"seconds": spent, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def batch(desk: Desk, number: str, size: str) -> dict[str, Any]:
    """Take in leads in batches of this size, reporting each one before its commit."""
    for first in range(0, int(number), int(size)):
        with desk.batch():
            for line in range(first, min(first + int(size), int(number))):
                with desk.request(f"line:{line}"):
                    intake.receive(desk, name=f"Line {line}", **TRIP)
                emit(line)
    return {}


def claim(desk: Desk, agent_id: str, number: str) -> dict[str, Any]:
    """Claim the first bookings and return each outcome."""
    result: dict[str, Any] = {"codes": [], "messages": []}
    for booking_id in range(1, int(number) + 1):
        try:
            bookings.claim(desk, booking_id, int(agent_id))
        except DeskError as error:
            result["codes"].append(error.code)
            result["messages"].append(error.message)
        else:
            result["codes"].append("done")
    return result


def scramble(desk: Desk, agents_count: str, number: str, seed: str) -> dict[str, Any]:
    """Claim the first bookings in random order, each for a random agent."""
    chance = random.Random(int(seed))
    order = list(range(1, int(number) + 1))
    chance.shuffle(order)
    outcomes: Counter[str] = Counter()
    for booking_id in order:
        try:
            bookings.claim(desk, booking_id, chance.randint(1, int(agents_count)))
        except DatabaseUnavailable:
            raise
        except DeskError as error:
            outcomes[error.code] += 1
        else:
            outcomes["done"] += 1
    return {"outcomes": outcomes}


def sweeps(desk: Desk, number: str) -> dict[str, Any]:
    """Sweep repeatedly and count what was done."""
    done: Counter[str] = Counter()
    for _ in range(int(number)):
        done.update({key: len(rows) for key, rows in sweep(desk).items() if isinstance(rows, list)})
    return {"done": done}


def reassign(desk: Desk, agent_id: str, number: str) -> dict[str, Any]:
    """Reassign the first bookings to an agent."""
    for booking_id in range(1, int(number) + 1):
        bookings.reassign(desk, booking_id, int(agent_id), "speaks French")
    return {}


def visits(desk: Desk, number: str, prefix: str) -> dict[str, Any]:
    """Open the desk, read, take in a lead and close, repeatedly, as commands do."""
    path = desk.database.address
    desk.close()
    for line in range(int(number)):
        visitor = open_desk(path, actor=prefix)
        with visitor.reading():
            assert len(queries.list_agents()) == 5
            assert queries.count_totals().drift == ()
        intake.receive(visitor, name=f"{prefix} {line}", **TRIP)
        visitor.close()
    return {}


def watch(desk: Desk, number: str) -> dict[str, Any]:
    """Check repeatedly that the figures agree while others change them."""
    for _ in range(int(number)):
        with desk.reading():
            assert queries.count_totals().drift == ()
            assert doctor.examine(desk)["ok"]
    return {}


def request(desk: Desk, request_id: str) -> dict[str, Any]:
    """Take in the same lead with the same request id as the other processes."""
    with desk.request(request_id):
        return dict(intake.receive(desk, name="Kate Nguyen", **TRIP))


def outcome(name: str, command: Callable[[], object]) -> str:
    """Run a command; return its name, with the code of the refusal if there is one."""
    try:
        command()
    except DatabaseUnavailable:
        raise
    except DeskError as error:
        return f"{name}: {error.code}"
    return name


def mixed(desk: Desk, number: str, seed: str) -> dict[str, Any]:
    """Run random commands on existing bookings; refusals are expected."""
    chance = random.Random(int(seed))
    outcomes: Counter[str] = Counter()
    times = Times()
    for _ in range(int(number)):
        name = chance.choice(list(COMMANDS))
        with times.one():
            outcomes[outcome(name, partial(COMMANDS[name], desk, chance))] += 1
    return {"outcomes": outcomes, **times.quantiles()}


def some_booking(desk: Desk, chance: random.Random) -> BookingRow:
    with desk.reading():
        newest = queries.list_bookings(queries.BookingFilter(sort="id"), 1)
        number = chance.randint(1, newest[0]["booking_id"])
        return queries.booking(number)


def claim_some(desk: Desk, chance: random.Random) -> None:
    row = some_booking(desk, chance)
    bookings.claim(desk, row["booking_id"], row["agent_id"] or 1)


def some(command: Callable[..., object], **given: Any) -> Callable[[Desk, random.Random], None]:
    def run(desk: Desk, chance: random.Random) -> None:
        command(desk, some_booking(desk, chance)["booking_id"], **given)

    return run


def begun(desk: Desk, chance: random.Random, request: str) -> Callable[[], Any]:
    """A random command with all that it is about, so that it may be repeated as the same request."""
    booking_id, agent_id = chance.randint(1, WORKED_ON), chance.randint(1, 5)
    acts: tuple[Callable[[], Any], ...] = (
        partial(intake.receive, desk, name=request, **TRIP),
        partial(bookings.claim, desk, booking_id, agent_id),
        partial(bookings.confirm, desk, booking_id, **QUOTE),
        partial(bookings.cancel, desk, booking_id, request),
        partial(bookings.reassign, desk, booking_id, agent_id, request),
        partial(bookings.release, desk, booking_id),
        partial(bookings.note, desk, booking_id, request),
        partial(shuffle, desk),
        partial(undo, desk),
    )
    return chance.choice(acts[:1] * 3 + acts)


def persist(desk: Desk, name: str) -> dict[str, Any]:
    """Run random commands until there is a line to read, each until it is answered; tells of each."""
    chance = random.Random(name)
    for line in count():
        if select.select([sys.stdin], [], [], 0)[0]:
            break
        request = f"{name}:{line}"
        act = begun(desk, chance, request)
        emit(["begun", request])
        while not answered(desk, request, act):
            time.sleep(REPEAT_S)
    return {}


def answered(desk: Desk, request: str, act: Callable[[], Any]) -> bool:
    """Run a command once; tell how it went, and return whether it is over."""
    try:
        with desk.request(request):
            act()
    except DatabaseUnavailable as error:
        emit(["unavailable", request, error.code])
        return False
    except DeskError as error:
        emit(["refused", request, error.code])
    else:
        emit(["done", request])
    return True


def hold(desk: Desk) -> dict[str, Any]:
    """Take the desk's lock, say so, and work on after a line."""
    try:
        with desk.transaction():
            emit("holding")
            sys.stdin.readline()
            intake.receive(desk, name="Never", **TRIP)
    except DatabaseUnavailable as error:
        emit(error.code)
    return dict(intake.receive(desk, name="Next", **TRIP))


def everything(desk: Desk, number: str, folder: str, seed: str) -> dict[str, Any]:
    """Run random commands of the kinds that a team uses most; returns when each was over."""
    chance, outcomes, moments = random.Random(int(seed)), Counter[str](), []
    os.chdir(folder)  # of the files of leads
    for _ in range(int(number)):
        name = chance.choice(list(EVERYTHING))
        outcomes[outcome(name, partial(EVERYTHING[name], desk, chance))] += 1
        moments.append(time.monotonic())
    return {"outcomes": outcomes, "moments": moments}


def small_file(desk: Desk, path: str) -> None:
    """Take in a file of three leads."""
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(",".join(("name", *TRIP)) + "\n")
        for line in range(3):
            stream.write(",".join((f"{path} {line}", *TRIP.values())) + "\n")
    with open(path, "rb") as found, lead_files.open_leads(found, path) as rows:
        file_intake.receive_file(desk, rows)


COMMANDS: dict[str, Callable[[Desk, random.Random], object]] = {
    "lead": lambda desk, _: intake.receive(desk, name="Kate Nguyen", **TRIP),
    "claim": claim_some,
    "release": some(bookings.release),
    "confirm": some(bookings.confirm, **QUOTE),
    "cancel": some(bookings.cancel, reason="no money"),
    "decline": some(bookings.decline, reason="full"),
    "reopen": some(bookings.reopen),
    "rate": some(bookings.rate, score=4),
    "reassign": lambda desk, chance: bookings.reassign(
        desk, some_booking(desk, chance)["booking_id"], chance.randint(1, 5), "speaks French"
    ),
    "leave": lambda desk, chance: agents.leave(desk, chance.randint(1, 5)),
    "return": lambda desk, chance: agents.come_back(desk, chance.randint(1, 5)),
    "undo": lambda desk, _: undo(desk),
    "redo": lambda desk, _: redo(desk),
    "presence": lambda desk, chance: set_presence(
        desk, chance.randint(1, 5), chance.choice(("available", "available", "busy", "away"))
    ),
    "shuffle": lambda desk, _: shuffle(desk),
    "sweep": lambda desk, _: sweep(desk),
}

POLICIES = ("rank", "match", "skill", "round_robin", "balanced", "share")
EVERYTHING: dict[str, Callable[[Desk, random.Random], object]] = {
    name: COMMANDS[name] for name in ("lead", "claim", "confirm", "cancel", "reassign", "shuffle", "undo")
} | {
    "policy": lambda desk, chance: configuration.set_value(desk, "policy", chance.choice(POLICIES)),
    "file": lambda desk, chance: small_file(desk, f"{chance.random()}.csv"),
}

TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    task.__name__: task
    for task in (
        leads,
        acknowledge,
        file,
        take_back,
        cost,
        batch,
        claim,
        scramble,
        sweeps,
        reassign,
        visits,
        watch,
        request,
        mixed,
        persist,
        hold,
        everything,
    )
}


def emit(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main(task: str, database: str, *arguments: str) -> None:
    desk = open_desk(database, actor=f"{task} {' '.join(arguments)}")
    emit("ready")
    sys.stdin.readline()
    result = TASKS[task](desk, *arguments)
    desk.close()
    emit(result)


if __name__ == "__main__":
    main(*sys.argv[1:])
