"""Desks for benchmarks: generated agents and leads, identical for all sides and runs."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from dispatch.bootstrap import open_desk
from dispatch.desk.accepted_values import FIRST_VALUES
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models.agents import Agent

FEW = 30
MANY = 30_000
ROOMY = 1_000_000  # a capacity that no benchmark fills
AgentRow = dict[str, Any]


def agent_rows(count: int) -> list[AgentRow]:
    """Generate agents with random years and ratings, so that ranks tie as in practice."""
    draw = random.Random(1)
    return [
        {
            "first_name": f"Agent{number}",
            "last_name": "Novak",
            "email": f"agent{number}@example.com",
            "job_title": draw.choice(FIRST_VALUES["job_title"]),
            "department": draw.choice(FIRST_VALUES["department"]),
            "license_number": f"SL-{number}",
            "years_of_service": draw.randint(1, 20),
            "rating": round(draw.uniform(3, 5), 1),
        }
        for number in range(1, count + 1)
    ]


def leads() -> Iterator[dict[str, str]]:
    """Yield endless leads, with the fields of ``astra lead add``."""
    draw = random.Random(2)
    number = 0
    while True:
        number += 1
        yield {
            "name": f"Customer {number}",
            "method": draw.choice(FIRST_VALUES["method"]),
            "source": draw.choice(FIRST_VALUES["source"]),
            "destination": draw.choice(FIRST_VALUES["destination"]),
            "launch": draw.choice(FIRST_VALUES["launch"]),
        }


def make_desk(folder: Path, agents: int) -> Desk:
    """Create and open a desk with ``agents`` agents."""
    desk = open_desk(folder / f"desk-{agents}.db", create=True, actor="bench")
    with desk.reading(), desk.database.atomic():
        for row in agent_rows(agents):
            Agent(**row, capacity=ROOMY).save()
    return desk


def write_lead_file(path: Path, source: Iterator[dict[str, str]], count: int) -> Path:
    """Write the next ``count`` leads to a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ("name", "method", "source", "destination", "launch"))
        writer.writeheader()
        writer.writerows(islice(source, count))
    return path


class LeadDesk:
    """A desk with its own endless supply of leads."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._leads = leads()

    def add(self, count: int) -> None:
        """Add leads, one transaction each."""
        for lead in islice(self._leads, count):
            intake.receive(self.desk, **lead)

    def close(self) -> None:
        self.desk.close()
