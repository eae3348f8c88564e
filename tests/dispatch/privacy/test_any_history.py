"""Whatever was done with some customers: of the erased one no word is left, of the others every one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings, customers, privacy
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import file_intake, intake
from dispatch.operations import doctor, undo
from dispatch.queries import BookingFilter, customer_index, list_bookings
from dispatch.service.issues import conversation, lifecycle, surveys
from dispatch.service.issues.intake import open_issue
from models.base import tuples
from models.errors import DeskError
from models.issues import OPEN, Issue
from tests.dispatch.privacy.conftest import TRIP
from tests.steady import examples

PEOPLE = 3
AGENT: dict[str, Any] = {
    "last_name": "Byron",
    "job_title": "Space Travel Agent",
    "department": "Luxury Voyages",
    "level": 5,
    "capacity": 1_000,
}
STEPS = st.lists(st.tuples(st.sampled_from(range(12)), st.integers(0, PEOPLE - 1)), min_size=8, max_size=20)


class Story:
    """Customers 1 to 3, and every word said about each: the customers who hold them now, by merges."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.words: dict[str, int] = {}  # with the customer whose they are
        self.kept: dict[int, int] = {}  # merged customers, with those who got what they had
        self.open: dict[int, int] = {}  # bookings, with their customers
        self.issues: dict[int, int] = {}
        for number in range(PEOPLE):
            self.lead(number)

    def word(self, who: int) -> str:
        text = f"qz{len(self.words)}x{who}j"
        self.words[text] = who
        return text

    def lead(self, who: int) -> None:
        name, wish = self.word(who), self.word(who)
        email = f"customer{who}@example.com"
        row = intake.receive(self.desk, name=name, email=email, requests=wish, **TRIP)
        self.open[row["booking_id"]] = who

    def paste(self, who: int) -> None:
        """One line of the customer, and one of the next."""
        lines = [
            (line, TRIP | {"name": self.word(one), "email": f"customer{one}@example.com"})
            for line, one in enumerate((who, (who + 1) % PEOPLE), 1)
        ]
        for one, (_, values) in zip(file_intake.receive_lines(self.desk, lines), lines, strict=True):
            assert one["lead"] is not None, values
            self.open[one["lead"]["booking_id"]] = self.words[values["name"]]

    def with_booking(self, who: int, act: Callable[[int], object]) -> None:
        for number, owner in self.open.items():
            if owner == who:
                act(number)
                return

    def note(self, who: int) -> None:
        self.with_booking(who, lambda number: bookings.note(self.desk, number, self.word(who)))

    def contact(self, who: int) -> None:
        self.with_booking(who, lambda number: bookings.contact(self.desk, number, "reached", self.word(who)))

    def correct(self, who: int) -> None:
        self.with_booking(who, lambda number: editing.edit(self.desk, number, name=self.word(who)))

    def reassign(self, who: int) -> None:
        to = 1 + len(self.words) % 2
        self.with_booking(who, lambda number: bookings.reassign(self.desk, number, to, self.word(who)))

    def cancel(self, who: int) -> None:
        def act(number: int) -> None:
            bookings.cancel(self.desk, number, self.word(who))
            del self.open[number]

        self.with_booking(who, act)

    def rename(self, who: int) -> None:
        customers.edit(self.desk, who + 1, name=self.word(who))

    def merge(self, who: int) -> None:
        other = (who + 1) % PEOPLE
        customers.merge(self.desk, who + 1, other + 1)
        self.kept[other] = who

    def undo(self, _who: int) -> None:
        if undo.undo(self.desk)["command"] == "customer.merge":
            self.kept.popitem()

    def complain(self, who: int) -> None:
        text = f"my invoice is wrong {self.word(who)}"
        issue = open_issue(self.desk, text, customer_id=who + 1)
        issue_id = issue["issue_id"]
        self.issues[issue_id] = who
        conversation.reply(self.desk, issue_id, self.word(who), agent_id=issue["agent_id"])
        lifecycle.resolve(self.desk, issue_id, self.word(who))
        surveys.rate(self.desk, issue_id, 3, self.word(who))

    def index(self, _who: int) -> None:
        customer_index.catch_up(self.desk)

    def step(self, kind: int, who: int) -> None:
        acts = (
            *(self.lead, self.paste, self.note, self.contact, self.correct, self.reassign, self.cancel),
            *(
                self.rename,
                self.merge,
                self.undo,
                self.complain,
                lambda _: customer_index.catch_up(self.desk),
            ),
        )
        with suppress(DeskError):  # a refused command has written nothing, so its word belongs to nobody
            before = dict(self.words)
            try:
                acts[kind](who)
            except DeskError:
                self.words = before
                raise

    def holder(self, who: int) -> int:
        while who in self.kept:
            who = self.kept[who]
        return who


def close_everything(desk: Desk) -> None:
    """Cancel or resolve what is open, with a word of nobody."""
    with desk.reading():
        pending = [row["booking_id"] for row in list_bookings(BookingFilter(status="Pending"))]
    for number in pending:
        bookings.cancel(desk, number, "over")
    with desk.reading():
        unsolved = [one for (one,) in tuples(Issue.select(Issue.issue_id).where(Issue.status.in_(OPEN)))]
    for number in unsolved:
        lifecycle.resolve(desk, number, "over")


def content(path: Path) -> bytes:
    files = [Path(f"{path}{ending}") for ending in ("", "-wal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


@settings(max_examples=examples(25), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_only_the_erased_customers_words_are_gone(
    steps: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = open_desk(tmp_path_factory.mktemp("story") / "desk.db", create=True, actor="kim")
    try:
        for name in ("Ada", "Bob"):
            agents.add(desk, first_name=name, **AGENT)
        story = Story(desk)
        for kind, who in steps:
            story.step(kind, who)
        close_everything(desk)
        erased = story.holder(0)
        privacy.forget(desk, erased + 1)
        assert privacy.compact(desk)
        left = content(desk.database.file)
        theirs = {word for word, who in story.words.items() if story.holder(who) == erased}
        assert [word for word in theirs if word.encode() in left] == []
        assert [word for word in story.words.keys() - theirs if word.encode() not in left] == []
        with desk.reading():
            found = doctor.examine(desk)["checks"]
        assert [row for row in found if not row["ok"] and not row["warning"]] == []
    finally:
        desk.close()
