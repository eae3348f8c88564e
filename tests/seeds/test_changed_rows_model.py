"""Any history of a desk and any changes of its files, beside a plain model of what is whose change."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import doctor
from dispatch.operations.row_types import ImportResult
from dispatch.operations.undo import undo
from models.agents import Agent
from models.base import Json
from models.bookings import Assignment, Booking
from models.errors import DeskError
from seeds.importing.importer import import_files
from tests.seeds.conftest import AGENT, ASSIGNMENT, BOOKING
from tests.steady import STEADY, examples

NUMBERS = (1, 2, 3)
OUTCOMES = (
    {"status": "Pending", "completed_at": None, "cancelled_at": None},
    {"status": "Confirmed", "completed_at": "2081-03-01 09:00:00", "cancelled_at": None},
    {"status": "Cancelled", "completed_at": None, "cancelled_at": "2081-03-02 09:00:00"},
)
HEADS = {
    "agents": {"years_of_service": "YearsOfService", "job_title": "JobTitle", "rating": "Rating"},
    "assignments": {"customer_name": "CustomerName", "source": "LeadSource"},
    "bookings": {
        "status": "BookingStatus",
        "completed_at": "BookingCompleteDate",
        "cancelled_at": "CancelledDate",
        "package_revenue": "PackageRevenue",
    },
}
STANDARD: dict[str, Json] = {
    "agents": {"years_of_service": 7, "job_title": "Space Travel Agent", "rating": 4.5},
    "assignments": {"customer_name": "Kate Nguyen", "source": "Organic"},
    "bookings": {**OUTCOMES[0], "package_revenue": 25000.5},
}
Key = tuple[str, int]


@dataclass
class Model:
    """What every row is in the files, on the desk, and was when it was last imported or updated."""

    file: dict[Key, Json] = field(default_factory=dict)
    desk: dict[Key, Json] = field(default_factory=dict)
    imported: dict[Key, Json] = field(default_factory=dict)

    def verdict(self, key: Key) -> str:
        if key not in self.desk:
            return "new"
        file, desk, imported = self.file[key], self.desk[key], self.imported[key]
        theirs = {name for name in file if file[name] not in (desk[name], imported[name])}
        ours = {name for name in file if desk[name] not in (file[name], imported[name])}
        if not theirs:
            return "unchanged"
        return "conflicts" if ours else "different"

    def verdicts(self) -> dict[str, set[Key]]:
        found: dict[str, set[Key]] = {name: set() for name in ("new", "unchanged", "different", "conflicts")}
        for key in self.file:
            found[self.verdict(key)].add(key)
        return found

    def take_in(self, keys: set[Key]) -> None:
        for key in keys:
            self.desk[key], self.imported[key] = dict(self.file[key]), dict(self.file[key])


CHANGES: dict[str, st.SearchStrategy[Json]] = {
    "agents": st.one_of(
        st.integers(1, 4).map(lambda years: {"years_of_service": years}),
        st.sampled_from((3.5, 4.0)).map(lambda rating: {"rating": rating}),
        st.just({"job_title": "Senior Space Travel Agent"}),
    ),
    "assignments": st.one_of(
        st.sampled_from(("Kate Stone", "Kate Nguyen")).map(lambda name: {"customer_name": name}),
        st.just({"source": "Bought"}),
    ),
    "bookings": st.one_of(
        st.sampled_from(OUTCOMES), st.sampled_from((100.0, 200.5)).map(lambda cash: {"package_revenue": cash})
    ),
}
KEYS = [(kind, number) for kind in HEADS for number in NUMBERS]
one_change = st.sampled_from(KEYS).flatmap(lambda key: st.tuples(st.just(key), CHANGES[key[0]]))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), one_change),
        st.tuples(st.just("desk"), one_change),
        st.tuples(st.just("import"), st.booleans()),
        st.tuples(st.just("undo"), st.none()),
    ),
    max_size=14,
)


class Trial:
    """A desk, its files and their model, step by step."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self.folder, self.desk, self.model = folder, desk, Model()
        self.undoable: list[dict[Key, Json] | None] = []  # with what was imported before, of updates
        for key in KEYS:
            if key[1] != NUMBERS[-1]:
                self.model.file[key] = dict(STANDARD[key[0]])
        self.take_in(update=False)
        for kind in HEADS:
            self.model.file[kind, NUMBERS[-1]] = dict(STANDARD[kind])

    def change_file(self, change: tuple[Key, Json]) -> None:
        self.model.file[change[0]] |= change[1]

    def change_desk(self, change: tuple[Key, Json]) -> None:
        (kind, number), values = change
        if (kind, number) not in self.model.desk:
            return
        try:
            DESK[kind](self.desk, number, values)
        except DeskError:
            return
        self.undoable.append(None)
        self.read_desk()

    def take_in(self, update: bool) -> None:
        expected, before = self.model.verdicts(), dict(self.model.imported)
        result = import_files(self.desk, self.write(), update=update)
        assert result["quarantined"] == []
        assert [result[kind] for kind in HEADS] == [  # type: ignore[literal-required]
            sum(key[0] == kind for key in expected["new"]) for kind in HEADS
        ]
        assert sum(result["unchanged"].values()) == len(expected["unchanged"])
        for name in ("different", "conflicts"):
            assert told(result, name) == {key: self.differing(key) for key in expected[name]}
        applied = expected["different"] if update else set()
        assert sum(result["updated"].values()) == len(applied)
        self.model.take_in(expected["new"] | applied)
        if expected["new"]:
            self.undoable = []  # their ids would be used up
        elif applied:
            self.undoable.append(before)
        observed = dict(self.model.desk)
        self.read_desk()
        assert self.model.desk == observed

    def undo(self, _: None) -> None:
        if self.undoable:
            imported = self.undoable.pop()
            undo(self.desk)
            self.model.imported = imported or self.model.imported
            self.read_desk()

    def differing(self, key: Key) -> dict[str, list[Any]]:
        file, desk = self.model.file[key], self.model.desk[key]
        return {name: [desk[name], file[name]] for name in file if desk[name] != file[name]}

    def write(self) -> list[Path]:
        paths = []
        for kind, heads in HEADS.items():
            rows = [
                FULL[kind](number) | {heads[name]: value for name, value in row.items()}
                for (of, number), row in self.model.file.items()
                if of == kind
            ]
            paths.append(self.folder / f"{kind}.jsonl")
            paths[-1].write_text("".join(json.dumps(row) + "\n" for row in rows))
        return paths

    def read_desk(self) -> None:
        with self.desk.reading():
            for kind, number in self.model.desk:
                self.model.desk[kind, number] = SEEN[kind](number)


def told(result: ImportResult, name: str) -> dict[Key, dict[str, list[Any]]]:
    return {(row["kind"], row["id"]): row["changes"] for row in result[name]}  # type: ignore[literal-required]


FULL: dict[str, Callable[[int], Json]] = {
    "agents": lambda number: (
        {name: value for name, value in AGENT.items() if name != "AverageCustomerServiceRating"}
        | {"AgentID": number, "SpaceLicenseNumber": f"L-{number}"}
    ),
    "assignments": lambda number: ASSIGNMENT | {"AssignmentID": number, "AgentID": number},
    "bookings": lambda number: (
        {name: value for name, value in BOOKING.items() if name != "TotalRevenue"}
        | {"BookingID": number, "AssignmentID": number}
    ),
}


def seen_booking(number: int) -> Json:
    row = Booking.get_by_id(number)
    found = {name: getattr(row, name) for name in ("status", "completed_at", "cancelled_at")}
    return found | {"package_revenue": (row.package_revenue_cents or 0) / 100}


def seen_agent(number: int) -> Json:
    row = Agent.get_by_id(number)
    return {"years_of_service": row.years_of_service, "job_title": row.job_title} | {
        "rating": row.prior_rating or None
    }


def seen_assignment(number: int) -> Json:
    row = Assignment.get_by_id(number)
    return {"customer_name": row.customer_name, "source": row.source}


SEEN = {"agents": seen_agent, "assignments": seen_assignment, "bookings": seen_booking}


def change_agent(desk: Desk, number: int, values: Json) -> None:
    agents.change(desk, number, **{name.removesuffix("_of_service"): value for name, value in values.items()})


def rename(desk: Desk, number: int, values: Json) -> None:
    editing.edit(desk, number, name=values.get("customer_name"), source=values.get("source"))


def change_booking(desk: Desk, number: int, values: Json) -> None:
    if "package_revenue" in values:
        editing.edit(desk, number, package_revenue=values["package_revenue"])
    elif values["status"] == "Confirmed":
        bookings.confirm(desk, number)
    elif values["status"] == "Cancelled":
        bookings.cancel(desk, number, "changed plans")
    else:
        bookings.reopen(desk, number)


DESK = {"agents": change_agent, "assignments": rename, "bookings": change_booking}


@given(steps=STEPS)
@settings(
    STEADY,
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_every_row_is_what_the_model_says(empty_desk_file: Path, clock: Any, steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = open_desk(shutil.copy(empty_desk_file, folder / "desk.db"), clock=clock, actor="kim")
        try:
            trial = Trial(folder, desk)
            acts: dict[str, Callable[[Any], None]] = {
                "file": trial.change_file,
                "desk": trial.change_desk,
                "import": trial.take_in,
                "undo": trial.undo,
            }
            for act, given_to in steps:
                clock.advance(minutes=1)
                acts[act](given_to)
            trial.take_in(update=True)
            with desk.reading():
                report = doctor.examine(desk)
            assert [row for row in report["checks"] if not (row["ok"] or row["warning"])] == []
        finally:
            desk.close()
