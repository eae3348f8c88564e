"""The footer shows only whole keys, in their listed order."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from astra_tui.app import AstraApp
from dispatch import agents
from dispatch.bootstrap import open_desk
from screens.base import keys
from screens.widgets.key_line import KeyButton, KeyLine, ShownKey
from screens.widgets.key_order import GROUPS
from screens.widgets.live_table import LiveTable
from tests.screens.conftest import standing_still
from tests.screens.key_checks.registry import at_booking
from tests.screens.picture import text_of
from tests.screens.scenes import press


class Keys(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "bell", "Claim"),
        Binding("t", "bell('t')", "Contact"),
        Binding("f", "bell('f')", "Confirm"),
        Binding("x", "bell('x')", "Go"),
    ]

    def compose(self) -> ComposeResult:
        yield KeyLine()


async def test_footer_drops_whole_keys_and_never_cuts_one() -> None:
    app = Keys()
    async with app.run_test(size=(40, 5)) as pilot:
        for width, expected in (
            (40, "ctfx"),
            (32, "ctfx"),
            (31, "ctf"),
            (22, "ctx"),
            (7, "c"),
            (6, "x"),
            (40, "ctfx"),
        ):
            await pilot.resize_terminal(width, 5)
            await pilot.pause()
            buttons = [key for key in app.query(KeyButton) if key.display]
            keys = [(key, key.shown) for key in buttons if key.shown and key.shown.binding.key in "ctfx"]
            assert "".join(shown.binding.key for _, shown in keys) == expected, width
            assert all(key.region.right <= width for key, _ in keys), width
            assert [key.region.width for key, _ in keys] == [shown.cells for _, shown in keys], width


class Changing(App[None]):
    """Keys that come and go, and one that does nothing for now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "note('claim')", "Claim", id="claim", tooltip="[b]Take[/b] it"),
        Binding("t", "note('contact')", "Contact"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []
        self.contact: bool | None = True

    def compose(self) -> ComposeResult:
        yield KeyLine()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.contact if parameters == ("contact",) else True

    def action_note(self, what: str) -> None:
        self.noted.append(what)

    def shown(self) -> list[str]:
        return [str(key.content) for key in self.query(KeyButton) if key.display]


async def test_a_key_is_as_wide_as_its_newest_text() -> None:
    app = Changing()
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        first = app.query(KeyButton).first()
        for verb in ("Go", "Confirm"):  # the second one before the first is laid out
            first.show(ShownKey(Binding("x", "note('x')", verb), "x", is_enabled=True, tooltip=""))
            assert first.styles.width is not None
            assert first.styles.width.value == len(f"x {verb}")
        await pilot.pause()
        assert first.region.width == len("x Confirm")


async def test_keys_that_change_are_shown_by_the_same_widgets() -> None:
    app = Changing()
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        before = list(app.query(KeyButton))
        assert app.shown() == ["c Claim", "t Contact"]
        app.contact = False
        app.refresh_bindings()
        await pilot.pause()
        assert app.shown() == ["c Claim"]
        app.contact = None
        app.set_keymap({"claim": "k"})
        app.refresh_bindings()
        await pilot.pause()
        assert app.shown() == ["t Contact", "k Claim"]
        assert list(app.query(KeyButton)) == before
        assert [key.has_class("-disabled") for key in before] == [True, False]


async def test_a_click_on_a_key_is_that_key() -> None:
    app = Changing()
    async with app.run_test(size=(40, 5), tooltips=True) as pilot:
        await pilot.pause()
        claim, contact = app.query(KeyButton)
        assert str(claim.tooltip) == "[b]Take[/b] it"
        await pilot.click(claim)
        assert app.noted == ["claim"]
        app.contact = None
        app.refresh_bindings()
        await pilot.pause()
        await pilot.click(contact)
        assert app.noted == ["claim"]


def verbs(app: AstraApp) -> dict[str, KeyButton]:
    """The keys on the line, by their verbs."""
    shown = [button for button in app.screen.query(KeyButton) if button.display and button.shown]
    return {button.shown.binding.description: button for button in shown if button.shown}


async def test_redo_is_dim_while_nothing_can_be_redone(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(240, 40)) as (app, _):

        async def is_dim() -> bool:
            await press(app, "f7", "v")
            dim = verbs(app)["Redo"].has_class("-disabled")
            await press(app, "v", "v", "v", "v")
            return dim

        assert await is_dim()
        await at_booking(app, 9)
        await press(app, "c")
        assert await is_dim(), "an undo would come first"
        await press(app, "ctrl+z")
        await press(app, "ctrl+z")
        assert not await is_dim()
        await press(app, "ctrl+y")
        assert await is_dim(), "redone"


async def test_the_line_tells_what_can_be_done_with_the_row(golden_file: Path, running: Any) -> None:
    async with running(golden_file, size=(200, 40)) as (app, _):
        for number, dim in (
            (9, {"Keep claim", "Release", "Reopen", "Rate"}),
            (7, {"Claim", "Reopen", "Rate"}),
            (2, {"Next step", "Claim", "Contact", "Confirm", "Cancel", "Reassign", "Release", "Decline"}),
        ):
            await at_booking(app, number)
            known = verbs(app)
            shown = {name for name, button in known.items() if button.has_class("-disabled")}
            assert not dim & (known.keys() - shown), number
            assert {"Note", "Edit", "Why"} <= known.keys() - shown, number
        await at_booking(app, 9)

        def bright() -> set[str]:
            return {name for name, button in verbs(app).items() if not button.has_class("-disabled")}

        assert "Claim" in bright()
        await press(app, "c")
        assert "Claim" not in bright(), "the same row, changed"

        assert {"Note", "Edit", "Why", "Release"} <= bright()
        await press(app, "space")
        for_marked = {"Reassign", "Cancel", "Release", "Follow-up", "Edit"}  # their priority
        assert bright() & {"Claim", "Contact", "Confirm", "Note", "Why", *for_marked} == for_marked
        await press(app, "escape")
        assert "Note" in bright()
        await press(app, "slash", *"nobody has this name", "enter")
        assert "Filter" in bright()
        assert not bright() & {"Note", "Why", *for_marked}, "there is no row"


def line(app: AstraApp) -> list[tuple[str, bool]]:
    """The verbs on the line from left to right, with whether each is bright."""
    shown = [button for button in app.screen.query(KeyButton) if button.display and button.shown]
    return [
        (button.shown.binding.description, not button.has_class("-disabled"))
        for button in shown
        if button.shown
    ]


@pytest.mark.parametrize("width", [80, 200])
async def test_the_line_leads_with_what_the_rows_state_allows(
    golden_file: Path, running: Any, width: int
) -> None:
    """A cancelled booking's line led with Claim, Contact and Confirm, all dim."""
    async with running(golden_file, size=(width, 30)) as (app, _):
        for number, first in ((9, "Next step"), (7, "Next step"), (2, "Reopen"), (3, "Reopen")):
            await at_booking(app, number)
            assert line(app)[0] == (first, True), number
            bright = [is_bright for _, is_bright in line(app)]
            assert bright == sorted(bright, reverse=True), "the dim ones come last"
        await press(app, "f4", "escape", "home")
        seen = {row["status"] for row in app.screen.query_one(LiveTable).rows_shown}
        assert seen == {"Pending", "Confirmed", "Cancelled"}
        for place in ("f4", "f6", "f3"):
            await press(app, place, "escape", "home")
            for _ in range(10):
                assert line(app)[0][1], text_of(app)
                bright = [is_bright for _, is_bright in line(app)]
                assert bright == sorted(bright, reverse=True)
                await press(app, "down")


async def test_the_key_that_brings_a_former_agent_back_says_so(golden_file: Path, running: Any) -> None:
    desk = open_desk(golden_file, clock=standing_still, actor="lee")
    agents.leave(desk, 2, True)
    desk.close()
    async with running(golden_file, size=(120, 30), at="roster") as (app, _):
        await press(app, "f3", "slash", *"baker", "enter")
        assert ("Deactivate", True) in line(app)
        await press(app, "escape", "v", "v", "v", "slash", *"nova", "enter")
        assert app.screen.query_one(LiveTable).current["left_at"]
        assert ("Reactivate", True) in line(app)
        assert ("Deactivate", True) not in line(app)
        await press(app, "X")
        assert "Nova Singh reactivated" in text_of(app)


async def test_more_keys_fit_a_wider_terminal_and_the_rest_are_in_help(
    golden_file: Path, running: Any
) -> None:
    counts, gaps = [], set[int]()
    for width in (80, 120, 200):
        async with running(golden_file, size=(width, 30), at="queue") as (app, _):
            await at_booking(app, 9)
            buttons = [button for button in app.screen.query(KeyButton) if button.display]
            counts.append(len(buttons))
            assert all(button.region.right <= width for button in buttons)
            assert "? more" in text_of(app)
            gaps |= {after.region.x - before.region.right for before, after in pairwise(buttons)}
    assert gaps == {1, 3}
    assert counts == sorted(set(counts))


async def test_two_keys_of_one_verb_are_shown_once(golden_file: Path, running: Any) -> None:
    """Insights had both keys of the command line side by side, with the same word."""
    async with running(golden_file, size=(200, 30), at="insights") as (app, _):
        await press(app, "f7")
        shown = [str(button.visual) for button in app.screen.query(KeyButton) if button.display]
        verbs_shown = [line.split(" ", 1)[1] for line in shown]
        assert "Command line" in verbs_shown
        assert len(verbs_shown) == len(set(verbs_shown))


def test_a_verb_has_one_place_on_the_line() -> None:
    placed = [identifier for group in GROUPS for identifier in group]
    assert len(placed) == len(set(placed))
    assert set(placed) <= set(keys.BY_ID)
