"""Wording of follow-ups, next actions and contact methods."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatch import queries
from dispatch.queries.wording import day_and_moment, due_word, with_next_step
from screens.bookings.actions import BookingActions
from screens.shell.booking_notifications import Inbox, describe_bookings
from screens.widgets.bars import Heading
from screens.wording.bookings import sign, state, state_with_sign
from screens.wording.contacts import reach, ways
from screens.wording.issues import priority, short_state, subject
from screens.wording.text import CARE, GOOD, QUIET

NOW = "2082-03-04 12:00:00"
PENDING: Any = {"voided": False, "status": "Pending", "agent_id": 1, "claimed_at": NOW, "contacted_at": None}


@pytest.mark.parametrize(
    ("at", "word"),
    [
        (None, ""),
        ("2082-03-04 12:00:01", ""),
        ("2082-03-04 12:00:00", "due"),
        ("2082-03-04 11:55:01", "due"),
        ("2082-03-04 11:55:00", "overdue 5 min"),
        ("2082-03-04 11:00:01", "overdue 59 min"),
        ("2082-03-04 11:00:00", "overdue 1 h"),
        ("2082-03-03 12:00:01", "overdue 23 h"),
        ("2082-02-01 12:00:00", "overdue 31 d"),
    ],
)
def test_a_due_follow_up_says_for_how_long(at: str | None, word: str) -> None:
    assert due_word(at, NOW) == word
    assert len(word) <= 14  # the width of its column


@pytest.mark.parametrize(
    ("method", "again"), [("Phone Call", "call again"), ("Text", "text again"), ("Letter", "follow up")]
)
def test_a_row_shows_the_next_action_and_that_it_is_due(method: str, again: str) -> None:
    row = with_next_step(PENDING | {"contacted_at": NOW, "follow_up_at": NOW, "method": method}, NOW)
    assert (row["due"], row["next"], state(row).plain) == ("due", "contact", again)
    tentative = row | {"claimed_at": None}
    assert state(tentative).plain == "due"
    later = with_next_step(row | {"follow_up_at": "2082-03-05 09:00:00"}, NOW)
    assert (later["due"], later["next"], state(later).plain) == ("", "confirm", "claimed")
    assert day_and_moment("2082-03-05 09:00:00") == "Thu 5 Mar 2082 09:00"


@pytest.mark.parametrize(
    ("method", "phone", "email", "found", "words"),
    [
        ("Phone Call", "+1", "a@b.c", ("phone", "+1"), "Phone Call · +1 · a@b.c"),
        ("Phone Call", None, None, None, "Phone: no number on file"),
        ("Text", "+1", None, ("phone", "+1"), "Text · +1"),
        ("Text", None, "a@b.c", ("e-mail", "a@b.c"), "Text: no number on file · a@b.c"),
        ("Letter", "+1", "a@b.c", ("e-mail", "a@b.c"), "Letter · +1 · a@b.c"),
        ("Letter", "+1", None, ("phone", "+1"), "Letter · +1"),
        ("Text", None, None, None, "Text: no number on file"),
    ],
)
def test_a_customer_is_reached_by_the_method_they_chose(
    method: str, phone: str | None, email: str | None, found: tuple[str, str] | None, words: str
) -> None:
    row: Any = {"method": method, "phone": phone, "email": email, "do_not_contact": False}
    assert reach(row) == found
    assert ways(row) == words
    assert ways(row | {"do_not_contact": True}) == f"⊘ do not contact · {words}"


def row(number: int, name: str) -> Any:
    return {"booking_id": number, "customer_name": name, "destination": "Mars"}


def test_new_work_is_announced_in_one_line() -> None:
    assert describe_bookings([row(413, "[/] John")], [413]).text == "New for you: 413 [/] John, Mars"
    assert describe_bookings([row(413, "x" * 60)], [413]).text == f"New for you: 413 {'x' * 23}…, Mars"
    assert describe_bookings([row(413, "Kate")], [415, 413, 414, 430]).text == "4 new for you: 413-415, 430"


@pytest.mark.parametrize(
    ("holder", "said", "brief"),
    [
        ("Bob Byron", "Saved 413 Kate → Bob Byron: Ada Byron does not cover Mars", "Saved 413 → Bob Byron"),
        ("Ada Byron", "Saved 413 Kate: Ada Byron does not cover Mars", "Saved 413"),
    ],
)
def test_an_edit_says_who_does_not_suit_any_more(holder: str, said: str, brief: str) -> None:
    place: Any = SimpleNamespace(describe_done=partial(BookingActions.describe_done, cast(Any, None)))
    saved = row(413, "Kate") | {"agent_name": holder}
    assert BookingActions._with_unsuited(place, "Saved", saved) == ("Saved 413 Kate", "Saved 413")
    saved["unsuited"] = "Ada Byron does not cover Mars"
    assert BookingActions._with_unsuited(place, "Saved", saved) == (said, brief)


def test_a_lead_seen_by_all_is_news_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was so at the start is old; what becomes so is told once, and again in the next round."""
    told: list[str] = []
    stuck = [413]
    monkeypatch.setattr(queries, "seen_by_all", lambda: stuck)
    monkeypatch.setattr(queries, "bookings_by_id", lambda ids: [row(number, "Kate") for number in ids])
    inbox = Inbox(cast(Any, SimpleNamespace(announce=lambda news: told.append(news.text))))

    def look() -> list[str]:
        told.clear()
        inbox._alarm(inbox._seen_by_all())
        return told

    assert look() == []
    stuck = [413, 414]
    assert look() == ["Seen by all, taken by nobody: 414 Kate, Mars"]
    assert look() == []
    stuck = [413]
    assert look() == []
    stuck = [413, 414, 415]
    assert look() == ["2 seen by all, taken by nobody: 414-415"]


HEADING = Heading("Rank policy", "kim", "Soren Baker", "desk.db", "/desks/desk.db", "4 Mar 2082 12:00")


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (60, "Rank policy  kim (Soren Baker)  desk.db  4 Mar 2082 12:00"),
        (56, "kim (Soren Baker)  desk.db  4 Mar 2082 12:00"),
        (39, "kim (Soren Baker)  desk.db  4 Mar 12:00"),
        (38, "kim (Soren Baker)  desk.db  12:00"),
        (30, "kim  desk.db  12:00"),
        (18, "kim  12:00"),
        (3, "12:00"),
    ],
)
def test_the_header_says_what_fits(width: int, line: str) -> None:
    assert HEADING.fitting(width) == line


def test_the_header_counts_cells_and_its_tooltip_is_complete() -> None:
    wide = Heading("Rank policy", "山田", "", "desk.db", "/desks/desk.db", "4 Mar 2082 12:00")
    assert wide.fitting(20) == "山田  desk.db  12:00"
    assert wide.fitting(19) == "山田  12:00"
    assert wide.whole == "Signed as 山田\n/desks/desk.db\nRank policy: a click chooses another"
    assert "My desk is Soren Baker's" in HEADING.whole


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "◐"),
        ({"claimed_at": None}, "○"),
        ({"claimed_at": None, "agent_id": None}, "○"),
        ({"due": "due"}, "!"),
        ({"unattended": True}, "!"),
        ({"asked_at": NOW}, "!"),
        ({"status": "Confirmed", "due": "due"}, "✓"),
        ({"status": "Cancelled"}, "✗"),
        ({"status": "Cancelled", "voided": True}, "–"),
    ],
)
def test_a_state_is_told_by_one_sign(changes: dict[str, Any], shown: str) -> None:
    assert sign(PENDING | changes).plain == shown


@pytest.mark.parametrize(
    ("row", "is_loud", "quiet"),
    [
        (PENDING | {"claimed_at": None}, True, None),
        (PENDING | {"agent_id": None, "claimed_at": None}, True, None),
        (PENDING, False, None),
        (PENDING | {"status": "Confirmed"}, False, f"{QUIET} {GOOD}"),
        (PENDING | {"status": "Cancelled"}, False, QUIET),
    ],
)
def test_only_what_needs_somebody_is_loud(row: Any, is_loud: bool, quiet: str | None) -> None:
    dressed = with_next_step(row | {"follow_up_at": None}, NOW)
    for text in (state(dressed), state_with_sign(dressed), sign(dressed)):
        assert (CARE in str(text.style)) is is_loud, text
        assert (text.style if QUIET in str(text.style) else None) == quiet, text


@pytest.mark.parametrize(
    ("status", "is_loud", "is_quiet"),
    [
        ("new", True, False),
        ("assigned", True, False),
        ("in_progress", False, False),
        ("pending_customer", False, True),
        ("resolved", False, True),
        ("closed", False, True),
    ],
)
def test_only_an_issue_that_needs_somebody_is_loud(status: str, is_loud: bool, is_quiet: bool) -> None:
    row: Any = {
        "status": status,
        "escalation_level": 0,
        "escalation_acknowledged": False,
        "priority": "CRITICAL",
        "title": "late",
    }
    style = str(short_state(row).style)
    assert (CARE in style, style == QUIET) == (is_loud, is_quiet)
    is_ended = status in ("resolved", "closed")
    assert (priority(row).style == QUIET) is is_ended
    assert (subject(row).style == QUIET) is is_ended
