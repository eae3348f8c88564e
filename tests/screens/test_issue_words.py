"""What an issue's pane, panels and the figures say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.service.issues import queries as issue_queries
from dispatch.service.issues import text_analysis
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.row_types import IssueStory
from dispatch.service.satisfaction.advice import LATE_FOLLOW_UP
from dispatch.service.satisfaction.formula import FOLLOW_UP, SENIOR
from dispatch.service.wording import progress_words
from dispatch.triage.priority import priority_steps
from models.issues import TITLE_LENGTH
from models.priorities import PRIORITIES
from screens.customers.aside import customer_text
from screens.fields.prose import Prose
from screens.service.dashboard import read_figures
from screens.service.detail import add_steps, describe_issue, read_issue, why_text
from screens.service.forms import note_form, reply_form
from screens.service.new_issue import triaged
from screens.service.screen import Service
from screens.widgets.columns import fitting_columns
from screens.widgets.detail_pane import add_facts
from screens.widgets.steady_text import hanging
from screens.wording import issues as words
from screens.wording.text import BAD, CARE
from tests.screens.conftest import standing_still

PANE = 36  # cells of a text beside a list at 120 columns


@pytest.fixture
def desk(golden_file: Path) -> Iterator[Desk]:
    desk = open_desk(golden_file, clock=standing_still, actor="kim")
    yield desk
    desk.close()


def story(desk: Desk, number: int) -> IssueStory:
    with desk.reading():
        return read_issue(desk, number)


def test_a_long_fact_goes_on_below_itself() -> None:
    text = Text("Head")
    add_facts(text, [("Agent", Text("Soren Baker (6): Skill level 5", "bold")), ("Booking", "")], 9)
    text = hanging(text, 30)
    assert text.plain.splitlines() == ["Head", "Agent    Soren Baker (6):", "         Skill level 5"]
    assert any(
        "bold" in str(span.style) and "level" in text.plain[span.start : span.end] for span in text.spans
    )


@pytest.mark.parametrize("number", [1, 4, 6])
def test_the_pane_begins_with_the_subject_and_no_fact_falls_to_the_margin(desk: Desk, number: int) -> None:
    issue = story(desk, number)
    shown = hanging(describe_issue(issue), PANE).plain
    assert shown.startswith(issue["title"][:20])
    facts = shown.partition("Answer ")[2].partition("\n\n")[0].splitlines()[1:]
    assert all(
        line.startswith((" " * 9, "Resolve", "Agent", "In queue", "Expected", "Customer")) for line in facts
    )


@pytest.mark.parametrize("number", range(1, 7))
def test_no_text_of_an_issue_shows_a_stored_name(desk: Desk, number: int) -> None:
    issue = story(desk, number)
    shown = f"{describe_issue(issue).plain}\n{why_text(issue).plain}\n{words.describe('Opened', issue)}"
    assert not [name for name in (*PRIORITIES, "ESCALATED") if name in shown]
    assert "nobody" not in shown
    assert "tone" not in shown


def test_nothing_is_expected_that_is_overdue(desk: Desk) -> None:
    late = story(desk, 6)
    assert late["sla"]["first_response"]["breached"]
    assert "Expected" not in why_text(late).plain


def test_the_predicted_rating_is_told_in_words(desk: Desk) -> None:
    shown = " ".join(why_text(story(desk, 6)).plain.split())
    assert "Predicted rating 3.3 of 5 · medium risk (formula)" in shown
    assert "0% may leave" not in shown


def test_advice_fits_the_issue_as_it_is_now(desk: Desk) -> None:
    issue = story(desk, 1)
    assert issue["sla"]["resolution"]["breached"]
    assert issue["satisfaction"]["factors"]["agent_level"] == 1
    assert SENIOR in issue["satisfaction"]["recommendations"]
    told = describe_issue(issue).plain
    assert f"• {LATE_FOLLOW_UP}" in told
    assert SENIOR not in told
    assert LATE_FOLLOW_UP in describe_issue(story(desk, 6)).plain, "its first answer is late"
    told = describe_issue(story(desk, 5)).plain
    assert f"• {FOLLOW_UP}" in told
    assert f"• {SENIOR}" in told, "level 4: there is a higher one"


def test_progress_says_that_it_is_time(desk: Desk) -> None:
    progress = story(desk, 6)["progress"]
    assert progress_words(progress | {"share": 1.0, "interactions": 1}) == (
        "100% of the estimated time used, 1 interaction"
    )


def test_why_has_the_whole_message_where_a_title_ends_in_its_middle(desk: Desk) -> None:
    issue = story(desk, 6)
    assert words.headline(issue) == f"{issue['title']}…"
    first, _, _ = why_text(issue).plain.partition("\n+1")
    assert first == issue["description"]
    long = issue | {"description": issue["title"] + "x" * 2000}
    assert len(words.headline(long, 600)) == 600
    assert words.headline(issue | {"title": "A title of its own"}, 600) == "A title of its own"


def test_a_title_that_is_cut_says_so(desk: Desk) -> None:
    cut, whole = story(desk, 6), story(desk, 1)
    assert (len(cut["title"]), words.title(cut)) == (TITLE_LENGTH, f"{cut['title'].rstrip()}…")
    assert words.title(whole) == whole["title"]
    assert cut["customer_id"] is not None
    with desk.reading():
        told = customer_text(cut["customer_id"], desk.now()).plain
    assert words.title(cut) in told


def test_only_what_is_late_and_open_is_overdue(desk: Desk) -> None:
    with desk.reading():
        rows = issue_queries.issues(desk, IssueFilter(statuses=()))
    assert [row["issue_id"] for row in rows if words.is_overdue(row)] == [1, 6]


def test_a_step_that_adds_nothing_says_so() -> None:
    text = Text()
    add_steps(text, priority_steps("technical_support", -0.7, "gold", ["urgent"]))
    text = hanging(text, 31)
    assert [" ".join(line.split()) for line in text.plain.splitlines() if line] == [
        "+1 step: technical support",
        "+1 step: upset customer",
        "+1 step: gold customer",
        "+1 step: says urgent",
        "(already Critical)",
    ]
    assert text.plain.splitlines()[-1].startswith(" " * 12)


def test_an_unsure_triage_says_what_the_issue_becomes(desk: Desk) -> None:
    with desk.reading():
        triage = text_analysis.understand("hm", "gold")
    shown = " ".join(triaged(triage).plain.split())
    assert "Best guess" in shown
    assert "If unsure general inquiry, High" in shown
    assert "no urgent word" not in shown


def test_an_internal_note_is_quiet() -> None:
    said: Any = {"at": "2082-03-04 08:40:00", "kind": "note", "author": "desk", "agent_name": "Ada"}
    said |= {"answer_needed": False, "status_from": None, "status_to": None, "text": "crashes"}
    shown = words.conversation([said], None)
    assert "┃ crashes" in shown.plain
    assert not CARE or CARE not in str([span.style for span in shown.spans])


def test_the_two_highest_priorities_have_a_sign_and_weight() -> None:
    rows: Any = [{"priority": name, "status": "new"} for name in PRIORITIES[::-1]]
    shown = [words.priority(row) for row in rows]
    assert [text.plain for text in shown] == ["↑ Critical", "↑ Urgent", "High", "Medium", "Low"]
    assert ["bold" in str(text.style) for text in shown] == [True, True, False, False, False]


def test_the_line_above_a_form_fits_a_small_screen(desk: Desk) -> None:
    for number in range(1, 7):
        with desk.reading():
            form = note_form(story(desk, number))
        assert all(len(line) <= 72 for line in form._about.splitlines()), form._about


def test_nobody_sends_what_the_customer_said(desk: Desk) -> None:
    form = reply_form(story(desk, 1))
    assert form._verb == "Send message"
    assert form._verb_for({"author": "The customer"}) == "Log message"


def test_prose_matches_no_bracket_and_goes_on_at_its_end() -> None:
    area = Prose("[/] hello")
    assert area.match_cursor_bracket is False
    assert area.cursor_location == (0, 9)
    area.load_text("two\nlines")
    assert area.cursor_location == (1, 5)


def test_figures_are_told_as_what_they_are(desk: Desk) -> None:
    with desk.reading():
        figures = {row["key"]: row for row in read_figures(desk)[0]}
    assert figures["expected"]["value"].endswith(" of 5")
    assert figures["age"]["value"].split()[0].endswith(("h", "m", "d"))
    assert (figures["age"]["count"], figures["active.HIGH"]["count"]) == ("5", ""), "of what it is the mean"
    assert [figures[key]["count"] for key in ("opened", "mean_satisfaction")] == ["", "1"]
    critical = figures["active.CRITICAL"]
    assert (critical["name"], critical["value"], critical["style"]) == ("Critical", "! 2", f"bold {BAD}")


@pytest.mark.parametrize(
    ("cells", "also"), [(67, set()), (79, {"customer_name"}), (87, {"customer_name", "agent_name"})]
)
def test_the_number_is_always_in_sight_and_the_names_where_there_is_room(cells: int, also: set[str]) -> None:
    """As wide as the list is at 100, 80 and 200 columns of the terminal."""
    usual = [column for column in Service.COLUMNS if not column.extra]
    shown = dict(fitting_columns(usual, cells))
    assert shown.keys() == {"time", "issue_id", "title", "state"} | also


@pytest.mark.parametrize("word", ["Replied to", "Added a note to"])
def test_what_was_said_fits_into_half_a_line(desk: Desk, word: str) -> None:
    assert words.describe(word, story(desk, 6)) == f"{word} issue 6"


@pytest.mark.parametrize("word", ["Scored", "Opened", "Reassigned", "Claimed", "Acknowledged"])
def test_the_brief_words_fit_with_the_key_into_half_a_line_of_80_columns(word: str) -> None:
    row: Any = {"issue_id": 1234, "agent_name": "Soren Baker"}
    brief = words.describe_briefly(word, row)
    assert "1234" in brief
    assert "…" not in brief
    assert len(f"{brief} · u undo") <= 38
