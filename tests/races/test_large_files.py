"""Large files with other heads and dressed values: killed, continued and taken back."""

from __future__ import annotations

import csv
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispatch.desk.accepted_values import FIRST_VALUES
from dispatch.desk.desk import Desk
from models.agents import Agent
from tests.races.conftest import Worker

Ask = Callable[[str], list[tuple[Any, ...]]]
Start = Callable[..., Worker]

MAPPED = (
    *("First Name", "Last Name", "Communication Method", "Lead Source", "Where to", "Launch Location"),
    *("Message", "Phone Number", "E-Mail Address"),
)
EXACT = ("name", "method", "source", "destination", "launch", "requests", "phone", "email")
METHODS = {"Phone Call": ("telephone", "call"), "Text": ("SMS", "text message")}
SOURCES = {"Bought": ("Paid", "paid search"), "Organic": ("organic", "SEO")}
BAD_IN = 100  # one row of so many
MOST_MEGABYTES = 150
LEAST_RATE = 0.9


def rows(number: int, prefix: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Rows under MAPPED heads, as other programs write them, and the same under EXACT ones."""
    chance = random.Random(prefix)
    for line in range(number):
        method, source = chance.choice(FIRST_VALUES["method"]), chance.choice(FIRST_VALUES["source"])
        destination = "Moon" if line % BAD_IN == BAD_IN // 2 else chance.choice(FIRST_VALUES["destination"])
        launch = chance.choice(FIRST_VALUES["launch"])
        digits, email = f"{line:07d}", f"{prefix}{line}.last@example.com".lower()
        area = 200 + sum(map(ord, prefix)) % 700
        phones = (
            f"+1 ({area}) {digits[:3]}-{digits[3:]}",
            f"001 {area} {digits[:3]} {digits[3:]}",
            f"tel: +1{area}{digits}",
            f"+1.{area}.{digits[:3]}.{digits[3:]}",
        )
        emails = email.upper(), f"Ada Last <{email}>", f"mailto:{email}", f" {email}"
        mapped = (
            *(prefix, f"Last{line}", chance.choice(METHODS.get(method, (method,)))),
            *(
                chance.choice(SOURCES.get(source, (source,))),
                destination.lower(),
                launch.upper(),
                "window seat",
            ),
            *(phones[line % 4], emails[line % 4]),
        )
        name = f"{prefix} Last{line}"
        exact = name, method, source, destination, launch, "window seat", f"+1{area}{digits}", email
        yield mapped, exact


def files(folder: Path, number: int, prefix: str = "Ada") -> tuple[Path, Path]:
    """Write both forms of the same leads."""
    mapped, exact = folder / f"{prefix}-mapped.csv", folder / f"{prefix}-exact.csv"
    with mapped.open("w", newline="") as first, exact.open("w", newline="") as second:
        writers = csv.writer(first), csv.writer(second)
        for writer, heads in zip(writers, (MAPPED, EXACT), strict=True):
            writer.writerow(heads)
        for both in rows(number, prefix):
            for writer, row in zip(writers, both, strict=True):
                writer.writerow(row)
    return mapped, exact


def good(number: int) -> int:
    return number - sum(line % BAD_IN == BAD_IN // 2 for line in range(number))


@pytest.fixture(autouse=True)
def roomy_agents(desk: Desk, add_agent: Callable[..., Any]) -> None:
    for years in range(5):
        add_agent(years=years)
    with desk.reading():
        Agent.update(capacity=1_000_000).execute()
    desk.close()


def killed(worker: Worker, seconds: float) -> bool:
    """Kill a worker after some time; return whether it was still at work."""
    time.sleep(seconds)
    is_at_work = worker.process.poll() is None
    worker.kill()
    return is_at_work


FEW_AND_MANY = pytest.mark.parametrize(
    ("number", "kills"), [(2_000, 2), pytest.param(100_000, 25, marks=pytest.mark.stress)]
)


@FEW_AND_MANY
def test_a_mapped_file_killed_again_and_again_is_in_once_and_is_one_act(
    tmp_path: Path, start: Start, ask: Ask, check: Callable[[], None], number: int, kills: int
) -> None:
    file, _ = files(tmp_path, number)
    seed = random.SystemRandom().randrange(10**9)
    print("seed", seed)  # noqa: T201  # shown on a failure
    chance, before = random.Random(seed), 0
    for _ in range(kills):
        worker = start("file", file)
        worker.read()
        assert killed(worker, chance.uniform(0, number / kills / 6_000))
        now = ask("SELECT count(*) FROM new_customer")[0][0]
        assert before <= now < good(number)
        before = now
    result = start("file", file).result()
    assert (result["accepted"], result["repeated"]) == (good(number), before)
    assert len(result["rejected"]) == number - good(number)
    assert ask("SELECT count(*), count(DISTINCT customer_name) FROM new_customer") == [(good(number),) * 2]
    assert ask("SELECT count(*) FROM customers WHERE phone LIKE '+1%' AND email LIKE 'ada%'") == [
        (good(number),)
    ]
    heads = ask("SELECT event_id FROM events WHERE command = 'lead.add_file'")
    assert heads == [(result["event_id"],)]
    check()
    assert start("take_back", result["event_id"]).result()["bookings"] == good(number)
    assert ask("SELECT count(*) FROM bookings WHERE NOT voided") == [(0,)]
    check()


@pytest.mark.parametrize(
    ("number", "kills"), [(2_000, 2), pytest.param(20_000, 25, marks=pytest.mark.stress)]
)
def test_an_undo_killed_again_and_again_takes_everything_back_once(
    tmp_path: Path, start: Start, ask: Ask, check: Callable[[], None], number: int, kills: int
) -> None:
    head = start("file", files(tmp_path, number)[0]).result()["event_id"]
    chance = random.Random()
    for _ in range(kills):
        if not killed(start("take_back", head), chance.uniform(0, number / 25_000)):
            break
        standing = ask("SELECT count(*) FROM bookings WHERE NOT voided")[0][0]
        assert standing in (0, good(number)), "an undo is done whole or not at all"
        check()
    if ask("SELECT count(*) FROM bookings WHERE NOT voided") != [(0,)]:
        assert start("take_back", head).result()["bookings"] == good(number)
    assert ask("SELECT count(*), sum(version) FROM bookings WHERE voided") == [
        (good(number), 2 * good(number))
    ]
    assert ask("SELECT sum(load) FROM space_travel_agents") == [(0,)]
    assert ask(f"SELECT count(*) FROM events WHERE undoes = {head}") == [(1,)]
    check()


def cost(desk: Path, file: Path, name: str) -> dict[str, Any]:
    """Take in a file on a copy of a desk, in a process of its own; return what that costs."""
    worker = Worker("cost", Path(shutil.copy(desk, desk.with_name(f"{name}.db"))), "file", file)
    worker.read()
    worker.go()
    return worker.result()


@pytest.mark.on_file
@pytest.mark.stress
def test_a_mapped_file_is_taken_in_as_fast_as_an_exact_one(path: Path) -> None:
    rates = []
    for turn in range(9):
        mapped, exact = (
            cost(path, file, f"{turn}-{file.stem}")["seconds"]
            for file in files(path.parent, 10_000, f"Turn{turn}")
        )
        rates.append(exact / mapped)
    print(f"{statistics.median(rates):.2f} of the rate")  # noqa: T201
    assert statistics.median(rates) >= LEAST_RATE


@pytest.mark.on_file
@pytest.mark.stress
def test_a_hundred_thousand_leads_need_little_memory(path: Path) -> None:
    megabytes = cost(path, files(path.parent, 100_000)[0], "large")["megabytes"]
    print(f"{megabytes:.0f} MB")  # noqa: T201
    assert megabytes <= MOST_MEGABYTES
