"""Several marked issues: one preview, one command, one undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from astra_tui.app import AstraApp
from dispatch.bootstrap import open_desk
from dispatch.service import bulk_actions
from dispatch.service.issues import queries
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.row_types import IssueBatch
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import standing_still
from tests.screens.picture import text_of
from tests.screens.scenes import press, said


def rows(app: AstraApp) -> dict[int, Any]:
    """The issues that are listed, by number."""
    return {row["issue_id"]: row for row in app.screen_stack[0].query_one("#service", LiveTable).rows_shown}


async def marked(app: AstraApp, *keys: str) -> None:
    await press(app, "f6", "escape", "home", *keys)


async def test_marked_issues_are_reassigned_together_and_undone_together(
    golden_file: Path, running: Any
) -> None:
    async with running(golden_file, size=(120, 36), at="service") as (app, _):
        await marked(app, "space", "space")
        before = rows(app)
        assert "2 marked ✓" in text_of(app)
        await press(app, "r", *"nova", "enter")
        assert "would be reassigned" in text_of(app)
        await press(app, *"swap", "f9")
        now = rows(app)
        changed = {number for number in now if now[number]["agent_id"] != before[number]["agent_id"]}
        assert {rows(app)[number]["agent_name"] for number in changed} == {"Nova Singh"}
        assert 1 <= len(changed) <= 2
        await press(app, "escape", "escape", "u", "u")
        assert {number: row["agent_id"] for number, row in rows(app).items()} == {
            number: row["agent_id"] for number, row in before.items()
        }


async def test_marked_issues_get_one_priority(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="service") as (app, _):
        await marked(app, "A")
        open_ = len(rows(app))
        assert f"{open_} marked ✓" in text_of(app)
        await press(app, "e", *"low", "f9")
        refused = {number for number, row in rows(app).items() if row["priority"] != "LOW"}
        assert not refused
        if len(app.screen_stack) > 1:  # some had it already
            assert "row by row" in text_of(app)


async def test_only_resolved_issues_are_closed(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="service") as (app, _):
        await marked(app, "space", "x")
        shown = text_of(app)
        assert "0 of 1 issue would be closed, 1 refused" in shown
        await press(app, "escape", "escape")
        assert "marked" not in text_of(app)
        await press(app, *["v"] * 6)
        resolved = [number for number, row in rows(app).items() if row["status"] == "resolved"]
        assert resolved, "the desk has some"
        await press(app, "A", "x")
        assert f"{len(resolved)} issue" in text_of(app)
        await press(app, "f9")
        assert all(rows(app)[number]["status"] == "closed" for number in resolved)


async def test_a_click_with_ctrl_marks_an_issue(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(120, 36), at="service") as (app, pilot):
        await marked(app)
        await pilot.click("#service", offset=(20, 2), control=True)
        await app.settle()
        assert "1 marked ✓" in text_of(app)
        assert len(app.screen_stack) == 1, "a click that marks opens nothing"
        await press(app, "v")
        assert "1 marked ✓" in text_of(app), "marks outlive another view"
        await press(app, "escape")
        assert "marked" not in " ".join(said(app))


def test_a_preview_says_what_the_command_does_and_writes_nothing(golden_file: Path) -> None:
    desk = open_desk(golden_file, clock=standing_still, actor="kim")
    with desk.reading():
        rows_before = queries.issues(desk, IssueFilter(statuses=()), 50)
    ids = [row["issue_id"] for row in rows_before]
    cases: list[tuple[Callable[[], IssueBatch], Callable[[], IssueBatch], str]] = [
        (
            lambda: bulk_actions.preview_reassign(desk, ids, 2),
            lambda: bulk_actions.reassign(desk, ids, 2, "swap"),
            "agent_id",
        ),
        (
            lambda: bulk_actions.preview_prioritise(desk, ids, "high"),
            lambda: bulk_actions.prioritise(desk, ids, "high"),
            "priority",
        ),
        (
            lambda: bulk_actions.preview_close(desk, ids),
            lambda: bulk_actions.close(desk, ids),
            "status",
        ),
    ]
    for preview, command, key in cases:
        planned = preview()
        with desk.reading():
            now = queries.issues(desk, IssueFilter(statuses=()), 50)
        assert {row["issue_id"]: row["version"] for row in now} == {
            row["issue_id"]: row["version"] for row in rows_before
        }
        done = command()
        assert [(one["issue_id"], one["ok"]) for one in planned["results"]] == [
            (one["issue_id"], one["ok"]) for one in done["results"]
        ]
        assert done["done"] > 0
        for one, other in zip(planned["results"], done["results"], strict=True):
            left, right = cast(Any, one["issue"]), cast(Any, other["issue"])
            assert left is right is None or left[key] == right[key]
        with desk.reading():
            rows_before = queries.issues(desk, IssueFilter(statuses=()), 50)
    desk.close()
